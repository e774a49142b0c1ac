//! Attributes of topics.

use std::collections::BTreeMap;

use serde_json::json;

use super::topic_policy::check_policy;
use super::{Topic, invalid, topic};
use crate::sim::arn::Arn;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::world::World;

/// Attributes that can be set, but for the policy.
const SETTABLE: [&str; 10] = [
    "ContentBasedDeduplication",
    "DeliveryPolicy",
    "DisplayName",
    "FifoThroughputScope",
    "FifoTopic",
    "HTTPSuccessFeedbackSampleRate",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "SignatureVersion",
    "TracingConfig",
];

/// The retry schedule that every topic has until it gets its own.
const EFFECTIVE_DELIVERY_POLICY: &str = r#"{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}"#;

/// Stores an attribute that is not the policy.
pub(super) fn store(topic: &mut Topic, attribute: &str, value: &str) -> Result<(), ApiError> {
    if !SETTABLE.contains(&attribute) {
        return Err(invalid("AttributeName"));
    }
    if value.is_empty() {
        topic.attributes.remove(attribute);
    } else {
        topic.attributes.insert(attribute.to_owned(), value.to_owned());
    }
    Ok(())
}

pub(super) fn set(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = call.string("TopicArn").unwrap_or_default();
    let value = call.string("AttributeValue").unwrap_or_default();
    let topic = topic(world, call, "TopicArn")?;
    match call.string("AttributeName").unwrap_or_default() {
        "Policy" => topic.policy = check_policy(value, arn)?,
        attribute => store(topic, attribute, value)?,
    }
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = call.string("TopicArn").unwrap_or_default();
    let owner = Arn::parse(arn).map_or("", |arn| arn.account);
    let topic = topic(world, call, "TopicArn")?;
    let confirmed = topic.subscriptions.values().filter(|subscription| subscription.confirmed).count();
    let mut attributes: BTreeMap<&str, String> = BTreeMap::from([
        ("TopicArn", arn.to_owned()),
        ("Owner", owner.to_owned()),
        ("Policy", topic.policy.clone()),
        ("DisplayName", String::new()),
        ("EffectiveDeliveryPolicy", EFFECTIVE_DELIVERY_POLICY.to_owned()),
        ("SubscriptionsConfirmed", confirmed.to_string()),
        ("SubscriptionsPending", (topic.subscriptions.len() - confirmed).to_string()),
        ("SubscriptionsDeleted", topic.deleted_subscriptions.to_string()),
    ]);
    attributes.extend(topic.attributes.iter().map(|(name, value)| (name.as_str(), value.clone())));
    Ok(json!({"Attributes": {"$map": attributes}}))
}
