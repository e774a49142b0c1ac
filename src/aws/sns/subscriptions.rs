//! Subscriptions of topics.

use std::collections::HashMap;

use aws_sdk_sns::types;
use futures::future::join_all;
use serde_json::Value;

use crate::aws::answer::{every_page, noted};
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::{AwsError, Class};
use crate::aws::request::Write;
use crate::model::subscription::FunctionSubscription;
use crate::model::topic::{CHATBOT_ENDPOINT, Subscription};
use crate::model::{Gap, Region, arn};

/// Attributes of a subscription (SNS API reference, SetSubscriptionAttributes).
const FILTER: &str = "FilterPolicy";
const RAW: &str = "RawMessageDelivery";
const SCOPE: &str = "FilterPolicyScope";

/// A filter that lets every message through: an empty policy takes an old one
/// away (SNS developer guide, removing a subscription filter policy).
const NO_FILTER: &str = "{}";

/// The subscriptions of a topic, sorted.
pub(super) async fn read_subscriptions(
    door: &Door,
    region: Region,
    topic: &str,
) -> Result<Vec<Subscription>, AwsError> {
    let client = door.sns(region);
    let arn = arn::topic(region, &door.account().id, topic);
    let page = |token| {
        let request = client.list_subscriptions_by_topic().topic_arn(&arn).set_next_token(token);
        let tried = format!("list subscriptions of topic {topic}");
        async move {
            let answer = door.call(region, ApiGroup::Sns, tried, request.send()).await?;
            Ok((answer.subscriptions.unwrap_or_default(), answer.next_token))
        }
    };
    let mut subscriptions: Vec<Subscription> =
        every_page(page).await?.into_iter().map(Subscription::from).collect();
    subscriptions
        .sort_by(|one, other| (&one.protocol, &one.endpoint).cmp(&(&other.protocol, &other.endpoint)));
    Ok(subscriptions)
}

impl From<types::Subscription> for Subscription {
    fn from(subscription: types::Subscription) -> Self {
        // In place of an ARN stands `PendingConfirmation` or `Deleted`.
        let arn = subscription.subscription_arn.filter(|arn| arn.starts_with("arn:"));
        Self {
            protocol: subscription.protocol.unwrap_or_default(),
            endpoint: subscription.endpoint.unwrap_or_default(),
            confirmed: arn.is_some(),
            arn,
            raw_delivery: None,
            filter_policy: None,
            filters_body: false,
        }
    }
}

/// The same subscriptions, with the attributes of those that lead to a room.
/// One whose attributes can't be read stays without.
pub(super) async fn with_attributes(
    door: &Door,
    region: Region,
    subscriptions: Vec<Subscription>,
    gaps: &mut Vec<Gap>,
) -> Vec<Subscription> {
    let reads = join_all(subscriptions.into_iter().map(|subscription| async move {
        let read = match subscription.arn.as_deref().filter(|_| leads_to_a_room(&subscription)) {
            Some(arn) => Some(read_attributes(door, region, arn).await),
            None => None,
        };
        (subscription, read)
    }));
    let mut complete = Vec::new();
    for (subscription, read) in reads.await {
        match read {
            // Deleted since it was listed.
            Some(Err(error)) if error.is_not_found() => {}
            Some(read) => complete.push(match noted(read, gaps) {
                Some(attributes) => described(subscription, &attributes),
                None => subscription,
            }),
            None => complete.push(subscription),
        }
    }
    complete
}

fn leads_to_a_room(subscription: &Subscription) -> bool {
    subscription.protocol == "lambda" || subscription.endpoint.starts_with(CHATBOT_ENDPOINT)
}

async fn read_attributes(
    door: &Door,
    region: Region,
    arn: &str,
) -> Result<HashMap<String, String>, AwsError> {
    let call = door.sns(region).get_subscription_attributes().subscription_arn(arn).send();
    let answer = door.call(region, ApiGroup::Sns, format!("get attributes of {arn}"), call).await?;
    Ok(answer.attributes.unwrap_or_default())
}

