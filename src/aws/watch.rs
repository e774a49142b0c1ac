//! How calls go, for whoever measures them.

use std::fmt::Debug;
use std::time::Duration;

/// How an attempt at a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallOutcome {
    /// With what was asked for.
    Answered,
    /// With a refusal of the service's: HTTP 4xx but for throttling.
    Refused,
    /// With the answer that calls come too fast.
    Throttled,
    /// With a failure of the service's own: HTTP 5xx.
    Failed,
    /// Without any answer: no connection, a broken one, or none in time.
    Unanswered,
}

impl CallOutcome {
    /// One word, for metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::Unanswered => "unanswered",
        }
    }
}

/// An attempt at a call, once it is over. Retries are attempts of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// The service, as IAM names it: `ecs`.
    pub service: &'static str,
    /// The operation: `ListClusters`.
    pub operation: &'a str,
    /// How it ended.
    pub outcome: CallOutcome,
    /// How long it took.
    pub took: Duration,
}

/// Several who hear of every attempt.
impl CallWatcher for Vec<std::sync::Arc<dyn CallWatcher>> {
    fn attempted(&self, attempt: &Attempt<'_>) {
        self.iter().for_each(|watcher| watcher.attempted(attempt));
    }
}

/// Hears of every attempt. It is told from many tasks at once, and must be
/// quick.
pub trait CallWatcher: Debug + Send + Sync {
    /// An attempt is over.
    fn attempted(&self, attempt: &Attempt<'_>);
}
