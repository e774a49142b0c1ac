//! Custom buses, their policies and the rules on them.

use serde_json::{Value, json};

use super::PATTERN;
use crate::sim::testing::{
    ACCOUNT, OTHER_ACCOUNT, REGION, ask, messages, open_queue, refusal, refused, text, world,
};
use crate::sim::world::World;

fn bus(world: &mut World, name: &str) -> String {
    text(&ask(world, "events:CreateEventBus", json!({"Name": name}))["EventBusArn"])
}

fn policy(world: &mut World, name: &str) -> Value {
    let described = ask(world, "events:DescribeEventBus", json!({"Name": name}));
    described["Policy"].as_str().map_or(Value::Null, |text| serde_json::from_str(text).expect("JSON"))
}

fn rule_on(bus: &str) -> Value {
    json!({"Name": "deploys", "EventPattern": PATTERN, "EventBusName": bus})
}

#[test]
fn a_bus_is_made_described_changed_and_deleted() {
    let mut world = world();
    let input = json!({"Name": "canary", "Description": "old", "Tags": [{"Key": "team", "Value": "a"}]});
    let made = ask(&mut world, "events:CreateEventBus", input);
    let arn = format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/canary");
    assert_eq!(made, json!({"EventBusArn": arn, "Description": "old"}));
    let change = json!({"Name": "canary", "Description": "new", "LogConfig": {"Level": "ERROR"}});
    assert_eq!(ask(&mut world, "events:UpdateEventBus", change)["Arn"], arn.as_str());
    let described = ask(&mut world, "events:DescribeEventBus", json!({"Name": arn}));
    assert_eq!((&described["Name"], &described["Description"]), (&json!("canary"), &json!("new")));
    assert_eq!(described["LogConfig"], json!({"Level": "ERROR"}));
    assert_eq!(described.get("Policy"), None);
    let tags = ask(&mut world, "events:ListTagsForResource", json!({"ResourceARN": arn}));
    assert_eq!(tags, json!({"Tags": [{"Key": "team", "Value": "a"}]}));
    ask(&mut world, "events:DeleteEventBus", json!({"Name": "canary"}));
    ask(&mut world, "events:DeleteEventBus", json!({"Name": "canary"}));
    let gone = refused(&mut world, "events:DescribeEventBus", json!({"Name": "canary"}));
    assert_eq!(gone, "ResourceNotFoundException");
}

#[test]
fn the_default_bus_is_always_there_and_stays() {
    let mut world = world();
    let described = ask(&mut world, "events:DescribeEventBus", json!({}));
    let arn = format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default");
    assert_eq!(described, json!({"Name": "default", "Arn": arn}));
    let again = refused(&mut world, "events:CreateEventBus", json!({"Name": "default"}));
    assert_eq!(again, "ResourceAlreadyExistsException");
    assert_eq!(
        refused(&mut world, "events:DeleteEventBus", json!({"Name": "default"})),
        "ValidationException"
    );
}

#[test]
fn buses_are_listed_in_pages_by_prefix() {
    let mut world = world();
    for name in ["a", "e-1", "e-2"] {
        bus(&mut world, name);
    }
    let names = |page: &Value| -> Vec<String> {
        page["EventBuses"].as_array().expect("buses").iter().map(|bus| text(&bus["Name"])).collect()
    };
    let first = ask(&mut world, "events:ListEventBuses", json!({"Limit": 3}));
    assert_eq!(names(&first), ["a", "default", "e-1"]);
    let second = ask(&mut world, "events:ListEventBuses", json!({"NextToken": first["NextToken"]}));
    assert_eq!((names(&second), second.get("NextToken")), (vec!["e-2".to_owned()], None));
    let some = ask(&mut world, "events:ListEventBuses", json!({"NamePrefix": "e-"}));
    assert_eq!(names(&some), ["e-1", "e-2"]);
}

