//! What is new since the last report, how old the rest is, and what is gone.

use time::OffsetDateTime;

use super::counts::nonzero;
use super::line::{Line, Lines, Role};
use super::names::{short, show_more};
use super::standing::nothing;
use crate::model::news::{Comparison, News, Remembered};
use crate::model::{Finding, Report};
use crate::report::when::{days_since, utc};

/// How many things that are gone are enough.
const USUAL: usize = 5;

/// The report that this one is compared with, and what came of it.
pub(super) fn since(report: &Report) -> String {
    let Some(Comparison { previous, new, still, resolved, unseen, left }) = &report.comparison else {
        return String::new();
    };
    let news = nonzero(&[
        (*new, "new"),
        (*still, "still"),
        (resolved.len(), "resolved"),
        (unseen.len(), "not seen again"),
        (left.len(), "left the fleet"),
    ]);
    let news = if news.is_empty() { nothing("nothing new", report) } else { news };
    format!("{} (run {}): {news}", utc(previous.finished_at), previous.run)
}

/// Marks a line with the age of what it tells: ` (new)`, ` (for 3 days)`, or
/// ` (2 new, 6 for up to 3 days)`.
pub(super) fn mark_age<'a>(
    findings: &[&Finding],
    now: Option<OffsetDateTime>,
    line: &'a mut Line,
) -> &'a mut Line {
    let ages = findings.iter().filter_map(|finding| finding.age.as_ref());
    let (new, still): (Vec<_>, Vec<_>) = ages.partition(|age| age.news == News::New);
    let oldest = still.iter().map(|age| age.since).min();
    let youngest = still.iter().map(|age| age.since).max();
    let since = |since: OffsetDateTime| days_since(since, now.unwrap_or(since));
    let up_to = |oldest: OffsetDateTime| since(oldest).replacen("for", "for up to", 1);
    match (new.len(), oldest.zip(youngest)) {
        (0, None) => line,
        (_, None) => line.text(Role::Doubtful, " (new)"),
        (0, Some((oldest, youngest))) if since(oldest) == since(youngest) => {
            line.text(Role::Dim, &format!(" ({})", since(oldest)))
        }
        (0, Some((oldest, _))) => line.text(Role::Dim, &format!(" ({})", up_to(oldest))),
        (new, Some((oldest, _))) => {
            line.text(Role::Doubtful, &format!(" ({new} new, {} {})", still.len(), up_to(oldest)))
        }
    }
}

/// What the last report had and is not wrong any more; to the verbose also what
/// could not be seen again, or left the fleet.
pub(super) fn show_gone(report: &Report, lines: &mut Lines) {
    let Some(comparison) = &report.comparison else { return };
    let (now, since) = (report.metadata.finished_at, utc(comparison.previous.finished_at));
    show_list(&format!("resolved since {since}"), (Role::Good, '='), &comparison.resolved, now, lines);
    if lines.style.verbose > 0 {
        show_list("not seen again", (Role::Doubtful, '?'), &comparison.unseen, now, lines);
        show_list("left the fleet", (Role::Dim, '-'), &comparison.left, now, lines);
    }
}

fn show_list(
    title: &str,
    (role, mark): (Role, char),
    list: &[Remembered],
    now: OffsetDateTime,
    lines: &mut Lines,
) {
    if list.is_empty() {
        return;
    }
    lines.add(0).text(Role::Strong, title);
    let shown = lines.style.shown(USUAL, list.len());
    for Remembered { account, finding, .. } in &list[..shown] {
        let place = format!("{} {} {}: ", account.name, account.id, finding.location);
        let line = lines.add(2).mark(role, mark).plain(&place);
        line.text(Role::Strong, &finding.check.to_string()).plain(" ").plain(short(&finding.subject));
        if let Some(found) = &finding.age {
            line.text(Role::Dim, &format!(" ({})", days_since(found.since, now)));
        }
    }
    if shown < list.len() {
        show_more(&format!("and {} more", list.len() - shown), 2, lines);
    }
    lines.blank();
}
