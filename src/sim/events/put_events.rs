//! Custom events put on the bus, and patterns tested.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::rules::parse_pattern;
use super::{DEFAULT_BUS, bus_of_arn, constraint, lets_in, validation};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::{list, timestamp};
use crate::sim::world::World;
use crate::sim::{clock, routing};

/// The bytes that all entries of one call may have together.
const MAX_BYTES: usize = 1_048_576;

/// What an event must have for TestEventPattern, from the service model.
const MANDATORY: [&str; 7] = ["id", "account", "source", "time", "region", "resources", "detail-type"];

/// The refusal of one entry: its code and its text.
type EntryError = (&'static str, String);

pub(super) fn put(world: &mut World, call: &Call<'_>) -> Answer {
    let entries = list(call.input.get("Entries"));
    check_entries(entries)?;
    for entry in entries {
        check_bus(world, call, entry)?;
    }
    let results: Vec<Value> = entries.iter().map(|entry| put_entry(world, call, entry)).collect();
    let failed = results.iter().filter(|result| result.get("ErrorCode").is_some()).count();
    Ok(json!({"FailedEntryCount": failed, "Entries": results}))
}

fn check_entries(entries: &[Value]) -> Result<(), ApiError> {
    match entries.len() {
        0 => return Err(constraint("[]", "entries", "Member must have length greater than or equal to 1")),
        1..=10 => {}
        _ => return Err(constraint("[...]", "entries", "Member must have length less than or equal to 10")),
    }
    if entries.iter().map(size).sum::<usize>() >= MAX_BYTES {
        return Err(validation("Total size of the entries in the request is over the limit."));
    }
    Ok(())
}

/// The bytes that an entry counts for, by the user guide's calculation.
fn size(entry: &Value) -> usize {
    let texts = ["Source", "DetailType", "Detail"].iter().filter_map(|member| entry[*member].as_str());
    let resources = list(entry.get("Resources")).iter().filter_map(Value::as_str);
    let time = if entry["Time"].is_null() { 0 } else { 14 };
    time + texts.chain(resources).map(str::len).sum::<usize>()
}

fn bus(entry: &Value) -> &str {
    entry["EventBusName"].as_str().unwrap_or(DEFAULT_BUS)
}

/// Refuses the call for an entry on another account's bus whose policy does
/// not let the caller in.
fn check_bus(world: &World, call: &Call<'_>, entry: &Value) -> Result<(), ApiError> {
    let arn = bus(entry);
    let Some(place) = bus_of_arn(arn) else { return Ok(()) };
    let text = |member: &str| entry[member].as_str().unwrap_or_default().to_owned();
    let mut context =
        BTreeMap::from([("events:source", text("Source")), ("events:detail-type", text("DetailType"))]);
    let organization = world.organization.organization_of(call.account).map(str::to_owned);
    context.extend(organization.map(|id| ("aws:principalorgid", id)));
    if lets_in(world, call.account, place, context) {
        return Ok(());
    }
    let message = format!(
        "User: {} is not authorized to perform: events:PutEvents on resource: {arn} because no resource-based \
         policy allows the events:PutEvents action",
        call.principal
    );
    Err(ApiError::new("AccessDeniedException", message))
}

/// Where an entry goes: account, Region and bus. EventBridge takes events to
/// buses of the endpoint's Region alone.
fn place<'e>(call: &'e Call<'_>, entry: &'e Value) -> Option<(&'e str, &'e str, &'e str)> {
    let bus = bus(entry);
    if !bus.starts_with("arn:") {
        return Some((call.account, call.region, bus));
    }
    bus_of_arn(bus).filter(|(_, region, _)| *region == call.region)
}

fn put_entry(world: &mut World, call: &Call<'_>, entry: &Value) -> Value {
    match checked_event(world, call, entry) {
        Ok(event) => {
            let id = event["id"].clone();
            // Like EventBridge, this takes an event for a bus that is not
            // there, and drops it.
            if let Some(place) = place(call, entry) {
                routing::publish_on(world, place, &event, call.now);
            }
            json!({"EventId": id})
        }
        Err((code, message)) => json!({"ErrorCode": code, "ErrorMessage": message}),
    }
}

fn checked_event(world: &mut World, call: &Call<'_>, entry: &Value) -> Result<Value, EntryError> {
    let [source, detail_type, detail] =
        ["Source", "DetailType", "Detail"].map(|member| required(entry, member));
    let (source, detail_type, detail) = (source?, detail_type?, detail?);
    if source.starts_with("aws.") {
        return Err(("NotAuthorizedForSourceException", "Not authorized for the source.".to_owned()));
    }
    let detail: Value = serde_json::from_str(detail)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| ("MalformedDetail", "Detail is malformed.".to_owned()))?;
    let at = timestamp(entry.get("Time")).unwrap_or(call.now);
    let resources = list(entry.get("Resources")).to_vec();
    Ok(envelope(world, (call.account, call.region), (source, detail_type), resources, detail, at))
}

fn required<'e>(entry: &'e Value, member: &str) -> Result<&'e str, EntryError> {
    entry[member].as_str().filter(|text| !text.is_empty()).ok_or_else(|| {
        let message = format!("Parameter {member} is not valid. Reason: {member} is a required argument.");
        ("InvalidArgument", message)
    })
}

fn envelope(
    world: &mut World,
    (account, region): (&str, &str),
    (source, detail_type): (&str, &str),
    resources: Vec<Value>,
    detail: Value,
    at: OffsetDateTime,
) -> Value {
    json!({
        "version": "0",
        "id": world.next_uuid(),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": clock::iso_seconds(at),
        "region": region,
        "resources": resources,
        "detail": detail,
    })
}

pub(super) fn test_pattern(call: &Call<'_>) -> Answer {
    let pattern = parse_pattern(call.string("EventPattern").unwrap_or_default())?;
    let event: Value = serde_json::from_str(call.string("Event").unwrap_or_default())
        .map_err(|_| validation("Parameter Event is not valid. Reason: Event is not a valid JSON text."))?;
    if let Some(missing) = MANDATORY.iter().find(|member| event.get(**member).is_none()) {
        return Err(validation(format!(
            "Parameter Event is not valid. Reason: {missing} is a required field."
        )));
    }
    Ok(json!({"Result": pattern.matches(&event)}))
}
