//! Messages from a publisher through a topic to its subscriptions.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{PendingDelivery, Subscription, filter, invalid, topic, topic_mut};
use crate::sim::arn::Arn;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::cloudwatch::add_metric;
use crate::sim::policy::{self, Access, Principal};
use crate::sim::world::World;
use crate::sim::{chatbot, clock, members, sqs};

/// The bytes of the longest message, 256 KiB unless a topic is set otherwise.
const MAX_BYTES: usize = 262_144;

/// What is published.
#[derive(Debug, Clone, Default)]
pub(crate) struct Message {
    pub(crate) subject: Option<String>,
    pub(crate) body: String,
    /// Whether the body is a JSON object with a text for each protocol.
    pub(crate) by_protocol: bool,
    /// Message attributes in the service model's form.
    pub(crate) attributes: BTreeMap<String, Value>,
}

/// Why a service could not publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such topic.
    NoTopic,
    /// The topic's policy does not let the service publish.
    NotAllowed,
    /// The topic is encrypted with the key that AWS manages, whose policy lets
    /// no service in.
    KeyOfAws,
}

/// Publishes for another service, if the topic's policy lets it.
///
/// # Errors
/// When the topic is not there, or its policy says no.
pub(crate) fn publish_as_service(
    world: &mut World,
    topic_arn: &str,
    service: &str,
    context: BTreeMap<&'static str, String>,
    message: &Message,
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    let topic = topic_mut(world, topic_arn).ok_or(Refusal::NoTopic)?;
    let access = Access {
        principal: Principal::Service(service),
        action: "sns:Publish",
        resource: topic_arn,
        context,
    };
    if !policy::allows(&topic.policy, &access) {
        return Err(Refusal::NotAllowed);
    }
    if topic.attributes.get("KmsMasterKeyId").is_some_and(|key| key.ends_with("alias/aws/sns")) {
        return Err(Refusal::KeyOfAws);
    }
    deliver(world, topic_arn, message, now);
    Ok(())
}

/// Answers the `Publish` operation.
pub(super) fn publish_call(world: &mut World, call: &Call<'_>) -> Answer {
    let member = if call.string("TopicArn").is_some() { "TopicArn" } else { "TargetArn" };
    let message = Message {
        subject: call.string("Subject").map(str::to_owned),
        body: call.string("Message").unwrap_or_default().to_owned(),
        by_protocol: call.string("MessageStructure") == Some("json"),
        attributes: message_attributes(call),
    };
    check(&message)?;
    topic(world, call, member)?;
    let id = deliver(world, call.string(member).unwrap_or_default(), &message, call.now);
    Ok(json!({"MessageId": id}))
}

fn message_attributes(call: &Call<'_>) -> BTreeMap<String, Value> {
    let sent = call.input.get("MessageAttributes").and_then(Value::as_object);
    sent.cloned().unwrap_or_default().into_iter().collect()
}

fn check(message: &Message) -> Result<(), ApiError> {
    if message.body.is_empty() {
        return Err(invalid("Empty message"));
    }
    if message.body.len() > MAX_BYTES {
        return Err(invalid("Message too long"));
    }
    if message.subject.as_ref().is_some_and(|subject| subject.is_empty() || subject.chars().count() > 100) {
        return Err(invalid("Subject"));
    }
    if message.by_protocol {
        let texts: Value = serde_json::from_str(&message.body)
            .map_err(|_| invalid("Message Structure - JSON message body failed to parse"))?;
        if !texts["default"].is_string() {
            return Err(invalid("Message Structure - No default entry in JSON message body"));
        }
    }
    Ok(())
}

