//! The rules of one leg, each with its target and its alarm, and the queue that
//! they share.

use crate::events::parts::Part;
use crate::fleet::spec::{Chatbot, DestinationRoom, NotifierRoom, Via};
use crate::model::desired::{Desired, Route};
use crate::model::hub::HubAddress;
use crate::model::queue::Queue;
use crate::model::rule::Rule;
use crate::model::target::{RetryPolicy, Target, TargetSettings};
use crate::model::{Key, Kind, Resource, arn};

use super::expand::want;
use super::leg::{Endpoint, Leg, Side};
use super::{alarms, chatbot, destination, function, hub, names, policies};

/// Fourteen days, the longest that SQS keeps a message.
const RETENTION_SECONDS: u32 = 1_209_600;

/// EventBridge's own default, written out so that a change of it by hand shows.
const RETRIES: RetryPolicy =
    RetryPolicy { maximum_retry_attempts: 185, maximum_event_age_in_seconds: 86_400 };

pub(super) fn expand(leg: &Leg<'_>, desired: &mut Desired) {
    let parts = leg.parts();
    if parts.is_empty() {
        return;
    }
    if leg.is_built() {
        build(leg, &parts, desired);
    }
    desired.routes.extend(route(leg, &parts));
}

fn build(leg: &Leg<'_>, parts: &[Part], desired: &mut Desired) {
    let queue =
        leg.pipeline.dead_letter.then(|| want(desired, Resource::Queue(queue(leg, parts)), Vec::new()));
    let endpoint = endpoint(leg, parts, desired);
    for part in parts {
        let bus = leg.bus().map(|bus| Key::new(Kind::EventBus, leg.region, bus));
        let rule = want(desired, Resource::Rule(rule(leg, part)), bus.into_iter().collect());
        let needs = endpoint.needs.iter().cloned().chain([rule.clone()]).chain(queue.clone()).collect();
        want(desired, Resource::Target(target(leg, part, &endpoint)), needs);
        let alarm = alarms::failed_invocations(leg, part);
        let needs = alarms::topic(leg).into_iter().chain([rule]).collect();
        want(desired, Resource::Alarm(alarm), needs);
    }
}

/// Builds what the rules lead to.
fn endpoint(leg: &Leg<'_>, parts: &[Part], desired: &mut Desired) -> Endpoint {
    match leg.side {
        Side::Member(address) => return hub::forward(leg, address),
        Side::Hub(address) => hub::bus(leg, address, desired),
        Side::Alone => {}
    }
    match &leg.pipeline.via {
        Via::Chatbot(room) => chatbot::endpoint(leg, parts, room, desired),
        Via::ApiDestination(room) => destination::endpoint(leg, room, desired),
        Via::Lambda(room) => function::endpoint(leg, parts, room, desired),
    }
}

/// The way of this leg's events; those that arise elsewhere and come to a hub
/// have theirs where they arise.
fn route(leg: &Leg<'_>, parts: &[Part]) -> Option<Route> {
    let hub = match leg.side {
        Side::Alone => None,
        Side::Member(hub) => Some(HubAddress {
            account: hub.account.clone(),
            region: hub.region,
            bus: names::bus(&leg.pipeline.name),
        }),
        Side::Hub(_) => return None,
    };
    Some(Route {
        pipeline: leg.pipeline.name.clone(),
        events: leg.families(),
        patterns: leg.pipeline.patterns().len(),
        clusters: leg.pipeline.clusters.clone(),
        region: leg.region,
        rules: leg
            .rule_places(parts)
            .into_iter()
            .map(|place| Key::new(Kind::Rule, leg.region, place))
            .collect(),
        hub,
        end: leg.end(),
    })
}

fn queue(leg: &Leg<'_>, parts: &[Part]) -> Queue {
    let name = names::dead_letters(&leg.label());
    Queue {
        region: leg.region,
        policy: policies::dead_letters(leg.region, leg.account_id(), &name, &leg.rule_places(parts)),
        name,
        retention_seconds: RETENTION_SECONDS,
        tags: leg.scope.tags.clone(),
    }
}

/// The ARN of the leg's queue, where it has one.
pub(super) fn queue_arn(leg: &Leg<'_>) -> Option<String> {
    let name = names::dead_letters(&leg.label());
    leg.pipeline.dead_letter.then(|| arn::queue(leg.region, leg.account_id(), &name))
}

fn rule(leg: &Leg<'_>, part: &Part) -> Rule {
    Rule {
        region: leg.region,
        bus: leg.bus(),
        name: names::rule(&leg.pipeline.name, part.suffix),
        description: format!("Foghorn pipeline {}: ECS failures to {}", leg.pipeline.name, whither(leg)),
        pattern: part.pattern.clone(),
        tags: leg.scope.tags.clone(),
    }
}

fn whither(leg: &Leg<'_>) -> String {
    if let Side::Member(hub) = leg.side {
        return format!("the hub in account {}", hub.account);
    }
    let room = match &leg.pipeline.via {
        Via::Chatbot(Chatbot::Slack(_)) => "Slack",
        Via::Chatbot(Chatbot::Teams(_)) => "Microsoft Teams",
        Via::ApiDestination(destination) => match destination.room {
            DestinationRoom::Slack(_) => "Slack",
            DestinationRoom::GoogleChat(_) => "Google Chat",
        },
        Via::Lambda(function) => match function.room {
            NotifierRoom::Slack(_) => "Slack",
            NotifierRoom::GoogleChat(_) => "Google Chat",
            NotifierRoom::Teams(_) => "Microsoft Teams",
        },
    };
    room.to_owned()
}

fn target(leg: &Leg<'_>, part: &Part, endpoint: &Endpoint) -> Target {
    Target {
        region: leg.region,
        rule: leg.rule_place(part),
        id: endpoint.id.to_owned(),
        settings: TargetSettings {
            arn: endpoint.arn.clone(),
            role_arn: endpoint.role_arn.clone(),
            transformer: part.transformer.clone(),
            input: None,
            input_path: None,
            retry_policy: Some(RETRIES),
            dead_letter_arn: queue_arn(leg),
        },
    }
}
