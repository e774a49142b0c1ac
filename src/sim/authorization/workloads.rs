//! What IAM is asked about calls of AWS Lambda and Amazon ECS.

use super::{Authorization, NONE, action, arn, has_tags, pass};
use crate::sim::call::Call;

pub(super) fn of_lambda(call: &Call<'_>) -> Vec<Authorization> {
    let the_call = |resource: String| Authorization::new(action("lambda", call), resource);
    let role = call.string("Role").map(|role| pass(role, "lambda.amazonaws.com"));
    let Some(name) = call.string("FunctionName") else {
        return vec![the_call(call.string("Resource").unwrap_or(NONE).to_owned())];
    };
    let function = function(call, name);
    let more = match call.operation {
        "CreateFunction" if has_tags(call, "Tags") => Some("lambda:TagResource"),
        // The answer holds the tags of a function only for those who may list
        // them (Lambda API reference, GetFunction).
        "GetFunction" => Some("lambda:ListTags"),
        _ => None,
    };
    let more = more.map(|action| Authorization::new(action, &*function));
    [the_call(function)].into_iter().chain(more).chain(role).collect()
}

/// By its name or ARN, a version or an alias behind it or not.
fn function(call: &Call<'_>, given: &str) -> String {
    if given.starts_with("arn:") {
        return given.to_owned();
    }
    arn(call, "lambda", &format!("function:{given}"))
}

pub(super) fn of_ecs(call: &Call<'_>) -> Vec<Authorization> {
    let the_call = |resource: String| Authorization::new(action("ecs", call), resource);
    let cluster = last(call.string("cluster").unwrap_or("default"));
    let service = |given: &str| arn(call, "ecs", &format!("service/{cluster}/{}", last(given)));
    match call.operation {
        "DescribeServices" => call.strings("services").into_iter().map(service).map(the_call).collect(),
        "UpdateService" => vec![the_call(service(call.string("service").unwrap_or_default()))],
        _ => vec![the_call(NONE.to_owned())],
    }
}

/// The name of what is given by its name or ARN.
fn last(given: &str) -> &str {
    given.rsplit('/').next().unwrap_or(given)
}
