//! Tags of rules.

use serde_json::json;

use super::{Rule, not_found, validation};
use crate::sim::arn::Arn;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::tag_list::KEY_VALUE;
use crate::sim::world::World;

pub(super) fn tag(world: &mut World, call: &Call<'_>) -> Answer {
    tagged(world, call)?.tags.extend(KEY_VALUE.read(call.input.get("Tags")));
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call<'_>) -> Answer {
    let rule = tagged(world, call)?;
    for key in call.strings("TagKeys") {
        rule.tags.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(json!({"Tags": KEY_VALUE.write(&tagged(world, call)?.tags)}))
}

fn tagged<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Rule, ApiError> {
    let arn = call.string("ResourceARN").unwrap_or_default();
    let name = Arn::resource_of(arn, "events", call.account, call.region)
        .and_then(|resource| resource.strip_prefix("rule/"))
        .ok_or_else(|| {
            validation(format!(
                "Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
            ))
        })?;
    let rules = &mut world.region(call.account, call.region).events.rules;
    rules.get_mut(name).ok_or_else(|| not_found(format!("Rule {name} does not exist on EventBus default.")))
}
