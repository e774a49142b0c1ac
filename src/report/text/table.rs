//! Tables that fit the terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, Color, ContentArrangement, Table};

use super::Style;
use super::line::Lines;
use super::standing::Standing;
use super::summary;
use crate::model::news::News;
use crate::model::{ConditionStatus, ConditionType, Finding, Pass, Report, Severity};
use crate::report::plain::plain_character;

const HEADINGS: [&str; 8] =
    ["account", "read", "breakers", "pipelines", "heard", "alarms", "findings", "new"];

/// The report as a table: a row an account, those that need a person first.
pub fn render_table(report: &Report, style: &Style) -> String {
    let mut passes: Vec<&Pass> = report.passes.iter().collect();
    passes.sort_by_key(|pass| Standing::of(pass));
    let rows = passes.into_iter().map(|pass| row(pass, report.comparison.is_some())).collect();
    let mut lines = Lines::new(*style);
    lines.blank();
    summary::show(report, &mut lines);
    text(&HEADINGS, rows, style) + &lines.finish()
}

fn row(pass: &Pass, is_compared: bool) -> Vec<String> {
    let mut row = vec![format!("{} {}", pass.account.name, pass.account.id)];
    row.extend(
        [
            ConditionType::Reachable,
            ConditionType::BreakersOn,
            ConditionType::PipelineReady,
            ConditionType::Heard,
            ConditionType::AlarmsQuiet,
        ]
        .map(|kind| status(pass, kind).to_owned()),
    );
    row.push(findings(pass));
    let is_new = |finding: &&Finding| finding.age.as_ref().is_some_and(|age| age.news == News::New);
    let new = pass.findings.iter().filter(is_new).count();
    row.push(if is_compared { new.to_string() } else { "-".to_owned() });
    row
}

fn status(pass: &Pass, kind: ConditionType) -> &'static str {
    match pass.conditions.iter().find(|condition| condition.kind == kind).map(|condition| condition.status) {
        Some(ConditionStatus::True) => "yes",
        Some(ConditionStatus::False) => "no",
        Some(ConditionStatus::Unknown) | None => "?",
    }
}

fn findings(pass: &Pass) -> String {
    let count =
        |severity: Severity| pass.findings.iter().filter(|finding| finding.severity == severity).count();
    let counted = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        count => Some(format!("{count} {word}s")),
    };
    let said: Vec<String> =
        [counted(count(Severity::Error), "error"), counted(count(Severity::Warning), "warning")]
            .into_iter()
            .flatten()
            .collect();
    if said.is_empty() { "none".to_owned() } else { said.join(", ") }
}

/// Rows under headings. Columns share the terminal's width, and what does not
/// fit goes on in the next line of its column.
pub(super) fn text(headings: &[&str], rows: Vec<Vec<String>>, style: &Style) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(headings.iter().map(|heading| heading.to_uppercase()));
    if style.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    if style.width > 0 {
        let width = u16::try_from(style.width).unwrap_or(u16::MAX);
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    for row in rows {
        table.add_row(row.iter().map(|text| cell(text, style.color)));
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}

fn cell(text: &str, is_coloured: bool) -> Cell {
    let cell = Cell::new(text.chars().map(plain_character).collect::<String>());
    match text {
        "yes" if is_coloured => cell.fg(Color::Green),
        "no" | "error" if is_coloured => cell.fg(Color::Red),
        "?" | "warning" if is_coloured => cell.fg(Color::Yellow),
        _ => cell,
    }
}
