//! What one generation of a lock says.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Holder;

/// What one generation of a lock says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Claim {
    /// Who wrote it.
    pub holder: Holder,
    /// Whether they hold the lock; they let go of it otherwise.
    pub held: bool,
    /// Until when they hold it.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

impl Claim {
    /// A claim that holds for so long.
    pub fn new(holder: Holder, now: OffsetDateTime, expiry: Duration) -> Self {
        Self { holder, held: true, expires_at: now + expiry }
    }

    /// The same holder letting go.
    pub fn released(&self) -> Self {
        Self { held: false, ..self.clone() }
    }

    /// Whether nobody else may take the lock at this time.
    pub fn holds_at(&self, now: OffsetDateTime) -> bool {
        self.held && now < self.expires_at
    }

    /// Whether it was made so lately that nobody need renew it before a third of
    /// the time that it holds has gone by.
    pub fn is_fresh_at(&self, now: OffsetDateTime, expiry: Duration) -> bool {
        self.held && now + expiry / 3 * 2 <= self.expires_at
    }
}
