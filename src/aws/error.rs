//! What AWS, or the way to it, refused.

use crate::model::coverage::Cause;

/// A call that did not succeed, classed by what a caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not {tried}: {detail}")]
pub struct AwsError {
    /// What was tried on what, `list services of cluster prod` say.
    pub tried: String,
    /// The class.
    pub class: Class,
    /// The service's code and words, free of secrets.
    pub detail: String,
}

/// The classes of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The thing does not exist.
    NotFound,
    /// The name is taken, or somebody else is changing it.
    Conflict,
    /// It could not be had for this cause.
    Failed(Cause),
}
