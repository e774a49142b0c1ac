//! What one leaf value must be.

use serde_json::{Number, Value};

use super::network::Network;
use super::wildcard::Wildcard;

/// The magnitude within which EventBridge compares numbers by value; the user
/// guide bounds numeric matching to it.
pub(super) const MAX_NUMBER: f64 = 5.0e9;

/// A condition on one leaf value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Matcher {
    /// The same string, number, boolean or null. Types are strict.
    Equals(Value),
    EqualsIgnoreCase(String),
    Prefix(String),
    PrefixIgnoreCase(String),
    Suffix(String),
    SuffixIgnoreCase(String),
    Wildcard(Wildcard),
    Numeric(Range),
    Network(Network),
    /// The field is there (`true`) or nowhere in the event (`false`).
    Exists(bool),
    /// The field is there and none of these holds.
    AnythingBut(Vec<Matcher>),
}

/// A numeric range; an absent bound is infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub(super) bottom: Option<Bound>,
    pub(super) top: Option<Bound>,
}

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bound {
    pub(super) value: f64,
    pub(super) inclusive: bool,
}

impl Matcher {
    /// Whether a field that the event does not have satisfies the condition.
    pub(super) fn accepts_absence(&self) -> bool {
        matches!(self, Self::Exists(false))
    }

    /// Whether a value that the event has satisfies the condition.
    pub(super) fn accepts(&self, value: &Value) -> bool {
        match self {
            Self::Equals(expected) => equal(expected, value),
            Self::Exists(wanted) => *wanted,
            Self::AnythingBut(excluded) => !excluded.iter().any(|matcher| matcher.accepts(value)),
            Self::Numeric(range) => value.as_f64().is_some_and(|number| range.contains(number)),
            textual => value.as_str().is_some_and(|text| textual.accepts_text(text)),
        }
    }

    fn accepts_text(&self, text: &str) -> bool {
        match self {
            Self::EqualsIgnoreCase(expected) => text.to_lowercase() == expected.to_lowercase(),
            Self::Prefix(prefix) => text.starts_with(prefix),
            Self::PrefixIgnoreCase(prefix) => text.to_lowercase().starts_with(&prefix.to_lowercase()),
            Self::Suffix(suffix) => text.ends_with(suffix),
            Self::SuffixIgnoreCase(suffix) => text.to_lowercase().ends_with(&suffix.to_lowercase()),
            Self::Wildcard(wildcard) => wildcard.matches(text),
            Self::Network(network) => network.contains(text),
            Self::Equals(_) | Self::Numeric(_) | Self::Exists(_) | Self::AnythingBut(_) => false,
        }
    }
}

impl Range {
    fn contains(&self, number: f64) -> bool {
        let above = self.bottom.is_none_or(|bound| number > bound.value || bound.holds(number));
        let below = self.top.is_none_or(|bound| number < bound.value || bound.holds(number));
        number.abs() <= MAX_NUMBER && above && below
    }
}

impl Bound {
    fn holds(&self, number: f64) -> bool {
        self.inclusive && number == self.value
    }
}

fn equal(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(expected), Value::Number(actual)) => equal_numbers(expected, actual),
        _ => expected == actual,
    }
}

/// Whole numbers beyond the comparable range, account ids say, match by their
/// digits only.
fn equal_numbers(expected: &Number, actual: &Number) -> bool {
    let by_value = || match (expected.as_f64(), actual.as_f64()) {
        (Some(expected), Some(actual)) => expected == actual && expected.abs() <= MAX_NUMBER,
        _ => false,
    };
    expected == actual || by_value()
}
