//! How often a target was tried, and how that ended.

use time::OffsetDateTime;

use super::{Failure, Match, count};
use crate::sim::world::World;

/// The attempts to invoke one target with one event.
#[derive(Debug)]
pub(super) struct Attempts {
    /// How many were made; none for an event that could not be rendered.
    made: u32,
    pub(super) result: Result<(), Failure>,
    /// Whether the last failure was one that more retries might have mended.
    pub(super) exhausted: bool,
}

impl Attempts {
    /// Nothing was sent.
    pub(super) fn none(failure: Failure) -> Self {
        Self { made: 0, result: Err(failure), exhausted: false }
    }

    /// One attempt, which settled it.
    pub(super) fn once(result: Result<(), Failure>) -> Self {
        Self::settled(1, result)
    }

    /// So many attempts, the last of which settled it.
    pub(super) fn settled(made: u32, result: Result<(), Failure>) -> Self {
        Self { made, result, exhausted: false }
    }

    /// So many attempts, all that the target's retry policy grants.
    pub(super) fn exhausted(made: u32, failure: Failure) -> Self {
        Self { made, result: Err(failure), exhausted: true }
    }

    pub(super) fn retries(&self) -> u32 {
        self.made.saturating_sub(1)
    }

    pub(super) fn count(&self, world: &mut World, rule: &Match<'_>, now: OffsetDateTime) {
        count(world, rule, "InvocationAttempts", self.made, now);
        count(world, rule, "SuccessfulInvocationAttempts", u32::from(self.result.is_ok()), now);
        count(world, rule, "RetryInvocationAttempts", self.retries(), now);
    }
}
