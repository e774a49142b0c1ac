//! How an account stands, in one word, and the fleet, in one sentence.

use crate::model::report::{Mode, Report};
use crate::model::{Condition, ConditionStatus, ConditionType, CoverageState, Pass};

use super::counts::counted;
use super::extent;

/// How an account stands, in the order of the report. Each account stands in
/// exactly one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Standing {
    /// Something is wrong or differs.
    Drift,
    /// Part of it could not be read, whatever the rest is like.
    PartlyRead,
    /// Nothing of it could be read.
    Unread,
    /// Nothing is, after changes or without any.
    Fine,
}

impl Standing {
    pub(in crate::report) fn of(pass: &Pass) -> Self {
        let read = |state: CoverageState| matches!(state, CoverageState::Seen | CoverageState::Partial);
        if pass.is_incomplete() {
            let any = pass.coverage.iter().any(|coverage| read(coverage.state));
            return if any { Self::PartlyRead } else { Self::Unread };
        }
        if pass.has_drift() { Self::Drift } else { Self::Fine }
    }
}

/// What being fine means for these accounts: one without a pipeline, or with
/// services that nobody can judge, is in sync, but not known to be heard.
pub(in crate::report) fn fine_means(passes: &[&Pass]) -> &'static str {
    if are_heard(passes) { "heard and in sync" } else { "in sync" }
}

/// Whether a failure is heard in every one of these accounts.
pub(in crate::report) fn are_heard(passes: &[&Pass]) -> bool {
    let in_doubt = |condition: &Condition| {
        condition.kind == ConditionType::Heard && condition.status != ConditionStatus::True
    };
    let heard = |pass: &&Pass| !pass.paths.is_empty() && !pass.conditions.iter().any(in_doubt);
    passes.iter().all(heard)
}

/// What a person wants to know first: how the accounts stand, and which of the
/// fleet's they are where they are not all.
pub(in crate::report) fn headline(report: &Report) -> String {
    let stands = stands(report.metadata.mode, &report.passes);
    match (extent::of(report), &report.metadata.narrowed_to) {
        (extent, _) if extent.is_empty() => stands,
        (extent, Some(_)) => format!("{extent}: {}", stands.replacen("the only account", "it", 1)),
        (extent, None) => format!("{extent}: {stands}"),
    }
}

/// How the accounts stand, whichever of the fleet's they are.
pub(in crate::report) fn stands(mode: Mode, passes: &[Pass]) -> String {
    let standings: Vec<Standing> = passes.iter().map(Standing::of).collect();
    let count = |standing| standings.iter().filter(|other| **other == standing).count();
    let fine: Vec<&Pass> = passes.iter().filter(|pass| Standing::of(pass) == Standing::Fine).collect();
    let means = match mode {
        Mode::Plan | Mode::Apply => fine_means(&fine),
        Mode::Destroy => "clear of it",
    };
    let total = passes.len();
    if let [standing] = standings.as_slice() {
        return format!("the only account {}.", alone(*standing, means));
    }
    let first = match (fine.len(), total) {
        (_, 0) => return "no account was looked at.".to_owned(),
        (2, 2) => format!("both accounts are {means}"),
        (fine, total) if fine == total => format!("all {total} accounts are {means}"),
        (0, total) => format!("none of {total} accounts is {means}"),
        (1, total) => format!("1 of {total} accounts is {means}"),
        (fine, total) => format!("{fine} of {total} accounts are {means}"),
    };
    let have = |count: usize| if count == 1 { "has" } else { "have" };
    let drift = count(Standing::Drift);
    let rest = [
        (drift, format!("{drift} {} drift or findings", have(drift))),
        (count(Standing::PartlyRead), format!("{} could be read only in part", count(Standing::PartlyRead))),
        (count(Standing::Unread), format!("{} could not be read", count(Standing::Unread))),
    ];
    let rest = rest.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| format!("; {text}"));
    format!("{first}{}.", rest.collect::<String>())
}

fn alone(standing: Standing, means: &str) -> String {
    match standing {
        Standing::Unread => "could not be read".to_owned(),
        Standing::PartlyRead => "could be read only in part".to_owned(),
        Standing::Drift => "has drift or findings".to_owned(),
        Standing::Fine => format!("is {means}"),
    }
}

/// That there is none of something, as far as anybody can tell: what was not
/// read may hold some.
pub(in crate::report) fn nothing(none: &str, report: &Report) -> String {
    let is_unread = |pass: &Pass| Standing::of(pass) == Standing::Unread;
    if report.passes.iter().all(is_unread) {
        "unknown: nothing was read".to_owned()
    } else if report.is_incomplete() {
        format!("{none} in what was read")
    } else {
        none.to_owned()
    }
}

/// What an account that is fine was found to hold.
pub(in crate::report) fn holds(pass: &Pass) -> String {
    let (locations, clusters, services) = (pass.coverage.len(), pass.clusters, pass.services);
    format!(
        "{}, {}, {}",
        counted(locations, "location"),
        counted(clusters, "cluster"),
        counted(services, "service")
    )
}
