//! What is new since the last report, how old the rest is, and what is gone.

use time::{Duration, OffsetDateTime, UtcOffset};

use super::counts::{counted, nonzero};
use super::line::{Line, Lines, Role};
use super::names::{short, show_more};
use crate::model::news::{Comparison, News, Remembered};
use crate::model::{Finding, Report};

/// How many things that are gone are enough.
const USUAL: usize = 5;

/// The report that this one is compared with, and what came of it.
pub(super) fn since(report: &Report) -> String {
    let Some(Comparison { previous, new, still, resolved, unseen }) = &report.comparison else {
        return String::new();
    };
    let news = nonzero(&[
        (*new, "new"),
        (*still, "still"),
        (resolved.len(), "resolved"),
        (unseen.len(), "not seen again"),
    ]);
    let news = if news.is_empty() { "nothing new" } else { &news };
    format!("{} (run {}): {news}", moment(previous.finished_at), previous.run)
}

/// Marks a line with the age of what it tells: ` (new)`, ` (3 days)`, or
/// ` (2 new, the others up to 3 days)`.
pub(super) fn mark_age<'a>(
    findings: &[&Finding],
    now: Option<OffsetDateTime>,
    line: &'a mut Line,
) -> &'a mut Line {
    let ages = findings.iter().filter_map(|finding| finding.age.as_ref());
    let (new, still): (Vec<_>, Vec<_>) = ages.partition(|age| age.news == News::New);
    let oldest = still.iter().map(|age| age.since).min();
    let youngest = still.iter().map(|age| age.since).max();
    let since = |since: OffsetDateTime| age(now.unwrap_or(since) - since);
    match (new.len(), oldest, youngest) {
        (0, None, _) | (0, _, None) => line,
        (_, None, _) | (_, _, None) => line.text(Role::Doubtful, " (new)"),
        (0, Some(oldest), Some(youngest)) if since(oldest) == since(youngest) => {
            line.text(Role::Dim, &format!(" ({})", since(oldest)))
        }
        (0, Some(oldest), _) => line.text(Role::Dim, &format!(" (up to {})", since(oldest))),
        (new, Some(oldest), _) => {
            let others = if still.len() == 1 { "the other" } else { "the others up to" };
            line.text(Role::Doubtful, &format!(" ({new} new, {others} {})", since(oldest)))
        }
    }
}

/// What the last report had and is not wrong any more; to the verbose also what
/// could not be seen again.
pub(super) fn show_gone(report: &Report, lines: &mut Lines) {
    let Some(comparison) = &report.comparison else { return };
    let (now, since) = (report.metadata.finished_at, moment(comparison.previous.finished_at));
    show_list(&format!("resolved since {since}"), (Role::Good, '='), &comparison.resolved, now, lines);
    if lines.style.verbose > 0 {
        show_list("not seen again", (Role::Doubtful, '?'), &comparison.unseen, now, lines);
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
    for Remembered { account, finding } in &list[..shown] {
        let place = format!("{} {} {}: ", account.name, account.id, finding.location);
        let line = lines.add(2).mark(role, mark).plain(&place);
        line.text(Role::Strong, &finding.check.to_string()).plain(" ").plain(short(&finding.subject));
        if let Some(found) = &finding.age {
            line.text(Role::Dim, &format!(" ({})", age(now - found.since)));
        }
    }
    if shown < list.len() {
        show_more(&format!("and {} more", list.len() - shown), 2, lines);
    }
    lines.blank();
}

/// A time as people write it, in UTC to the minute.
fn moment(time: OffsetDateTime) -> String {
    let time = time.to_offset(UtcOffset::UTC);
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", time.hour(), time.minute())
}

/// How old something is, as exactly as people need it.
fn age(age: Duration) -> String {
    match (age.whole_days(), age.whole_hours()) {
        (2.., _) => counted(usize::try_from(age.whole_days()).unwrap_or_default(), "day"),
        (_, 2..) => counted(usize::try_from(age.whole_hours()).unwrap_or_default(), "hour"),
        _ => format!("{} min", age.whole_minutes().max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_the_unit_that_fits() {
        for (minutes, text) in [
            (-5, "1 min"),
            (0, "1 min"),
            (59, "59 min"),
            (119, "119 min"),
            (120, "2 hours"),
            (47 * 60 + 59, "47 hours"),
            (48 * 60, "2 days"),
            (400 * 24 * 60, "400 days"),
        ] {
            assert_eq!(age(Duration::minutes(minutes)), text);
        }
    }
}
