//! Events from bus to bus.

use serde_json::{Value, json};

use super::{Outcome, event, failed};
use crate::sim::call::Call;
use crate::sim::cloudwatch;
use crate::sim::events;
use crate::sim::routing::{DeadLetter, publish_event};
use crate::sim::testing::{ACCOUNT, NOW, OTHER_ACCOUNT, REGION, ask, call, messages, open_queue, world};
use crate::sim::world::{Role, World};

const THIRD_ACCOUNT: &str = "777788889999";
const ROLE: &str = "forward";

fn ask_in(world: &mut World, account: &str, region: &str, operation: &str, input: &Value) {
    let call = Call { account, region, ..call(operation, input) };
    events::call(world, &call).unwrap_or_else(|error| panic!("{operation} {input}: {error:?}"));
}

/// Three accounts of the organisation, each with a role.
fn organisation() -> World {
    let mut world = world();
    for account in [ACCOUNT, OTHER_ACCOUNT, THIRD_ACCOUNT] {
        world.organization.add_account(account, "member");
        let roles = &mut world.accounts.entry(account.to_owned()).or_default().roles;
        roles.insert(ROLE.to_owned(), Role::default());
    }
    world
}

fn bus_arn(account: &str, region: &str, bus: &str) -> String {
    format!("arn:aws:events:{region}:{account}:event-bus/{bus}")
}

fn role(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/{ROLE}")
}

