//! Members of a call's input that come in several forms, by protocol.

use std::collections::BTreeMap;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A boolean, or its text in a query-protocol input.
pub(crate) fn boolean(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::String(text) => text.parse().ok(),
        other => other.as_bool(),
    }
}

/// A number, or its text in a query-protocol input.
pub(crate) fn double(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    }
}

/// A timestamp: epoch seconds, or ISO 8601 text.
pub(crate) fn timestamp(value: Option<&Value>) -> Option<OffsetDateTime> {
    let value = value?;
    match value {
        Value::String(text) => OffsetDateTime::parse(text, &Rfc3339).ok(),
        other => {
            let seconds = other.as_f64()?;
            OffsetDateTime::from_unix_timestamp_nanos((seconds * 1000.0).round() as i128 * 1_000_000).ok()
        }
    }
}

/// A map of strings; empty if it was not sent.
pub(crate) fn string_map(value: Option<&Value>) -> BTreeMap<String, String> {
    let members = value.and_then(Value::as_object);
    members
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// The elements of a list; none if it was not sent.
pub(crate) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// An object without the members that are null.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}
