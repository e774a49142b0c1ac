//! Rules that others made: whom they tell of which events.

use std::collections::BTreeSet;

use serde_json::Value;

use super::ground::Ground;
use super::route::SOME_TIME;
use super::rule;
use super::trail::{Trail, best, worst};
use crate::events::samples::{Sample, Scene, sample_cluster, samples};
use crate::model::pass::{MadeBy, Path, PathState};
use crate::model::rule::ObservedRule;
use crate::model::{EventFamily, Sight};

/// So many of an account's clusters stand for all of them.
const MOST_CLUSTERS: usize = 10;

/// Every path that others made, by rule and family.
pub(super) fn paths(ground: &Ground<'_>) -> Vec<Path> {
    let ground = ground.of_others();
    let samples = samples_of(&ground, &clusters_of(&ground));
    let of_rule = |(name, observed): (&String, &ObservedRule)| {
        let of_family = |family: &EventFamily| path(&ground, name, observed, *family, &samples);
        EventFamily::ALL.iter().filter_map(of_family).collect::<Vec<_>>()
    };
    rules(&ground).flat_map(of_rule).collect()
}

/// The families of which every sample event, in a cluster of each glob, is heard
/// by way of some rule.
pub(super) fn families_heard(ground: &Ground<'_>, clusters: &[String]) -> BTreeSet<EventFamily> {
    let ground = ground.of_others();
    let each: Vec<String> = match clusters {
        [] => vec![sample_cluster(&[])],
        globs => globs.iter().map(|glob| sample_cluster(std::slice::from_ref(glob))).collect(),
    };
    let samples = samples_of(&ground, &each);
    let is_heard = |family: &EventFamily| {
        let mut events = samples.iter().filter(|sample| sample.is_of(*family));
        events.all(|sample| {
            let mut ways = rules(&ground).flat_map(|(name, rule)| ways(&ground, name, rule, &sample.event));
            ways.any(|way| way.state() == PathState::Heard)
        })
    };
    EventFamily::ALL.iter().copied().filter(is_heard).collect()
}

/// The verdict on a rule for a family; `None` where it takes none of its events.
/// A rule that takes some of them is judged by those.
fn path(
    ground: &Ground<'_>,
    name: &str,
    observed: &ObservedRule,
    family: EventFamily,
    samples: &[Sample],
) -> Option<Path> {
    let of_family = samples.iter().filter(|sample| sample.is_of(family));
    let walked = of_family.filter_map(|sample| {
        let taken = ways(ground, name, observed, &sample.event);
        best(taken.into_iter().filter(|way| !way.stops_at("pattern")).collect())
    });
    let trail = worst(walked.collect())?;
    Some(Path {
        pipeline: name.to_owned(),
        made_by: MadeBy::Others,
        event: family.name().to_owned(),
        location: ground.region.into(),
        state: trail.state(),
        broken_at: trail.broken_at().map(Into::into),
        why: trail.why(),
        hops: trail.hops(),
    })
}

fn ways(ground: &Ground<'_>, name: &str, observed: &ObservedRule, event: &Value) -> Vec<Trail> {
    rule::of_observed(ground, name, observed, Some(event), None)
}

fn rules<'a>(ground: &Ground<'a>) -> impl Iterator<Item = (&'a String, &'a ObservedRule)> {
    let others = ground.seen().map(|seen| &seen.other_rules).and_then(Sight::seen);
    others.into_iter().flatten()
}

fn samples_of(ground: &Ground<'_>, clusters: &[String]) -> Vec<Sample> {
    let of_cluster = |cluster: &String| {
        let scene = Scene { account: ground.account, region: ground.region, cluster, time: SOME_TIME };
        samples(&scene)
    };
    clusters.iter().flat_map(of_cluster).collect()
}

/// The clusters that there are, for rules that name theirs.
fn clusters_of(ground: &Ground<'_>) -> Vec<String> {
    let services = ground.seen().into_iter().flat_map(|seen| &seen.services);
    let clusters: BTreeSet<&str> = services.map(|service| service.cluster()).collect();
    let mut clusters: Vec<String> = clusters.into_iter().take(MOST_CLUSTERS).map(str::to_owned).collect();
    if clusters.is_empty() {
        clusters.push(sample_cluster(&[]));
    }
    clusters
}
