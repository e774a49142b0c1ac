//! Clusters whose events no pipeline takes, where the fleet gives their account
//! one.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Subject, finding, paths};
use crate::fleet::glob::glob;
use crate::fleet::spec::{Events, Pipeline};
use crate::model::{Check, EventFamily, Finding, Region, Severity, arn};

/// One finding for every such cluster that has services: whoever narrowed a
/// pipeline may have meant it, and may have mistyped a name.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let pipelines = telling(subject);
    if pipelines.is_empty() {
        return Vec::new();
    }
    let globs: Vec<&String> = pipelines.iter().flat_map(|pipeline| &pipeline.clusters).collect();
    let walk = subject.walk();
    let left_out = |(region, cluster): &(Region, &str)| {
        let name = arn::last_segment(cluster);
        !pipelines.iter().any(|pipeline| takes(pipeline, name))
            && !paths::is_failure_heard_by_others(&walk, *region, name)
    };
    let mut clusters: BTreeMap<(Region, &str), usize> = BTreeMap::new();
    for (region, seen) in &subject.snapshot.regions {
        for service in &seen.services {
            *clusters.entry((*region, &service.cluster_arn)).or_default() += 1;
        }
    }
    let clusters = clusters.into_iter().filter(|(cluster, _)| left_out(cluster));
    clusters.map(|((region, cluster), services)| said(region, cluster, services, &globs)).collect()
}

/// The account's pipelines that tell of failed deployments; all, where none does
/// for sure, because the fleet asks for something else.
fn telling<'a>(subject: &Subject<'a>) -> Vec<&'a Pipeline> {
    let all = subject.fleet.spec.pipelines.iter();
    let all: Vec<&Pipeline> = all.filter(|pipeline| pipeline.selector.selects(subject.account)).collect();
    let tells = |events: &Events| match events {
        Events::Family(family) => *family == EventFamily::DeploymentFailed,
        Events::Own(_) => true,
    };
    let telling: Vec<&Pipeline> =
        all.iter().copied().filter(|pipeline| pipeline.events.iter().any(tells)).collect();
    if telling.is_empty() { all } else { telling }
}

/// Whether a pipeline takes events of a cluster. Patterns of one's own are not
/// narrowed to clusters, and may take any.
fn takes(pipeline: &Pipeline, cluster: &str) -> bool {
    pipeline.clusters.is_empty()
        || pipeline.clusters.iter().any(|pattern| glob(pattern, cluster))
        || pipeline.events.iter().any(|events| matches!(events, Events::Own(_)))
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
