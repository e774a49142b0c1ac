//! How often an asynchronous invocation is tried again.

use serde_json::{Value, json};

use super::{Function, function, function_arn, function_name, invalid, missing};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::clock::epoch_seconds;
use crate::sim::members::without_nulls;
use crate::sim::world::World;

/// How often Lambda tries again unless told otherwise (Lambda developer guide,
/// "Asynchronous invocation").
const DEFAULT_RETRIES: i64 = 2;

/// How often a failed asynchronous invocation of a function is tried again.
pub(super) fn of(function: &Function) -> usize {
    let set = function.retries.as_ref().and_then(|retries| retries["MaximumRetryAttempts"].as_i64());
    usize::try_from(set.unwrap_or(DEFAULT_RETRIES)).unwrap_or_default()
}

pub(super) fn put(world: &mut World, call: &Call<'_>) -> Answer {
    store(world, call, json!({}))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Answer {
    let before = function(world, call)?.retries.clone();
    let before = before.ok_or_else(|| none(call))?;
    store(world, call, before)
}

/// Stores what a call sends over what was there before.
fn store(world: &mut World, call: &Call<'_>, mut retries: Value) -> Answer {
    let arn = function_arn(call.account, call.region, function_name(call)?);
    for (member, least, most) in [("MaximumRetryAttempts", 0, 2), ("MaximumEventAgeInSeconds", 60, 21_600)] {
        match call.integer(member) {
            Some(value) if !(least..=most).contains(&value) => {
                return Err(invalid(format!("{member} must be between {least} and {most}")));
            }
            Some(value) => retries[member] = value.into(),
            None => {}
        }
    }
    for outcome in ["OnSuccess", "OnFailure"] {
        if call.input["DestinationConfig"][outcome]["Destination"].is_string() {
            return Err(invalid("the simulator sends to no destinations"));
        }
    }
    retries["FunctionArn"] = format!("{arn}:$LATEST").into();
    retries["LastModified"] = json!({"$timestamp": epoch_seconds(call.now)});
    function(world, call)?.retries = Some(retries.clone());
    Ok(without_nulls(retries))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Answer {
    function(world, call)?.retries.clone().ok_or_else(|| none(call))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    function(world, call)?.retries.take().map(|_| json!({})).ok_or_else(|| none(call))
}

fn none(call: &Call<'_>) -> ApiError {
    let name = call.string("FunctionName").unwrap_or_default();
    let arn = function_arn(call.account, call.region, name);
    missing(format!("The function {arn}:$LATEST doesn't have an EventInvokeConfig"))
}
