//! Events to the simulator's own rooms, over HTTP destinations.

use serde_json::{Value, json};

use super::{Outcome, PATTERN, event, failed};
use crate::sim::cloudwatch;
use crate::sim::rooms::webhooks::{Fault, Kind, close, misbehave, open};
use crate::sim::routing::{DeadLetter, publish_event};
use crate::sim::testing::{ACCOUNT, NOW, REGION, ask, messages, open_queue, text, world};
use crate::sim::world::{Role, World};

const ENDPOINT: &str = "http://127.0.0.1:4566";

/// A rule whose target posts the failure's reason into a Slack room.
struct Path {
    world: World,
    target: Value,
}

impl Path {
    fn new() -> Self {
        let mut world = world();
        let account = world.accounts.get_mut(ACCOUNT).expect("the account");
        account.roles.insert("invoke".to_owned(), Role::default());
        let address = open(&mut world, Kind::Slack, "deploys");
        let queue = open_queue(&mut world, "dead");
        ask(&mut world, "events:PutRule", json!({"Name": "deploys", "EventPattern": PATTERN}));
        let arn = destination(&mut world, &format!("{ENDPOINT}{address}"), &json!({}));
        let target = json!({
            "Id": "room", "Arn": arn, "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/invoke"),
            "DeadLetterConfig": {"Arn": queue},
            "InputTransformer": {
                "InputPathsMap": {"reason": "$.detail.reason"}, "InputTemplate": "{\"text\": <reason>}",
            },
        });
        Self { world, target }
    }

    fn with(mut self, member: &str, value: Value) -> Self {
        self.target[member] = value;
        self
    }

    fn disturbed(mut self, code: u16, times: u32) -> Self {
        let fault = Fault::Status { code, retry_after: None };
        assert!(misbehave(&mut self.world, Kind::Slack, "deploys", fault, times));
        self
    }

    fn send(&mut self) -> Outcome {
        let targets = json!({"Rule": "deploys", "Targets": [self.target]});
        ask(&mut self.world, "events:PutTargets", targets);
        publish_event(&mut self.world, ACCOUNT, REGION, &event("no capacity"), NOW).remove(0).outcome
    }

    fn room(&self) -> Vec<&str> {
        let room = self.world.rooms.get("slack", "deploys").expect("the room");
        room.messages.iter().map(|message| message.description.as_str()).collect()
    }

    fn metric(&self, metric: &str) -> f64 {
        cloudwatch::sum(&self.world, ACCOUNT, REGION, "AWS/Events", metric, &[("RuleName", "deploys")])
    }
}

/// A destination with a connection of its own; its ARN.
fn destination(world: &mut World, endpoint: &str, http: &Value) -> String {
    let connection = json!({
        "Name": "room", "AuthorizationType": "API_KEY",
        "AuthParameters": {
            "ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "unused"},
            "InvocationHttpParameters": http,
        },
    });
    let connection = ask(world, "events:CreateConnection", connection)["ConnectionArn"].clone();
    let destination = json!({
        "Name": "room", "ConnectionArn": connection, "HttpMethod": "POST", "InvocationEndpoint": endpoint,
    });
    text(&ask(world, "events:CreateApiDestination", destination)["ApiDestinationArn"])
}

#[test]
fn a_rendered_event_is_read_in_the_room_of_a_webhook() {
    let mut path = Path::new();
    assert_eq!(path.send(), Outcome::Delivered);
    assert_eq!(path.room(), ["no capacity"]);
    for (metric, count) in [
        ("Invocations", 1.0),
        ("InvocationAttempts", 1.0),
        ("SuccessfulInvocationAttempts", 1.0),
        ("RetryInvocationAttempts", 0.0),
        ("FailedInvocations", 0.0),
    ] {
        assert_eq!(path.metric(metric), count, "{metric}");
    }
}

#[test]
fn a_busy_or_broken_service_is_tried_again() {
    for code in [429, 500, 503] {
        let mut path = Path::new().disturbed(code, 2);
        assert_eq!(path.send(), Outcome::Delivered, "{code}");
        assert_eq!(path.room().len(), 1);
        let counts = ["InvocationAttempts", "RetryInvocationAttempts", "FailedInvocations"];
        assert_eq!(counts.map(|metric| path.metric(metric)), [3.0, 2.0, 0.0], "{code}");
    }
}

