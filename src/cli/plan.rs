//! `foghorn plan`: look, and write nothing.

use super::args::{AwsArguments, Global, PrunableArguments};
use super::error::CliError;
use super::run::{self, Run};
use crate::model::Mode;
use crate::report::exit::{ExitCode, exit_code};

/// Looks at every account and prints the report.
pub async fn run(global: &Global, arguments: &PrunableArguments<AwsArguments>) -> Result<ExitCode, CliError> {
    let run = Run::prepare(global, &arguments.command, arguments.intent()).await?;
    let passes = run.plan().await;
    let report = run.report(Mode::Plan, passes);
    run::print(global, &report)?;
    Ok(exit_code(&report))
}
