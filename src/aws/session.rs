//! Into an account: by its role, or with the caller's own credentials.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use tokio::sync::OnceCell;

use super::answer::malformed;
use super::classify::chain;
use super::credentials::{Kept, Refusals};
use super::error::{AwsError, Class};
use super::limiter::ApiGroup;
use super::shared::Shared;
use super::text::one_line;
use super::{Access, advice};
use crate::model::coverage::Cause;
use crate::model::{Account, AccountId, Region, arn};

/// The name of every session, under which CloudTrail shows what Foghorn did.
const SESSION_NAME: &str = "foghorn";

/// Said where the SDK looked everywhere in vain.
const NO_CREDENTIALS: &str = "there are none in the environment, the profile, the container or the instance";

/// The caller's own credentials.
#[derive(Debug, Default)]
pub(super) struct Caller {
    kept: Kept,
    account: OnceCell<String>,
    refusals: Refusals,
    /// What the credentials themselves were refused with, whoever they were
    /// shown to.
    rejections: Refusals,
    /// How often AWS took the caller for somebody, be it to deny something.
    recognitions: AtomicU64,
}

/// How AWS took the caller up to a moment.
#[derive(Debug, Clone, Copy)]
pub struct Recognition {
    rejections: u64,
    recognitions: u64,
}

impl Caller {
    /// How AWS took the caller so far.
    pub fn recognition(&self) -> Recognition {
        let recognitions = self.recognitions.load(Ordering::Relaxed);
        Recognition { rejections: self.rejections.count(), recognitions }
    }

    /// Why AWS has taken the caller for nobody since then; `None` where it did
    /// not, or took it for somebody as well.
    pub fn rejection_since(&self, before: Recognition) -> Option<AwsError> {
        let is_known = self.recognitions.load(Ordering::Relaxed) > before.recognitions;
        self.rejections.since(before.rejections).filter(|_| !is_known)
    }

