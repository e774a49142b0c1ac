//! What a report says in comparison with the one before it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use super::scope::Scope;
use crate::model::finding::Check;
use crate::model::news::{Age, Comparison, News, Previous, Remembered};
use crate::model::pass::PathState;
use crate::model::{AccountId, Action, Condition, CoverageState, Finding, Location, Outcome, Pass, Report};

/// What makes a finding the same as one of another report: the last part is the
/// event of a broken path, which is the same path wherever it stops. The message
/// is no part of it: it may hold a count.
type Identity = (AccountId, Location, Check, String, Option<String>);

/// Fills what `report` says in comparison with `previous`: the age of each
/// finding, since when conditions have been as they are, and what is new, still
/// there, resolved or not seen again.
///
/// What lies where this run could not look, or was not asked to, is neither
/// there nor resolved; it is handed on to the next comparison. What is no part
/// of the fleet any more is not resolved either: it is told once, as what left.
pub fn compare(previous: &Report, report: &mut Report, scope: &Scope) {
    let known = known(previous);
    let since = oldest(&known);
    let found_at = report.metadata.finished_at;
    let (mut new, mut still, mut found) = (0, 0, BTreeSet::new());
    for pass in &mut report.passes {
        for finding in &mut pass.findings {
            let identities = identities(&pass.account.id, finding);
            let age = match identities.iter().filter_map(|identity| since.get(identity)).min() {
                Some(since) => Age { news: News::Still, since: *since },
                None => Age { news: News::New, since: found_at },
            };
            match age.news {
                News::New => new += 1,
                News::Still => still += 1,
            }
            finding.age = Some(age);
            found.extend(identities);
        }
    }
    let gone = known.into_iter().filter(|(identities, _)| identities.is_disjoint(&found));
    let passes = by_account(report);
    let (mut resolved, mut unseen, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for (_, mut remembered) in gone {
        let fate = fate(&passes, scope, &remembered);
        remembered.newly_unseen &= fate == Fate::OutOfSight;
        match fate {
            Fate::Resolved => resolved.push(remembered),
            Fate::OutOfSight | Fate::NotAskedFor => unseen.push(remembered),
            Fate::Left => left.push(remembered),
        }
    }
    let before = by_account(previous);
    for pass in &mut report.passes {
        if let Some(before) = before.get(&pass.account.id) {
            keep_transitions(&before.conditions, &mut pass.conditions);
        }
    }
    let metadata = &previous.metadata;
    let previous = Previous { run: metadata.run.clone(), finished_at: metadata.finished_at };
    report.comparison = Some(Comparison { previous, new, still, resolved, unseen, left });
}

fn by_account(report: &Report) -> BTreeMap<&AccountId, &Pass> {
    report.passes.iter().map(|pass| (&pass.account.id, pass)).collect()
}

/// Each path of a broken pipeline by itself; anything else is one thing.
fn identities(account: &AccountId, finding: &Finding) -> BTreeSet<Identity> {
    let of = |event: Option<&str>| {
        let event = event.map(str::to_owned);
        (account.clone(), finding.location, finding.check, finding.subject.clone(), event)
    };
    match finding.broken_events().as_slice() {
        [] => BTreeSet::from([of(None)]),
        events => events.iter().map(|event| of(Some(event))).collect(),
    }
}

/// What the previous report had, or took over from those before it, each with
/// an age. What it had itself would be newly unseen.
fn known(previous: &Report) -> Vec<(BTreeSet<Identity>, Remembered)> {
    let own =
        previous.passes.iter().flat_map(|pass| pass.findings.iter().map(|finding| (&pass.account, finding)));
    let handed_on = previous.comparison.iter().flat_map(|comparison| &comparison.unseen);
    let handed_on = handed_on.map(|remembered| (&remembered.account, &remembered.finding));
    let (mut known, mut told) = (Vec::new(), BTreeSet::new());
    let own = own.map(|(account, finding)| (account, finding, true));
    let handed_on = handed_on.map(|(account, finding)| (account, finding, false));
    for (account, finding, newly_unseen) in own.chain(handed_on) {
        let identities = identities(&account.id, finding);
        if identities.is_subset(&told) {
            continue;
        }
        told.extend(identities.iter().cloned());
        let finding = aged(finding, previous.metadata.finished_at);
        known.push((identities, Remembered { account: account.clone(), finding, newly_unseen }));
    }
    known.sort_by(|(one, _), (other, _)| one.cmp(other));
    known
}

/// Since when each thing has been known.
fn oldest(known: &[(BTreeSet<Identity>, Remembered)]) -> BTreeMap<Identity, OffsetDateTime> {
    let mut oldest: BTreeMap<Identity, OffsetDateTime> = BTreeMap::new();
    for (identities, remembered) in known {
        for since in remembered.finding.age.iter().map(|age| age.since) {
            for identity in identities {
                let known = oldest.entry(identity.clone()).or_insert(since);
                *known = since.min(*known);
            }
        }
    }
    oldest
}

/// The finding with an age: one that was compared with nothing is as old as its
/// report.
fn aged(finding: &Finding, found_at: OffsetDateTime) -> Finding {
    let age = finding.age.clone().unwrap_or(Age { news: News::New, since: found_at });
    Finding { age: Some(age), ..finding.clone() }
}

/// What became of something that is not found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It was looked for, and is not wrong any more.
    Resolved,
    /// It was looked for, and could not be seen.
    OutOfSight,
    /// This run was not asked to look for it, or tells of it otherwise.
    NotAskedFor,
    /// Its account or Region is no part of the fleet any more.
    Left,
}

fn fate(passes: &BTreeMap<&AccountId, &Pass>, scope: &Scope, remembered: &Remembered) -> Fate {
    let Remembered { account, finding, .. } = remembered;
    let Some(pass) = passes.get(&account.id) else {
        return if scope.chosen_places { Fate::NotAskedFor } else { Fate::Left };
    };
    match pass.coverage.iter().find(|coverage| coverage.location == finding.location) {
        None if scope.is_whole() => Fate::Left,
        None => Fate::NotAskedFor,
        Some(_) if !scope.includes(finding) => Fate::NotAskedFor,
        Some(coverage) if coverage.state != CoverageState::Seen => Fate::OutOfSight,
        Some(_) if is_behind_unread(pass, finding) => Fate::OutOfSight,
        Some(_) if is_to_be_removed(pass, finding) => Fate::NotAskedFor,
        Some(_) => Fate::Resolved,
    }
}

/// Whether it is a path that could not be judged though its place was read: the
/// way on may lead through an account that could not be read.
fn is_behind_unread(pass: &Pass, finding: &Finding) -> bool {
    finding.check == Check::PathBroken
        && pass.paths.iter().any(|path| {
            path.state == PathState::Unknown
                && path.location == finding.location
                && path.pipeline == finding.subject
        })
}

/// Whether it is an orphan that is still there: a run that removes orphans tells
/// of them as changes.
fn is_to_be_removed(pass: &Pass, finding: &Finding) -> bool {
    finding.check == Check::Orphan
        && pass.changes.iter().any(|change| {
            change.action == Action::Delete
                && change.outcome != Outcome::Applied
                && change.key.location == finding.location
                && change.key.name == finding.subject
        })
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
