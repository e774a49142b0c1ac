//! `foghorn apply`: look, show, ask, change, and look again.

use super::args::{ApplyArguments, Global, PrunableArguments};
use super::conclude::{Audience, conclude};
use super::confirm;
use super::error::CliError;
use super::memory::Memory;
use super::run::Run;
use super::shard::{self, Assignment, Member};
use super::tell;
use crate::model::{Change, Mode, Pass};
use crate::plan::{Intent, guard};
use crate::report::exit::ExitCode;

/// Brings every account into line and prints the report.
pub async fn run(
    global: &Global,
    arguments: &PrunableArguments<ApplyArguments>,
) -> Result<ExitCode, CliError> {
    carry_out(global, &arguments.command, arguments.intent(), Mode::Apply).await
}

/// Looks at every account, asks, makes the changes that are due, and prints the
/// report.
pub async fn carry_out(
    global: &Global,
    arguments: &ApplyArguments,
    intent: Intent,
    mode: Mode,
) -> Result<ExitCode, CliError> {
    can_be_approved(arguments)?;
    let membership = arguments.fleet.shard.membership().map_err(CliError::Shard)?;
    let run = Run::prepare(global, &arguments.fleet, intent).await?;
    let Some(membership) = membership else { return alone(global, arguments, &run, mode).await };
    let shards = membership.shard.count();
    let assignment = Assignment { global, arguments: &arguments.fleet, membership, mode, intent };
    let work = async |member: &Member<'_>| {
        let run = &member.run;
        let passes = guard::capped_share(&run.fleet.spec.guard, shards, run.plan().await?);
        // Where nothing is to be changed, what others change in hubs may still help.
        let is_approved = writes(&passes) == 0 || is_approved(global, arguments, run, &passes).await?;
        if is_approved { member.apply(passes).await } else { Ok(passes) }
    };
    Box::pin(shard::carry_out(assignment, run, work)).await
}

/// Makes sure that somebody will have approved the changes.
fn can_be_approved(arguments: &ApplyArguments) -> Result<(), CliError> {
    if arguments.yes || confirm::can_ask() { Ok(()) } else { Err(CliError::NobodyToAsk) }
}

/// Takes the lock and does all of the run.
async fn alone(
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
    let passes = guard::capped(&run.fleet.spec.guard, run.plan().await?);
    let is_approved = is_approved(global, arguments, run, &passes).await?;
    let passes = if is_approved { run.apply(passes, false).await } else { passes };
    let report = run.report(mode, passes);
    conclude(global, Audience { memory, rooms }, report).await
}

/// Whether there is something to change, and somebody approves it.
async fn is_approved(
    global: &Global,
    arguments: &ApplyArguments,
    run: &Run,
    passes: &[Pass],
) -> Result<bool, CliError> {
    Ok(writes(passes) > 0 && (arguments.yes || confirm::ask(global, passes, run.stop()).await?))
}

fn writes(passes: &[Pass]) -> usize {
    passes.iter().flat_map(|pass| &pass.changes).filter(|change: &&Change| change.is_write()).count()
}
