//! How every run that gives a report ends.

use super::args::Global;
use super::error::CliError;
use super::{run, tell};
use crate::model::Report;
use crate::posting::Rooms;
use crate::report::exit::{ExitCode, exit_code};

/// Prints the report, tells the rooms, and says what it comes to.
pub async fn conclude(global: &Global, report: Report, rooms: Option<Rooms>) -> Result<ExitCode, CliError> {
    run::print(global, &report)?;
    let is_told = tell::tell(rooms.as_ref(), &report).await;
    Ok(if is_told { exit_code(&report) } else { ExitCode::Failed })
}
