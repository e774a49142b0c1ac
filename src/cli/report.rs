//! `foghorn report`: show a report that is kept, or list those that are.

use std::path::Path;

use futures::stream::{self, StreamExt, TryStreamExt};

use super::args::{Global, ReportArguments};
use super::error::CliError;
use super::{memory, run as output, tell, voice};
use crate::aws::Aws;
use crate::fleet::Fleet;
use crate::model::Report;
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
        output::has_form(global)?;
        return list(global, &fleet.metadata.name, &store).await;
    }
    let wanted = arguments.run.as_deref().filter(|run| *run != "latest");
    let found = if arguments.post { store.find_whole(wanted).await } else { store.find(wanted).await };
    let report = found.map_err(CliError::Store)?;
    let history = memory::moments(global, &store, &report.metadata.run).await;
    output::print(global, &report, &history)?;
    if arguments.post && !post(&fleet, &aws, &report).await? {
        return Ok(ExitCode::Failed);
    }
    Ok(exit_code(&report))
}

/// Tells the rooms of the fleet file as it is now; says whether all were told.
async fn post(fleet: &Fleet, aws: &Aws, report: &Report) -> Result<bool, CliError> {
    if fleet.spec.report.is_none() {
        return Err(CliError::NoRooms);
    }
    let rooms = tell::rooms(fleet, aws).await?;
    Ok(tell::tell(Some(&rooms), report, Occasion::Asked).await)
}

/// A report that was written with `-o json`.
fn read(file: &Path) -> Result<Report, CliError> {
    let failed = |source| CliError::ReportFile { origin: file.display().to_string(), source };
    let text = std::fs::read_to_string(file).map_err(failed)?;
    serde_json::from_str(&text).map_err(|error| failed(error.into()))
}

async fn list(global: &Global, fleet: &str, store: &Store) -> Result<ExitCode, CliError> {
    let runs = store.history().await.map_err(CliError::Store)?;
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
        Ok(report) => Ok(Some(HistoryEntry::of(&report, run.aside))),
        Err(error) => {
            voice::warning(&format!("run {run} is left out: {error}"));
            Ok(None)
        }
    }
}
