//! Credentials that are kept until they are about to expire.

use std::future::Future;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;

use super::error::AwsError;

/// Credentials with less than this left are renewed: a look at a large account
/// may take some minutes.
const RENEW_BEFORE: Duration = Duration::from_secs(300);

/// Credentials got once and kept until shortly before they expire.
#[derive(Debug, Default)]
pub(super) struct Kept {
    held: RwLock<Option<Credentials>>,
    fetching: tokio::sync::Mutex<()>,
}

impl Kept {
    /// The credentials, fetched if need be, by one caller for all who wait.
    /// What is held is good enough until it really expires if nothing newer is
    /// to be had.
    pub async fn get(
        &self,
        fetch: impl Future<Output = Result<Credentials, AwsError>>,
    ) -> Result<Credentials, AwsError> {
        if let Some(held) = self.with_left(RENEW_BEFORE) {
            return Ok(held);
        }
        let _turn = self.fetching.lock().await;
        if let Some(held) = self.with_left(RENEW_BEFORE) {
            return Ok(held);
        }
        match fetch.await {
            Ok(fetched) => {
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(fetched.clone());
                Ok(fetched)
            }
            Err(error) => self.with_left(Duration::ZERO).ok_or(error),
        }
    }

    /// Drops what is held, because a service did not accept it.
    pub fn forget(&self) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn with_left(&self, left: Duration) -> Option<Credentials> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let until = SystemTime::now() + left;
        held.clone().filter(|held| held.expiry().is_none_or(|expiry| expiry > until))
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
    async fn credentials_about_to_expire_are_renewed_and_kept_if_that_fails() {
        let kept = Kept::default();
        let old = credentials(Duration::from_secs(60));
        assert!(kept.get(async { Ok(old.clone()) }).await.is_ok());
        let failure = || async { Err(AwsError::failed("assume role", Cause::Throttled, "slow down")) };
        assert_eq!(kept.get(failure()).await.map(|held| held.expiry()), Ok(old.expiry()));
        let new = credentials(HOUR);
        assert_eq!(kept.get(async { Ok(new.clone()) }).await.map(|held| held.expiry()), Ok(new.expiry()));
        kept.forget();
        assert!(kept.get(failure()).await.is_err());
    }
}
