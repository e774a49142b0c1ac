//! `foghorn sound`: send a canary down every pipeline.

use super::args::{AwsArguments, Global, Output, SoundArguments};
use super::error::CliError;
use super::progress::Progress;
use super::run::{self, Run};
use crate::model::Account;
use crate::plan::Intent;
use crate::report;
use crate::report::exit::{ExitCode, sound_exit_code};
use crate::sound::Watcher;

/// Sounds every pipeline and prints how far the canaries got.
pub async fn run(global: &Global, arguments: &SoundArguments) -> Result<ExitCode, CliError> {
    let aws = AwsArguments { fleet: arguments.fleet.clone(), notifier: None, no_post: true };
    let run = Run::prepare(global, &aws, Intent::Converge).await?;
    let report = run.sound(arguments.timeout).await;
    let text = match global.output {
        Output::Text => report::text::render_sound(&report, &run::style(global, &std::io::stdout())),
        Output::Json => report::json::render(&report).map_err(CliError::Json)?,
    };
    run::write_out(&format!("{}\n", text.trim_end()))?;
    Ok(sound_exit_code(&report))
}

impl Watcher for Progress {
    fn looking(&self, account: &Account) {
        self.account_started(&account.name);
    }

    fn looked(&self, account: &Account, whole: bool) {
        self.account_finished(&account.name, whole);
    }

    fn following(&self, canaries: usize) {
        self.phase(&format!("following canaries: {canaries}"));
    }
}
