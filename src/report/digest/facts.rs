//! The figures, what is new and what is unknown.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use time::OffsetDateTime;
use time::macros::format_description;

use crate::model::digest::Part;
use crate::model::news::{Comparison, News};
use crate::model::number::{counted, thousands};
use crate::model::report::Summary;
use crate::model::{Check, Finding, Pass, Report};
use crate::report::text::names::listed;

use super::{changes, news};

/// How many accounts are named in one line.
const MOST_ACCOUNTS: usize = 5;

/// How many checks are named in one line.
const MOST_CHECKS: usize = 4;

/// A line each, the most important first.
pub(super) fn of(report: &Report, part: &Part) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(report.comparison.as_ref().map(|comparison| compared(report, comparison, part)));
    facts.extend(report.comparison.iter().flat_map(|comparison| turns(report, comparison, part)));
    facts.extend(changes::fact(report, part));
    facts.extend(findings(report, part));
    facts.extend(unknown(report, part));
    facts.extend(report.comparison.as_ref().and_then(|comparison| left(comparison, part)));
    facts.push(read(&report.summary));
    facts
}

fn compared(report: &Report, comparison: &Comparison, part: &Part) -> String {
    let findings = report.passes.iter().flat_map(|pass| &pass.findings);
    let is_still = |finding: &&Finding| {
        part.tells(finding.severity) && finding.age.as_ref().is_some_and(|age| age.news == News::Still)
    };
    format!(
        "Since the last report, {}: {} new, {} resolved, {} as before",
        minute(comparison.previous.finished_at),
        thousands(news::new(report, part)),
        thousands(news::told(&comparison.resolved, part)),
        thousands(findings.filter(is_still).count()),
    )
}

fn turns(report: &Report, comparison: &Comparison, part: &Part) -> Vec<String> {
    let turns = news::turns(report, comparison, part);
    turns.iter().map(|turn| format!("{}: {}", turn.says, some(&turn.accounts))).collect()
}

/// `2026-11-21 09:00 UTC`.
fn minute(time: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    time.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

/// `a, b and 12 more`.
fn some(names: &[&str]) -> String {
    if names.len() <= MOST_ACCOUNTS + 1 {
        return listed(names);
    }
    let more = format!("{} more", thousands(names.len() - MOST_ACCOUNTS));
    listed(&names.iter().take(MOST_ACCOUNTS).copied().chain([more.as_str()]).collect::<Vec<_>>())
}

/// What was found most, by check.
fn findings(report: &Report, part: &Part) -> Option<String> {
    let mut checks: BTreeMap<Check, usize> = BTreeMap::new();
    let findings = report.passes.iter().flat_map(|pass| &pass.findings);
    for finding in findings.filter(|finding| part.tells(finding.severity)) {
        *checks.entry(finding.check).or_default() += 1;
    }
    let total: usize = checks.values().sum();
    let mut checks: Vec<(Check, usize)> = checks.into_iter().collect();
    checks.sort_by_key(|(check, count)| (Reverse(*count), *check));
    let named: Vec<String> = checks
        .iter()
        .take(MOST_CHECKS)
        .map(|(check, count)| format!("{check} {}", thousands(*count)))
        .collect();
    let more = if checks.len() > MOST_CHECKS { ", …" } else { "" };
    (total > 0).then(|| format!("{}: {}{more}", counted(total, "finding"), named.join(", ")))
}

/// What nobody can tell, and why.
fn unknown(report: &Report, part: &Part) -> Option<String> {
    let unread: Vec<&str> = report
        .passes
        .iter()
        .filter(|pass: &&Pass| pass.is_incomplete())
        .map(|pass| pass.account.name.as_str())
        .collect();
    let unseen = report.comparison.as_ref().map_or(0, |comparison| news::told(&comparison.unseen, part));
    let mut parts = Vec::new();
    parts.extend((!unread.is_empty()).then(|| format!("{} could not be read in full", some(&unread))));
    parts.extend(
        (unseen > 0).then(|| {
            format!("{} of the last report could not be looked at again", counted(unseen, "finding"))
        }),
    );
    (!parts.is_empty()).then(|| format!("Unknown: {}", parts.join("; ")))
}

/// What nobody looks at any more, which repairs nothing.
fn left(comparison: &Comparison, part: &Part) -> Option<String> {
    let left = news::told(&comparison.left, part);
    (left > 0).then(|| {
        format!(
            "No longer part of the fleet: accounts or Regions with {} in the last report",
            counted(left, "finding")
        )
    })
}

fn read(summary: &Summary) -> String {
    let Summary { accounts, locations, services, coverage, .. } = summary;
    let seen = match coverage.seen {
        seen if seen == *locations => counted(seen, "location"),
        seen => format!("{} of {}", thousands(seen), counted(*locations, "location")),
    };
    format!("Read: {}, {seen}, {}", counted(*accounts, "account"), counted(*services, "service"))
}
