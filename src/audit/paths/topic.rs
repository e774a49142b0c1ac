//! From a target through a topic to whoever is subscribed.

use serde_json::Value;

use super::access::{Request, judge};
use super::chatbot;
use super::function;
use super::ground::Whose;
use super::target::{Arn, Shot};
use super::trail::{Ear, Step, Trail};
use crate::events::pattern::Pattern;
use crate::model::desired::RouteEnd;
use crate::model::topic::{ObservedTopic, Subscription};
use crate::model::{Key, Kind, Resource, Sight};

/// Every way on from a topic.
pub(super) fn walk(shot: &Shot<'_, '_>, arn: Arn<'_>, trail: Trail) -> Vec<Trail> {
    let ground = shot.ground;
    if !arn.is_on(ground) {
        let why = "the topic is in another account or Region and was not read".to_owned();
        return vec![trail.then("topic", arn.resource, Step::Doubtful(why))];
    }
    let sight = ground.seen().and_then(|seen| seen.topics.get(arn.resource));
    match ground.find((Kind::Topic, arn.resource), sight, |topic| ground.owns(&topic.tags)) {
        Ok(topic) => through(shot, arn.resource, topic, &trail),
        Err(Step::Unseen) => unseen(shot, arn.resource, None, trail),
        Err(Step::Stops(why)) if matches!(sight, Some(Sight::Absent)) => {
            let rest = chatbot::will_not_subscribe(shot, arn.resource).unwrap_or_default();
            vec![trail.then("topic", arn.resource, Step::Stops(why + &rest))]
        }
        Err(step) => vec![trail.then("topic", arn.resource, step)],
    }
}

fn through(shot: &Shot<'_, '_>, name: &str, topic: &ObservedTopic, trail: &Trail) -> Vec<Trail> {
    let into = |trail: Trail| {
        let trail =
            trail.then("topic", name, Step::Carries).then("topicKey", name, key_lets_through(shot, topic));
        match (&shot.settings.role_arn, shot.role()) {
            (Some(role), Some(step)) => trail.then("role", role, step),
            _ => trail.then("topicPolicy", name, policy_lets_through(shot, name, topic)),
        }
    };
    let Some(subscriptions) = &topic.subscriptions else {
        return unseen(shot, name, Some(topic), trail.clone());
    };
    let channels =
        chatbot::walk(shot, name, Some(topic), &|step| into(trail.clone().then("transformer", name, step)));
    let others = subscriptions.iter().filter_map(|subscription| other(shot, subscription, trail, &into));
    let mut trails: Vec<Trail> = channels.into_iter().chain(others.flatten()).collect();
    if trails.is_empty() {
        trails.push(nobody(shot, name, into(trail.clone())));
    }
    trails
}

/// A subscription other than AWS Chatbot's.
fn other(
    shot: &Shot<'_, '_>,
    subscription: &Subscription,
    trail: &Trail,
    into: &dyn Fn(Trail) -> Trail,
) -> Option<Vec<Trail>> {
    let endpoint = subscription.endpoint.as_str();
    let arrived = |step| into(trail.clone().then("transformer", endpoint, step));
    match subscription.protocol.as_str() {
        "lambda" => {
            let through = arrived(Step::Carries).then("subscription", endpoint, delivers(shot, subscription));
            Some(function::from_topic(shot, endpoint, through))
        }
        "email" | "email-json" | "sms" if shot.may_end_with(&Ear::Person) => {
            let through = arrived(Step::Carries).then("subscription", endpoint, delivers(shot, subscription));
            Some(vec![through.heard_by(Ear::Person)])
        }
        "https" | "http" | "sqs" | "firehose" | "application"
            if shot.end.is_none() && !subscription.is_chatbots() =>
        {
            let why = format!(
                "it leads to {}, and whether that tells anybody can't be seen here",
                subscription.protocol
            );
            Some(vec![arrived(Step::Carries).then(
                "subscription",
                subscription.protocol.as_str(),
                Step::Doubtful(why),
            )])
        }
        _ => None,
    }
}

