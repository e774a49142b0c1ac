//! The command line: one file a subcommand, and no logic.

pub mod apply;
pub mod args;
pub mod bootstrap;
pub mod completions;
mod conclude;
pub mod confirm;
#[cfg(feature = "demo")]
pub mod demo;
pub mod destroy;
pub mod error;
pub mod explain;
mod holder;
pub mod init;
mod materials;
pub mod memory;
pub mod plan;
pub mod policy;
pub mod progress;
pub mod report;
pub mod run;
pub mod schema;
pub mod scope;
pub mod service;
pub mod shard;
pub mod sound;
mod stop;
mod tell;
pub mod test_event;
pub mod validate;
pub mod voice;

use args::{Arguments, Command, LogFormat};
use error::CliError;
use tracing::Instrument;

use crate::report::exit::ExitCode;

/// Runs the command that was asked for, and says how the process ends.
pub async fn run(arguments: Arguments) -> Result<ExitCode, CliError> {
    if arguments.global.log_format == LogFormat::Json {
        voice::log_from_now_on();
    }
    let tolerated = arguments.global.tolerate.clone();
    let code = Box::pin(command(arguments)).await?;
    if !tolerated.iter().flat_map(|one| &one.0).any(|tolerated| tolerated.exit_code() == code) {
        return Ok(code);
    }
    voice::last(ExitCode::Clean, &format!("tolerated (the report alone would end with {})", code as u8));
    Ok(ExitCode::Clean)
}

async fn command(arguments: Arguments) -> Result<ExitCode, CliError> {
    let Arguments { command, global } = arguments;
    match command {
        Command::Plan(fleet) => Box::pin(plan::run(&global, &fleet)).instrument(span("plan")).await,
        Command::Apply(apply) => Box::pin(apply::run(&global, &apply)).instrument(span("apply")).await,
        Command::Run(service) => Box::pin(service::run(&global, &service)).await,
        Command::Destroy(destroy) => {
            Box::pin(destroy::run(&global, &destroy)).instrument(span("destroy")).await
        }
        Command::Sound(sound) => Box::pin(sound::run(&global, &sound)).await,
        Command::Report(report) => Box::pin(report::run(&global, &report)).await,
        Command::Validate(fleet) => validate::run(&global, &fleet),
        Command::TestEvent(event) => test_event::run(&global, &event),
        Command::Schema => schema::run(&global),
        Command::Bootstrap(bootstrap) => bootstrap::run(&global, &bootstrap),
        Command::Policy(policy) => policy::run(&global, &policy),
        Command::Explain(explain) => explain::run(&global, &explain),
        Command::Init(init) => init::run(&init),
        Command::Completions(completions) => completions::completions(completions.shell),
        Command::Man(man) => completions::man(&man),
        #[cfg(feature = "demo")]
        Command::Demo(demo) => Box::pin(demo::run(&global, &demo)).await,
    }
}

/// What a run over all accounts is known by in traces.
fn span(mode: &'static str) -> tracing::Span {
    tracing::info_span!("sweep", mode)
}
