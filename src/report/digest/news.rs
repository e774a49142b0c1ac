//! What changed since the last report.

use crate::model::digest::Part;
use crate::model::news::{Comparison, Remembered};
use crate::model::{ConditionStatus, ConditionType, Finding, Report, Severity};

use super::findings::is_new;

/// What is said of accounts in which a condition ceased, or began, to hold.
const TURNS: [(ConditionType, Severity, &str, &str); 3] = [
    (ConditionType::Reachable, Severity::Error, "Newly not read in full", "Now read in full"),
    (ConditionType::Heard, Severity::Error, "Newly not heard", "Now heard"),
    (ConditionType::PipelineReady, Severity::Warning, "Newly out of sync", "Now in sync"),
];

/// Accounts of which the same is to be said, by name.
pub(super) struct Turn<'a> {
    pub says: &'static str,
    pub accounts: Vec<&'a str>,
}

/// Whether there is any news that the room is told.
pub(super) fn is_any(report: &Report, comparison: &Comparison, part: &Part) -> bool {
    new(report, part) > 0
        || told(&comparison.resolved, part) > 0
        || !turns(report, comparison, part).is_empty()
}

/// How many findings are new, of those that are told.
pub(super) fn new(report: &Report, part: &Part) -> usize {
    let findings = report.passes.iter().flat_map(|pass| &pass.findings);
    findings.filter(|finding: &&Finding| part.tells(finding.severity) && is_new(finding)).count()
}

/// How many of what is remembered is told.
pub(super) fn told(remembered: &[Remembered], part: &Part) -> usize {
    remembered.iter().filter(|one| part.tells(one.finding.severity)).count()
}

/// The conditions that changed, worst first. Findings alone do not show an
/// account that can't be read any more, or that differs from the fleet file.
pub(super) fn turns<'a>(report: &'a Report, comparison: &Comparison, part: &Part) -> Vec<Turn<'a>> {
    let sides = [(ConditionStatus::False, false), (ConditionStatus::True, true)];
    let kinds = sides.iter().flat_map(|side| TURNS.iter().map(move |turn| (side, turn)));
    let told =
        kinds.filter(|(_, (kind, severity, ..))| *kind == ConditionType::Reachable || part.tells(*severity));
    let turns = told.map(|((status, is_good), (kind, _, bad, good))| Turn {
        says: if *is_good { good } else { bad },
        accounts: turned(report, comparison, *kind, *status),
    });
    turns.filter(|turn| !turn.accounts.is_empty()).collect()
}

fn turned<'a>(
    report: &'a Report,
    comparison: &Comparison,
    kind: ConditionType,
    status: ConditionStatus,
) -> Vec<&'a str> {
    let since = comparison.previous.finished_at;
    let passes = report.passes.iter().filter(|pass| {
        let mut conditions = pass.conditions.iter();
        conditions.any(|one| one.kind == kind && one.status == status && one.last_transition_time > since)
    });
    passes.map(|pass| pass.account.name.as_str()).collect()
}
