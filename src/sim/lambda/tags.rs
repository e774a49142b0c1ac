//! Tags of functions.

use serde_json::json;

use super::{Function, function_mut, missing, place};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::string_map;
use crate::sim::world::World;

pub(super) fn tag(world: &mut World, call: &Call<'_>) -> Answer {
    let tags = string_map(call.input.get("Tags"));
    tagged(world, call)?.tags.extend(tags);
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call<'_>) -> Answer {
    let function = tagged(world, call)?;
    for key in call.strings("TagKeys") {
        function.tags.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(json!({"Tags": tagged(world, call)?.tags}))
}

fn tagged<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Function, ApiError> {
    let arn = call.string("Resource").unwrap_or_default();
    let own = place(arn).is_some_and(|(account, region, _)| (account, region) == (call.account, call.region));
    let found = if own { function_mut(world, arn) } else { None };
    found.ok_or_else(|| missing(format!("The resource you requested does not exist: {arn}")))
}
