//! What is counted, for Prometheus: figures of the last report, and how the
//! service and its calls go.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

use metrics::{
    counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram, with_local_recorder,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::schedule::Due;
use crate::aws::watch::{Attempt, CallOutcome, CallWatcher};
use crate::model::Report;
use crate::report::figures::{FAMILIES, Figures, Series, figures_after};
use crate::telemetry::CALL_SECONDS;

const CALL_DURATION: &str = "foghorn_call_duration_seconds";
const SWEEP_DURATION: &str = "foghorn_sweep_duration_seconds";

/// The upper bounds of the histogram of sweeps, in seconds.
const SWEEP_SECONDS: &[f64] = &[1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0];

/// What is counted.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    report: Mutex<Shown>,
    /// Held by whoever tells of a round, and by whoever renders.
    round: RwLock<()>,
}

/// The figures of the last report. They are rendered apart from all else,
/// since a series of theirs can end.
#[derive(Default)]
struct Shown {
    series: BTreeSet<Series>,
    text: String,
}

impl Metrics {
    /// Nothing is counted yet. `version` is Foghorn's.
    pub fn new(version: &'static str) -> Self {
        let recorder = recorder();
        let handle = recorder.handle();
        let (report, round) = (Mutex::default(), RwLock::default());
        let metrics = Self { recorder, handle, report, round };
        metrics.with(|| {
            describe();
            gauge!("foghorn_build_info", "version" => version).set(1);
            // What never happened is known to be 0.
            for outcome in ["done", "failed"] {
                counter!("foghorn_sweeps_total", "outcome" => outcome).absolute(0);
            }
            for outcome in ["loaded", "refused"] {
                counter!("foghorn_fleet_reloads_total", "outcome" => outcome).absolute(0);
            }
            counter!("foghorn_changes_made_total").absolute(0);
            gauge!("foghorn_fleet_file_valid").set(1);
            gauge!("foghorn_store_working").set(1);
            gauge!("foghorn_accounts_in_flight").set(0);
            gauge!("foghorn_accounts_requeued").set(0);
        });
        metrics
    }

    /// All of it, in Prometheus's text format.
    pub fn render(&self) -> String {
        self.steadily(|| {
            let report = self.report.lock().unwrap_or_else(PoisonError::into_inner).text.clone();
            self.handle.render() + &report
        })
    }

    /// Sees what does not change in part meanwhile.
    pub(super) fn steadily<T>(&self, see: impl FnOnce() -> T) -> T {
        let _round = self.round.read().unwrap_or_else(PoisonError::into_inner);
        see()
    }

    /// Tells what belongs together: no rendering falls between its beginning and
    /// its end.
    pub fn at_once(&self, tell: impl FnOnce()) {
        let _round = self.round.write().unwrap_or_else(PoisonError::into_inner);
        tell();
    }

    /// Sorts what was measured into its buckets. Where nobody asks for the
    /// figures it is to be done now and then.
    pub fn tidy(&self) {
        self.handle.run_upkeep();
    }

    /// So many accounts are being worked on.
    pub fn in_flight(&self, accounts: usize) {
        self.with(|| gauge!("foghorn_accounts_in_flight").set(accounts as f64));
    }

    /// A round is over, and so many accounts wait for the next one.
    pub fn rest(&self, requeued: usize) {
        self.in_flight(0);
        self.with(|| gauge!("foghorn_accounts_requeued").set(requeued as f64));
    }

    /// The fleet file was taken up, or could not be.
    pub fn reloaded(&self, is_valid: bool) {
        let outcome = if is_valid { "loaded" } else { "refused" };
        self.with(|| {
            counter!("foghorn_fleet_reloads_total", "outcome" => outcome).increment(1);
            gauge!("foghorn_fleet_file_valid").set(f64::from(u8::from(is_valid)));
        });
    }

    /// The store did what was asked of it in a round, or did not.
    pub fn remembered(&self, was_working: bool) {
        self.with(|| gauge!("foghorn_store_working").set(f64::from(u8::from(was_working))));
    }

    /// A room was told of a report, or could not be.
    pub fn told(&self, room: &str, was_told: bool) {
        let outcome = if was_told { "told" } else { "failed" };
        let room = room.to_owned();
        self.with(|| counter!("foghorn_rooms_told_total", "room" => room, "outcome" => outcome).increment(1));
    }

