//! API destinations: HTTP endpoints that targets name.

use std::ops::Bound;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::arns::unique_arn;
use super::{
    Connection, State, already_exists, check_longest, check_one_of, constraint, limit, limit_exceeded, name,
    not_found, start, validation,
};
use crate::sim::arn::Arn;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::clock::epoch_seconds;
use crate::sim::members::without_nulls;
use crate::sim::paging;
use crate::sim::world::World;

/// API destinations in one account and Region, from the quota page of the
/// EventBridge user guide.
const MAX_DESTINATIONS: usize = 3_000;

/// Requests a second where none are set (CreateApiDestination in the API
/// reference).
const DEFAULT_RATE: i64 = 300;

/// One API destination.
#[derive(Debug, Clone)]
pub(crate) struct ApiDestination {
    pub(crate) arn: String,
    pub(crate) connection_arn: String,
    /// The URL, in which asterisks stand for path parameters.
    pub(crate) endpoint: String,
    pub(crate) method: String,
    /// The most requests a second. It is kept and told, but slows nothing down.
    rate: i64,
    description: Option<String>,
    created: OffsetDateTime,
    modified: OffsetDateTime,
}

pub(super) fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "CreateApiDestination" => create(world, call),
        "DescribeApiDestination" => describe(world, call),
        "UpdateApiDestination" => update(world, call),
        "DeleteApiDestination" => delete(world, call),
        "ListApiDestinations" => list(world, call),
        _ => Err(call.unknown_operation()),
    }
}

fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let name = name(call.string("Name"), "name")?;
    let text = |member: &str| call.string(member).unwrap_or_default();
    check(call, text("InvocationEndpoint"), text("HttpMethod"))?;
    let connection = existing_connection(world, call, text("ConnectionArn"))?.to_owned();
    let destinations = &world.region(call.account, call.region).events.api_destinations;
    if destinations.contains_key(name) {
        return Err(already_exists(format!("An api-destination '{name}' already exists.")));
    }
    if destinations.len() >= MAX_DESTINATIONS {
        return Err(limit_exceeded());
    }
    let uuid = world.next_uuid();
    let destination = ApiDestination {
        arn: unique_arn(call.account, call.region, "api-destination", name, &uuid),
        connection_arn: connection,
        endpoint: text("InvocationEndpoint").to_owned(),
        method: text("HttpMethod").to_owned(),
        rate: call.integer("InvocationRateLimitPerSecond").unwrap_or(DEFAULT_RATE),
        description: call.string("Description").map(str::to_owned),
        created: call.now,
        modified: call.now,
    };
    let events = &mut world.region(call.account, call.region).events;
    let answer = outline(events, &destination, call.now);
    events.api_destinations.insert(name.to_owned(), destination);
    Ok(answer)
}

/// Refuses what the service model does not allow.
fn check(call: &Call<'_>, endpoint: &str, method: &str) -> Result<(), ApiError> {
    check_longest(call, "Description", 512)?;
    check_endpoint(endpoint)?;
    check_one_of(method, "httpMethod", &["POST", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])?;
    match call.integer("InvocationRateLimitPerSecond").filter(|rate| *rate < 1) {
        None => Ok(()),
        Some(rate) => Err(constraint(
            &rate.to_string(),
            "invocationRateLimitPerSecond",
            "Member must have value greater than or equal to 1",
        )),
    }
}

/// Endpoints are reached by HTTPS. Plain HTTP is taken for this machine alone,
/// where the simulator's own rooms are.
fn check_endpoint(endpoint: &str) -> Result<(), ApiError> {
    let legal = |letter: char| letter.is_ascii_alphanumeric() || "%-()_.!~*';/?:@&=+$,".contains(letter);
    if endpoint.is_empty() || endpoint.len() > 2048 || !endpoint.chars().all(legal) {
        let rule = "Member must be an HTTPS URL of 1 to 2048 characters";
        return Err(constraint("***", "invocationEndpoint", rule));
    }
    let at_home = ["http://127.0.0.1:", "http://localhost:"].iter().any(|start| endpoint.starts_with(start));
    if at_home || endpoint.strip_prefix("https://").is_some_and(|rest| !rest.is_empty()) {
        return Ok(());
    }
    Err(validation("Parameter InvocationEndpoint is not valid. Reason: It must be an HTTPS URL."))
}

fn existing_connection<'c>(world: &mut World, call: &Call<'_>, arn: &'c str) -> Result<&'c str, ApiError> {
    let is_connection = Arn::resource_of(arn, "events", call.account, call.region)
        .is_some_and(|resource| resource.starts_with("connection/"));
    if !is_connection {
        return Err(validation(format!(
            "Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
        )));
    }
    let events = &world.region(call.account, call.region).events;
    events
        .connection(arn)
        .map(|_| arn)
        .ok_or_else(|| not_found(format!("Connection '{arn}' does not exist.")))
}

