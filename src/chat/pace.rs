//! When the next message to a room may be sent.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The time from which each room takes a message again, by the fingerprint of
/// its webhook.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<BTreeMap<String, Instant>>);

impl Pace {
    /// Books the room's next turn: those who ask at once get turns one after
    /// another. `None`, and nothing booked, where it comes after the deadline.
    pub(super) fn book(
        &self,
        room: &str,
        every: Duration,
        now: Instant,
        deadline: Instant,
    ) -> Option<Instant> {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.retain(|_, from| *from > now);
        let turn = free.get(room).copied().unwrap_or(now);
        if turn > deadline {
            return None;
        }
        free.insert(room.to_owned(), turn + every);
        Some(turn)
    }

    /// Keeps everybody from a room that asked for it.
    pub(super) fn hold(&self, room: &str, until: Instant) {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let from = free.entry(room.to_owned()).or_insert(until);
        *from = until.max(*from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn messages_to_one_room_are_sent_one_after_another() {
        let (pace, now) = (Pace::default(), Instant::now());
        let turns = [0, 1, 2].map(|_| pace.book("a", SECOND, now, now + SECOND));
        assert_eq!(turns, [Some(now), Some(now + SECOND), None]);
        assert_eq!(pace.book("b", SECOND, now, now), Some(now));
        assert_eq!(pace.book("a", SECOND, now + 2 * SECOND, now + 3 * SECOND), Some(now + 2 * SECOND));
    }

    #[test]
    fn a_room_that_asks_for_a_pause_gets_it() {
        let (pace, now) = (Pace::default(), Instant::now());
        pace.hold("a", now + 5 * SECOND);
        pace.hold("a", now + 2 * SECOND);
        assert_eq!(pace.book("a", SECOND, now, now + 9 * SECOND), Some(now + 5 * SECOND));
    }
}
