//! The invocations that wait for the runner, and those that a caller waits for.

use std::collections::{BTreeMap, VecDeque};
use std::pin::pin;
use std::sync::Arc;

use tokio::sync::Notify;

use super::logs::Logs;
use crate::sim::call::Answer;
use crate::sim::simulator::Simulator;

/// Functions that are to run, and what they wrote.
#[derive(Debug, Default)]
pub struct Runs {
    waiting: VecDeque<Invocation>,
    /// How many invocations wait, run, or are to be tried again.
    unfinished: usize,
    /// Answers by request id, for the callers that wait for them.
    answers: BTreeMap<String, Answer>,
    pub(super) logs: Logs,
    changed: Arc<Notify>,
}

/// One event for one function.
#[derive(Debug, Clone)]
pub(super) struct Invocation {
    /// The request's id.
    pub(super) id: String,
    /// The function's ARN.
    pub(super) function: String,
    /// The event, JSON.
    pub(super) payload: String,
    pub(super) manner: Manner,
}

/// Whether somebody waits for an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// A caller does, and wants to see the log's end or not.
    Synchronous { tail: bool },
    /// Nobody does; so often it was tried before.
    Asynchronous { tries: usize },
}

impl Runs {
    /// Puts a new invocation into the queue.
    pub(super) fn add(&mut self, invocation: Invocation) {
        self.unfinished += 1;
        self.again(invocation);
    }

    /// Puts an invocation back that is to be tried again.
    pub(super) fn again(&mut self, invocation: Invocation) {
        self.waiting.push_back(invocation);
        self.changed.notify_waiters();
    }

    /// Notes that an invocation has ended for good.
    pub(super) fn finish(&mut self, id: &str, answer: Option<Answer>) {
        self.unfinished = self.unfinished.saturating_sub(1);
        if let Some(answer) = answer {
            self.answers.insert(id.to_owned(), answer);
        }
        self.changed.notify_waiters();
    }

    /// Forgets what has not ended, as the runner does when it stops.
    pub(super) fn abandon(&mut self) {
        self.waiting.clear();
        self.unfinished = 0;
        self.changed.notify_waiters();
    }
}

/// Waits until the queue answers a question.
async fn wait<T>(simulator: &Simulator, question: impl Fn(&mut Runs) -> Option<T>) -> T {
    loop {
        let changed = simulator.with_world(|world| Arc::clone(&world.functions.changed));
        let mut notified = pin!(changed.notified());
        // Listens before it looks, so that no change falls in between.
        notified.as_mut().enable();
        if let Some(answer) = simulator.with_world(|world| question(&mut world.functions)) {
            return answer;
        }
        notified.await;
    }
}

/// The next invocation in the queue.
pub(super) async fn next(simulator: &Simulator) -> Invocation {
    wait(simulator, |runs| runs.waiting.pop_front()).await
}

/// The answer to an invocation that a caller waits for.
pub(super) async fn answer(simulator: &Simulator, id: &str) -> Answer {
    wait(simulator, |runs| runs.answers.remove(id)).await
}

/// Returns when every invocation of every function has ended for good. It needs
/// a server, which runs them.
pub async fn settle(simulator: &Simulator) {
    wait(simulator, |runs| (runs.unfinished == 0).then_some(())).await;
}
