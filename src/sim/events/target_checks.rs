//! What PutTargets refuses in one target.

use serde_json::Value;

use super::{constraint, validation};
use crate::events::transformer::{Transformer, TransformerError};
use crate::sim::arn::Arn;
use crate::sim::call::ApiError;
use crate::sim::members::string_map;

/// Refuses a target that EventBridge would not store.
pub(super) fn check(target: &Value, region: &str) -> Result<(), ApiError> {
    let arn = check_arn(target, region)?;
    check_input(target)?;
    check_transformer(target)?;
    if arn.service == "events" && arn.resource.starts_with("event-bus/") {
        check_bus(target)?;
    }
    check_dead_letter(target, region)?;
    check_retry(target)
}

fn id(target: &Value) -> &str {
    target["Id"].as_str().unwrap_or_default()
}

fn check_arn<'t>(target: &'t Value, region: &str) -> Result<Arn<'t>, ApiError> {
    let text = target["Arn"].as_str().unwrap_or_default();
    let refusal = |reason: &str| validation(format!("Parameter {text} is not valid. Reason: {reason}"));
    let arn = Arn::parse(text).ok_or_else(|| refusal("Provided Arn is not in correct format."))?;
    // Only another event bus may lie in another Region.
    if arn.region != region && !(arn.service == "events" && arn.resource.starts_with("event-bus/")) {
        return Err(refusal("Target must be in the same Region as the rule."));
    }
    Ok(arn)
}

fn check_input(target: &Value) -> Result<(), ApiError> {
    let sent = ["Input", "InputPath", "InputTransformer"]
        .iter()
        .filter(|member| !target[**member].is_null())
        .count();
    if sent > 1 {
        return Err(validation(format!(
            "Only one of Input, InputPath, or InputTransformer must be provided for target {}.",
            id(target)
        )));
    }
    let Some(input) = target["Input"].as_str() else { return Ok(()) };
    if input.chars().count() > 8192 {
        return Err(constraint(
            input,
            "targets.1.member.input",
            "Member must have length less than or equal to 8192",
        ));
    }
    match serde_json::from_str::<Value>(input) {
        Ok(_) => Ok(()),
        Err(_) => Err(validation(format!("Input for target {} is not a valid JSON text.", id(target)))),
    }
}

fn check_transformer(target: &Value) -> Result<(), ApiError> {
    match target.get("InputTransformer") {
        None | Some(Value::Null) => Ok(()),
        Some(transformer) => parse_transformer(transformer)
            .map(drop)
            .map_err(|error| refused_transformer(id(target), transformer, &error)),
    }
}

/// The transformer of a target's `InputTransformer`.
pub(crate) fn parse_transformer(transformer: &Value) -> Result<Transformer, TransformerError> {
    let template = transformer["InputTemplate"].as_str().unwrap_or_default();
    Transformer::new(&string_map(transformer.get("InputPathsMap")), template)
}

fn refused_transformer(id: &str, transformer: &Value, error: &TransformerError) -> ApiError {
    let template = transformer["InputTemplate"].as_str().unwrap_or_default();
    let member = "targets.1.member.inputTransformer.inputTemplate";
    match error {
        TransformerError::UndefinedPlaceholder(name) => {
            validation(format!("InputTemplate for target {id} contains invalid placeholder {name}."))
        }
        TransformerError::TemplateLength(0) => {
            constraint(template, member, "Member must have length greater than or equal to 1")
        }
        TransformerError::TemplateLength(_) => {
            constraint(template, member, "Member must have length less than or equal to 8192")
        }
        TransformerError::NotJson(place) => {
            validation(format!("Invalid InputTemplate for target {id} : {place}."))
        }
        other => validation(format!("Invalid InputTransformer for target {id} : {other}.")),
    }
}

/// A bus takes events as they are. The role is not asked for: a bus whose
/// policy names the sending account takes them without one.
fn check_bus(target: &Value) -> Result<(), ApiError> {
    if ["Input", "InputPath", "InputTransformer"].iter().all(|member| target[*member].is_null()) {
        return Ok(());
    }
    Err(validation(format!(
        "Input, InputPath and InputTransformer are not supported for target {} because it is an event bus.",
        id(target)
    )))
}

/// Dead-letter queues are standard queues of the rule's own Region.
fn check_dead_letter(target: &Value, region: &str) -> Result<(), ApiError> {
    let Some(text) = target["DeadLetterConfig"]["Arn"].as_str() else { return Ok(()) };
    let fits = Arn::parse(text)
        .is_some_and(|arn| arn.service == "sqs" && arn.region == region && !arn.resource.ends_with(".fifo"));
    if fits {
        return Ok(());
    }
    Err(validation(format!(
        "Parameter {text} is not valid. Reason: Dead-letter queue must be a standard SQS queue in the same Region as the rule."
    )))
}

fn check_retry(target: &Value) -> Result<(), ApiError> {
    for (member, smallest, largest) in
        [("MaximumRetryAttempts", 0, 185), ("MaximumEventAgeInSeconds", 60, 86_400)]
    {
        let Some(value) = target["RetryPolicy"][member].as_i64() else { continue };
        let rule = match value {
            _ if value < smallest => format!("Member must have value greater than or equal to {smallest}"),
            _ if value > largest => format!("Member must have value less than or equal to {largest}"),
            _ => continue,
        };
        return Err(constraint(&value.to_string(), &format!("targets.1.member.retryPolicy.{member}"), &rule));
    }
    Ok(())
}
