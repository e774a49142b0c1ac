//! What pipelines and exemptions of a fleet apply to.

use time::Date;

use super::glob::glob;
use super::spec::{Exemption, Selector};
use crate::model::Account;

impl Selector {
    /// Whether the account carries all of the labels asked for.
    pub fn selects(&self, account: &Account) -> bool {
        self.labels.iter().all(|(key, value)| account.labels.get(key) == Some(value))
    }
}

impl Exemption {
    /// Whether it is about this service of this cluster.
    pub fn covers(&self, cluster: &str, service: &str) -> bool {
        glob(&self.cluster, cluster) && glob(&self.service, service)
    }

    /// Whether it still holds on a day (UTC). Its last day counts.
    pub fn holds_on(&self, day: Date) -> bool {
        self.until.is_none_or(|until| day <= until)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use time::macros::date;

    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn account(pairs: &[(&str, &str)]) -> Account {
        Account {
            id: "111111111111".parse().expect("an id"),
            name: "dev".to_owned(),
            labels: labels(pairs),
            regions: Vec::new(),
        }
    }

    #[test]
    fn a_selector_asks_for_every_label_and_no_others() {
        let selector = Selector { labels: labels(&[("env", "prod"), ("team", "pay")]) };
        assert!(selector.selects(&account(&[("env", "prod"), ("team", "pay"), ("more", "x")])));
        assert!(!selector.selects(&account(&[("env", "prod")])));
        assert!(!selector.selects(&account(&[("env", "prod"), ("team", "search")])));
    }

    #[test]
    fn a_selector_without_labels_selects_every_account() {
        assert!(Selector::default().selects(&account(&[])));
    }

    fn exemption(until: Option<Date>) -> Exemption {
        Exemption { cluster: "batch-*".into(), service: "*".into(), reason: "short jobs".into(), until }
    }

    #[test]
    fn an_exemption_covers_only_the_clusters_that_it_names() {
        assert!(exemption(None).covers("batch-night", "import"));
        assert!(!exemption(None).covers("web", "import"));
    }

    #[test]
    fn an_exemption_holds_through_its_last_day() {
        let exemption = exemption(Some(date!(2027 - 03 - 31)));
        assert!(exemption.holds_on(date!(2027 - 03 - 31)));
        assert!(!exemption.holds_on(date!(2027 - 04 - 01)));
    }
}
