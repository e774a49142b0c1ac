//! Reading functions.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_lambda::operation::get_function::GetFunctionOutput;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{Architecture, FunctionConfiguration};

use super::permissions::read_policy;
use crate::aws::answer::{malformed, observe_each};
use crate::aws::classify::class_of;
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::aws::owned::OWN;
use crate::aws::quiet::quietly;
use crate::aws::text::one_line;
use crate::model::function::{FunctionSettings, ObservedFunction};
use crate::model::{Gap, Region, Sight, Tags};

/// Reads functions with their policies, tags and reserved concurrency. There is
/// an entry for every name; a function whose policy or tags can't be read is
/// unknown.
pub(crate) async fn observe_functions(
    door: &Door,
    region: Region,
    names: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedFunction>> {
    observe_each(names, gaps, |name| async move { Ok((read(door, region, &name).await?, Vec::new())) }).await
}

async fn read(door: &Door, region: Region, name: &str) -> Result<ObservedFunction, AwsError> {
    let Shown { configuration, tags, reserved_concurrency } = shown(door, region, name).await?;
    let policy = read_policy(door, region, name).await?;
    shows_environment(name, &configuration)?;
    Ok(ObservedFunction {
        code_sha256: configuration.code_sha256.clone().unwrap_or_default(),
        state: configuration.state.as_ref().map(|state| state.as_str().to_owned()),
        state_reason: configuration.state_reason.clone(),
        last_update: configuration.last_update_status.as_ref().map(|status| status.as_str().to_owned()),
        settings: settings(configuration),
        reserved_concurrency,
        policy,
        tags,
    })
}

/// What is told of a function, its policy aside.
struct Shown {
    configuration: FunctionConfiguration,
    tags: Tags,
    reserved_concurrency: Option<i32>,
}

/// GetFunction tells all of this at once, and adds a link by which anybody may
/// fetch the code (Lambda API reference, GetFunction). So it is asked for what has
/// a name of ours alone: the code of others is nothing that Foghorn may see.
async fn shown(door: &Door, region: Region, name: &str) -> Result<Shown, AwsError> {
    match name.starts_with(OWN) {
        true => ours(door, region, name).await,
        false => theirs(door, region, name).await,
    }
}

async fn ours(door: &Door, region: Region, name: &str) -> Result<Shown, AwsError> {
    let tried = format!("get function {name}");
    let call = door.lambda(region).get_function().function_name(name).send();
    let function = quietly(door.call(region, ApiGroup::Lambda, tried.clone(), call)).await?;
    let tags = tags_in(name, &function)?;
    let reserved = function.concurrency.and_then(|concurrency| concurrency.reserved_concurrent_executions);
    let configuration =
        function.configuration.ok_or_else(|| malformed(tried, "the answer holds no configuration"))?;
    Ok(Shown { configuration, tags, reserved_concurrency: reserved })
}

/// Its environment is in the answer, and may hold anything.
async fn theirs(door: &Door, region: Region, name: &str) -> Result<Shown, AwsError> {
    let tried = format!("get configuration of function {name}");
    let call = door.lambda(region).get_function_configuration().function_name(name).send();
    let answer = quietly(door.call(region, ApiGroup::Lambda, tried.clone(), call)).await?;
    let configuration = configuration_in(answer);
    let arn = configuration.function_arn().ok_or_else(|| malformed(tried, "the answer holds no ARN"))?;
    let call = door.lambda(region).list_tags().resource(arn).send();
    let tags = door.call(region, ApiGroup::Lambda, format!("list tags of function {name}"), call).await?.tags;
    let call = door.lambda(region).get_function_concurrency().function_name(name).send();
    let tried = format!("get concurrency of function {name}");
    let reserved = door.call(region, ApiGroup::Lambda, tried, call).await?.reserved_concurrent_executions;
    let tags = Tags(tags.unwrap_or_default().into_iter().collect());
    Ok(Shown { configuration, tags, reserved_concurrency: reserved })
}

/// The SDK has a type of its own for this answer. What is looked at is taken over,
/// and the environment, which may hold secrets of others, is not.
fn configuration_in(answer: GetFunctionConfigurationOutput) -> FunctionConfiguration {
    FunctionConfiguration::builder()
        .set_function_arn(answer.function_arn)
        .set_code_sha256(answer.code_sha256)
        .set_state(answer.state)
        .set_state_reason(answer.state_reason)
        .set_last_update_status(answer.last_update_status)
        .set_architectures(answer.architectures)
        .set_role(answer.role)
        .set_runtime(answer.runtime)
        .set_handler(answer.handler)
        .set_timeout(answer.timeout)
        .set_memory_size(answer.memory_size)
        .set_dead_letter_config(answer.dead_letter_config)
        .build()
}

/// The tags of a function.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn function_tags(door: &Door, region: Region, name: &str) -> Result<Tags, AwsError> {
    Ok(shown(door, region, name).await?.tags)
}

