//! What all accounts share: the clients, the caller, the calls in flight.

use std::future::Future;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::Options;
use super::call::{Gate, SdkFailure};
use super::clients::{Clients, Environment};
use super::endpoint::Endpoints;
use super::error::AwsError;
use super::limiter::{ApiGroup, Buckets};
use super::session::{Caller, blames_credentials};
use crate::model::Region;

/// What all accounts share.
#[derive(Debug)]
pub(super) struct Shared {
    clients: Clients,
    gate: Gate,
    caller: Caller,
    provider: SharedCredentialsProvider,
    endpoints: Endpoints,
    buckets: Buckets,
}

impl Shared {
    /// The shared part for one caller's environment.
    pub fn new(environment: Environment, endpoints: Endpoints, options: &Options) -> Self {
        Self {
            clients: Clients::new(environment.config),
            gate: Gate::new(options.calls_in_flight),
            caller: Caller::default(),
            provider: environment.credentials,
            endpoints,
            buckets: Buckets::default(),
        }
    }

    /// The SDK's clients.
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// The places among the calls in flight.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The caller.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The endpoints that were set in place of AWS's own.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Where the caller's credentials come from.
    pub fn caller_provider(&self) -> &SharedCredentialsProvider {
        &self.provider
    }

    /// Makes a call with the caller's own credentials.
    pub fn call_as_caller<T, E>(
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
        async move {
            let bucket = self.buckets.get(region, group);
            bucket.take().await;
            let credentials = self.caller.credentials(self).await?;
            let answer = self.gate.pass(credentials, bucket, group, tried, call).await;
            if answer.as_ref().is_err_and(blames_credentials) {
                self.caller.forget();
            }
            answer
        }
    }
}
