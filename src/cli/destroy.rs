//! `foghorn destroy`: remove what the fleet owns, and nothing else.

use super::apply;
use super::args::{ApplyArguments, Global};
use super::error::CliError;
use super::run::Run;
use crate::model::Mode;
use crate::plan::Intent;
use crate::report::exit::ExitCode;

/// Shows what would be removed, asks, removes it, and prints the report.
pub async fn run(global: &Global, arguments: &ApplyArguments) -> Result<ExitCode, CliError> {
    apply::can_be_approved(arguments)?;
    let run = Run::prepare(global, &arguments.fleet, Intent::Destroy).await?;
    apply::carry_out(global, arguments, &run, Mode::Destroy).await
}
