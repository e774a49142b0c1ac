//! Tables that fit the terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table, Width};

use super::Style;
use super::line::Lines;
use super::standing::Standing;
use super::summary;
use crate::model::news::News;
use crate::model::{ConditionStatus, ConditionType, Finding, Pass, Report, Severity};
use crate::report::plain::plain_character;

const HEADINGS: [&str; 8] =
    ["account", "read", "breakers", "pipelines", "heard", "alarms", "findings", "new"];

/// The heading of pipelines where there is no room for a longer one.
const PIPELINES_IN_SHORT: &str = "built";

/// The narrowest terminal that shows all headings in full.
const NARROW: usize = 64;

/// How many columns a word may ask for where not every word can have all of it:
/// as many as an account's id.
const LONGEST_WORD: usize = 12;

/// The report as a table: a row an account, those that need a person first.
pub fn render_table(report: &Report, style: &Style) -> String {
    let mut passes: Vec<&Pass> = report.passes.iter().collect();
    passes.sort_by_key(|pass| Standing::of(pass));
    let rows = passes.into_iter().map(|pass| row(pass, report.comparison.is_some())).collect();
    let mut lines = Lines::new(*style);
    lines.blank();
    summary::show(report, &mut lines);
    let is_narrow = (1..NARROW).contains(&style.width);
    let shorter = |heading| if is_narrow && heading == "pipelines" { PIPELINES_IN_SHORT } else { heading };
    text(&HEADINGS.map(shorter), rows, style) + &lines.finish()
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
    row.push(match Standing::of(pass) {
        _ if !is_compared => "-".to_owned(),
        Standing::Unread => "?".to_owned(),
        Standing::Drift | Standing::PartlyRead | Standing::Fine => new.to_string(),
    });
    row
}

/// `-` is for what the fleet does not ask for, `?` for what nobody can tell.
fn status(pass: &Pass, kind: ConditionType) -> &'static str {
    let Some(condition) = pass.conditions.iter().find(|condition| condition.kind == kind) else { return "?" };
    match condition.status {
        ConditionStatus::True => "yes",
        ConditionStatus::False => "no",
        ConditionStatus::Unknown if !condition.is_asked_for() => "-",
        ConditionStatus::Unknown => "?",
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
    match said.as_slice() {
        [] if Standing::of(pass) == Standing::Unread => "?".to_owned(),
        [] => "none".to_owned(),
        said => said.join(", "),
    }
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
    let longest = longest_words(headings, &rows);
    for row in rows {
        table.add_row(row.iter().map(|text| cell(text, style.color)));
    }
    if style.width > 0 {
        keep_words(&mut table, &longest, style.width);
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}

/// The longest word of each column.
fn longest_words(headings: &[&str], rows: &[Vec<String>]) -> Vec<usize> {
    let longest = |text: &str| text.split(' ').map(|word| word.chars().count()).max().unwrap_or_default();
    let of = |(column, heading): (usize, &&str)| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|text| longest(text));
        cells.chain([longest(heading)]).max().unwrap_or_default()
    };
    headings.iter().enumerate().map(of).collect()
}

/// Keeps words whole as far as the terminal is wide enough for all of them, if
/// need be with less room between the columns.
fn keep_words(table: &mut Table, longest: &[usize], width: usize) {
    let all = |padding: usize| longest.iter().map(|word| word + padding).sum::<usize>();
    let padding = if all(2) <= width { (1, 1) } else { (0, 1) };
    let most = if all(1) <= width { usize::MAX } else { LONGEST_WORD };
    for (column, word) in table.column_iter_mut().zip(longest) {
        let least = (*word).min(most) + usize::from(padding.0 + padding.1);
        column.set_padding(padding);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(
            u16::try_from(least).unwrap_or(u16::MAX),
        )));
    }
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
