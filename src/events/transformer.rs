//! Amazon EventBridge input transformers: validated and rendered without I/O.
//!
//! The rules are those of the page "Amazon EventBridge input transformation"
//! of the EventBridge user guide. A rendered text need not be valid JSON:
//! EventBridge escapes nothing that it splices into a quoted string, so a
//! quotation mark in free text breaks the document. What to do then is the
//! caller's business; EventBridge fails the invocation.

mod path;
mod template;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use path::Path;
use template::{Part, Template};

/// The most variables of one transformer, from the EventBridge service model.
pub const MAX_PATHS: usize = 100;
/// The longest variable name and the longest path, in characters.
pub const MAX_PATH_LENGTH: usize = 256;
/// The longest template, in characters.
pub const MAX_TEMPLATE_LENGTH: usize = 8192;

/// The variables that every template has.
const RESERVED: [&str; 5] = [
    "aws.events.rule-arn",
    "aws.events.rule-name",
    "aws.events.event.ingestion-time",
    "aws.events.event",
    "aws.events.event.json",
];

/// A valid input transformer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transformer {
    paths: BTreeMap<String, Path>,
    template: Template,
}

/// What surrounds the event when a target is invoked.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// The ARN of the rule that matched.
    pub rule_arn: &'a str,
    /// The name of that rule.
    pub rule_name: &'a str,
    /// When EventBridge received the event, in ISO 8601.
    pub ingestion_time: &'a str,
}

/// Why EventBridge refuses a transformer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransformerError {
    /// A placeholder that is neither a variable nor reserved.
    #[error("input template names the undefined placeholder {0}")]
    UndefinedPlaceholder(String),
    /// A placeholder in the place of an object's key.
    #[error("input template has the placeholder {0} as an object key")]
    PlaceholderAsKey(String),
    /// A template that could not become JSON whatever the event.
    #[error("input template is not JSON once its placeholders are filled in")]
    NotJson(#[source] NotJson),
    /// A template that is empty or too long.
    #[error("input template has {0} characters, not 1 to {MAX_TEMPLATE_LENGTH}")]
    TemplateLength(usize),
    /// More variables than EventBridge takes.
    #[error("input transformer has {0} variables, more than {MAX_PATHS}")]
    TooManyPaths(usize),
    /// A variable whose name EventBridge does not take.
    #[error("input transformer variable name {0:?} is not allowed")]
    VariableName(String),
    /// A path that is too long.
    #[error("path of the input transformer variable {0} is longer than {MAX_PATH_LENGTH} characters")]
    PathLength(String),
}

/// Where a template stops being JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at line {line} column {column}")]
pub struct NotJson {
    reason: String,
    line: usize,
    column: usize,
}

impl Transformer {
    /// Checks the variables and the template. Like EventBridge, this does not
    /// check that the paths can ever be found: a path that EventBridge cannot
    /// read yields nothing when the template is rendered.
    ///
    /// # Errors
    /// What EventBridge refuses in `PutTargets`.
    pub fn new(paths: &BTreeMap<String, String>, template: &str) -> Result<Self, TransformerError> {
        check_paths(paths)?;
        let length = template.chars().count();
        if length == 0 || length > MAX_TEMPLATE_LENGTH {
            return Err(TransformerError::TemplateLength(length));
        }
        let template = Template::parse(template);
        let known = |name: &str| paths.contains_key(name) || RESERVED.contains(&name);
        if let Some(name) = template.placeholders().find(|name| !known(name)) {
            return Err(TransformerError::UndefinedPlaceholder(name.to_owned()));
        }
        template.check_keys()?;
        template.check_json()?;
        let paths = paths.iter().map(|(name, path)| (name.clone(), Path::parse(path))).collect();
        Ok(Self { paths, template })
    }

    /// The text that the target receives.
    pub fn render(&self, event: &Value, invocation: &Invocation<'_>) -> String {
        let mut text = String::new();
        for part in self.template.parts() {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Placeholder { name, quoted } => {
                    let value = self.value(name, event, invocation);
                    text.push_str(&spliced(value.as_ref(), *quoted));
                }
            }
        }
        text
    }

    fn value(&self, name: &str, event: &Value, invocation: &Invocation<'_>) -> Option<Value> {
        match name {
            "aws.events.rule-arn" => Some(invocation.rule_arn.into()),
            "aws.events.rule-name" => Some(invocation.rule_name.into()),
            "aws.events.event.ingestion-time" => Some(invocation.ingestion_time.into()),
            "aws.events.event" => Some(without_detail(event)),
            "aws.events.event.json" => Some(event.clone()),
            variable => self.paths.get(variable)?.find(event),
        }
    }
}

/// Finds the value at an `InputPath`; `None` if the event has none there.
pub fn value_at(path: &str, event: &Value) -> Option<Value> {
    Path::parse(path).find(event)
}

fn check_paths(paths: &BTreeMap<String, String>) -> Result<(), TransformerError> {
    if paths.len() > MAX_PATHS {
        return Err(TransformerError::TooManyPaths(paths.len()));
    }
    for (name, path) in paths {
        let letters = name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
        if name.is_empty() || name.len() > MAX_PATH_LENGTH || name.starts_with("AWS") || !letters {
            return Err(TransformerError::VariableName(name.clone()));
        }
        if path.chars().count() > MAX_PATH_LENGTH {
            return Err(TransformerError::PathLength(name.clone()));
        }
    }
    Ok(())
}

/// The text of a value in its place. Inside a quoted string nothing is
/// escaped, but objects and arrays lose their quotation marks; a variable that
/// was not found leaves an empty string where a JSON value is due.
fn spliced(value: Option<&Value>, quoted: bool) -> String {
    match (value, quoted) {
        (None, true) => String::new(),
        (None, false) => "\"\"".to_owned(),
        (Some(Value::String(text)), true) => text.clone(),
        (Some(value @ (Value::Array(_) | Value::Object(_))), true) => value.to_string().replace('"', ""),
        (Some(value), _) => value.to_string(),
    }
}

/// The event without its detail. EventBridge writes `detail-type` in camel case
/// here, and here only.
fn without_detail(event: &Value) -> Value {
    let Value::Object(members) = event else { return event.clone() };
    members
        .iter()
        .filter(|(name, _)| *name != "detail")
        .map(|(name, value)| {
            let name = if name == "detail-type" { "detailType" } else { name };
            (name.to_owned(), value.clone())
        })
        .collect()
}
