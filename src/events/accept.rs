//! Whether a room would accept a text, as far as its structure and its
//! documented limits tell.

use serde_json::{Map, Value};

mod google_chat;
mod slack;

pub use google_chat::google_chat_accepts;
pub use slack::slack_webhook_accepts;

/// The most characters of a custom notification's title and description (AWS
/// Chatbot administrator guide, custom notifications).
const TITLE_LIMIT: usize = 250;
const DESCRIPTION_LIMIT: usize = 8_000;

/// Why a room would not show a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

type Accepted = Result<(), Refusal>;

/// Whether AWS Chatbot would show a message that a topic brings it. It drops
/// in silence what is neither a custom notification nor the message of a
/// CloudWatch alarm, and counts it in UnsupportedEvents (AWS Chatbot
/// administrator guide, troubleshooting); an ECS event as it is is such a text.
///
/// # Errors
/// The first thing that is not as Chatbot wants it.
pub fn chatbot_accepts(text: &str) -> Accepted {
    let message = object(text)?;
    if message.contains_key("AlarmName") && message.contains_key("NewStateValue") {
        return Ok(());
    }
    if message.contains_key("detail-type") {
        return refuse("is an event as it is, not a custom notification: AWS Chatbot drops it in silence");
    }
    equals(&message, "version", "1.0")?;
    equals(&message, "source", "custom")?;
    let content = message.get("content").and_then(Value::as_object);
    let content = content.ok_or_else(|| refusal("has no object `content`"))?;
    chatbot_content(content)?;
    match message.get("metadata") {
        None => Ok(()),
        Some(Value::Object(metadata)) => chatbot_metadata(metadata),
        Some(_) => refuse("has a `metadata` that is no object"),
    }
}

fn chatbot_content(content: &Map<String, Value>) -> Accepted {
    optional_text(content, "title", TITLE_LIMIT)?;
    text(content, "description", DESCRIPTION_LIMIT)?;
    if content.get("textType").is_some_and(|kind| kind != "client-markdown") {
        return refuse("has a `textType` other than client-markdown");
    }
    texts(content, "nextSteps")?;
    texts(content, "keywords")
}

fn chatbot_metadata(metadata: &Map<String, Value>) -> Accepted {
    for name in ["threadId", "summary", "eventType"] {
        optional_text(metadata, name, usize::MAX)?;
    }
    if metadata.get("enableCustomActions").is_some_and(|value| !value.is_boolean()) {
        return refuse("has an `enableCustomActions` that is no boolean");
    }
    texts(metadata, "relatedResources")
}

fn object(text: &str) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_str(text) {
        Ok(Value::Object(message)) => Ok(message),
        Ok(_) => refuse("is no JSON object"),
        Err(error) => refuse(format!("is no JSON: {error}")),
    }
}

fn refusal(reason: impl Into<String>) -> Refusal {
    Refusal(reason.into())
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Refusal> {
    Err(refusal(reason))
}

fn equals(members: &Map<String, Value>, name: &str, wanted: &str) -> Accepted {
    if members.get(name).is_some_and(|value| value == wanted) {
        return Ok(());
    }
    refuse(format!("has no `{name}` that is \"{wanted}\""))
}

/// A text that must be there, of at least one character.
fn text(members: &Map<String, Value>, name: &str, limit: usize) -> Accepted {
    match members.get(name).and_then(Value::as_str) {
        Some("") | None => refuse(format!("has no text `{name}`")),
        Some(text) if text.chars().count() > limit => {
            refuse(format!("has a `{name}` of more than {limit} characters"))
        }
        Some(_) => Ok(()),
    }
}

fn optional_text(members: &Map<String, Value>, name: &str, limit: usize) -> Accepted {
    match members.get(name) {
        None => Ok(()),
        Some(Value::String(text)) if text.chars().count() <= limit => Ok(()),
        Some(Value::String(_)) => refuse(format!("has a `{name}` of more than {limit} characters")),
        Some(_) => refuse(format!("has a `{name}` that is no text")),
    }
}

fn texts(members: &Map<String, Value>, name: &str) -> Accepted {
    match members.get(name) {
        None => Ok(()),
        Some(Value::Array(values)) if values.iter().all(Value::is_string) => Ok(()),
        Some(_) => refuse(format!("has a `{name}` that is no list of texts")),
    }
}

/// The list of objects of this name; empty where there is none.
fn objects<'m>(members: &'m Map<String, Value>, name: &str) -> Result<Vec<&'m Map<String, Value>>, Refusal> {
    let not_a_list = || refusal(format!("has a `{name}` that is no list of objects"));
    match members.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => {
            values.iter().map(|value| value.as_object().ok_or_else(not_a_list)).collect()
        }
        Some(_) => Err(not_a_list()),
    }
}

#[cfg(test)]
mod tests;
