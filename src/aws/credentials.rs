//! Credentials that are kept until they are about to expire.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use tokio::time::Instant;

use super::error::AwsError;

/// Credentials with less than this left are renewed: a look at a large account
/// may take some minutes.
const RENEW_BEFORE: Duration = Duration::from_secs(300);

/// What was fetched so lately is the newest there is, even if it seems to
/// expire soon: some sources give out short-lived ones, and a clock may be wrong.
const NEW_FOR: Duration = Duration::from_secs(60);

/// Credentials got once and kept until shortly before they expire.
#[derive(Debug, Default)]
pub(super) struct Kept {
    held: RwLock<Option<Held>>,
    fetching: tokio::sync::Mutex<()>,
    refusals: Refusals,
}

/// How often something was refused, and the last refusal. All who wait for an
/// answer share it, so that one that takes long in coming is not waited for by
/// one after another.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<(u64, Option<AwsError>)>);

impl Refusals {
    /// How many there were so far.
    pub fn count(&self) -> u64 {
        self.lock().0
    }

    /// The last one, if it came after there were so many.
    pub fn since(&self, count: u64) -> Option<AwsError> {
        let last = self.lock();
        last.1.clone().filter(|_| last.0 > count)
    }

    /// Notes one more.
    pub fn note(&self, error: &AwsError) {
        let mut last = self.lock();
        *last = (last.0 + 1, Some(error.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, (u64, Option<AwsError>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Held {
    credentials: Credentials,
    fetched: Instant,
}

impl Kept {
    /// The credentials, fetched if need be, by one caller for all who wait, who
    /// share its failure as well. What is held is good enough until it really expires if nothing newer is
    /// to be had.
    pub async fn get(
        &self,
        fetch: impl Future<Output = Result<Credentials, AwsError>>,
    ) -> Result<Credentials, AwsError> {
        let refused_before = self.refusals.count();
        if let Some(held) = self.fresh() {
            return Ok(held);
        }
        let _turn = self.fetching.lock().await;
        if let Some(held) = self.fresh() {
            return Ok(held);
        }
        let fetched = match self.refusals.since(refused_before) {
            Some(refusal) => Err(refusal),
            None => fetch.await.inspect_err(|error| self.refusals.note(error)),
        };
        match fetched {
            Ok(fetched) => {
                let held = Held { credentials: fetched.clone(), fetched: Instant::now() };
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
                Ok(fetched)
            }
            Err(error) => self.held_if(|held| held.has_left(Duration::ZERO)).ok_or(error),
        }
    }

    /// Drops what is held, because a service did not accept it.
    pub fn forget(&self) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn fresh(&self) -> Option<Credentials> {
        self.held_if(|held| held.has_left(RENEW_BEFORE) || held.fetched.elapsed() < NEW_FOR)
    }

    fn held_if(&self, good: impl Fn(&Held) -> bool) -> Option<Credentials> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|held| good(held)).map(|held| held.credentials.clone())
    }
}

impl Held {
    fn has_left(&self, left: Duration) -> bool {
        self.credentials.expiry().is_none_or(|expiry| expiry > SystemTime::now() + left)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::model::coverage::Cause;

    fn credentials(lasting: Duration) -> Credentials {
        Credentials::new("AKIDEXAMPLE", "simulated", None, Some(SystemTime::now() + lasting), "test")
    }

    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn concurrent_first_users_share_one_fetch() {
        let (kept, fetches) = (Kept::default(), AtomicUsize::new(0));
        let users = (0..50).map(|_| {
            kept.get(async {
                fetches.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok(credentials(HOUR))
            })
        });
        assert!(futures::future::join_all(users).await.iter().all(Result::is_ok));
        assert_eq!(fetches.into_inner(), 1);
    }

    #[tokio::test]
    async fn those_who_wait_share_a_refusal_and_the_next_to_ask_tries_again() {
        let (kept, fetches) = (Kept::default(), AtomicUsize::new(0));
        let fetch = || async {
            fetches.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            unavailable().await
        };
        let users = (0..50).map(|_| kept.get(fetch()));
        assert!(futures::future::join_all(users).await.iter().all(Result::is_err));
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
        assert!(kept.get(fetch()).await.is_err());
        assert_eq!(fetches.load(Ordering::Relaxed), 2);
    }

    async fn unavailable() -> Result<Credentials, AwsError> {
        Err(AwsError::failed("assume role", Cause::Throttled, "slow down"))
    }

    #[tokio::test(start_paused = true)]
    async fn credentials_about_to_expire_are_renewed_and_kept_if_that_fails() {
        let kept = Kept::default();
        let (old, new) = (credentials(Duration::from_secs(200)), credentials(HOUR));
        assert!(kept.get(async { Ok(old.clone()) }).await.is_ok());
        tokio::time::advance(NEW_FOR).await;
        assert_eq!(kept.get(unavailable()).await.map(|held| held.expiry()), Ok(old.expiry()));
        assert_eq!(kept.get(async { Ok(new.clone()) }).await.map(|held| held.expiry()), Ok(new.expiry()));
        kept.forget();
        assert!(kept.get(unavailable()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_makes_everything_look_expired_does_not_fetch_at_every_call() {
        let kept = Kept::default();
        let expired =
            Credentials::new("AKIDEXAMPLE", "simulated", None, Some(SystemTime::UNIX_EPOCH), "test");
        assert!(kept.get(async { Ok(expired) }).await.is_ok());
        assert!(kept.get(unavailable()).await.is_ok());
        tokio::time::advance(NEW_FOR).await;
        assert!(kept.get(unavailable()).await.is_err());
    }
}
