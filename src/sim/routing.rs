//! Events on their way: from a bus through rules and transformers to targets,
//! and to the dead-letter queue where that fails.

mod api_destination;
mod attempts;
mod dead_letter;
mod forward;
mod payload;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;
use time::OffsetDateTime;

use super::arn::Arn;
use super::cloudwatch::add_metric;
use super::events::{DEFAULT_BUS, bus_of_arn, rule_arn};
use super::sns::delivery::{Message, publish_as_service};
use super::world::World;
use super::{clock, sns, sqs};
use crate::events::transformer::Invocation;
use attempts::Attempts;
use forward::Journey;

pub use dead_letter::DeadLetter;

/// The service that EventBridge calls itself in policies.
const EVENTS: &str = "events.amazonaws.com";

/// What became of one event at one target of one rule that matched it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The rule's name.
    pub rule: String,
    /// The target's ARN.
    pub target: String,
    /// How it went.
    pub outcome: Outcome,
}

/// How the invocation of a target went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The target took the message.
    Delivered,
    /// The invocation failed for good, and was counted in `FailedInvocations`.
    Failed {
        /// EventBridge's error code, as in the dead letter.
        code: &'static str,
        /// The text beside it.
        message: String,
        /// What became of the dead letter.
        dead_letter: DeadLetter,
    },
}

/// Why the invocation of a target failed for good.
#[derive(Debug)]
struct Failure {
    code: &'static str,
    message: String,
}

/// A bus: its account, its Region and its name.
pub(crate) type Place<'a> = (&'a str, &'a str, &'a str);

/// A rule that matched, with what is needed to invoke its targets.
struct Match<'a> {
    place: Place<'a>,
    name: String,
    arn: String,
    targets: Vec<Value>,
}

/// Puts an event on the default bus of an account and Region: invokes every
/// target of every enabled rule that matches it, and counts what happened in
/// the metrics of `AWS/Events`.
pub fn publish_event(
    world: &mut World,
    account: &str,
    region: &str,
    event: &Value,
    now: OffsetDateTime,
) -> Vec<Delivery> {
    publish_on(world, (account, region, DEFAULT_BUS), event, now)
}

/// Puts an event on any bus; one that is not there drops it.
pub(crate) fn publish_on(
    world: &mut World,
    place: Place<'_>,
    event: &Value,
    now: OffsetDateTime,
) -> Vec<Delivery> {
    travel(world, place, event, Journey::default(), now)
}

fn travel(
    world: &mut World,
    place: Place<'_>,
    event: &Value,
    journey: Journey,
    now: OffsetDateTime,
) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    for rule in matching(world, place, event) {
        count(world, &rule, "TriggeredRules", 1, now);
        for target in &rule.targets {
            let outcome = invoke(world, &rule, target, event, journey, now);
            let target = target["Arn"].as_str().unwrap_or_default().to_owned();
            deliveries.push(Delivery { rule: rule.name.clone(), target, outcome });
        }
    }
    deliveries
}

fn matching<'a>(world: &mut World, place: Place<'a>, event: &Value) -> Vec<Match<'a>> {
    let (account, region, bus) = place;
    let rules = world.region(account, region).events.rules_of(bus);
    rules
        .into_iter()
        .flatten()
        .filter(|(_, rule)| {
            rule.enabled && rule.pattern.as_ref().is_some_and(|pattern| pattern.matches(event))
        })
        .map(|(name, rule)| Match {
            place,
            name: name.clone(),
            arn: rule_arn(account, region, bus, name),
            targets: rule.targets.values().cloned().collect(),
        })
        .collect()
}

/// Counts in a metric of a rule. Rules of custom buses have the bus as a
/// dimension too (metrics page of the EventBridge user guide).
fn count(world: &mut World, rule: &Match<'_>, metric: &str, times: u32, now: OffsetDateTime) {
    let (account, region, bus) = rule.place;
    let dimensions = [("EventBusName", bus), ("RuleName", rule.name.as_str())];
    let dimensions = if bus == DEFAULT_BUS { &dimensions[1..] } else { &dimensions };
    if times > 0 {
        add_metric(world, account, region, "AWS/Events", metric, dimensions, f64::from(times), now);
    }
}

