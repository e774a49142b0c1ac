//! Rules that others made and that may take an ECS event.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde_json::Value;

use super::rules::list;
use super::targets::read_targets;
use crate::aws::answer::noted;
use crate::aws::door::Door;
use crate::aws::error::AwsError;
use crate::model::rule::ObservedRule;
use crate::model::{Gap, Region, Sight, Tags};

/// Where ECS events come from.
const SOURCE: &str = "aws.ecs";

/// The rules of the default bus that may take an ECS event, but for the known
/// ones, with their targets and without their tags.
pub(crate) async fn observe_other_rules(
    door: &Door,
    region: Region,
    known: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> Sight<BTreeMap<String, ObservedRule>> {
    let others = noted(read(door, region, None, known, gaps).await, gaps);
    others.map_or(Sight::Unknown, Sight::Seen)
}

/// The rules of a custom bus, whoever made them, by place.
pub(crate) async fn observe_rules_of_bus(
    door: &Door,
    region: Region,
    bus: &str,
    known: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedRule>> {
    let rules = match read(door, region, Some(bus), known, gaps).await {
        Err(error) if error.is_not_found() => None,
        rules => noted(rules, gaps),
    };
    rules.unwrap_or_default().into_iter().map(|(place, rule)| (place, Sight::Seen(rule))).collect()
}

async fn read(
    door: &Door,
    region: Region,
    bus: Option<&str>,
    known: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> Result<BTreeMap<String, ObservedRule>, AwsError> {
    let mut found = list(door, region, bus, "").await?;
    found.retain(|place, rule| !known.contains(place) && may_take_ecs_events(rule.pattern.as_deref()));
    let targets = join_all(found.keys().map(|place| read_targets(door, region, place))).await;
    let rules = found.into_iter().zip(targets).filter_map(|((place, rule), targets)| {
        let targets = match targets {
            // Deleted since it was listed.
            Err(error) if error.is_not_found() => return None,
            targets => noted(targets, gaps).map_or(Sight::Unknown, Sight::Seen),
        };
        Some((place, rule.observed(Tags::default(), targets)))
    });
    Ok(rules.collect())
}

/// Whether a pattern may take an ECS event. A schedule has none, and takes no
/// event. One that does not read as JSON may take anything.
fn may_take_ecs_events(pattern: Option<&str>) -> bool {
    let Some(text) = pattern.filter(|text| !text.is_empty()) else { return false };
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(members)) => match members.get("source") {
            None => true,
            Some(Value::Array(sources)) => sources.iter().any(may_match_source),
            Some(_) => true,
        },
        _ => true,
    }
}

/// A text matches itself; what an operator, a prefix say, matches is for
/// others to tell.
fn may_match_source(source: &Value) -> bool {
    source.as_str().is_none_or(|source| source == SOURCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_that_could_take_an_ecs_event_counts_and_no_schedule_does() {
        for (pattern, expected) in [
            (None, false),
            (Some(""), false),
            (Some(r#"{"source":["aws.ec2"]}"#), false),
            (Some(r#"{"source":["aws.ec2","aws.ecs"]}"#), true),
            (Some(r#"{"source":[{"prefix":"aws."}]}"#), true),
            (Some(r#"{"detail-type":["ECS Task State Change"]}"#), true),
            (Some("{"), true),
        ] {
            assert_eq!(may_take_ecs_events(pattern), expected, "{pattern:?}");
        }
    }
}