#[test]
fn a_service_that_stays_broken_fails_the_invocation_and_fills_the_dead_letter_queue() {
    let mut path = Path::new().disturbed(503, 10);
    let outcome = path.send();
    assert_eq!(failed("ERROR_FROM_TARGET", &outcome), DeadLetter::Kept);
    let dead = messages(&mut path.world, "dead");
    let attribute = |name: &str| dead[0]["MessageAttributes"][name]["StringValue"].clone();
    assert_eq!(attribute("RETRY_ATTEMPTS"), "2");
    assert_eq!(attribute("EXHAUSTED_RETRY_CONDITION"), "MaximumRetryAttempts");
    assert!(text(&attribute("ERROR_MESSAGE")).contains("HTTP status 503"));
    assert_eq!((path.metric("InvocationAttempts"), path.metric("FailedInvocations")), (3.0, 1.0));
}

#[test]
fn the_targets_retry_policy_is_kept() {
    let mut path = Path::new().with("RetryPolicy", json!({"MaximumRetryAttempts": 0})).disturbed(429, 1);
    let outcome = path.send();
    failed("THROTTLING", &outcome);
    assert_eq!((path.metric("InvocationAttempts"), path.metric("RetryInvocationAttempts")), (1.0, 0.0));
}

#[test]
fn a_service_that_never_answers_is_tried_again_and_given_up() {
    let mut path = Path::new();
    misbehave(&mut path.world, Kind::Slack, "deploys", Fault::Hang, 3);
    let outcome = path.send();
    failed("TIMEOUT", &outcome);
    assert_eq!(path.metric("InvocationAttempts"), 3.0);
}

#[test]
fn what_the_service_refuses_is_not_tried_again() {
    let mut path = Path::new();
    close(&mut path.world, Kind::Slack, "deploys");
    let outcome = path.send();
    assert_eq!(failed("SDK_CLIENT_ERROR", &outcome), DeadLetter::Kept);
    assert!(matches!(outcome, Outcome::Failed { message, .. } if message.ends_with("no_service")));
    assert_eq!((path.metric("InvocationAttempts"), path.metric("FailedInvocations")), (1.0, 1.0));
    let dead = messages(&mut path.world, "dead");
    assert_eq!(dead[0]["MessageAttributes"]["EXHAUSTED_RETRY_CONDITION"], Value::Null);
}

#[test]
fn a_page_with_status_200_counts_as_delivered_and_nobody_reads_it() {
    let mut path = Path::new();
    misbehave(&mut path.world, Kind::Slack, "deploys", Fault::Html, 1);
    assert_eq!(path.send(), Outcome::Delivered);
    assert!(path.room().is_empty());
}

#[test]
fn a_destination_needs_a_role_that_is_there() {
    for role in [Value::Null, json!(format!("arn:aws:iam::{ACCOUNT}:role/gone"))] {
        let mut path = Path::new().with("RoleArn", role);
        let outcome = path.send();
        failed("NO_PERMISSIONS", &outcome);
        assert!(path.room().is_empty());
    }
}

#[test]
fn a_destination_needs_its_connection() {
    let mut path = Path::new();
    ask(&mut path.world, "events:DeauthorizeConnection", json!({"Name": "room"}));
    let outcome = path.send();
    failed("SDK_CLIENT_ERROR", &outcome);
    ask(&mut path.world, "events:DeleteApiDestination", json!({"Name": "room"}));
    let outcome = path.send();
    failed("NO_RESOURCE", &outcome);
}

#[test]
fn the_secret_part_of_an_address_may_stand_in_the_connection() {
    let mut path = Path::new();
    for operation in ["DeleteApiDestination", "DeleteConnection"] {
        ask(&mut path.world, &format!("events:{operation}"), json!({"Name": "room"}));
    }
    let address = open(&mut path.world, Kind::GoogleChat, "deploys");
    let (public, query) = address.split_once('?').expect("a query");
    let secrets: Vec<Value> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| json!({"Key": key, "Value": value, "IsValueSecret": true}))
        .collect();
    let http = json!({"QueryStringParameters": secrets});
    let arn = destination(&mut path.world, &format!("{ENDPOINT}{public}"), &http);
    let mut path = path.with("Arn", json!(arn));
    assert_eq!(path.send(), Outcome::Delivered);
    let room = path.world.rooms.get("google-chat", "deploys").expect("the room");
    assert_eq!(room.messages.len(), 1);
}

#[test]
fn the_simulator_reaches_no_host_but_itself() {
    let mut path = Path::new();
    let change = json!({"Name": "room", "InvocationEndpoint": "https://example.com/hook"});
    ask(&mut path.world, "events:UpdateApiDestination", change);
    let outcome = path.send();
    failed("CONNECTION_FAILURE", &outcome);
}
