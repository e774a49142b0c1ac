//! Hubs come first, also where another process works on them: whether an event
//! that is forwarded to a hub is heard shows only there.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::{Member, store_failed};
use crate::cli::error::CliError;
use crate::cli::tell::jitter;
use crate::cli::voice;
use crate::model::{Account, AccountId, Change, Outcome, Pass, Shard};
use crate::shards;

impl Member<'_> {
    /// Makes the changes that the passes hold: those of hubs before all others,
    /// and those of accounts that lead to hubs of other shards after these.
    pub async fn apply(&self, passes: Vec<Pass>) -> Result<Vec<Pass>, CliError> {
        let (hubs, others): (Vec<Pass>, Vec<Pass>) =
            passes.into_iter().partition(|pass| self.hubs().any(|hub| hub.id == pass.account.id));
        let mut done = self.run.apply(hubs, false).await;
        let is_own_changed = done.iter().any(is_changed);
        self.say_hubs_are_done(is_own_changed).await?;
        let is_changed = self.hubs_of_others_changed(&others).await? || is_own_changed;
        done.extend(self.run.apply(others, is_changed).await);
        Ok(done)
    }

    /// Lets the others go on who wait for this shard's hubs. What was said first
    /// counts.
    pub(super) async fn say_hubs_are_done(&self, is_changed: bool) -> Result<(), CliError> {
        if self.hubs().any(|hub| self.shard().takes(&hub.id)) {
            self.set.say_hubs_are_done(self.shard(), is_changed).await.map_err(store_failed)?;
        }
        Ok(())
    }

    /// Waits for the shards that work on hubs to which this one's accounts lead,
    /// and says whether any of them changed one.
    async fn hubs_of_others_changed(&self, passes: &[Pass]) -> Result<bool, CliError> {
        let awaited = self.awaited(passes);
        self.wait_for_hubs(&awaited).await?;
        for shard in awaited {
            if self.set.hubs_changed(shard).await.map_err(store_failed)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Waits until these shards are done with their hubs, or for long enough.
    async fn wait_for_hubs(&self, awaited: &BTreeSet<Shard>) -> Result<(), CliError> {
        let begun = Instant::now();
        let deadline = begun + shards::wait_for_hubs(self.assignment.membership.wait);
        for looks in 0.. {
            let done = self.set.progress().await.map_err(store_failed)?.hubs;
            if awaited.iter().all(|shard| done.contains(&shard.index())) {
                break;
            }
            if self.run.stop().is_cancelled() || Instant::now() >= deadline {
                voice::warning(
                    "hubs of other shards may not be in line yet: paths that lead there may be told as broken",
                );
                break;
            }
            tokio::time::sleep(shards::wait(looks, jitter())).await;
        }
        self.waited_for_hubs.get_or_init(|| begun.elapsed());
        Ok(())
    }

    /// The shards that work on hubs which matter to these accounts: something is
    /// to be changed here, or is not heard.
    fn awaited(&self, passes: &[Pass]) -> BTreeSet<Shard> {
        let is_open = |pass: &&Pass| pass.changes.iter().any(Change::is_write) || !pass.is_all_heard();
        let open: BTreeSet<&AccountId> = passes.iter().filter(is_open).map(|pass| &pass.account.id).collect();
        let accounts = || self.run.accounts.iter().filter(|account| open.contains(&account.id));
        let is_led_to = |hub: &&Account| accounts().any(|one| self.run.reconciler().leads_to(one, hub));
        let shard_of = |hub: &Account| Shard::all(self.shard().count()).find(|shard| shard.takes(&hub.id));
        self.hubs().filter(is_led_to).filter_map(shard_of).filter(|shard| *shard != self.shard()).collect()
    }

    /// The hubs that any shard of the set works on.
    fn hubs(&self) -> impl Iterator<Item = &Account> {
        self.all.iter().filter(|account| self.run.reconciler().is_hub(account))
    }
}

fn is_changed(pass: &Pass) -> bool {
    pass.changes.iter().any(|change| change.outcome == Outcome::Applied)
}
