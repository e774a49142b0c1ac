//! What stands in the accounts before canaries are sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use futures::stream;

use super::Watcher;
use crate::aws::AccountDoor;
use crate::fleet::spec::{BreakerRequirement, Hub, When};
use crate::model::{Account, AccountId, HubSight, Pass};
use crate::reconcile::Reconciler;

/// What was read of every account, and the ways into them.
#[derive(Default)]
pub(super) struct Looks {
    passes: BTreeMap<AccountId, Pass>,
    sights: BTreeMap<AccountId, HubSight>,
    doors: BTreeMap<AccountId, AccountDoor>,
}

impl Looks {
    /// What is asked for and what was read, by account.
    pub(super) fn sights(&self) -> &BTreeMap<AccountId, HubSight> {
        &self.sights
    }

    /// How every account stands.
    pub(super) fn passes(&self) -> impl Iterator<Item = &Pass> {
        self.passes.values()
    }

    /// How an account stands.
    pub(super) fn pass(&self, account: &Account) -> Option<&Pass> {
        self.passes.get(&account.id)
    }

    /// The way into an account.
    pub(super) fn door(&self, account: &AccountId) -> Option<&AccountDoor> {
        self.doors.get(account)
    }
}

/// Looks at these accounts, and before them at the hubs of their pipelines.
pub(super) async fn look(reconciler: &Reconciler, accounts: &[Account], watcher: &dyn Watcher) -> Looks {
    let mut reconciler = narrowed(reconciler);
    let hubs = hubs(&reconciler, accounts);
    let is_hub = |account: &&Account| hubs.iter().any(|hub| hub.id == account.id);
    let mut looks = Looks::default();
    look_at(&reconciler, hubs.iter().collect(), watcher, &mut looks).await;
    reconciler.hubs = Arc::new(looks.sights.clone());
    let others = accounts.iter().filter(|account| !is_hub(account)).collect();
    look_at(&reconciler, others, watcher, &mut looks).await;
    looks
}

/// The same reconciler for pipelines alone: services say nothing of where a
/// canary goes, and rules of others only where the fleet asks what they tell.
fn narrowed(reconciler: &Reconciler) -> Reconciler {
    let mut narrowed = reconciler.clone();
    let spec = &reconciler.fleet.spec;
    let names = || spec.pipelines.iter().map(|pipeline| pipeline.name.clone()).collect();
    narrowed.pipelines = Some(reconciler.pipelines.clone().unwrap_or_else(names));
    if spec.pipelines.iter().all(|pipeline| pipeline.when != When::Unheard) {
        let mut fleet = (*reconciler.fleet).clone();
        fleet.spec.breakers.require = BreakerRequirement { enable: false, rollback: false };
        narrowed.fleet = Arc::new(fleet);
    }
    narrowed
}

/// The hubs of the pipelines that the run is about. One that is not among the
/// accounts that were chosen is only read, and only where its bus is.
fn hubs(reconciler: &Reconciler, accounts: &[Account]) -> Vec<Account> {
    let named = reconciler.pipelines.as_deref().unwrap_or_default();
    let pipelines = reconciler.fleet.spec.pipelines.iter().filter(|one| named.contains(&one.name));
    let mut wanted: BTreeMap<&AccountId, BTreeSet<_>> = BTreeMap::new();
    for Hub { account, region, .. } in pipelines.filter_map(|pipeline| pipeline.hub.as_ref()) {
        wanted.entry(account).or_default().insert(*region);
    }
    let find = |id: &AccountId, accounts: &[Account]| accounts.iter().find(|one| one.id == *id).cloned();
    let hub = |(id, regions): (&AccountId, BTreeSet<_>)| {
        let only_read = || {
            let known = find(id, &reconciler.accounts)?;
            Some(Account { regions: regions.into_iter().collect(), ..known })
        };
        find(id, accounts).or_else(only_read)
    };
    wanted.into_iter().filter_map(hub).collect()
}

async fn look_at(reconciler: &Reconciler, accounts: Vec<&Account>, watcher: &dyn Watcher, looks: &mut Looks) {
    let limits = &reconciler.fleet.spec.limits;
    let one = |account| async move {
        watcher.looking(account);
        let mut sighting = reconciler.sighting(account);
        sighting.observe(&reconciler.clock, limits.account_timeout, &reconciler.stop).await;
        let (pass, sight) = reconciler.view(account, sighting);
        watcher.looked(account, !pass.is_incomplete());
        (account, pass, sight)
    };
    let mut all = stream::iter(accounts).map(one).buffer_unordered(limits.accounts_in_flight.max(1));
    while let Some((account, pass, sight)) = all.next().await {
        looks.passes.insert(account.id.clone(), pass);
        looks.sights.insert(account.id.clone(), sight);
        looks.doors.insert(account.id.clone(), reconciler.aws.account(account));
    }
}
