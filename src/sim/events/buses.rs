//! Event buses: made, described, changed, listed and deleted.

use std::ops::Bound;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::arns::bus_arn;
use super::{
    DEFAULT_BUS, Rules, State, already_exists, bus_name, check_longest, check_one_of, constraint, limit,
    limit_exceeded, no_bus, not_found, start, validation,
};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::clock::epoch_seconds;
use crate::sim::members::without_nulls;
use crate::sim::paging;
use crate::sim::tag_list::{KEY_VALUE, Tags};
use crate::sim::world::World;

/// Buses in one account and Region beside the default one, from the quota page
/// of the EventBridge user guide.
const MAX_BUSES: usize = 100;

/// The members that CreateEventBus and UpdateEventBus set, and that their
/// answers give back.
const SETTINGS: [&str; 4] = ["Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"];

/// One custom bus.
#[derive(Debug, Default)]
pub(super) struct Bus {
    pub(super) rules: Rules,
    pub(super) properties: Properties,
}

/// What is set on a bus.
#[derive(Debug, Default)]
pub(super) struct Properties {
    settings: Map<String, Value>,
    /// The statements of the bus's policy.
    pub(super) policy: Vec<Value>,
    pub(super) tags: Tags,
    /// When it was made, and when changed; the default bus was always there.
    times: Option<(OffsetDateTime, OffsetDateTime)>,
}

pub(super) fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "CreateEventBus" => create(world, call),
        "DescribeEventBus" => describe(world, call),
        "UpdateEventBus" => update(world, call),
        "DeleteEventBus" => delete(world, call),
        "ListEventBuses" => list(world, call),
        _ => Err(call.unknown_operation()),
    }
}

fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let name = new_name(call)?;
    let settings = settings(call)?;
    if let Some(source) = call.string("EventSourceName") {
        return Err(not_found(format!("Event source {source} does not exist.")));
    }
    let buses = &mut world.region(call.account, call.region).events.buses;
    if name == DEFAULT_BUS || buses.contains_key(name) {
        return Err(already_exists(format!("Event bus {name} already exists.")));
    }
    if buses.len() >= MAX_BUSES {
        return Err(limit_exceeded());
    }
    let mut answer = settings.clone();
    answer.insert("EventBusArn".to_owned(), bus_arn(call.account, call.region, name).into());
    let tags = KEY_VALUE.read(call.input.get("Tags"));
    let properties = Properties { settings, policy: Vec::new(), tags, times: Some((call.now, call.now)) };
    buses.insert(name.to_owned(), Bus { rules: Rules::new(), properties });
    Ok(Value::Object(answer))
}

/// The name of a custom bus. A slash stands in names of partner buses alone.
fn new_name<'c>(call: &'c Call<'_>) -> Result<&'c str, ApiError> {
    let name = call.string("Name").unwrap_or_default();
    let rule = match name.len() {
        0 => "Member must have length greater than or equal to 1",
        1..=256 => r"Member must satisfy regular expression pattern: [/\.\-_A-Za-z0-9]+",
        _ => "Member must have length less than or equal to 256",
    };
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "/.-_".contains(letter);
    if name.is_empty() || name.len() > 256 || !name.chars().all(fits) {
        return Err(constraint(name, "name", rule));
    }
    if name.contains('/') && call.string("EventSourceName").is_none() {
        return Err(validation("Event bus name must not contain '/'."));
    }
    Ok(name)
}

fn settings(call: &Call<'_>) -> Result<Map<String, Value>, ApiError> {
    check_longest(call, "Description", 512)?;
    check_longest(call, "KmsKeyIdentifier", 2048)?;
    let log = &call.input["LogConfig"];
    for (member, values) in
        [("IncludeDetail", ["NONE", "FULL"].as_slice()), ("Level", &["OFF", "ERROR", "INFO", "TRACE"])]
    {
        if let Some(value) = log[member].as_str() {
            check_one_of(value, &format!("logConfig.{member}"), values)?;
        }
    }
    let sent =
        SETTINGS.iter().filter_map(|member| Some(((*member).to_owned(), call.input.get(member)?.clone())));
    Ok(sent.filter(|(_, value)| !value.is_null()).collect())
}

fn describe(world: &mut World, call: &Call<'_>) -> Answer {
    let name = bus_name(call, "Name")?;
    let events = &world.region(call.account, call.region).events;
    let properties = events.properties(name).ok_or_else(|| no_bus(name))?;
    let mut description = entry(call, name, properties);
    for (member, value) in &properties.settings {
        description[member] = value.clone();
    }
    Ok(without_nulls(description))
}

/// A bus as ListEventBuses shows it; members that it lacks are null.
fn entry(call: &Call<'_>, name: &str, properties: &Properties) -> Value {
    let arn = bus_arn(call.account, call.region, name);
    let seconds = |time| json!({"$timestamp": epoch_seconds(time)});
    json!({
        "Name": name,
        "Arn": arn,
        "Description": properties.settings.get("Description"),
        "Policy": properties.policy_text(),
        "CreationTime": properties.times.map(|(made, _)| seconds(made)),
        "LastModifiedTime": properties.times.map(|(_, changed)| seconds(changed)),
    })
}

fn update(world: &mut World, call: &Call<'_>) -> Answer {
    let name = bus_name(call, "Name")?;
    let settings = settings(call)?;
    let events = &mut world.region(call.account, call.region).events;
    let properties = events.properties_mut(name).ok_or_else(|| no_bus(name))?;
    properties.settings.extend(settings);
    properties.touch(call.now);
    let mut answer = properties.settings.clone();
    answer.insert("Name".to_owned(), name.into());
    answer.insert("Arn".to_owned(), bus_arn(call.account, call.region, name).into());
    Ok(Value::Object(answer))
}

/// A bus that is not there is deleted again.
fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let name = call.string("Name").unwrap_or_default();
    if name == DEFAULT_BUS {
        return Err(validation("Cannot delete event bus default."));
    }
    let buses = &mut world.region(call.account, call.region).events.buses;
    if buses.get(name).is_some_and(|bus| !bus.rules.is_empty()) {
        return Err(validation(format!("Event bus {name} cannot be deleted since it has rules.")));
    }
    buses.remove(name);
    Ok(json!({}))
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let prefix = call.string("NamePrefix").unwrap_or_default();
    let (limit, start) = (limit(call)?, start(call)?);
    let events = &world.region(call.account, call.region).events;
    let rest = events
        .all_properties()
        .filter(|(name, _)| start.as_deref().is_none_or(|start| *name > start) && name.starts_with(prefix))
        .map(|(name, properties)| (name, without_nulls(entry(call, name, properties))));
    let page = paging::take(rest, limit);
    Ok(without_nulls(json!({"EventBuses": page.items, "NextToken": page.next})))
}

impl Properties {
    pub(super) fn touch(&mut self, now: OffsetDateTime) {
        if let Some((_, changed)) = &mut self.times {
            *changed = now;
        }
    }
}

impl State {
    /// Every bus's properties by its name, in the order of names.
    fn all_properties(&self) -> impl Iterator<Item = (&str, &Properties)> {
        let before = self.buses.range::<str, _>((Bound::Unbounded, Bound::Excluded(DEFAULT_BUS)));
        let after = self.buses.range::<str, _>((Bound::Excluded(DEFAULT_BUS), Bound::Unbounded));
        before
            .map(|(name, bus)| (name.as_str(), &bus.properties))
            .chain([(DEFAULT_BUS, &self.default_bus)])
            .chain(after.map(|(name, bus)| (name.as_str(), &bus.properties)))
    }
}