/// Whether a subscription delivers what EventBridge or CloudWatch publishes. Such
/// messages have no attributes, so that a filter on attributes lets none through
/// (SNS developer guide, subscription filter policies).
pub(super) fn delivers(shot: &Shot<'_, '_>, subscription: &Subscription) -> Step {
    if !subscription.confirmed {
        return Step::Stops("the subscription was never confirmed".to_owned());
    }
    let Some(filter) = &subscription.filter_policy else { return Step::Carries };
    if !subscription.filters_body {
        return Step::Stops(format!(
            "the subscription filters by attributes, which {} lack",
            shot.sender.messages()
        ));
    }
    let body = shot.text().ok().flatten().and_then(|text| serde_json::from_str::<Value>(&text).ok());
    match (Pattern::parse(filter), body) {
        (Ok(pattern), Some(body)) if pattern.matches(&body) => Step::Carries,
        (Ok(_), Some(_)) => Step::Stops("the subscription's filter leaves this message out".to_owned()),
        _ => Step::Doubtful(
            "whether the subscription's filter lets this through can't be judged here".to_owned(),
        ),
    }
}

/// The key that AWS manages for SNS lets no other service in, and says so to
/// nobody; whether another key does stands in a policy that is not read
/// (EventBridge user guide, troubleshooting).
fn key_lets_through(shot: &Shot<'_, '_>, topic: &ObservedTopic) -> Step {
    match topic.kms_key.as_deref() {
        None => Step::Carries,
        // A role asks for itself, and what it may do is in doubt anyway.
        Some(_) if shot.settings.role_arn.is_some() => Step::Carries,
        Some(key) if key.ends_with("alias/aws/sns") => Step::Stops(format!(
            "the topic is encrypted with the key alias/aws/sns, which lets no {} publish; take a customer key \
             that allows {}, or none",
            shot.sender.noun(),
            shot.sender.principal()
        )),
        Some(key) => Step::Doubtful(format!(
            "the topic is encrypted with the key {key}, and nobody can tell here whether it lets {} publish",
            shot.sender.service()
        )),
    }
}

fn policy_lets_through(shot: &Shot<'_, '_>, name: &str, topic: &ObservedTopic) -> Step {
    let wanted = match shot.ground.wanted(Kind::Topic, name) {
        Some(Resource::Topic(topic)) => Some(&topic.policy),
        _ => None,
    };
    let closed = format!("the topic's policy does not let this {} publish", shot.sender.noun());
    let request = Request::from_sender(shot, "sns:Publish", &shot.settings.arn);
    judge(topic.policy.as_ref(), wanted, &request, &closed)
}

/// A topic that could not be read, or, where it is given, not to whom it delivers.
fn unseen(shot: &Shot<'_, '_>, name: &str, topic: Option<&ObservedTopic>, trail: Trail) -> Vec<Trail> {
    let into = |step: Step| {
        let trail = trail.clone().then("transformer", name, step).then("topic", name, Step::Unseen);
        trail.then("topicKey", name, Step::Unseen).then("topicPolicy", name, Step::Unseen)
    };
    match shot.end {
        Some(RouteEnd::Channel(_)) => chatbot::walk(shot, name, topic, &into),
        _ => vec![into(Step::Carries)],
    }
}

fn nobody(shot: &Shot<'_, '_>, name: &str, trail: Trail) -> Trail {
    let step = match (shot.ground.whose, shot.end) {
        (Whose::Ours, Some(RouteEnd::Function(_))) => {
            let key = subscription_key(shot, name);
            shot.ground.not_built("the function is not subscribed to the topic", key.as_ref())
        }
        _ => Step::Stops("nobody is subscribed to the topic who would tell a person".to_owned()),
    };
    trail.then("subscription", name, step)
}

/// The key of the subscription that the fleet asks for on a topic.
fn subscription_key(shot: &Shot<'_, '_>, topic: &str) -> Option<Key> {
    let ground = shot.ground;
    let is_on_topic = |resource: &Resource| match resource {
        Resource::Subscription(one) => one.region == ground.region && one.topic == topic,
        _ => false,
    };
    let mut all = ground.desired.resources.iter().filter(|(_, wanted)| is_on_topic(&wanted.resource));
    all.next().map(|(key, _)| key.clone())
}
