//! The only door to AWS. The SDK's types stop here.
//!
//! [`Aws`] holds what all accounts share. [`AccountDoor`] leads into one
//! account: it reads what is of interest into a snapshot with gaps, and makes
//! one change at a time. Within, every call goes through
//! [`door::Door::call`], which brings credentials, pace and the classing of
//! failures, so that the files of the single services hold nothing but their
//! service.

mod advice;
mod answer;
mod apply;
mod bucket;
mod call;
mod chatbot;
mod classify;
mod clients;
mod cloudwatch;
mod credentials;
mod delete;
pub(crate) mod door;
mod ecs;
mod endpoint;
pub mod error;
mod eventbridge;
mod http;
mod lambda;
mod leads;
mod limiter;
mod meter;
mod observe;
mod organizations;
mod owned;
mod quiet;
mod request;
mod secrets;
mod session;
mod shared;
mod sns;
mod sqs;
mod text;
pub mod watch;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use self::cloudwatch::MetricQuery;
use self::door::{Door, Entrance};
use self::endpoint::Endpoints;
pub use self::error::{AwsError, Class};
use self::eventbridge::Canary;
use self::limiter::Buckets;
pub use self::organizations::{DiscoveredAccount, Discovery};
pub use self::secrets::Holding;
pub use self::session::Recognition;
use self::session::Session;
use self::shared::Shared;
use self::watch::CallWatcher;
use time::OffsetDateTime;

use crate::model::secret::Secret;
use crate::model::snapshot::Interest;
use crate::model::{Account, AccountId, Change, Region, Snapshot};

/// How AWS is reached.
#[derive(Debug, Clone)]
pub struct Options {
    /// The endpoint of all services, STS and Organizations included. Absent:
    /// `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL` and their like in the
    /// profile, else AWS itself.
    pub endpoint_url: Option<String>,
    /// The role to assume in every account. Absent: the caller's credentials.
    pub access: Option<Access>,
    /// Calls under way at a time, at least one.
    pub calls_in_flight: usize,
    /// How long one try of one call may take. There are three tries at most,
    /// and two and a half times this for all of them.
    pub call_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { endpoint_url: None, access: None, calls_in_flight: 512, call_timeout: Duration::from_secs(10) }
    }
}

/// How to get into the accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The role to assume in every account.
    pub role_name: String,
    /// The external id that its trust policy asks for.
    pub external_id: Option<String>,
    /// The Region of the STS endpoint. Absent: the caller's, if it is of the
    /// account's partition, else the account's first.
    pub sts_region: Option<Region>,
    /// The Region in which AWS Chatbot is called. Absent: us-east-2.
    pub chatbot_region: Option<Region>,
}

/// A caller with long-lived keys, in place of whatever the environment holds.
#[derive(Clone)]
pub struct FixedCaller {
    /// The access key id.
    pub access_key_id: String,
    /// The secret key.
    pub secret_access_key: String,
    /// The caller's Region.
    pub region: Region,
}

/// AWS, as one caller sees it. Clones share everything.
#[derive(Debug, Clone)]
pub struct Aws {
    shared: Arc<Shared>,
    access: Option<Access>,
    region: Option<Region>,
    bucket_endpoint: Option<String>,
    chatbot_region: Region,
    entrances: Arc<Mutex<BTreeMap<AccountId, Arc<Entrance>>>>,
}

/// The door of one account. Clones share everything.
#[derive(Debug, Clone)]
pub struct AccountDoor {
    door: Door,
}

impl Aws {
    /// Reads the caller's environment and profile. AWS is not called.
    ///
    /// # Errors
    ///
    /// If the endpoint is no URL of HTTP.
    pub async fn connect(options: Options) -> Result<Self, AwsError> {
        Self::connect_by(options, None).await
    }

    /// The same for a caller whose keys are known, such as a simulator's.
    ///
    /// # Errors
    ///
    /// If the endpoint is no URL of HTTP.
    pub async fn connect_as(caller: FixedCaller, options: Options) -> Result<Self, AwsError> {
        Self::connect_by(options, Some(caller)).await
    }

    async fn connect_by(options: Options, caller: Option<FixedCaller>) -> Result<Self, AwsError> {
        let endpoints = Endpoints::read(&options, std::env::vars_os())?;
        let environment = clients::environment(&options, caller).await;
        let endpoints = endpoints.with(&environment.config);
        let region = environment.region;
        let bucket_endpoint = bucket::endpoint(&options, &environment.config);
        let shared = Arc::new(Shared::new(environment, endpoints, &options));
        let chatbot_region = options.access.as_ref().and_then(|access| access.chatbot_region);
        let chatbot_region = chatbot_region.unwrap_or(Region::US_EAST_2);
        let (access, entrances) = (options.access, Arc::default());
        Ok(Self { shared, access, region, bucket_endpoint, chatbot_region, entrances })
    }

    /// Finds the caller's own credentials, without which no account can be
    /// reached. Whether AWS takes them is not asked.
    ///
    /// # Errors
    ///
    /// If there are none, or they could not be had.
    pub async fn find_credentials(&self) -> Result<(), AwsError> {
        self.shared.caller().load(&self.shared).await.map(drop)
    }

