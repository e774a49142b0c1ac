//! Patterns in which something can match no event that ECS emits. EventBridge
//! takes them without a word.

use serde_json::{Value, json};

use super::finding;
use crate::events::lint::{Never, lint};
use crate::model::{Check, Desired, Finding, Region, Resource, Severity, Snapshot};

pub(super) fn check(desired: &Desired, snapshot: &Snapshot) -> Vec<Finding> {
    let own = desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Rule(rule) => Some((rule.region, rule.key().name, &rule.pattern)),
        _ => None,
    });
    let own = own.flat_map(|(region, name, pattern)| judged(region, &name, pattern, Severity::Warning));
    own.chain(of_others(snapshot)).collect()
}

/// What others wrote is theirs to mend, so it is worth knowing and no more.
fn of_others(snapshot: &Snapshot) -> impl Iterator<Item = Finding> {
    let rules = snapshot.regions.iter().flat_map(|(region, seen)| {
        seen.other_rules.seen().into_iter().flatten().map(|(name, rule)| (*region, name, rule))
    });
    rules.flat_map(|(region, name, rule)| {
        rule.pattern
            .iter()
            .flat_map(|pattern| judged(region, name, pattern, Severity::Info))
            .collect::<Vec<_>>()
    })
}

fn judged(region: Region, rule: &str, pattern: &Value, severity: Severity) -> Vec<Finding> {
    lint(pattern).into_iter().map(|never| said(region, rule, &never, severity)).collect()
}

fn said(region: Region, rule: &str, never: &Never, severity: Severity) -> Finding {
    let Never { path, value, why, instead } = never;
    let meant = instead.as_ref().map(|instead| format!("; {instead} was meant, perhaps")).unwrap_or_default();
    finding(
        Check::PatternNeverMatches,
        severity,
        region,
        rule,
        format!("{value} at {path} matches no event of ECS: {why}{meant}"),
        [("path", json!(path)), ("value", json!(value))],
    )
}
