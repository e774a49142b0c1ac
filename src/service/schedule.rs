//! When which accounts are due. Pure: it is told the time and the randomness.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use crate::controller::requeue_after;
use crate::model::AccountId;

/// The longest wait after a first failure, which doubles from there: half a
/// minute, or a thirtieth of a short interval.
const FIRST_REQUEUE: Duration = Duration::from_secs(30);

/// A source of numbers from 0 to 1.
pub type Random = Box<dyn FnMut() -> f64 + Send>;

/// What is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// Every account.
    Sweep,
    /// These alone: the last look at them failed in part.
    Accounts(BTreeSet<AccountId>),
}

/// When what is due.
pub struct Schedule {
    interval: Duration,
    random: Random,
    sweep_at: Instant,
    /// Sweeps in a row that came to nothing.
    failures: u32,
    requeued: BTreeMap<AccountId, Requeued>,
}

/// An account that is looked at again before the next sweep.
#[derive(Debug, Clone, Copy)]
struct Requeued {
    failures: u32,
    at: Instant,
}

impl Schedule {
    /// A schedule whose first sweep is due now.
    pub fn new(interval: Duration, random: Random, now: Instant) -> Self {
        Self { interval, random, sweep_at: now, failures: 0, requeued: BTreeMap::new() }
    }

    /// What is due. A sweep takes every account along, whenever it was due.
    pub fn due(&self, now: Instant) -> Option<Due> {
        if self.sweep_at <= now {
            return Some(Due::Sweep);
        }
        let due = self.requeued.iter().filter(|(_, requeued)| requeued.at <= now);
        let due: BTreeSet<AccountId> = due.map(|(account, _)| account.clone()).collect();
        (!due.is_empty()).then_some(Due::Accounts(due))
    }

    /// When the next thing is due.
    pub fn next(&self) -> Instant {
        self.requeued.values().map(|requeued| requeued.at).fold(self.sweep_at, Instant::min)
    }

    /// When the next sweep is due.
    pub fn next_sweep(&self) -> Instant {
        self.sweep_at
    }

    /// How many accounts wait to be looked at before that.
    pub fn waiting(&self) -> usize {
        self.requeued.len()
    }

    /// A sweep is due at once: somebody asked, or the fleet file is another.
    pub fn sweep_at_once(&mut self, now: Instant) {
        self.sweep_at = now;
        self.failures = 0;
    }

    /// These were looked at from `begun` to `now`, and `unsettled` of them are
    /// worth another look soon.
    pub fn looked(&mut self, due: &Due, unsettled: &BTreeSet<AccountId>, begun: Instant, now: Instant) {
        if *due == Due::Sweep {
            self.failures = 0;
            // A sweep that takes as long as the interval leaves others some air.
            let next = begun + self.about(self.interval, 0.1);
            self.sweep_at = next.max(now + self.interval / 10);
            self.requeued.retain(|account, _| unsettled.contains(account));
        }
        if let Due::Accounts(accounts) = due {
            self.requeued.retain(|account, _| !accounts.contains(account) || unsettled.contains(account));
        }
        for account in unsettled {
            self.requeue(account, now);
        }
    }

    /// These could not be looked at: there were no credentials, say.
    pub fn failed(&mut self, due: &Due, now: Instant) {
        match due {
            Due::Sweep => {
                self.failures = self.failures.saturating_add(1);
                let wait = requeue_after(self.failures, self.first(), self.interval);
                self.sweep_at = now + self.about(wait, 0.5);
            }
            Due::Accounts(accounts) => accounts.iter().for_each(|account| self.requeue(account, now)),
        }
    }

    fn requeue(&mut self, account: &AccountId, now: Instant) {
        let before = self.requeued.get(account).map_or(0, |requeued| requeued.failures);
        let failures = before.saturating_add(1);
        let wait = requeue_after(failures, self.first(), self.interval);
        let at = now + self.about(wait, 0.5);
        self.requeued.insert(account.clone(), Requeued { failures, at });
    }

    fn first(&self) -> Duration {
        (self.interval / 30).min(FIRST_REQUEUE)
    }

