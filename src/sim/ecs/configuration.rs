//! `deploymentConfiguration`, kept as raw JSON.

use serde_json::{Value, json};

use super::{Controller, invalid_parameter};
use crate::sim::call::ApiError;

/// What a service has that was made without one.
pub fn default() -> Value {
    json!({
        "deploymentCircuitBreaker": { "enable": false, "rollback": false },
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
    })
}

/// Lays what was sent over what is there: each member that was sent replaces
/// the old one whole, the others stay. (How deep the real service merges is not
/// documented; this is the harsher reading.)
pub fn merge(current: &mut Value, sent: &Value) {
    for (member, value) in sent.as_object().into_iter().flatten() {
        current[member] = value.clone();
    }
}

/// Refuses what ECS refuses (ECS API reference, DeploymentCircuitBreaker and
/// DeploymentAlarms: members that are required, controllers that are not
/// supported).
pub fn check(sent: &Value, controller: Controller) -> Result<(), ApiError> {
    if !sent.is_object() {
        return Err(invalid_parameter("deploymentConfiguration must be a structure."));
    }
    require(sent, "deploymentCircuitBreaker", &["enable", "rollback"])?;
    require(sent, "alarms", &["alarmNames", "enable", "rollback"])?;
    if controller != Controller::Ecs {
        for (member, feature) in
            [("deploymentCircuitBreaker", "Deployment circuit breaker"), ("alarms", "Deployment alarms")]
        {
            let wanted = sent.get(member).and_then(|value| value.get("enable"));
            if wanted == Some(&Value::Bool(true)) {
                return Err(invalid_parameter(format!(
                    "{feature} feature is only supported with ECS deployment controller."
                )));
            }
        }
    }
    Ok(())
}

fn require(sent: &Value, member: &str, required: &[&str]) -> Result<(), ApiError> {
    let Some(value) = sent.get(member).filter(|value| !value.is_null()) else {
        return Ok(());
    };
    match required.iter().find(|name| value.get(**name).is_none_or(Value::is_null)) {
        Some(name) => Err(invalid_parameter(format!("{member}.{name} must be set."))),
        None => Ok(()),
    }
}
