//! A run that several processes share: each does its part of the accounts and
//! hands it in, and one of them makes the report of all.

mod error;
mod hubs;
mod merging;
mod writing;

use std::sync::OnceLock;
use std::time::Duration;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tokio::time::Instant;

use super::args::{AwsArguments, Global};
use super::error::CliError;
use super::memory;
use super::run::{self, Run};
use super::tell::jitter;
use super::voice;
use crate::fleet::Fleet;
use crate::model::{Account, Mode, Pass, Report, Shard};
use crate::plan::Intent;
use crate::report::exit::{ExitCode, exit_code};
use crate::shards;
use crate::store::{Merged, ShardSet, Store, Terms};

pub use error::ShardError;

/// A shard that is started again after its set was merged is one that died at
/// its very end, for so long. Later it is another run that was given an old name.
const RESTARTS_WITHIN: time::Duration = time::Duration::minutes(15);

/// No run takes so long: a set that is older was given up.
const LONGEST_RUN: time::Duration = time::Duration::days(1);

/// A process's part in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Which part.
    pub shard: Shard,
    /// What the run is called among its shards.
    pub set: String,
    /// How long it waits for the others, all in all.
    pub wait: Duration,
}

/// What a process that does a part was asked for.
pub struct Assignment<'a> {
    /// How.
    pub global: &'a Global,
    /// About which fleet.
    pub arguments: &'a AwsArguments,
    /// Which part.
    pub membership: Membership,
    /// What is done.
    pub mode: Mode,
    /// What it is to bring about.
    pub intent: Intent,
}

/// A shard at work.
pub struct Member<'a> {
    assignment: Assignment<'a>,
    /// The run over the shard's own accounts.
    pub run: Run,
    /// The accounts that all shards together are about.
    all: Vec<Account>,
    store: Store,
    set: ShardSet,
    /// How long it waited for the hubs of others, if it came to that.
    waited_for_hubs: OnceLock<Duration>,
}

