//! The cases of one account.

use std::collections::{BTreeMap, BTreeSet};

use quick_junit::{NonSuccessKind, TestCaseStatus};

use crate::model::pass::{Path, PathState};
use crate::model::{
    Action, Change, Check, Coverage, CoverageState, Finding, Location, Outcome, Pass, Severity,
};
use crate::report::plain::plain;
use crate::report::text::counts::counted;
use crate::report::text::names::short;

/// How many lines of a case's text are written.
const MOST_LINES: usize = 100;

/// One case.
pub(super) struct Case {
    pub(super) location: Location,
    pub(super) name: String,
    pub(super) status: TestCaseStatus,
    pub(super) note: Option<String>,
}

/// The cases of an account, location by location.
pub(super) fn of(pass: &Pass) -> Vec<Case> {
    let covered = pass.coverage.iter().map(|coverage| coverage.location);
    let found = pass.findings.iter().map(|finding| finding.location);
    let locations: BTreeSet<Location> =
        covered.chain(found).chain(pass.changes.iter().map(|change| change.key.location)).collect();
    locations.into_iter().flat_map(|location| at(pass, location)).collect()
}

fn at(pass: &Pass, location: Location) -> Vec<Case> {
    let coverage = pass.coverage.iter().filter(|coverage| coverage.location == location).map(read);
    let mut pipelines: BTreeMap<&str, Vec<&Path>> = BTreeMap::new();
    for path in pass.own_paths().filter(|path| path.location == location) {
        pipelines.entry(&path.pipeline).or_default().push(path);
    }
    let mut checks: BTreeMap<(Severity, Check), Vec<&Finding>> = BTreeMap::new();
    for finding in pass.findings.iter().filter(|finding| finding.location == location) {
        if !is_told_by_a_path(finding, &pipelines) {
            checks.entry((finding.severity, finding.check)).or_default().push(finding);
        }
    }
    let changes: Vec<&Change> =
        pass.changes.iter().filter(|change| change.key.location == location).collect();
    coverage
        .chain(pipelines.into_iter().map(|(name, paths)| heard(location, name, &paths)))
        .chain(checks.into_iter().map(|((severity, check), found)| judged(location, severity, check, &found)))
        .chain((!changes.is_empty()).then(|| in_sync(location, &changes)))
        .collect()
}

/// A broken path is a case of its own.
fn is_told_by_a_path(finding: &Finding, pipelines: &BTreeMap<&str, Vec<&Path>>) -> bool {
    let paths = pipelines.get(finding.subject.as_str());
    finding.check == Check::PathBroken
        && paths.is_some_and(|paths| paths.iter().any(|path| path.state == PathState::Broken))
}

fn read(coverage: &Coverage) -> Case {
    let why = coverage.detail.as_deref().unwrap_or("no reason was given");
    let status = match coverage.state {
        CoverageState::Seen => TestCaseStatus::success(),
        CoverageState::Skipped => TestCaseStatus::skipped(),
        CoverageState::Partial
        | CoverageState::Denied
        | CoverageState::Throttled
        | CoverageState::Unreachable => {
            let kind = format!("{:?}", coverage.state).to_lowercase();
            bad(NonSuccessKind::Error, &kind, why, &[why.to_owned()])
        }
    };
    Case { location: coverage.location, name: "Reachable".to_owned(), status, note: None }
}

fn heard(location: Location, pipeline: &str, paths: &[&Path]) -> Case {
    let of = |state: PathState| paths.iter().filter(|path| path.state == state).copied().collect::<Vec<_>>();
    let (broken, unknown) = (of(PathState::Broken), of(PathState::Unknown));
    let status = match (broken.as_slice(), unknown.as_slice()) {
        ([], []) => TestCaseStatus::success(),
        ([], [first, ..]) => bad(NonSuccessKind::Error, "unknown", &why(first), &told(&unknown)),
        ([first, ..], _) => bad(NonSuccessKind::Failure, "broken", &why(first), &told(&broken)),
    };
    Case { location, name: format!("Heard {}", plain(pipeline, super::LONGEST)), status, note: None }
}

fn why(path: &Path) -> String {
    let hop = path.broken_at.as_deref().unwrap_or("an unnamed hop");
    format!("{} at {hop}: {}", path.event, path.why.as_deref().unwrap_or("no reason was given"))
}

fn told(paths: &[&Path]) -> Vec<String> {
    paths.iter().map(|path| why(path)).collect()
}

fn judged(location: Location, severity: Severity, check: Check, findings: &[&Finding]) -> Case {
    let line = |finding: &&Finding| format!("{}: {}", short(&finding.subject), finding.message);
    let lines: Vec<String> = findings.iter().map(line).collect();
    let message = match lines.as_slice() {
        [only] => only.clone(),
        lines => format!("{}, the first: {}", counted(lines.len(), "finding"), lines[0]),
    };
    let (status, note) = match severity {
        Severity::Error => (bad(NonSuccessKind::Failure, "error", &message, &lines), None),
        Severity::Warning => (bad(NonSuccessKind::Failure, "warning", &message, &lines), None),
        Severity::Info => (TestCaseStatus::success(), Some(shortened(&lines))),
    };
    let name = if severity == Severity::Info { format!("{check} (note)") } else { check.to_string() };
    Case { location, name, status, note }
}

/// Whether the location is as the fleet file says.
fn in_sync(location: Location, changes: &[&Change]) -> Case {
    let line = |change: &&Change| {
        let action = match change.action {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
            Action::Conflict => "conflict",
            Action::Withheld => "withheld",
        };
        let why = change.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("{action} {} {}{why}", change.key.kind, short(&change.key.name))
    };
    let due: Vec<String> =
        changes.iter().filter(|change| change.outcome != Outcome::Applied).map(line).collect();
    let status = match due.as_slice() {
        [] => TestCaseStatus::success(),
        due => {
            let message = format!("{} due or not made", counted(due.len(), "change"));
            bad(NonSuccessKind::Failure, "drift", &message, due)
        }
    };
    let made: Vec<String> =
        changes.iter().filter(|change| change.outcome == Outcome::Applied).map(line).collect();
    let note = (!made.is_empty()).then(|| format!("applied:\n{}", shortened(&made)));
    Case { location, name: "InSync".to_owned(), status, note }
}

fn bad(kind: NonSuccessKind, word: &str, message: &str, lines: &[String]) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(word).set_message(plain(message, 500)).set_description(shortened(lines));
    status
}

fn shortened(lines: &[String]) -> String {
    let shown: Vec<String> = lines.iter().take(MOST_LINES).map(|line| plain(line, super::LONGEST)).collect();
    let more = lines.len().saturating_sub(MOST_LINES);
    let more = if more > 0 { format!("\nand {more} more") } else { String::new() };
    shown.join("\n") + &more
}
