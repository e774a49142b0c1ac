//! A lock that is held: renewed until it is released.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::claim::Claim;
use super::generations::{Generations, Taken};
use crate::store::Clock;
use crate::store::error::StoreError;

/// How long a step may take, however long the lock holds: a run that is stopped
/// waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A lock that is held. It is renewed as long as this lives, and given back by
/// [`Lock::release`]; dropped, it runs out.
pub struct Lock {
    quit: CancellationToken,
    renewal: JoinHandle<Option<Renewal>>,
}

/// What keeps a lock renewed.
struct Renewal {
    generations: Generations,
    number: u64,
    claim: Claim,
    expiry: Duration,
    clock: Clock,
}

impl Lock {
    /// Keeps a lock that was taken.
    pub(super) fn keep(
        generations: Generations,
        number: u64,
        claim: Claim,
        expiry: Duration,
        clock: Clock,
        stop: CancellationToken,
    ) -> Self {
        let quit = CancellationToken::new();
        let renewal = Renewal { generations, number, claim, expiry, clock };
        Self { renewal: tokio::spawn(renewal.run(quit.clone(), stop)), quit }
    }

    /// Lets go of the lock, so that the next run need not wait for it to run
    /// out. One that was lost is left to its new holder.
    pub async fn release(self) {
        self.rest().await.release().await;
    }

    /// Renews the lock no more: from now on nothing is written. Others who hold
    /// it for the same run keep it; it runs out once none of them renews it.
    pub async fn rest(mut self) -> RestingLock {
        self.quit.cancel();
        RestingLock((&mut self.renewal).await.ok().flatten())
    }
}

/// A lock that is not renewed any more. Dropped, it runs out.
pub struct RestingLock(Option<Renewal>);

impl RestingLock {
    /// Lets go of the lock, also for others who hold it for the same run.
    pub async fn release(self) {
        if let Some(renewal) = self.0 {
            renewal.let_go().await;
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.quit.cancel();
    }
}

/// What became of trying to renew.
enum Renewed {
    Yes,
    NotYet,
    Lost,
}

impl Renewal {
    /// Renews until told to quit. Gives itself back if the lock is still held
    /// then.
    async fn run(mut self, quit: CancellationToken, stop: CancellationToken) -> Option<Self> {
        let mut wait = self.expiry / 3;
        loop {
            tokio::select! {
                () = quit.cancelled() => return Some(self),
                () = sleep(wait) => {}
            }
            wait = match self.renew().await {
                Renewed::Yes => self.expiry / 3,
                Renewed::NotYet if !self.is_running_out() => self.expiry / 12,
                Renewed::NotYet | Renewed::Lost => {
                    tracing::warn!("the lock of the store is lost: another run may write from now on");
                    stop.cancel();
                    return None;
                }
            };
        }
    }

    /// What is being written when the run is stopped takes its time to end, so
    /// that a third of the expiry is left to it.
    fn is_running_out(&self) -> bool {
        (self.clock)() + self.expiry / 3 >= self.claim.expires_at
    }

    async fn renew(&mut self) -> Renewed {
        let claim = Claim::new(self.claim.holder.clone(), (self.clock)(), self.expiry);
        let taking = self.generations.take(self.number + 1, &claim);
        match timeout(self.patience(), taking).await {
            Ok(Ok(Taken::Yes)) => {
                self.number += 1;
                self.claim = claim;
                Renewed::Yes
            }
            Ok(Ok(Taken::No)) => self.look().await,
            Ok(Err(error)) => {
                tracing::info!(%error, "the lock of the store could not be renewed yet");
                Renewed::NotYet
            }
            Err(_) => Renewed::NotYet,
        }
    }

    /// A number that could not be taken may be our own: the answer to an
    /// earlier try was lost, or another process of the run was faster.
    async fn look(&mut self) -> Renewed {
        match timeout(self.patience(), self.generations.last()).await {
            Ok(Ok(Some((number, claim)))) if self.is_own(&claim) => {
                self.number = number;
                self.claim = claim;
                let is_fresh = self.claim.is_fresh_at((self.clock)(), self.expiry);
                if is_fresh { Renewed::Yes } else { Renewed::NotYet }
            }
            Ok(Ok(_)) => Renewed::Lost,
            Ok(Err(_)) | Err(_) => Renewed::NotYet,
        }
    }

    fn patience(&self) -> Duration {
        PATIENCE.min(self.expiry / 6)
    }

    async fn let_go(self) {
        match timeout(PATIENCE, self.try_to_let_go()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the lock of the store is left to run out"),
            Err(_) => tracing::warn!("the lock of the store is left to run out: it does not answer"),
        }
    }

    async fn try_to_let_go(&self) -> Result<(), StoreError> {
        match self.generations.last().await? {
            Some((number, claim)) if self.is_own(&claim) => {
                self.generations.take(number + 1, &claim.released()).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    fn is_own(&self, claim: &Claim) -> bool {
        claim.held && claim.holder.run == self.claim.holder.run
    }
}
