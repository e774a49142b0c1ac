//! What an invocation brings: an event as EventBridge sends it, or messages of
//! SNS, which hold an event, an alarm or any text.

use serde::Deserialize;
use serde_json::Value;

/// One message of an invocation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Received {
    /// The same message has the same id however often it comes.
    pub id: String,
    /// What it says.
    pub content: Content,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// An event in the form of EventBridge.
    Event(Value),
    /// A state change of an alarm, as CloudWatch tells SNS of it (Amazon
    /// CloudWatch user guide, notifying users on alarm changes).
    Alarm(Value),
    /// A text.
    Text(Text),
}

/// A text that came through SNS.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    /// The subject that its sender gave it.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The topic's ARN.
    pub topic: String,
    /// When it was sent.
    pub time: String,
}

/// An invocation that brings nothing which can be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EnvelopeError {
    /// Neither an event nor a list of records.
    #[error(
        "the invocation holds {0}, which is neither an event of EventBridge, with `source`, `detail-type` and \
         `detail`, nor messages of SNS"
    )]
    Unknown(&'static str),
    /// A record of another service than SNS, or a broken one.
    #[error("record {0} of the invocation is not a message of SNS")]
    Record(usize),
}

/// A record of an invocation by SNS (AWS Lambda developer guide, using Lambda
/// with Amazon SNS).
#[derive(Deserialize)]
struct Record {
    #[serde(rename = "Sns")]
    sns: Sns,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sns {
    message_id: String,
    message: String,
    subject: Option<String>,
    #[serde(default)]
    topic_arn: String,
    #[serde(default)]
    timestamp: String,
}

/// The messages that an invocation brings, in their order. `request` is the id
/// of an event that has none.
///
/// # Errors
///
/// If it is neither an event nor messages of SNS.
pub(super) fn unwrap(payload: Value, request: &str) -> Result<Vec<Received>, EnvelopeError> {
    if is_event(&payload) {
        let id = event_id(&payload).unwrap_or(request).to_owned();
        return Ok(vec![Received { id, content: Content::Event(payload) }]);
    }
    let Some(Value::Array(records)) = payload.get("Records") else {
        return Err(EnvelopeError::Unknown(kind(&payload)));
    };
    records.iter().enumerate().map(|(index, record)| from_record(index, record)).collect()
}

fn from_record(index: usize, record: &Value) -> Result<Received, EnvelopeError> {
    let record = Record::deserialize(record).map_err(|_| EnvelopeError::Record(index))?;
    Ok(from_sns(record.sns))
}

fn from_sns(sns: Sns) -> Received {
    let id = sns.message_id.clone();
    let parsed = serde_json::from_str::<Value>(&sns.message).unwrap_or_default();
    if is_event(&parsed) {
        let id = event_id(&parsed).map_or(id, str::to_owned);
        return Received { id, content: Content::Event(parsed) };
    }
    if is_alarm(&parsed) {
        return Received { id, content: Content::Alarm(parsed) };
    }
    let text = Text { subject: sns.subject, text: sns.message, topic: sns.topic_arn, time: sns.timestamp };
    Received { id, content: Content::Text(text) }
}

/// Whether this has the three fields that make an event (Amazon EventBridge
/// user guide, event structure).
fn is_event(value: &Value) -> bool {
    value["source"].is_string() && value["detail-type"].is_string() && value["detail"].is_object()
}

/// Whether this tells of an alarm's new state.
fn is_alarm(value: &Value) -> bool {
    value["AlarmName"].is_string() && value["NewStateValue"].is_string()
}

fn event_id(event: &Value) -> Option<&str> {
    event["id"].as_str().filter(|id| !id.is_empty())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) | Value::Number(_) => "a bare value",
        Value::String(_) => "a bare text",
        Value::Array(_) => "a list",
        Value::Object(_) => "another object",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn event() -> Value {
        json!({ "id": "e-1", "source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": {} })
    }

    fn sns(message: &str) -> Value {
        json!({ "EventSource": "aws:sns", "Sns": {
            "MessageId": "m-1", "Message": message, "Subject": "hello",
            "TopicArn": "arn:aws:sns:us-east-1:111111111111:news", "Timestamp": "2026-11-20T10:00:00.000Z"
        } })
    }

    fn one(payload: Value) -> Received {
        let mut received = unwrap(payload, "r-1").expect("messages");
        assert_eq!(received.len(), 1);
        received.remove(0)
    }

    #[test]
    fn an_event_has_the_same_id_whether_it_comes_from_eventbridge_or_through_sns() {
        let direct = one(event());
        assert_eq!(direct, Received { id: "e-1".into(), content: Content::Event(event()) });
        assert_eq!(one(json!({ "Records": [sns(&event().to_string())] })), direct);
    }

    #[test]
    fn an_event_without_an_id_takes_the_one_of_what_brought_it() {
        let mut event = event();
        event["id"] = json!("");
        assert_eq!(one(event.clone()).id, "r-1");
        assert_eq!(one(json!({ "Records": [sns(&event.to_string())] })).id, "m-1");
    }

    #[test]
    fn all_messages_of_an_invocation_come_out_in_their_order() {
        let payload = json!({ "Records": [sns("first"), sns("{\"a\": 1}"), sns("")] });
        let texts: Vec<String> = unwrap(payload, "r-1")
            .expect("messages")
            .into_iter()
            .map(|received| match received.content {
                Content::Text(text) => text.text,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, ["first", "{\"a\": 1}", ""]);
    }

    #[test]
    fn an_alarm_is_known_by_what_cloudwatch_says_of_it() {
        let message = json!({
            "AlarmName": "failed", "AWSAccountId": "111111111111", "NewStateValue": "ALARM",
            "NewStateReason": "Threshold Crossed", "Region": "US East (N. Virginia)", "OldStateValue": "OK"
        });
        let expected = Received { id: "m-1".into(), content: Content::Alarm(message.clone()) };
        assert_eq!(one(json!({ "Records": [sns(&message.to_string())] })), expected);
    }

    #[test]
    fn what_is_neither_an_event_nor_a_message_is_refused_by_what_it_is() {
        for (payload, expected) in [
            (json!(null), EnvelopeError::Unknown("nothing")),
            (json!("text"), EnvelopeError::Unknown("a bare text")),
            (json!({ "source": "aws.ecs" }), EnvelopeError::Unknown("another object")),
            (json!({ "Records": [sns("a"), { "s3": {} }] }), EnvelopeError::Record(1)),
        ] {
            assert_eq!(unwrap(payload, "r-1"), Err(expected));
        }
    }

    proptest! {
        #[test]
        fn any_text_that_comes_through_sns_is_told_whole(text in "(?s).{0,200}") {
            match one(json!({ "Records": [sns(&text)] })).content {
                Content::Text(told) => prop_assert_eq!(told.text, text),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
