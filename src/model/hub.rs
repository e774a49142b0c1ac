//! Hubs: one account whose bus, rule and room serve many accounts.

use super::account::AccountId;
use super::change::Plan;
use super::desired::Desired;
use super::region::Region;
use super::snapshot::Snapshot;

/// Where a hub is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HubAddress {
    /// The hub's account.
    pub account: AccountId,
    /// The hub's Region.
    pub region: Region,
    /// The name of the bus.
    pub bus: String,
}

/// What is known of a hub's account when the members' paths are walked on
/// through it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HubSight {
    /// What the fleet asks for there.
    pub desired: Desired,
    /// What was read there.
    pub snapshot: Snapshot,
    /// What would be changed there.
    pub plan: Plan,
}