fn described(subscription: Subscription, attributes: &HashMap<String, String>) -> Subscription {
    let filter = attributes.get(FILTER).filter(|filter| !filter.is_empty());
    // What is no JSON is a filter all the same.
    let filter = filter.map(|text| serde_json::from_str(text).unwrap_or(Value::String(text.clone())));
    Subscription {
        raw_delivery: Some(attributes.get(RAW).is_some_and(|raw| raw == "true")),
        filter_policy: filter.filter(|filter| filter.as_object().is_none_or(|members| !members.is_empty())),
        filters_body: attributes.get(SCOPE).is_some_and(|scope| scope == "MessageBody"),
        ..subscription
    }
}

/// Subscribes a function to a topic, or takes from its subscription what keeps
/// messages from it.
///
/// # Errors
/// Whatever AWS refuses, and an update of a subscription whose ARN is not
/// known.
pub(crate) async fn apply_subscription(
    door: &Door,
    write: Write<'_>,
    subscription: &FunctionSubscription,
) -> Result<(), AwsError> {
    match write {
        Write::Create => subscribe(door, subscription).await,
        Write::Update(fields) => {
            let differs = |path: &str| fields.iter().any(|field| field.path == path);
            if differs("/filterPolicy") {
                set(door, subscription, FILTER, NO_FILTER).await?;
            }
            if differs("/rawDelivery") {
                set(door, subscription, RAW, "false").await?;
            }
            Ok(())
        }
    }
}

async fn subscribe(door: &Door, subscription: &FunctionSubscription) -> Result<(), AwsError> {
    let client = door.sns(subscription.region);
    let request = client
        .subscribe()
        .topic_arn(&subscription.topic_arn)
        .protocol("lambda")
        .endpoint(&subscription.function_arn)
        .return_subscription_arn(true);
    let tried = format!("subscribe function {} to topic {}", subscription.function, subscription.topic);
    door.call(subscription.region, ApiGroup::Sns, tried, request.send()).await?;
    Ok(())
}

async fn set(
    door: &Door,
    subscription: &FunctionSubscription,
    attribute: &str,
    value: &str,
) -> Result<(), AwsError> {
    let tried = format!("set {attribute} of subscription {}", subscription.key().name);
    let Some(arn) = &subscription.arn else {
        let detail = "the subscription's ARN is not known".to_owned();
        return Err(AwsError { tried, class: Class::Conflict, detail });
    };
    let client = door.sns(subscription.region);
    let request = client
        .set_subscription_attributes()
        .subscription_arn(arn)
        .attribute_name(attribute)
        .attribute_value(value);
    door.call(subscription.region, ApiGroup::Sns, tried, request.send()).await?;
    Ok(())
}

/// Ends a subscription.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn delete_subscription(door: &Door, region: Region, arn: &str) -> Result<(), AwsError> {
    let call = door.sns(region).unsubscribe().subscription_arn(arn).send();
    door.call(region, ApiGroup::Sns, format!("unsubscribe {arn}"), call).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn subscription(arn: &str) -> Subscription {
        let subscription =
            types::Subscription::builder().protocol("https").endpoint("https://e").subscription_arn(arn);
        subscription.build().into()
    }

    #[test]
    fn only_a_subscription_with_an_arn_is_confirmed() {
        assert!(subscription("arn:aws:sns:us-east-1:111111111111:t:1").confirmed);
        for word in ["PendingConfirmation", "Deleted"] {
            assert!(!subscription(word).confirmed, "{word}");
        }
    }

    #[test]
    fn a_filter_is_seen_and_an_empty_one_is_none() {
        let read = |filter: &str, raw: &str| {
            let attributes = [(FILTER, filter), (RAW, raw)].map(|(name, value)| (name.into(), value.into()));
            let read = described(subscription("arn:x"), &HashMap::from(attributes));
            (read.filter_policy, read.raw_delivery)
        };
        assert_eq!(read("{}", "false"), (None, Some(false)));
        assert_eq!(read(r#"{"a":["b"]}"#, "true"), (Some(json!({ "a": ["b"] })), Some(true)));
    }
}
