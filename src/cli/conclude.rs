//! How every run that gives a report ends.

use super::args::Global;
use super::error::CliError;
use super::memory::Memory;
use super::run;
use crate::model::Report;
use crate::report::exit::{ExitCode, exit_code};

/// Says in the report what is new, prints it, keeps it, and says what it comes
/// to.
pub async fn conclude(global: &Global, mut memory: Memory, mut report: Report) -> Result<ExitCode, CliError> {
    memory.compare(&mut report).await;
    let printed = run::print(global, &report);
    memory.save(&report).await;
    printed?;
    Ok(exit_code(&report))
}
