//! AWS Secrets Manager: secrets and their versions.

mod deletion;
mod secrets;
mod tags;
#[cfg(test)]
mod tests;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::arn::Arn;
use super::call::{Answer, ApiError, Call};
use super::clock::epoch_seconds;
use super::tag_list::Tags;
use super::world::World;

/// The service's state.
#[derive(Debug, Default)]
pub struct State {
    /// Secrets by name.
    secrets: BTreeMap<String, Secret>,
}

/// One secret.
#[derive(Debug)]
struct Secret {
    /// Its ARN, which ends in six characters that its name does not.
    arn: String,
    description: Option<String>,
    key: Option<String>,
    tags: Tags,
    /// Versions by id.
    versions: BTreeMap<String, Version>,
    created: OffsetDateTime,
    changed: OffsetDateTime,
    accessed: Option<OffsetDateTime>,
    /// When it was marked for deletion, and when it will be gone.
    deletion: Option<(OffsetDateTime, OffsetDateTime)>,
}

/// One version of a secret's value.
#[derive(Debug)]
struct Version {
    content: Content,
    /// Staging labels, `AWSCURRENT` say.
    stages: BTreeSet<String>,
    created: OffsetDateTime,
}

/// A secret value. No debug output shows it.
#[derive(Clone, PartialEq, Eq)]
enum Content {
    Text(String),
    /// Bytes in base64, as JSON carries them.
    Binary(String),
}

impl std::fmt::Debug for Content {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[a secret]")
    }
}

/// The ARN of a secret by its name; `None` if there is no such one.
pub(crate) fn arn_of(world: &mut World, account: &str, region: &str, name: &str) -> Option<String> {
    world.region(account, region).secretsmanager.secrets.get(name).map(|secret| secret.arn.clone())
}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "CreateSecret" => secrets::create(world, call),
        "DescribeSecret" => secrets::describe(world, call),
        "UpdateSecret" => secrets::update(world, call),
        "ListSecrets" => secrets::list(world, call),
        "PutSecretValue" => values::put(world, call),
        "GetSecretValue" => values::get(world, call),
        "DeleteSecret" => deletion::delete(world, call),
        "RestoreSecret" => deletion::restore(world, call),
        "TagResource" => tags::tag(world, call),
        "UntagResource" => tags::untag(world, call),
        _ => Err(call.unknown_operation()),
    }
}

/// The secrets of a call's account and Region that are not gone yet.
fn secrets<'w>(world: &'w mut World, call: &Call<'_>) -> &'w mut BTreeMap<String, Secret> {
    let secrets = &mut world.region(call.account, call.region).secretsmanager.secrets;
    secrets.retain(|_, secret| secret.deletion.is_none_or(|(_, gone)| call.now < gone));
    secrets
}

/// The secret that a call means by its name, its ARN, or its ARN without the
/// last six characters; and the secret's name.
fn secret<'w>(world: &'w mut World, call: &Call<'_>) -> Result<(String, &'w mut Secret), ApiError> {
    let id = call.string("SecretId").unwrap_or_default();
    if let Some(arn) = Arn::parse(id) {
        if arn.account != call.account {
            return Err(denied(call, id));
        }
        if arn.service != "secretsmanager" || arn.region != call.region {
            return Err(not_found());
        }
    }
    let means = |name: &str, secret: &Secret| {
        id == name || id == secret.arn || secret.arn.rsplit_once('-').is_some_and(|(start, _)| id == start)
    };
    secrets(world, call)
        .iter_mut()
        .find(|(name, secret)| means(name, secret))
        .map(|(name, secret)| (name.clone(), secret))
        .ok_or_else(not_found)
}

/// The same, unless the secret is marked for deletion.
fn living<'w>(world: &'w mut World, call: &Call<'_>) -> Result<(String, &'w mut Secret), ApiError> {
    let (name, secret) = secret(world, call)?;
    if secret.deletion.is_some() {
        return Err(invalid_request(
            "You can't perform this operation on the secret because it was marked for deletion.",
        ));
    }
    Ok((name, secret))
}

fn timestamp(time: OffsetDateTime) -> Value {
    json!({"$timestamp": epoch_seconds(time)})
}

fn not_found() -> ApiError {
    ApiError::new("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

fn invalid_request(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidRequestException", message)
}

fn invalid_parameter(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterException", message)
}

/// No secret has a resource policy here, so that none is open to another
/// account.
fn denied(call: &Call<'_>, arn: &str) -> ApiError {
    let action = format!("secretsmanager:{}", call.operation);
    let message = format!(
        "User: {} is not authorized to perform: {action} on resource: {arn} because no resource-based policy allows the {action} action",
        call.principal
    );
    ApiError::new("AccessDeniedException", message)
}
