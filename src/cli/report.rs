//! `foghorn report`: show a report that is kept, or list those that are.

use std::path::Path;

use futures::stream::{self, StreamExt, TryStreamExt};

use super::args::{Global, ReportArguments};
use super::error::CliError;
use super::{memory, run as output, tell, voice};
use crate::aws::Aws;
use crate::fleet::Fleet;
use crate::model::{Mode, Report};
use crate::posting::Occasion;
use crate::report;
use crate::report::exit::{ExitCode, exit_code};
use crate::report::history::{History, HistoryEntry};
use crate::store::{RunName, Store};

/// How many reports are read at a time for a list.
const AT_ONCE: usize = 8;

/// Shows the report that was asked for in the form that was asked for. The exit
/// code is that of its run; a list is always clean.
pub async fn run(global: &Global, arguments: &ReportArguments) -> Result<ExitCode, CliError> {
    shows_what_was_found(global)?;
    if arguments.list {
        output::has_form(global)?;
    }
    let fleet = output::fleet(&arguments.fleet.file)?;
    if let Some(file) = &arguments.from {
        let report = read(file)?;
        output::print(global, &report, &[])?;
        return Ok(exit_code(&report));
    }
    let aws = Aws::connect(output::options(global, &fleet)).await.map_err(CliError::Connect)?;
    let store = memory::open(&fleet, &aws).await.map_err(CliError::Store)?.ok_or(CliError::NothingKept)?;
    if arguments.list {
        return list(global, &fleet.metadata.name, &store).await;
    }
    let report =
        chosen(&store, arguments.run.as_deref().filter(|run| *run != "latest"), arguments.post).await?;
    let history = memory::moments(global, &store, &report.metadata.run).await;
    output::print(global, &report, &history)?;
    if arguments.post { post(&fleet, &aws, &report).await } else { Ok(exit_code(&report)) }
}

/// A report is shown as its run left it: nothing of it is chosen, and its
/// figures were collected then.
fn shows_what_was_found(global: &Global) -> Result<(), CliError> {
    if tell::is_part(global) || global.metrics.is_some() { Err(CliError::ReportIsWhole) } else { Ok(()) }
}

/// The report of the run with this id, or of the newest over the whole fleet; of
/// a part only where it was asked for, or where there is nothing else.
async fn chosen(store: &Store, run: Option<&str>, is_posted: bool) -> Result<Report, CliError> {
    let newest = store.find(run).await.map_err(CliError::Store)?;
    let Some(extent) = extent(&newest, is_posted) else {
        let found = if is_posted { store.find_whole(run).await } else { Ok(newest) };
        return found.map_err(CliError::Store);
    };
    if run.is_some() && !is_posted {
        return Ok(newest);
    }
    let whole = if run.is_none() { store.find_whole(None).await.ok() } else { None };
    let about = format!("run {} {extent}", newest.metadata.run);
    match whole {
        Some(whole) => {
            voice::note(&format!("this is the newest report of the whole fleet; the newer {about}"));
            Ok(whole)
        }
        None if is_posted => Err(CliError::NotForRooms(about)),
        None => Ok(newest),
    }
}

/// Why a report is not one that everybody wants to see, if it is not.
fn extent(report: &Report, is_posted: bool) -> Option<String> {
    let metadata = &report.metadata;
    match (metadata.stopped, &metadata.narrowed_to) {
        (Some(stop), _) => Some(format!("was stopped by {}", stop.by())),
        (None, Some(part)) => Some(format!("is about a part of the fleet ({})", part.flags())),
        (None, None) if is_posted && metadata.mode == Mode::Destroy => Some("is a removal".to_owned()),
        (None, None) => None,
    }
}

/// Tells the rooms of the fleet file as it is now.
async fn post(fleet: &Fleet, aws: &Aws, report: &Report) -> Result<ExitCode, CliError> {
    if fleet.spec.report.is_none() {
        return Err(CliError::NoRooms);
    }
    let rooms = tell::rooms(fleet, aws).await?;
    Ok(tell::ended(&tell::announce(Some(&rooms), report, Occasion::Asked).await, report))
}

/// A report that was written with `-o json`; `-` is standard input.
fn read(file: &Path) -> Result<Report, CliError> {
    let is_stdin = file == Path::new("-");
    let origin = if is_stdin { "standard input".to_owned() } else { file.display().to_string() };
    let failed = |source| CliError::ReportFile { origin: origin.clone(), source };
    let text =
        if is_stdin { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) };
    let text = text.map_err(failed)?;
    serde_json::from_str(&text).map_err(|error| failed(error.into()))
}

async fn list(global: &Global, fleet: &str, store: &Store) -> Result<ExitCode, CliError> {
    let runs = store.history().await.map_err(CliError::Store)?;
    if runs.is_empty() && store.is_relative() {
        voice::note(&format!("reports were looked for in {}", store.whereabouts()));
    }
    let entries = stream::iter(runs.into_iter().rev().map(|run| entry(store, run)));
    let runs: Vec<HistoryEntry> =
        entries.buffered(AT_ONCE).try_filter_map(async |entry| Ok(entry)).try_collect().await?;
    let history = History::of(fleet, runs);
    output::print_document(global, &history, |history, _| report::history::render(history))?;
    Ok(ExitCode::Clean)
}

/// One line of the list; a report that can't be read is said and left out.
async fn entry(store: &Store, run: RunName) -> Result<Option<HistoryEntry>, CliError> {
    match store.report(&run).await {
        Ok(report) => Ok(Some(HistoryEntry::of(&report, run.aside, run.untold))),
        Err(error) => {
            voice::warning(&format!("run {run} is left out: {error}"));
            Ok(None)
        }
    }
}
