//! Tags of alarms.

use serde_json::json;

use super::Alarm;
use crate::sim::arn::Arn;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::tag_list::KEY_VALUE;
use crate::sim::world::World;

pub(super) fn tag(world: &mut World, call: &Call<'_>) -> Answer {
    tagged(world, call)?.tags.extend(KEY_VALUE.read(call.input.get("Tags")));
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call<'_>) -> Answer {
    let alarm = tagged(world, call)?;
    for key in call.strings("TagKeys") {
        alarm.tags.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(json!({"Tags": KEY_VALUE.write(&tagged(world, call)?.tags)}))
}

fn tagged<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Alarm, ApiError> {
    let arn = call.string("ResourceARN").unwrap_or_default();
    let name = Arn::resource_of(arn, "cloudwatch", call.account, call.region)
        .and_then(|resource| resource.strip_prefix("alarm:"))
        .ok_or_else(|| ApiError::new("InvalidParameterValue", format!("The ARN {arn} is not valid.")))?;
    let alarms = &mut world.region(call.account, call.region).cloudwatch.alarms;
    alarms.get_mut(name).ok_or_else(|| {
        ApiError::new("ResourceNotFoundException", format!("The alarm {name} does not exist."))
            .with_status(404)
    })
}