    /// Accounts were looked at, and this is how the fleet stands.
    pub fn looked(&self, due: &Due, report: &Report, took: Duration) {
        self.show(report);
        let made = report.summary.changes.applied as u64;
        self.with(|| counter!("foghorn_changes_made_total").increment(made));
        self.with(|| match due {
            Due::Sweep => {
                let finished_at = report.metadata.finished_at.unix_timestamp() as f64;
                counter!("foghorn_sweeps_total", "outcome" => "done").increment(1);
                gauge!("foghorn_sweep_last_success_timestamp_seconds").set(finished_at);
                histogram!(SWEEP_DURATION).record(took.as_secs_f64());
            }
            Due::Accounts(accounts) => {
                counter!("foghorn_requeued_passes_total").increment(accounts.len() as u64);
            }
        });
    }

    /// A round came to nothing.
    pub fn failed(&self, due: &Due, took: Duration) {
        if *due == Due::Sweep {
            self.with(|| {
                counter!("foghorn_sweeps_total", "outcome" => "failed").increment(1);
                histogram!(SWEEP_DURATION).record(took.as_secs_f64());
            });
        }
    }

    fn show(&self, report: &Report) {
        let mut shown = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        let figures = figures_after(report, &shown.series);
        *shown = Shown { text: text(&figures), series: figures.into_keys().collect() };
    }

    fn with<T>(&self, count: impl FnOnce() -> T) -> T {
        with_local_recorder(&self.recorder, count)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl CallWatcher for Metrics {
    fn attempted(&self, attempt: &Attempt<'_>) {
        let operation =
            [("service", attempt.service.to_owned()), ("operation", attempt.operation.to_owned())];
        let counted = [operation.to_vec(), vec![("outcome", attempt.outcome.as_str().to_owned())]].concat();
        self.with(|| {
            histogram!(CALL_DURATION, &operation).record(attempt.took.as_secs_f64());
            counter!("foghorn_calls_total", &counted).increment(1);
            if attempt.outcome == CallOutcome::Throttled {
                counter!("foghorn_throttles_total", &operation).increment(1);
            }
        });
    }
}

fn recorder() -> PrometheusRecorder {
    let builder = [(CALL_DURATION, CALL_SECONDS), (SWEEP_DURATION, SWEEP_SECONDS)].into_iter().fold(
        PrometheusBuilder::new(),
        |builder, (name, bounds)| {
            let histogram = Matcher::Full(name.to_owned());
            // Refused only without a bound, and there are some.
            builder.set_buckets_for_metric(histogram, bounds).unwrap_or_else(|_| PrometheusBuilder::new())
        },
    );
    builder.build_recorder()
}

/// Figures in Prometheus's text format.
fn text(figures: &Figures) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        FAMILIES.iter().for_each(|(family, help)| describe_gauge!(*family, *help));
        for (series, figure) in figures {
            gauge!(series.family, &series.labels).set(*figure as f64);
        }
    });
    recorder.handle().render()
}

/// What each of them means.
fn describe() {
    describe_gauge!("foghorn_build_info", "The version that runs; always 1.");
    describe_gauge!("foghorn_accounts_in_flight", "Accounts that are being worked on.");
    describe_gauge!("foghorn_accounts_requeued", "Accounts that are looked at again before the next sweep.");
    describe_gauge!(
        "foghorn_fleet_file_valid",
        "Whether the fleet file as it is now could be taken up; 1 or 0."
    );
    describe_gauge!(
        "foghorn_store_working",
        "Whether the store did all that was asked of it in the last round; 1 or 0."
    );
    describe_gauge!(
        "foghorn_sweep_last_success_timestamp_seconds",
        "When the last sweep ended with a report."
    );
    describe_counter!("foghorn_changes_made_total", "Changes that were made in AWS.");
    describe_counter!("foghorn_calls_total", "Attempts at calls to AWS, by how they ended.");
    describe_counter!("foghorn_throttles_total", "Attempts that AWS answered with: too fast.");
    describe_counter!("foghorn_fleet_reloads_total", "Changes of the fleet file, taken up or refused.");
    describe_counter!(
        "foghorn_requeued_passes_total",
        "Passes over accounts that were looked at again early."
    );
    describe_counter!(
        "foghorn_rooms_told_total",
        "Messages about a report, by room and by whether it got there."
    );
    describe_counter!("foghorn_sweeps_total", "Sweeps over every account, ended with a report or without.");
    describe_histogram!(CALL_DURATION, "How long attempts at calls to AWS take.");
    describe_histogram!(SWEEP_DURATION, "How long sweeps over every account take.");
}
