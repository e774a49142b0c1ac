//! The markers by which handlers say what JSON cannot.

use serde_json::{Map, Value};

/// A value of an answer, its markers understood.
pub enum Marked<'a> {
    /// A moment in seconds since 1970.
    Timestamp(f64),
    /// A map, as opposed to a structure.
    Map(&'a Map<String, Value>),
    /// Anything else.
    Plain(&'a Value),
}

/// What a value is.
pub fn read(value: &Value) -> Marked<'_> {
    let Value::Object(members) = value else {
        return Marked::Plain(value);
    };
    if members.len() != 1 {
        return Marked::Plain(value);
    }
    if let Some(seconds) = members.get("$timestamp").and_then(Value::as_f64) {
        return Marked::Timestamp(seconds);
    }
    match members.get("$map") {
        Some(Value::Object(entries)) => Marked::Map(entries),
        _ => Marked::Plain(value),
    }
}