fn invoke(
    world: &mut World,
    rule: &Match<'_>,
    target: &Value,
    event: &Value,
    journey: Journey,
    now: OffsetDateTime,
) -> Outcome {
    count(world, rule, "Invocations", 1, now);
    let ingestion_time = clock::iso_seconds(now);
    let invocation =
        Invocation { rule_arn: &rule.arn, rule_name: &rule.name, ingestion_time: &ingestion_time };
    let attempts = match payload::render(target, event, &invocation) {
        Ok(body) => deliver(world, rule, target, event, body, journey, now),
        Err(failure) => Attempts::none(failure),
    };
    attempts.count(world, rule, now);
    match &attempts.result {
        Ok(()) => Outcome::Delivered,
        Err(failure) => {
            count(world, rule, "FailedInvocations", 1, now);
            let dead_letter = dead_letter::bury(world, rule, target, event, &attempts, now);
            if let Some(metric) = dead_letter.metric() {
                count(world, rule, metric, 1, now);
            }
            Outcome::Failed { code: failure.code, message: failure.message.clone(), dead_letter }
        }
    }
}

/// Takes what was rendered to the target, by the way that its kind needs.
fn deliver(
    world: &mut World,
    rule: &Match<'_>,
    target: &Value,
    event: &Value,
    body: String,
    journey: Journey,
    now: OffsetDateTime,
) -> Attempts {
    let (account, region, _) = rule.place;
    let arn = target["Arn"].as_str().unwrap_or_default();
    if let Some(bus) = bus_of_arn(arn) {
        return Attempts::once(forward::forward(world, rule, bus, target, event, journey, now));
    }
    if api_destination::is_one(arn) {
        return api_destination::deliver(world, (account, region), target, body, now);
    }
    Attempts::once(send(world, (account, region), &rule.arn, target, body, now))
}

/// The request context that EventBridge carries for a rule.
fn context(account: &str, rule_arn: &str) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("aws:sourceaccount", account.to_owned()), ("aws:sourcearn", rule_arn.to_owned())])
}

fn send(
    world: &mut World,
    (account, region): (&str, &str),
    rule_arn: &str,
    target: &Value,
    body: String,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let arn = target["Arn"].as_str().unwrap_or_default();
    let by_role = acts_by_role(world, account, target)?;
    match Arn::parse(arn).map(|parsed| parsed.service) {
        Some("sns") => {
            let message = Message { body, ..Message::default() };
            if by_role && sns::topic_mut(world, arn).is_some() {
                sns::delivery::deliver(world, arn, &message, now);
                return Ok(());
            }
            publish_as_service(world, arn, EVENTS, context(account, rule_arn), &message, now)
                .map_err(|refusal| refused(arn, refusal == sns::delivery::Refusal::NoTopic))
        }
        Some("sqs") => {
            sqs::send_as_service(world, arn, EVENTS, context(account, rule_arn), body, BTreeMap::new(), now)
                .map_err(|refusal| refused(arn, refusal == sqs::Refusal::NoQueue))
        }
        service => Err(Failure {
            code: "UNSUPPORTED_TARGET",
            message: format!(
                "the simulator in {region} carries no events to {}",
                service.unwrap_or("this target")
            ),
        }),
    }
}

/// Whether the target is invoked with a role, which then needs no policy of the
/// target. A role that is not there can't be assumed.
fn acts_by_role(world: &World, account: &str, target: &Value) -> Result<bool, Failure> {
    let Some(role) = target["RoleArn"].as_str() else { return Ok(false) };
    let name = role.rsplit('/').next().unwrap_or_default();
    if world.accounts.get(account).is_some_and(|account| account.roles.contains_key(name)) {
        return Ok(true);
    }
    Err(Failure { code: "NO_PERMISSIONS", message: format!("The role {role} can't be assumed by {EVENTS}") })
}

fn refused(arn: &str, missing: bool) -> Failure {
    if missing {
        return Failure { code: "NO_RESOURCE", message: format!("The target {arn} does not exist") };
    }
    Failure {
        code: "NO_PERMISSIONS",
        message: format!("The resource policy of {arn} does not allow {EVENTS}"),
    }
}
