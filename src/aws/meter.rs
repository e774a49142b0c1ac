//! Counts and times what is sent, and sees what is throttled.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use aws_types::region::Region;

use super::call::current_bucket;
use super::classify::names_throttling;
use super::watch::{Attempt, CallOutcome, CallWatcher};

/// Attempts by `service:Operation`, and who else hears of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    attempts: Mutex<BTreeMap<String, u64>>,
    watcher: OnceLock<Arc<dyn CallWatcher>>,
}

impl Counts {
    /// What was counted so far.
    pub fn read(&self) -> BTreeMap<String, u64> {
        self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells this one of every attempt from now on; the first who asks is told.
    pub fn tell(&self, watcher: Arc<dyn CallWatcher>) {
        // Whoever comes later is not told.
        let _ = self.0.watcher.set(watcher);
    }

    fn add(&self, call: String) {
        *self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner).entry(call).or_default() += 1;
    }

    fn told(&self, attempt: &Attempt<'_>) {
        if let Some(watcher) = self.0.watcher.get() {
            watcher.attempted(attempt);
        }
    }
}

/// When the attempt that is under way was sent.
#[derive(Debug, Clone, Copy)]
struct Sent(Instant);

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
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
        tracing::Span::current().record("call", &*call);
        self.counts.add(call);
        config.interceptor_state().store_put(Sent(Instant::now()));
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

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // What failed before it was sent, for want of credentials say, is no call.
        if let Some(Sent(sent)) = config.load::<Sent>().copied() {
            let operation = config.load::<Metadata>().map_or("", Metadata::name);
            let (outcome, took) = (outcome(context.response()), sent.elapsed());
            self.counts.told(&Attempt { service: self.service, operation, outcome, took });
        }
        Ok(())
    }
}

fn outcome(response: Option<&HttpResponse>) -> CallOutcome {
    let Some(response) = response else { return CallOutcome::Unanswered };
    match response.status() {
        status if status.is_success() => CallOutcome::Answered,
        _ if is_throttling(response) => CallOutcome::Throttled,
        status if status.is_server_error() => CallOutcome::Failed,
        _ => CallOutcome::Refused,
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
