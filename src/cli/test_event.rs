//! `foghorn test-event`: what would become of an event, without calling AWS.

use std::io::Read;
use std::path::Path;

use super::args::{Global, TestEventArguments};
use super::error::CliError;
use super::run as shared;
use crate::fleet::Fleet;
use crate::fleet::spec::Pipeline;
use crate::model::rehearsal::Rehearsals;
use crate::rehearsal::event::Event;
use crate::rehearsal::{rehearse, sample};
use crate::report::exit::ExitCode;
use crate::report::text::{render_rehearsal, render_rehearsals};

/// The name that stands for every sample.
const ALL: &str = "all";

/// The largest event that is read, in bytes: many times what EventBridge takes.
const LARGEST_EVENT: u64 = 4 << 20;

/// Tries an event, or samples, and says what would become of it.
pub fn run(global: &Global, arguments: &TestEventArguments) -> Result<ExitCode, CliError> {
    let fleet = shared::fleet(&arguments.fleet.file)?;
    let filter = shared::filter(global);
    let pipelines = filter.pipelines(&fleet).map_err(CliError::Selection)?;
    let event = match (&arguments.event, &arguments.sample) {
        (Some(path), _) => read(path)?,
        (None, Some(name)) if name != ALL => {
            sample::named(samples(global, &fleet, &pipelines)?, name).map_err(CliError::Sample)?
        }
        _ => return try_all(global, &fleet, &pipelines),
    };
    let rehearsal = rehearse(&fleet, &pipelines, &event);
    shared::print_document(global, &rehearsal, render_rehearsal)?;
    Ok(exit_code(rehearsal.is_heard()))
}

fn try_all(global: &Global, fleet: &Fleet, pipelines: &[&Pipeline]) -> Result<ExitCode, CliError> {
    let events = samples(global, fleet, pipelines)?;
    let items = events.iter().map(|event| rehearse(fleet, pipelines, event)).collect();
    let rehearsals = Rehearsals::new(items);
    shared::print_document(global, &rehearsals, render_rehearsals)?;
    Ok(exit_code(rehearsals.is_heard()))
}

fn exit_code(is_heard: bool) -> ExitCode {
    if is_heard { ExitCode::Clean } else { ExitCode::Drift }
}

fn samples(global: &Global, fleet: &Fleet, pipelines: &[&Pipeline]) -> Result<Vec<Event>, CliError> {
    let accounts = fleet.accounts(Vec::new(), &shared::filter(global)).map_err(CliError::Selection)?;
    Ok(sample::all(&accounts, pipelines))
}

fn read(path: &Path) -> Result<Event, CliError> {
    let is_stdin = path == Path::new("-");
    let origin = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let text = if is_stdin { text(std::io::stdin()) } else { std::fs::File::open(path).and_then(text) };
    let text = text.map_err(|source| CliError::EventFile { origin: origin.clone(), source })?;
    Event::parse(&text).map_err(|source| CliError::Event { origin, source })
}

fn text(source: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    let length = source.take(LARGEST_EVENT + 1).read_to_string(&mut text)?;
    if length as u64 > LARGEST_EVENT {
        return Err(std::io::Error::other("it is larger than 4 MiB"));
    }
    Ok(text)
}
