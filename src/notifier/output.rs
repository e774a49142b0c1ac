//! Log lines: JSON on standard output, which Lambda puts into the function's
//! log. The address of the room is never part of one.

use std::io::Write;

use serde_json::{Value, json};

use super::envelope::{Content, Received};

/// The names of the log and the fields of an event.
const EVENT_FIELDS: &[(&str, &str)] =
    &[("account", "account"), ("region", "region"), ("source", "source"), ("detailType", "detail-type")];

/// The names of the log and the fields of what CloudWatch tells of an alarm.
const ALARM_FIELDS: &[(&str, &str)] = &[("account", "AWSAccountId"), ("alarm", "AlarmName")];

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is in the room.
    Posted,
    /// It was there already.
    Duplicate,
    /// It is not.
    Failed {
        /// Why.
        reason: String,
        /// What a person does about it, where that is known.
        next: Option<&'static str>,
    },
}

/// Writes one line. A log that can't be written keeps no message from a room.
pub(super) fn write(line: &Value) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The line that tells what became of a message.
pub(super) fn of_message(request: &str, received: &Received, outcome: &Outcome) -> Value {
    let (level, word) = match outcome {
        Outcome::Posted => ("INFO", "posted"),
        Outcome::Duplicate => ("INFO", "duplicate"),
        Outcome::Failed { .. } => ("ERROR", "failed"),
    };
    let mut line = json!({ "level": level, "outcome": word, "requestId": request, "id": received.id });
    if let Outcome::Failed { reason, next } = outcome {
        line["reason"] = json!(reason);
        line["next"] = json!(next);
    }
    for (name, value) in origin(&received.content) {
        if !value.is_empty() {
            line[name] = json!(value);
        }
    }
    line
}

/// Where a message comes from, by the names that a log is searched by.
fn origin(content: &Content) -> Vec<(&'static str, &str)> {
    let (told, fields): (&Value, &[_]) = match content {
        Content::Event(event) => (event, EVENT_FIELDS),
        Content::Alarm(alarm) => (alarm, ALARM_FIELDS),
        Content::Text(text) => return vec![("topic", &text.topic)],
    };
    fields.iter().map(|(name, field)| (*name, told[*field].as_str().unwrap_or_default())).collect()
}

/// The line that tells why an invocation failed as a whole.
pub(super) fn of_failure(request: &str, reason: &str) -> Value {
    json!({ "level": "ERROR", "outcome": "failed", "requestId": request, "reason": reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_which_event_it_was_where_it_arose_and_what_became_of_it() {
        let event = json!({
            "id": "e-1", "account": "111111111111", "region": "us-east-1", "source": "aws.ecs",
            "detail-type": "ECS Task State Change", "detail": { "secret": "sesame" }
        });
        let received = Received { id: "e-1".into(), content: Content::Event(event) };
        let expected = json!({
            "level": "ERROR", "outcome": "failed", "reason": "the room is shut",
            "next": "open it", "requestId": "r-1", "id": "e-1",
            "account": "111111111111", "region": "us-east-1", "source": "aws.ecs",
            "detailType": "ECS Task State Change"
        });
        let outcome = Outcome::Failed { reason: "the room is shut".into(), next: Some("open it") };
        assert_eq!(of_message("r-1", &received, &outcome), expected);
    }
}
