//! Amazon EventBridge event patterns: parsed, validated and matched without I/O.
//!
//! The semantics are those of the open-source engine (`aws/event-ruler`) and of
//! the page "Comparison operators for use in event patterns" of the
//! EventBridge user guide: an event is flattened into leaf fields, a pattern
//! into alternatives of required fields, and two fields that lie in the same
//! array must come from the same element.

mod branches;
mod describe;
mod fields;
mod matcher;
mod misses;
mod network;
mod parse;
#[cfg(test)]
mod tests;
mod wildcard;

use serde_json::Value;

use branches::Branch;
use fields::Fields;

pub use misses::Miss;

/// The most alternatives that the `$or` operators of one pattern may multiply
/// to; the EventBridge user guide states the limit.
pub const MAX_ALTERNATIVES: usize = 1000;

/// A valid event pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    branches: Vec<Branch>,
}

/// Why EventBridge refuses a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event pattern is not valid: {reason}")]
pub struct PatternError {
    reason: String,
}

impl PatternError {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    /// The reason in EventBridge's own words, as in the text of an
    /// `InvalidEventPatternException`.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl Pattern {
    /// Parses a pattern that is a JSON value already.
    ///
    /// # Errors
    /// What EventBridge would refuse, with its reason.
    pub fn parse(pattern: &Value) -> Result<Self, PatternError> {
        parse::branches(pattern).map(|branches| Self { branches })
    }

    /// Parses the text of a pattern.
    ///
    /// # Errors
    /// Text that is not JSON, and what [`Pattern::parse`] refuses.
    pub fn parse_text(pattern: &str) -> Result<Self, PatternError> {
        let value: Value =
            serde_json::from_str(pattern).map_err(|error| PatternError::new(error.to_string()))?;
        Self::parse(&value)
    }

    /// Whether the pattern matches an event. An event that is not an object
    /// has no fields, so only patterns that ask for absence match it.
    pub fn matches(&self, event: &Value) -> bool {
        self.matches_prepared(&Prepared::new(event))
    }

    /// As [`Pattern::matches`], for an event that many patterns are held to.
    pub fn matches_prepared(&self, event: &Prepared<'_>) -> bool {
        self.branches.iter().any(|branch| branches::matches(branch, &event.fields))
    }
}

/// An event taken apart once, because that costs more than most patterns do.
#[derive(Debug)]
pub struct Prepared<'a> {
    fields: Fields<'a>,
}

impl<'a> Prepared<'a> {
    /// Takes an event apart.
    pub fn new(event: &'a Value) -> Self {
        Self { fields: fields::flatten(event) }
    }
}

/// Checks a pattern and forgets it.
///
/// # Errors
/// As [`Pattern::parse`].
pub fn validate(pattern: &Value) -> Result<(), PatternError> {
    Pattern::parse(pattern).map(drop)
}
