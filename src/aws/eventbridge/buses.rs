//! Custom event buses, with their policies and tags.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_eventbridge::operation::describe_event_bus::DescribeEventBusOutput;

use super::tags;
use crate::aws::answer::{malformed, observe_each};
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::aws::request::{Asked, Write};
use crate::model::bus::{EventBus, ObservedEventBus};
use crate::model::policy::Policy;
use crate::model::{Gap, Region, Sight, arn};

/// Reads buses. There is an entry for every name; a bus whose policy or tags
/// can't be read is unknown.
pub(crate) async fn observe_buses(
    door: &Door,
    region: Region,
    names: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedEventBus>> {
    observe_each(names, gaps, |name| async move { Ok((read(door, region, &name).await?, Vec::new())) }).await
}

async fn read(door: &Door, region: Region, name: &str) -> Result<ObservedEventBus, AwsError> {
    let bus = describe(door, region, name).await?;
    let policy = policy_of(name, &bus)?;
    let arn = arn::event_bus(region, &door.account().id, name);
    let tags = tags::read(door, region, &arn, &format!("event bus {name}")).await?;
    Ok(ObservedEventBus { policy, tags })
}

async fn describe(door: &Door, region: Region, name: &str) -> Result<DescribeEventBusOutput, AwsError> {
    let call = door.eventbridge(region).describe_event_bus().name(name).send();
    door.call(region, ApiGroup::Events, format!("describe event bus {name}"), call).await
}

/// A policy that cannot be read is not taken for an empty one: that would be
/// to overwrite what others wrote.
fn policy_of(name: &str, bus: &DescribeEventBusOutput) -> Result<Option<Policy>, AwsError> {
    let text = bus.policy().filter(|text| !text.is_empty());
    text.map(Policy::parse)
        .transpose()
        .map_err(|error| malformed(format!("describe event bus {name}"), error.to_string()))
}

/// Creates or updates a bus. A new bus gets its tags in the call that makes
/// it, so that it is never without an owner.
///
/// # Errors
/// The first call that AWS refuses.
pub(crate) async fn apply_bus(door: &Door, write: Write<'_>, bus: &EventBus) -> Result<(), AwsError> {
    match write {
        Write::Create => {
            create(door, bus).await?;
            put_policy(door, bus).await
        }
        Write::Update(fields) => update(door, bus, Asked::by(fields)).await,
    }
}

async fn create(door: &Door, bus: &EventBus) -> Result<(), AwsError> {
    let tried = format!("create event bus {}", bus.name);
    let tags = tags::sdk(&bus.tags, &tried)?;
    let call = door.eventbridge(bus.region).create_event_bus().name(&bus.name).set_tags(Some(tags)).send();
    door.call(bus.region, ApiGroup::Events, tried, call).await?;
    Ok(())
}

async fn update(door: &Door, bus: &EventBus, asked: Asked) -> Result<(), AwsError> {
    if asked.content {
        put_policy(door, bus).await?;
    }
    if asked.tags {
        let arn = arn::event_bus(bus.region, &door.account().id, &bus.name);
        tags::write(door, bus.region, &arn, &bus.tags, &format!("event bus {}", bus.name)).await?;
    }
    Ok(())
}

/// PutPermission with a document replaces the whole of it, so that it is read
/// just before: what others wrote since the change was planned must not be
/// lost.
async fn put_policy(door: &Door, bus: &EventBus) -> Result<(), AwsError> {
    let current = policy_of(&bus.name, &describe(door, bus.region, &bus.name).await?)?;
    let policy = Policy::merge(current.as_ref(), &bus.policy.own());
    if policy.statements.is_empty() {
        return Ok(());
    }
    let client = door.eventbridge(bus.region);
    let request = client.put_permission().event_bus_name(&bus.name).policy(policy.to_json().to_string());
    let tried = format!("put policy of event bus {}", bus.name);
    door.call(bus.region, ApiGroup::Events, tried, request.send()).await?;
    Ok(())
}

/// Deletes a bus, which EventBridge refuses while rules are on it.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn delete_bus(door: &Door, region: Region, name: &str) -> Result<(), AwsError> {
    let call = door.eventbridge(region).delete_event_bus().name(name).send();
    door.call(region, ApiGroup::Events, format!("delete event bus {name}"), call).await?;
    Ok(())
}
