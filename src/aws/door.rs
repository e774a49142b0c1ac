//! The door of one account, through which every call goes.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::time::Instant;
use tracing::{Instrument, field};

use super::advice;
use super::call::SdkFailure;
use super::error::AwsError;
pub(crate) use super::limiter::ApiGroup;
use super::limiter::Buckets;
use super::session::{Session, blames_credentials};
use super::shared::Shared;
use crate::model::coverage::Cause;
use crate::model::{Account, Region};

/// What is kept of an account from one look to the next.
#[derive(Debug)]
pub(super) struct Entrance {
    pub session: Session,
    pub buckets: Buckets,
}

/// The door of one account.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    account: Arc<Account>,
    chatbot_region: Region,
    shared: Arc<Shared>,
    entrance: Arc<Entrance>,
    refusal: Arc<Mutex<Option<(Instant, AwsError)>>>,
    /// When every call through this door has ended, one way or the other.
    deadline: Option<Instant>,
}

/// For how long a door that did not open is not tried again: about one look at
/// the account, however many parts it is made in.
const REFUSED_FOR: Duration = Duration::from_secs(5);

impl Door {
    /// The door of an account. Nothing is called.
    pub(super) fn new(
        account: Account,
        chatbot_region: Region,
        shared: Arc<Shared>,
        entrance: Arc<Entrance>,
    ) -> Self {
        let (account, refusal) = (Arc::new(account), Arc::default());
        Self { account, chatbot_region, shared, entrance, refusal, deadline: None }
    }

    /// The same door, open for so long. What is not answered by then fails, so
    /// that what was answered is not lost.
    pub(super) fn open_for(&self, time: Duration) -> Self {
        Self { deadline: Some(Instant::now() + time), ..self.clone() }
    }

    /// Runs a call until the door closes.
    async fn in_time<T>(
        &self,
        tried: &str,
        call: impl Future<Output = Result<T, AwsError>>,
    ) -> Result<T, AwsError> {
        let Some(deadline) = self.deadline else { return call.await };
        tokio::time::timeout_at(deadline, call).await.unwrap_or_else(|_| {
            let why = "the time for one look at the account ran out (spec.limits.accountTimeout)";
            Err(AwsError::failed(tried, Cause::TimedOut, why))
        })
    }

    /// The account.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// The ECS client of a Region. Its calls must go through [`Door::call`],
    /// as those of all clients: only there they get the account's credentials.
    pub(crate) fn ecs(&self, region: Region) -> aws_sdk_ecs::Client {
        self.shared.clients().ecs(region)
    }

    /// The EventBridge client of a Region.
    pub(crate) fn eventbridge(&self, region: Region) -> aws_sdk_eventbridge::Client {
        self.shared.clients().eventbridge(region)
    }

    /// The SNS client of a Region.
    pub(crate) fn sns(&self, region: Region) -> aws_sdk_sns::Client {
        self.shared.clients().sns(region)
    }

    /// The SQS client of a Region.
    pub(crate) fn sqs(&self, region: Region) -> aws_sdk_sqs::Client {
        self.shared.clients().sqs(region)
    }

    /// The CloudWatch client of a Region.
    pub(crate) fn cloudwatch(&self, region: Region) -> aws_sdk_cloudwatch::Client {
        self.shared.clients().cloudwatch(region)
    }

    /// The Lambda client of a Region.
    pub(crate) fn lambda(&self, region: Region) -> aws_sdk_lambda::Client {
        self.shared.clients().lambda(region)
    }

    /// The Secrets Manager client of a Region.
    pub(crate) fn secretsmanager(&self, region: Region) -> aws_sdk_secretsmanager::Client {
        self.shared.clients().secretsmanager(region)
    }

    /// The client of the Resource Groups Tagging API of a Region.
    pub(crate) fn tagging(&self, region: Region) -> aws_sdk_resourcegroupstagging::Client {
        self.shared.clients().tagging(region)
    }

    /// The AWS Chatbot client, in the Region that is asked for the account.
    pub(crate) fn chatbot(&self) -> aws_sdk_chatbot::Client {
        self.shared.clients().chatbot(self.chatbot_region)
    }

    /// The Region in which AWS Chatbot is called.
    pub(crate) fn chatbot_region(&self) -> Region {
        self.chatbot_region
    }

    /// Gets into the account, so that a door that does not open is found out
    /// once and not by every call.
    ///
    /// # Errors
    ///
    /// If the role cannot be assumed, if there are no credentials, or if they
    /// are another account's.
    pub(super) async fn enter(&self) -> Result<(), AwsError> {
        if let Some(refusal) = self.lately_refused() {
            return Err(refusal);
        }
        let credentials = self.entrance.session.credentials(&self.shared);
        let entered = self.in_time("get into the account", credentials).await.map(drop);
        if let Err(refusal) = &entered
            && !refusal.cause().is_transient()
        {
            *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((Instant::now(), refusal.clone()));
        }
        entered
    }

    fn lately_refused(&self) -> Option<AwsError> {
        let refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
        refusal.as_ref().filter(|(at, _)| at.elapsed() < REFUSED_FOR).map(|(_, refusal)| refusal.clone())
    }

    /// Makes a call: waits for a token of its group and for a place among the
    /// calls in flight, runs it, and classes its failure.
    ///
    /// # Errors
    ///
    /// Whatever kept the answer from coming, after the SDK's retries.
    pub(crate) fn call<T, E>(
        &self,
        region: Region,
        group: ApiGroup,
        tried: impl Into<String>,
        call: impl Future<Output = Result<T, SdkFailure<E>>>,
    ) -> impl Future<Output = Result<T, AwsError>>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        // The SDK's futures are large, and would be copied at every step.
        let call = Box::pin(call);
        let tried = tried.into();
        let named = tried.clone();
        let made = async move {
            let Entrance { session, buckets } = &*self.entrance;
            let bucket = buckets.get(region, group);
            bucket.take().await;
            // Only then, and not while holding a place: assuming the role needs one.
            let credentials = session.credentials(&self.shared).await?;
            let answer = self.shared.gate().pass(credentials, bucket, group, tried, call).await;
            if answer.as_ref().is_err_and(blames_credentials) {
                session.forget(&self.shared);
            }
            answer.map_err(advice::for_signature)
        };
        let span = tracing::debug_span!("call", call = field::Empty, %region, tried = named);
        async move { self.in_time(&named, made).await }.instrument(span)
    }
}
