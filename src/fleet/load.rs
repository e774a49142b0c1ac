//! Reads a fleet file: from bytes to a fleet that makes sense, or to
//! everything that is wrong with it. The YAML library's types stop here.

use std::path::Path;

use serde::de::IgnoredAny;
use time::Date;

use super::explain;
use super::positions::{Positions, not_yaml};
use super::problem::{FleetErrors, Position, Problem};
use super::source;
use super::spec::Fleet;
use super::validate;
use crate::yaml;

/// A fleet file that makes sense.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The fleet.
    pub fleet: Fleet,
    /// What the user should know all the same, in the order of the text.
    pub warnings: Vec<Problem>,
    /// Where in the text each field stands, for problems that show later.
    pub positions: Positions,
}

/// Reads a fleet file. `today` judges exemptions that expire.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn load(path: &Path, today: Date) -> Result<Loaded, FleetErrors> {
    let origin = path.display().to_string();
    let text = source::read(path).map_err(|message| FleetErrors {
        origin: origin.clone(),
        problems: vec![Problem::new("", message)],
    })?;
    parse(&text, &origin, today)
}

/// Reads a fleet from the text of a file that messages call `origin`.
///
/// # Errors
/// Everything that is wrong with it. A text that cannot be read as a fleet is
/// not judged any further than that.
pub fn parse(text: &str, origin: &str, today: Date) -> Result<Loaded, FleetErrors> {
    let failed = |problems| FleetErrors { origin: origin.to_owned(), problems };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let positions = Positions::read(text).map_err(|problem| failed(vec![problem]))?;
    let duplicates: Vec<_> = positions.duplicate_keys().collect();
    if !duplicates.is_empty() {
        return Err(failed(duplicates));
    }
    let fleet: Fleet = yaml::read(text).map_err(|error| failed(vec![problem(text, &positions, &error)]))?;
    let verdict = validate::validate(&fleet, today);
    let located = |problems: Vec<Problem>| {
        let mut problems: Vec<_> = problems.into_iter().map(|problem| positions.locate(problem)).collect();
        problems.sort();
        problems
    };
    if !verdict.errors.is_empty() {
        return Err(failed(located(verdict.errors)));
    }
    Ok(Loaded { warnings: located(verdict.warnings), fleet, positions })
}

/// The library's error as a problem of ours. Its text reads
/// `PATH: MESSAGE at line L column C`, where all but the message may lack.
fn problem(text: &str, positions: &Positions, error: &yaml::Error) -> Problem {
    let whole = error.to_string();
    let position = error.location().map(|at| Position { line: at.line(), column: at.column() });
    let suffix = position.map(|Position { line, column }| format!(" at line {line} column {column}"));
    let message = suffix.and_then(|suffix| whole.strip_suffix(&suffix)).unwrap_or(&whole);
    // A text that can't even be skipped over is not YAML to this library.
    let is_yaml = yaml::read::<IgnoredAny>(text).is_ok();
    if let (Some(position), false) = (position, is_yaml) {
        return not_yaml(text, position, message);
    }
    let (path, message) = split(positions, message);
    let problem = Problem::new(path, explain::plain(message));
    Problem { position, ..problem }
}

/// The longest path that is looked for before a message, in bytes.
const LONGEST_PATH: usize = 1000;

/// Parts the path from the message. A key may hold what parts them, so the
/// longest beginning that is a path of the text counts.
fn split<'a>(positions: &Positions, message: &'a str) -> (&'a str, &'a str) {
    let ends = message.match_indices(": ").map(|(index, _)| index).take_while(|end| *end < LONGEST_PATH);
    let end = ends.collect::<Vec<_>>().into_iter().rev().find(|end| positions.has(&message[..*end]));
    end.map_or(("", message), |end| (&message[..end], &message[end + 2..]))
}

/// The text as JSON, for tests that hold other readers against this one.
#[cfg(test)]
pub(super) fn json(text: &str) -> serde_json::Value {
    yaml::read(text).expect("the text is YAML")
}