/// Sends a message to every confirmed subscription of a topic that is there,
/// without asking its policy. The answer is the message's id.
pub(crate) fn deliver(world: &mut World, topic_arn: &str, message: &Message, now: OffsetDateTime) -> String {
    let id = world.next_uuid();
    let subscriptions: Vec<Subscription> = topic_mut(world, topic_arn)
        .map(|topic| {
            topic.subscriptions.values().filter(|subscription| subscription.confirmed).cloned().collect()
        })
        .unwrap_or_default();
    count(world, topic_arn, "NumberOfMessagesPublished", now);
    for subscription in subscriptions {
        let text = text_for(message, &subscription.protocol);
        let wanted = subscription.filter_policy.as_ref().is_none_or(|policy| {
            filter::passes(policy, subscription.filter_scope, &message.attributes, &text)
        });
        if !wanted {
            count(world, topic_arn, "NumberOfNotificationsFilteredOut", now);
            continue;
        }
        let envelope = || envelope(topic_arn, &id, message.subject.as_deref(), &text, now);
        let delivered = match subscription.protocol.as_str() {
            "sqs" => {
                let body = if subscription.raw { text.clone() } else { envelope().to_string() };
                to_queue(world, topic_arn, &subscription.endpoint, body, now)
            }
            "https" if subscription.endpoint == chatbot::SNS_ENDPOINT => {
                // Chatbot reads the envelope, and drops what comes without one.
                if !subscription.raw {
                    chatbot::receive_from_topic(world, &subscription.owner, topic_arn, &text, now);
                }
                true
            }
            _ => {
                let body = if subscription.raw { text.clone() } else { envelope().to_string() };
                to_outside(world, topic_arn, &subscription, body);
                true
            }
        };
        let metric = if delivered { "NumberOfNotificationsDelivered" } else { "NumberOfNotificationsFailed" };
        count(world, topic_arn, metric, now);
    }
    id
}

/// Counts in the topic's own account and Region, under its name alone.
fn count(world: &mut World, topic_arn: &str, metric: &str, now: OffsetDateTime) {
    let Some(arn) = Arn::parse(topic_arn) else { return };
    let dimensions = [("TopicName", arn.resource)];
    add_metric(world, arn.account, arn.region, "AWS/SNS", metric, &dimensions, 1.0, now);
}

/// The text for a protocol; a message without one for it has a default.
fn text_for(message: &Message, protocol: &str) -> String {
    if !message.by_protocol {
        return message.body.clone();
    }
    let texts: Value = serde_json::from_str(&message.body).unwrap_or_default();
    texts[protocol].as_str().or(texts["default"].as_str()).unwrap_or_default().to_owned()
}

fn envelope(topic_arn: &str, id: &str, subject: Option<&str>, text: &str, now: OffsetDateTime) -> Value {
    members::without_nulls(json!({
        "Type": "Notification",
        "MessageId": id,
        "TopicArn": topic_arn,
        "Subject": subject,
        "Message": text,
        "Timestamp": clock::iso_milliseconds(now),
        "SignatureVersion": "1",
        "Signature": "",
        "SigningCertURL": "",
        "UnsubscribeURL": "",
    }))
}

fn to_queue(world: &mut World, topic_arn: &str, queue_arn: &str, body: String, now: OffsetDateTime) -> bool {
    let account = Arn::parse(topic_arn).map_or_else(String::new, |arn| arn.account.to_owned());
    let context = BTreeMap::from([("aws:sourcearn", topic_arn.to_owned()), ("aws:sourceaccount", account)]);
    // A queue that refuses its topic loses the message, as it does in SNS.
    sqs::send_as_service(world, queue_arn, "sns.amazonaws.com", context, body, BTreeMap::new(), now).is_ok()
}

fn to_outside(world: &mut World, topic_arn: &str, subscription: &Subscription, body: String) {
    let Some(arn) = Arn::parse(topic_arn) else { return };
    world.region(arn.account, arn.region).sns.pending.push(PendingDelivery {
        topic_arn: topic_arn.to_owned(),
        protocol: subscription.protocol.clone(),
        endpoint: subscription.endpoint.clone(),
        body,
    });
}
