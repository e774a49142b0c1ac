//! Spans and metrics for a collector, by the OpenTelemetry Protocol.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, MetricExporter, Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use super::environment::{Encoding, Exports, exports};
use super::export::Within;
use super::figures::Exported;

/// The name of what is told about, unless the environment has another.
const SERVICE: &str = "foghorn";

/// How long the last of it may take to be told. A collector that does not
/// answer keeps no run from ending.
const FLUSHED_WITHIN: Duration = Duration::from_secs(3);

/// What is told to a collector.
#[derive(Debug, Default)]
pub(super) struct Otlp {
    traces: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
    pub exported: Option<Arc<Exported>>,
    /// What was asked for and can't be had.
    pub problems: Vec<String>,
}

impl Otlp {
    /// Whatever the environment asks for. Nothing is connected to yet.
    pub fn from_environment() -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let Exports { traces, metrics, problems } = exports(variable);
        let mut otlp = Self { problems, ..Self::default() };
        let resource = resource(&variable);
        otlp.traces = otlp.kept(traces.map(|encoding| tracer_provider(encoding, resource.clone())));
        otlp.metrics = otlp.kept(metrics.map(|encoding| meter_provider(encoding, resource)));
        otlp.exported =
            otlp.metrics.as_ref().map(|provider| Arc::new(Exported::of(&provider.meter(SERVICE))));
        otlp
    }

    fn kept<P>(&mut self, provider: Option<Result<P, ExporterBuildError>>) -> Option<P> {
        match provider? {
            Ok(provider) => Some(provider),
            Err(error) => {
                self.problems.push(format!("nothing is exported by OTLP: {error}"));
                None
            }
        }
    }

    /// Where spans go.
    pub fn tracer(&self) -> Option<SdkTracer> {
        self.traces.as_ref().map(|provider| provider.tracer(SERVICE))
    }

    /// Sends what is left, and waits for that no longer than a few seconds.
    pub async fn flush(self) {
        if self.traces.is_none() && self.metrics.is_none() {
            return;
        }
        let (sender, flushed) = tokio::sync::oneshot::channel();
        // A thread of its own: the runtime would wait for one of its pool to end.
        std::thread::spawn(move || {
            if let Some(traces) = &self.traces {
                let _ = traces.shutdown_with_timeout(FLUSHED_WITHIN);
            }
            if let Some(metrics) = &self.metrics {
                let _ = metrics.shutdown_with_timeout(FLUSHED_WITHIN);
            }
            // Nobody waits any more once the time is over.
            let _ = sender.send(());
        });
        let _ = tokio::time::timeout(FLUSHED_WITHIN, flushed).await;
    }
}

fn tracer_provider(encoding: Encoding, resource: Resource) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = SpanExporter::builder().with_http().with_protocol(protocol(encoding)).build()?;
    let exporter = Within::new(exporter, "spans");
    Ok(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build())
}

fn meter_provider(encoding: Encoding, resource: Resource) -> Result<SdkMeterProvider, ExporterBuildError> {
    let exporter = MetricExporter::builder().with_http().with_protocol(protocol(encoding)).build()?;
    let exporter = Within::new(exporter, "metrics");
    Ok(SdkMeterProvider::builder().with_resource(resource).with_periodic_exporter(exporter).build())
}

fn protocol(encoding: Encoding) -> Protocol {
    match encoding {
        Encoding::Protobuf => Protocol::HttpBinary,
        Encoding::Json => Protocol::HttpJson,
    }
}

/// What the environment says of this process. The SDK reads it; only the name
/// that it has for a process without one is replaced.
fn resource(variable: &impl Fn(&str) -> Option<String>) -> Resource {
    let is_named = variable("OTEL_SERVICE_NAME").is_some_and(|name| !name.is_empty())
        || variable("OTEL_RESOURCE_ATTRIBUTES")
            .is_some_and(|attributes| attributes.contains("service.name="));
    let resource = Resource::builder();
    if is_named { resource.build() } else { resource.with_service_name(SERVICE).build() }
}
