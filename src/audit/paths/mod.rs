//! Every way from an ECS event to a person, walked hop by hop in what was read.
//!
//! The walk begins with sample events of each family, as ECS emits them, and
//! does what EventBridge, SNS and AWS Chatbot would do with each: `rule` holds
//! patterns against it, `target` makes the message, `topic`, `bus`,
//! `destination` and `function` are what a target can lead to, and `chatbot`
//! is the last hop of a topic. `policy` says whether a resource's policy lets
//! an event in, `trail` what a way came to. `alarm` walks on from an alarm, which
//! is to be heard when those ways fail, and `queue` looks at what is to keep the
//! events that did not arrive.

mod access;
pub(super) mod alarm;
mod bus;
mod chatbot;
mod destination;
mod function;
mod ground;
mod others;
mod policy;
pub(super) mod queue;
mod route;
mod rule;
mod sender;
mod target;
mod topic;
mod trail;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::finding;
use crate::model::desired::Desired;
use crate::model::pass::{MadeBy, Path, PathState};
use crate::model::topic::Topic;
use crate::model::{
    Account, AccountId, Check, EventFamily, Finding, HubSight, Plan, Region, Resource, Severity, Sight,
    Snapshot, arn,
};

use ground::Ground;

/// The hop from a topic to AWS Chatbot, which AWS makes in its own time.
const SUBSCRIPTION: &str = "subscription";

/// What paths are walked in.
#[derive(Debug, Clone, Copy)]
pub struct WalkInput<'a> {
    /// The fleet's name.
    pub fleet: &'a str,
    /// The account in which events arise.
    pub account: &'a Account,
    /// What the fleet asks for there.
    pub desired: &'a Desired,
    /// What was read there.
    pub snapshot: &'a Snapshot,
    /// What would be changed there.
    pub plan: &'a Plan,
    /// What is known of hubs that events are forwarded to.
    pub hubs: &'a BTreeMap<AccountId, HubSight>,
}

/// The verdict on every pipeline's every event family in every Region, and on
/// every rule of others that takes such events.
pub fn walk(input: &WalkInput<'_>) -> Vec<Path> {
    let own = input.desired.routes.iter().flat_map(|route| route::paths(input, route));
    let others = input.desired.regions.iter().filter(|_| input.desired.other_rules);
    own.chain(others.flat_map(|region| others::paths(&Ground::of(input, *region)))).collect()
}

/// The families of which rules that others made bring every event to somebody,
/// by Region: what `when: unheard` need not build again. `clusters` are globs
/// of the clusters that count; none for all.
pub fn heard_by_others(input: &WalkInput<'_>, clusters: &[String]) -> BTreeSet<(Region, EventFamily)> {
    let heard = |region: &Region| {
        let families = others::families_heard(&Ground::of(input, *region), clusters);
        families.into_iter().map(|family| (*region, family)).collect::<Vec<_>>()
    };
    input.account.regions.iter().flat_map(heard).collect()
}

/// Whether AWS Chatbot has yet to subscribe itself to a topic that the fleet asks
/// for, although a configuration lists it.
pub fn awaits_chatbot(account: &AccountId, desired: &Desired, snapshot: &Snapshot) -> bool {
    let global = snapshot.global.as_ref();
    let configurations = global.and_then(|global| global.configurations.seen()).into_iter().flatten();
    let listed: BTreeSet<&String> = configurations.flat_map(|observed| &observed.topics).collect();
    let topics = desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Topic(topic) => Some(topic),
        _ => None,
    });
    let is_deaf = |topic: &Topic| {
        let observed = snapshot.regions.get(&topic.region).and_then(|seen| seen.topics.get(&topic.name));
        observed.and_then(Sight::seen).is_some_and(|observed| observed.feeds_chatbot() == Some(false))
    };
    topics.filter(|topic| listed.contains(&arn::topic(topic.region, account, &topic.name))).any(is_deaf)
}

/// Whether rules that others made bring a failed deployment in this cluster to
/// somebody.
pub(super) fn is_failure_heard_by_others(input: &WalkInput<'_>, region: Region, cluster: &str) -> bool {
    let families = others::families_heard(&Ground::of(input, region), &[cluster.to_owned()]);
    families.contains(&EventFamily::DeploymentFailed)
}

/// A finding for every pipeline and Region whose path is broken. A broken path
/// of others is worth knowing, no more, and only where nothing else carries
/// what it was to carry.
pub(super) fn check(paths: &[Path]) -> Vec<Finding> {
    let mut alike: BTreeMap<_, Vec<&Path>> = BTreeMap::new();
    let told = paths
        .iter()
        .filter(|path| path.state == PathState::Broken)
        .filter(|path| path.made_by == MadeBy::Fleet || !is_heard_otherwise(paths, path));
    for path in told {
        alike.entry((path.location, &path.pipeline, &path.broken_at)).or_default().push(path);
    }
    alike.values().filter_map(|paths| Some(broken(paths.first()?, paths))).collect()
}

fn is_heard_otherwise(paths: &[Path], broken: &Path) -> bool {
    let same = |path: &&Path| path.location == broken.location && path.event == broken.event;
    paths.iter().filter(same).any(|path| path.state == PathState::Heard)
}

/// The finding of paths of one pipeline that stop at the same hop, as the first
/// of them says why.
fn broken(path: &Path, alike: &[&Path]) -> Finding {
    let events: BTreeSet<&str> = alike.iter().map(|path| path.event.as_str()).collect();
    let at = path.broken_at.as_deref().unwrap_or_default();
    let why = path.why.clone().unwrap_or_default();
    let (severity, whose) = match path.made_by {
        MadeBy::Fleet => (Severity::Error, "a failure here would not reach the room; the path"),
        MadeBy::Others => (Severity::Info, "a rule that others made brings no failure to anybody; its path"),
    };
    finding(
        Check::PathBroken,
        severity,
        path.location,
        &path.pipeline,
        format!("{whose} stops at {at}: {why}"),
        [("brokenAt", json!(at)), ("event", json!(path.event)), ("events", json!(events))],
    )
}

#[cfg(test)]
mod tests;
