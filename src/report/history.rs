//! The list of the runs whose reports are kept.

use std::borrow::Cow;

use serde::Serialize;
use time::OffsetDateTime;

use super::exit::{exit_code, meaning};
use super::when::utc;
use crate::model::extent::Stop;
use crate::model::report::{API_VERSION, FindingCount};
use crate::model::{Mode, Report};

/// The runs whose reports are kept, newest first. Public interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// Always [`API_VERSION`].
    pub api_version: Cow<'static, str>,
    /// Always `History`.
    pub kind: Cow<'static, str>,
    /// The fleet's name.
    pub fleet: String,
    /// The runs.
    pub runs: Vec<HistoryEntry>,
}

/// One run. Public interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// The run's id.
    pub run: String,
    /// When it ended.
    #[serde(with = "crate::model::timestamp")]
    pub finished_at: OffsetDateTime,
    /// What was asked.
    pub mode: Mode,
    /// Whether no other report is compared with it: it is of a part of the
    /// fleet, of a removal, or of a run that was stopped, or nobody was told of it.
    pub aside: bool,
    /// Whether it is of a part of the fleet.
    pub part: bool,
    /// Why the run ended before it was done; `None` where it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stop>,
    /// Its exit code.
    pub exit: u8,
    /// What the exit code means.
    pub meaning: Cow<'static, str>,
    /// Its findings by severity.
    pub findings: FindingCount,
    /// How many findings were new; `None` where it was compared with nothing.
    pub new: Option<usize>,
    /// How many were resolved; `None` likewise.
    pub resolved: Option<usize>,
}

impl History {
    /// The runs of a fleet, newest first.
    pub fn of(fleet: &str, runs: Vec<HistoryEntry>) -> Self {
        Self { api_version: API_VERSION.into(), kind: "History".into(), fleet: fleet.to_owned(), runs }
    }
}

impl HistoryEntry {
    /// What a list says of a run whose report is kept aside, or is not, or is for
    /// no other reason than that nobody was told of it.
    pub fn of(report: &Report, aside: bool, untold: bool) -> Self {
        let metadata = &report.metadata;
        // Earlier versions did not say of what part a report is.
        let is_part = aside && !untold && metadata.mode != Mode::Destroy && metadata.stopped.is_none();
        let code = exit_code(report);
        let comparison = report.comparison.as_ref();
        Self {
            run: report.metadata.run.clone(),
            finished_at: report.metadata.finished_at,
            mode: report.metadata.mode,
            aside,
            part: metadata.narrowed_to.is_some() || is_part,
            stopped: metadata.stopped,
            exit: code as u8,
            meaning: meaning(report),
            findings: report.summary.findings.clone(),
            new: comparison.map(|comparison| comparison.new),
            resolved: comparison.map(|comparison| comparison.resolved.len()),
        }
    }
}

const HEAD: [&str; 9] = ["run", "ended", "mode", "errors", "warnings", "notes", "new", "resolved", "exit"];

/// The list as a table for people.
pub fn render(history: &History) -> String {
    if history.runs.is_empty() {
        return format!("No report of {} is kept yet.\n", history.fleet);
    }
    let rows: Vec<[String; 9]> =
        std::iter::once(HEAD.map(str::to_owned)).chain(history.runs.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let line = |row: &[String; 9]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn row(entry: &HistoryEntry) -> [String; 9] {
    let count = |count: Option<usize>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
    let FindingCount { error, warning, info } = entry.findings;
    [
        entry.run.clone(),
        utc(entry.finished_at),
        mode(entry),
        error.to_string(),
        warning.to_string(),
        info.to_string(),
        count(entry.new),
        count(entry.resolved),
        format!("{}: {}", entry.exit, entry.meaning),
    ]
}

fn mode(entry: &HistoryEntry) -> String {
    let part = if entry.part { " of a part" } else { "" };
    let stopped = if entry.stopped.is_some() { ", stopped" } else { "" };
    let mode = match entry.mode {
        Mode::Plan => "plan",
        Mode::Apply => "apply",
        Mode::Destroy => "destroy",
    };
    format!("{mode}{part}{stopped}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::{all_fine, compared, narrowed};

    #[test]
    fn a_list_of_runs_is_a_table_that_people_read() {
        let mut removal = all_fine();
        removal.metadata.mode = Mode::Destroy;
        let mut part = narrowed();
        part.metadata.stopped = Some(Stop::Signal);
        let runs = [
            (compared(), false, false),
            (all_fine(), true, false),
            (all_fine(), true, true),
            (removal, true, false),
            (part, true, false),
        ];
        let runs =
            runs.iter().map(|(report, aside, untold)| HistoryEntry::of(report, *aside, *untold)).collect();
        let text = render(&History::of("acme", runs));
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("history", text);
        });
    }

    #[test]
    fn a_fleet_without_a_run_says_so() {
        assert_eq!(render(&History::of("acme", Vec::new())), "No report of acme is kept yet.\n");
    }
}
