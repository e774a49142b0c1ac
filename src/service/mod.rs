//! The controller as a service: every account at an interval, those that fail
//! sooner, the fleet file whenever it changes, and endpoints for whoever
//! watches.
//!
//! ```text
//! fleet file ─► reload ─┐
//! POST /reconcile ──────┼─► schedule ─► look ─► merge ─► conclude ─► live ─► endpoints
//! time ─────────────────┘        ▲                │
//!                                └── unsettled ◄──┘
//! ```
//!
//! What is looked at and how a round is concluded is the caller's [`Work`]; when
//! it is done is [`schedule`]'s, which is pure.

pub mod file;
pub mod http;
pub mod live;
pub mod merge;
pub mod metrics;
pub mod observer;
pub mod page;
pub mod schedule;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use self::file::WatchedFile;
use self::live::{Live, Status};
use self::metrics::Metrics;
use self::observer::Observer;
use self::schedule::{Due, Schedule};
use crate::model::{Outcome, Report};

/// How often the fleet file is looked at, and how long a loop that waits goes
/// without a sign of life.
const TICK: Duration = Duration::from_secs(2);

/// Why a round came to nothing.
pub type Fault = Box<dyn Error + Send + Sync>;

/// What is done over and over.
pub trait Work: Send {
    /// Takes up the fleet file as it is now.
    ///
    /// # Errors
    ///
    /// If it can't be used; the one before it stays in use.
    fn reload(&mut self) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Looks at what is due, makes the changes that are asked for, and reports
    /// on the accounts that it looked at.
    ///
    /// # Errors
    ///
    /// If no account could be looked at.
    fn look(&mut self, due: &Due) -> impl Future<Output = Result<Report, Fault>> + Send;

    /// Ends a round as every run ends, with the report of the whole fleet, and
    /// gives back the report with all that was learned on the way.
    fn conclude(&mut self, report: Report, due: &Due) -> impl Future<Output = Concluded> + Send;
}

/// How a round ended.
#[derive(Debug)]
pub struct Concluded {
    /// The report as it is shown.
    pub report: Report,
    /// What could not be done with it.
    pub trouble: Option<Fault>,
}

/// The service.
pub struct Service<W> {
    /// What is done.
    pub work: W,
    /// When it is due.
    pub schedule: Schedule,
    /// The fleet file.
    pub file: WatchedFile,
    /// What the endpoints show.
    pub live: Arc<Live>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Who hears of every pass.
    pub observer: Arc<Observer>,
    /// Somebody asks for a sweep at once.
    pub requests: mpsc::Receiver<()>,
    /// Nothing is begun any more once this is cancelled.
    pub drain: CancellationToken,
    /// The time of day, in UTC.
    pub clock: fn() -> OffsetDateTime,
}

impl<W: Work> Service<W> {
    /// Works until it is told to end; what it has begun by then it finishes.
    pub async fn run(mut self) {
        while let Some(due) = self.next().await {
            self.round(&due).await;
        }
        tracing::info!("ended: nothing is left half done");
    }

    /// Waits until something is due; `None` once the end has come.
    async fn next(&mut self) -> Option<Due> {
        loop {
            self.live.moved(Instant::now());
            if self.drain.is_cancelled() {
                return None;
            }
            self.reload_if_new().await;
            if let Some(due) = self.schedule.due(Instant::now()) {
                return Some(due);
            }
            let wake = self.schedule.next().min(Instant::now() + TICK);
            tokio::select! {
                () = self.drain.cancelled() => {}
                () = sleep_until(wake) => {}
                Some(()) = self.requests.recv() => self.schedule.sweep_at_once(Instant::now()),
            }
        }
    }

    async fn reload_if_new(&mut self) {
        if !self.file.is_new() {
            return;
        }
        let reloaded = self.work.reload().await;
        match &reloaded {
            Ok(()) => {
                tracing::info!("the fleet file has changed and is taken up");
                self.schedule.sweep_at_once(Instant::now());
            }
            Err(fault) => {
                let why = told(&**fault);
                tracing::error!(
                    why,
                    "the fleet file has changed and can't be used; the one before it stays in use"
                );
            }
        }
        self.metrics.at_once(|| {
            self.metrics.reloaded(reloaded.is_ok());
            self.live.tell(|status| status.fleet_problem = reloaded.err().map(|fault| told(&*fault)));
        });
    }

