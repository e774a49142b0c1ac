//! What is wrong with a pattern that EventBridge takes: a value that no ECS
//! event ever carries, so that the rule stays silent.
//!
//! Only what is certain is said. A field that is not known here may be one of
//! ECS's newer ones, and an operator may match names that are newer.

mod alternatives;
mod values;

use serde_json::{Value, json};

use super::canary;
use super::families::{DEPLOYMENT, SERVICE_ACTION, TASK};
use super::names::{DETAIL_TYPES, SOURCE};
use super::pattern::Pattern;
use super::split::accept;
use alternatives::Fields;

/// A value in a pattern that never matches an ECS event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Never {
    /// The field, its steps joined with dots: `detail.stopCode` say.
    pub path: String,
    /// The value or the operator, as JSON.
    pub value: String,
    /// Why it matches nothing.
    pub why: String,
    /// What was meant, perhaps.
    pub instead: Option<String>,
}

/// The values of a pattern that never match, each once, by path. A pattern that
/// EventBridge refuses has none: see [`super::pattern::validate`].
pub fn lint(pattern: &Value) -> Vec<Never> {
    if Pattern::parse(pattern).is_err() {
        return Vec::new();
    }
    let mut found: Vec<Never> = alternatives::of(pattern).iter().flat_map(alternative).collect();
    found.sort();
    found.dedup();
    found
}

fn alternative(fields: &Fields) -> Vec<Never> {
    if fields.get("source").is_some_and(|source| source == &json!([canary::SOURCE])) {
        return Vec::new();
    }
    match fields.get("source") {
        Some(source) if !accept(source, SOURCE) => vec![other_source(source)],
        _ => [values::unknown(fields), absent(fields), never_absent(fields)].concat(),
    }
}

fn other_source(source: &Value) -> Never {
    Never {
        path: "source".to_owned(),
        value: source.to_string(),
        why: format!("every ECS event has the source {SOURCE}"),
        instead: Some(SOURCE.to_owned()),
    }
}

/// Fields that events of a detail-type never have (ECS developer guide, each
/// kind's own page).
const ABSENT: &[(&str, &[&str])] = &[
    (
        DEPLOYMENT,
        &[
            "detail.clusterArn",
            "detail.containers",
            "detail.group",
            "detail.lastStatus",
            "detail.stopCode",
            "detail.stoppedReason",
            "detail.taskArn",
        ],
    ),
    (
        SERVICE_ACTION,
        &[
            "detail.containers",
            "detail.lastStatus",
            "detail.stopCode",
            "detail.stoppedReason",
            "detail.taskArn",
        ],
    ),
    (TASK, &["detail.deploymentId", "detail.eventName", "detail.eventType", "detail.reason"]),
];

/// Detail-types that are asked for by name beside a field that their events
/// lack.
fn absent(fields: &Fields) -> Vec<Never> {
    let types = fields.get("detail-type").and_then(Value::as_array);
    let asked = |kind: &&(&str, &[&str])| types.is_some_and(|types| types.contains(&json!(kind.0)));
    let named = |name: &str| {
        let inside = format!("{name}.");
        let mut required = fields.iter().filter(|(path, matchers)| {
            (path.as_str() == name || path.starts_with(&inside)) && !accepts_absence(matchers)
        });
        required.next().map(|(path, _)| path.clone())
    };
    let kinds = ABSENT.iter().filter(asked);
    let lacking = kinds.filter_map(|(kind, lacks)| Some((*kind, lacks.iter().find_map(|name| named(name))?)));
    lacking.map(|(kind, path)| lacks(kind, path)).collect()
}

fn lacks(kind: &str, path: String) -> Never {
    let instead = match (kind, path.as_str()) {
        (DEPLOYMENT, "detail.clusterArn") => Some("a prefix of the service's ARN in resources"),
        (TASK, "detail.reason") => Some("detail.stoppedReason"),
        _ => None,
    };
    Never {
        value: json!(kind).to_string(),
        why: format!("an event of this detail-type has no {path}"),
        instead: instead.map(str::to_owned),
        path,
    }
}

/// Fields that every event has, or every event of a detail-type.
const PRESENT: &[(Option<&str>, &[&str])] = &[
    (None, &["account", "detail-type", "id", "region", "source", "time", "version"]),
    (Some(DEPLOYMENT), &["detail.eventName", "detail.eventType"]),
    (Some(SERVICE_ACTION), &["detail.eventName", "detail.eventType"]),
    (Some(TASK), &["detail.clusterArn", "detail.lastStatus", "detail.taskArn"]),
];

/// Fields that must be absent and never are.
fn never_absent(fields: &Fields) -> Vec<Never> {
    let types = taken_types(fields);
    let mut found = Vec::new();
    for (path, _) in fields.iter().filter(|(_, matchers)| **matchers == json!([{ "exists": false }])) {
        let has = |kind: Option<&str>| {
            PRESENT.iter().any(|(of, names)| (of.is_none() || *of == kind) && names.contains(&path.as_str()))
        };
        if types.iter().all(|kind| has(Some(kind))) {
            found.push(Never {
                path: path.clone(),
                value: json!({ "exists": false }).to_string(),
                why: "every such event has the field".to_owned(),
                instead: None,
            });
        }
    }
    found
}

/// The known detail-types that an alternative takes.
fn taken_types(fields: &Fields) -> Vec<&'static str> {
    let takes = |kind: &&&str| fields.get("detail-type").is_none_or(|types| accept(types, kind));
    DETAIL_TYPES.iter().filter(takes).copied().collect()
}

fn accepts_absence(matchers: &Value) -> bool {
    let absent = json!({ "exists": false });
    matchers.as_array().is_some_and(|matchers| matchers.contains(&absent))
}

#[cfg(test)]
mod tests;
