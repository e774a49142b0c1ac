//! Credentials that are kept until they are about to expire.

use std::future::Future;
use std::sync::{PoisonError, RwLock};
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
}

#[derive(Debug)]
struct Held {
    credentials: Credentials,
    fetched: Instant,
}

impl Kept {
    /// The credentials, fetched if need be, by one caller for all who wait.
    /// What is held is good enough until it really expires if nothing newer is
    /// to be had.
    pub async fn get(
        &self,
        fetch: impl Future<Output = Result<Credentials, AwsError>>,
    ) -> Result<Credentials, AwsError> {
        if let Some(held) = self.fresh() {
            return Ok(held);
        }
        let _turn = self.fetching.lock().await;
        if let Some(held) = self.fresh() {
            return Ok(held);
        }
        match fetch.await {
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
