//! The command line: one file a subcommand, and no logic.

pub mod apply;
pub mod args;
pub mod bootstrap;
mod conclude;
pub mod confirm;
#[cfg(feature = "demo")]
pub mod demo;
pub mod destroy;
pub mod error;
mod materials;
pub mod plan;
pub mod progress;
pub mod run;
pub mod schema;
pub mod sound;
pub mod telemetry;
mod tell;
pub mod test_event;
pub mod validate;

use args::{Arguments, Command};
use error::CliError;

use crate::report::exit::ExitCode;

/// Runs the command that was asked for.
pub async fn run(arguments: Arguments) -> Result<ExitCode, CliError> {
    let Arguments { command, global } = arguments;
    match command {
        Command::Plan(fleet) => Box::pin(plan::run(&global, &fleet)).await,
        Command::Apply(apply) => Box::pin(apply::run(&global, &apply)).await,
        Command::Destroy(destroy) => Box::pin(destroy::run(&global, &destroy)).await,
        Command::Sound(sound) => Box::pin(sound::run(&global, &sound)).await,
        Command::Validate(fleet) => validate::run(&global, &fleet),
        Command::TestEvent(event) => test_event::run(&global, &event),
        Command::Schema => schema::run(),
        Command::Bootstrap(bootstrap) => bootstrap::run(&bootstrap),
        #[cfg(feature = "demo")]
        Command::Demo(demo) => Box::pin(demo::run(&global, &demo)).await,
    }
}
