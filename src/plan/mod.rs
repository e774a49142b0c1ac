//! The plan: what one account should hold, and the ordered changes that get it
//! there. Pure: no I/O, no clock, no randomness, no logs.
//!
//! `expand` turns the fleet into desired resources, `diff` holds each against
//! the snapshot, `breakers` adds the services, `guard` takes back what must not
//! be written.

mod breakers;
mod diff;
pub mod expand;
pub mod guard;
pub mod names;
mod pipeline;
mod policies;
mod room;

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;

use crate::fleet::spec::Fleet;
use crate::model::{Account, Change, Desired, Plan, Snapshot};

pub use expand::{desired, oversized_patterns};

/// The ordered changes that would make the account match the fleet.
///
/// `today` decides which exemptions still hold.
pub fn plan(
    fleet: &Fleet,
    account: &Account,
    desired: &Desired,
    snapshot: &Snapshot,
    today: time::Date,
) -> Plan {
    let mut changes = diff::changes(fleet, desired, snapshot);
    if desired.remediate {
        changes.extend(breakers::changes(&fleet.spec.breakers, snapshot, today));
    }
    changes.sort_by(|one: &Change, other| one.key.cmp(&other.key));
    guard::guarded(&fleet.spec.guard, account, Plan { changes })
}
