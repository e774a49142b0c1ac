//! Hubs: whose account gathers the events, and for whom.

use super::Verdict;
use crate::fleet::spec::{Fleet, Hub, Pipeline, When};
use crate::model::Account;

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    for (index, pipeline) in fleet.spec.pipelines.iter().enumerate() {
        let Some(hub) = &pipeline.hub else { continue };
        let path = format!("spec.pipelines[{index}]");
        if pipeline.when == When::Unheard {
            verdict.error(
                format!("{path}.when"),
                "what is heard already is judged account by account, and a hub takes what it gets from all of \
                 them: leave out `when` or `hub`",
            );
        }
        if let Some(id) = &hub.organization_id {
            verdict.text(format!("{path}.hub.organizationId"), organization(id));
        }
        // A discovered account can't be known yet.
        if fleet.spec.organization.is_none()
            && !fleet.spec.accounts.iter().any(|entry| entry.id == hub.account)
        {
            verdict.error(format!("{path}.hub.account"), missing(hub));
        }
        partitions(&path, fleet, pipeline, hub, verdict);
    }
}

/// What an id of an organisation is made of (AWS Organizations API reference,
/// `Organization.Id`).
fn organization(id: &str) -> Result<(), String> {
    let is_id = id.strip_prefix("o-").is_some_and(|rest| {
        (10..=32).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    if is_id { Ok(()) } else { Err(format!("`{id}` is not the id of an organisation: o-exampleorgid say")) }
}

fn missing(hub: &Hub) -> String {
    format!("account {} is not in this fleet: a hub must be one of its accounts", hub.account)
}

/// Events don't cross from one partition to another.
fn partitions(path: &str, fleet: &Fleet, pipeline: &Pipeline, hub: &Hub, verdict: &mut Verdict) {
    let elsewhere = |account: &Account| {
        let is_part = account.id == hub.account || pipeline.selector.selects(account);
        is_part && account.partition() != hub.region.partition()
    };
    let outside: Vec<String> =
        fleet.entries().filter(elsewhere).map(|account| account.id.to_string()).collect();
    if !outside.is_empty() {
        let message = format!(
            "{} is of another partition than account {}, and events don't cross between them",
            hub.region,
            outside.join(", ")
        );
        verdict.error(format!("{path}.hub.region"), message);
    }
}

impl Fleet {
    /// Pipelines whose hub is none of these accounts, by index, each with what
    /// to say of it: hubs of discovered accounts are known only once a run has
    /// begun.
    pub fn hubs_missing(&self, accounts: &[Account]) -> Vec<(usize, String)> {
        let pipelines = self.spec.pipelines.iter().enumerate();
        let hubs = pipelines.filter_map(|(index, pipeline)| Some((index, pipeline.hub.as_ref()?)));
        let is_missing = |(_, hub): &(usize, &Hub)| !accounts.iter().any(|account| account.id == hub.account);
        hubs.filter(is_missing).map(|(index, hub)| (index, missing(hub))).collect()
    }
}
