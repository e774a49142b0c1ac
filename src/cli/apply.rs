//! `foghorn apply`: look, show, ask, change, and look again.

use super::args::{ApplyArguments, Global, PrunableArguments};
use super::conclude::{Audience, conclude};
use super::confirm;
use super::error::CliError;
use super::memory::Memory;
use super::run::Run;
use super::tell;
use crate::model::{Change, Mode, Pass};
use crate::plan::guard;
use crate::report::exit::ExitCode;

/// Brings every account into line and prints the report.
pub async fn run(
    global: &Global,
    arguments: &PrunableArguments<ApplyArguments>,
) -> Result<ExitCode, CliError> {
    can_be_approved(&arguments.command)?;
    let run = Run::prepare(global, &arguments.command.fleet, arguments.intent()).await?;
    carry_out(global, &arguments.command, &run, Mode::Apply).await
}

/// Makes sure that somebody will have approved the changes.
pub fn can_be_approved(arguments: &ApplyArguments) -> Result<(), CliError> {
    if arguments.yes || confirm::can_ask() { Ok(()) } else { Err(CliError::NobodyToAsk) }
}

/// Takes the lock, looks, asks, makes the changes that are due, and prints the
/// report.
pub async fn carry_out(
    global: &Global,
    arguments: &ApplyArguments,
    run: &Run,
    mode: Mode,
) -> Result<ExitCode, CliError> {
    let memory = run.memory(global).await;
    let lock = memory.lock(run.id(), run.stop()).await?;
    let code = Box::pin(locked(global, arguments, run, mode, memory)).await;
    if let Some(lock) = lock {
        lock.release().await;
    }
    code
}

async fn locked(
    global: &Global,
    arguments: &ApplyArguments,
    run: &Run,
    mode: Mode,
    memory: Memory,
) -> Result<ExitCode, CliError> {
    let rooms = tell::open(global, &arguments.fleet, run, mode).await?;
    let passes = guard::capped(&run.fleet.spec.guard, run.plan().await);
    let approved =
        writes(&passes) > 0 && (arguments.yes || confirm::ask(global, &passes, run.stop()).await?);
    let passes = if approved { run.apply(passes).await } else { passes };
    let report = run.report(mode, passes);
    conclude(global, Audience { memory, rooms }, report).await
}

fn writes(passes: &[Pass]) -> usize {
    passes.iter().flat_map(|pass| &pass.changes).filter(|change: &&Change| change.is_write()).count()
}
