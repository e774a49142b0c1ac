//! The fleet's own routes: each family's sample events, down the rules that
//! the pipeline has, to the pipeline's own end.

use serde_json::Value;

use super::WalkInput;
use super::ground::Ground;
use super::rule;
use super::trail::{Ear, Step, Trail, best, worst};
use crate::events::pattern::Pattern;
use crate::events::samples::{Sample, Scene, sample_cluster, samples};
use crate::model::desired::{Route, RouteEnd};
use crate::model::pass::{MadeBy, Path, PathState};
use crate::model::{EventFamily, Key, Partition, Resource};

/// When samples happen. No pattern of ours asks for a time.
pub(super) const SOME_TIME: &str = "2026-01-01T00:00:00Z";

/// How events of the user's own patterns are called in reports.
const PATTERN: &str = "pattern";

/// The verdict on each family of a route.
pub(super) fn paths(input: &WalkInput<'_>, route: &Route) -> Vec<Path> {
    let ground = Ground::of(input, route.region);
    if let Some(trail) = has_no_chatbot(route) {
        return route.events.iter().map(|family| path(route, family.name(), &trail)).collect();
    }
    let families = route.events.iter().map(|family| (family.name(), of_family(&ground, route, *family)));
    let patterns = (route.patterns > 0).then(|| (PATTERN, of_patterns(&ground, route)));
    // Where nothing was read nobody knows whether there is a failure to be lost.
    let judged = |trail: Trail| if ground.is_blank() { trail.in_doubt() } else { trail };
    families.chain(patterns).map(|(event, trail)| path(route, event, &judged(trail))).collect()
}

/// Every ARN of AWS Chatbot's service model is in the partition `aws`, so that
/// elsewhere nothing is built that leads to it.
fn has_no_chatbot(route: &Route) -> Option<Trail> {
    let RouteEnd::Channel(channel) = &route.end else { return None };
    let partition = route.region.partition();
    let why = format!("AWS Chatbot does not exist in the partition {partition}");
    (partition != Partition::Aws)
        .then(|| Trail::default().then("room", channel.to_string(), Step::Stops(why)))
}

fn path(route: &Route, event: &str, trail: &Trail) -> Path {
    let state = trail.state();
    Path {
        pipeline: route.pipeline.clone(),
        made_by: MadeBy::Fleet,
        event: event.to_owned(),
        location: route.region.into(),
        state,
        broken_at: trail.broken_at().filter(|_| state != PathState::Heard).map(Into::into),
        why: trail.why(),
        hops: trail.hops(),
    }
}

/// Every sample must arrive; the one that fares worst speaks for the family.
fn of_family(ground: &Ground<'_>, route: &Route, family: EventFamily) -> Trail {
    let cluster = sample_cluster(&route.clusters);
    let scene = Scene { account: ground.account, region: ground.region, cluster: &cluster, time: SOME_TIME };
    let of_family = samples(&scene).into_iter().filter(|sample: &Sample| sample.is_of(family));
    let trails = of_family.map(|sample| of_event(ground, route, &sample.event)).collect();
    worst(trails).unwrap_or_else(nothing_leads_there)
}

/// The best way of one event through the rules that are to take it.
fn of_event(ground: &Ground<'_>, route: &Route, event: &Value) -> Trail {
    let takes = |key: &&Key| is_to_take(ground, key, event);
    let walked = route.rules.iter().filter(takes).map(|key| through(ground, route, key, Some(event)));
    best(walked.collect()).unwrap_or_else(nothing_leads_there)
}

/// No sample is known of an event that only the user's pattern describes, so
/// only what does not depend on the event is walked.
fn of_patterns(ground: &Ground<'_>, route: &Route) -> Trail {
    let rules = route.rules.iter().rev().take(route.patterns);
    worst(rules.map(|key| through(ground, route, key, None)).collect()).unwrap_or_else(nothing_leads_there)
}

fn through(ground: &Ground<'_>, route: &Route, key: &Key, event: Option<&Value>) -> Trail {
    let arrivals = rule::walk(ground, &key.name, event, Some(&route.end));
    best(arrivals).map_or_else(nothing_leads_there, |trail| at_its_end(trail, &route.end))
}

/// A way that ends elsewhere than the pipeline's room is not the pipeline's.
fn at_its_end(trail: Trail, end: &RouteEnd) -> Trail {
    let is_there = match (&trail.ear, end) {
        (None, _) => true,
        (Some(Ear::Channel(channel)), RouteEnd::Channel(wanted)) => channel == wanted,
        (Some(Ear::Destination(name)), RouteEnd::Destination { name: wanted, .. }) => name == wanted,
        (Some(Ear::Function(name)), RouteEnd::Function(wanted)) => name == wanted,
        _ => false,
    };
    if is_there || trail.is_stopped() {
        return trail;
    }
    let why = "the way ends in another room than the pipeline's".to_owned();
    trail.then("room", "", Step::Stops(why))
}

/// Whether the rule of a key is the one that is to take an event. Where what it
/// shall be can't be told, it may be.
fn is_to_take(ground: &Ground<'_>, key: &Key, event: &Value) -> bool {
    match ground.wanted(key.kind, &key.name) {
        Some(Resource::Rule(rule)) => {
            Pattern::parse(&rule.pattern).is_ok_and(|pattern| pattern.matches(event))
        }
        _ => true,
    }
}

fn nothing_leads_there() -> Trail {
    Trail::default().then("rule", "", Step::Stops("no rule of the pipeline takes this event".to_owned()))
}
