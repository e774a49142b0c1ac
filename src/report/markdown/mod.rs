//! The report for pull requests and job summaries, in Markdown as GitHub and
//! GitLab show it.
//!
//! What needs a person comes first. Where the report is longer than the place
//! that it is posted to allows, each part says how much of it was left out.

mod changes;
mod escape;
mod findings;
mod page;
mod unread;

#[cfg(test)]
mod tests;

use crate::model::{Mode, Pass, Report};

use super::due::Unmade;
use super::exit::{ExitCode, exit_code};
use super::text::counts::counted;
use super::text::next::steps;
use super::text::standing::{Standing, fine_means, headline};
use super::when::utc;
use escape::{code, in_cell, words};
use page::{Page, Part};

/// The longest comment that GitHub takes, in characters (GitHub's API answers
/// "body is too long (maximum is 65536 characters)").
pub const COMMENT: usize = 65_536;

/// The longest job summary of a step, in bytes (GitHub Docs, workflow commands:
/// adding a job summary).
pub const JOB_SUMMARY: usize = 1_048_576;

/// The report, in at most so many bytes, from 2,000 on.
pub fn render(report: &Report, most: usize) -> String {
    let mut page = Page::new(most);
    page.say(&head(report));
    page.list(35, accounts(report));
    unread::show(report, &mut page);
    page.list(8, fine(report));
    findings::show(report, &mut page);
    changes::show(report, &mut page);
    page.finish()
}

/// The headline, what is new, and what to do.
fn head(report: &Report) -> String {
    let metadata = &report.metadata;
    let sign = match exit_code(report) {
        ExitCode::Clean => "✅",
        ExitCode::Drift | ExitCode::Failed => "❌",
        ExitCode::Incomplete => "❔",
    };
    let mode = match metadata.mode {
        Mode::Plan => "plan",
        Mode::Apply => "apply",
        Mode::Destroy => "destroy",
    };
    let (fleet, answer) = (words(&metadata.fleet), headline(report));
    let (mut text, run) = (format!("## {sign} {fleet}: {answer}\n\n"), code(&metadata.run));
    let calls = report.summary.calls.total;
    text += &format!("{mode} · {} · {calls} calls · run {run}\n\n", utc(metadata.finished_at));
    text += &news(report);
    for step in steps(report) {
        text += &format!("> - next: {}\n", step.replace('\n', " "));
    }
    text + "\n"
}

/// What is new since the last report.
fn news(report: &Report) -> String {
    let Some(comparison) = &report.comparison else { return String::new() };
    let unseen = match comparison.unseen.len() {
        0 => String::new(),
        count => format!(", {count} could not be looked at again"),
    };
    let left = match comparison.left.len() {
        0 => String::new(),
        count => format!(", {count} left the fleet"),
    };
    let (new, still, resolved) = (comparison.new, comparison.still, comparison.resolved.len());
    let since = utc(comparison.previous.finished_at);
    format!("**{new} new**, {still} as before, **{resolved} resolved**{unseen}{left} since {since}.\n\n")
}

/// The accounts that need somebody, a row each.
fn accounts(report: &Report) -> Part {
    let mut passes: Vec<&Pass> =
        report.passes.iter().filter(|pass| Standing::of(pass) != Standing::Fine).collect();
    passes.sort_by_key(|pass| (Standing::of(pass), std::cmp::Reverse(errors(pass))));
    Part {
        head: "| Account | | Errors | Warnings | Changes due | Not read |\n|---|---|--:|--:|--:|---|\n"
            .to_owned(),
        items: passes.into_iter().map(row).collect(),
        tail: "\n".to_owned(),
        more: |count| format!("| … and {} | | | | | |\n", counted(count, "more account")),
    }
}

fn errors(pass: &Pass) -> usize {
    use crate::model::Severity;
    pass.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}

fn row(pass: &Pass) -> String {
    use crate::model::{CoverageState, Severity};
    let stands = match Standing::of(pass) {
        Standing::Drift => "❌ drift or findings",
        Standing::PartlyRead => "❔ read in part",
        Standing::Unread => "❔ not read",
        Standing::Fine => "✅ in sync",
    };
    let warnings = pass.findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
    let unmade = Unmade::of(&pass.changes);
    let due = format!("{}{}", unmade.due, unmade.rest());
    let unread = pass.coverage.iter().filter(|coverage| coverage.state != CoverageState::Seen);
    let unread: Vec<String> = unread.map(|coverage| coverage.location.to_string()).collect();
    let name = in_cell(&format!("{} {}", code(&pass.account.name), code(pass.account.id.as_str())));
    format!("| {name} | {stands} | {} | {warnings} | {due} | {} |\n", errors(pass), unread.join(", "))
}

/// The accounts that need nobody, in one line.
fn fine(report: &Report) -> Part {
    let fine: Vec<&Pass> = report.passes.iter().filter(|pass| Standing::of(pass) == Standing::Fine).collect();
    let summary = format!("{} {}", counted(fine.len(), "account"), fine_means(&fine));
    Part {
        head: format!("<details><summary>✅ {summary}</summary>\n\n"),
        items: fine.iter().map(|pass| format!("{} ", code(&pass.account.name))).collect(),
        tail: "\n\n</details>\n\n".to_owned(),
        more: |count| format!("… and {count} more"),
    }
}
