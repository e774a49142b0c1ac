//! What became of telling a room.

use std::sync::Arc;

use super::error::TellError;

/// What became of telling one room.
#[derive(Debug)]
pub struct Told {
    /// The room, by the name that people know it by.
    pub room: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of it.
#[derive(Debug)]
pub enum Outcome {
    /// The room has its part of the report.
    Posted,
    /// There was nothing to tell it.
    NothingToTell,
    /// It could not be told, or not all.
    Failed(Arc<TellError>),
}

impl Told {
    /// Why the room could not be told, if it could not.
    pub fn failure(&self) -> Option<&TellError> {
        match &self.outcome {
            Outcome::Failed(error) => Some(error),
            Outcome::Posted | Outcome::NothingToTell => None,
        }
    }
}