/// Does a shard's part of a run and hands it in, waits for those of the others,
/// and makes the report of all if no other does. `work` is what is done to the
/// shard's accounts.
///
/// The exit code is that of the whole run for whoever reports it, and that of
/// the shard's own part for the others.
pub async fn carry_out(
    assignment: Assignment<'_>,
    run: Run,
    work: impl AsyncFnOnce(&Member<'_>) -> Result<Vec<Pass>, CliError>,
) -> Result<ExitCode, CliError> {
    let member = Member::join(assignment, run).await?;
    let handed_in = member.set.part(member.shard()).await.map_err(store_failed)?;
    let merged = member.set.merged().await.map_err(store_failed)?;
    let part = match (handed_in, merged) {
        (part, Some(merged)) => return member.is_over(part, &merged),
        (Some(part), None) => member.again(part)?,
        (None, None) => member.work(work).await?,
    };
    member.see_it_reported(part).await
}

impl Assignment<'_> {
    /// On what terms a set is begun by this process.
    fn terms(&self, run: &Run) -> Terms {
        Terms {
            run: run.id().to_owned(),
            begun_at: OffsetDateTime::now_utc(),
            shards: self.membership.shard.count(),
            asked: self.asked(),
            fleet: digest(&run.fleet),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// What all shards of a run have to agree on, as it would be typed.
    fn asked(&self) -> String {
        let mode = match self.mode {
            Mode::Plan => "plan",
            Mode::Apply => "apply",
            Mode::Destroy => "destroy",
        };
        let mut asked = mode.to_owned();
        if self.intent == Intent::Prune {
            asked.push_str(" --prune");
        }
        let Global { accounts, regions, pipelines, .. } = self.global;
        for (flag, values) in [("account", accounts), ("region", regions), ("pipeline", pipelines)] {
            values.iter().for_each(|value| asked.push_str(&format!(" --{flag} {value}")));
        }
        if self.arguments.no_post {
            asked.push_str(" --no-post");
        }
        asked
    }
}

impl<'a> Member<'a> {
    /// Joins the others of the set, or begins it.
    async fn join(assignment: Assignment<'a>, mut run: Run) -> Result<Self, CliError> {
        let opened = memory::open(&run.fleet, run.aws()).await.map_err(store_failed)?;
        let store = opened.ok_or(CliError::Shard(ShardError::NoStore))?;
        let Membership { shard, set: name, .. } = &assignment.membership;
        let ours = assignment.terms(&run);
        let set = store.shard_set(name, ours.clone()).await.map_err(store_failed)?;
        agree(name, set.terms(), &ours).map_err(CliError::Shard)?;
        let (own, _) = run.accounts.iter().cloned().partition(|account| shard.takes(&account.id));
        let all = std::mem::replace(&mut run.accounts, own);
        Ok(Self { assignment, run, all, store, set, waited_for_hubs: OnceLock::new() })
    }

    fn shard(&self) -> Shard {
        self.assignment.membership.shard
    }

    fn set_name(&self) -> String {
        self.assignment.membership.set.clone()
    }

    /// Looks at the shard's accounts, changes them if that was asked for, and
    /// hands in what it came to. Gives back the part that counts.
    async fn work(
        &self,
        work: impl AsyncFnOnce(&Member<'_>) -> Result<Vec<Pass>, CliError>,
    ) -> Result<Report, CliError> {
        let shard = self.shard();
        let lock = self.begin_to_write().await?;
        // One that handed in the part since may have let go of the lock too.
        if lock.is_some()
            && let Some(part) = self.set.part(shard).await.map_err(store_failed)?
        {
            let lock = self.end_to_write(lock).await;
            self.let_go(lock).await?;
            return self.again(part);
        }
        let passes = work(self).await;
        let lock = self.end_to_write(lock).await;
        let part = self.run.report(self.assignment.mode, passes?);
        if part.metadata.stopped.is_some() {
            self.print_alone(&part)?;
            return Err(CliError::Shard(ShardError::Stopped(shard)));
        }
        // Where nothing was changed nobody said so yet.
        self.say_hubs_are_done(false).await?;
        let is_first = self.set.hand_in(shard, &part).await.map_err(store_failed)?;
        self.let_go(lock).await?;
        if is_first {
            return Ok(part);
        }
        voice::warning(&format!(
            "another process handed in the part of shard {shard} before: that one counts"
        ));
        Ok(self.set.part(shard).await.map_err(store_failed)?.unwrap_or(part))
    }

    /// A shard that is started again does nothing twice.
    fn again(&self, part: Report) -> Result<Report, CliError> {
        let begun_at = self.set.terms().begun_at;
        if OffsetDateTime::now_utc() - begun_at > LONGEST_RUN {
            return Err(CliError::Shard(ShardError::Old { set: self.set_name(), begun_at }));
        }
        voice::note(&format!("the part of shard {} is handed in already", self.shard()));
        Ok(part)
    }

    /// The run was reported before this shard began.
    fn is_over(&self, part: Option<Report>, merged: &Merged) -> Result<ExitCode, CliError> {
        let (shard, run, at) = (self.shard(), self.set.terms().run.clone(), merged.at);
        let is_restart = OffsetDateTime::now_utc() - at < RESTARTS_WITHIN;
        Err(CliError::Shard(match part {
            Some(part) if is_restart && merged.parts.contains(&shard.index()) => {
                self.is_part(&run);
                return Ok(exit_code(&part));
            }
            _ if is_restart => ShardError::Late { shard, run },
            _ => ShardError::Merged { set: self.set_name(), run, at },
        }))
    }

    /// Waits until the run is reported, by others or by this process.
    async fn see_it_reported(&self, part: Report) -> Result<ExitCode, CliError> {
        let waited = self.waited_for_hubs.get().copied().unwrap_or_default();
        let deadline = Instant::now() + shards::wait_for_parts(self.assignment.membership.wait, waited);
        for looks in 0.. {
            let progress = self.set.progress().await.map_err(store_failed)?;
            if progress.is_merged {
                return self.was_reported(&part).await;
            }
            let is_due = self.is_complete(&progress) || Instant::now() >= deadline;
            if is_due && let Some(code) = self.try_to_report(&part).await? {
                return Ok(code);
            }
            tokio::select! {
                () = self.run.stop().cancelled() => break,
                () = tokio::time::sleep(shards::wait(looks, jitter())) => {}
            }
        }
        Err(CliError::Shard(ShardError::StoppedWaiting(self.shard())))
    }

    /// Another process reported the run, with this shard's part or without it.
    async fn was_reported(&self, part: &Report) -> Result<ExitCode, CliError> {
        let (shard, run) = (self.shard(), &self.set.terms().run);
        let merged = self.set.merged().await.map_err(store_failed)?;
        if merged.is_none_or(|merged| merged.parts.contains(&shard.index())) {
            self.is_part(run);
            return Ok(exit_code(part));
        }
        self.print_alone(part)?;
        Err(CliError::Shard(ShardError::Late { shard, run: run.clone() }))
    }

    /// Prints a part that is in no report.
    fn print_alone(&self, part: &Report) -> Result<(), CliError> {
        run::print(self.assignment.global, part, &[])?;
        voice::last(ExitCode::Failed, "this is the shard's own part, which is in no report");
        Ok(())
    }

    fn is_part(&self, run: &str) {
        let Membership { shard, set, .. } = &self.assignment.membership;
        voice::note(&format!(
            "shard {shard} of set {set} is part of run {run}, which another shard reported"
        ));
    }

    fn is_complete(&self, progress: &crate::store::Progress) -> bool {
        progress.parts.len() == self.shard().count()
    }
}

/// Whether a process can join a set that others began.
fn agree(set: &str, theirs: &Terms, ours: &Terms) -> Result<(), ShardError> {
    let set = set.to_owned();
    if (theirs.shards, &theirs.asked) != (ours.shards, &ours.asked) {
        let [theirs, ours] = [theirs, ours].map(|one| format!("`{}` in {} shards", one.asked, one.shards));
        return Err(ShardError::OtherTerms { set, theirs, ours });
    }
    if theirs.version != ours.version {
        let [theirs, ours] = [theirs, ours].map(|one| one.version.clone());
        return Err(ShardError::OtherVersion { set, theirs, ours });
    }
    if theirs.fleet != ours.fleet { Err(ShardError::OtherFleet(set)) } else { Ok(()) }
}

/// What tells what one fleet file says from what another one does, in
/// hexadecimal digits. Its comments and its order of keys count for nothing.
fn digest(fleet: &Fleet) -> String {
    Sha256::digest(format!("{fleet:?}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn store_failed(error: crate::store::StoreError) -> CliError {
    CliError::Shard(ShardError::Store(error))
}
