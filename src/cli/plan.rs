//! `foghorn plan`: look, and write nothing.

use super::args::{AwsArguments, Global, PrunableArguments};
use super::conclude::{Audience, conclude};
use super::error::CliError;
use super::run::Run;
use super::shard::{self, Assignment};
use super::tell;
use crate::model::Mode;
use crate::report::exit::ExitCode;

/// Looks at every account and prints the report.
pub async fn run(global: &Global, arguments: &PrunableArguments<AwsArguments>) -> Result<ExitCode, CliError> {
    let membership = arguments.command.shard.membership().map_err(CliError::Shard)?;
    let run = Run::prepare(global, &arguments.command, arguments.intent()).await?;
    if let Some(membership) = membership {
        let (mode, intent, arguments) = (Mode::Plan, arguments.intent(), &arguments.command);
        let assignment = Assignment { global, arguments, membership, mode, intent };
        return Box::pin(shard::carry_out(assignment, run, async |member| member.run.plan().await)).await;
    }
    let rooms = tell::open(global, &arguments.command, &run, Mode::Plan).await?;
    let passes = run.plan().await?;
    let report = run.report(Mode::Plan, passes);
    conclude(global, Audience { memory: run.memory(global).await, rooms }, report).await
}
