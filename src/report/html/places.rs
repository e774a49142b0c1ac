//! Where alike things are: accounts, each with its locations.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::map::labels;
use crate::model::{AccountId, Location, Pass};

/// How many accounts are named.
const MOST: usize = 12;

/// How many labels of an account are shown.
const MOST_LABELS: usize = 5;

/// Places in the gathering.
#[derive(Debug, Default)]
pub(super) struct Places<'a> {
    accounts: BTreeMap<(&'a str, &'a AccountId), (&'a Pass, BTreeSet<Location>)>,
}

/// Some accounts by name, and how many more there are.
#[derive(Serialize)]
pub(super) struct Named {
    accounts: Vec<Account>,
    more: usize,
    count: usize,
}

#[derive(Serialize)]
struct Account {
    name: String,
    id: String,
    locations: String,
    /// Who the account belongs to, as far as labels say it.
    labels: Vec<String>,
}

impl<'a> Places<'a> {
    pub(super) fn add(&mut self, pass: &'a Pass, location: Location) {
        let key = (pass.account.name.as_str(), &pass.account.id);
        self.accounts.entry(key).or_insert_with(|| (pass, BTreeSet::new())).1.insert(location);
    }

    /// How many accounts there are.
    pub(super) fn len(&self) -> usize {
        self.accounts.len()
    }

    pub(super) fn named(&self) -> Named {
        let count = self.accounts.values().map(|(_, locations)| locations.len()).sum();
        let accounts = self.accounts.iter().take(MOST).map(|((name, id), (pass, locations))| {
            let locations: Vec<String> = locations.iter().map(Location::to_string).collect();
            Account {
                name: super::name(name),
                id: id.to_string(),
                locations: locations.join(", "),
                labels: labels(pass).into_iter().take(MOST_LABELS).collect(),
            }
        });
        Named { accounts: accounts.collect(), more: self.accounts.len().saturating_sub(MOST), count }
    }
}
