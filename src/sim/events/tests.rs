mod api_destinations;
mod buses;

use serde_json::{Value, json};

use crate::sim::testing::{
    ACCOUNT, OTHER_ACCOUNT, REGION, ask, messages, open_queue, refusal, refused, world,
};
use crate::sim::world::World;

const PATTERN: &str = r#"{"source":["aws.ecs"]}"#;

fn rule(world: &mut World, name: &str) -> String {
    let answer = ask(world, "events:PutRule", json!({"Name": name, "EventPattern": PATTERN}));
    answer["RuleArn"].as_str().expect("an ARN").to_owned()
}

fn topic_target(id: &str) -> Value {
    json!({"Id": id, "Arn": format!("arn:aws:sns:{REGION}:{ACCOUNT}:room")})
}

fn put_target(target: Value) -> Value {
    json!({"Rule": "deploys", "Targets": [target]})
}

#[test]
fn put_rule_replaces_what_was_there_and_keeps_targets_and_tags() {
    let mut world = world();
    let full = json!({
        "Name": "deploys", "EventPattern": PATTERN, "Description": "old", "State": "DISABLED",
        "Tags": [{"Key": "team", "Value": "a"}],
    });
    let arn = ask(&mut world, "events:PutRule", full)["RuleArn"].clone();
    ask(&mut world, "events:PutTargets", put_target(topic_target("room")));
    let again = json!({"Name": "deploys", "EventPattern": PATTERN, "Tags": [{"Key": "team", "Value": "b"}]});
    ask(&mut world, "events:PutRule", again);
    let description = ask(&mut world, "events:DescribeRule", json!({"Name": "deploys"}));
    assert_eq!(
        description,
        json!({
            "Name": "deploys", "Arn": arn, "EventPattern": PATTERN, "State": "ENABLED",
            "EventBusName": "default", "CreatedBy": ACCOUNT,
        })
    );
    let tags = ask(&mut world, "events:ListTagsForResource", json!({"ResourceARN": arn}));
    assert_eq!(tags, json!({"Tags": [{"Key": "team", "Value": "a"}]}));
    let targets = ask(&mut world, "events:ListTargetsByRule", json!({"Rule": "deploys"}));
    assert_eq!(targets, json!({"Targets": [topic_target("room")]}));
}

#[test]
fn put_rule_refuses_what_eventbridge_refuses() {
    let mut world = world();
    for (input, code) in [
        (json!({"Name": "", "EventPattern": PATTERN}), "ValidationException"),
        (json!({"Name": "a b", "EventPattern": PATTERN}), "ValidationException"),
        (json!({"Name": "x".repeat(65), "EventPattern": PATTERN}), "ValidationException"),
        (json!({"Name": "r"}), "ValidationException"),
        (json!({"Name": "r", "EventPattern": PATTERN, "State": "ON"}), "ValidationException"),
        (
            json!({"Name": "r", "EventPattern": PATTERN, "Description": "x".repeat(513)}),
            "ValidationException",
        ),
        (json!({"Name": "r", "EventPattern": "{\"a\":1}"}), "InvalidEventPatternException"),
        (json!({"Name": "r", "EventPattern": "{"}), "InvalidEventPatternException"),
        (json!({"Name": "r", "EventPattern": PATTERN, "EventBusName": "other"}), "ResourceNotFoundException"),
    ] {
        assert_eq!(refused(&mut world, "events:PutRule", input.clone()), code, "{input}");
    }
    let error = refusal(&mut world, "events:PutRule", json!({"Name": "r", "EventPattern": "{\"a\":1}"}));
    assert_eq!(error.message, "Event pattern is not valid. Reason: \"a\" must be an object or an array");
}

