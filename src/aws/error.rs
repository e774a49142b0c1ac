//! What AWS, or the way to it, refused.

use crate::model::Gap;
use crate::model::coverage::Cause;

/// A call that did not succeed, classed by what a caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not {tried}: {detail}")]
pub struct AwsError {
    /// What was tried on what, `list services of cluster prod` say.
    pub tried: String,
    /// The class.
    pub class: Class,
    /// The service's code and words, free of secrets, on one line.
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

impl AwsError {
    /// A failure for one cause.
    pub(crate) fn failed(tried: impl Into<String>, cause: Cause, detail: impl Into<String>) -> Self {
        Self { tried: tried.into(), class: Class::Failed(cause), detail: detail.into() }
    }

    /// Whether the thing that was asked for does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        self.class == Class::NotFound
    }

    /// The cause, as gaps have it: what reading should have found and did not,
    /// and what somebody else is changing, are causes of no class of their own.
    pub fn cause(&self) -> Cause {
        match self.class {
            Class::NotFound | Class::Conflict => Cause::Other,
            Class::Failed(cause) => cause,
        }
    }

    /// The same failure as a gap of a snapshot, not a whole one.
    pub(crate) fn into_gap(self) -> Gap {
        let cause = self.cause();
        Gap { tried: self.tried, cause, detail: self.detail, whole: false }
    }
}
