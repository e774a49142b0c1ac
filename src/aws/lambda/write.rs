//! Making, changing and deleting functions.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    Architecture, DeadLetterConfig, Environment, FunctionCode, LastUpdateStatus, Runtime, State,
};

use super::permissions::permit;
use super::read::function_tags;
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::{AwsError, Class};
use crate::aws::request::Write;
use crate::model::function::{Code, Function};
use crate::model::{Cause, FieldChange, Region, arn};

/// How often, and how far apart, a function is asked whether it has taken a
/// change: two minutes at most.
const LOOKS: u32 = 120;
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// The time for one attempt to send a function's code. It is megabytes, which
/// take longer on a slow line than any other call may.
const UPLOAD: Duration = Duration::from_secs(60);

/// Creates or updates a function. A new function gets its tags in the call that
/// makes it, so that it is never without an owner.
///
/// # Errors
/// The first call that AWS refuses, code that can't be had, and a function that
/// does not take a change.
pub(crate) async fn apply_function(
    door: &Door,
    write: Write<'_>,
    function: &Function,
) -> Result<(), AwsError> {
    match write {
        Write::Create => {
            create(door, function).await?;
            taken(door, function).await?;
            permit(door, function).await
        }
        Write::Update(fields) => update(door, function, Parts::by(fields)).await,
    }
}

/// The parts of a function that have a call of their own.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parts {
    code: bool,
    configuration: bool,
    policy: bool,
    tags: bool,
}

impl Parts {
    /// The architecture belongs to the code: it changes together with it.
    fn by(fields: &[FieldChange]) -> Self {
        let mut parts = Self::default();
        for field in fields {
            match field.path.as_str() {
                "/codeSha256" | "/architecture" => parts.code = true,
                "/policy" => parts.policy = true,
                path if path.starts_with("/tags/") => parts.tags = true,
                _ => parts.configuration = true,
            }
        }
        parts
    }
}

async fn update(door: &Door, function: &Function, parts: Parts) -> Result<(), AwsError> {
    if parts.code || parts.configuration {
        // Lambda refuses a change while another is under way. One that failed
        // may be what this one mends.
        settled(door, function).await?;
    }
    if parts.configuration {
        configure(door, function).await?;
        taken(door, function).await?;
    }
    if parts.code {
        put_code(door, function).await?;
        taken(door, function).await?;
    }
    if parts.policy {
        permit(door, function).await?;
    }
    if parts.tags {
        tag(door, function).await?;
    }
    Ok(())
}

async fn create(door: &Door, function: &Function) -> Result<(), AwsError> {
    let tried = format!("create function {}", function.name);
    let settings = &function.settings;
    let code = FunctionCode::builder().zip_file(Blob::new(&*code_of(function, &tried)?.zip)).build();
    let client = door.lambda(function.region);
    let request = client
        .create_function()
        .function_name(&function.name)
        .description(&function.description)
        .code(code)
        .role(&settings.role_arn)
        .runtime(Runtime::from(settings.runtime.as_str()))
        .handler(&settings.handler)
        .architectures(Architecture::from(settings.architecture.as_str()))
        .timeout(settings.timeout_seconds)
        .memory_size(settings.memory)
        .environment(environment(function))
        .set_dead_letter_config(settings.dead_letter_arn.as_ref().map(|_| dead_letters(function)))
        .set_tags(Some(sdk_tags(function)));
    let call = request.customize().config_override(patient()).send();
    match door.call(function.region, ApiGroup::Lambda, tried, call).await {
        // An attempt whose answer was lost may have made it all the same.
        Err(error) if error.class == Class::Conflict && is_made(door, function).await? => Ok(()),
        created => created.map(drop),
    }
}

/// Whether the function is there, with all of its tags: as this fleet makes it.
async fn is_made(door: &Door, function: &Function) -> Result<bool, AwsError> {
    let tags = function_tags(door, function.region, &function.name).await?;
    Ok(tags.diff(&function.tags).is_empty())
}

/// The settings of a call that sends code.
fn patient() -> aws_sdk_lambda::config::Builder {
    let times = TimeoutConfig::builder().operation_attempt_timeout(UPLOAD).operation_timeout(2 * UPLOAD);
    aws_sdk_lambda::config::Builder::default().timeout_config(times.build())
}

fn code_of<'a>(function: &'a Function, tried: &str) -> Result<&'a Code, AwsError> {
    function.code.as_ref().map_err(|why| AwsError::failed(tried, Cause::Other, why))
}

async fn put_code(door: &Door, function: &Function) -> Result<(), AwsError> {
    let tried = format!("update code of function {}", function.name);
    let code = code_of(function, &tried)?;
    let client = door.lambda(function.region);
    let request = client
        .update_function_code()
        .function_name(&function.name)
        .zip_file(Blob::new(&*code.zip))
        .architectures(Architecture::from(function.settings.architecture.as_str()));
    let call = request.customize().config_override(patient()).send();
    door.call(function.region, ApiGroup::Lambda, tried, call).await?;
    Ok(())
}

