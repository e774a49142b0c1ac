//! Tags of rules and of event buses.

use serde_json::json;

use super::arns::rule_of_resource;
use super::{no_bus, no_rule, validation};
use crate::sim::arn::Arn;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::tag_list::{KEY_VALUE, Tags};
use crate::sim::world::World;

pub(super) fn tag(world: &mut World, call: &Call<'_>) -> Answer {
    tagged(world, call)?.extend(KEY_VALUE.read(call.input.get("Tags")));
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call<'_>) -> Answer {
    let tags = tagged(world, call)?;
    for key in call.strings("TagKeys") {
        tags.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(json!({"Tags": KEY_VALUE.write(tagged(world, call)?)}))
}

fn tagged<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Tags, ApiError> {
    let arn = call.string("ResourceARN").unwrap_or_default();
    let malformed = || {
        validation(format!("Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."))
    };
    let resource = Arn::resource_of(arn, "events", call.account, call.region).ok_or_else(malformed)?;
    let events = &mut world.region(call.account, call.region).events;
    if let Some(bus) = resource.strip_prefix("event-bus/") {
        return events.properties_mut(bus).map(|properties| &mut properties.tags).ok_or_else(|| no_bus(bus));
    }
    let (bus, name) = rule_of_resource(resource).ok_or_else(malformed)?;
    let rules = events.rules_mut(bus).ok_or_else(|| no_bus(bus))?;
    rules.get_mut(name).map(|rule| &mut rule.tags).ok_or_else(|| no_rule(name, bus))
}
