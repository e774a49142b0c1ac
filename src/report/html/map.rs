//! The heat map: a row an account, a column a location.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::pass::PathState;
use crate::model::{CoverageState, Location, Outcome, Pass, Report, Severity};

/// How many rows stand in the page itself.
const MOST_ROWS: usize = 50;

/// The map's first rows, and how many there are.
#[derive(Serialize)]
pub(super) struct Map {
    columns: Vec<Column>,
    rows: Vec<Row>,
    total: usize,
    fine: usize,
    more: usize,
}

/// A location, and how many accounts are in each state there.
#[derive(Serialize)]
struct Column {
    name: String,
    bad: usize,
}

#[derive(Serialize)]
struct Row {
    index: usize,
    name: String,
    id: String,
    labels: Vec<String>,
    cells: Vec<Cell>,
}

/// How one location of an account stands: its worst, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Cell {
    pub(super) tone: &'static str,
    pub(super) sign: &'static str,
    pub(super) word: &'static str,
    pub(super) count: usize,
}

/// The states, worst first: a class, a sign, and a word for it. `script.js` has
/// the same, by the same letters.
const BAD: Cell = Cell { tone: "bad", sign: "✕", word: "wrong", count: 0 };
const UNKNOWN: Cell = Cell { tone: "unknown", sign: "?", word: "not read", count: 0 };
const WARN: Cell = Cell { tone: "warn", sign: "!", word: "warned of", count: 0 };
const DUE: Cell = Cell { tone: "due", sign: "~", word: "to change", count: 0 };
const GOOD: Cell = Cell { tone: "good", sign: "✓", word: "in order", count: 0 };
const NONE: Cell = Cell { tone: "none", sign: "·", word: "not in the fleet", count: 0 };

impl Cell {
    /// The cell in the page's data: a letter and a count.
    pub(super) fn letter(self) -> String {
        let letter = match self.tone {
            "bad" => 'x',
            "unknown" => '?',
            "warn" => '!',
            "due" => '~',
            "good" => '=',
            _ => '.',
        };
        if self.count > 0 { format!("{letter}{}", self.count) } else { letter.to_string() }
    }

    /// How bad it is, worst first.
    fn rank(self) -> usize {
        [BAD, UNKNOWN, WARN, DUE, GOOD].iter().position(|other| other.tone == self.tone).unwrap_or(5)
    }
}

/// All locations of the fleet.
pub(super) fn locations(report: &Report) -> Vec<Location> {
    let covered = report.passes.iter().flat_map(|pass| &pass.coverage);
    covered.map(|coverage| coverage.location).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The accounts, those that need somebody first, each with its cells.
pub(super) fn rows<'a>(report: &'a Report, locations: &[Location]) -> Vec<(&'a Pass, Vec<Cell>)> {
    let row = |pass: &'a Pass| (pass, locations.iter().map(|location| cell(pass, *location)).collect());
    let mut rows: Vec<(&Pass, Vec<Cell>)> = report.passes.iter().map(row).collect();
    let worst = |cells: &[Cell]| {
        let mut ranks: Vec<usize> = cells.iter().map(|cell| cell.rank()).collect();
        ranks.sort_unstable();
        ranks
    };
    rows.sort_by_cached_key(|(pass, cells)| {
        (worst(cells), pass.account.name.clone(), pass.account.id.clone())
    });
    rows
}

fn cell(pass: &Pass, location: Location) -> Cell {
    let Some(coverage) = pass.coverage.iter().find(|coverage| coverage.location == location) else {
        return NONE;
    };
    let found = |severity: Severity| {
        let here = pass.findings.iter().filter(|finding| finding.location == location);
        here.filter(|finding| finding.severity == severity).count()
    };
    let paths = |state: PathState| {
        pass.own_paths().filter(|path| path.location == location && path.state == state).count()
    };
    let changes = pass.changes.iter().filter(|change| change.key.location == location);
    let due = changes.filter(|change| change.outcome != Outcome::Applied).count();
    let errors = found(Severity::Error).max(usize::from(paths(PathState::Broken) > 0));
    let unknown = coverage.state != CoverageState::Seen || paths(PathState::Unknown) > 0;
    let states =
        [(errors, BAD), (usize::from(unknown), UNKNOWN), (found(Severity::Warning), WARN), (due, DUE)];
    let worst = states.into_iter().find(|(count, _)| *count > 0);
    worst.map_or(GOOD, |(count, cell)| Cell { count: if cell.tone == "unknown" { 0 } else { count }, ..cell })
}

pub(super) fn of(report: &Report) -> Map {
    let locations = locations(report);
    let rows = rows(report, &locations);
    let fine = |cells: &[Cell]| cells.iter().all(|cell| matches!(cell.tone, "good" | "none"));
    let column = |(index, location): (usize, &Location)| Column {
        name: location.to_string(),
        bad: rows.iter().filter(|(_, cells)| !fine(&cells[index..=index])).count(),
    };
    Map {
        columns: locations.iter().enumerate().map(column).collect(),
        total: rows.len(),
        fine: rows.iter().filter(|(_, cells)| fine(cells)).count(),
        more: rows.len().saturating_sub(MOST_ROWS),
        rows: rows.iter().take(MOST_ROWS).enumerate().map(row).collect(),
    }
}

fn row((index, (pass, cells)): (usize, &(&Pass, Vec<Cell>))) -> Row {
    Row {
        index,
        name: super::name(&pass.account.name),
        id: pass.account.id.to_string(),
        labels: labels(pass),
        cells: cells.clone(),
    }
}

/// The account's labels as `key=value`.
pub(super) fn labels(pass: &Pass) -> Vec<String> {
    pass.account.labels.iter().map(|(key, value)| super::name(&format!("{key}={value}"))).collect()
}
