//! Hops to test with.

use super::course::Stop;
use crate::model::sounding::HopKind;
use crate::model::{AccountId, Region};

pub(super) fn stop(kind: HopKind, name: &str) -> Stop {
    Stop {
        kind,
        account: AccountId::default(),
        region: Region::US_EAST_1,
        name: name.to_owned(),
        subject: name.to_owned(),
        dead_letters: None,
    }
}