/// The tags in an answer.
fn tags_in(name: &str, function: &GetFunctionOutput) -> Result<Tags, AwsError> {
    if let Some(refusal) = &function.tags_error {
        let (code, message) = (Some(&*refusal.error_code), Some(&*refusal.message));
        return Err(refused(format!("list tags of function {name}"), code, message));
    }
    Ok(Tags(function.tags.clone().unwrap_or_default().into_iter().collect()))
}

/// An environment that was encrypted with a key that may not be used is left out.
fn shows_environment(name: &str, configuration: &FunctionConfiguration) -> Result<(), AwsError> {
    match configuration.environment.as_ref().and_then(|environment| environment.error.as_ref()) {
        None => Ok(()),
        Some(refusal) => {
            let (code, message) = (refusal.error_code.as_deref(), refusal.message.as_deref());
            Err(refused(format!("read environment of function {name}"), code, message))
        }
    }
}

/// What GetFunction leaves out of its answer, it says in the answer: that is
/// not to have none of it.
fn refused(tried: String, code: Option<&str>, message: Option<&str>) -> AwsError {
    let (code, message) = (code.unwrap_or_default(), message.unwrap_or_default());
    let class = class_of(ApiGroup::Lambda, 200, code, message);
    AwsError { tried, class, detail: one_line(&format!("{code}: {message}")) }
}

fn settings(configuration: FunctionConfiguration) -> FunctionSettings {
    let architecture = configuration.architectures().first().map_or("x86_64", Architecture::as_str);
    FunctionSettings {
        architecture: architecture.to_owned(),
        role_arn: configuration.role.unwrap_or_default(),
        runtime: configuration.runtime.map(|runtime| runtime.as_str().to_owned()).unwrap_or_default(),
        handler: configuration.handler.unwrap_or_default(),
        timeout_seconds: configuration.timeout.unwrap_or_default(),
        memory: configuration.memory_size.unwrap_or_default(),
        environment: configuration
            .environment
            .and_then(|environment| environment.variables)
            .unwrap_or_default()
            .into_iter()
            .collect(),
        dead_letter_arn: configuration
            .dead_letter_config
            .and_then(|dead_letters| dead_letters.target_arn)
            .filter(|arn| !arn.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::{EnvironmentError, EnvironmentResponse, TagsError};

    use super::*;
    use crate::model::Cause;

    #[test]
    fn an_environment_that_may_not_be_seen_is_not_taken_for_none() {
        let refusal = EnvironmentError::builder().error_code("AccessDeniedException").message("no").build();
        let environment = EnvironmentResponse::builder().error(refusal).build();
        let hidden = FunctionConfiguration::builder().environment(environment).build();
        assert_eq!(shows_environment("f", &hidden).map_err(|error| error.cause()), Err(Cause::Denied));
        assert!(shows_environment("f", &FunctionConfiguration::builder().build()).is_ok());
    }

    #[test]
    fn tags_that_may_not_be_seen_are_not_taken_for_none() {
        let refusal = TagsError::builder().error_code("AccessDeniedException").message("no").build().unwrap();
        let answer = GetFunctionOutput::builder().tags_error(refusal).build();
        assert_eq!(tags_in("f", &answer).map_err(|error| error.cause()), Err(Cause::Denied));
        assert_eq!(tags_in("f", &GetFunctionOutput::builder().build()), Ok(Tags::default()));
    }

    #[test]
    fn a_function_that_names_no_architecture_is_of_the_one_that_lambda_takes() {
        assert_eq!(settings(FunctionConfiguration::builder().build()).architecture, "x86_64");
    }
}
