//! What every room's message says in the same words.

use super::clean::one_line;
use super::cut::{Allowance, note};
use crate::model::notice::{Fact, FailedContainer, Link, Notice, NoticeLevel, Place};

/// The sign that a message begins with, so that a glance is enough.
pub(super) fn sign(level: NoticeLevel) -> &'static str {
    match level {
        NoticeLevel::Error => "🔴",
        NoticeLevel::Warning => "🟠",
        NoticeLevel::Info => "🔵",
    }
}

/// The sign and what happened.
pub(super) fn title(notice: &Notice) -> String {
    format!("{} {}", sign(notice.level), one_line(&notice.title))
}

/// The title and where it happened, for a notification or a screen reader.
pub(super) fn summary(notice: &Notice) -> String {
    let place = &notice.place;
    format!("{} – {}, {}", title(notice), account(place), one_line(&place.region))
}

/// Where and when: account, Region, time, and last the labels, which may be many.
pub(super) fn place(place: &Place) -> Vec<Fact> {
    let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
    let mut facts = vec![
        fact("Account", account(place)),
        fact("Region", one_line(&place.region)),
        fact("Time", one_line(&place.time)),
    ];
    if !place.labels.is_empty() {
        facts.push(fact("Labels", labels(place)));
    }
    facts
}

/// `production (111111111111)`, or the id where it has no other name.
pub(super) fn account(place: &Place) -> String {
    if place.account_name.trim().is_empty() || place.account_name == place.account {
        return one_line(&place.account);
    }
    format!("{} ({})", one_line(&place.account_name), one_line(&place.account))
}

fn labels(place: &Place) -> String {
    let labels = place.labels.iter().map(|(name, value)| format!("{}={}", one_line(name), one_line(value)));
    labels.collect::<Vec<String>>().join(", ")
}

/// `app: exit code 137, OutOfMemoryError: container killed`.
fn container(container: &FailedContainer) -> String {
    let ended = match container.exit_code {
        Some(code) => format!("exit code {code}"),
        None => "never ran".to_owned(),
    };
    let reason = container.reason.as_deref().map(one_line).map(|reason| format!(", {reason}"));
    format!("{}: {ended}{}", one_line(&container.name), reason.unwrap_or_default())
}

/// Failed containers, one a line, as many as the allowance holds; `most` is what
/// one of them may take up.
pub(super) fn containers(all: &[FailedContainer], allowance: &mut Allowance, most: usize) -> String {
    // A line break, which may be a block of its own, and the note that not all
    // are shown.
    const AROUND: usize = 120;
    let mut lines = Vec::new();
    for one in all {
        if !allowance.take(AROUND) {
            break;
        }
        let line = allowance.text(&container(one), most);
        lines.extend((!line.is_empty()).then_some(line));
    }
    let shown = lines.len();
    lines.extend(rest(shown, all.len(), "containers"));
    lines.join("\n")
}

/// The note below a list that is not shown to its end.
pub(super) fn rest(shown: usize, all: usize, what: &str) -> Option<String> {
    (shown < all).then(|| note(shown, all, what))
}

/// A link that a room may show: one to a web page, written out in full.
pub(super) fn web_link(link: &Link) -> Option<String> {
    let url = reqwest::Url::parse(link.url.trim()).ok()?;
    matches!(url.scheme(), "https" | "http").then(|| String::from(url).replace('|', "%7C"))
}
