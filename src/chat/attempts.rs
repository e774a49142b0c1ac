//! Posting again until it works, is refused for good, or time is up.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::error::PostError;
use super::pace::Pace;
use super::schedule;
use crate::model::notifier::RoomService;

/// An attempt that failed, and how long the room asks for a pause.
#[derive(Debug)]
pub(super) struct Failed {
    pub error: PostError,
    pub retry_after: Option<Duration>,
}

/// What all attempts of one message have in common.
#[derive(Debug)]
pub(super) struct Attempts<'a> {
    pub room: RoomService,
    pub host: &'a str,
    /// What the pace knows the room by.
    pub key: &'a str,
    pub pace: &'a Pace,
    pub budget: Duration,
}

impl Attempts<'_> {
    /// Attempts to post, at the room's pace, with waits between attempts that
    /// grow. `send` is given the time by which it must have ended.
    ///
    /// # Errors
    ///
    /// The last attempt's, if it is for good or if the next one would come after
    /// the budget; that there is no turn, if not one attempt was made.
    pub(super) async fn run<T, F, Sent>(
        &self,
        jitter: &(dyn Fn() -> f64 + Send + Sync),
        send: F,
    ) -> Result<T, PostError>
    where
        F: Fn(Instant) -> Sent + Send + Sync,
        Sent: Future<Output = Result<T, Failed>> + Send,
    {
        let deadline = Instant::now() + self.budget;
        let mut last = None;
        for attempt in 1.. {
            let turn = self.pace.book(self.key, self.room.interval(), Instant::now(), deadline);
            let Some(turn) = turn else { break };
            sleep_until(turn).await;
            let failed = match send(deadline).await {
                Ok(taken) => return Ok(taken),
                Err(failed) => failed,
            };
            if failed.error.is_permanent() {
                return Err(failed.error);
            }
            let next = self.next(attempt, jitter(), failed.retry_after);
            last = Some(failed.error);
            if next >= deadline {
                break;
            }
            sleep_until(next).await;
        }
        Err(last.unwrap_or_else(|| self.no_turn()))
    }

    /// When to try again. A pause that the room asks for holds for every message
    /// to it.
    fn next(&self, attempt: u32, jitter: f64, retry_after: Option<Duration>) -> Instant {
        let now = Instant::now();
        let pause = retry_after.and_then(|pause| now.checked_add(pause));
        if let Some(until) = pause {
            self.pace.hold(self.key, until);
        }
        // Those who were told the same pause must not come back together.
        pause.unwrap_or(now) + schedule::wait(attempt, jitter)
    }

    fn no_turn(&self) -> PostError {
        PostError::NoTurn { room: self.room, host: self.host.to_owned(), budget: self.budget }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A room that answers with these statuses one after another, the last one
    /// for ever; a status of 429 asks for a pause.
    struct Script {
        pace: Pace,
        statuses: Vec<u16>,
        pause: Duration,
        sent: Mutex<Vec<Instant>>,
    }

    impl Script {
        fn new(statuses: &[u16], pause: Duration) -> Self {
            Self { pace: Pace::default(), statuses: statuses.to_vec(), pause, sent: Mutex::default() }
        }

        fn answer(&self) -> Result<(), Failed> {
            let mut sent = self.sent.lock().expect("a lock");
            let status = self.statuses[sent.len().min(self.statuses.len() - 1)];
            sent.push(Instant::now());
            let (room, answer) = (RoomService::Teams, String::new());
            match status {
                200 => Ok(()),
                429 => Err(Failed {
                    error: PostError::Unavailable { room, status, answer },
                    retry_after: Some(self.pause),
                }),
                404 => Err(Failed { error: PostError::Refused { room, status, answer }, retry_after: None }),
                _ => {
                    Err(Failed { error: PostError::Unavailable { room, status, answer }, retry_after: None })
                }
            }
        }

        async fn run(&self, room: RoomService, budget: Duration) -> Result<(), PostError> {
            let attempts = Attempts { room, host: "h", key: "k", pace: &self.pace, budget };
            attempts.run(&|| 1.0, |_| async { self.answer() }).await
        }

        /// Milliseconds from the first attempt to each.
        fn times(&self) -> Vec<u128> {
            let sent = self.sent.lock().expect("a lock");
            sent.iter().map(|at| at.duration_since(sent[0]).as_millis()).collect()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_room_that_is_out_of_order_is_tried_again_after_waits_that_grow() {
        let room = Script::new(&[500, 500, 503, 200], SECOND);
        room.run(RoomService::Teams, 60 * SECOND).await.expect("a success");
        assert_eq!(room.times(), [0, 500, 1500, 3500]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_the_room_asks_for_is_kept_by_every_message() {
        let room = Script::new(&[429, 200], 7 * SECOND);
        room.run(RoomService::Slack, 60 * SECOND).await.expect("a success");
        assert_eq!(room.times(), [0, 7500]);
        let room = Script::new(&[429, 200], 7 * SECOND);
        assert!(room.run(RoomService::Slack, 3 * SECOND).await.is_err());
        room.run(RoomService::Slack, 60 * SECOND).await.expect("a success");
        assert_eq!(room.times(), [0, 7000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_not_tried_again() {
        let room = Script::new(&[404, 200], SECOND);
        let error = room.run(RoomService::Slack, 60 * SECOND).await.expect_err("a refusal");
        assert!(error.is_permanent());
        assert_eq!(room.times(), [0]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_with_the_last_failure_when_the_budget_is_spent() {
        let room = Script::new(&[503], SECOND);
        let begun = Instant::now();
        let error = room.run(RoomService::Teams, 10 * SECOND).await.expect_err("a failure");
        assert!(matches!(error, PostError::Unavailable { status: 503, .. }), "{error}");
        assert!(begun.elapsed() <= 10 * SECOND);
        assert_eq!(room.times(), [0, 500, 1500, 3500, 7500]);
    }

    #[tokio::test(start_paused = true)]
    async fn messages_keep_the_room_s_rate() {
        let room = Script::new(&[200], SECOND);
        for _ in 0..3 {
            room.run(RoomService::Slack, 60 * SECOND).await.expect("a success");
        }
        assert_eq!(room.times(), [0, 1000, 2000]);
        let error = room.run(RoomService::Slack, Duration::ZERO).await.expect_err("no turn");
        assert!(matches!(error, PostError::NoTurn { .. }), "{error}");
    }
}