    /// This long, give or take a part of it: not all at the same time.
    fn about(&mut self, wait: Duration, part: f64) -> Duration {
        let random = (self.random)();
        let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 0.5 };
        wait.mul_f64(1.0 + part * (2.0 * random - 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn accounts(ids: &[&str]) -> BTreeSet<AccountId> {
        ids.iter().map(|id| id.repeat(12).parse().expect("an account id")).collect()
    }

    fn schedule(random: f64, now: Instant) -> Schedule {
        Schedule::new(15 * MINUTE, Box::new(move || random), now)
    }

    #[test]
    fn the_first_sweep_is_due_at_once_and_the_next_after_the_interval() {
        let begun = Instant::now();
        let mut schedule = schedule(0.5, begun);
        assert_eq!(schedule.due(begun), Some(Due::Sweep));
        schedule.looked(&Due::Sweep, &accounts(&[]), begun, begun + MINUTE);
        assert_eq!(schedule.next(), begun + 15 * MINUTE);
        assert_eq!(schedule.due(begun + 14 * MINUTE), None);
        assert_eq!(schedule.due(begun + 15 * MINUTE), Some(Due::Sweep));
    }

    #[test]
    fn an_interval_is_jittered_by_a_tenth_at_most() {
        for (random, seconds) in [(0.0, 810), (1.0, 990), (7.0, 990), (f64::NAN, 900)] {
            let begun = Instant::now();
            let mut schedule = schedule(random, begun);
            schedule.looked(&Due::Sweep, &accounts(&[]), begun, begun);
            assert_eq!((schedule.next() - begun).as_secs(), seconds, "{random}");
        }
    }

    #[test]
    fn a_sweep_longer_than_the_interval_is_followed_by_a_pause() {
        let begun = Instant::now();
        let mut schedule = schedule(0.5, begun);
        schedule.looked(&Due::Sweep, &accounts(&[]), begun, begun + 60 * MINUTE);
        assert_eq!(schedule.next(), begun + 60 * MINUTE + MINUTE * 3 / 2);
    }

    #[test]
    fn an_account_that_fails_is_looked_at_sooner_and_each_time_later() {
        let mut now = Instant::now();
        let mut schedule = schedule(0.5, now);
        schedule.looked(&Due::Sweep, &accounts(&["1"]), now, now);
        let mut waits = Vec::new();
        for _ in 0..4 {
            waits.push((schedule.next() - now).as_secs());
            now = schedule.next();
            let due = schedule.due(now).expect("something is due");
            assert_eq!(due, Due::Accounts(accounts(&["1"])));
            schedule.looked(&due, &accounts(&["1"]), now, now);
        }
        assert_eq!(waits, [30, 60, 120, 240]);
    }

    #[test]
    fn a_wait_after_a_failure_is_jittered_by_half_at_most() {
        for (random, seconds) in [(0.0, 15), (1.0, 45)] {
            let now = Instant::now();
            let mut schedule = schedule(random, now);
            schedule.looked(&Due::Sweep, &accounts(&["1"]), now, now);
            assert_eq!((schedule.next() - now).as_secs(), seconds, "{random}");
        }
    }

    #[test]
    fn an_account_that_comes_right_waits_for_the_next_sweep_and_others_for_their_turn() {
        let now = Instant::now();
        let mut schedule = schedule(0.5, now);
        schedule.looked(&Due::Sweep, &accounts(&["1", "2"]), now, now);
        assert_eq!(schedule.waiting(), 2);
        schedule.looked(&Due::Accounts(accounts(&["1"])), &accounts(&[]), now, now);
        assert_eq!(
            (schedule.waiting(), schedule.due(now + MINUTE)),
            (1, Some(Due::Accounts(accounts(&["2"]))))
        );
        schedule.looked(&Due::Sweep, &accounts(&[]), now, now);
        assert_eq!(schedule.waiting(), 0);
    }

    #[test]
    fn a_sweep_that_comes_to_nothing_is_tried_sooner_with_backoff() {
        let now = Instant::now();
        let mut schedule = schedule(0.5, now);
        let mut waits = Vec::new();
        for _ in 0..7 {
            schedule.failed(&Due::Sweep, now);
            waits.push((schedule.next() - now).as_secs());
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900]);
        schedule.sweep_at_once(now);
        assert_eq!(schedule.due(now), Some(Due::Sweep));
    }
}
