//! `foghorn sound`: send a canary down every pipeline.

use super::args::{AwsArguments, Global, ShardArguments, SoundArguments};
use super::error::CliError;
use super::progress::Progress;
use super::run::{self, Run};
use super::shard::ShardError;
use crate::model::Account;
use crate::plan::Intent;
use crate::report;
use crate::report::exit::{ExitCode, sound_exit_code};
use crate::sound::Watcher;

/// Sounds every pipeline and prints how far the canaries got.
pub async fn run(global: &Global, arguments: &SoundArguments) -> Result<ExitCode, CliError> {
    run::has_form(global)?;
    if !matches!(ShardArguments::of_environment().shard(), Ok(None)) {
        return Err(CliError::Shard(ShardError::Sound));
    }
    let aws = AwsArguments {
        fleet: arguments.fleet.clone(),
        notifier: None,
        no_post: true,
        shard: ShardArguments::none(),
    };
    let run = Run::prepare(global, &aws, Intent::Converge).await?;
    let sounded = run.sound(arguments.timeout).await?;
    run::print_document(global, &sounded, report::text::render_sound)?;
    Ok(sound_exit_code(&sounded))
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
