//! `foghorn apply`: look, show, ask, change, and look again.

use super::args::{ApplyArguments, Global};
use super::confirm;
use super::error::CliError;
use super::run::{self, Run};
use crate::model::{Change, Mode, Pass};
use crate::plan::guard;
use crate::report::exit::{ExitCode, exit_code};

/// Brings every account into line and prints the report.
pub async fn run(global: &Global, arguments: &ApplyArguments) -> Result<ExitCode, CliError> {
    if !arguments.yes && !confirm::can_ask() {
        return Err(CliError::NobodyToAsk);
    }
    let run = Run::prepare(global, &arguments.fleet.file).await?;
    let passes = guard::capped(&run.fleet.spec.guard, run.plan().await);
    let approved =
        writes(&passes) > 0 && (arguments.yes || confirm::ask(global, &passes, run.stop()).await?);
    let passes = if approved { run.apply(passes).await } else { passes };
    let report = run.report(Mode::Apply, passes);
    run::print(global, &report)?;
    Ok(exit_code(&report))
}

fn writes(passes: &[Pass]) -> usize {
    passes.iter().flat_map(|pass| &pass.changes).filter(|change: &&Change| change.is_write()).count()
}
