//! `foghorn report`: show a report that is kept, or list those that are.

use futures::stream::{self, StreamExt, TryStreamExt};

use super::args::{Global, ReportArguments};
use super::error::CliError;
use super::{memory, run as output, tell};
use crate::aws::Aws;
use crate::report;
use crate::report::exit::{ExitCode, exit_code};
use crate::report::history::{History, HistoryEntry};
use crate::store::{RunName, Store};

/// How many reports are read at a time for a list.
const AT_ONCE: usize = 8;

/// Shows the report that was asked for in the form that was asked for. The exit
/// code is that of its run; a list is always clean.
pub async fn run(global: &Global, arguments: &ReportArguments) -> Result<ExitCode, CliError> {
    let fleet = output::fleet(&arguments.fleet.file)?;
    let aws = Aws::connect(output::options(global, &fleet)).await.map_err(CliError::Connect)?;
    let store = memory::open(&fleet, &aws).await.map_err(CliError::Store)?.ok_or(CliError::NothingKept)?;
    if arguments.list {
        output::has_form(global)?;
        return list(global, &fleet.metadata.name, &store).await;
    }
    let wanted = arguments.run.as_deref().filter(|run| *run != "latest");
    let report = store.find(wanted).await.map_err(CliError::Store)?;
    let history = memory::moments(global, &store).await;
    output::print(global, &report, &history)?;
    if !arguments.post {
        return Ok(exit_code(&report));
    }
    let rooms = tell::rooms(&fleet, &aws).await?.always();
    let is_told = tell::tell(Some(&rooms), &report).await;
    Ok(if is_told { exit_code(&report) } else { ExitCode::Failed })
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
            eprintln!("warning: run {run} is left out: {error}");
            Ok(None)
        }
    }
}
