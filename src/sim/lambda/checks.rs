//! What Lambda refuses in a function.

use super::configuration::Settings;
use super::{Function, conflict, invalid};
use crate::sim::arn::Arn;
use crate::sim::call::{ApiError, Call};
use crate::sim::world::World;

/// The runtimes that run a `bootstrap` of the zip file itself, of those in the
/// Lambda service model that take new functions. The simulator runs no others.
const RUNTIMES: [&str; 2] = ["provided.al2", "provided.al2023"];

/// The bytes that a function's variables may have together (Lambda developer
/// guide, "Lambda quotas").
const ENVIRONMENT_BYTES: usize = 4096;

/// Variables that Lambda sets itself and lets nobody else set (Lambda developer
/// guide, "Defined runtime environment variables").
const RESERVED: [&str; 16] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
];

/// Refuses settings that Lambda would not store.
pub(super) fn settings(settings: &Settings, world: &World, call: &Call<'_>) -> Result<(), ApiError> {
    if !RUNTIMES.contains(&settings.runtime.as_str()) {
        let message = format!(
            "Value {} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
            settings.runtime,
            RUNTIMES.join(", ")
        );
        return Err(invalid(message));
    }
    if !["x86_64", "arm64"].contains(&settings.architecture.as_str()) {
        return Err(invalid(format!("Architecture {} is not supported", settings.architecture)));
    }
    if settings.handler.is_empty() || settings.handler.len() > 128 || settings.handler.contains(' ') {
        return Err(invalid("Handler must be 1 to 128 characters without spaces"));
    }
    if settings.description.chars().count() > 256 {
        return Err(invalid("Description must have length less than or equal to 256"));
    }
    between("timeout", settings.timeout, 1, 900)?;
    between("memorySize", settings.memory_size, 128, 10_240)?;
    role(&settings.role, world, call)?;
    variables(settings)?;
    dead_letter_target(settings, call)
}

fn between(member: &str, value: i64, least: i64, most: i64) -> Result<(), ApiError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(invalid(format!("Value '{value}' at '{member}' must be between {least} and {most}")))
}

/// A role has to be in the function's account and let Lambda assume it; a role
/// that asks for an external id lets no service in.
fn role(arn: &str, world: &World, call: &Call<'_>) -> Result<(), ApiError> {
    let name = Arn::parse(arn).filter(|arn| arn.service == "iam").and_then(|arn| {
        let name = arn.resource.strip_prefix("role/")?;
        Some((arn.account, name.rsplit('/').next().unwrap_or(name)))
    });
    let Some((account, name)) = name else {
        return Err(invalid(format!("Value '{arn}' at 'role' is not the ARN of a role")));
    };
    if account != call.account {
        let denied = ApiError::new("AccessDeniedException", "Cross-account pass role is not allowed.");
        return Err(denied.with_status(403));
    }
    let role = world.accounts.get(account).and_then(|account| account.roles.get(name));
    if role.is_none_or(|role| role.external_id.is_some()) {
        return Err(invalid("The role defined for the function cannot be assumed by Lambda."));
    }
    Ok(())
}

fn variables(settings: &Settings) -> Result<(), ApiError> {
    let problem = "Lambda was unable to configure your environment variables because the environment variables you have provided";
    let reserved: Vec<&str> =
        settings.variables.keys().map(String::as_str).filter(|name| RESERVED.contains(name)).collect();
    if !reserved.is_empty() {
        return Err(invalid(format!(
            "{problem} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    let named = |name: &String| {
        name.len() > 1
            && name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    if let Some(name) = settings.variables.keys().find(|name| !named(name)) {
        return Err(invalid(format!(
            "Value '{name}' at 'environment.variables' must satisfy [a-zA-Z]([a-zA-Z0-9_])+"
        )));
    }
    let bytes: usize = settings.variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > ENVIRONMENT_BYTES {
        return Err(invalid(format!("{problem} exceeded the 4KB limit.")));
    }
    Ok(())
}

fn dead_letter_target(settings: &Settings, call: &Call<'_>) -> Result<(), ApiError> {
    let Some(target) = &settings.dead_letter_target else { return Ok(()) };
    if Arn::resource_of(target, "sqs", call.account, call.region).is_some() {
        return Ok(());
    }
    Err(invalid(format!(
        "The dead-letter target {target} is not a queue that the simulated role can send to"
    )))
}

/// The pattern of a function's name.
pub(super) fn name(name: &str) -> Result<(), ApiError> {
    let letters = name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    if name.is_empty() || name.len() > 64 || !letters {
        let message = format!(
            "1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+ and have length less than or equal to 64"
        );
        return Err(invalid(message));
    }
    Ok(())
}

/// Refuses a change while an earlier one is under way, or by somebody who read
/// an older revision.
pub(super) fn changeable(function: &Function, arn: &str, call: &Call<'_>) -> Result<(), ApiError> {
    if call.now < function.change.ready {
        let what = if function.change.creation {
            "The function is currently in the following state: Pending".to_owned()
        } else {
            format!("An update is in progress for resource: {arn}")
        };
        return Err(conflict(format!("The operation cannot be performed at this time. {what}")));
    }
    revision(&function.revision, call)
}

/// Refuses somebody who read an older revision.
pub(super) fn revision(current: &str, call: &Call<'_>) -> Result<(), ApiError> {
    match call.string("RevisionId") {
        Some(read) if read != current => {
            let message = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id";
            Err(ApiError::new("PreconditionFailedException", message).with_status(412))
        }
        _ => Ok(()),
    }
}

/// Versions are not simulated: everything happens to `$LATEST`.
pub(super) fn unpublished(call: &Call<'_>) -> Result<(), ApiError> {
    if call.input["Publish"] == true {
        return Err(invalid("the simulator publishes no versions"));
    }
    Ok(())
}
