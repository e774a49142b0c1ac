//! The accounts of a fleet, as far as they are known without AWS.

use std::collections::BTreeMap;

use crate::fleet::spec::Organization;
use crate::fleet::{Discovered, Filter, Fleet};
use crate::model::{Account, AccountId};

use super::event::Event;

/// The accounts of a fleet.
#[derive(Debug)]
pub(super) struct Accounts {
    /// Those that the file lists, and those of the organisation that somebody
    /// names: the event and the hubs.
    pub all: Vec<Account>,
    /// Those whose names and labels only the organisation knows.
    unlisted: Vec<AccountId>,
}

impl Accounts {
    /// The accounts that the file lists. Where it discovers accounts, those that
    /// the event and the hubs name are taken to be found, unless they are
    /// excluded.
    pub fn of(fleet: &Fleet, event: &Event) -> Self {
        let hubs = fleet.spec.pipelines.iter().filter_map(|pipeline| pipeline.hub.as_ref());
        let named = hubs.map(|hub| &hub.account).chain([&event.account]);
        let mut unlisted: Vec<AccountId> = named.filter(|id| may_be_found(fleet, id)).cloned().collect();
        unlisted.sort();
        unlisted.dedup();
        let found =
            |id: &AccountId| Discovered { id: id.clone(), name: id.to_string(), labels: BTreeMap::new() };
        let found = unlisted.iter().map(found).collect();
        // Only a filter that names something can match nothing.
        let all = fleet.accounts(found, &Filter::default()).unwrap_or_default();
        Self { all, unlisted }
    }

    /// The account of this id.
    pub fn get(&self, id: &AccountId) -> Option<&Account> {
        self.all.iter().find(|account| account.id == *id)
    }

    /// What people call an account: its id where it is not known.
    pub fn name<'a>(&'a self, id: &'a AccountId) -> &'a str {
        self.get(id).map_or(id.as_str(), |account| &account.name)
    }

    /// Whether only the organisation knows the account's name and labels.
    pub fn is_unlisted(&self, id: &AccountId) -> bool {
        self.unlisted.contains(id)
    }

    /// What is taken for granted of the event's account.
    pub fn notes(&self, event: &Event) -> Vec<String> {
        let account = &event.account;
        let note = format!(
            "account {account} is not listed in the fleet file: it is taken as one that AWS Organizations would find, \
             with its id for a name and no label"
        );
        self.is_unlisted(account).then_some(note).into_iter().collect()
    }
}

/// Whether discovery might find an account that the file does not list.
fn may_be_found(fleet: &Fleet, id: &AccountId) -> bool {
    let listed = fleet.spec.accounts.iter().any(|entry| entry.id == *id);
    let excluded = |organization: &Organization| organization.exclude.iter().any(|one| one == id.as_str());
    !listed && fleet.spec.organization.as_ref().is_some_and(|organization| !excluded(organization))
}
