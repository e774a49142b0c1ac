//! How every run that gives a report ends.

use super::args::Global;
use super::error::CliError;
use super::run;
use crate::model::Report;
use crate::report::exit::{ExitCode, exit_code};

/// Prints the report, and says what it comes to.
pub async fn conclude(global: &Global, report: Report) -> Result<ExitCode, CliError> {
    run::print(global, &report)?;
    Ok(exit_code(&report))
}
