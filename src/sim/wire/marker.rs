//! The markers by which handlers say what JSON cannot.

use serde_json::{Map, Value};

/// A value of an answer, its markers understood.
pub enum Marked<'a> {
    /// A moment in seconds since 1970.
    Timestamp(f64),
    /// A map, as opposed to a structure.
    Map(&'a Map<String, Value>),
    /// JSON text that is written as it is.
    Json(&'a str),
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
    if let Some(text) = members.get("$json").and_then(Value::as_str) {
        return Marked::Json(text);
    }
    match members.get("$map") {
        Some(Value::Object(entries)) => Marked::Map(entries),
        _ => Marked::Plain(value),
    }
}

/// The value of JSON text, for the protocols that cannot write it as it is.
pub fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
