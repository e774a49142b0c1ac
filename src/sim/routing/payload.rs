//! What a target receives.

use serde_json::Value;

use super::Failure;
use crate::events::transformer::{Invocation, value_at};
use crate::sim::events::parse_transformer;

/// The text for a target: the event, a part of it, a constant, or the result of
/// its transformer.
///
/// # Errors
/// A transformer whose result is not JSON, for which EventBridge does not
/// invoke the target.
pub(super) fn render(target: &Value, event: &Value, invocation: &Invocation<'_>) -> Result<String, Failure> {
    if let Some(input) = target["Input"].as_str() {
        return Ok(input.to_owned());
    }
    if let Some(path) = target["InputPath"].as_str() {
        return value_at(path, event).map(|value| value.to_string()).ok_or_else(|| Failure {
            code: "INVALID_INPUT",
            message: format!("The event has nothing at the InputPath {path}"),
        });
    }
    let Some(transformer) = target.get("InputTransformer").filter(|transformer| !transformer.is_null())
    else {
        return Ok(event.to_string());
    };
    let transformer = parse_transformer(transformer)
        .map_err(|error| Failure { code: "INVALID_INPUT", message: error.to_string() })?;
    let text = transformer.render(event, invocation);
    if text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<Value>(&text).is_err() {
        let message = "The InputTransformer's result is not valid JSON".to_owned();
        return Err(Failure { code: "INVALID_JSON", message });
    }
    Ok(text)
}
