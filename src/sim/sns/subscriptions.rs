//! Subscriptions of topics.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::filter::Scope;
use super::{Subscription, invalid, page, subscription_attributes, topic, topic_mut};
use crate::sim::arn::Arn;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::ids;
use crate::sim::members::{boolean, string_map};
use crate::sim::world::World;

const PROTOCOLS: [&str; 9] =
    ["http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose"];

pub(super) fn subscribe(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = call.string("TopicArn").unwrap_or_default();
    let (protocol, endpoint) =
        (call.string("Protocol").unwrap_or_default(), call.string("Endpoint").unwrap_or_default());
    check_endpoint(protocol, endpoint)?;
    let confirmed = confirms_itself(protocol, endpoint, call.account);
    let serial = world.next_serial();
    let mut subscription = Subscription {
        protocol: protocol.to_owned(),
        endpoint: endpoint.to_owned(),
        owner: call.account.to_owned(),
        confirmed,
        raw: false,
        filter_policy: None,
        filter_scope: Scope::default(),
    };
    subscription_attributes::store_all(&mut subscription, &string_map(call.input.get("Attributes")))?;
    let topic = topic(world, call, "TopicArn")?;
    let (id, confirmed) = insert(&mut topic.subscriptions, arn, subscription, serial);
    let show = confirmed || boolean(call.input.get("ReturnSubscriptionArn")).unwrap_or(false);
    Ok(json!({"SubscriptionArn": if show { id } else { "pending confirmation".to_owned() }}))
}

/// Adds a subscription, or finds the one with the same protocol and endpoint.
fn insert(
    subscriptions: &mut BTreeMap<String, Subscription>,
    topic_arn: &str,
    subscription: Subscription,
    serial: u64,
) -> (String, bool) {
    let same = |other: &Subscription| {
        (&other.protocol, &other.endpoint, &other.owner)
            == (&subscription.protocol, &subscription.endpoint, &subscription.owner)
    };
    if let Some((id, existing)) = subscriptions.iter().find(|(_, other)| same(other)) {
        return (id.clone(), existing.confirmed);
    }
    let id = format!("{topic_arn}:{}", ids::uuid(serial));
    let confirmed = subscription.confirmed;
    subscriptions.insert(id.clone(), subscription);
    (id, confirmed)
}

fn check_endpoint(protocol: &str, endpoint: &str) -> Result<(), ApiError> {
    if !PROTOCOLS.contains(&protocol) {
        return Err(invalid(format!("Amazon SNS does not support this protocol string: {protocol}")));
    }
    let fits = match protocol {
        "http" => endpoint.starts_with("http://"),
        "https" => endpoint.starts_with("https://"),
        "email" | "email-json" => endpoint.contains('@'),
        "sqs" | "lambda" | "firehose" => Arn::parse(endpoint).is_some_and(|arn| arn.service == protocol),
        _ => !endpoint.is_empty(),
    };
    if !fits {
        return Err(invalid(format!("Endpoint Reason: {endpoint:?} does not fit the protocol {protocol}")));
    }
    Ok(())
}

/// Whether SNS takes the subscription without asking the endpoint: a queue or a
/// function of the account that subscribes.
fn confirms_itself(protocol: &str, endpoint: &str, account: &str) -> bool {
    match protocol {
        "sqs" | "lambda" | "firehose" => Arn::parse(endpoint).is_some_and(|arn| arn.account == account),
        "sms" | "application" => true,
        _ => false,
    }
}

/// Subscribes an endpoint of another service, which confirms at once. `None` if
/// the topic does not exist.
pub(crate) fn subscribe_service(
    world: &mut World,
    topic_arn: &str,
    owner: &str,
    endpoint: &str,
) -> Option<()> {
    let serial = world.next_serial();
    let topic = topic_mut(world, topic_arn)?;
    let subscription = Subscription {
        protocol: "https".to_owned(),
        endpoint: endpoint.to_owned(),
        owner: owner.to_owned(),
        confirmed: true,
        raw: false,
        filter_policy: None,
        filter_scope: Scope::default(),
    };
    insert(&mut topic.subscriptions, topic_arn, subscription, serial);
    Some(())
}

/// Takes back what [`subscribe_service`] made, if it is still there.
pub(crate) fn unsubscribe_service(world: &mut World, topic_arn: &str, owner: &str, endpoint: &str) {
    if let Some(topic) = topic_mut(world, topic_arn) {
        topic.subscriptions.retain(|_, other| other.endpoint != endpoint || other.owner != owner);
    }
}

pub(super) fn unsubscribe(world: &mut World, call: &Call<'_>) -> Answer {
    let id = call.string("SubscriptionArn").unwrap_or_default();
    let topic_arn = Arn::parse(id)
        .filter(|arn| arn.service == "sns" && arn.region == call.region && arn.resource.contains(':'))
        .and_then(|_| id.rsplit_once(':'))
        .map(|(topic_arn, _)| topic_arn)
        .ok_or_else(|| invalid("SubscriptionArn Reason: An ARN must have at least 6 elements"))?;
    let Some(topic) = topic_mut(world, topic_arn) else { return Ok(json!({})) };
    let own = Arn::parse(topic_arn).is_some_and(|arn| arn.account == call.account);
    let may = |subscription: &Subscription| own || subscription.owner == call.account;
    match topic.subscriptions.get(id) {
        Some(subscription) if !may(subscription) => return Err(super::denied(call, id)),
        Some(_) => topic.deleted_subscriptions += 1,
        None => {}
    }
    topic.subscriptions.remove(id);
    Ok(json!({}))
}

pub(super) fn list_by_topic(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = call.string("TopicArn").unwrap_or_default();
    let topic = topic(world, call, "TopicArn")?;
    let items =
        topic.subscriptions.iter().map(|(id, subscription)| (id.as_str(), entry(arn, id, subscription)));
    page(call, "Subscriptions", items)
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let topics = &world.region(call.account, call.region).sns.topics;
    let mut items: BTreeMap<&str, Value> = BTreeMap::new();
    for (name, topic) in topics {
        let arn = super::topic_arn(call, name);
        let entries =
            topic.subscriptions.iter().filter(|(_, subscription)| subscription.owner == call.account);
        items.extend(entries.map(|(id, subscription)| (id.as_str(), entry(&arn, id, subscription))));
    }
    page(call, "Subscriptions", items.into_iter())
}

fn entry(topic_arn: &str, id: &str, subscription: &Subscription) -> Value {
    json!({
        "SubscriptionArn": if subscription.confirmed { id } else { "PendingConfirmation" },
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": topic_arn,
    })
}
