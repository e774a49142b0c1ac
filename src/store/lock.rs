//! The lock of runs that write: one at a time a fleet.
//!
//! The lock is the object with the greatest number in a folder, `lock` say. It says
//! who holds it and until when, or that it was let go. Whoever takes, renews or
//! lets go of it makes the object with the next number, which only one can, and
//! looks whether that is the greatest: then it counts. What is below the
//! greatest means nothing and is deleted. So nothing is ever written over, which
//! not every store can do on a condition, and whoever was asleep for long can't
//! take for its own what others have taken since.

mod claim;
mod generations;
mod renewal;

#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::Store;
use super::error::StoreError;
use claim::Claim;
use generations::{Generations, Taken};
pub use renewal::{Lock, RestingLock};

/// Where the lock of runs that write is.
pub(super) const WRITING: &str = "lock";

/// How often a lock is tried for that others let go of at the same time.
const TRIES: usize = 5;

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The run's id.
    pub run: String,
    /// The user's name.
    pub user: String,
    /// The machine's name.
    pub host: String,
    /// The process's id there.
    pub process: u32,
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, user, host, process } = self;
        write!(formatter, "run {run} (process {process} of {user} on {host})")
    }
}

/// Why a lock could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Another run holds it.
    #[error("{holder} holds the lock of {place} until {}", shown(*.until))]
    Held {
        /// Who.
        holder: Box<Holder>,
        /// Until when, unless that run goes on and renews it.
        until: OffsetDateTime,
        /// The store.
        place: String,
    },
    /// The store does not work, so that nobody can tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn shown(time: OffsetDateTime) -> String {
    humantime::format_rfc3339_seconds(time.into()).to_string()
}

impl Store {
    /// Takes the lock for a run and renews it until the guard is released. If it
    /// is lost all the same, `stop` is cancelled: another run may write from
    /// then on. Processes that share a run hold its lock together.
    ///
    /// # Errors
    /// If another run holds it, or the store does not work.
    pub async fn lock(&self, holder: Holder, stop: CancellationToken) -> Result<Lock, LockError> {
        self.lock_at(WRITING, holder, stop).await
    }

    /// The same with the lock in this folder.
    pub(super) async fn lock_at(
        &self,
        folder: &str,
        holder: Holder,
        stop: CancellationToken,
    ) -> Result<Lock, LockError> {
        self.mark().await?;
        let generations = Generations::new(self.objects.clone(), folder);
        for _ in 0..TRIES {
            let last = generations.last().await?;
            let now = (self.clock)();
            if let Some((_, claim)) = &last
                && claim.holds_at(now)
                && claim.holder.run != holder.run
            {
                return Err(self.held(claim));
            }
            if let Some((number, claim)) = last.clone()
                && claim.holder.run == holder.run
                && claim.is_fresh_at(now, self.lock_expiry)
            {
                return Ok(self.keep(generations, number, claim, stop));
            }
            let number = last.map_or(1, |(number, _)| number + 1);
            let claim = Claim::new(holder.clone(), now, self.lock_expiry);
            if let Taken::Yes = generations.take(number, &claim).await? {
                return Ok(self.keep(generations, number, claim, stop));
            }
        }
        Err(LockError::Store(StoreError::failed(
            format!("take the lock of {}", self.objects.place()),
            &"others take and release it all the time",
        )))
    }

    fn keep(&self, generations: Generations, number: u64, claim: Claim, stop: CancellationToken) -> Lock {
        Lock::keep(generations, number, claim, self.lock_expiry, self.clock.clone(), stop)
    }

    fn held(&self, claim: &Claim) -> LockError {
        let (holder, place) = (Box::new(claim.holder.clone()), self.objects.place().to_owned());
        LockError::Held { holder, until: claim.expires_at, place }
    }
}
