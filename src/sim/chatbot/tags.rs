//! Tags of configurations.

use serde_json::json;

use super::{Configuration, not_found, state};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::tag_list::{TAG_KEY_TAG_VALUE, Tags};
use crate::sim::world::World;

pub(super) fn tag(world: &mut World, call: &Call<'_>) -> Answer {
    let configuration = tagged(world, call)?;
    let mut together = configuration.tags.clone();
    together.extend(TAG_KEY_TAG_VALUE.read(call.input.get("Tags")));
    if together.len() > 200 {
        return Err(ApiError::new("TooManyTagsException", "A resource can have 200 tags at most"));
    }
    configuration.tags = together;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call<'_>) -> Answer {
    let configuration = tagged(world, call)?;
    for key in call.strings("TagKeys") {
        configuration.tags.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(json!({"Tags": TAG_KEY_TAG_VALUE.write(&tagged(world, call)?.tags)}))
}

/// The tags of a configuration by its ARN; `None` if there is no such one.
pub(crate) fn tags_of(world: &World, account: &str, arn: &str) -> Option<Tags> {
    let configurations = &world.accounts.get(account)?.chatbot.configurations;
    configurations.get(arn).map(|configuration| configuration.tags.clone())
}

fn tagged<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Configuration, ApiError> {
    let arn = call.string("ResourceARN").unwrap_or_default();
    state(world, call.account).configurations.get_mut(arn).ok_or_else(|| not_found(arn))
}
