//! The audit: what is wrong in an account, with its evidence. Pure.
//!
//! Each check is one function from the snapshot to findings; `paths` walks
//! every way from an event to a room, and `conditions` sums up.

mod alarms;
mod breakers;
mod carriers;
mod clusters;
pub mod conditions;
mod conflicts;
mod messages;
mod orphans;
pub mod paths;
mod patterns;
mod rooms;
#[cfg(test)]
mod tests;
mod webhooks;

use std::collections::BTreeMap;

use serde_json::Value;

use self::paths::WalkInput;
use crate::fleet::spec::Fleet;
use crate::model::pass::Path;
use crate::model::{
    Account, AccountId, Check, Desired, Finding, HubSight, Key, Location, Plan, Severity, Snapshot,
};

/// No alarm and no dead letter goes to a hub.
static NO_HUBS: BTreeMap<AccountId, HubSight> = BTreeMap::new();

/// What is known of one account when it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What is asked of all accounts.
    pub fleet: &'a Fleet,
    /// The account.
    pub account: &'a Account,
    /// What is asked of this one.
    pub desired: &'a Desired,
    /// What was read there.
    pub snapshot: &'a Snapshot,
    /// What would be changed.
    pub plan: &'a Plan,
    /// What the fleet owns there and no longer asks for.
    pub orphans: &'a [Key],
    /// Decides which exemptions hold.
    pub today: time::Date,
}

impl<'a> Subject<'a> {
    /// Where the ways of alarms and of dead letters are walked.
    fn walk(&self) -> WalkInput<'a> {
        WalkInput {
            fleet: &self.fleet.metadata.name,
            account: self.account,
            desired: self.desired,
            snapshot: self.snapshot,
            plan: self.plan,
            hubs: &NO_HUBS,
        }
    }
}

/// How many alarms tell a room of which nobody can tell whether it would hear:
/// what a customer key lets in stands in a policy that is not read.
pub fn alarms_in_doubt(subject: &Subject<'_>) -> usize {
    alarms::in_doubt(&subject.walk())
}

/// Everything that is wrong, sorted by place, worst first.
pub fn findings(subject: &Subject<'_>, paths: &[Path]) -> Vec<Finding> {
    let mut findings = breakers::check(&subject.fleet.spec.breakers, subject.snapshot, subject.today);
    let fleet = &subject.fleet.metadata.name;
    let walk = subject.walk();
    findings.extend(alarms::check(&walk, paths));
    findings.extend(carriers::check(&walk));
    findings.extend(rooms::check(subject.account, subject.desired, subject.snapshot));
    findings.extend(conflicts::check(subject.plan));
    findings.extend(webhooks::check(subject.desired, subject.snapshot));
    findings.extend(patterns::check(subject.desired, subject.snapshot));
    findings.extend(messages::check(fleet, subject.account, subject.snapshot));
    // Where they are to go, the changes tell of them.
    if !subject.desired.removes {
        findings.extend(orphans::check(subject.orphans));
    }
    findings.extend(paths::check(paths));
    findings.extend(clusters::check(subject));
    findings.sort_by(|one, other| one.order().cmp(&other.order()));
    findings
}

/// A finding; the evidence is given as pairs.
fn finding<const N: usize>(
    check: Check,
    severity: Severity,
    location: impl Into<Location>,
    subject: &str,
    message: String,
    evidence: [(&str, Value); N],
) -> Finding {
    let evidence: BTreeMap<String, Value> =
        evidence.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Finding {
        check,
        severity,
        location: location.into(),
        subject: subject.to_owned(),
        message,
        evidence,
        age: None,
    }
}
