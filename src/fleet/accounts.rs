//! The accounts of a fleet: those of the file and those discovered.

use std::collections::BTreeMap;

use super::filter::{Filter, NothingMatches};
use super::spec::{AccountEntry, Fleet};
use crate::model::{Account, AccountId, Region};

/// An account found in AWS Organizations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// The account's id.
    pub id: AccountId,
    /// Its name in the organisation.
    pub name: String,
    /// Labels made from its tags.
    pub labels: BTreeMap<String, String>,
}

impl Fleet {
    /// The accounts to work on, sorted by id. An entry of the file wins, field
    /// by field, over the account of that id that was discovered; their labels
    /// are joined.
    ///
    /// # Errors
    /// If the filter names an account or Region that there is not.
    pub fn accounts(
        &self,
        discovered: Vec<Discovered>,
        filter: &Filter,
    ) -> Result<Vec<Account>, NothingMatches> {
        let found = discovered.into_iter().map(|found| (found.id.clone(), self.discovered(found)));
        let mut accounts: BTreeMap<AccountId, Account> = found.collect();
        for entry in &self.spec.accounts {
            let found = accounts.remove(&entry.id);
            accounts.insert(entry.id.clone(), self.entered(entry, found));
        }
        filter.accounts(accounts.into_values().collect())
    }

    /// The accounts that the file itself names, in its order.
    pub(super) fn entries(&self) -> impl Iterator<Item = Account> {
        self.spec.accounts.iter().map(|entry| self.entered(entry, None))
    }

    /// The Regions of an entry: its own, or the fleet's.
    pub(super) fn regions_of<'a>(&'a self, entry: &'a AccountEntry) -> &'a [Region] {
        entry.regions.as_ref().unwrap_or(&self.spec.regions)
    }

    fn discovered(&self, found: Discovered) -> Account {
        let Discovered { id, name, labels } = found;
        Account { id, name, labels, regions: sorted(&self.spec.regions) }
    }

    fn entered(&self, entry: &AccountEntry, found: Option<Account>) -> Account {
        let (name, mut labels) = found.map_or_else(
            || (entry.id.to_string(), BTreeMap::new()),
            |account| (account.name, account.labels),
        );
        labels.extend(entry.labels.clone());
        Account {
            id: entry.id.clone(),
            name: entry.name.clone().unwrap_or(name),
            labels,
            regions: sorted(self.regions_of(entry)),
        }
    }
}

fn sorted(regions: &[Region]) -> Vec<Region> {
    let mut regions = regions.to_vec();
    regions.sort();
    regions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::load::parse;

    const FLEET: &str = r#"
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [us-east-1, eu-west-1]
  organization: {}
  accounts:
    - { id: "333333333333", name: prod, labels: { env: prod }, regions: [ap-northeast-2] }
    - { id: "111111111111", labels: { env: dev } }
"#;

    fn fleet() -> Fleet {
        parse(FLEET, "fleet.yaml", time::macros::date!(2026 - 11 - 21)).expect("a good fleet").fleet
    }

    fn found(id: &str, name: &str, labels: &[(&str, &str)]) -> Discovered {
        Discovered {
            id: id.parse().expect("an id"),
            name: name.to_owned(),
            labels: labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        }
    }

    fn names(accounts: &[Account]) -> Vec<&str> {
        accounts.iter().map(|account| account.name.as_str()).collect()
    }

    fn chosen(filter: &Filter) -> Result<Vec<Account>, NothingMatches> {
        fleet().accounts(vec![found("222222222222", "stage", &[])], filter)
    }

    #[test]
    fn an_entry_wins_over_the_discovered_account_field_by_field() {
        let discovered = found("111111111111", "Development", &[("env", "test"), ("team", "pay")]);
        let accounts = fleet().accounts(vec![discovered], &Filter::default()).expect("accounts");
        assert_eq!(names(&accounts), ["Development", "prod"]);
        let labels: Vec<_> =
            accounts[0].labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(labels, [("env", "dev"), ("team", "pay")]);
    }

    #[test]
    fn accounts_are_sorted_by_id_and_regions_by_name() {
        let accounts = chosen(&Filter::default()).expect("accounts");
        assert_eq!(names(&accounts), ["111111111111", "stage", "prod"]);
        let regions: Vec<_> = accounts[1].regions.iter().map(|region| region.as_str()).collect();
        assert_eq!(regions, ["eu-west-1", "us-east-1"]);
    }

    #[test]
    fn accounts_are_chosen_by_id_name_or_glob() {
        for (pattern, expected) in
            [("2222*", vec!["stage"]), ("prod", vec!["prod"]), ("*", vec!["111111111111", "stage", "prod"])]
        {
            let filter = Filter { accounts: vec![pattern.into()], ..Filter::default() };
            assert_eq!(names(&chosen(&filter).expect("accounts")), expected);
        }
    }

    #[test]
    fn an_account_without_a_chosen_region_is_left_out() {
        let filter = Filter { regions: vec!["eu-*".into()], ..Filter::default() };
        let accounts = chosen(&filter).expect("accounts");
        assert_eq!(names(&accounts), ["111111111111", "stage"]);
        assert!(accounts.iter().all(|account| account.regions.len() == 1));
    }

    #[test]
    fn a_filter_that_matches_nothing_names_the_nearest() {
        let account = Filter { accounts: vec!["stag".into()], ..Filter::default() };
        let region = Filter { regions: vec!["eu-wst-1".into()], ..Filter::default() };
        let messages = [account, region].map(|filter| chosen(&filter).expect_err("nothing").to_string());
        assert_eq!(
            messages,
            [
                "no account of the fleet matches `stag`: did you mean `stage`?",
                "no Region of the accounts chosen matches `eu-wst-1`: did you mean `eu-west-1`?"
            ]
        );
    }
}
