//! The report as figures, for time series: what is wrong where, how far
//! failures get, what was seen. Pure: the same report gives the same figures.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Pass, Report};

/// So many accounts have series of their own; the rest of a larger fleet is
/// summed up, so that no fleet floods whoever stores the series.
pub const MOST_ACCOUNTS: usize = 2_000;

/// What stands in place of the account's id for all beyond [`MOST_ACCOUNTS`].
pub const OTHERS: &str = "_other";

/// Every family of figures, by the names that Prometheus knows them by, with
/// what they mean. Public interface.
pub const FAMILIES: &[(&str, &str)] = &[
    ("foghorn_accounts", "Accounts in the last report."),
    ("foghorn_account_info", "The name of an account; always 1."),
    ("foghorn_changes", "Changes of the last pass over an account, by what became of them."),
    ("foghorn_clusters", "Clusters that were read in an account."),
    ("foghorn_condition", "The status that a condition of an account has; 1 for the present status."),
    ("foghorn_findings", "Findings of an account, by check and severity."),
    ("foghorn_locations", "Regions of an account, and global, by how well they were seen."),
    ("foghorn_paths", "Ways from an event to a room in an account, by whether a failure would be heard."),
    ("foghorn_services", "Active services that were read in an account."),
];

/// One series: its family and its labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// The family, one of [`FAMILIES`].
    pub family: &'static str,
    /// The labels in order.
    pub labels: Vec<(&'static str, String)>,
}

/// Every series of a report with its figure.
pub type Figures = BTreeMap<Series, u64>;

/// The figures of a report.
pub fn figures(report: &Report) -> Figures {
    figures_with(report, MOST_ACCOUNTS)
}

fn figures_with(report: &Report, most_accounts: usize) -> Figures {
    let mut figures = Counted::default();
    figures.add("foghorn_accounts", Vec::new(), report.passes.len());
    for (index, pass) in report.passes.iter().enumerate() {
        let is_own = index < most_accounts;
        let account = label(pass, is_own);
        if is_own {
            let name = vec![("account", account.clone()), ("account_name", pass.account.name.clone())];
            figures.add("foghorn_account_info", name, 1);
        }
        figures.count(&account, pass);
    }
    figures.0
}

/// The figures of a report, with a 0 for every series that was there before and
/// whose account still is: what is resolved is seen to be. Findings and paths of
/// an account that could not be read in full are not called resolved; nobody
/// can tell.
pub fn figures_after<'a>(report: &Report, before: impl IntoIterator<Item = &'a Series>) -> Figures {
    let mut figures = figures(report);
    let here: BTreeSet<String> = figures.keys().filter_map(account).map(str::to_owned).collect();
    let accounts = report.passes.iter().enumerate();
    let unread: BTreeSet<String> = accounts
        .filter(|(_, pass)| pass.is_incomplete())
        .map(|(index, pass)| label(pass, index < MOST_ACCOUNTS))
        .collect();
    let is_resolved = |series: &&Series| match (series.family, account(series)) {
        ("foghorn_account_info", _) | (_, None) => false,
        ("foghorn_findings" | "foghorn_paths", Some(id)) => here.contains(id) && !unread.contains(id),
        (_, Some(id)) => here.contains(id),
    };
    for series in before.into_iter().filter(is_resolved) {
        figures.entry(series.clone()).or_default();
    }
    figures
}

/// What an account's series are told by.
fn label(pass: &Pass, is_own: bool) -> String {
    if is_own { pass.account.id.to_string() } else { OTHERS.to_owned() }
}

fn account(series: &Series) -> Option<&str> {
    series.labels.iter().find(|(name, _)| *name == "account").map(|(_, id)| id.as_str())
}

#[derive(Default)]
struct Counted(Figures);

impl Counted {
    fn add(&mut self, family: &'static str, labels: Vec<(&'static str, String)>, count: usize) {
        *self.0.entry(Series { family, labels }).or_default() += count as u64;
    }

    fn count(&mut self, account: &str, pass: &Pass) {
        let own = |more: &[(&'static str, String)]| {
            let mut labels = vec![("account", account.to_owned())];
            labels.extend_from_slice(more);
            labels
        };
        self.add("foghorn_clusters", own(&[]), pass.clusters);
        self.add("foghorn_services", own(&[]), pass.services);
        for finding in &pass.findings {
            let labels = own(&[("check", finding.check.to_string()), ("severity", word(&finding.severity))]);
            self.add("foghorn_findings", labels, 1);
        }
        for path in pass.own_paths() {
            self.add("foghorn_paths", own(&[("state", word(&path.state))]), 1);
        }
        for coverage in &pass.coverage {
            self.add("foghorn_locations", own(&[("state", word(&coverage.state))]), 1);
        }
        for change in &pass.changes {
            let labels = own(&[("action", word(&change.action)), ("outcome", word(&change.outcome))]);
            self.add("foghorn_changes", labels, 1);
        }
        for condition in &pass.conditions {
            let labels = own(&[("type", word(&condition.kind)), ("status", word(&condition.status))]);
            self.add("foghorn_condition", labels, 1);
        }
    }
}

