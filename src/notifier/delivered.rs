//! What was posted of late.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

/// How many ids are remembered at most.
const MOST: usize = 10_000;

/// How long an id is remembered: EventBridge and SNS deliver twice within
/// minutes, if they do, and Lambda gives up retrying much sooner than the six
/// hours that an event may wait.
const REMEMBERED_FOR: Duration = Duration::from_secs(3600);

/// The ids of what was posted, in a bounded memory: the oldest are forgotten
/// first. An id is put in when its message is in the room and not before, so
/// that what failed is tried again.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    ids: BTreeSet<String>,
    order: VecDeque<(Instant, String)>,
}

impl Delivered {
    /// Whether a message with this id is in the room already.
    pub fn contains(&mut self, id: &str, now: Instant) -> bool {
        self.forget(now, MOST);
        self.ids.contains(id)
    }

    /// Remembers that the message with this id is in the room.
    pub fn remember(&mut self, id: &str, now: Instant) {
        self.forget(now, MOST - 1);
        if self.ids.insert(id.to_owned()) {
            self.order.push_back((now, id.to_owned()));
        }
    }

    /// Forgets what is too old, and the oldest of what is more than this many.
    fn forget(&mut self, now: Instant, most: usize) {
        while let Some((posted, _)) = self.order.front() {
            let old = now.saturating_duration_since(*posted) >= REMEMBERED_FOR;
            if !old && self.order.len() <= most {
                break;
            }
            if let Some((_, id)) = self.order.pop_front() {
                self.ids.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_posted_is_known_for_an_hour() {
        let (mut delivered, start) = (Delivered::default(), Instant::now());
        assert!(!delivered.contains("a", start));
        delivered.remember("a", start);
        assert!(delivered.contains("a", start + Duration::from_secs(3599)));
        assert!(!delivered.contains("a", start + Duration::from_secs(3600)));
    }

    #[test]
    fn the_oldest_are_forgotten_first_when_there_are_too_many() {
        let (mut delivered, start) = (Delivered::default(), Instant::now());
        for number in 0..=MOST {
            delivered.remember(&number.to_string(), start);
        }
        assert!(!delivered.contains("0", start));
        assert!(delivered.contains("1", start) && delivered.contains(&MOST.to_string(), start));
    }

    proptest! {
        #[test]
        fn memory_is_bounded_and_holds_each_id_once(posts in proptest::collection::vec((0_u32..50, 0_u64..900), 0..300)) {
            let (mut delivered, mut now) = (Delivered::default(), Instant::now());
            for (id, seconds) in posts {
                now += Duration::from_secs(seconds);
                delivered.remember(&id.to_string(), now);
                prop_assert!(delivered.contains(&id.to_string(), now));
                prop_assert_eq!(delivered.ids.len(), delivered.order.len());
                prop_assert!(delivered.ids.len() <= 50);
            }
        }
    }
}
