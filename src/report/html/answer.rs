//! The answer, and the figures beside it.

use serde::Serialize;

use super::shown;
use crate::model::{Mode, Pass, Report};
use crate::report::due::Unmade;
use crate::report::exit::{ExitCode, exit_code};
use crate::report::text::counts::{counted, duration};
use crate::report::text::extent;
use crate::report::text::standing::{Standing, are_heard, headline, stands};
use crate::report::when::utc;

/// What a person wants to know first.
#[derive(Serialize)]
pub(super) struct Answer {
    fleet: String,
    mode: &'static str,
    run: String,
    finished: String,
    took: String,
    version: String,
    looked_at: String,
    /// `good`, `bad` or `unknown`.
    tone: &'static str,
    question: &'static str,
    text: String,
    detail: String,
    figures: Vec<Figure>,
    since: Option<String>,
}

/// One figure.
#[derive(Serialize)]
struct Figure {
    value: String,
    name: &'static str,
    tone: &'static str,
    href: &'static str,
}

pub(super) fn of(report: &Report) -> Answer {
    let metadata = &report.metadata;
    let (mode, question) = match metadata.mode {
        Mode::Plan => ("plan", "If an ECS deployment fails right now, will a person hear about it?"),
        Mode::Apply => ("apply", "If an ECS deployment fails right now, will a person hear about it?"),
        Mode::Destroy => ("destroy", "Is all that the fleet owns gone?"),
    };
    let (text, detail) = sentences(report);
    Answer {
        fleet: shown(&metadata.fleet),
        mode,
        run: shown(&metadata.run),
        finished: utc(metadata.finished_at),
        took: duration(metadata.finished_at - metadata.started_at),
        version: shown(&metadata.version),
        looked_at: looked_at(report),
        tone: tone(report),
        question,
        text,
        detail,
        figures: figures(report),
        since: report.comparison.as_ref().map(|comparison| utc(comparison.previous.finished_at)),
    }
}

/// What the answer rests on.
fn looked_at(report: &Report) -> String {
    let summary = &report.summary;
    let parts = [
        (summary.accounts, "account"),
        (summary.locations, "location"),
        (summary.clusters, "cluster"),
        (summary.services, "service"),
    ];
    let parts =
        parts.map(|(count, noun)| counted(count, noun).replacen(&count.to_string(), &grouped(count), 1));
    format!(
        "{}; {} AWS calls",
        parts.join(", "),
        grouped(summary.calls.total.try_into().unwrap_or(usize::MAX))
    )
}

fn tone(report: &Report) -> &'static str {
    match exit_code(report) {
        ExitCode::Clean => "good",
        ExitCode::Drift | ExitCode::Failed => "bad",
        ExitCode::Incomplete => "unknown",
    }
}

/// Whether failures are heard, and how the accounts stand.
fn sentences(report: &Report) -> (String, String) {
    if report.metadata.mode == Mode::Destroy || report.passes.is_empty() {
        return (capitalised(&headline(report)), String::new());
    }
    let stands = capitalised(&stands(report.metadata.mode, &report.passes));
    let unread = report.passes.iter().filter(|pass| Standing::of(pass) == Standing::Unread).count();
    let heard = report.passes.iter().filter(|pass| is_heard(pass)).count();
    let total = report.passes.len();
    let would = match (heard, total) {
        (1, 1) => "The only account would be heard".to_owned(),
        (heard, total) if heard == total => format!("All {total} accounts would be heard"),
        (0, 1) => "The only account is not known to be heard".to_owned(),
        (0, total) => format!("None of {total} accounts is known to be heard"),
        (heard, total) => format!("{heard} of {total} accounts would be heard"),
    };
    let rest = if unread > 0 { format!("; {unread} could not be read") } else { String::new() };
    let said = match extent::of(report) {
        extent if extent.is_empty() => format!("{would}{rest}."),
        extent => format!("{}: {}{rest}.", capitalised(&extent), uncapitalised(&would)),
    };
    (said, stands)
}

/// Whether a failure is heard from every service and Region of the account.
fn is_heard(pass: &Pass) -> bool {
    pass.own_paths().next().is_some() && pass.is_all_heard() && !pass.is_incomplete() && are_heard(&[pass])
}

pub(super) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().to_string() + characters.as_str()).unwrap_or_default()
}

fn uncapitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().to_string() + characters.as_str()).unwrap_or_default()
}

fn figures(report: &Report) -> Vec<Figure> {
    let summary = &report.summary;
    let unmade = Unmade::of(report.passes.iter().flat_map(|pass| &pass.changes));
    let unread = summary.locations - summary.coverage.seen;
    let mut figures = vec![
        figure(summary.findings.error, "errors", "bad", "#findings"),
        figure(summary.findings.warning, "warnings", "warn", "#findings"),
        figure(summary.paths.broken, "broken paths", "bad", "#paths"),
        figure(unmade.due, "changes due", "due", "#changes"),
        figure(unread, "locations not read", "unknown", "#unread"),
    ];
    let blocked = [(unmade.conflict, "in conflict", "bad"), (unmade.withheld, "withheld", "unknown")];
    let blocked = blocked.into_iter().filter(|(count, ..)| *count > 0);
    let blocked = blocked.map(|(count, name, tone)| figure(count, name, tone, "#changes"));
    figures.splice(4..4, blocked);
    if let Some(comparison) = &report.comparison {
        figures.push(figure(comparison.new, "new", "bad", "#findings"));
        figures.push(figure(comparison.resolved.len(), "resolved", "good", "#resolved"));
    }
    figures
}

fn figure(count: usize, name: &'static str, tone: &'static str, href: &'static str) -> Figure {
    Figure { value: grouped(count), name, tone: if count == 0 { "none" } else { tone }, href }
}

/// `12,345`.
pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}