#[test]
fn the_default_bus_may_be_named_or_given_by_arn() {
    let mut world = world();
    for bus in ["default".to_owned(), format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default")] {
        ask(&mut world, "events:PutRule", json!({"Name": "r", "EventPattern": PATTERN, "EventBusName": bus}));
    }
    let foreign = format!("arn:aws:events:{REGION}:{OTHER_ACCOUNT}:event-bus/default");
    let input = json!({"Name": "r", "EventPattern": PATTERN, "EventBusName": foreign});
    assert_eq!(refused(&mut world, "events:PutRule", input), "ResourceNotFoundException");
}

#[test]
fn a_rule_is_switched_by_its_name() {
    let mut world = world();
    rule(&mut world, "deploys");
    for (operation, state) in [("events:DisableRule", "DISABLED"), ("events:EnableRule", "ENABLED")] {
        ask(&mut world, operation, json!({"Name": "deploys"}));
        assert_eq!(ask(&mut world, "events:DescribeRule", json!({"Name": "deploys"}))["State"], state);
    }
    let error = refusal(&mut world, "events:EnableRule", json!({"Name": "none"}));
    assert_eq!(error.message, "Rule none does not exist on EventBus default.");
}

#[test]
fn lists_come_in_pages_by_prefix() {
    let mut world = world();
    for name in ["a-1", "a-2", "a-3", "b-1"] {
        rule(&mut world, name);
    }
    let first = ask(&mut world, "events:ListRules", json!({"NamePrefix": "a-", "Limit": 2}));
    let second = ask(
        &mut world,
        "events:ListRules",
        json!({"NamePrefix": "a-", "Limit": 2, "NextToken": first["NextToken"]}),
    );
    let names = |page: &Value| -> Vec<String> {
        page["Rules"]
            .as_array()
            .expect("rules")
            .iter()
            .map(|rule| rule["Name"].as_str().unwrap_or("").into())
            .collect()
    };
    assert_eq!((names(&first), names(&second)), (vec!["a-1".into(), "a-2".into()], vec!["a-3".into()]));
    assert_eq!(second.get("NextToken"), None);
    for input in [json!({"Limit": 0}), json!({"Limit": 101}), json!({"NextToken": "!"})] {
        assert_eq!(refused(&mut world, "events:ListRules", input), "ValidationException");
    }
}

#[test]
fn a_rule_with_targets_stays_and_a_missing_rule_is_deleted_again() {
    let mut world = world();
    rule(&mut world, "deploys");
    ask(&mut world, "events:PutTargets", put_target(topic_target("room")));
    let error = refusal(&mut world, "events:DeleteRule", json!({"Name": "deploys"}));
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        ("ValidationException", "Rule can't be deleted since it has targets.")
    );
    ask(&mut world, "events:RemoveTargets", json!({"Rule": "deploys", "Ids": ["room", "unknown"]}));
    ask(&mut world, "events:DeleteRule", json!({"Name": "deploys"}));
    ask(&mut world, "events:DeleteRule", json!({"Name": "deploys"}));
}

#[test]
fn a_rule_has_five_targets_at_most_and_each_id_once() {
    let mut world = world();
    rule(&mut world, "deploys");
    let targets: Vec<Value> = (0..5).map(|number| topic_target(&format!("t{number}"))).collect();
    let answer = ask(&mut world, "events:PutTargets", json!({"Rule": "deploys", "Targets": targets}));
    assert_eq!(answer, json!({"FailedEntryCount": 0, "FailedEntries": []}));
    assert_eq!(
        refused(&mut world, "events:PutTargets", put_target(topic_target("t5"))),
        "LimitExceededException"
    );
    let mut changed = topic_target("t4");
    changed["Input"] = "{}".into();
    ask(&mut world, "events:PutTargets", put_target(changed.clone()));
    let listed = ask(&mut world, "events:ListTargetsByRule", json!({"Rule": "deploys"}));
    assert_eq!(listed["Targets"][4], changed);
    assert_eq!(listed["Targets"].as_array().map(Vec::len), Some(5));
}

