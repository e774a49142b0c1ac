//! Everything that carries tags.

use std::collections::BTreeMap;

use crate::sim::tag_list::Tags;
use crate::sim::world::World;
use crate::sim::{cloudwatch, ecs, events, sns, sqs};

/// The tagged resources of an account in a Region, by ARN. A service that gets
/// taggable resources is added here and nowhere else.
pub(super) fn tagged(world: &mut World, account: &str, region: &str) -> BTreeMap<String, Tags> {
    let state = world.region(account, region);
    let mut all: Vec<(String, Tags)> = Vec::new();
    all.extend(sns::tagged(&state.sns, account, region));
    all.extend(sqs::tagged(&state.sqs, account, region));
    all.extend(events::tagged(&state.events, account, region));
    all.extend(cloudwatch::tagged(&state.cloudwatch, account, region));
    all.extend(ecs::tagged(&state.ecs, account, region));
    all.into_iter().filter(|(_, tags)| !tags.is_empty()).collect()
}

/// What a caller is shown: the tagged resources, and under a stale index those
/// that were deleted since it was last listed.
pub(super) fn shown(world: &mut World, account: &str, region: &str) -> BTreeMap<String, Tags> {
    let mut shown = world.region(account, region).tagging.before_deletion.clone();
    shown.extend(tagged(world, account, region));
    shown
}

/// Lets the index catch up with the deletions.
pub(super) fn catch_up(world: &mut World, account: &str, region: &str) {
    world.region(account, region).tagging.before_deletion.clear();
}
