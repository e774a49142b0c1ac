//! How the service stands, for its endpoints. The loop writes it, requests
//! read it, and neither waits for the other.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::model::{AccountId, Report};

/// How the service stands, as people read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Whether it only looks.
    pub plan_only: bool,
    /// When the next sweep is due; `None` while one is under way.
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_sweep: Option<OffsetDateTime>,
    /// Accounts that are being worked on.
    pub in_flight: usize,
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
}

impl Live {
    /// A service that has done nothing yet. One that moves no further for
    /// `stalls_after` counts as dead.
    pub fn new(plan_only: bool, stalls_after: Duration, now: Instant) -> Self {
        let status = Status { plan_only, ..Status::default() };
        let state = State { moved_at: now, in_flight: BTreeSet::new(), status, report: None };
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

    /// Shows this report from now on.
    pub fn publish(&self, report: Arc<Report>) {
        self.state().report = Some(report);
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
        let state = self.state();
        Status { in_flight: state.in_flight.len(), ..state.status.clone() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_moves_no_more_is_dead_and_one_that_works_on_is_not() {
        let now = Instant::now();
        let minute = Duration::from_secs(60);
        let live = Live::new(false, 10 * minute, now);
        assert!(live.is_alive(now + 10 * minute));
        assert!(!live.is_alive(now + 11 * minute));
        live.began(&AccountId::default(), now + 9 * minute);
        assert!(live.is_alive(now + 11 * minute));
    }

    #[test]
    fn an_account_that_is_begun_twice_is_in_flight_once() {
        let now = Instant::now();
        let live = Live::new(true, Duration::ZERO, now);
        let account = AccountId::default();
        assert_eq!([live.began(&account, now), live.began(&account, now)], [1, 1]);
        assert_eq!(live.status().in_flight, 1);
        assert_eq!(live.ended(&account, now), 0);
    }
}
