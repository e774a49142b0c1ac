//! Why the rules of a pipeline do not take an event: the first thing that
//! fails, in words.
//!
//! A pattern has many alternatives, and an event misses something of each. What
//! it is (source, detail-type), what happened, how, and where are looked at in
//! that order: those alternatives are told of that go furthest before they fail,
//! for they are what the event was nearest to.

use serde_json::Value;

use crate::events::canary;
use crate::events::pattern::{Miss, Pattern, Prepared};
use crate::fleet::glob::glob;
use crate::fleet::spec::Pipeline;
use crate::model::arn;
use crate::model::rehearsal::NotTaken;

use super::Why;

/// What an alternative asks about, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Source,
    DetailType,
    /// What happened: the event's name or the task's state.
    Happened,
    /// How a task stopped.
    StopCode,
    /// Everything else that the event tells.
    Detail,
    /// The cluster, or the resource.
    Where,
    /// Nothing fails by itself, but no element of a list has it all.
    Together,
}

impl Stage {
    fn of(path: &str) -> Self {
        match path {
            "source" => Self::Source,
            "detail-type" => Self::DetailType,
            "detail.eventName" | "detail.eventType" | "detail.lastStatus" => Self::Happened,
            "detail.stopCode" => Self::StopCode,
            "detail.clusterArn" | "resources" | "account" | "region" => Self::Where,
            _ => Self::Detail,
        }
    }
}

/// Why none of a pipeline's patterns takes an event.
pub(super) fn not_taken(pipeline: &Pipeline, patterns: &[&Pattern], event: &Value) -> Why {
    let prepared = Prepared::new(event);
    let mut alternatives: Vec<Vec<Miss>> =
        patterns.iter().flat_map(|pattern| pattern.misses(&prepared)).collect();
    leave_out_canaries(&mut alternatives);
    let (stage, misses) = nearest(alternatives);
    match stage {
        Stage::Together => (NotTaken::Field, TOGETHER.to_owned()),
        Stage::Where => of_cluster(pipeline, event).unwrap_or_else(|| of_fields(stage, &misses)),
        _ => of_fields(stage, &misses),
    }
}

const TOGETHER: &str = "no single element of a list has all that is asked of one: a container, say";

/// Nobody wonders why an event of ECS is no canary.
fn leave_out_canaries(alternatives: &mut Vec<Vec<Miss>>) {
    let source = Value::from(canary::SOURCE).to_string();
    let asks_for_canary = |misses: &Vec<Miss>| {
        misses.iter().any(|miss| miss.path == "source" && miss.wanted == [source.as_str()])
    };
    if !alternatives.iter().all(asks_for_canary) {
        alternatives.retain(|misses| !asks_for_canary(misses));
    }
}

/// The stage that the alternatives which go furthest fail at, and the first
/// miss there of each that fails by no more than the others.
fn nearest(alternatives: Vec<Vec<Miss>>) -> (Stage, Vec<Miss>) {
    let stage =
        |misses: &Vec<Miss>| misses.iter().map(|miss| Stage::of(&miss.path)).min().unwrap_or(Stage::Together);
    let Some(furthest) = alternatives.iter().map(stage).max() else { return (Stage::Together, Vec::new()) };
    let at_stage = |misses: Vec<Miss>| -> Vec<Miss> {
        misses.into_iter().filter(|miss| Stage::of(&miss.path) == furthest).collect()
    };
    let kept = alternatives.into_iter().filter(|misses| stage(misses) == furthest);
    let kept: Vec<Vec<Miss>> = kept.map(at_stage).collect();
    let fewest = kept.iter().map(Vec::len).min().unwrap_or_default();
    let first = kept.into_iter().filter(|misses| misses.len() == fewest);
    (furthest, joined(first.filter_map(|misses| misses.into_iter().next())))
}

/// One miss a field, with all that it might have been.
fn joined(misses: impl Iterator<Item = Miss>) -> Vec<Miss> {
    let mut all: Vec<Miss> = Vec::new();
    for miss in misses {
        match all.iter_mut().find(|other| other.path == miss.path) {
            Some(other) => {
                let new: Vec<String> =
                    miss.wanted.into_iter().filter(|wanted| !other.wanted.contains(wanted)).collect();
                other.wanted.extend(new);
            }
            None => all.push(miss),
        }
    }
    all
}

fn of_fields(stage: Stage, misses: &[Miss]) -> Why {
    let reason = match stage {
        Stage::Source => NotTaken::Source,
        Stage::DetailType => NotTaken::DetailType,
        _ if misses.iter().all(|miss| miss.found.is_empty()) => NotTaken::FieldAbsent,
        _ => NotTaken::Field,
    };
    (reason, misses.iter().map(sentence).collect::<Vec<_>>().join("; or "))
}

fn sentence(miss: &Miss) -> String {
    let found: Vec<String> = miss.found.iter().map(Value::to_string).collect();
    let found = if found.is_empty() { "absent".to_owned() } else { found.join(" and ") };
    format!("{} is {found}{}, and must be {}", miss.path, type_of(miss), miss.wanted.join(" or "))
}

/// Patterns tell a text from a number, which is easily overlooked.
fn type_of(miss: &Miss) -> &'static str {
    let asks_for_number =
        miss.wanted.iter().any(|wanted| wanted.starts_with("a number ") || wanted.parse::<f64>().is_ok());
    let is_number_as_text = |value: &Value| value.as_str().is_some_and(|text| text.parse::<f64>().is_ok());
    let asks_for_text = |number: &Value| number.is_number() && miss.wanted.contains(&format!("\"{number}\""));
    if asks_for_number && miss.found.iter().any(is_number_as_text) {
        ", a text and not a number"
    } else if miss.found.iter().any(asks_for_text) {
        ", a number and not a text"
    } else {
        ""
    }
}

/// Where the cluster is what fails: none of the pipeline's globs fits it.
fn of_cluster(pipeline: &Pipeline, event: &Value) -> Option<Why> {
    let (globs, clusters) = (&pipeline.clusters, pipeline.clusters.join(", "));
    let Some(cluster) = cluster(event) else {
        let message = format!(
            "which cluster it is of can't be seen, and `clusters` are {clusters}: a service from before the long ARN \
             format carries none"
        );
        return (!globs.is_empty()).then_some((NotTaken::Cluster, message));
    };
    let is_elsewhere = !globs.is_empty() && !globs.iter().any(|pattern| glob(pattern, cluster));
    is_elsewhere
        .then(|| (NotTaken::Cluster, format!("cluster {cluster} is not among `clusters`: {clusters}")))
}

/// The cluster's name, from where the event carries it: its ARN, or that of the
/// service, `…:service/CLUSTER/NAME`.
fn cluster(event: &Value) -> Option<&str> {
    if let Some(cluster) = event["detail"]["clusterArn"].as_str() {
        return Some(arn::last_segment(cluster));
    }
    let resource = event["resources"][0].as_str()?;
    let (_, service) = resource.split_once(":service/")?;
    service.split_once('/').map(|(cluster, _)| cluster)
}
