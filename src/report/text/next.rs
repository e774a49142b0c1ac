//! What to do next.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::change::{self, MAX_CHANGES};
use crate::model::coverage::REGION_OFF;
use crate::model::report::{Mode, Report};
use crate::model::{Action, Check, Coverage, CoverageState, Kind, Outcome, Severity};

use super::counts::counted;
use super::names::listed;

/// How many kinds of errors are pointed to.
const MOST_EXPLAINED: usize = 3;

/// The steps that would bring the fleet further, most useful first.
pub(in crate::report) fn steps(report: &Report) -> Vec<String> {
    let mut steps = Vec::new();
    let due = count_changes(report, Outcome::Planned);
    let undone = count_changes(report, Outcome::Failed) + count_changes(report, Outcome::Skipped);
    match report.metadata.mode {
        _ if report.metadata.stopped.is_some() => steps.push(again(report)),
        Mode::Plan if report.metadata.max_changes.is_some_and(|most| due > most) => {
            let allowed = report.metadata.max_changes.unwrap_or_default();
            steps.push(format!(
                "`foghorn apply` would change nothing: {}",
                change::over_the_bound(due, allowed)
            ));
        }
        Mode::Plan if due > 0 => {
            let prune = if report.summary.changes.delete > 0 { "--prune " } else { "" };
            let these = if due == 1 { "this change".to_owned() } else { format!("these {due} changes") };
            steps.push(format!("run `foghorn apply {prune}{}-f …` to make {these}", flags(report)));
        }
        Mode::Apply | Mode::Destroy if undone > 0 => {
            steps.push(format!(
                "mend what failed and run {} again: it goes on with the {} left",
                command(report),
                counted(undone, "change")
            ));
        }
        Mode::Plan | Mode::Apply | Mode::Destroy => {}
    }
    steps.extend(over_the_bound(report));
    if has_unusable_webhook(report) {
        steps.push(
            "put the room's own webhook where the fleet file says it is found, and run `foghorn apply -f …` again"
                .to_owned(),
        );
    }
    if report.summary.coverage.denied > 0 {
        steps.push("where access was denied, see to the member role: `foghorn bootstrap` prints the stack that makes it".to_owned());
    }
    if report.summary.coverage.throttled > 0 {
        steps.push(
            "where calls were throttled, run it again later, or with a lower `limits.callsInFlight`"
                .to_owned(),
        );
    }
    steps.extend(unreachable(report));
    steps.extend(explained(report));
    let orphans = count_findings(report, &[Check::Orphan]);
    if orphans > 0 && report.summary.changes.delete == 0 {
        let orphans = counted(orphans, "thing");
        steps.push(format!(
            "run `foghorn apply --prune -f …` to remove {orphans} that the file no longer asks for"
        ));
    }
    let breakers = breakers_off(report);
    if breakers > 0 {
        steps.push(format!(
            "switch on {} in the services' own definitions, or let `foghorn apply` do it with `breakers: {{ remediate: true }}`",
            counted(breakers, "circuit breaker")
        ));
    }
    steps
}

/// Where no answer came: a Region that is off is the fleet file's to leave out.
fn unreachable(report: &Report) -> impl Iterator<Item = String> {
    let coverage = report.passes.iter().flat_map(|pass| &pass.coverage);
    let silent = coverage.filter(|coverage| coverage.state == CoverageState::Unreachable);
    let is_off =
        |coverage: &&Coverage| coverage.detail.as_deref().is_some_and(|detail| detail.contains(REGION_OFF));
    let (off, silent): (Vec<&Coverage>, Vec<&Coverage>) = silent.partition(is_off);
    let off = (!off.is_empty()).then_some(
        "where a Region is not switched on, take it out of that account's `regions` in the fleet file, or switch it on",
    );
    let silent = (!silent.is_empty()).then_some(
        "where AWS was unreachable, see to the reason that stands there, and that AWS's endpoints can be reached from \
         here (DNS, proxy, firewall, VPC endpoints)",
    );
    off.into_iter().chain(silent).map(str::to_owned)
}