#[test]
fn buses_are_refused_as_eventbridge_refuses_them() {
    let mut world = world();
    bus(&mut world, "canary");
    for (operation, input, code) in [
        ("CreateEventBus", json!({"Name": "canary"}), "ResourceAlreadyExistsException"),
        ("CreateEventBus", json!({"Name": "a/b"}), "ValidationException"),
        ("CreateEventBus", json!({"Name": "a b"}), "ValidationException"),
        ("CreateEventBus", json!({"Name": "x".repeat(257)}), "ValidationException"),
        ("CreateEventBus", json!({}), "ValidationException"),
        ("CreateEventBus", json!({"Name": "b", "LogConfig": {"Level": "LOUD"}}), "ValidationException"),
        ("UpdateEventBus", json!({"Name": "gone"}), "ResourceNotFoundException"),
        ("PutPermission", json!({"EventBusName": "gone"}), "ResourceNotFoundException"),
        ("PutRule", rule_on("gone"), "ResourceNotFoundException"),
        ("ListRules", json!({"EventBusName": "gone"}), "ResourceNotFoundException"),
        (
            "PutRule",
            json!({"Name": "r", "ScheduleExpression": "rate(1 minute)", "EventBusName": "canary"}),
            "ValidationException",
        ),
    ] {
        let action = format!("events:{operation}");
        assert_eq!(refused(&mut world, &action, input.clone()), code, "{operation} {input}");
    }
    for number in 1..100 {
        bus(&mut world, &format!("bus-{number}"));
    }
    let more = refused(&mut world, "events:CreateEventBus", json!({"Name": "one-more"}));
    assert_eq!(more, "LimitExceededException");
}

#[test]
fn a_rule_on_a_bus_of_its_own_is_no_rule_on_the_default_one() {
    let mut world = world();
    let arn = bus(&mut world, "canary");
    let rule = text(&ask(&mut world, "events:PutRule", rule_on(&arn))["RuleArn"]);
    assert_eq!(rule, format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/canary/deploys"));
    let described = json!({"Name": "deploys", "EventBusName": "canary"});
    assert_eq!(ask(&mut world, "events:DescribeRule", described)["EventBusName"], "canary");
    let error = refusal(&mut world, "events:DescribeRule", json!({"Name": "deploys"}));
    assert_eq!(error.message, "Rule deploys does not exist on EventBus default.");
    assert_eq!(ask(&mut world, "events:ListRules", json!({})), json!({"Rules": []}));
    ask(&mut world, "events:TagResource", json!({"ResourceARN": rule, "Tags": [{"Key": "a", "Value": "1"}]}));
    let tags = ask(&mut world, "events:ListTagsForResource", json!({"ResourceARN": rule}));
    assert_eq!(tags["Tags"][0]["Key"], "a");
    assert_eq!(
        refused(&mut world, "events:DeleteEventBus", json!({"Name": "canary"})),
        "ValidationException"
    );
}

#[test]
fn an_event_on_a_bus_of_its_own_reaches_the_rules_of_that_bus_alone() {
    let mut world = world();
    bus(&mut world, "canary");
    let pattern = r#"{"source":["foghorn.canary"]}"#;
    for (bus, queue) in [("canary", "own"), ("default", "main")] {
        let target = open_queue(&mut world, queue);
        let rule = json!({"Name": "all", "EventPattern": pattern, "EventBusName": bus});
        ask(&mut world, "events:PutRule", rule);
        let targets = json!({"Rule": "all", "EventBusName": bus, "Targets": [{"Id": "q", "Arn": target}]});
        ask(&mut world, "events:PutTargets", targets);
    }
    let entry = |bus: &str| json!({"Source": "foghorn.canary", "DetailType": "t", "Detail": "{}", "EventBusName": bus});
    let entries = json!([entry("canary"), entry("default"), entry("default"), entry("gone")]);
    let answer = ask(&mut world, "events:PutEvents", json!({"Entries": entries}));
    assert_eq!(answer["FailedEntryCount"], 0);
    assert_eq!((messages(&mut world, "own").len(), messages(&mut world, "main").len()), (1, 2));
}

#[test]
fn a_statement_lets_an_account_in_and_is_taken_back_by_its_id() {
    let mut world = world();
    let arn = bus(&mut world, "canary");
    let statement = |id: &str| json!({"EventBusName": "canary", "StatementId": id, "Action": "events:PutEvents", "Principal": OTHER_ACCOUNT});
    for id in ["one", "two", "one"] {
        ask(&mut world, "events:PutPermission", statement(id));
    }
    let put = policy(&mut world, "canary");
    assert_eq!(put["Statement"].as_array().map(Vec::len), Some(2), "an id stands once");
    let principal = json!({"AWS": format!("arn:aws:iam::{OTHER_ACCOUNT}:root")});
    let expected = json!({
        "Sid": "one", "Effect": "Allow", "Principal": principal, "Action": "events:PutEvents", "Resource": arn,
    });
    assert_eq!(put["Statement"][1], expected);
    ask(&mut world, "events:RemovePermission", json!({"EventBusName": "canary", "StatementId": "one"}));
    assert_eq!(policy(&mut world, "canary")["Statement"][0]["Sid"], "two");
    let gone = json!({"EventBusName": "canary", "StatementId": "one"});
    assert_eq!(refused(&mut world, "events:RemovePermission", gone), "ResourceNotFoundException");
    ask(
        &mut world,
        "events:RemovePermission",
        json!({"EventBusName": "canary", "RemoveAllPermissions": true}),
    );
    assert_eq!(policy(&mut world, "canary"), Value::Null);
    let none = json!({"EventBusName": "canary", "StatementId": "two"});
    assert_eq!(refused(&mut world, "events:RemovePermission", none), "ResourceNotFoundException");
}

#[test]
fn a_policy_is_put_as_a_whole() {
    let mut world = world();
    let arn = format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default");
    let whole = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "all", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": arn,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-simulated0"}},
    }]});
    ask(&mut world, "events:PutPermission", json!({"Policy": whole.to_string()}));
    assert_eq!(policy(&mut world, "default"), whole);
}

