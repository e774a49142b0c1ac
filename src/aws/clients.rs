//! The SDK's clients: one a service and Region, shared by all accounts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::identity::IdentityCache;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ecs::config::retry::{RetryPartition, TokenBucket};

use super::call::CallersCredentials;
use super::meter::{Counts, Meter};
use super::watch::CallWatcher;
use super::{FixedCaller, Options, http};
use crate::model::Region;

/// How long the connection may take to come about: the SDK's own default.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// How many tries a call gets.
const ATTEMPTS: u32 = 3;

/// What the caller's environment says.
pub(super) struct Environment {
    /// The settings of all clients.
    pub config: SdkConfig,
    /// The caller's own credentials.
    pub credentials: SharedCredentialsProvider,
    /// The Region of the environment or of the profile, where Foghorn knows it.
    pub region: Option<Region>,
}

/// Reads the caller's environment and profile. Nothing is called.
pub(super) async fn environment(options: &Options, caller: Option<FixedCaller>) -> Environment {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http::client())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts(options.call_timeout))
        // Every attempt has a deadline of its own, which a stalled stream meets too.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    loader = match caller {
        Some(caller) => {
            let region = aws_config::Region::from_static(caller.region.as_str());
            let keys = Credentials::new(caller.access_key_id, caller.secret_access_key, None, None, "fixed");
            loader.region(region).credentials_provider(keys)
        }
        // The SDK's own chain would ask the instance metadata service for the
        // Region, for seconds where there is none.
        None => loader.region(
            RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
                .or_else(ProfileFileRegionProvider::new()),
        ),
    };
    share(loader.load().await).await
}

/// Takes the caller's own credentials out of the settings of all clients.
async fn share(config: SdkConfig) -> Environment {
    let region = config.region().and_then(|region| region.as_ref().parse().ok());
    let credentials = match config.credentials_provider() {
        Some(credentials) => credentials,
        None => SharedCredentialsProvider::new(DefaultCredentialsChain::builder().build().await),
    };
    let config = config
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(CallersCredentials))
        .identity_cache(IdentityCache::no_cache())
        .build();
    Environment { config, credentials, region }
}

fn timeouts(call: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT.min(call))
        .operation_attempt_timeout(call)
        .operation_timeout(call.mul_f64(2.5))
        .build()
}

/// The clients of all Regions.
#[derive(Debug)]
pub(super) struct Clients {
    config: SdkConfig,
    counts: Counts,
    retries: RetryPartition,
    regions: Mutex<BTreeMap<Region, Arc<RegionClients>>>,
}

/// The clients of one Region, each made when it is first used.
#[derive(Debug)]
struct RegionClients {
    config: SdkConfig,
    ecs: OnceLock<aws_sdk_ecs::Client>,
    eventbridge: OnceLock<aws_sdk_eventbridge::Client>,
    sns: OnceLock<aws_sdk_sns::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
    cloudwatch: OnceLock<aws_sdk_cloudwatch::Client>,
    chatbot: OnceLock<aws_sdk_chatbot::Client>,
    lambda: OnceLock<aws_sdk_lambda::Client>,
    secretsmanager: OnceLock<aws_sdk_secretsmanager::Client>,
    tagging: OnceLock<aws_sdk_resourcegroupstagging::Client>,
    organizations: OnceLock<aws_sdk_organizations::Client>,
    sts: OnceLock<aws_sdk_sts::Client>,
}

/// A client's accessor: its name, its crate, and the name of the service in
/// IAM actions, under which its calls are counted.
macro_rules! client {
    ($name:ident, $sdk:ident, $service:literal) => {
        #[doc = concat!("The client of `", $service, "` in a Region.")]
        pub fn $name(&self, region: Region) -> $sdk::Client {
            let clients = self.in_region(region);
            let client = clients.$name.get_or_init(|| {
                let config = $sdk::config::Builder::from(&clients.config)
                    .interceptor(Meter::new($service, self.counts.clone()))
                    .retry_partition(self.retries.clone());
                $sdk::Client::from_conf(config.build())
            });
            client.clone()
        }
    };
}

impl Clients {
    /// Clients with these settings.
    pub fn new(config: SdkConfig) -> Self {
        // The SDK's budget of retries is one for all accounts: one account that
        // is throttled would use up what the others need. The accounts' own
        // buckets bound retries instead.
        let retries = RetryPartition::custom("foghorn").token_bucket(TokenBucket::unlimited()).build();
        Self { config, counts: Counts::default(), retries, regions: Mutex::default() }
    }

    client!(ecs, aws_sdk_ecs, "ecs");
    client!(eventbridge, aws_sdk_eventbridge, "events");
    client!(sns, aws_sdk_sns, "sns");
    client!(sqs, aws_sdk_sqs, "sqs");
    client!(cloudwatch, aws_sdk_cloudwatch, "cloudwatch");
    client!(chatbot, aws_sdk_chatbot, "chatbot");
    client!(lambda, aws_sdk_lambda, "lambda");
    client!(secretsmanager, aws_sdk_secretsmanager, "secretsmanager");
    client!(tagging, aws_sdk_resourcegroupstagging, "tag");
    client!(organizations, aws_sdk_organizations, "organizations");
    client!(sts, aws_sdk_sts, "sts");

    /// Attempts sent so far.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.counts.read()
    }

    /// Tells this one of every attempt from now on.
    pub fn watch_calls(&self, watcher: Arc<dyn CallWatcher>) {
        self.counts.tell(watcher);
    }

    fn in_region(&self, region: Region) -> Arc<RegionClients> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let clients = regions.entry(region).or_insert_with(|| {
            let name = aws_config::Region::from_static(region.as_str());
            Arc::new(RegionClients::new(self.config.to_builder().region(name).build()))
        });
        Arc::clone(clients)
    }
}

impl RegionClients {
    fn new(config: SdkConfig) -> Self {
        Self {
            config,
            ecs: OnceLock::new(),
            eventbridge: OnceLock::new(),
            sns: OnceLock::new(),
            sqs: OnceLock::new(),
            cloudwatch: OnceLock::new(),
            chatbot: OnceLock::new(),
            lambda: OnceLock::new(),
            secretsmanager: OnceLock::new(),
            tagging: OnceLock::new(),
            organizations: OnceLock::new(),
            sts: OnceLock::new(),
        }
    }
}