async fn configure(door: &Door, function: &Function) -> Result<(), AwsError> {
    let settings = &function.settings;
    let client = door.lambda(function.region);
    let request = client
        .update_function_configuration()
        .function_name(&function.name)
        .description(&function.description)
        .role(&settings.role_arn)
        .runtime(Runtime::from(settings.runtime.as_str()))
        .handler(&settings.handler)
        .timeout(settings.timeout_seconds)
        .memory_size(settings.memory)
        .environment(environment(function))
        .dead_letter_config(dead_letters(function));
    let tried = format!("update configuration of function {}", function.name);
    door.call(function.region, ApiGroup::Lambda, tried, request.send()).await?;
    Ok(())
}

fn environment(function: &Function) -> Environment {
    let variables = function.settings.environment.clone().into_iter().collect();
    Environment::builder().set_variables(Some(variables)).build()
}

/// An empty ARN takes an old one away (Lambda API reference,
/// UpdateFunctionConfiguration).
fn dead_letters(function: &Function) -> DeadLetterConfig {
    let arn = function.settings.dead_letter_arn.clone().unwrap_or_default();
    DeadLetterConfig::builder().target_arn(arn).build()
}

async fn tag(door: &Door, function: &Function) -> Result<(), AwsError> {
    let arn = arn::function(function.region, &door.account().id, &function.name);
    let call = door.lambda(function.region).tag_resource().resource(arn);
    let call = call.set_tags(Some(sdk_tags(function))).send();
    door.call(function.region, ApiGroup::Lambda, format!("tag function {}", function.name), call).await?;
    Ok(())
}

fn sdk_tags(function: &Function) -> HashMap<String, String> {
    function.tags.0.clone().into_iter().collect()
}

/// Waits until a change of ours is in force.
///
/// # Errors
/// Whatever AWS refuses, a change that failed, and one that takes too long.
async fn taken(door: &Door, function: &Function) -> Result<(), AwsError> {
    match settled(door, function).await? {
        None => Ok(()),
        Some(why) => Err(AwsError::failed(format!("wait for function {}", function.name), Cause::Other, why)),
    }
}

/// Waits until no change of the function is under way, and says why the last
/// one failed if it did.
///
/// # Errors
/// Whatever AWS refuses, and a change that takes too long.
async fn settled(door: &Door, function: &Function) -> Result<Option<String>, AwsError> {
    let tried = format!("wait for function {}", function.name);
    for _ in 0..LOOKS {
        let call = door.lambda(function.region).get_function_configuration().function_name(&function.name);
        let now = door.call(function.region, ApiGroup::Lambda, tried.clone(), call.send()).await?;
        match standing(now.state.as_ref(), now.last_update_status.as_ref()) {
            Standing::Settled => return Ok(None),
            Standing::Failed => {
                let why = now.last_update_status_reason.or(now.state_reason);
                return Ok(Some(why.unwrap_or_else(|| "Lambda gives no reason".to_owned())));
            }
            Standing::UnderWay => tokio::time::sleep(BETWEEN_LOOKS).await,
        }
    }
    Err(AwsError::failed(tried, Cause::TimedOut, "its last change is still under way"))
}

/// How a function stands to its last change.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Settled,
    UnderWay,
    Failed,
}

fn standing(state: Option<&State>, update: Option<&LastUpdateStatus>) -> Standing {
    match (state, update) {
        (Some(State::Pending), _) | (_, Some(LastUpdateStatus::InProgress)) => Standing::UnderWay,
        (Some(State::Failed), _) | (_, Some(LastUpdateStatus::Failed)) => Standing::Failed,
        _ => Standing::Settled,
    }
}

/// Deletes a function with its permissions.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn delete_function(door: &Door, region: Region, name: &str) -> Result<(), AwsError> {
    let call = door.lambda(region).delete_function().function_name(name).send();
    door.call(region, ApiGroup::Lambda, format!("delete function {name}"), call).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_calls_only_for_the_parts_that_differ() {
        let parts = |paths: &[&str]| {
            let fields: Vec<FieldChange> = paths.iter().map(|path| FieldChange::new(path, 1, 2)).collect();
            Parts::by(&fields)
        };
        assert_eq!(parts(&["/codeSha256"]), Parts { code: true, ..Parts::default() });
        assert_eq!(parts(&["/architecture"]), Parts { code: true, ..Parts::default() });
        assert_eq!(parts(&["/memory"]), Parts { configuration: true, ..Parts::default() });
        assert_eq!(parts(&["/policy", "/tags/team"]), Parts { policy: true, tags: true, ..Parts::default() });
    }

    #[test]
    fn a_function_is_not_touched_while_lambda_is_at_work_on_it() {
        for (state, update, expected) in [
            (State::Pending, LastUpdateStatus::InProgress, Standing::UnderWay),
            (State::Active, LastUpdateStatus::InProgress, Standing::UnderWay),
            (State::Active, LastUpdateStatus::Successful, Standing::Settled),
            (State::Active, LastUpdateStatus::Failed, Standing::Failed),
            (State::Failed, LastUpdateStatus::Failed, Standing::Failed),
        ] {
            assert_eq!(standing(Some(&state), Some(&update)), expected, "{state} {update}");
        }
        assert_eq!(standing(None, None), Standing::Settled);
    }
}