    /// Looks at what is due, and tells everybody what came of it.
    async fn round(&mut self, due: &Due) {
        let begun = Instant::now();
        self.live.tell(|status| status.next_sweep = None);
        let span = tracing::info_span!("sweep", accounts = size(due));
        match self.look(due).instrument(span.clone()).await {
            Ok(concluded) => span.in_scope(|| self.finish(due, concluded, begun)),
            Err(fault) => self.fail(due, &*fault, begun),
        }
    }

    /// Looks at what is due, and ends that with the report of the whole fleet.
    async fn look(&mut self, due: &Due) -> Result<Concluded, Fault> {
        let report = self.work.look(due).await?;
        let before = if *due == Due::Sweep { None } else { self.live.report() };
        let report = match before {
            Some(before) => merge::merged(&before, report),
            None => report,
        };
        Ok(self.work.conclude(report, due).await)
    }

    fn finish(&mut self, due: &Due, concluded: Concluded, begun: Instant) {
        let Concluded { report, trouble } = concluded;
        let (now, report) = (Instant::now(), Arc::new(report));
        self.schedule.looked(due, &self.observer.take_unsettled(), begun, now);
        log(due, &report, now - begun);
        if let Some(fault) = &trouble {
            tracing::error!(why = told(&**fault), "not all could be done with the report");
        }
        let rest = self.rest(trouble.map(|fault| told(&*fault)));
        // Whoever sees the report sees its figures, and the other way round.
        self.metrics.at_once(|| {
            self.metrics.looked(due, &report, now - begun);
            self.metrics.rest(self.schedule.waiting());
            self.live.publish(Arc::clone(&report), rest);
        });
    }

    fn fail(&mut self, due: &Due, fault: &(dyn Error + 'static), begun: Instant) {
        let (now, why) = (Instant::now(), told(fault));
        self.observer.take_unsettled();
        self.schedule.failed(due, now);
        let again = humantime::format_duration(whole_seconds(self.schedule.next() - now));
        tracing::error!(why, "no account could be looked at; trying again in {again}");
        let rest = self.rest(Some(why));
        self.metrics.at_once(|| {
            self.metrics.failed(due, now - begun);
            self.metrics.rest(self.schedule.waiting());
            self.live.tell(rest);
        });
    }

    /// How the service stands until the next round.
    fn rest(&self, trouble: Option<String>) -> impl FnOnce(&mut Status) + use<W> {
        self.live.rested();
        let wait = self.schedule.next_sweep().saturating_duration_since(Instant::now());
        let (next, requeued) = ((self.clock)() + wait, self.schedule.waiting());
        move |status| {
            status.next_sweep = Some(next);
            status.requeued = requeued;
            status.trouble = trouble;
        }
    }
}

/// A wait as a person is told of it: never as if there were none.
fn whole_seconds(wait: Duration) -> Duration {
    let begun = u64::from(wait.subsec_nanos() > 0);
    Duration::from_secs(wait.as_secs().saturating_add(begun).max(1))
}

fn size(due: &Due) -> String {
    match due {
        Due::Sweep => "all".to_owned(),
        Due::Accounts(accounts) => accounts.len().to_string(),
    }
}

/// One line a round, for whoever reads the log.
fn log(due: &Due, report: &Report, took: Duration) {
    let summary = &report.summary;
    for pass in &report.passes {
        for change in pass.changes.iter().filter(|change| change.outcome == Outcome::Applied) {
            let (account, action) = (&pass.account.name, format!("{:?}", change.action).to_lowercase());
            tracing::info!(account, action, what = %change.key, "changed");
        }
    }
    tracing::info!(
        run = report.metadata.run,
        looked_at = size(due),
        accounts = summary.accounts,
        services = summary.services,
        errors = summary.findings.error,
        warnings = summary.findings.warning,
        heard = summary.paths.heard,
        broken = summary.paths.broken,
        unknown = summary.paths.unknown,
        applied = summary.changes.applied,
        failed = summary.changes.failed,
        incomplete = report.is_incomplete(),
        seconds = took.as_secs_f64(),
        "swept"
    );
}

/// An error with all that led to it, in one line.
pub fn told(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
