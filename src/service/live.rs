//! How the service stands, for its endpoints. The loop writes it, requests
//! read it, and neither waits for the other.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

use crate::model::moment::Moment;
use crate::model::{AccountId, Report};

/// So many reports are remembered in short: a day of them, at the usual interval.
const LONGEST_HISTORY: usize = 96;

/// How the service stands, as people read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// When the next sweep is due; `None` while one is under way.
    pub next_sweep: Option<OffsetDateTime>,
    /// Accounts that are looked at again before the next sweep.
    pub requeued: usize,
    /// Why the last round came to nothing or not to all, if so.
    pub trouble: Option<String>,
    /// What is wrong with the fleet file as it is now; the one before it is
    /// still in use.
    pub fleet_problem: Option<String>,
    /// Whether it is ending.
    pub is_ending: bool,
}

/// All that people read of a service, as of one moment.
#[derive(Debug, Clone)]
pub struct Shown {
    /// How it stands.
    pub status: Status,
    /// The last report; `None` before the first full sweep.
    pub report: Option<Arc<Report>>,
    /// The last reports in short, oldest first.
    pub history: Vec<Moment>,
}

/// What the endpoints show.
#[derive(Debug)]
pub struct Live {
    state: Mutex<State>,
    stalls_after: Duration,
}

#[derive(Debug)]
struct State {
    moved_at: Instant,
    in_flight: BTreeSet<AccountId>,
    status: Status,
    report: Option<Arc<Report>>,
    history: Vec<Moment>,
}

impl Live {
    /// A service that has done nothing yet. One that moves no further for
    /// `stalls_after` counts as dead.
    pub fn new(stalls_after: Duration, now: Instant) -> Self {
        let (in_flight, status, history) = (BTreeSet::new(), Status::default(), Vec::new());
        let state = State { moved_at: now, in_flight, status, report: None, history };
        Self { state: Mutex::new(state), stalls_after }
    }

    /// The loop goes on.
    pub fn moved(&self, now: Instant) {
        self.state().moved_at = now;
    }

    /// An account is being worked on; how many are.
    pub fn began(&self, account: &AccountId, now: Instant) -> usize {
        let mut state = self.state();
        state.moved_at = now;
        state.in_flight.insert(account.clone());
        state.in_flight.len()
    }

    /// An account is done; how many are still being worked on.
    pub fn ended(&self, account: &AccountId, now: Instant) -> usize {
        let mut state = self.state();
        state.moved_at = now;
        state.in_flight.remove(account);
        state.in_flight.len()
    }

    /// Nothing is being worked on any more.
    pub fn rested(&self) {
        self.state().in_flight.clear();
    }

    /// Changes what people read of it.
    pub fn tell(&self, change: impl FnOnce(&mut Status)) {
        change(&mut self.state().status);
    }

    /// Shows this report from now on, and with it how the service stands.
    pub fn publish(&self, report: Arc<Report>, change: impl FnOnce(&mut Status)) {
        let mut state = self.state();
        change(&mut state.status);
        let surplus = (state.history.len() + 1).saturating_sub(LONGEST_HISTORY);
        state.history.drain(..surplus);
        state.history.push(Moment::of(&report));
        state.report = Some(report);
    }

    /// All that people read of it, as of one moment.
    pub fn shown(&self) -> Shown {
        let state = self.state();
        let (status, report) = (state.status.clone(), state.report.clone());
        Shown { status, report, history: state.history.clone() }
    }

    /// Whether the loop still moves.
    pub fn is_alive(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.state().moved_at) <= self.stalls_after
    }

    /// The last report; `None` before the first full sweep.
    pub fn report(&self) -> Option<Arc<Report>> {
        self.state().report.clone()
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        self.state().status.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::mixed;

    #[test]
    fn a_loop_that_moves_no_more_is_dead_and_one_that_works_on_is_not() {
        let now = Instant::now();
        let minute = Duration::from_secs(60);
        let live = Live::new(10 * minute, now);
        assert!(live.is_alive(now + 10 * minute));
        assert!(!live.is_alive(now + 11 * minute));
        live.began(&AccountId::default(), now + 9 * minute);
        assert!(live.is_alive(now + 11 * minute));
    }

    #[test]
    fn an_account_that_is_begun_twice_is_in_flight_once() {
        let now = Instant::now();
        let live = Live::new(Duration::ZERO, now);
        let account = AccountId::default();
        assert_eq!([live.began(&account, now), live.began(&account, now)], [1, 1]);
        assert_eq!(live.ended(&account, now), 0);
    }

    #[test]
    fn the_last_reports_are_remembered_and_no_more() {
        let live = Live::new(Duration::ZERO, Instant::now());
        for run in 0..LONGEST_HISTORY + 3 {
            let mut report = mixed();
            report.metadata.run = run.to_string();
            live.publish(Arc::new(report), |_| {});
        }
        let runs: Vec<String> = live.shown().history.into_iter().map(|moment| moment.run).collect();
        assert_eq!((runs.len(), &*runs[0], &*runs[LONGEST_HISTORY - 1]), (LONGEST_HISTORY, "3", "98"));
    }
}