#[test]
fn a_target_can_be_refused_by_itself_under_status_200() {
    let mut world = world();
    rule(&mut world, "deploys");
    world.region(ACCOUNT, REGION).events.failing_targets.insert("bad".to_owned());
    let targets = json!({"Rule": "deploys", "Targets": [topic_target("good"), topic_target("bad")]});
    let answer = ask(&mut world, "events:PutTargets", targets);
    assert_eq!(answer["FailedEntryCount"], 1);
    assert_eq!(answer["FailedEntries"][0]["TargetId"], "bad");
    let listed = ask(&mut world, "events:ListTargetsByRule", json!({"Rule": "deploys"}));
    assert_eq!(listed, json!({"Targets": [topic_target("good")]}));
}

#[test]
fn put_targets_refuses_what_eventbridge_refuses() {
    let mut world = world();
    rule(&mut world, "deploys");
    let with = |member: &str, value: Value| {
        let mut target = topic_target("t");
        target[member] = value;
        target
    };
    let bus = format!("arn:aws:events:{REGION}:{OTHER_ACCOUNT}:event-bus/default");
    for (target, text) in [
        (topic_target("a b"), "targets.1.member.id"),
        (with("Arn", "room".into()), "Provided Arn is not in correct format."),
        (with("Arn", format!("arn:aws:sns:us-east-1:{ACCOUNT}:room").into()), "same Region"),
        (json!({"Id": "t", "Arn": bus, "Input": "{}", "RoleArn": "arn:aws:iam::1:role/r"}), "not supported"),
        (json!({"Id": "t", "Arn": bus, "InputPath": "$.detail"}), "not supported"),
        (json!({"Id": "t", "Arn": bus, "InputTransformer": {"InputTemplate": "\"a\""}}), "not supported"),
        (with("Input", "not json".into()), "Input for target t is not a valid JSON text."),
        (
            json!({"Id": "t", "Arn": topic_target("t")["Arn"], "Input": "{}", "InputPath": "$"}),
            "Only one of Input, InputPath, or InputTransformer must be provided for target t.",
        ),
        (
            with("InputTransformer", json!({"InputTemplate": "\"<v>\""})),
            "InputTemplate for target t contains invalid placeholder v.",
        ),
        (with("InputTransformer", json!({"InputTemplate": "plain"})), "Invalid InputTemplate for target t"),
        (with("InputTransformer", json!({"InputTemplate": format!("\"{}\"", "x".repeat(8191))})), "8192"),
        (
            with("DeadLetterConfig", json!({"Arn": format!("arn:aws:sqs:us-east-1:{ACCOUNT}:q")})),
            "Dead-letter",
        ),
        (
            with("DeadLetterConfig", json!({"Arn": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:q.fifo")})),
            "Dead-letter",
        ),
        (with("RetryPolicy", json!({"MaximumRetryAttempts": 186})), "less than or equal to 185"),
        (with("RetryPolicy", json!({"MaximumEventAgeInSeconds": 59})), "greater than or equal to 60"),
    ] {
        let error = refusal(&mut world, "events:PutTargets", put_target(target.clone()));
        assert_eq!(error.code, "ValidationException", "{target}");
        assert!(error.message.contains(text), "{target}: {}", error.message);
    }
    let none = json!({"Rule": "none", "Targets": [topic_target("t")]});
    assert_eq!(refused(&mut world, "events:PutTargets", none), "ResourceNotFoundException");
}

#[test]
fn the_rules_of_a_target_are_listed() {
    let mut world = world();
    for name in ["deploys", "other"] {
        rule(&mut world, name);
    }
    ask(&mut world, "events:PutTargets", put_target(topic_target("room")));
    let answer =
        ask(&mut world, "events:ListRuleNamesByTarget", json!({"TargetArn": topic_target("room")["Arn"]}));
    assert_eq!(answer, json!({"RuleNames": ["deploys"]}));
}

#[test]
fn tags_are_set_and_taken_away_one_by_one() {
    let mut world = world();
    let arn = rule(&mut world, "deploys");
    let tags = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]);
    ask(&mut world, "events:TagResource", json!({"ResourceARN": arn, "Tags": tags}));
    ask(&mut world, "events:UntagResource", json!({"ResourceARN": arn, "TagKeys": ["a"]}));
    let listed = ask(&mut world, "events:ListTagsForResource", json!({"ResourceARN": arn}));
    assert_eq!(listed, json!({"Tags": [{"Key": "b", "Value": ""}]}));
    let gone = json!({"ResourceARN": format!("{arn}-gone"), "Tags": []});
    assert_eq!(refused(&mut world, "events:TagResource", gone), "ResourceNotFoundException");
}

#[test]
fn a_pattern_is_tested_against_a_whole_event() {
    let mut world = world();
    let event = json!({
        "id": "1", "account": ACCOUNT, "source": "aws.ecs", "time": "2026-11-20T10:00:00Z", "region": REGION,
        "resources": [], "detail-type": "x", "detail": {},
    });
    let test = |event: &Value| json!({"EventPattern": PATTERN, "Event": event.to_string()});
    assert_eq!(ask(&mut world, "events:TestEventPattern", test(&event)), json!({"Result": true}));
    let mut partial = event.clone();
    partial.as_object_mut().expect("an object").remove("time");
    assert_eq!(refused(&mut world, "events:TestEventPattern", test(&partial)), "ValidationException");
}

#[test]
fn events_are_refused_one_by_one() {
    let mut world = world();
    let entry = |source: &str, detail: &str| json!({"Source": source, "DetailType": "t", "Detail": detail});
    let entries = json!([
        entry("custom.ecs", "{}"), entry("aws.ecs", "{}"), entry("custom", "[]"),
        {"DetailType": "t", "Detail": "{}"},
    ]);
    let answer = ask(&mut world, "events:PutEvents", json!({"Entries": entries}));
    let codes: Vec<&Value> =
        answer["Entries"].as_array().expect("entries").iter().map(|one| &one["ErrorCode"]).collect();
    assert_eq!(
        codes,
        [
            &Value::Null,
            &json!("NotAuthorizedForSourceException"),
            &json!("MalformedDetail"),
            &json!("InvalidArgument")
        ]
    );
    assert_eq!(answer["FailedEntryCount"], 3);
    assert!(answer["Entries"][0]["EventId"].is_string());
}

#[test]
fn one_to_ten_events_of_less_than_a_mebibyte_are_taken() {
    let mut world = world();
    let entry = |detail: &str| json!({"Source": "custom", "DetailType": "t", "Detail": detail});
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(600_000));
    for entries in [vec![], vec![entry("{}"); 11], vec![entry(&large); 2]] {
        assert_eq!(
            refused(&mut world, "events:PutEvents", json!({"Entries": entries})),
            "ValidationException"
        );
    }
}

#[test]
fn a_custom_event_reaches_the_targets_of_its_rule() {
    let mut world = world();
    let queue = open_queue(&mut world, "events");
    ask(&mut world, "events:PutRule", json!({"Name": "deploys", "EventPattern": r#"{"source":["custom"]}"#}));
    ask(&mut world, "events:PutTargets", put_target(json!({"Id": "q", "Arn": queue})));
    let entry = json!({
        "Source": "custom", "DetailType": "t", "Detail": "{\"n\":1}", "Resources": ["r"], "Time": 1_790_000_000,
    });
    let answer = ask(&mut world, "events:PutEvents", json!({"Entries": [entry]}));
    let received = messages(&mut world, "events");
    let event: Value = serde_json::from_str(received[0]["Body"].as_str().expect("a body")).expect("an event");
    assert_eq!(
        event,
        json!({
            "version": "0", "id": answer["Entries"][0]["EventId"], "source": "custom", "detail-type": "t",
            "account": ACCOUNT, "region": REGION, "time": "2026-09-21T14:13:20Z", "resources": ["r"],
            "detail": {"n": 1},
        })
    );
}
