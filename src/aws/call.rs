//! One call: whose it is, and how it gets through.

use std::future::Future;
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::sync::Semaphore;

use super::classify::classify;
use super::error::AwsError;
use super::limiter::{ApiGroup, Bucket};

/// How an SDK call fails.
pub(crate) type SdkFailure<E> = SdkError<E, HttpResponse>;

/// Whose call it is.
///
/// SDK clients are shared by all accounts, one a service and Region, since
/// building one is dear and there may be ten thousand accounts. What differs
/// from account to account travels with the call in a task-local, which the
/// SDK's hooks read: they run inside the call's own future.
#[derive(Debug, Clone)]
struct Current {
    credentials: Credentials,
    bucket: Arc<Bucket>,
}

tokio::task_local! {
    static CURRENT: Current;
}

/// The bucket of the call that is under way.
pub(super) fn current_bucket() -> Option<Arc<Bucket>> {
    CURRENT.try_with(|current| Arc::clone(&current.bucket)).ok()
}

/// Gives the SDK the credentials of the call that is under way.
#[derive(Debug)]
pub(super) struct CallersCredentials;

impl ProvideCredentials for CallersCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let credentials = CURRENT.try_with(|current| current.credentials.clone());
        future::ProvideCredentials::ready(credentials.map_err(|_| {
            CredentialsError::invalid_configuration("the call did not go through the account's door")
        }))
    }
}

/// The places among the calls in flight.
#[derive(Debug)]
pub(super) struct Gate(Semaphore);

impl Gate {
    /// A gate for so many calls at a time, at least one.
    pub fn new(calls_in_flight: usize) -> Self {
        Self(Semaphore::new(calls_in_flight.clamp(1, Semaphore::MAX_PERMITS)))
    }

    /// Makes a call for which the bucket has given its token, with these
    /// credentials, as soon as there is a place.
    pub async fn pass<T, E>(
        &self,
        credentials: Credentials,
        bucket: Arc<Bucket>,
        group: ApiGroup,
        tried: impl Into<String>,
        call: impl Future<Output = Result<T, SdkFailure<E>>>,
    ) -> Result<T, AwsError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        // The semaphore is never closed, so that there always is a permit.
        let _place = self.0.acquire().await;
        let current = Current { credentials, bucket };
        CURRENT.scope(current, call).await.map_err(|error| classify(tried, group, &error))
    }
}
