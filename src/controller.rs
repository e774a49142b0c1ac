//! The loop: every account of the fleet, so many at a time, each as often as it
//! takes to see it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::model::{Account, AccountId, Change, HubSight, Pass};
use crate::reconcile::{Judged, Reconciler, Sighting};

/// How often an account is looked at again that could not be read in full for
/// a reason that may pass.
const FURTHER_LOOKS: usize = 2;

/// The first wait before an account is looked at again in the same pass.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// So many doublings outgrow any longest wait.
const MOST_DOUBLINGS: u32 = 32;

/// More accounts at a time than this gain nothing and cost memory.
const MOST_SLOTS: usize = 10_000;

/// Hears how a run goes on.
pub trait Watcher: Send + Sync {
    /// An account is being worked on.
    fn started(&self, account: &Account);
    /// An account is done.
    fn finished(&self, account: &Account, judged: &Judged);
}

/// Nobody hears of accounts that the run is not about.
struct Unwatched;

impl Watcher for Unwatched {
    fn started(&self, _: &Account) {}
    fn finished(&self, _: &Account, _: &Judged) {}
}

/// Runs passes over many accounts.
pub struct Controller {
    reconciler: Reconciler,
    slots: Arc<Semaphore>,
    watcher: Arc<dyn Watcher>,
    drain: CancellationToken,
}

/// What is done to an account, and what an earlier look at it came to.
#[derive(Clone)]
enum Task {
    Look,
    LookAgain(Arc<Pass>),
    Apply(Arc<Pass>),
}

impl Controller {
    /// A controller that works on as many accounts at a time as the fleet's
    /// limits allow.
    pub fn new(reconciler: Reconciler, watcher: Arc<dyn Watcher>) -> Self {
        let slots = reconciler.fleet.spec.limits.accounts_in_flight.clamp(1, MOST_SLOTS);
        let drain = CancellationToken::new();
        Self { reconciler, slots: Arc::new(Semaphore::new(slots)), watcher, drain }
    }

    /// The same, but that no pass is begun any more once `drain` is cancelled;
    /// those that were begun go on to their end.
    pub fn until(self, drain: CancellationToken) -> Self {
        Self { drain, ..self }
    }

    /// Looks at every account and writes nothing. One pass an account, in no
    /// particular order.
    pub async fn plan(&self, accounts: &[Account]) -> Vec<Pass> {
        self.hubs_first(accounts.iter().map(|account| (account.clone(), Task::Look)).collect()).await
    }

    /// Makes the changes that the passes hold and looks again; passes without
    /// a change to make are given back as they are, but for those of hubs, which
    /// the others' depend on, and for those that a hub's changes may help: those
    /// made here, and, if `hub_changed`, those that others have made.
    pub async fn apply(&self, accounts: &[Account], passes: Vec<Pass>, hub_changed: bool) -> Vec<Pass> {
        let accounts: BTreeMap<&AccountId, &Account> =
            accounts.iter().map(|account| (&account.id, account)).collect();
        let is_due = |pass: &Pass| pass.changes.iter().any(Change::is_write);
        let is_hub = |pass: &Pass| {
            accounts.get(&pass.account.id).is_some_and(|account| self.reconciler.is_hub(account))
        };
        let any_due = passes.iter().any(is_due);
        let hub_due = hub_changed || passes.iter().any(|pass| is_due(pass) && is_hub(pass));
        let is_looked_at =
            |pass: &Pass| is_due(pass) || (any_due && is_hub(pass)) || (hub_due && !pass.is_all_heard());
        let (due, mut done): (Vec<Pass>, Vec<Pass>) = passes.into_iter().partition(is_looked_at);
        let tasks = due.into_iter().filter_map(|pass| {
            let account = accounts.get(&pass.account.id)?;
            let is_due = is_due(&pass);
            let pass = Arc::new(pass);
            Some(((*account).clone(), if is_due { Task::Apply(pass) } else { Task::LookAgain(pass) }))
        });
        done.extend(self.hubs_first(tasks.collect()).await);
        done
    }

    /// Works on hubs before all others: whether an event that is forwarded to a
    /// hub is heard shows only there.
    async fn hubs_first(&self, tasks: Vec<(Account, Task)>) -> Vec<Pass> {
        let beside = self.hubs_beside(&tasks);
        let (hubs, others): (Vec<_>, Vec<_>) =
            tasks.into_iter().partition(|(account, _)| self.reconciler.is_hub(account));
        let mut passes = Vec::with_capacity(hubs.len() + others.len());
        let unwatched: Arc<dyn Watcher> = Arc::new(Unwatched);
        let mut sights: BTreeMap<AccountId, HubSight> =
            self.run(&self.reconciler, beside, &unwatched).await.into_iter().filter_map(sight).collect();
        for judged in self.run(&self.reconciler, hubs, &self.watcher).await {
            passes.push(judged.pass.clone());
            sights.extend(sight(judged));
        }
        let reconciler = Reconciler { hubs: Arc::new(sights), ..self.reconciler.clone() };
        let judged = self.run(&reconciler, others, &self.watcher).await;
        passes.extend(judged.into_iter().map(|judged| judged.pass));
        passes
    }

