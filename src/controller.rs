//! The loop: every account of the fleet, so many at a time, each as often as it
//! takes to see it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing::Instrument;

use crate::model::pass::PathState;
use crate::model::{Account, AccountId, Change, Pass};
use crate::reconcile::{Judged, Reconciler, Sighting};

/// How often an account is looked at again that could not be read in full for
/// a reason that may pass.
const FURTHER_LOOKS: usize = 2;

/// More accounts at a time than this gain nothing and cost memory.
const MOST_SLOTS: usize = 10_000;

/// Hears how a run goes on.
pub trait Watcher: Send + Sync {
    /// An account is being worked on.
    fn started(&self, account: &Account);
    /// An account is done.
    fn finished(&self, account: &Account, pass: &Pass);
}

/// Runs passes over many accounts.
pub struct Controller {
    reconciler: Reconciler,
    slots: Arc<Semaphore>,
    watcher: Arc<dyn Watcher>,
}

/// What is done to an account once it was read.
#[derive(Clone)]
enum Task {
    Judge,
    Apply(Arc<Vec<Change>>),
}

impl Controller {
    /// A controller that works on as many accounts at a time as the fleet's
    /// limits allow.
    pub fn new(reconciler: Reconciler, watcher: Arc<dyn Watcher>) -> Self {
        let slots = reconciler.fleet.spec.limits.accounts_in_flight.clamp(1, MOST_SLOTS);
        Self { reconciler, slots: Arc::new(Semaphore::new(slots)), watcher }
    }

    /// Looks at every account and writes nothing. One pass an account, in no
    /// particular order.
    pub async fn plan(&self, accounts: &[Account]) -> Vec<Pass> {
        self.hubs_first(accounts.iter().map(|account| (account.clone(), Task::Judge)).collect()).await
    }

    /// Makes the changes that the passes hold and looks again; passes without
    /// a change to make are given back as they are, but for those of hubs, which
    /// the others' depend on, and for those that may have waited for a hub.
    pub async fn apply(&self, accounts: &[Account], passes: Vec<Pass>) -> Vec<Pass> {
        let accounts: BTreeMap<&AccountId, &Account> =
            accounts.iter().map(|account| (&account.id, account)).collect();
        let is_due = |pass: &Pass| pass.changes.iter().any(Change::is_write);
        let is_hub = |pass: &Pass| {
            accounts.get(&pass.account.id).is_some_and(|account| self.reconciler.is_hub(account))
        };
        let any_due = passes.iter().any(is_due);
        let hub_is_due = passes.iter().any(|pass| is_due(pass) && is_hub(pass));
        let waits = |pass: &Pass| pass.own_paths().any(|path| path.state != PathState::Heard);
        let (due, mut done): (Vec<Pass>, Vec<Pass>) = passes
            .into_iter()
            .partition(|pass| is_due(pass) || (any_due && is_hub(pass)) || (hub_is_due && waits(pass)));
        let tasks = due.into_iter().filter_map(|pass| {
            let account = accounts.get(&pass.account.id)?;
            let task = if is_due(&pass) { Task::Apply(Arc::new(pass.changes)) } else { Task::Judge };
            Some(((*account).clone(), task))
        });
        done.extend(self.hubs_first(tasks.collect()).await);
        done
    }

    /// Works on hubs before all others: whether an event that is forwarded to a
    /// hub is heard shows only there.
    async fn hubs_first(&self, tasks: Vec<(Account, Task)>) -> Vec<Pass> {
        let (hubs, others): (Vec<_>, Vec<_>) =
            tasks.into_iter().partition(|(account, _)| self.reconciler.is_hub(account));
        let mut passes = Vec::with_capacity(hubs.len() + others.len());
        let mut sights = BTreeMap::new();
        for judged in self.run(&self.reconciler, hubs).await {
            sights.extend(judged.hub.map(|sight| (judged.pass.account.id.clone(), sight)));
            passes.push(judged.pass);
        }
        let reconciler = Reconciler { hubs: Arc::new(sights), ..self.reconciler.clone() };
        let judged = self.run(&reconciler, others).await;
        passes.extend(judged.into_iter().map(|judged| judged.pass));
        passes
    }

    async fn run(&self, reconciler: &Reconciler, tasks: Vec<(Account, Task)>) -> Vec<Judged> {
        let mut running = JoinSet::new();
        let mut accounts = BTreeMap::new();
        for (account, task) in tasks {
            let worker = Worker {
                reconciler: reconciler.clone(),
                slots: self.slots.clone(),
                watcher: self.watcher.clone(),
            };
            let span = tracing::info_span!("pass", account = %account.id, name = %account.name);
            let work = worker.work(account.clone(), task).instrument(span);
            accounts.insert(running.spawn(work).id(), account);
        }
        let mut passes = Vec::with_capacity(accounts.len());
        while let Some(finished) = running.join_next().await {
            match finished {
                Ok(judged) => passes.push(judged),
                Err(error) => {
                    passes.extend(accounts.get(&error.id()).map(|account| self.lost(account, &error)))
                }
            }
        }
        passes
    }

    /// A pass that came to grief inside Foghorn is still in the report, unread.
    fn lost(&self, account: &Account, error: &tokio::task::JoinError) -> Judged {
        tracing::error!(account = %account.id, %error, "a pass ended by a fault of Foghorn's own");
        self.reconciler.judge(account, self.reconciler.sighting(account))
    }
}

/// What one account's task holds.
struct Worker {
    reconciler: Reconciler,
    slots: Arc<Semaphore>,
    watcher: Arc<dyn Watcher>,
}

impl Worker {
    async fn work(self, account: Account, task: Task) -> Judged {
        let sighting = self.look(&account).await;
        let judged = match task {
            Task::Judge => self.reconciler.judge(&account, sighting),
            Task::Apply(approved) => {
                let _slot = self.slots.acquire().await;
                self.reconciler.apply(&account, sighting, &approved).await
            }
        };
        self.watcher.finished(&account, &judged.pass);
        judged
    }

    /// Reads the account, and reads again what may yet be read, without a slot
    /// while it waits.
    async fn look(&self, account: &Account) -> Sighting {
        let mut sighting = self.reconciler.sighting(account);
        let mut waits = waits();
        for looks in 0.. {
            self.observe(account, &mut sighting).await;
            let wait = waits.next_backoff().filter(|_| looks < FURTHER_LOOKS);
            match wait {
                Some(wait) if sighting.is_worth_another_look() => self.wait(wait).await,
                _ => break,
            }
        }
        sighting
    }

    async fn observe(&self, account: &Account, sighting: &mut Sighting) {
        let _slot = self.slots.acquire().await;
        self.watcher.started(account);
        let limits = &self.reconciler.fleet.spec.limits;
        sighting.observe(&self.reconciler.clock, limits.account_timeout, &self.reconciler.stop).await;
    }

    async fn wait(&self, wait: Duration) {
        tracing::info!(?wait, "part of the account could not be read; looking again soon");
        tokio::select! {
            () = self.reconciler.stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// One second, then two, each half as much more or less.
fn waits() -> ExponentialBackoff {
    ExponentialBackoff {
        initial_interval: Duration::from_secs(1),
        current_interval: Duration::from_secs(1),
        multiplier: 2.0,
        ..ExponentialBackoff::default()
    }
}
