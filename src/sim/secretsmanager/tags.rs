//! Tags of secrets.

use serde_json::json;

use super::living;
use crate::sim::call::{Answer, Call};
use crate::sim::tag_list::KEY_VALUE;
use crate::sim::world::World;

pub(super) fn tag(world: &mut World, call: &Call<'_>) -> Answer {
    let tags = KEY_VALUE.read(call.input.get("Tags"));
    living(world, call)?.1.tags.extend(tags);
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call<'_>) -> Answer {
    let (_, secret) = living(world, call)?;
    for key in call.strings("TagKeys") {
        secret.tags.remove(key);
    }
    Ok(json!({}))
}