    fn note<T>(&self, answer: &Result<T, AwsError>) {
        match answer {
            Err(error) if blames_credentials(error) => self.rejections.note(error),
            Err(error) if error.cause() != Cause::Denied => {}
            Ok(_) | Err(_) => {
                self.recognitions.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// The credentials, from wherever the SDK finds them.
    pub async fn credentials(&self, shared: &Shared) -> Result<Credentials, AwsError> {
        self.load(shared).await.map_err(advice::for_loading)
    }

    /// The same, for those who say themselves what to do where there are none.
    pub async fn load(&self, shared: &Shared) -> Result<Credentials, AwsError> {
        let provider = shared.caller_provider();
        self.kept.get(async { provider.provide_credentials().await.map_err(not_loaded) }).await
    }

    /// Drops the credentials, because a service did not accept them.
    pub fn forget(&self) {
        self.kept.forget();
    }

    /// The account that the credentials belong to, asked once a process.
    async fn account(&self, shared: &Shared, region: Region) -> Result<&str, AwsError> {
        let refused_before = self.refusals.count();
        let account = self.account.get_or_try_init(|| async {
            match self.refusals.since(refused_before) {
                Some(refusal) => Err(refusal),
                None => ask_account(shared, region).await.inspect_err(|error| self.refusals.note(error)),
            }
        });
        account.await.map(String::as_str)
    }
}

/// The account of the caller's credentials.
async fn ask_account(shared: &Shared, region: Region) -> Result<String, AwsError> {
    let tried = "find out whose credentials these are";
    let request = shared.clients().sts(region).get_caller_identity();
    let identity = shared
        .call_as_caller(region, ApiGroup::Sts, tried, request.send())
        .await
        .map_err(|error| advice::for_identity(advice::for_endpoint(error, "STS", shared.endpoints())));
    shared.caller().note(&identity);
    let identity = identity?;
    identity.account.ok_or_else(|| malformed(tried, "the answer names no account"))
}

/// Why no credentials could be had. The words of a provider may quote what it
/// read, so that they are cut like those of a service.
fn not_loaded(error: CredentialsError) -> AwsError {
    let (cause, detail) = match &error {
        CredentialsError::CredentialsNotLoaded(_) => (Cause::Credentials, NO_CREDENTIALS.to_owned()),
        CredentialsError::ProviderTimedOut(_) => (Cause::TimedOut, chain(&error)),
        _ => (Cause::Credentials, chain(&error)),
    };
    AwsError::failed("load the caller's credentials", cause, one_line(&detail))
}

/// The way into one account.
#[derive(Debug)]
pub(super) struct Session {
    account: AccountId,
    sts_region: Region,
    role: Option<Role>,
}

/// A role to take, and its credentials.
#[derive(Debug)]
struct Role {
    arn: String,
    external_id: Option<String>,
    kept: Kept,
}

impl Session {
    /// The way into an account. Nothing is called yet.
    pub fn new(account: &Account, access: Option<&Access>, callers_region: Option<Region>) -> Self {
        let role = access.map(|access| Role {
            arn: arn::role(account.partition(), &account.id, &access.role_name),
            external_id: access.external_id.clone(),
            kept: Kept::default(),
        });
        let sts_region = sts_region(account, access, callers_region);
        Self { account: account.id.clone(), sts_region, role }
    }

    /// Whether it is also the way in that would be made now.
    pub fn still_fits(&self, other: &Self) -> bool {
        self.sts_region == other.sts_region
            && self.role.as_ref().map(|role| &role.arn) == other.role.as_ref().map(|role| &role.arn)
    }

    /// The account's credentials, which are those of this account for sure.
    pub async fn credentials(&self, shared: &Shared) -> Result<Credentials, AwsError> {
        match &self.role {
            Some(role) => role.kept.get(role.assume(shared, self.sts_region)).await,
            None => {
                self.check_identity(shared).await?;
                shared.caller().credentials(shared).await
            }
        }
    }

    /// Drops the credentials, because a service did not accept them.
    pub fn forget(&self, shared: &Shared) {
        match &self.role {
            Some(role) => role.kept.forget(),
            None => shared.caller().forget(),
        }
    }

    async fn check_identity(&self, shared: &Shared) -> Result<(), AwsError> {
        let owner = shared.caller().account(shared, self.sts_region).await?;
        if owner == self.account.as_str() {
            return Ok(());
        }
        let detail = format!(
            "the credentials are of account {owner}; set spec.access so that a role of account {} is taken",
            self.account
        );
        Err(AwsError::failed(format!("enter account {}", self.account), Cause::Credentials, detail))
    }
}

impl Role {
    async fn assume(&self, shared: &Shared, region: Region) -> Result<Credentials, AwsError> {
        let tried = format!("assume role {}", self.arn);
        let request = shared
            .clients()
            .sts(region)
            .assume_role()
            .role_arn(&self.arn)
            .role_session_name(SESSION_NAME)
            .set_external_id(self.external_id.clone());
        let answer = shared
            .call_as_caller(region, ApiGroup::Sts, tried.as_str(), request.send())
            .await
            .map_err(|error| advice::for_role(error, region, shared.endpoints()));
        shared.caller().note(&answer);
        read(answer?).ok_or_else(|| malformed(tried, "the answer holds no credentials"))
    }
}

fn read(answer: AssumeRoleOutput) -> Option<Credentials> {
    let held = answer.credentials?;
    let expiry = held.expiration.try_into().ok()?;
    Some(Credentials::new(
        held.access_key_id,
        held.secret_access_key,
        Some(held.session_token),
        Some(expiry),
        "AssumeRole",
    ))
}

/// The Region of the STS endpoint: the one asked for, else the caller's, else
/// the account's first. Tokens of a regional endpoint are good in all Regions,
/// those of the global one are not (IAM, SetSecurityTokenServicePreferences).
fn sts_region(account: &Account, access: Option<&Access>, callers: Option<Region>) -> Region {
    let partition = account.partition();
    let asked = access.and_then(|access| access.sts_region);
    let callers = callers.filter(|region| region.partition() == partition);
    let first = account.regions.first().copied();
    asked.or(callers).or(first).unwrap_or(partition.default_region())
}

/// Whether credentials were at fault, so that keeping them is of no use.
pub(super) fn blames_credentials(error: &AwsError) -> bool {
    error.class == Class::Failed(Cause::Credentials)
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::BTreeMap;

    fn region(name: &str) -> Region {
        name.parse().unwrap()
    }

    fn account(regions: &[&str]) -> Account {
        Account {
            id: "111111111111".parse().unwrap(),
            name: "dev".into(),
            labels: BTreeMap::new(),
            regions: regions.iter().map(|name| region(name)).collect(),
        }
    }

    fn access(sts_region: Option<&str>) -> Access {
        Access {
            role_name: "foghorn".into(),
            external_id: None,
            sts_region: sts_region.map(region),
            chatbot_region: None,
        }
    }

    #[test]
    fn sts_is_asked_where_the_fleet_says_else_where_the_caller_is_else_where_the_account_is() {
        for (asked, callers, regions, expected) in [
            (Some("eu-west-1"), Some("us-west-2"), &["ap-south-1"][..], "eu-west-1"),
            (None, Some("us-west-2"), &["ap-south-1"], "us-west-2"),
            (None, None, &["ap-south-1", "us-east-1"], "ap-south-1"),
            (None, Some("us-west-2"), &["cn-north-1"], "cn-north-1"),
            (None, Some("cn-northwest-1"), &["cn-north-1"], "cn-northwest-1"),
        ] {
            let chosen = sts_region(&account(regions), Some(&access(asked)), callers.map(region));
            assert_eq!(chosen.as_str(), expected, "{asked:?} {callers:?} {regions:?}");
        }
    }

    #[test]
    fn the_role_is_of_the_accounts_own_partition() {
        let session = Session::new(&account(&["us-gov-west-1"]), Some(&access(None)), None);
        let arn = session.role.map(|role| role.arn);
        assert_eq!(arn.as_deref(), Some("arn:aws-us-gov:iam::111111111111:role/foghorn"));
    }
}
