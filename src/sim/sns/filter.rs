//! Filter policies: which messages a subscription wants.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::invalid;
use crate::events::pattern::Pattern;
use crate::sim::call::ApiError;

/// Keys in one filter policy, from the SNS developer guide, "Filter policy
/// constraints".
const MAX_KEYS: usize = 5;

/// What a filter policy looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Scope {
    #[default]
    MessageAttributes,
    MessageBody,
}

impl Scope {
    /// The scope of a name.
    ///
    /// # Errors
    /// A name that is none.
    pub(super) fn read(name: &str) -> Result<Self, ApiError> {
        match name {
            "MessageAttributes" => Ok(Self::MessageAttributes),
            "MessageBody" => Ok(Self::MessageBody),
            other => Err(invalid(format!("FilterPolicyScope: Invalid value [{other}]"))),
        }
    }

    /// Its name in the service model.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::MessageAttributes => "MessageAttributes",
            Self::MessageBody => "MessageBody",
        }
    }
}

/// Refuses a filter policy that SNS would not store.
pub(super) fn check(policy: &str, scope: Scope) -> Result<(), ApiError> {
    let refused = |reason: &str| invalid(format!("FilterPolicy: {reason}"));
    let document: Value = serde_json::from_str(policy).map_err(|_| refused("failed to parse JSON"))?;
    let members = document.as_object().ok_or_else(|| refused("Filter policy must be a JSON object"))?;
    if members.is_empty() {
        return Ok(());
    }
    if members.len() > MAX_KEYS {
        return Err(refused("Filter policy can not have more than 5 keys"));
    }
    if scope == Scope::MessageAttributes && members.values().any(Value::is_object) {
        return Err(refused("Filter policy scope MessageAttributes does not support nested filter policy"));
    }
    Pattern::parse(&document).map(drop).map_err(|error| refused(error.reason()))
}

/// Whether a message passes a filter policy; one without any key takes all. A
/// body that is no JSON object does not pass a filter on bodies.
pub(super) fn passes(policy: &str, scope: Scope, attributes: &BTreeMap<String, Value>, body: &str) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(policy) else { return true };
    if document.as_object().is_none_or(serde_json::Map::is_empty) {
        return true;
    }
    let Ok(pattern) = Pattern::parse(&document) else { return false };
    match scope {
        Scope::MessageAttributes => pattern.matches(&plain(attributes)),
        Scope::MessageBody => {
            serde_json::from_str::<Value>(body).is_ok_and(|body| body.is_object() && pattern.matches(&body))
        }
    }
}

/// Message attributes as plain JSON, by their data types.
fn plain(attributes: &BTreeMap<String, Value>) -> Value {
    let value = |attribute: &Value| {
        let text = attribute["StringValue"].as_str()?;
        let kind = attribute["DataType"].as_str().unwrap_or("String");
        if kind == "String.Array" || kind.starts_with("Number") {
            return serde_json::from_str(text).ok();
        }
        Some(json!(text))
    };
    attributes.iter().filter_map(|(name, attribute)| Some((name.clone(), value(attribute)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes() -> BTreeMap<String, Value> {
        BTreeMap::from([
            ("level".to_owned(), json!({"DataType": "String", "StringValue": "error"})),
            ("count".to_owned(), json!({"DataType": "Number", "StringValue": "3"})),
            ("teams".to_owned(), json!({"DataType": "String.Array", "StringValue": "[\"a\",\"b\"]"})),
        ])
    }

    #[test]
    fn a_policy_on_attributes_reads_them_by_their_types() {
        for (policy, expected) in [
            (r#"{"level":["error"]}"#, true),
            (r#"{"level":[{"prefix":"err"}],"count":[{"numeric":[">",2]}]}"#, true),
            (r#"{"teams":["b"]}"#, true),
            (r#"{"level":[{"anything-but":"error"}]}"#, false),
            (r#"{"absent":[{"exists":true}]}"#, false),
            ("{}", true),
        ] {
            assert_eq!(passes(policy, Scope::MessageAttributes, &attributes(), ""), expected, "{policy}");
        }
    }

    #[test]
    fn a_policy_on_the_body_reads_json_and_drops_the_rest() {
        let policy = r#"{"detail":{"level":["error"]}}"#;
        let passes = |body: &str| passes(policy, Scope::MessageBody, &BTreeMap::new(), body);
        assert!(passes(r#"{"detail":{"level":"error"}}"#));
        assert!(!passes(r#"{"detail":{"level":"info"}}"#));
        assert!(!passes("plain text"));
    }
}