/// The word that the JSON report has for it.
fn word(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_value(value).unwrap_or_default();
    text.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::mixed_with_conditions as mixed;

    fn value(figures: &Figures, family: &str, labels: &[(&str, &str)]) -> Option<u64> {
        let is_it = |series: &&Series| {
            let own: Vec<(&str, &str)> =
                series.labels.iter().map(|(name, value)| (*name, &**value)).collect();
            series.family == family && own == labels
        };
        figures.keys().find(is_it).map(|series| figures[series])
    }

    fn total(figures: &Figures, family: &str) -> u64 {
        figures.iter().filter(|(series, _)| series.family == family).map(|(_, count)| count).sum()
    }

    #[test]
    fn the_figures_add_up_to_those_of_the_summary() {
        let report = mixed();
        let figures = figures(&report);
        let summary = &report.summary;
        let findings = summary.findings.error + summary.findings.warning + summary.findings.info;
        assert_eq!(total(&figures, "foghorn_findings"), findings as u64);
        assert_eq!(total(&figures, "foghorn_locations"), summary.locations as u64);
        assert_eq!(total(&figures, "foghorn_services"), summary.services as u64);
        assert_eq!(value(&figures, "foghorn_accounts", &[]), Some(report.passes.len() as u64));
    }

    #[test]
    fn every_family_is_described_and_every_description_is_used() {
        let figures = figures(&mixed());
        let mut used: Vec<&str> = figures.keys().map(|series| series.family).collect();
        used.dedup();
        let described: Vec<&str> = FAMILIES.iter().map(|(name, _)| *name).collect();
        let mut sorted = described.clone();
        sorted.sort_unstable();
        used.sort_unstable();
        assert_eq!(used, sorted);
    }

    #[test]
    fn accounts_beyond_the_most_are_summed_up() {
        let report = mixed();
        let figures = figures_with(&report, 1);
        let accounts: BTreeSet<&str> = figures.keys().filter_map(account).collect();
        assert_eq!(accounts.len(), 2, "{accounts:?}");
        assert!(accounts.contains(OTHERS));
        assert_eq!(total(&figures, "foghorn_services"), report.summary.services as u64);
    }

    #[test]
    fn what_is_resolved_is_0_while_its_account_is_in_the_fleet_and_gone_after() {
        let mut report = mixed();
        let before = figures(&report);
        report.passes.iter_mut().for_each(|pass| pass.findings.clear());
        let after = figures_after(&report, before.keys());
        let prod = [("account", "222222222222"), ("check", "breakerDisabled"), ("severity", "error")];
        assert!(value(&before, "foghorn_findings", &prod) > Some(0));
        assert_eq!(value(&after, "foghorn_findings", &prod), Some(0));
        report.passes.retain(|pass| pass.account.id.as_str() != "222222222222");
        let gone = figures_after(&report, after.keys());
        assert!(gone.keys().all(|series| account(series) != Some("222222222222")));
    }

    #[test]
    fn what_could_not_be_read_is_not_called_resolved() {
        let mut report = mixed();
        let before = figures(&report);
        let pass = &mut report.passes[1];
        pass.findings.clear();
        pass.paths.clear();
        pass.coverage[0].state = crate::model::CoverageState::Denied;
        let id = pass.account.id.to_string();
        let after = figures_after(&report, before.keys());
        let families = |figures: &Figures| -> BTreeSet<&str> {
            figures.keys().filter(|series| account(series) == Some(&id)).map(|series| series.family).collect()
        };
        assert!(families(&before).is_superset(&BTreeSet::from(["foghorn_findings", "foghorn_paths"])));
        assert!(families(&after).is_disjoint(&BTreeSet::from(["foghorn_findings", "foghorn_paths"])));
        let denied = [("account", &*id), ("state", "denied")];
        assert_eq!(value(&after, "foghorn_locations", &denied), Some(1));
    }
}
