//! One invocation: every message that it brings gets to the room, or the
//! invocation fails.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::delivered::Delivered;
use super::envelope::{self, Content, Received};
use super::error::{NotifierError, chain};
use super::metrics::{self, Counts};
use super::output::{self, Outcome};
use super::room::Room;
use super::settings;
use crate::events::canary;

/// What a warm instance of the function remembers.
#[derive(Default)]
pub(super) struct Notifier {
    room: OnceLock<Room>,
    delivered: Mutex<Delivered>,
}

/// What an invocation is told by Lambda.
#[derive(Debug)]
pub(super) struct Invocation {
    /// The id of the request, which is the same when Lambda tries again.
    pub request: String,
    /// The function's name.
    pub function: String,
    /// When everything must be done.
    pub deadline: Instant,
}

impl Notifier {
    /// Puts every message of an invocation into the room. One that fails keeps
    /// none of the others back.
    ///
    /// # Errors
    ///
    /// If a message is not in the room: Lambda then tries again, and what is
    /// there is not posted twice.
    pub async fn handle(&self, payload: Value, invocation: &Invocation) -> Result<Counts, NotifierError> {
        let handled = self.deliver_all(payload, invocation).await;
        if let Err(error) = &handled
            && !matches!(error, NotifierError::NotDelivered { .. })
        {
            output::write(&output::of_failure(&invocation.request, &chain(error)));
            count(invocation, Counts { failed: 1, ..Counts::default() });
        }
        handled
    }

    async fn deliver_all(&self, payload: Value, invocation: &Invocation) -> Result<Counts, NotifierError> {
        let room = self.room()?;
        let messages = envelope::unwrap(payload, &invocation.request)?;
        let (mut counts, mut first) = (Counts::default(), None);
        for (index, received) in messages.iter().enumerate() {
            let deadline = share(invocation.deadline, Instant::now(), messages.len() - index);
            let outcome = self.deliver(room, received, deadline, &invocation.function).await;
            output::write(&output::of_message(&invocation.request, received, &outcome));
            match outcome {
                Outcome::Posted => counts.posted += 1,
                Outcome::Duplicate => counts.duplicates += 1,
                Outcome::Failed { reason, .. } => {
                    counts.failed += 1;
                    first.get_or_insert(reason);
                }
            }
        }
        count(invocation, counts);
        match first {
            None => Ok(counts),
            Some(first) => {
                Err(NotifierError::NotDelivered { failed: counts.failed, of: messages.len(), first })
            }
        }
    }

    async fn deliver(&self, room: &Room, received: &Received, deadline: Instant, function: &str) -> Outcome {
        if self.delivered().contains(&received.id, Instant::now()) {
            return Outcome::Duplicate;
        }
        if let Err(error) = room.deliver(received, deadline).await {
            return Outcome::Failed { reason: chain(&error), next: error.next_step() };
        }
        self.delivered().remember(&received.id, Instant::now());
        if let Some(run) = canary_run(&received.content) {
            output::write(&metrics::of_canary(function, now(), run));
        }
        Outcome::Posted
    }

    /// The room, whose settings are read when the first message comes: so what
    /// is wrong with them is told as the invocation's own error.
    fn room(&self) -> Result<&Room, NotifierError> {
        if let Some(room) = self.room.get() {
            return Ok(room);
        }
        let room = Room::new(settings::from_environment()?)?;
        Ok(self.room.get_or_init(|| room))
    }

    fn delivered(&self) -> MutexGuard<'_, Delivered> {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the next of so many messages must be in the room, so that time is left
/// for the others.
fn share(deadline: Instant, now: Instant, messages: usize) -> Instant {
    let messages = u32::try_from(messages).unwrap_or(u32::MAX).max(1);
    now + deadline.saturating_duration_since(now) / messages
}

fn count(invocation: &Invocation, counts: Counts) {
    output::write(&metrics::of_invocation(&invocation.function, now(), counts));
}

/// The run of a canary; `None` for any other message.
fn canary_run(content: &Content) -> Option<&str> {
    match content {
        Content::Event(event) if event["source"] == canary::SOURCE => {
            Some(event["detail"]["foghorn"]["run"].as_str().unwrap_or_default())
        }
        _ => None,
    }
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_message_that_takes_long_leaves_time_for_the_others() {
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        let shares = [4, 2, 1].map(|messages| share(now + 40 * second, now, messages) - now);
        assert_eq!(shares, [10 * second, 20 * second, 40 * second]);
        assert_eq!(share(now, now + second, 3), now + second);
    }
}