/// Where a run was to change more than one may.
fn over_the_bound(report: &Report) -> Option<String> {
    let changes = report.passes.iter().flat_map(|pass| &pass.changes);
    let reasons = changes.filter(|change| change.action == Action::Withheld);
    let mut reasons = reasons.filter_map(|change| change.why.as_deref());
    let why = reasons.find(|why| why.contains(MAX_CHANGES))?;
    Some(format!("changes were withheld: {why}"))
}

/// After a run that did not get to its end, of which nobody can say how much is
/// left.
fn again(report: &Report) -> String {
    let mend = if count_changes(report, Outcome::Failed) > 0 { "mend what failed and " } else { "" };
    let goes_on = match report.metadata.mode {
        Mode::Plan => "it was stopped before all was looked at",
        Mode::Apply | Mode::Destroy => "it goes on where this run was stopped",
    };
    format!("{mend}run {} again: {goes_on}", command(report))
}

/// The command that the report is of, as it is typed.
fn command(report: &Report) -> String {
    let mode = match report.metadata.mode {
        Mode::Plan => "plan",
        Mode::Apply => "apply",
        Mode::Destroy => "destroy",
    };
    format!("`foghorn {mode} {}-f …`", flags(report))
}

/// What chooses the same part of the fleet, with a space behind it.
fn flags(report: &Report) -> String {
    report.metadata.narrowed_to.as_ref().map(|part| format!("{} ", part.flags())).unwrap_or_default()
}

fn count_changes(report: &Report, outcome: Outcome) -> usize {
    let changes = report.passes.iter().flat_map(|pass| &pass.changes);
    changes.filter(|change| change.is_write() && change.outcome == outcome).count()
}

fn has_unusable_webhook(report: &Report) -> bool {
    let mut findings = report.passes.iter().flat_map(|pass| &pass.findings);
    findings.any(|finding| finding.check == Check::WebhookUnusable)
}

/// Where errors are explained that have no step of their own.
fn explained(report: &Report) -> Option<String> {
    const TOLD: [Check; 3] = [Check::BreakerDisabled, Check::RollbackDisabled, Check::WebhookUnusable];
    let mut checks: BTreeMap<Check, usize> = BTreeMap::new();
    let findings = report.passes.iter().flat_map(|pass| &pass.findings);
    for finding in findings.filter(|finding| finding.severity == Severity::Error) {
        *checks.entry(finding.check).or_default() += 1;
    }
    let mut checks: Vec<(Check, usize)> =
        checks.into_iter().filter(|(check, _)| !TOLD.contains(check)).collect();
    checks.sort_by_key(|(check, count)| (Reverse(*count), *check));
    checks.truncate(MOST_EXPLAINED);
    let named: Vec<String> = checks
        .iter()
        .map(|(check, count)| format!("`foghorn explain {check}` ({})", counted(*count, "error")))
        .collect();
    match named.as_slice() {
        [] => None,
        [only] => Some(format!("{only} says what that means and how to mend it")),
        several => Some(format!("{} say what each means and how to mend it", listed(several))),
    }
}

/// Services whose breakers are wrong, where Foghorn was not asked to mend any.
fn breakers_off(report: &Report) -> usize {
    let mut changes = report.passes.iter().flat_map(|pass| &pass.changes);
    if changes.any(|change| change.key.kind == Kind::Breaker && change.action != Action::Conflict) {
        return 0;
    }
    count_findings(report, &[Check::BreakerDisabled, Check::RollbackDisabled])
}

fn count_findings(report: &Report, checks: &[Check]) -> usize {
    let findings = report.passes.iter().flat_map(|pass| &pass.findings);
    findings.filter(|finding| checks.contains(&finding.check)).count()
}
