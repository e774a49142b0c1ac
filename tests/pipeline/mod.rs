//! What every AWS must do with the resources of a pipeline, the simulator as
//! well as one that others wrote.

pub mod contract;
pub mod process;
pub mod resources;

use foghorn::model::region::Region;
use foghorn::model::{Account, AccountId};

/// The account that the scenarios play in.
pub const ACCOUNT: &str = "111111111111";

/// The Region that they play in.
pub const REGION: &str = "eu-west-1";

/// The account's id.
pub fn account_id() -> AccountId {
    ACCOUNT.parse().expect("an account id")
}

/// The Region.
pub fn region() -> Region {
    REGION.parse().expect("a Region")
}

/// The account.
pub fn account() -> Account {
    Account {
        id: account_id(),
        name: "dev".to_owned(),
        labels: Default::default(),
        regions: vec![region(), Region::US_EAST_1],
    }
}
