//! Figures for OpenTelemetry: those of the last report, and how calls go.

use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};

use crate::aws::watch::{Attempt, CallWatcher};
use crate::model::Report;
use crate::report::figures::{FAMILIES, Figures, figures_after};

/// The upper bounds of the histogram of calls, in seconds.
pub const CALL_SECONDS: &[f64] = &[0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What is exported, kept up to date from outside.
#[derive(Debug)]
pub(super) struct Exported {
    report: Arc<Mutex<Figures>>,
    calls: Counter<u64>,
    seconds: Histogram<f64>,
}

impl Exported {
    /// Instruments of a meter, without a figure yet.
    pub fn of(meter: &Meter) -> Self {
        let report: Arc<Mutex<Figures>> = Arc::default();
        for (family, description) in FAMILIES {
            let shown = Arc::clone(&report);
            meter
                .u64_observable_gauge(family.replacen('_', ".", 1))
                .with_description(*description)
                .with_callback(move |observer| {
                    let figures = shown.lock().unwrap_or_else(PoisonError::into_inner);
                    for (series, figure) in figures.iter().filter(|(series, _)| series.family == *family) {
                        let labels = series.labels.iter();
                        let labels: Vec<KeyValue> =
                            labels.map(|(name, value)| KeyValue::new(*name, value.clone())).collect();
                        observer.observe(*figure, &labels);
                    }
                })
                .build();
        }
        let calls = meter.u64_counter("foghorn.calls").with_description("Attempts at calls to AWS.").build();
        let seconds = meter
            .f64_histogram("foghorn.call.duration")
            .with_unit("s")
            .with_description("How long attempts at calls to AWS take.")
            .with_boundaries(CALL_SECONDS.to_vec())
            .build();
        Self { report, calls, seconds }
    }

    /// Exports the figures of this report from now on.
    pub fn show(&self, report: &Report) {
        let mut shown = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = figures_after(report, shown.keys());
    }
}

impl CallWatcher for Exported {
    fn attempted(&self, attempt: &Attempt<'_>) {
        let operation = [
            KeyValue::new("service", attempt.service),
            KeyValue::new("operation", attempt.operation.to_owned()),
        ];
        self.seconds.record(attempt.took.as_secs_f64(), &operation);
        let [service, operation] = operation;
        self.calls.add(1, &[service, operation, KeyValue::new("outcome", attempt.outcome.as_str())]);
    }
}
