//! What a report says in comparison with the one before it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use super::scope::Scope;
use crate::model::finding::Check;
use crate::model::news::{Age, Comparison, News, Previous, Remembered};
use crate::model::pass::PathState;
use crate::model::{AccountId, Action, Condition, CoverageState, Finding, Location, Outcome, Pass, Report};

/// What makes a finding the same as one of another report: the last part is the
/// hop at which a path is broken. The message is no part of it: it may hold a
/// count.
type Identity = (AccountId, Location, Check, String, Option<String>);

/// Fills what `report` says in comparison with `previous`: the age of each
/// finding, since when conditions have been as they are, and what is new, still
/// there, resolved or not seen again.
///
/// What lies where this run could not look, or was not asked to, is neither
/// there nor resolved; it is handed on to the next comparison. What is no part
/// of the fleet any more is resolved.
pub fn compare(previous: &Report, report: &mut Report, scope: &Scope) {
    let known = known(previous);
    let found_at = report.metadata.finished_at;
    let (mut new, mut still, mut found) = (0, 0, BTreeSet::new());
    for pass in &mut report.passes {
        for finding in &mut pass.findings {
            let identity = identity(&pass.account.id, finding);
            let age = match known.get(&identity).and_then(|remembered| remembered.finding.age.as_ref()) {
                Some(age) => Age { news: News::Still, since: age.since },
                None => Age { news: News::New, since: found_at },
            };
            match age.news {
                News::New => new += 1,
                News::Still => still += 1,
            }
            finding.age = Some(age);
            found.insert(identity);
        }
    }
    let gone = known.into_iter().filter(|(identity, _)| !found.contains(identity));
    let gone = gone.map(|(_, remembered)| remembered);
    let passes = by_account(report);
    let (unseen, resolved) = gone.partition(|remembered| is_unseen(&passes, scope, remembered));
    let before = by_account(previous);
    for pass in &mut report.passes {
        if let Some(before) = before.get(&pass.account.id) {
            keep_transitions(&before.conditions, &mut pass.conditions);
        }
    }
    let metadata = &previous.metadata;
    let previous = Previous { run: metadata.run.clone(), finished_at: metadata.finished_at };
    report.comparison = Some(Comparison { previous, new, still, resolved, unseen });
}

fn by_account(report: &Report) -> BTreeMap<&AccountId, &Pass> {
    report.passes.iter().map(|pass| (&pass.account.id, pass)).collect()
}

fn identity(account: &AccountId, finding: &Finding) -> Identity {
    let hop = finding.broken_at().map(str::to_owned);
    (account.clone(), finding.location, finding.check, finding.subject.clone(), hop)
}

/// What the previous report had, or took over from those before it, each with
/// an age.
fn known(previous: &Report) -> BTreeMap<Identity, Remembered> {
    let own =
        previous.passes.iter().flat_map(|pass| pass.findings.iter().map(|finding| (&pass.account, finding)));
    let handed_on = previous.comparison.iter().flat_map(|comparison| &comparison.unseen);
    let handed_on = handed_on.map(|remembered| (&remembered.account, &remembered.finding));
    let mut known = BTreeMap::new();
    for (account, finding) in own.chain(handed_on) {
        known.entry(identity(&account.id, finding)).or_insert_with(|| Remembered {
            account: account.clone(),
            finding: aged(finding, previous.metadata.finished_at),
        });
    }
    known
}

/// The finding with an age: one that was compared with nothing is as old as its
/// report.
fn aged(finding: &Finding, found_at: OffsetDateTime) -> Finding {
    let age = finding.age.clone().unwrap_or(Age { news: News::New, since: found_at });
    Finding { age: Some(age), ..finding.clone() }
}

/// Whether nobody can tell if it is still so.
fn is_unseen(passes: &BTreeMap<&AccountId, &Pass>, scope: &Scope, remembered: &Remembered) -> bool {
    let Remembered { account, finding } = remembered;
    let Some(pass) = passes.get(&account.id) else { return scope.chosen_places };
    match pass.coverage.iter().find(|coverage| coverage.location == finding.location) {
        None => !scope.is_whole(),
        Some(coverage) => {
            coverage.state != CoverageState::Seen || !scope.includes(finding) || is_hidden(pass, finding)
        }
    }
}

/// Whether its place was read, and it could not be judged all the same.
fn is_hidden(pass: &Pass, finding: &Finding) -> bool {
    match finding.check {
        // The way on may lead through an account that could not be read.
        Check::PathBroken => pass.paths.iter().any(|path| {
            path.state == PathState::Unknown
                && path.location == finding.location
                && path.pipeline == finding.subject
        }),
        // A run that removes orphans tells of them as changes.
        Check::Orphan => pass.changes.iter().any(|change| {
            change.action == Action::Delete
                && change.outcome != Outcome::Applied
                && change.key.location == finding.location
                && change.key.name == finding.subject
        }),
        _ => false,
    }
}

/// A condition that has the status it had stands since it came to it.
fn keep_transitions(before: &[Condition], conditions: &mut [Condition]) {
    for condition in conditions {
        let same = before.iter().find(|one| one.kind == condition.kind && one.status == condition.status);
        if let Some(same) = same {
            condition.last_transition_time = same.last_transition_time;
        }
    }
}

#[cfg(test)]
mod tests;
