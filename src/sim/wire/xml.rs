//! XML documents of the query protocol.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::marker::{self, Marked};
use crate::sim::call::ApiError;
use crate::sim::clock;

/// A successful answer's document.
pub fn output(operation: &str, namespace: &str, members: &Map<String, Value>, request_id: &str) -> String {
    let mut text = format!("<{operation}Response xmlns=\"{namespace}\"><{operation}Result>");
    structure(&mut text, members);
    text.push_str(&format!(
        "</{operation}Result><ResponseMetadata><RequestId>{request_id}</RequestId>\
         </ResponseMetadata></{operation}Response>"
    ));
    text
}

/// A refusal's document.
pub fn error(namespace: &str, refusal: &ApiError, request_id: &str) -> String {
    let fault = if refusal.status >= 500 { "Receiver" } else { "Sender" };
    format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{fault}</Type><Code>{}</Code>\
         <Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        escaped(&refusal.code),
        escaped(&refusal.message)
    )
}

fn structure(text: &mut String, members: &Map<String, Value>) {
    for (name, value) in members {
        element(text, name, value);
    }
}

fn element(text: &mut String, name: &str, value: &Value) {
    // A member that is null is a member that is absent.
    if value.is_null() {
        return;
    }
    text.push_str(&format!("<{name}>"));
    content(text, value);
    text.push_str(&format!("</{name}>"));
}

fn content(text: &mut String, value: &Value) {
    match marker::read(value) {
        Marked::Timestamp(seconds) => text.push_str(&iso(seconds)),
        Marked::Json(json) => content(text, &marker::parsed(json)),
        Marked::Map(entries) => {
            for (key, value) in entries {
                text.push_str("<entry>");
                text.push_str(&format!("<key>{}</key>", escaped(key)));
                element(text, "value", value);
                text.push_str("</entry>");
            }
        }
        Marked::Plain(Value::Object(members)) => structure(text, members),
        Marked::Plain(Value::Array(items)) => {
            for item in items {
                element(text, "member", item);
            }
        }
        Marked::Plain(Value::String(plain)) => text.push_str(&escaped(plain)),
        Marked::Plain(scalar) => text.push_str(&scalar.to_string()),
    }
}

fn iso(seconds: f64) -> String {
    let nanoseconds = (seconds * 1000.0).round() as i128 * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    clock::iso_milliseconds(time)
}

/// Text with XML's own characters written as references. Control characters
/// that XML 1.0 cannot carry are dropped.
fn escaped(plain: &str) -> String {
    let mut text = String::with_capacity(plain.len());
    for character in plain.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\r' => text.push_str("&#13;"),
            '\n' | '\t' => text.push(character),
            control if control.is_control() => {}
            other => text.push(other),
        }
    }
    text
}