    /// The hubs that these accounts lead to and that the run is not about: they
    /// are read, no more, and only for what the others' events meet there.
    fn hubs_beside(&self, tasks: &[(Account, Task)]) -> Vec<(Account, Task)> {
        let is_among = |account: &Account| tasks.iter().any(|(one, _)| one.id == account.id);
        let is_led_to = |hub: &Account| tasks.iter().any(|(one, _)| self.reconciler.leads_to(one, hub));
        let hubs = self.reconciler.accounts.iter().filter(|account| !is_among(account) && is_led_to(account));
        hubs.map(|hub| (Account { regions: Vec::new(), ..hub.clone() }, Task::Look)).collect()
    }

    async fn run(
        &self,
        reconciler: &Reconciler,
        tasks: Vec<(Account, Task)>,
        watcher: &Arc<dyn Watcher>,
    ) -> Vec<Judged> {
        let mut running = JoinSet::new();
        let mut accounts = BTreeMap::new();
        for (account, task) in tasks {
            let worker = Worker {
                reconciler: reconciler.clone(),
                slots: self.slots.clone(),
                watcher: watcher.clone(),
                drain: self.drain.clone(),
            };
            let span = tracing::info_span!("pass", account = %account.id, account_name = %account.name);
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

/// What a hub's account shows to others.
fn sight(judged: Judged) -> Option<(AccountId, HubSight)> {
    Some((judged.pass.account.id, judged.hub?))
}

/// What one account's task holds.
struct Worker {
    reconciler: Reconciler,
    slots: Arc<Semaphore>,
    watcher: Arc<dyn Watcher>,
    drain: CancellationToken,
}

impl Worker {
    async fn work(self, account: Account, task: Task) -> Judged {
        let Some(sighting) = self.look(&account).await else { return self.not_begun(&account, task) };
        let judged = match task {
            Task::Look | Task::LookAgain(_) => self.reconciler.judge(&account, sighting),
            Task::Apply(approved) => {
                let _slot = self.slots.acquire().await;
                self.reconciler.apply(&account, sighting, &approved.changes).await
            }
        };
        self.watcher.finished(&account, &judged);
        judged
    }

    /// What is known of an account that nothing is done to: what the earlier
    /// look came to, or that there was none.
    fn not_begun(&self, account: &Account, task: Task) -> Judged {
        match task {
            Task::Look => self.reconciler.judge(account, self.reconciler.sighting(account)),
            Task::LookAgain(pass) | Task::Apply(pass) => Judged::stopped(Arc::unwrap_or_clone(pass)),
        }
    }

    /// Reads the account, and reads again what may yet be read, without a slot
    /// while it waits. `None` if the loop came to be drained before it began.
    async fn look(&self, account: &Account) -> Option<Sighting> {
        let mut sighting = self.reconciler.sighting(account);
        let mut waits = waits(FIRST_WAIT);
        for looks in 0.. {
            let is_begun = looks > 0;
            self.observe(account, &mut sighting, is_begun).await?;
            let wait = waits.next_backoff().filter(|_| looks < FURTHER_LOOKS);
            match wait {
                Some(wait) if sighting.is_worth_another_look() => self.wait(wait).await,
                _ => break,
            }
        }
        Some(sighting)
    }

    async fn observe(&self, account: &Account, sighting: &mut Sighting, is_begun: bool) -> Option<()> {
        let _slot = self.slots.acquire().await;
        if self.drain.is_cancelled() && !is_begun {
            return None;
        }
        self.watcher.started(account);
        let limits = &self.reconciler.fleet.spec.limits;
        sighting.observe(&self.reconciler.clock, limits.account_timeout, &self.reconciler.stop).await;
        Some(())
    }

    async fn wait(&self, wait: Duration) {
        tracing::info!(?wait, "part of the account could not be read; looking again soon");
        tokio::select! {
            () = self.reconciler.stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// How long to wait before what failed so often in a row is tried again: `first`
/// after the first failure, then twice as long each time, up to `longest`.
pub fn requeue_after(failures: u32, first: Duration, longest: Duration) -> Duration {
    let mut waits = ExponentialBackoff { randomization_factor: 0.0, max_interval: longest, ..waits(first) };
    waits.max_elapsed_time = None;
    let mut wait = first;
    for _ in 0..failures.min(MOST_DOUBLINGS) {
        wait = waits.next_backoff().unwrap_or(longest);
    }
    wait.min(longest)
}

/// This, then twice as much each time, each half as much more or less.
fn waits(first: Duration) -> ExponentialBackoff {
    ExponentialBackoff {
        initial_interval: first,
        current_interval: first,
        multiplier: 2.0,
        ..ExponentialBackoff::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_again_and_again_waits_twice_as_long_each_time_up_to_a_longest() {
        let [first, longest] = [30, 900].map(Duration::from_secs);
        let waits = [1, 2, 3, 5, 6, u32::MAX].map(|times| requeue_after(times, first, longest).as_secs());
        assert_eq!(waits, [30, 60, 120, 480, 900, 900]);
    }

    #[test]
    fn no_wait_is_longer_than_the_longest() {
        assert_eq!(requeue_after(1, Duration::from_secs(30), Duration::from_secs(5)).as_secs(), 5);
    }
}
