//! Targets of rules: where an event goes, and in which form.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::change::{FieldChange, differences};
use super::region::Region;
use super::resource::{Key, Kind};

/// How an event becomes a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transformer {
    /// JSON paths into the event, by variable.
    pub paths: BTreeMap<String, String>,
    /// The text with `<variable>` placeholders, at most 8,192 characters.
    pub template: String,
}

impl Transformer {
    /// The transformer in a form in which equal meaning is equal data: white
    /// space between members and their order do not count.
    fn normal(&self) -> (BTreeMap<String, String>, Value) {
        let template = serde_json::from_str(&quoted_placeholders(&self.template))
            .unwrap_or_else(|_| Value::String(self.template.clone()));
        (self.paths.clone(), template)
    }
}

/// The template with each placeholder that stands outside a string written as
/// a string that no template can hold, so that the whole reads as JSON.
fn quoted_placeholders(template: &str) -> String {
    let (mut text, mut in_string, mut escaped) = (String::new(), false, false);
    for character in template.chars() {
        match character {
            '"' if !escaped => in_string = !in_string,
            '<' if !in_string => text.push_str("\"\\u0000"),
            _ => {}
        }
        text.push(character);
        if character == '>' && !in_string {
            text.push('"');
        }
        escaped = character == '\\' && !escaped;
    }
    text
}

/// How often and how long EventBridge tries a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RetryPolicy {
    /// 0 to 185.
    pub maximum_retry_attempts: i32,
    /// 60 to 86,400.
    pub maximum_event_age_in_seconds: i32,
}

/// What a target is set to, in the same form on both sides of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetSettings {
    /// What is invoked.
    pub arn: String,
    /// The role that EventBridge takes; none for a topic.
    pub role_arn: Option<String>,
    /// How the event becomes a message.
    pub transformer: Option<Transformer>,
    /// A constant text instead of the event.
    pub input: Option<String>,
    /// A part of the event instead of the whole.
    pub input_path: Option<String>,
    /// The retry policy.
    pub retry_policy: Option<RetryPolicy>,
    /// Where events go that could not be delivered.
    pub dead_letter_arn: Option<String>,
}

/// A target as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The rule's Region.
    pub region: Region,
    /// The rule's place; see [`super::rule::place`].
    pub rule: String,
    /// The target's id within the rule, at most 64 characters.
    pub id: String,
    /// What it is set to.
    pub settings: TargetSettings,
}

/// A target as AWS has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedTarget {
    /// The id within the rule.
    pub id: String,
    /// What it is set to.
    pub settings: TargetSettings,
}

impl Target {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::Target, self.region, format!("{}/{}", self.rule, self.id))
    }

    /// What differs from what AWS has.
    pub fn diff(&self, observed: &ObservedTarget) -> Vec<FieldChange> {
        let mut fields = differences(&observed.settings, &self.settings);
        if self.same_message(&observed.settings) {
            fields.retain(|field| field.path != "/transformer");
        }
        fields
    }

    fn same_message(&self, observed: &TargetSettings) -> bool {
        let normal = |settings: &TargetSettings| settings.transformer.as_ref().map(Transformer::normal);
        normal(&self.settings) == normal(observed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transformer(template: &str) -> Transformer {
        Transformer { paths: BTreeMap::new(), template: template.to_owned() }
    }

    #[test]
    fn white_space_between_members_makes_no_drift() {
        let one = transformer(r#"{"a":"x <b> \" <c>","d":[<e>]}"#);
        let other = transformer("{\n \"d\": [ <e> ],\n \"a\": \"x <b> \\\" <c>\" }");
        assert_eq!(one.normal(), other.normal());
    }

    #[test]
    fn a_placeholder_inside_a_string_is_not_one_outside() {
        assert_ne!(transformer(r#"{"a":"<b>"}"#).normal(), transformer(r#"{"a":<b>}"#).normal());
    }
}
