//! A report as one room is told of it: the part that concerns the room, what is
//! alike folded, worst first, for a person who was just woken.
//!
//! ```text
//! Report ─► part ─► accounts (items) ─► headline, facts
//!                └► chapters: findings, paths, unread, changes, remembered
//! ```
//!
//! What could not be read is told whatever the room asks for: silence about it
//! would be taken for health.

mod accounts;
mod changes;
mod chapters;
mod facts;
mod findings;
mod headline;
mod news;
mod part;
mod paths;
mod remembered;
mod unread;

#[cfg(test)]
mod tests;

use crate::model::Report;
use crate::model::digest::{Digest, Level, Part};
use crate::report::exit::{ExitCode, exit_code};
use crate::report::text::next;

/// What a room is told of a report, which need not be posted.
pub fn digest(report: &Report, part: &Part) -> Digest {
    let report = part::of(report, part);
    let accounts = accounts::worst_first(&report, part);
    Digest {
        fleet: report.metadata.fleet.clone(),
        run: report.metadata.run.clone(),
        mode: report.metadata.mode,
        finished_at: report.metadata.finished_at,
        labels: part.labels.clone(),
        level: accounts.first().map_or(without_accounts(&report), |worst| worst.level),
        headline: headline::of(&report, &accounts, part),
        facts: facts::of(&report, part),
        next: next::steps(&report),
        chapters: chapters::of(&report, &accounts, part),
        is_drift: !accounts.is_empty() && exit_code(&report) != ExitCode::Clean,
        is_news: report.comparison.as_ref().map(|comparison| news::is_any(&report, comparison, part)),
        has_changed: changes::made(&report, part).next().is_some(),
        accounts,
    }
}

/// How bad it is that there is nothing to tell of any account: not at all, unless
/// there is no account.
fn without_accounts(report: &Report) -> Level {
    if report.passes.is_empty() { Level::Unknown } else { Level::Clear }
}