fn existing<'w>(world: &'w mut World, call: &Call<'_>) -> Result<(&'w mut State, String), ApiError> {
    let name = name(call.string("Name"), "name")?;
    let events = &mut world.region(call.account, call.region).events;
    if events.api_destinations.contains_key(name) {
        return Ok((events, name.to_owned()));
    }
    Err(not_found(format!(
        "Failed to describe the api-destination(s). An api-destination '{name}' does not exist."
    )))
}

fn describe(world: &mut World, call: &Call<'_>) -> Answer {
    let (events, name) = existing(world, call)?;
    let destination = &events.api_destinations[&name];
    let mut description = entry(events, &name, destination, call.now);
    description["Description"] = destination.description.as_deref().into();
    Ok(without_nulls(description))
}

/// The members that answers share.
fn outline(events: &State, destination: &ApiDestination, now: OffsetDateTime) -> Value {
    let seconds = |time| json!({"$timestamp": epoch_seconds(time)});
    json!({
        "ApiDestinationArn": destination.arn,
        "ApiDestinationState": destination.state(events, now),
        "CreationTime": seconds(destination.created),
        "LastModifiedTime": seconds(destination.modified),
    })
}

fn entry(events: &State, name: &str, destination: &ApiDestination, now: OffsetDateTime) -> Value {
    let mut entry = outline(events, destination, now);
    entry["Name"] = name.into();
    entry["ConnectionArn"] = destination.connection_arn.as_str().into();
    entry["InvocationEndpoint"] = destination.endpoint.as_str().into();
    entry["HttpMethod"] = destination.method.as_str().into();
    entry["InvocationRateLimitPerSecond"] = destination.rate.into();
    entry
}

fn update(world: &mut World, call: &Call<'_>) -> Answer {
    let (events, name) = existing(world, call)?;
    let mut changed = events.api_destinations[&name].clone();
    for (member, place) in [
        ("InvocationEndpoint", &mut changed.endpoint),
        ("HttpMethod", &mut changed.method),
        ("ConnectionArn", &mut changed.connection_arn),
    ] {
        if let Some(text) = call.string(member) {
            text.clone_into(place);
        }
    }
    check(call, &changed.endpoint, &changed.method)?;
    if let Some(arn) = call.string("ConnectionArn") {
        existing_connection(world, call, arn)?;
    }
    changed.rate = call.integer("InvocationRateLimitPerSecond").unwrap_or(changed.rate);
    changed.description = call.string("Description").map(str::to_owned).or(changed.description);
    changed.modified = call.now;
    let events = &mut world.region(call.account, call.region).events;
    let answer = outline(events, &changed, call.now);
    events.api_destinations.insert(name, changed);
    Ok(answer)
}

fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let (events, name) = existing(world, call)?;
    events.api_destinations.remove(&name);
    Ok(json!({}))
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let prefix = call.string("NamePrefix").unwrap_or_default();
    let connection = call.string("ConnectionArn");
    let (limit, start) = (limit(call)?, start(call)?);
    let after = start.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let events = &world.region(call.account, call.region).events;
    let rest = events
        .api_destinations
        .range::<str, _>((after, Bound::Unbounded))
        .filter(|(name, destination)| {
            name.starts_with(prefix) && connection.is_none_or(|arn| destination.connection_arn == arn)
        })
        .map(|(name, destination)| (name.as_str(), entry(events, name, destination, call.now)));
    let page = paging::take(rest, limit);
    Ok(without_nulls(json!({"ApiDestinations": page.items, "NextToken": page.next})))
}

impl ApiDestination {
    /// A destination is active while its connection is authorised.
    fn state(&self, events: &State, now: OffsetDateTime) -> &'static str {
        let connection = events.connection(&self.connection_arn);
        match connection.and_then(|connection| connection.authorization(now)) {
            Some(_) => "ACTIVE",
            None => "INACTIVE",
        }
    }
}

impl State {
    /// The connection of an ARN. One that was made anew under the same name is
    /// another.
    pub(crate) fn connection(&self, arn: &str) -> Option<&Connection> {
        self.connections.get(arn.rsplit('/').nth(1)?).filter(|connection| connection.arn == arn)
    }

    /// The API destination of an ARN.
    pub(crate) fn api_destination(&self, arn: &str) -> Option<&ApiDestination> {
        self.api_destinations.get(arn.rsplit('/').nth(1)?).filter(|destination| destination.arn == arn)
    }
}
