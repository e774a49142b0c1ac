//! Hears of every pass: who is in flight, and who is worth another pass soon.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::live::Live;
use super::metrics::Metrics;
use crate::controller::Watcher;
use crate::model::{Account, AccountId};
use crate::reconcile::Judged;

/// Hears of every pass.
#[derive(Debug)]
pub struct Observer {
    live: Arc<Live>,
    metrics: Arc<Metrics>,
    unsettled: Mutex<BTreeSet<AccountId>>,
}

impl Observer {
    /// One that tells what it hears to these.
    pub fn new(live: Arc<Live>, metrics: Arc<Metrics>) -> Self {
        Self { live, metrics, unsettled: Mutex::default() }
    }

    /// The accounts whose last pass is worth another soon, of those that were
    /// heard of since this was last asked.
    pub fn take_unsettled(&self) -> BTreeSet<AccountId> {
        std::mem::take(&mut *self.unsettled.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The last word on an account counts: what was planned may have been made.
    fn settle(&self, account: &AccountId, is_worth_another_pass: bool) {
        let mut unsettled = self.unsettled.lock().unwrap_or_else(PoisonError::into_inner);
        if is_worth_another_pass {
            unsettled.insert(account.clone());
        } else {
            unsettled.remove(account);
        }
    }
}

impl Watcher for Observer {
    fn started(&self, account: &Account) {
        self.metrics.in_flight(self.live.began(&account.id, Instant::now()));
    }

    fn finished(&self, account: &Account, judged: &Judged) {
        self.metrics.in_flight(self.live.ended(&account.id, Instant::now()));
        self.settle(&account.id, judged.is_worth_another_pass);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_last_word_on_an_account_counts() {
        let live = Arc::new(Live::new(Duration::ZERO, Instant::now()));
        let observer = Observer::new(live, Arc::new(Metrics::new("0.1.0")));
        let [one, two] =
            ["1", "2"].map(|digit| digit.repeat(12).parse::<AccountId>().expect("an account id"));
        observer.settle(&one, true);
        observer.settle(&two, true);
        observer.settle(&one, false);
        assert_eq!(observer.take_unsettled(), BTreeSet::from([two]));
        assert!(observer.take_unsettled().is_empty());
    }
}
