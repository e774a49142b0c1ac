//! Secrets: made, shown, changed and listed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Secret, invalid_parameter, invalid_request, living, secret, secrets, timestamp, values};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::{list as elements, without_nulls};
use crate::sim::paging;
use crate::sim::tag_list::KEY_VALUE;
use crate::sim::world::World;

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let name = call.string("Name").unwrap_or_default();
    check_name(name)?;
    let content = values::content(call)?;
    let (random, version) = (world.next_uuid(), values::version_id(world, call));
    if let Some(existing) = secrets(world, call).get(name) {
        if existing.deletion.is_some() {
            return Err(invalid_request(
                "You can't create this secret because a secret with this name is already scheduled for deletion.",
            ));
        }
        let message = format!("The operation failed because the secret {name} already exists.");
        return Err(ApiError::new("ResourceExistsException", message));
    }
    let suffix: String = random.chars().filter(char::is_ascii_alphanumeric).take(6).collect();
    let mut secret = Secret {
        arn: format!("arn:aws:secretsmanager:{}:{}:secret:{name}-{suffix}", call.region, call.account),
        description: call.string("Description").map(str::to_owned),
        key: call.string("KmsKeyId").map(str::to_owned),
        tags: KEY_VALUE.read(call.input.get("Tags")),
        versions: BTreeMap::new(),
        created: call.now,
        changed: call.now,
        accessed: None,
        deletion: None,
    };
    let mut answer = json!({"ARN": secret.arn, "Name": name});
    if let Some(content) = content {
        answer["VersionId"] = version.as_str().into();
        values::add(&mut secret, version, content, &["AWSCURRENT"], call.now);
    }
    secrets(world, call).insert(name.to_owned(), secret);
    Ok(answer)
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "/_+=.@!-".contains(letter);
    if name.is_empty() || name.len() > 512 || !name.chars().all(allowed) {
        let message = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
        return Err(ApiError::new("ValidationException", message));
    }
    Ok(())
}

pub(super) fn describe(world: &mut World, call: &Call<'_>) -> Answer {
    let (name, secret) = secret(world, call)?;
    let mut shown = shown(&name, secret);
    shown["VersionIdsToStages"] = stages(secret);
    Ok(shown)
}

fn stages(secret: &Secret) -> Value {
    secret.versions.iter().map(|(id, version)| (id.clone(), json!(version.stages))).collect()
}

fn shown(name: &str, secret: &Secret) -> Value {
    without_nulls(json!({
        "ARN": secret.arn,
        "Name": name,
        "Description": secret.description,
        "KmsKeyId": secret.key,
        "CreatedDate": timestamp(secret.created),
        "LastChangedDate": timestamp(secret.changed),
        "LastAccessedDate": secret.accessed.map(timestamp),
        "DeletedDate": secret.deletion.map(|(marked, _)| timestamp(marked)),
        "Tags": KEY_VALUE.write(&secret.tags),
    }))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Answer {
    let content = values::content(call)?;
    let version = values::version_id(world, call);
    let (name, secret) = living(world, call)?;
    if let Some(description) = call.string("Description") {
        secret.description = Some(description.to_owned());
    }
    if let Some(key) = call.string("KmsKeyId") {
        secret.key = Some(key.to_owned());
    }
    secret.changed = call.now;
    let mut answer = json!({"ARN": secret.arn, "Name": name});
    if let Some(content) = content {
        values::store(secret, &version, content, &["AWSCURRENT"], call.now)?;
        answer["VersionId"] = version.into();
    }
    Ok(answer)
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let size = call.integer("MaxResults").unwrap_or(100);
    if !(1..=100).contains(&size) {
        return Err(invalid_parameter("MaxResults must be between 1 and 100"));
    }
    let start = call
        .string("NextToken")
        .map(|token| {
            paging::key_of(token)
                .ok_or_else(|| ApiError::new("InvalidNextTokenException", "The NextToken value is invalid."))
        })
        .transpose()?;
    let planned = call.input["IncludePlannedDeletion"] == true;
    let filters = elements(call.input.get("Filters"));
    let rest = secrets(world, call)
        .iter()
        .filter(|(name, secret)| {
            start.as_ref().is_none_or(|start| *name > start)
                && (planned || secret.deletion.is_none())
                && filters.iter().all(|filter| passes(name, secret, filter))
        })
        .map(|(name, secret)| (name.as_str(), listed(name, secret)));
    let page = paging::take(rest, usize::try_from(size).unwrap_or(1));
    Ok(without_nulls(json!({"SecretList": page.items, "NextToken": page.next})))
}

fn listed(name: &str, secret: &Secret) -> Value {
    let mut listed = shown(name, secret);
    listed["SecretVersionsToStages"] = stages(secret);
    listed
}

/// Whether a secret passes a filter: some value of it starts with one of the
/// filter's. A filter by another key lets nothing pass.
fn passes(name: &str, secret: &Secret, filter: &Value) -> bool {
    let texts: Vec<&str> = match filter["Key"].as_str().unwrap_or_default() {
        "name" => vec![name],
        "description" => secret.description.iter().map(String::as_str).collect(),
        "tag-key" => secret.tags.keys().map(String::as_str).collect(),
        "tag-value" => secret.tags.values().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let wanted = elements(filter.get("Values")).iter().filter_map(Value::as_str);
    wanted.into_iter().any(|wanted| texts.iter().any(|text| text.starts_with(wanted)))
}
