//! Clusters whose events no pipeline takes, where the fleet gives their account
//! one.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Subject, finding};
use crate::fleet::glob::glob;
use crate::fleet::spec::{Events, Pipeline};
use crate::model::pass::{MadeBy, Path, PathState};
use crate::model::{Check, EventFamily, Finding, Location, Region, Severity};

/// One finding for every such cluster that has services: whoever narrowed a
/// pipeline may have meant it, and may have mistyped a name.
pub(super) fn check(subject: &Subject<'_>, paths: &[Path]) -> Vec<Finding> {
    let pipelines = &subject.fleet.spec.pipelines;
    let pipelines: Vec<&Pipeline> =
        pipelines.iter().filter(|pipeline| pipeline.selector.selects(subject.account)).collect();
    if subject.desired.removes || pipelines.is_empty() {
        return Vec::new();
    }
    let globs: Vec<&String> = pipelines.iter().flat_map(|pipeline| &pipeline.clusters).collect();
    let left_out = |(cluster, _): &(&str, usize)| !pipelines.iter().any(|pipeline| takes(pipeline, cluster));
    let regions = subject.snapshot.regions.iter().filter(|(region, _)| !is_heard_by_others(paths, **region));
    let clusters = regions.flat_map(|(region, seen)| {
        let mut services: BTreeMap<&str, usize> = BTreeMap::new();
        for service in &seen.services {
            *services.entry(&service.cluster_arn).or_default() += 1;
        }
        services.into_iter().filter(left_out).map(|(cluster, services)| (*region, cluster, services))
    });
    clusters.map(|(region, cluster, services)| said(region, cluster, services, &globs)).collect()
}

/// Whether a pipeline takes events of a cluster. Patterns of one's own are not
/// narrowed to clusters, and may take any.
fn takes(pipeline: &Pipeline, cluster_arn: &str) -> bool {
    let cluster = cluster_arn.rsplit('/').next().unwrap_or(cluster_arn);
    pipeline.clusters.is_empty()
        || pipeline.clusters.iter().any(|pattern| glob(pattern, cluster))
        || pipeline.events.iter().any(|events| matches!(events, Events::Own(_)))
}

/// Whether rules of others bring failed deployments of a Region to somebody.
fn is_heard_by_others(paths: &[Path], region: Region) -> bool {
    paths.iter().any(|path| {
        path.made_by == MadeBy::Others
            && path.location == Location::Region(region)
            && path.event == EventFamily::DeploymentFailed.name()
            && path.state == PathState::Heard
    })
}

fn said(region: Region, cluster: &str, services: usize, globs: &[&String]) -> Finding {
    let of = if services == 1 { "its only service".to_owned() } else { format!("its {services} services") };
    finding(
        Check::ClusterLeftOut,
        Severity::Info,
        region,
        cluster,
        format!("no pipeline takes events of this cluster: nobody hears of a failed deployment of {of}"),
        [("services", json!(services)), ("clusters", json!(globs))],
    )
}
