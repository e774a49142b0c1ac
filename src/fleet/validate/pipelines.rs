//! Pipelines: their names, events, clusters and accounts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Verdict;
use super::names;
use crate::events::lint::lint;
use crate::events::pattern::validate;
use crate::fleet::spec::{AccountEntry, Events, Fleet, Pipeline};

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
    events(path, &pipeline.events, verdict);
    for (index, cluster) in pipeline.clusters.iter().enumerate() {
        verdict.text(format!("{path}.clusters[{index}]"), names::ecs_glob(cluster, "cluster"));
    }
}

fn events(path: &str, events: &[Events], verdict: &mut Verdict) {
    let mut seen = BTreeSet::new();
    for (index, event) in events.iter().enumerate() {
        let path = format!("{path}.events[{index}]");
        match event {
            Events::Family(family) if !seen.insert(family) => {
                verdict.error(path, format!("{} is listed twice", family.name()));
            }
            Events::Family(_) => {}
            Events::Own(own) => pattern(&format!("{path}.pattern"), &own.pattern, verdict),
        }
    }
}

/// What EventBridge refuses is an error; what it takes and no event of ECS ever
/// matches is a warning, for the rule would stay silent.
fn pattern(path: &str, pattern: &Value, verdict: &mut Verdict) {
    if let Err(error) = validate(pattern) {
        verdict.error(path, format!("EventBridge would refuse this pattern: {}", error.reason()));
        return;
    }
    for never in lint(pattern) {
        let instead = never.instead.map(|instead| format!(": did you mean {instead}?")).unwrap_or_default();
        let message = format!("{} matches no event: {}{instead}", never.value, never.why);
        verdict.warning(format!("{path}.{}", never.path), message);
    }
}

/// Warns of a pipeline that no account carries, where the file shows it.
fn selected(path: &str, fleet: &Fleet, pipeline: &Pipeline, verdict: &mut Verdict) {
    let accounts = &fleet.spec.accounts;
    let Some(organization) = &fleet.spec.organization else {
        if !accounts.is_empty() && !fleet.entries().any(|account| pipeline.selector.selects(&account)) {
            verdict.warning(
                format!("{path}.match"),
                format!("pipeline `{}` matches no account, so nothing is made for it", pipeline.name),
            );
        }
        return;
    };
    let is_tag = |key: &String| organization.labels_from_tags.contains(key);
    let labels = &pipeline.selector.labels;
    let lacking: BTreeMap<&String, &String> = labels.iter().filter(|(key, _)| !is_tag(key)).collect();
    let gives_all = |account: &AccountEntry| {
        lacking.iter().all(|(key, value)| account.labels.get(*key).as_ref() == Some(value))
    };
    if lacking.is_empty() || accounts.iter().any(gives_all) {
        return;
    }
    let lacking: Vec<String> = lacking.iter().map(|(key, value)| format!("`{key}: {value}`")).collect();
    verdict.warning(
        format!("{path}.match.labels"),
        format!(
            "no account can get {}, so nothing is made for pipeline `{}`: neither \
             spec.organization.labelsFromTags nor an account of the file gives it",
            lacking.join(" with "),
            pipeline.name
        ),
    );
}
