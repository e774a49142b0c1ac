//! Amazon SNS: topics, their policies, and their subscriptions.

mod attributes;
pub(crate) mod delivery;
mod filter;
mod subscription_attributes;
mod subscriptions;
#[cfg(test)]
mod tests;
mod topic_policy;
mod topics;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::arn::Arn;
use super::call::{Answer, ApiError, Call};
use super::paging;
use super::policy::{self, Access, Principal};
use super::tag_list::Tags;
use super::world::World;

pub(crate) use subscriptions::{subscribe_service, unsubscribe_service};

/// The service's state.
#[derive(Debug, Default)]
pub struct State {
    /// Topics by name.
    pub(crate) topics: BTreeMap<String, Topic>,
    /// What was sent to endpoints that the simulator does not carry to: email
    /// addresses, functions and web servers.
    pub pending: Vec<PendingDelivery>,
}

/// One topic.
#[derive(Debug, Default)]
pub(crate) struct Topic {
    pub(crate) policy: String,
    /// Subscriptions by their ARN.
    pub(crate) subscriptions: BTreeMap<String, Subscription>,
    /// The attributes that can be set, but for the policy.
    attributes: BTreeMap<String, String>,
    deleted_subscriptions: usize,
    tags: Tags,
}

/// One subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) protocol: String,
    pub(crate) endpoint: String,
    /// The account that subscribed.
    pub(crate) owner: String,
    pub(crate) confirmed: bool,
    pub(crate) raw: bool,
    /// The filter policy as it was put, and what it looks at.
    pub(crate) filter_policy: Option<String>,
    pub(crate) filter_scope: filter::Scope,
}

/// A message on its way out of the simulated world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingDelivery {
    /// The topic that sent it.
    pub topic_arn: String,
    /// The subscription's protocol, `email` say.
    pub protocol: String,
    /// Where it goes.
    pub endpoint: String,
    /// What it says.
    pub body: String,
}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "CreateTopic" => topics::create(world, call),
        "DeleteTopic" => topics::delete(world, call),
        "ListTopics" => topics::list(world, call),
        "GetTopicAttributes" => attributes::get(world, call),
        "SetTopicAttributes" => attributes::set(world, call),
        "Subscribe" => subscriptions::subscribe(world, call),
        "Unsubscribe" => subscriptions::unsubscribe(world, call),
        "GetSubscriptionAttributes" => subscription_attributes::get(world, call),
        "SetSubscriptionAttributes" => subscription_attributes::set(world, call),
        "ListSubscriptionsByTopic" => subscriptions::list_by_topic(world, call),
        "ListSubscriptions" => subscriptions::list(world, call),
        "TagResource" => topics::tag(world, call),
        "UntagResource" => topics::untag(world, call),
        "ListTagsForResource" => topics::list_tags(world, call),
        "Publish" => delivery::publish_call(world, call),
        _ => Err(call.unknown_operation()),
    }
}

/// The topic of an ARN, wherever it is.
pub(crate) fn topic_mut<'w>(world: &'w mut World, arn: &str) -> Option<&'w mut Topic> {
    let arn = Arn::parse(arn).filter(|arn| arn.service == "sns")?;
    let region = world.accounts.get_mut(arn.account)?.regions.get_mut(arn.region)?;
    region.sns.topics.get_mut(arn.resource)
}

/// The tags of every topic, by ARN.
pub(crate) fn tagged(state: &State, account: &str, region: &str) -> Vec<(String, Tags)> {
    let arn = |name: &str| format!("arn:aws:sns:{region}:{account}:{name}");
    state.topics.iter().map(|(name, topic)| (arn(name), topic.tags.clone())).collect()
}

fn topic_arn(call: &Call<'_>, name: &str) -> String {
    format!("arn:aws:sns:{}:{}:{name}", call.region, call.account)
}

fn invalid(message: impl std::fmt::Display) -> ApiError {
    ApiError::new("InvalidParameter", format!("Invalid parameter: {message}"))
}

fn topic_not_found() -> ApiError {
    ApiError::new("NotFound", "Topic does not exist").with_status(404)
}

/// The topic that a call names and may act on. The topic's own account may do
/// everything here; for another account the topic's policy decides.
fn topic<'w>(world: &'w mut World, call: &Call<'_>, member: &str) -> Result<&'w mut Topic, ApiError> {
    let text = call.string(member).unwrap_or_default();
    let arn = Arn::parse(text)
        .filter(|arn| arn.service == "sns" && arn.region == call.region && !arn.resource.contains(':'))
        .ok_or_else(|| invalid(member))?;
    let owner = arn.account;
    let topic = topic_mut(world, text).ok_or_else(topic_not_found)?;
    let action = format!("SNS:{}", call.operation);
    let access = Access {
        principal: Principal::Account(call.account),
        action: &action,
        resource: text,
        context: BTreeMap::from([("aws:sourceowner", call.account.to_owned())]),
    };
    if owner != call.account && !policy::allows(&topic.policy, &access) {
        return Err(denied(call, text));
    }
    Ok(topic)
}

fn denied(call: &Call<'_>, resource: &str) -> ApiError {
    let (principal, operation) = (call.principal, call.operation);
    let message = format!(
        "User: {principal} is not authorized to perform: SNS:{operation} on resource: {resource} because no resource-based policy allows the SNS:{operation} action"
    );
    ApiError::new("AuthorizationError", message).with_status(403)
}

/// The items of SNS's pages, which hold 100 each.
fn page<'k>(
    call: &Call<'_>,
    member: &str,
    items: impl Iterator<Item = (&'k str, Value)>,
) -> Result<Value, ApiError> {
    let start = call
        .string("NextToken")
        .filter(|token| !token.is_empty())
        .map(|token| paging::key_of(token).ok_or_else(|| invalid("NextToken Reason: Invalid token")))
        .transpose()?;
    let rest = items.filter(|(key, _)| start.as_deref().is_none_or(|start| *key > start));
    let page = paging::take(rest, 100);
    Ok(super::members::without_nulls(json!({member: page.items, "NextToken": page.next})))
}
