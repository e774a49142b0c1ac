//! Functions: made, shown, listed and deleted.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::configuration::{Settings, digest, shown};
use super::{Change, Function, checks, code, conflict, function, function_name, invalid, not_found};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::{string_map, without_nulls};
use crate::sim::paging;
use crate::sim::world::World;

/// The most functions on a page (Lambda API reference, "ListFunctions").
const PAGE: i64 = 50;

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let name = function_name(call)?;
    checks::name(name)?;
    checks::unpublished(call)?;
    if call.string("PackageType").is_some_and(|package| package != "Zip") {
        return Err(invalid("the simulator runs zip files only"));
    }
    let zip = code::read(&call.input["Code"], call)?;
    let settings = Settings::default().replaced(world, call)?;
    if world.region(call.account, call.region).lambda.functions.contains_key(name) {
        return Err(conflict(format!("Function already exist: {name}")));
    }
    check_storage(world, call, zip.len())?;
    let function = Function {
        settings,
        code_sha256: digest(&zip),
        code: Arc::new(zip),
        modified: call.now,
        revision: world.next_uuid(),
        change: changed(world, call, true),
        tags: string_map(call.input.get("Tags")),
        statements: BTreeMap::new(),
        reserved_concurrency: None,
        retries: None,
    };
    let answer = changing(&function, name, call);
    world.region(call.account, call.region).lambda.functions.insert(name.to_owned(), function);
    Ok(answer)
}

/// A change that a call makes now.
pub(super) fn changed(world: &World, call: &Call<'_>, creation: bool) -> Change {
    let knobs = &world.knobs.lambda;
    Change { creation, ready: call.now + knobs.change_takes, failure: knobs.change_fails.clone() }
}

/// The answer of the call that makes a change, which is never done at once.
pub(super) fn changing(function: &Function, name: &str, call: &Call<'_>) -> Value {
    let before = call.now.min(function.change.ready) - time::Duration::MILLISECOND;
    shown(function, name, call, before)
}

pub(super) fn check_storage(world: &mut World, call: &Call<'_>, added: usize) -> Result<(), ApiError> {
    let functions = &world.region(call.account, call.region).lambda.functions;
    let stored: usize = functions.values().map(|function| function.code.len()).sum();
    if stored + added > code::STORAGE_BYTES {
        return Err(ApiError::new("CodeStorageExceededException", "Code storage limit exceeded."));
    }
    Ok(())
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let name = function_name(call)?;
    let endpoint = world.endpoint.clone();
    let function = function(world, call)?;
    let location = format!("{endpoint}/_foghorn/code/{}/{}/{name}", call.account, call.region);
    let tags = (!function.tags.is_empty()).then(|| json!(function.tags));
    let concurrency =
        function.reserved_concurrency.map(|count| json!({"ReservedConcurrentExecutions": count}));
    Ok(without_nulls(json!({
        "Configuration": shown(function, name, call, call.now),
        "Code": {"RepositoryType": "S3", "Location": location},
        "Tags": tags,
        "Concurrency": concurrency,
    })))
}

pub(super) fn get_configuration(world: &mut World, call: &Call<'_>) -> Answer {
    let name = function_name(call)?;
    Ok(shown(function(world, call)?, name, call, call.now))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let size = call.integer("MaxItems").unwrap_or(PAGE).clamp(1, PAGE);
    let start = call
        .string("Marker")
        .map(|token| paging::key_of(token).ok_or_else(|| invalid("Invalid marker")))
        .transpose()?;
    let functions = &world.region(call.account, call.region).lambda.functions;
    let rest = functions
        .iter()
        .filter(|(name, _)| start.as_ref().is_none_or(|start| *name > start))
        .map(|(name, function)| (name.as_str(), listed(function, name, call)));
    let page = paging::take(rest, usize::try_from(size).unwrap_or(1));
    Ok(without_nulls(json!({"Functions": page.items, "NextMarker": page.next})))
}

/// A list leaves out the members that say how far a change has come (Lambda
/// API reference, "ListFunctions").
fn listed(function: &Function, name: &str, call: &Call<'_>) -> Value {
    let mut listed = shown(function, name, call, call.now);
    if let Some(members) = listed.as_object_mut() {
        members.retain(|member, _| !member.starts_with("State") && !member.starts_with("LastUpdate"));
    }
    listed
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let name = function_name(call)?;
    let removed = world.region(call.account, call.region).lambda.functions.remove(name);
    removed.map(|_| json!({})).ok_or_else(|| not_found(&super::named(call, name)))
}
