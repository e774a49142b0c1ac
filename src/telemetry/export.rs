//! Exporters that work from any thread: the SDK exports on threads of its own,
//! and the HTTP client needs the runtime that the rest of the process runs on.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use opentelemetry_otlp::{MetricExporter, SpanExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::trace::SpanData;
use tokio::runtime::Handle;

/// An exporter whose exports run within a runtime, and whose failures are
/// logged, the first of them as a warning: a collector that is gone is no
/// reason to fill the log.
pub(super) struct Within<E> {
    exporter: E,
    runtime: Handle,
    what: &'static str,
    has_failed: AtomicBool,
}

impl<E> Within<E> {
    /// An exporter of spans or metrics within the present runtime.
    pub fn new(exporter: E, what: &'static str) -> Self {
        Self { exporter, runtime: Handle::current(), what, has_failed: AtomicBool::new(false) }
    }

    async fn run(&self, export: impl Future<Output = OTelSdkResult>) -> OTelSdkResult {
        let mut export = pin!(export);
        let exported = Entered { runtime: &self.runtime, future: export.as_mut() }.await;
        if let Err(error) = &exported {
            let what = self.what;
            if self.has_failed.swap(true, Ordering::Relaxed) {
                tracing::debug!(%error, "{what} could not be exported");
            } else {
                tracing::warn!(%error, "{what} could not be exported; further failures are logged at debug level");
            }
        }
        exported
    }
}

impl<E> fmt::Debug for Within<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Within").field("what", &self.what).finish_non_exhaustive()
    }
}

/// A future that is polled inside a runtime, whichever thread polls it.
struct Entered<'a, F> {
    runtime: &'a Handle,
    future: Pin<&'a mut F>,
}

impl<F: Future> Future for Entered<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.runtime.enter();
        self.future.as_mut().poll(context)
    }
}

impl opentelemetry_sdk::trace::SpanExporter for Within<SpanExporter> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.run(self.exporter.export(batch)).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl PushMetricExporter for Within<MetricExporter> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        self.run(self.exporter.export(metrics)).await
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}
