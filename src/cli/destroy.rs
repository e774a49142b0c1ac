//! `foghorn destroy`: remove what the fleet owns, and nothing else.

use super::apply;
use super::args::{ApplyArguments, Global};
use super::error::CliError;
use crate::model::Mode;
use crate::plan::Intent;
use crate::report::exit::ExitCode;

/// Shows what would be removed, asks, removes it, and prints the report.
pub async fn run(global: &Global, arguments: &ApplyArguments) -> Result<ExitCode, CliError> {
    apply::carry_out(global, arguments, Intent::Destroy, Mode::Destroy).await
}