    /// How AWS took the caller's own credentials so far.
    pub fn recognition(&self) -> Recognition {
        self.shared.caller().recognition()
    }

    /// Why AWS has refused the caller's own credentials since then; `None` where
    /// it did not, or took them as well.
    pub fn rejection_since(&self, before: Recognition) -> Option<AwsError> {
        self.shared.caller().rejection_since(before)
    }

    /// The door of an account. AWS is not called yet. Credentials and pace are
    /// kept from one door of an account to the next.
    pub fn account(&self, account: &Account) -> AccountDoor {
        let entrance = self.entrance(account);
        AccountDoor {
            door: Door::new(account.clone(), self.chatbot_region, Arc::clone(&self.shared), entrance),
        }
    }

    /// Discovers accounts in AWS Organizations with the caller's own
    /// credentials: the active ones, by id.
    ///
    /// # Errors
    ///
    /// If any part of what was asked for could not be read. An account that
    /// went unseen would be an account that is not watched.
    pub async fn discover(&self, request: &Discovery) -> Result<Vec<DiscoveredAccount>, AwsError> {
        organizations::discover(&self.shared, self.region, request).await
    }

    /// Reads a secret with the caller's own credentials, by ARN, or by name in
    /// the caller's Region: what it holds, or why it holds nothing of use.
    ///
    /// # Errors
    ///
    /// Whatever AWS refuses, and a name without a Region to look for it in.
    pub async fn secret(&self, name: &str, holding: Holding) -> Result<Result<Secret, String>, AwsError> {
        Box::pin(secrets::read_as_caller(&self.shared, self.region, name, holding)).await
    }

    /// Publishes a message to an SNS topic with the caller's own credentials.
    ///
    /// # Errors
    ///
    /// Whatever AWS refuses, and an ARN that names no Region.
    pub async fn publish(&self, topic_arn: &str, message: &str) -> Result<(), AwsError> {
        Box::pin(sns::publish(&self.shared, topic_arn, message)).await
    }

    /// Attempts sent so far, retries included, by IAM action: `ecs:ListClusters`.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.shared.clients().counts()
    }

    /// Tells this one of every attempt at a call from now on; the first who asks
    /// is told.
    pub fn watch_calls(&self, watcher: Arc<dyn CallWatcher>) {
        self.shared.clients().watch_calls(watcher);
    }

    fn entrance(&self, account: &Account) -> Arc<Entrance> {
        let session = Session::new(account, self.access.as_ref(), self.region);
        let mut entrances = self.entrances.lock().unwrap_or_else(PoisonError::into_inner);
        match entrances.get(&account.id) {
            Some(entrance) if entrance.session.still_fits(&session) => Arc::clone(entrance),
            _ => {
                let entrance = Arc::new(Entrance { session, buckets: Buckets::default() });
                entrances.insert(account.id.clone(), Arc::clone(&entrance));
                entrance
            }
        }
    }
}

impl AccountDoor {
    /// Reads what is of interest, for so long at most. What cannot be read, or
    /// not in that time, is a gap, so that this never fails. `now` is the end of
    /// the time over which metrics are summed.
    pub async fn observe(&self, interest: &Interest, now: OffsetDateTime, time: Duration) -> Snapshot {
        observe::observe(&self.door.open_for(time), interest, now).await
    }

    /// Makes one change.
    ///
    /// # Errors
    ///
    /// Whatever AWS refuses, and a change that is no write.
    pub async fn apply(&self, change: &Change) -> Result<(), AwsError> {
        apply::apply(&self.door, change).await
    }

    /// Puts an event on the default bus of a Region, and gives its id. `detail`
    /// is a JSON object.
    ///
    /// # Errors
    ///
    /// Whatever AWS refuses, be it in an answer that otherwise says success.
    pub async fn put_event(
        &self,
        region: Region,
        source: &str,
        detail_type: &str,
        resources: &[String],
        detail: &str,
    ) -> Result<String, AwsError> {
        let canary = Canary { source, detail_type, resources, detail };
        eventbridge::put_event(&self.door, region, canary).await
    }

    /// The sums of metrics over the whole minutes that hold the time between
    /// two instants, in the order of the queries. A metric that nothing was
    /// published to counts 0.
    ///
    /// # Errors
    ///
    /// Whatever AWS refuses, and an answer without the whole of the data.
    pub async fn metric_sums(
        &self,
        region: Region,
        queries: &[MetricQuery],
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<f64>, AwsError> {
        cloudwatch::metric_sums(&self.door, region, queries, from, to).await
    }

    /// Whether a pattern takes an event, by EventBridge's own judgement. Both
    /// are JSON; the event has all members of the envelope.
    ///
    /// # Errors
    ///
    /// Whatever AWS refuses: a pattern or an event that is none.
    pub async fn test_pattern(&self, region: Region, pattern: &str, event: &str) -> Result<bool, AwsError> {
        eventbridge::test_pattern(&self.door, region, pattern, event).await
    }
}
