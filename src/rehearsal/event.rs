//! The event: read from text, and checked for what every event has.

use serde_json::{Map, Value};

use crate::model::account::InvalidAccountId;
use crate::model::{AccountId, Region};

/// An event as EventBridge hands it to rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The name of the sample; none for an event that the user gave.
    pub sample: Option<&'static str>,
    /// Where it arises.
    pub account: AccountId,
    /// Where it arises.
    pub region: Region,
    /// Its source.
    pub source: String,
    /// Its detail-type.
    pub detail_type: String,
    /// The whole of it.
    pub body: Value,
}

/// A text that is no event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// It can't be parsed.
    #[error("it is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// It is JSON, but no object.
    #[error("it holds {0} and not an event, which is an object")]
    NotAnObject(&'static str),
    /// An object without some of what every event has (Amazon EventBridge user
    /// guide, event structure).
    #[error("it is no event of EventBridge: {}", listed(.0))]
    Missing(Vec<(&'static str, &'static str)>),
    /// The account is none.
    #[error("its `account` can't be used")]
    Account(#[source] InvalidAccountId),
    /// The Region is none that is known.
    #[error("its `region` can't be used: {0}")]
    Region(String),
}

fn listed(missing: &[(&str, &str)]) -> String {
    let one = |(name, kind): &(&str, &str)| format!("`{name}` is missing or no {kind}");
    missing.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The texts that an event must have.
const TEXTS: [&str; 4] = ["source", "detail-type", "account", "region"];

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// A text that is no JSON, or no event.
    pub fn parse(text: &str) -> Result<Self, EventError> {
        let body = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(EventError::NotJson)?;
        Self::of(body, None)
    }

    /// The event that a JSON value is.
    ///
    /// # Errors
    /// A value that is no event.
    pub fn of(body: Value, sample: Option<&'static str>) -> Result<Self, EventError> {
        let members = body.as_object().ok_or_else(|| EventError::NotAnObject(kind(&body)))?;
        let missing = missing(members);
        if !missing.is_empty() {
            return Err(EventError::Missing(missing));
        }
        let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
        let (source, detail_type) = (text("source").to_owned(), text("detail-type").to_owned());
        let account = text("account").parse().map_err(EventError::Account)?;
        let region = text("region").parse().map_err(|error| EventError::Region(format!("{error}")))?;
        Ok(Self { sample, account, region, source, detail_type, body })
    }

    /// When it happened, as it says itself; empty where it does not.
    pub(super) fn time(&self) -> &str {
        self.body["time"].as_str().unwrap_or_default()
    }
}

fn missing(members: &Map<String, Value>) -> Vec<(&'static str, &'static str)> {
    let is_text = |name: &&str| members.get(*name).is_some_and(Value::is_string);
    let texts = TEXTS.into_iter().filter(|name| !is_text(name)).map(|name| (name, "text"));
    let detail = (!members.get("detail").is_some_and(Value::is_object)).then_some(("detail", "object"));
    texts.chain(detail).collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) | Value::Number(_) => "a bare value",
        Value::String(_) => "a bare text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use serde_json::json;

    use super::*;

    fn event() -> Value {
        json!({
            "source": "aws.ecs", "detail-type": "ECS Service Action", "account": "111111111111",
            "region": "eu-west-1", "detail": {}
        })
    }

    /// The error with its causes, as the command line tells it.
    fn said(text: &str) -> String {
        let error = Event::parse(text).expect_err("no event");
        let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
        format!("{error}{cause}")
    }

    #[test]
    fn an_event_needs_no_more_than_its_source_kind_place_and_detail() {
        let read = Event::parse(&format!("\u{feff}{}", event())).expect("an event");
        assert_eq!((read.account.as_str(), read.region.as_str()), ("111111111111", "eu-west-1"));
        assert_eq!((read.source.as_str(), read.detail_type.as_str()), ("aws.ecs", "ECS Service Action"));
        assert_eq!(read.time(), "");
    }

    #[test]
    fn what_is_no_event_is_told_by_what_it_lacks() {
        let with = |name: &str, value: Value| {
            let mut event = event();
            event[name] = value;
            event.to_string()
        };
        for (text, words) in [
            (String::new(), "not JSON"),
            ("{\"source\":".to_owned(), "line 1"),
            ("[]".to_owned(), "holds a list"),
            ("{}".to_owned(), "`source` is missing or no text, `detail-type`"),
            (with("account", json!(111_111_111_111_u64)), "`account` is missing or no text"),
            (with("account", json!("dev")), "12 digits"),
            (with("region", json!("eu-west-l")), "did you mean `eu-west-"),
            (with("detail", json!("{}")), "`detail` is missing or no object"),
        ] {
            assert!(said(&text).contains(words), "{words}: {}", said(&text));
        }
    }
}
