//! The lock that the shards of a run hold together while they write.

use super::{Member, store_failed};
use crate::cli::error::CliError;
use crate::cli::holder::holder;
use crate::model::Mode;
use crate::store::{Lock, LockError, RestingLock};

impl Member<'_> {
    /// Says that this process may write from now on, and holds the lock; `None`
    /// for a run that only looks. A run of one process goes on without a store
    /// that does not work; shards that can't meet write nothing.
    pub(super) async fn begin_to_write(&self) -> Result<Option<Lock>, CliError> {
        match self.assignment.mode {
            Mode::Plan => return Ok(None),
            Mode::Apply | Mode::Destroy => {}
        }
        self.set.begin_to_write(self.shard(), self.run.id()).await.map_err(store_failed)?;
        let holder = holder(&self.set.terms().run);
        match self.store.lock(holder, self.run.stop().clone()).await {
            Ok(lock) => Ok(Some(lock)),
            Err(LockError::Store(error)) => Err(store_failed(error)),
            Err(held @ LockError::Held { .. }) => {
                self.say_that_nothing_is_written().await;
                Err(CliError::Locked(held))
            }
        }
    }

    /// Renews the lock no more, and says that this process writes no more.
    pub(super) async fn end_to_write(&self, lock: Option<Lock>) -> Option<RestingLock> {
        let resting = lock?.rest().await;
        self.say_that_nothing_is_written().await;
        Some(resting)
    }

    /// Where that can't be said the lock runs out in place of being let go, which
    /// is no reason to lose the part.
    async fn say_that_nothing_is_written(&self) {
        if let Err(error) = self.set.end_to_write(self.run.id()).await {
            tracing::warn!(%error, "the lock of the store is left to run out");
        }
    }

    /// The last shard to hand in its part lets go of the lock for all of them. Not
    /// where a process never said that it writes no more: one that did a shard
    /// which another has done since may be dead, or writing still.
    pub(super) async fn let_go(&self, lock: Option<RestingLock>) -> Result<(), CliError> {
        let Some(lock) = lock else { return Ok(()) };
        let progress = self.set.progress().await.map_err(store_failed)?;
        if self.is_complete(&progress) && progress.writers == 0 {
            lock.release().await;
        }
        Ok(())
    }
}
