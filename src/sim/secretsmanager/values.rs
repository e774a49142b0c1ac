//! The values of secrets.

use std::collections::BTreeSet;

use serde_json::json;
use time::OffsetDateTime;

use super::{Content, Secret, Version, invalid_parameter, living, timestamp};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::without_nulls;
use crate::sim::world::World;

/// The bytes of the longest value (Secrets Manager user guide, "Quotas").
const MAX_BYTES: usize = 65_536;

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

/// The value that a call sends, if it sends one.
pub(super) fn content(call: &Call<'_>) -> Result<Option<Content>, ApiError> {
    let content = match (call.string("SecretString"), call.string("SecretBinary")) {
        (Some(_), Some(_)) => {
            return Err(invalid_parameter(
                "You can't specify both a binary secret value and a string secret value in the same secret.",
            ));
        }
        (Some(text), None) => Some((Content::Text(text.to_owned()), text.len())),
        (None, Some(bytes)) => Some((Content::Binary(bytes.to_owned()), bytes.len() / 4 * 3)),
        (None, None) => None,
    };
    match content {
        Some((_, size)) if size == 0 || size > MAX_BYTES => {
            let message = format!("A secret value must have between 1 and {MAX_BYTES} bytes");
            Err(ApiError::new("ValidationException", message))
        }
        other => Ok(other.map(|(content, _)| content)),
    }
}

/// The id of a new version: the caller's token, or an id of our own.
pub(super) fn version_id(world: &mut World, call: &Call<'_>) -> String {
    call.string("ClientRequestToken").map_or_else(|| world.next_uuid(), str::to_owned)
}

/// Stores a value as a version. The same value under the same id again changes
/// nothing; another value is refused.
pub(super) fn store(
    secret: &mut Secret,
    id: &str,
    content: Content,
    stages: &[&str],
    now: OffsetDateTime,
) -> Result<(), ApiError> {
    match secret.versions.get(id) {
        Some(version) if version.content == content => Ok(()),
        Some(_) => {
            let message =
                "You can't use ClientRequestToken because that value is already in use for a version.";
            Err(ApiError::new("ResourceExistsException", message))
        }
        None => {
            add(secret, id.to_owned(), content, stages, now);
            Ok(())
        }
    }
}

/// Adds a version. A staging label stands on one version at a time, and what
/// was current is the previous one then; a version without a label is gone.
pub(super) fn add(secret: &mut Secret, id: String, content: Content, stages: &[&str], now: OffsetDateTime) {
    let is_new_current = stages.contains(&CURRENT);
    for version in secret.versions.values_mut() {
        let was_current = version.stages.contains(CURRENT);
        version
            .stages
            .retain(|stage| !(stages.contains(&stage.as_str()) || is_new_current && stage == PREVIOUS));
        if was_current && is_new_current {
            version.stages.insert(PREVIOUS.to_owned());
        }
    }
    secret.versions.retain(|_, version| !version.stages.is_empty());
    let stages: BTreeSet<String> = stages.iter().map(|stage| (*stage).to_owned()).collect();
    secret.versions.insert(id, Version { content, stages, created: now });
    secret.changed = now;
}

pub(super) fn put(world: &mut World, call: &Call<'_>) -> Answer {
    let content = content(call)?
        .ok_or_else(|| invalid_parameter("You must provide either SecretString or SecretBinary."))?;
    let id = version_id(world, call);
    let mut stages = call.strings("VersionStages");
    if stages.is_empty() {
        stages.push(CURRENT);
    }
    let (name, secret) = living(world, call)?;
    store(secret, &id, content, &stages, call.now)?;
    let stages = secret.versions.get(&id).map(|version| json!(version.stages));
    Ok(json!({"ARN": secret.arn, "Name": name, "VersionId": id, "VersionStages": stages}))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let (name, secret) = living(world, call)?;
    let wanted_id = call.string("VersionId");
    let stage = call.string("VersionStage").or(wanted_id.is_none().then_some(CURRENT));
    let fits = |id: &str, version: &Version| {
        wanted_id.is_none_or(|wanted| wanted == id)
            && stage.is_none_or(|stage| version.stages.contains(stage))
    };
    let found = secret.versions.iter().find(|(id, version)| fits(id, version));
    let (id, version) = found.ok_or_else(|| no_value(wanted_id, stage))?;
    let (text, binary) = match &version.content {
        Content::Text(text) => (Some(text), None),
        Content::Binary(bytes) => (None, Some(bytes)),
    };
    let answer = without_nulls(json!({
        "ARN": secret.arn,
        "Name": name,
        "VersionId": id,
        "SecretString": text,
        "SecretBinary": binary,
        "VersionStages": version.stages,
        "CreatedDate": timestamp(version.created),
    }));
    secret.accessed = Some(call.now.replace_time(time::Time::MIDNIGHT));
    Ok(answer)
}

fn no_value(id: Option<&str>, stage: Option<&str>) -> ApiError {
    let which = match (id, stage) {
        (Some(id), _) => format!("VersionId: {id}"),
        (None, stage) => format!("staging label: {}", stage.unwrap_or(CURRENT)),
    };
    let message = format!("Secrets Manager can't find the specified secret value for {which}");
    ApiError::new("ResourceNotFoundException", message)
}
