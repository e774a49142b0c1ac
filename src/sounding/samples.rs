//! The events of ECS that a route's rules are to take.

use crate::events::samples::{Sample, Scene, sample_cluster, samples};
use crate::model::Account;
use crate::model::desired::Route;
use crate::model::sounding::MissedSample;

/// When samples happen. No pattern of ours asks for a time.
const SOME_TIME: &str = "2026-01-01T00:00:00Z";

/// The samples of the families that a route carries, in the account, Region and
/// a cluster that it is about.
pub fn samples_of(account: &Account, route: &Route) -> Vec<Sample> {
    let cluster = sample_cluster(&route.clusters);
    let scene = Scene { account: &account.id, region: route.region, cluster: &cluster, time: SOME_TIME };
    let is_carried = |sample: &Sample| route.events.iter().any(|family| sample.is_of(*family));
    samples(&scene).into_iter().filter(is_carried).collect()
}

/// A sample that none of these rules takes.
pub fn missed(sample: &Sample, route: &Route, rules: &[String]) -> MissedSample {
    let family = route.events.iter().find(|family| sample.is_of(**family));
    MissedSample {
        sample: sample.name.to_owned(),
        family: family.map_or("", |family| family.name()),
        rules: rules.to_vec(),
    }
}
