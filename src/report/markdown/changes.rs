//! What was, or would be, changed, account by account.

use crate::model::{Action, Change, Outcome, Pass, Report};
use crate::report::text::counts::counted;
use crate::report::text::differences::{Difference, differences};
use crate::report::text::names::short;

use super::escape::{fenced, line};
use super::page::{Page, Part};

/// How many lines of one account's differences are shown.
const MOST_LINES: usize = 400;

/// The changes, folded, a block for each account.
pub(super) fn show(report: &Report, page: &mut Page) {
    let changed = report.passes.iter().filter(|pass| !pass.changes.is_empty());
    let part = Part {
        head: "### Changes\n\n".to_owned(),
        items: changed.map(block).collect(),
        tail: String::new(),
        more: |count| format!("… and in {}\n", counted(count, "more account")),
    };
    page.list(100, part);
}

fn block(pass: &Pass) -> String {
    let mut lines: Vec<String> = pass.changes.iter().flat_map(lines).collect();
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.truncate(MOST_LINES);
        lines.push(format!("… and {more} more lines"));
    }
    let (id, count) = (&pass.account.id, counted(pass.changes.len(), "change"));
    let name = escaped(&line(&pass.account.name));
    format!(
        "<details><summary><code>{name}</code> {id}: {count}</summary>\n\n{}\n</details>\n\n",
        fenced("diff", &lines)
    )
}

/// A name in HTML, in which Markdown is read too.
fn escaped(name: &str) -> String {
    let harmless = |character: char| character.is_alphanumeric() || " -_".contains(character);
    name.chars()
        .map(|character| if harmless(character) { character.to_string() } else { entity(character) })
        .collect()
}

fn entity(character: char) -> String {
    format!("&#{};", u32::from(character))
}

fn lines(change: &Change) -> Vec<String> {
    let what = format!("{} {} in {}", change.key.kind, short(&change.key.name), change.key.location);
    let outcome = match change.outcome {
        Outcome::Planned => "",
        Outcome::Applied => ", applied",
        Outcome::Failed => ", failed",
        Outcome::Skipped => ", skipped",
    };
    let why = change.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let head = match change.action {
        Action::Create => format!("+ {what}{outcome}{why}"),
        Action::Delete => format!("- {what}{outcome}{why}"),
        Action::Update => format!("@@ {what}{outcome}{why} @@"),
        Action::Conflict => format!("! {what}, conflict{why}"),
        Action::Withheld => format!("! {what}, withheld{why}"),
    };
    let fields = change.fields.iter().flat_map(|field| differences(field, false));
    std::iter::once(line(&head)).chain(fields.flat_map(|difference| sides(&difference))).collect()
}

fn sides(difference: &Difference) -> Vec<String> {
    let place = difference.place();
    let (observed, desired) = difference.sides();
    let observed = observed.map(|value| line(&format!("- {place}: {value}")));
    observed.into_iter().chain(desired.map(|value| line(&format!("+ {place}: {value}")))).collect()
}
