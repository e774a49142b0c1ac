//! Pipelines: their names, events, clusters and accounts.

use std::collections::{BTreeMap, BTreeSet};

use super::Verdict;
use super::names;
use crate::fleet::spec::{Fleet, Pipeline};
use crate::model::EventFamily;

/// The longest name of a pipeline. What is made for it carries the name with
/// more around it, within 64 characters for a rule and 80 for a queue.
const LONGEST_NAME: usize = 32;

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, pipeline) in fleet.spec.pipelines.iter().enumerate() {
        let path = format!("spec.pipelines[{index}]");
        if let Some(first) = first.get(pipeline.name.as_str()) {
            let message =
                format!("pipeline `{}` is there already, as spec.pipelines[{first}]", pipeline.name);
            verdict.error(format!("{path}.name"), message);
        } else {
            first.insert(&pipeline.name, index);
        }
        one(&path, pipeline, verdict);
        selected(&path, fleet, pipeline, verdict);
    }
}

fn one(path: &str, pipeline: &Pipeline, verdict: &mut Verdict) {
    verdict.text(format!("{path}.name"), names::name(&pipeline.name, LONGEST_NAME));
    if pipeline.events.is_empty() {
        verdict.error(format!("{path}.events"), "the pipeline carries no events: name at least one");
    }
    let mut seen = BTreeSet::new();
    for (index, event) in pipeline.events.iter().enumerate() {
        if !seen.insert(event) {
            verdict.error(format!("{path}.events[{index}]"), format!("{} is listed twice", event.name()));
        }
        if matches!(event, EventFamily::TaskFailed | EventFamily::TaskStopped) {
            let message = format!("{} can't be carried by a pipeline through AWS Chatbot yet", event.name());
            verdict.error(format!("{path}.events[{index}]"), message);
        }
    }
    for (index, cluster) in pipeline.clusters.iter().enumerate() {
        verdict.text(format!("{path}.clusters[{index}]"), names::ecs_glob(cluster, "cluster"));
    }
}

/// Warns of a pipeline that no account carries, where the file shows it.
fn selected(path: &str, fleet: &Fleet, pipeline: &Pipeline, verdict: &mut Verdict) {
    let accounts = &fleet.spec.accounts;
    if fleet.spec.organization.is_some() || accounts.is_empty() {
        return;
    }
    if !fleet.entries().any(|account| pipeline.selector.selects(&account)) {
        verdict.warning(
            format!("{path}.match"),
            format!("pipeline `{}` matches no account, so nothing is made for it", pipeline.name),
        );
    }
}