/// A rule for every ECS event on a bus, with one target.
fn connect(world: &mut World, (account, region, bus): (&str, &str, &str), target: Value) {
    let rule = json!({"Name": "all", "EventPattern": r#"{"source":["aws.ecs"]}"#, "EventBusName": bus});
    ask_in(world, account, region, "PutRule", &rule);
    let mut target = target;
    target["Id"] = "t".into();
    let targets = json!({"Rule": "all", "EventBusName": bus, "Targets": [target]});
    ask_in(world, account, region, "PutTargets", &targets);
}

fn let_in(world: &mut World, account: &str, principal: &str, condition: Value) {
    let statement = json!({
        "StatementId": principal.replace('*', "all"), "Action": "events:PutEvents", "Principal": principal,
        "Condition": condition,
    });
    ask_in(world, account, REGION, "PutPermission", &statement);
}

fn send(world: &mut World) -> Outcome {
    publish_event(world, ACCOUNT, REGION, &event("x"), NOW).remove(0).outcome
}

#[test]
fn an_event_arrives_unchanged_on_the_bus_of_another_account() {
    let mut world = organisation();
    let queue = open_queue(&mut world, "central");
    connect(
        &mut world,
        (ACCOUNT, REGION, "default"),
        json!({"Arn": bus_arn(OTHER_ACCOUNT, REGION, "default")}),
    );
    connect(&mut world, (OTHER_ACCOUNT, REGION, "default"), json!({"Arn": queue}));
    let outcome = send(&mut world);
    assert_eq!(failed("NO_PERMISSIONS", &outcome), DeadLetter::Lost, "no policy lets the account in");
    let_in(&mut world, OTHER_ACCOUNT, ACCOUNT, Value::Null);
    assert_eq!(send(&mut world), Outcome::Delivered);
    let received = messages(&mut world, "central");
    let body: Value = serde_json::from_str(received[0]["Body"].as_str().expect("a body")).expect("JSON");
    assert_eq!(body, event("x"));
}

#[test]
fn a_policy_by_the_organisations_id_asks_for_a_role() {
    let mut world = organisation();
    let_in(
        &mut world,
        OTHER_ACCOUNT,
        "*",
        json!({
            "Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-simulated0",
        }),
    );
    let bus = bus_arn(OTHER_ACCOUNT, REGION, "default");
    for (target, delivered) in [
        (json!({"Arn": bus}), false),
        (json!({"Arn": bus, "RoleArn": role(ACCOUNT)}), true),
        (json!({"Arn": bus, "RoleArn": format!("{}-gone", role(ACCOUNT))}), false),
    ] {
        connect(&mut world, (ACCOUNT, REGION, "default"), target.clone());
        assert_eq!(send(&mut world) == Outcome::Delivered, delivered, "{target}");
    }
}

#[test]
fn a_policy_of_another_organisation_lets_nobody_in() {
    let mut world = organisation();
    let_in(
        &mut world,
        OTHER_ACCOUNT,
        "*",
        json!({
            "Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-another",
        }),
    );
    let target = json!({"Arn": bus_arn(OTHER_ACCOUNT, REGION, "default"), "RoleArn": role(ACCOUNT)});
    connect(&mut world, (ACCOUNT, REGION, "default"), target);
    let outcome = send(&mut world);
    failed("NO_PERMISSIONS", &outcome);
}

#[test]
fn a_bus_that_is_not_there_is_no_target() {
    let mut world = organisation();
    for bus in [bus_arn(ACCOUNT, REGION, "gone"), bus_arn("000000000000", REGION, "default")] {
        connect(&mut world, (ACCOUNT, REGION, "default"), json!({"Arn": bus}));
        let outcome = send(&mut world);
        failed("NO_RESOURCE", &outcome);
    }
}

#[test]
fn an_event_goes_to_one_other_account_and_no_further() {
    let mut world = organisation();
    let queue = open_queue(&mut world, "third");
    let_in(&mut world, OTHER_ACCOUNT, ACCOUNT, Value::Null);
    let_in(&mut world, THIRD_ACCOUNT, OTHER_ACCOUNT, Value::Null);
    connect(
        &mut world,
        (ACCOUNT, REGION, "default"),
        json!({"Arn": bus_arn(OTHER_ACCOUNT, REGION, "default")}),
    );
    connect(
        &mut world,
        (OTHER_ACCOUNT, REGION, "default"),
        json!({"Arn": bus_arn(THIRD_ACCOUNT, REGION, "default")}),
    );
    connect(&mut world, (THIRD_ACCOUNT, REGION, "default"), json!({"Arn": queue}));
    assert_eq!(send(&mut world), Outcome::Delivered, "the sender does not learn of it");
    assert!(messages(&mut world, "third").is_empty());
    let dimensions = [("RuleName", "all")];
    let failures =
        cloudwatch::sum(&world, OTHER_ACCOUNT, REGION, "AWS/Events", "FailedInvocations", &dimensions);
    assert_eq!(failures, 1.0);
}

#[test]
fn a_rule_on_a_custom_bus_counts_under_its_bus_too() {
    let mut world = organisation();
    let queue = open_queue(&mut world, "own");
    ask(&mut world, "events:CreateEventBus", json!({"Name": "central"}));
    connect(&mut world, (ACCOUNT, REGION, "default"), json!({"Arn": bus_arn(ACCOUNT, REGION, "central")}));
    connect(&mut world, (ACCOUNT, REGION, "central"), json!({"Arn": queue}));
    assert_eq!(send(&mut world), Outcome::Delivered);
    assert_eq!(messages(&mut world, "own").len(), 1);
    let count = |dimensions: &[(&str, &str)]| {
        cloudwatch::sum(&world, ACCOUNT, REGION, "AWS/Events", "Invocations", dimensions)
    };
    assert_eq!(count(&[("RuleName", "all")]), 1.0, "the default bus's rule");
    assert_eq!(count(&[("EventBusName", "central"), ("RuleName", "all")]), 1.0);
}

#[test]
fn two_buses_that_name_each_other_do_not_go_round_for_ever() {
    let mut world = organisation();
    ask(&mut world, "events:CreateEventBus", json!({"Name": "central"}));
    connect(&mut world, (ACCOUNT, REGION, "default"), json!({"Arn": bus_arn(ACCOUNT, REGION, "central")}));
    connect(&mut world, (ACCOUNT, REGION, "central"), json!({"Arn": bus_arn(ACCOUNT, REGION, "default")}));
    assert_eq!(send(&mut world), Outcome::Delivered);
    let dimensions = [("EventBusName", "central"), ("RuleName", "all")];
    let failures = cloudwatch::sum(&world, ACCOUNT, REGION, "AWS/Events", "FailedInvocations", &dimensions);
    assert_eq!(failures, 1.0);
}

#[test]
fn an_event_reaches_the_bus_of_another_region() {
    let mut world = organisation();
    connect(
        &mut world,
        (ACCOUNT, REGION, "default"),
        json!({"Arn": bus_arn(ACCOUNT, "us-east-1", "default")}),
    );
    let queue = "arn:aws:sqs:us-east-1:111122223333:gone";
    connect(&mut world, (ACCOUNT, "us-east-1", "default"), json!({"Arn": queue}));
    assert_eq!(send(&mut world), Outcome::Delivered);
    let dimensions = [("RuleName", "all")];
    let arrived = cloudwatch::sum(&world, ACCOUNT, "us-east-1", "AWS/Events", "TriggeredRules", &dimensions);
    assert_eq!(arrived, 1.0);
}
