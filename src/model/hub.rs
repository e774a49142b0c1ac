//! Hubs: one account whose bus, rule and room serve many accounts.

use super::account::AccountId;
use super::region::Region;

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
