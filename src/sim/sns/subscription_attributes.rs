//! Attributes of subscriptions.

use std::collections::BTreeMap;

use serde_json::json;

use super::filter::{self, Scope};
use super::{Subscription, invalid, topic_mut};
use crate::sim::arn::Arn;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::world::World;

/// Sets attributes in the order in which they depend on each other.
pub(super) fn store_all(
    subscription: &mut Subscription,
    sent: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    for name in ["FilterPolicyScope", "FilterPolicy", "RawMessageDelivery"] {
        if let Some(value) = sent.get(name) {
            store(subscription, name, value)?;
        }
    }
    let known = ["FilterPolicyScope", "FilterPolicy", "RawMessageDelivery"];
    match sent.keys().find(|name| !known.contains(&name.as_str())) {
        Some(other) => Err(invalid(format!("Attributes Reason: {other} is not simulated"))),
        None => Ok(()),
    }
}

fn store(subscription: &mut Subscription, name: &str, value: &str) -> Result<(), ApiError> {
    match name {
        "RawMessageDelivery" => subscription.raw = raw(&subscription.protocol, value)?,
        "FilterPolicyScope" => {
            let scope = Scope::read(value)?;
            if let Some(policy) = &subscription.filter_policy {
                filter::check(policy, scope)?;
            }
            subscription.filter_scope = scope;
        }
        "FilterPolicy" if value.is_empty() => subscription.filter_policy = None,
        "FilterPolicy" => {
            filter::check(value, subscription.filter_scope)?;
            subscription.filter_policy = Some(value.to_owned()).filter(|policy| policy != "{}");
        }
        _ => return Err(invalid("AttributeName")),
    }
    Ok(())
}

fn raw(protocol: &str, value: &str) -> Result<bool, ApiError> {
    let raw = value
        .parse()
        .map_err(|_| invalid(format!("Attributes Reason: RawMessageDelivery: Invalid value [{value}]")))?;
    if raw && !["sqs", "http", "https", "firehose"].contains(&protocol) {
        let reason = format!("Delivery protocol [{protocol}] does not support raw message delivery.");
        return Err(invalid(format!("Attributes Reason: {reason}")));
    }
    Ok(raw)
}

pub(super) fn set(world: &mut World, call: &Call<'_>) -> Answer {
    let (_, subscription) = subscription(world, call)?;
    let name = call.string("AttributeName").unwrap_or_default();
    store(subscription, name, call.string("AttributeValue").unwrap_or_default())?;
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let (topic_arn, subscription) = subscription(world, call)?;
    let mut attributes = BTreeMap::from([
        ("SubscriptionArn", call.string("SubscriptionArn").unwrap_or_default().to_owned()),
        ("TopicArn", topic_arn.to_owned()),
        ("Owner", subscription.owner.clone()),
        ("Protocol", subscription.protocol.clone()),
        ("Endpoint", subscription.endpoint.clone()),
        ("RawMessageDelivery", subscription.raw.to_string()),
        ("PendingConfirmation", (!subscription.confirmed).to_string()),
        ("ConfirmationWasAuthenticated", subscription.confirmed.to_string()),
    ]);
    if let Some(policy) = &subscription.filter_policy {
        attributes.insert("FilterPolicy", policy.clone());
        attributes.insert("FilterPolicyScope", subscription.filter_scope.name().to_owned());
    }
    Ok(json!({"Attributes": {"$map": attributes}}))
}

/// The subscription that a call names, and its topic's ARN. The accounts of the
/// topic and of the subscriber may see and change it.
fn subscription<'c, 'w>(
    world: &'w mut World,
    call: &Call<'c>,
) -> Result<(&'c str, &'w mut Subscription), ApiError> {
    let id = call.input.get("SubscriptionArn").and_then(serde_json::Value::as_str).unwrap_or_default();
    let arn = Arn::parse(id)
        .filter(|arn| arn.service == "sns" && arn.region == call.region && arn.resource.contains(':'))
        .ok_or_else(|| invalid("SubscriptionArn Reason: An ARN must have at least 6 elements"))?;
    let topic_arn = id.rsplit_once(':').map_or(id, |(topic_arn, _)| topic_arn);
    let missing = || ApiError::new("NotFound", "Subscription does not exist").with_status(404);
    let topic = topic_mut(world, topic_arn).ok_or_else(missing)?;
    let subscription = topic.subscriptions.get_mut(id).ok_or_else(missing)?;
    if arn.account != call.account && subscription.owner != call.account {
        return Err(super::denied(call, id));
    }
    Ok((topic_arn, subscription))
}