#[test]
fn permissions_are_refused_as_eventbridge_refuses_them() {
    let mut world = world();
    let statement = |member: &str, value: Value| {
        let mut input = json!({"StatementId": "a", "Action": "events:PutEvents", "Principal": OTHER_ACCOUNT});
        input[member] = value;
        input
    };
    let resource = "arn:aws:events:eu-west-1:111122223333:event-bus/other";
    let foreign = json!({"Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": resource,
    }]});
    for input in [
        statement("StatementId", Value::Null),
        statement("StatementId", "a b".into()),
        statement("Action", "events:PutRule".into()),
        statement("Principal", "me".into()),
        statement("Condition", json!({"Type": "StringLike", "Key": "aws:PrincipalOrgID", "Value": "o-1"})),
        json!({"Policy": "{"}),
        json!({"Policy": "{}"}),
        json!({"Policy": r#"{"Statement":[{"Effect":"Allow"}]}"#}),
        json!({"Policy": foreign.to_string()}),
    ] {
        assert_eq!(
            refused(&mut world, "events:PutPermission", input.clone()),
            "ValidationException",
            "{input}"
        );
    }
    let own = format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default");
    let long = json!({"Statement": [{
        "Sid": "x".repeat(11_000), "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents",
        "Resource": own,
    }]});
    let code = refused(&mut world, "events:PutPermission", json!({"Policy": long.to_string()}));
    assert_eq!(code, "PolicyLengthExceededException");
}

#[test]
fn an_event_for_another_accounts_bus_needs_its_policy() {
    let mut world = world();
    world.organization.add_account(ACCOUNT, "here");
    let arn = format!("arn:aws:events:{REGION}:{OTHER_ACCOUNT}:event-bus/default");
    let entry = json!({"Source": "s", "DetailType": "t", "Detail": "{}", "EventBusName": arn});
    let put = json!({"Entries": [entry]});
    let error = refusal(&mut world, "events:PutEvents", put.clone());
    assert_eq!(error.code, "AccessDeniedException");
    assert!(error.message.contains(&arn), "{}", error.message);
    let statement = json!({
        "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": arn,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-simulated0"}},
    });
    world.region(OTHER_ACCOUNT, REGION).events.default_bus.policy = vec![statement];
    assert_eq!(ask(&mut world, "events:PutEvents", put)["FailedEntryCount"], 0);
}
