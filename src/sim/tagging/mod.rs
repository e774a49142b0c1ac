//! The Resource Groups Tagging API: what is tagged, across the services of one
//! account and Region.

mod filter;
mod index;
mod pages;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::call::{Answer, ApiError, Call};
use super::tag_list::Tags;
use super::world::World;

/// The service's state in one account and Region.
#[derive(Debug, Default)]
pub struct State {
    /// What the index held before the last deletions, by ARN; filled only where
    /// the index is stale.
    before_deletion: BTreeMap<String, Tags>,
}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "GetResources" => pages::resources(world, call),
        "GetTagKeys" => pages::keys(world, call),
        "GetTagValues" => pages::values(world, call),
        _ => Err(call.unknown_operation()),
    }
}

/// Keeps what the index holds, so that a resource that the call deletes can
/// still be listed. The real index follows its services with a delay.
pub(crate) fn remember(world: &mut World, call: &Call<'_>) {
    let indexed = index::tagged(world, call.account, call.region);
    world.region(call.account, call.region).tagging.before_deletion.extend(indexed);
}

/// The tags of a resource as they are, whatever the index shows; `None` where it
/// is not there or has none.
pub(crate) fn tags_of(world: &mut World, account: &str, region: &str, arn: &str) -> Option<Tags> {
    index::tagged(world, account, region).remove(arn)
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterException", message)
}
