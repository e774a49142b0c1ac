//! The details, kind by kind.

use crate::model::digest::{AccountDigest, Chapter, Detail, Part, Section};
use crate::model::news::Remembered;
use crate::model::number::thousands;
use crate::model::{Pass, Report};

use super::{changes, findings, paths, remembered, unread};

/// How many details of one kind are told of one account.
pub(super) const MOST_LINES: usize = 20;

/// The chapters that hold anything.
pub(super) fn of(report: &Report, accounts: &[AccountDigest], part: &Part) -> Vec<Chapter> {
    let (resolved, unseen, left): (&[Remembered], &[Remembered], &[Remembered]) = match &report.comparison {
        Some(comparison) => (&comparison.resolved, &comparison.unseen, &comparison.left),
        None => Default::default(),
    };
    let chapters = [
        ("Could not be read", unread::sections(report, accounts)),
        ("Paths that are broken or not known", paths::sections(report, accounts)),
        ("Findings", findings::sections(report, accounts, part)),
        ("Changes", changes::sections(report, accounts, part)),
        ("Resolved since the last report", remembered::sections(resolved, part)),
        ("Found last time, and not looked at again", remembered::sections(unseen, part)),
        ("Found last time, and no longer part of the fleet", remembered::sections(left, part)),
    ];
    let chapters = chapters.into_iter().filter(|(_, sections)| !sections.is_empty());
    chapters.map(|(title, sections)| Chapter { title, sections }).collect()
}

/// What a chapter tells of an account, if anything.
pub(super) fn section(
    report: &Report,
    account: &AccountDigest,
    details: impl Fn(&Pass) -> Vec<Detail>,
) -> Option<Section> {
    let index = report.passes.binary_search_by(|pass| pass.account.id.cmp(&account.account.id)).ok()?;
    section_of(report.passes.get(index)?, details)
}

/// What a chapter tells of a pass, if anything.
pub(super) fn section_of(pass: &Pass, details: impl Fn(&Pass) -> Vec<Detail>) -> Option<Section> {
    let mut details = details(pass);
    if details.len() > MOST_LINES + 1 {
        let hidden = details.len() - MOST_LINES;
        details.truncate(MOST_LINES);
        details.push(more(hidden).into());
    }
    (!details.is_empty()).then(|| Section { account: pass.account.clone(), details })
}

/// `… and 2,940 more`.
pub(super) fn more(hidden: usize) -> String {
    format!("… and {} more", thousands(hidden))
}

/// A list of which only the first are shown.
pub(super) fn folded(list: &str, all: usize, shown: usize) -> String {
    if all > shown { format!("{list} {}", more(all - shown)) } else { list.to_owned() }
}
