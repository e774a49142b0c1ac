//! What IAM is asked about calls of Amazon EventBridge.

use serde_json::Value;

use super::{Authorization, NONE, action, arn, has_tags, pass, service_linked_role};
use crate::sim::arn::Arn;
use crate::sim::call::Call;
use crate::sim::world::World;

const DEFAULT_BUS: &str = "default";

/// What EventBridge does to the secret of a connection, in the name of whoever
/// makes, changes or deletes the connection (EventBridge user guide,
/// connections).
const ON_CREATION: [&str; 5] =
    ["CreateSecret", "DescribeSecret", "GetSecretValue", "PutSecretValue", "TagResource"];
const ON_UPDATE: [&str; 3] = ["DescribeSecret", "PutSecretValue", "UpdateSecret"];
const ON_DELETION: [&str; 2] = ["DeleteSecret", "DescribeSecret"];

pub(super) fn asked(world: &mut World, call: &Call<'_>) -> Vec<Authorization> {
    let name = call.string("Name").unwrap_or_default();
    let named = |kind: &str, name: &str| the_call(call, arn(call, "events", &format!("{kind}/{name}")));
    match call.operation {
        "PutRule" => tagged(call, rule(call, name)),
        "DescribeRule" | "DeleteRule" | "EnableRule" | "DisableRule" => {
            vec![the_call(call, rule(call, name))]
        }
        "PutTargets" => put_targets(call),
        "RemoveTargets" | "ListTargetsByRule" => {
            vec![the_call(call, rule(call, call.string("Rule").unwrap_or_default()))]
        }
        "CreateEventBus" => tagged(call, bus(call, Some(name))),
        "DescribeEventBus" | "DeleteEventBus" => vec![the_call(call, bus(call, call.string("Name")))],
        "TagResource" | "UntagResource" | "ListTagsForResource" => {
            vec![the_call(call, call.string("ResourceARN").unwrap_or_default())]
        }
        "CreateConnection" => create_connection(call, name),
        "UpdateConnection" => with(named("connection", name), secret(call, name, &ON_UPDATE)),
        "DeleteConnection" => with(named("connection", name), secret(call, name, &ON_DELETION)),
        "DescribeConnection" => vec![named("connection", name)],
        "CreateApiDestination" => {
            let connection = call.string("ConnectionArn").and_then(Arn::parse);
            let connection = connection.map(|arn| named("connection", connection_name(arn.resource)));
            with(named("api-destination", name), connection)
        }
        "DescribeApiDestination" => {
            let destinations = &world.region(call.account, call.region).events.api_destinations;
            let connection = destinations.get(name).and_then(|one| Arn::parse(&one.connection_arn));
            let connection = connection.map(|arn| named("connection", connection_name(arn.resource)));
            with(named("api-destination", name), connection)
        }
        "UpdateApiDestination" | "DeleteApiDestination" => vec![named("api-destination", name)],
        "PutEvents" => put_events(call),
        // ListRules, ListConnections, ListApiDestinations, TestEventPattern and
        // PutPermission among them.
        _ => vec![the_call(call, NONE)],
    }
}

fn the_call(call: &Call<'_>, resource: impl Into<String>) -> Authorization {
    Authorization::new(action("events", call), resource)
}

/// The same, and that it is tagged where tags come along.
fn tagged(call: &Call<'_>, resource: String) -> Vec<Authorization> {
    let tags = has_tags(call, "Tags").then(|| Authorization::new("events:TagResource", &*resource));
    with(the_call(call, resource), tags)
}

fn rule(call: &Call<'_>, name: &str) -> String {
    let bus = call.string("EventBusName").map_or(DEFAULT_BUS, bus_name);
    match bus {
        DEFAULT_BUS => arn(call, "events", &format!("rule/{name}")),
        bus => arn(call, "events", &format!("rule/{bus}/{name}")),
    }
}

fn bus(call: &Call<'_>, bus: Option<&str>) -> String {
    match bus {
        Some(given) if given.starts_with("arn:") => given.to_owned(),
        given => arn(call, "events", &format!("event-bus/{}", given.unwrap_or(DEFAULT_BUS))),
    }
}

fn bus_name(given: &str) -> &str {
    given.rsplit('/').next().unwrap_or(given)
}

/// The name in `connection/NAME/ID`.
fn connection_name(resource: &str) -> &str {
    resource.split('/').nth(1).unwrap_or_default()
}

fn put_targets(call: &Call<'_>) -> Vec<Authorization> {
    let targets = call.input.get("Targets").and_then(Value::as_array).into_iter().flatten();
    let roles = targets.filter_map(|target| target["RoleArn"].as_str());
    let passed = roles.map(|role| pass(role, "events.amazonaws.com"));
    let rule = rule(call, call.string("Rule").unwrap_or_default());
    with(the_call(call, rule), passed)
}

fn create_connection(call: &Call<'_>, name: &str) -> Vec<Authorization> {
    let role = service_linked_role(
        call,
        "apidestinations.events.amazonaws.com",
        "AWSServiceRoleForAmazonEventBridgeApiDestinations",
    );
    let connection = the_call(call, arn(call, "events", &format!("connection/{name}")));
    with(connection, [role].into_iter().chain(secret(call, name, &ON_CREATION)))
}

fn with(first: Authorization, rest: impl IntoIterator<Item = Authorization>) -> Vec<Authorization> {
    [first].into_iter().chain(rest).collect()
}

fn secret(call: &Call<'_>, connection: &str, operations: &[&str]) -> Vec<Authorization> {
    let secret =
        arn(call, "secretsmanager", &format!("secret:events!connection/{connection}/00000000-AbCdEf"));
    operations.iter().map(|one| Authorization::new(format!("secretsmanager:{one}"), &*secret)).collect()
}

fn put_events(call: &Call<'_>) -> Vec<Authorization> {
    let entries = call.input.get("Entries").and_then(Value::as_array).into_iter().flatten();
    let of_entry = |entry: &Value| {
        let text = |member: &str| entry[member].as_str().unwrap_or_default().to_owned();
        the_call(call, bus(call, entry["EventBusName"].as_str()))
            .when("events:source", text("Source"))
            .when("events:detail-type", text("DetailType"))
    };
    entries.map(of_entry).collect()
}
