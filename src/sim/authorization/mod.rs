//! What IAM would be asked about a call: the actions, the resources and the
//! values of condition keys, as the service authorization reference has them.
//!
//! One call may ask for several: who makes a rule with tags also tags it, and
//! who gives it a role passes that role on. IAM decides on each by itself, and
//! the call is allowed if all are.

mod eventbridge;
mod messaging;
mod others;
mod workloads;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::call::Call;
use super::identity::partition;
use super::service::{Service, is_write};
use super::world::World;
use super::{chatbot, tagging};

/// The resource of an action that takes none.
const NONE: &str = "*";

/// One thing that IAM decides on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Authorization {
    /// The action, `events:PutRule` say.
    pub action: String,
    /// The resource's ARN, or `*` where the action takes none.
    pub resource: String,
    /// The values of condition keys: those of the request that are particular
    /// to the service, and for a call that changes something the resource's
    /// tags as they are before it. `aws:RequestedRegion` is the call's Region
    /// and not repeated here.
    pub conditions: BTreeMap<String, String>,
}

impl Authorization {
    fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), conditions: BTreeMap::new() }
    }

    fn when(mut self, key: &str, value: impl Into<String>) -> Self {
        self.conditions.insert(key.to_owned(), value.into());
        self
    }
}

/// What IAM is asked about a call. Nothing, where everyone may make it.
pub fn authorizations(world: &mut World, service: Service, call: &Call<'_>) -> Vec<Authorization> {
    let mut asked = match service {
        Service::Events => eventbridge::asked(world, call),
        Service::Sns => messaging::of_sns(call),
        Service::Sqs => messaging::of_sqs(call),
        Service::Lambda => workloads::of_lambda(call),
        Service::Ecs => workloads::of_ecs(call),
        Service::CloudWatch => others::of_cloudwatch(call),
        Service::Chatbot => others::of_chatbot(call),
        Service::SecretsManager => others::of_secretsmanager(world, call),
        Service::Sts => others::of_sts(call),
        Service::Organizations => others::of_organizations(world, call),
        Service::Tagging => vec![Authorization::new(action("tag", call), NONE)],
    };
    if is_write(call.operation) {
        asked.iter_mut().for_each(|one| add_tags(world, call, one));
    }
    asked
}

fn add_tags(world: &mut World, call: &Call<'_>, authorization: &mut Authorization) {
    let arn = &authorization.resource;
    let tags = chatbot::tags_of(world, call.account, arn)
        .or_else(|| tagging::tags_of(world, call.account, call.region, arn));
    for (key, value) in tags.into_iter().flatten() {
        authorization.conditions.insert(format!("aws:ResourceTag/{key}"), value);
    }
}

fn action(prefix: &str, call: &Call<'_>) -> String {
    format!("{prefix}:{}", call.operation)
}

/// The ARN of something in the call's account and Region.
fn arn(call: &Call<'_>, service: &str, resource: &str) -> String {
    format!("arn:{}:{service}:{}:{}:{resource}", partition(call.region), call.region, call.account)
}

/// Whether the call brings tags along.
fn has_tags(call: &Call<'_>, member: &str) -> bool {
    match call.input.get(member) {
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Object(map)) => !map.is_empty(),
        _ => false,
    }
}

/// That a role is handed to a service.
fn pass(role: &str, service: &str) -> Authorization {
    Authorization::new("iam:PassRole", role).when("iam:PassedToService", service)
}

/// That a service makes its own role in the account, which it does with the
/// first of what it needs the role for.
fn service_linked_role(call: &Call<'_>, service: &str, name: &str) -> Authorization {
    let (partition, account) = (partition(call.region), call.account);
    let role = format!("arn:{partition}:iam::{account}:role/aws-service-role/{service}/{name}");
    Authorization::new("iam:CreateServiceLinkedRole", role).when("iam:AWSServiceName", service)
}

#[cfg(test)]
mod tests;
