//! What changed since the last report.

use crate::model::digest::Part;
use crate::model::news::{Comparison, Remembered};
use crate::model::{ConditionStatus, ConditionType, Finding, Report, Severity};

use super::findings::is_new;

/// What is said of accounts in which a condition came to a status, worst first,
/// and to whom.
const TURNS: [(ConditionType, ConditionStatus, Severity, &str); 7] = [
    (ConditionType::Reachable, ConditionStatus::False, Severity::Error, "Newly not read in full"),
    (ConditionType::Heard, ConditionStatus::False, Severity::Error, "Newly not heard"),
    (ConditionType::Heard, ConditionStatus::Unknown, Severity::Error, "Newly not known to be heard"),
    (ConditionType::PipelineReady, ConditionStatus::False, Severity::Warning, "Newly out of sync"),
    (ConditionType::Reachable, ConditionStatus::True, Severity::Error, "Now read in full"),
    (ConditionType::Heard, ConditionStatus::True, Severity::Error, "Now heard"),
    (ConditionType::PipelineReady, ConditionStatus::True, Severity::Warning, "Now in sync"),
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
        || told(&comparison.left, part) > 0
        || is_any_newly_unseen(&comparison.unseen, part)
        || !turns(report, comparison, part).is_empty()
}

fn is_any_newly_unseen(unseen: &[Remembered], part: &Part) -> bool {
    unseen.iter().any(|one| one.newly_unseen && part.tells(one.finding.severity))
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
    let told = TURNS
        .iter()
        .filter(|(kind, _, severity, _)| *kind == ConditionType::Reachable || part.tells(*severity));
    let turns = told
        .map(|(kind, status, _, says)| Turn { says, accounts: turned(report, comparison, *kind, *status) });
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
