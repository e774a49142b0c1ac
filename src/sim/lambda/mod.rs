//! AWS Lambda: functions, their policies, and their invocations.
//!
//! Calls change functions and put invocations into a queue, all under the
//! world's lock. A function calls back into the simulator, so [`runner`] takes
//! the invocations from the queue and runs them outside the lock, each in a
//! process of its own that speaks the Lambda runtime API.

mod checks;
mod code;
mod completion;
mod concurrency;
mod configuration;
mod embedded_metrics;
mod environment;
mod functions;
mod instance;
mod invoke;
mod logs;
mod permissions;
mod queue;
mod retries;
pub mod routes;
pub(crate) mod runner;
mod runtime_api;
mod tags;
#[cfg(test)]
mod tests;
mod updates;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::arn::Arn;
use super::call::{Answer, ApiError, Call};
use super::tag_list::Tags;
use super::world::World;

pub(crate) use invoke::{Refusal, deliver_from_topic, invoke_as_service, pending, result};
pub use logs::log;
pub use queue::{Runs, settle};

/// The service's state.
#[derive(Debug, Default)]
pub struct State {
    /// Functions by name.
    functions: BTreeMap<String, Function>,
}

/// How Lambda takes changes and failures, which a test scripts.
#[derive(Debug, Clone, Default)]
pub struct Knobs {
    /// How long a function is `Pending` after it was made, and an update
    /// `InProgress`.
    pub change_takes: Duration,
    /// The reason code with which every change ends in `Failed`,
    /// `InvalidRuntime` say.
    pub change_fails: Option<String>,
    /// How long an asynchronous invocation waits before its second and third
    /// try: a minute and two minutes in AWS (Lambda developer guide,
    /// "Asynchronous invocation"), and no time here unless set.
    pub retry_delays: [std::time::Duration; 2],
}

/// One function.
#[derive(Debug, Clone)]
struct Function {
    /// What the callers set, in the members of FunctionConfiguration.
    settings: configuration::Settings,
    /// The zip file.
    code: Arc<Vec<u8>>,
    code_sha256: String,
    modified: OffsetDateTime,
    revision: String,
    change: Change,
    tags: Tags,
    /// The statements of its resource policy by their id.
    statements: BTreeMap<String, Value>,
    reserved_concurrency: Option<i64>,
    retries: Option<Value>,
}

/// The last change of a function.
#[derive(Debug, Clone)]
struct Change {
    /// Whether it made the function.
    creation: bool,
    /// When it is in effect.
    ready: OffsetDateTime,
    /// The reason code with which it fails then, if it does.
    failure: Option<String>,
}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "CreateFunction" => functions::create(world, call),
        "GetFunction" => functions::get(world, call),
        "GetFunctionConfiguration" => functions::get_configuration(world, call),
        "ListFunctions" => functions::list(world, call),
        "DeleteFunction" => functions::delete(world, call),
        "UpdateFunctionCode" => updates::code(world, call),
        "UpdateFunctionConfiguration" => updates::configuration(world, call),
        "AddPermission" => permissions::add(world, call),
        "RemovePermission" => permissions::remove(world, call),
        "GetPolicy" => permissions::get(world, call),
        "TagResource" => tags::tag(world, call),
        "UntagResource" => tags::untag(world, call),
        "ListTags" => tags::list(world, call),
        "Invoke" => invoke::invoke(world, call),
        "PutFunctionEventInvokeConfig" => retries::put(world, call),
        "UpdateFunctionEventInvokeConfig" => retries::update(world, call),
        "GetFunctionEventInvokeConfig" => retries::get(world, call),
        "DeleteFunctionEventInvokeConfig" => retries::delete(world, call),
        "PutFunctionConcurrency" => concurrency::put(world, call),
        "GetFunctionConcurrency" => concurrency::get(world, call),
        "DeleteFunctionConcurrency" => concurrency::delete(world, call),
        _ => Err(call.unknown_operation()),
    }
}

fn function_arn(account: &str, region: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{account}:function:{name}")
}

/// The account, Region and name that a function's ARN holds.
fn place(arn: &str) -> Option<(&str, &str, &str)> {
    let arn = Arn::parse(arn).filter(|arn| arn.service == "lambda")?;
    let name = arn.resource.strip_prefix("function:")?;
    let name = name.strip_suffix(":$LATEST").unwrap_or(name);
    (!name.contains(':')).then_some((arn.account, arn.region, name))
}

/// The function of an ARN, wherever it is.
fn function_mut<'w>(world: &'w mut World, arn: &str) -> Option<&'w mut Function> {
    let (account, region, name) = place(arn)?;
    world.accounts.get_mut(account)?.regions.get_mut(region)?.lambda.functions.get_mut(name)
}

/// The name of the function that a call means by name, partial ARN or ARN.
fn function_name<'c>(call: &'c Call<'_>) -> Result<&'c str, ApiError> {
    let text = call.string("FunctionName").unwrap_or_default();
    let qualifier = call.string("Qualifier").unwrap_or("$LATEST");
    let missing = || not_found(&format!("{}:{qualifier}", named(call, text)));
    if qualifier != "$LATEST" {
        return Err(missing());
    }
    if text.starts_with("arn:") {
        let (account, region, name) = place(text).ok_or_else(missing)?;
        return if (account, region) == (call.account, call.region) { Ok(name) } else { Err(missing()) };
    }
    let partial = text.strip_prefix(call.account).map_or(text, |rest| rest.trim_start_matches(':'));
    Ok(partial.strip_prefix("function:").unwrap_or(partial))
}

fn named(call: &Call<'_>, text: &str) -> String {
    if text.starts_with("arn:") { text.to_owned() } else { function_arn(call.account, call.region, text) }
}

/// The function that a call means.
fn function<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Function, ApiError> {
    let name = function_name(call)?;
    let missing = || not_found(&function_arn(call.account, call.region, name));
    world.region(call.account, call.region).lambda.functions.get_mut(name).ok_or_else(missing)
}

fn not_found(arn: &str) -> ApiError {
    missing(format!("Function not found: {arn}"))
}

fn missing(message: impl Into<String>) -> ApiError {
    ApiError::new("ResourceNotFoundException", message).with_status(404)
}

fn conflict(message: impl Into<String>) -> ApiError {
    ApiError::new("ResourceConflictException", message).with_status(409)
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterValueException", message)
}
