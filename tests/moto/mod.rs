//! moto, how to get into its accounts, and the real binary pointed at it.
//!
//! moto lets a role of any account be taken, whether or not it exists, and
//! keeps the accounts apart. Each scenario plays in accounts of its own, so
//! that scenarios can run beside each other and no state has to be reset.

pub mod containers;
pub mod organization;
pub mod run;

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;

/// Where moto listens.
const URL: &str = "FOGHORN_MOTO_URL";

/// Set where a missing emulator is a failure.
const REQUIRED: &str = "FOGHORN_REQUIRE_EMULATORS";

/// The role that every account is entered by.
pub const ROLE: &str = "foghorn";

/// The Region that most scenarios play in.
pub const IRELAND: &str = "eu-west-1";

/// Where moto listens; `None`, with a word on why, where nobody says.
///
/// # Panics
///
/// If nobody says, and it is required.
pub fn url() -> Option<String> {
    match env::var(URL) {
        Ok(url) => Some(url),
        Err(_) if env::var(REQUIRED).is_ok_and(|value| value == "1") => {
            panic!("{REQUIRED}=1, but {URL} does not say where moto listens")
        }
        Err(_) => {
            eprintln!("not played, because {URL} does not say where moto listens");
            None
        }
    }
}

/// The way into one account.
pub struct Entrance {
    /// The account's id.
    pub account: String,
    url: String,
    credentials: Credentials,
}

impl Entrance {
    /// The way into an account that no other scenario has.
    pub async fn fresh(url: &str) -> Self {
        // Keys that moto does not know are those of its own account.
        let keys = Credentials::new("anybody", "anything", None, None, "moto");
        let own = Self { account: "123456789012".to_owned(), url: url.to_owned(), credentials: keys };
        own.enter(&fresh_account()).await
    }

    /// Takes the role of another account.
    pub async fn enter(&self, account: &str) -> Self {
        let answer = aws_sdk_sts::Client::new(&self.settings(IRELAND))
            .assume_role()
            .role_arn(format!("arn:aws:iam::{account}:role/{ROLE}"))
            .role_session_name("scenario")
            .send()
            .await
            .expect("moto lets every role be taken");
        let held = answer.credentials.expect("credentials");
        let token = Some(held.session_token);
        let credentials = Credentials::new(held.access_key_id, held.secret_access_key, token, None, "moto");
        Self { account: account.to_owned(), url: self.url.clone(), credentials }
    }

    /// The settings of an SDK client there.
    pub fn settings(&self, region: &str) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(Builder::new().build_http())
            .credentials_provider(SharedCredentialsProvider::new(self.credentials.clone()))
            .endpoint_url(&self.url)
            .region(Region::new(region.to_owned()))
            .build()
    }
}

/// Twelve digits that are as good as never the same twice.
fn fresh_account() -> String {
    // Each state is seeded at random.
    let random = RandomState::new().build_hasher().finish();
    (100_000_000_000 + random % 900_000_000_000).to_string()
}
