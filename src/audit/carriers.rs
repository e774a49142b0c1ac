//! What the carriers themselves counted: events not delivered, messages
//! dropped, dead letters; and whether a dead letter could be kept. Read whether
//! or not an alarm stands.

use serde_json::json;

use super::finding;
use super::paths::WalkInput;
use super::paths::queue::{Shut, shut};
use crate::model::queue::{ObservedQueue, Queue};
use crate::model::{
    Check, Desired, Finding, Location, Region, RegionSnapshot, Resource, Severity, Sight, Snapshot,
};

pub(super) fn check(walk: &WalkInput<'_>) -> Vec<Finding> {
    let regions = walk.snapshot.regions.iter();
    let mut findings: Vec<Finding> =
        regions.flat_map(|(region, seen)| check_region(walk, *region, seen)).collect();
    findings.extend(unsupported_events(walk.desired, walk.snapshot));
    findings
}

/// What stands under a name of ours and is someone else's is their business.
fn check_region(walk: &WalkInput<'_>, region: Region, seen: &RegionSnapshot) -> Vec<Finding> {
    let is_foreign = |rule: &String| {
        let observed = seen.rules.get(rule).and_then(Sight::seen);
        observed.is_some_and(|observed| observed.tags.owner() != Some(walk.fleet))
    };
    let failed = seen.failed_invocations.iter().filter(|(rule, sum)| **sum > 0.0 && !is_foreign(rule));
    let failed = failed.map(|(rule, sum)| failed_invocations(region, rule, *sum));
    let queues = walk.desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Queue(queue) if queue.region == region => Some(queue),
        _ => None,
    });
    let own = queues.filter_map(|queue| Some((queue, seen.queues.get(&queue.name)?.seen()?)));
    let own = own.filter(|(_, observed)| observed.tags.owner() == Some(walk.fleet));
    failed.chain(own.flat_map(|(queue, observed)| of_queue(walk, queue, observed))).collect()
}

fn of_queue(
    walk: &WalkInput<'_>,
    queue: &Queue,
    observed: &ObservedQueue,
) -> impl Iterator<Item = Finding> + use<> {
    let waiting = (observed.messages > 0).then(|| dead_letters(queue.region, &queue.name, observed.messages));
    let shut = shut(walk, queue, observed).map(|shut| keeps_nothing(queue.region, &queue.name, &shut));
    waiting.into_iter().chain(shut)
}

fn failed_invocations(region: Region, rule: &str, sum: f64) -> Finding {
    finding(
        Check::MetricNonZero,
        Severity::Error,
        region,
        rule,
        format!("EventBridge failed to deliver {sum} of this rule's events in the last 24 hours"),
        [("metric", json!("AWS/Events FailedInvocations")), ("sum", json!(sum)), ("hours", json!(24))],
    )
}

fn dead_letters(region: Region, queue: &str, messages: u64) -> Finding {
    let verb = if messages == 1 { "event waits" } else { "events wait" };
    finding(
        Check::DeadLetters,
        Severity::Error,
        region,
        queue,
        format!("{messages} {verb} here that could not be delivered; each says why in its attributes"),
        [("messages", json!(messages))],
    )
}

fn keeps_nothing(region: Region, queue: &str, Shut { rules, why }: &Shut) -> Finding {
    finding(
        Check::DeadLetters,
        Severity::Warning,
        region,
        queue,
        format!("what could not be delivered would be lost, for nothing can be put here: {why}"),
        [("rules", json!(rules))],
    )
}

fn unsupported_events(desired: &Desired, snapshot: &Snapshot) -> Vec<Finding> {
    let Some(global) = &snapshot.global else { return Vec::new() };
    let counted =
        global.unsupported_events.iter().filter(|(name, sum)| **sum > 0.0 && is_ours(desired, name));
    let found = counted.map(|(name, sum)| {
        let noun = if *sum == 1.0 { "message" } else { "messages" };
        finding(
            Check::MetricNonZero,
            Severity::Error,
            Location::Global,
            name,
            format!("AWS Chatbot dropped {sum} {noun} in the last 24 hours that it does not support"),
            [("metric", json!("AWS/Chatbot UnsupportedEvents")), ("sum", json!(sum)), ("hours", json!(24))],
        )
    });
    found.collect()
}

fn is_ours(desired: &Desired, configuration: &str) -> bool {
    desired.resources.keys().any(|key| key.location == Location::Global && key.name == configuration)
}
