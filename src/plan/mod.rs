//! The plan: what one account should hold, and the ordered changes that get it
//! there. Pure: no I/O, no clock, no randomness, no logs.
//!
//! `expand` turns the fleet into desired resources, leg by leg; `chatbot`,
//! `destination`, `function` and `hub` are the ways on from a rule. `diff` holds
//! each resource against the snapshot, `breakers` adds the services, `prune`
//! removes what is no longer asked for, `guard` takes back what must not be
//! written.

mod alarms;
mod breakers;
mod chatbot;
mod destination;
mod diff;
pub mod expand;
mod function;
pub mod guard;
mod hub;
mod leg;
pub mod names;
mod order;
mod pipeline;
mod policies;
pub mod prune;
mod room;

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::fleet::spec::Fleet;
use crate::model::materials::Materials;
use crate::model::{Account, Desired, EventFamily, Plan, Region, Snapshot};

pub use expand::{desired, oversized_patterns};
pub use order::sort;

/// What a run is to bring about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Intent {
    /// What the fleet asks for is there.
    #[default]
    Converge,
    /// What the fleet asks for is there, and what it no longer asks for is gone.
    Prune,
    /// Nothing that the fleet owns is there.
    Destroy,
}

/// The families that rules of others already take to somebody who hears them,
/// by pipeline and Region.
pub type Heard = BTreeMap<String, BTreeSet<(Region, EventFamily)>>;

/// What the desired state of one account follows from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What is asked of all accounts.
    pub fleet: &'a Fleet,
    /// The account, with those of its Regions that the run is about.
    pub account: &'a Account,
    /// All accounts of the fleet, with all their Regions.
    pub accounts: &'a [Account],
    /// The pipelines that the run is about; `None` stands for all.
    pub pipelines: Option<&'a [String]>,
    /// What was read of the account, once it was: names that others chose,
    /// and secrets.
    pub snapshot: Option<&'a Snapshot>,
    /// What the run brings along.
    pub materials: &'a Materials,
    /// What is heard already.
    pub heard: &'a Heard,
    /// What the run is to bring about.
    pub intent: Intent,
}

/// The ordered changes that would make the account match the fleet.
///
/// `today` decides which exemptions still hold.
pub fn plan(inputs: &Inputs<'_>, desired: &Desired, snapshot: &Snapshot, today: time::Date) -> Plan {
    let Inputs { fleet, account, intent, .. } = *inputs;
    let mut changes = diff::changes(fleet, desired, snapshot);
    if desired.remediate {
        changes.extend(breakers::changes(&fleet.spec.breakers, snapshot, today));
    }
    if intent != Intent::Converge {
        changes = prune::pruned(&account.id, desired, snapshot, changes);
    }
    sort(&mut changes);
    guard::guarded(&fleet.spec.guard, account, Plan { changes })
}
