//! Counts what is sent, and sees what is throttled.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::region::Region;

use super::call::current_bucket;
use super::classify::names_throttling;

/// Attempts by `service:Operation`.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts(Arc<Mutex<BTreeMap<String, u64>>>);

impl Counts {
    /// What was counted so far.
    pub fn read(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, call: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(call).or_default() += 1;
    }
}

/// Watches every attempt of one client.
#[derive(Debug)]
pub(super) struct Meter {
    service: &'static str,
    counts: Counts,
}

impl Meter {
    /// A meter for the service that IAM names so.
    pub fn new(service: &'static str, counts: Counts) -> Self {
        Self { service, counts }
    }

    /// The call that is under way, as an IAM action.
    fn call(&self, config: &ConfigBag) -> String {
        let operation = config.load::<Metadata>().map_or("", Metadata::name);
        format!("{}:{operation}", self.service)
    }
}

fn region(config: &ConfigBag) -> &str {
    config.load::<Region>().map_or("", AsRef::as_ref)
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let call = self.call(config);
        let attempt = config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts);
        tracing::debug!(call, region = region(config), attempt, "calling");
        self.counts.add(call);
        if attempt > 1
            && let Some(bucket) = current_bucket()
        {
            bucket.charge();
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = context.response().status().as_u16();
        tracing::debug!(call = self.call(config), region = region(config), status, "answered");
        if is_throttling(context.response())
            && let Some(bucket) = current_bucket()
        {
            bucket.throttled();
        }
        Ok(())
    }
}

/// Whether an answer says that calls come too fast. The operation's own error
/// type is out of reach here, but all protocols spell the code in plain text.
fn is_throttling(response: &HttpResponse) -> bool {
    let status = response.status();
    if status.is_success() {
        return false;
    }
    let header = response.headers().get("x-amzn-errortype").is_some_and(names_throttling);
    let body = response.body().bytes().map(String::from_utf8_lossy);
    status.as_u16() == 429 || header || body.is_some_and(|body| names_throttling(&body))
}
