//! Whatever somebody changes or removes by hand is found, field by field, and
//! put back; everything else is left alone.

use serde_json::{Value, json};

use super::inventory::Inventory;
use super::support::{CHANNEL, DEV, PIPELINE, Run, SEOUL, Stage, one_region};

const RULE: &str = "ap-northeast-2 rule foghorn-deploys";
const TOPIC: &str = "ap-northeast-2 topic foghorn-deploys";
const QUEUE: &str = "ap-northeast-2 queue foghorn-deploys-dead-letters";
const ALARM: &str = "ap-northeast-2 alarm foghorn-deploys-failed-invocations";
const CONFIGURATION: &str = "global configuration foghorn-T0123ABCD-C0123ABCD";
const TOPIC_ARN: &str = "arn:aws:sns:ap-northeast-2:111111111111:foghorn-deploys";
const CONFIGURATION_ARN: &str =
    "arn:aws:chatbot::111111111111:chat-configuration/slack-channel/foghorn-T0123ABCD-C0123ABCD";

/// One thing done by hand, and what comes of it.
struct Drift {
    /// What somebody did: calls in the account.
    done: Vec<(&'static str, Value)>,
    /// The one change that the plan holds, as `action kind name @ location`.
    change: &'static str,
    /// The fields that it shows.
    fields: &'static [&'static str],
    /// The write calls that put it back.
    writes: &'static [&'static str],
}

fn stage() -> Stage {
    Stage::applied(&fleet())
}

fn fleet() -> String {
    one_region(PIPELINE).replace("  pipelines:", "  tags: { team: sre }\n  pipelines:")
}

/// Chatbot has no endpoint in most Regions; every other service is changed in
/// Seoul.
fn place(action: &str) -> &'static str {
    if action.starts_with("chatbot:") { "us-east-2" } else { SEOUL }
}

/// What stands in the account, without the times of the last writing.
fn settled(stage: &Stage) -> Inventory {
    let mut inventory = stage.inventory(DEV);
    for thing in inventory.values_mut().filter_map(Value::as_object_mut) {
        thing.retain(|member, _| !member.ends_with("Timestamp"));
        if let Some(attributes) = thing.get_mut("Attributes").and_then(Value::as_object_mut) {
            attributes.retain(|name, _| !name.ends_with("Timestamp"));
        }
    }
    inventory
}

/// Something that stands in the account, with some of its members changed.
fn changed(stage: &Stage, thing: &str, members: &Value) -> Value {
    with(stage.inventory(DEV)[thing].clone(), members)
}

fn with(mut thing: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().into_iter().flatten() {
        thing[name] = value.clone();
    }
    thing
}

fn target(stage: &Stage) -> Value {
    stage.inventory(DEV)[RULE]["Targets"][0].clone()
}

/// Drifts, is found, and is put back; the plan is clean afterwards, and all
/// things are as they were.
fn is_repaired(stage: &Stage, drift: &Drift) {
    is_found_and_repaired(stage, drift, 2);
}

/// The same, found by a plan that ends with this exit code.
fn is_found_and_repaired(stage: &Stage, drift: &Drift, code: i32) {
    let before = settled(stage);
    for (action, input) in &drift.done {
        stage.by_hand(DEV, place(action), action, input.clone());
    }
    assert_ne!(settled(stage), before, "{:?} changes nothing", drift.done);
    stage.forget_calls();
    let run = stage.plan(&fleet()).ended(code);
    assert_eq!(run.changes(), [format!("{}: planned", drift.change)], "{:?}", drift.done);
    let change = &run.all("changes")[0];
    let fields = change["fields"].as_array().cloned().unwrap_or_default();
    let fields: Vec<&str> = fields.iter().filter_map(|field| field["path"].as_str()).collect();
    assert_eq!(fields, drift.fields, "{:?}", drift.done);
    assert_eq!(stage.writes(), [""; 0]);
    let run = stage.apply(&fleet()).ended(0);
    assert_eq!(run.changes(), [format!("{}: applied", drift.change)]);
    assert_eq!(stage.writes(), drift.writes, "{:?}", drift.done);
    assert_eq!(settled(stage), before);
    assert_eq!(stage.plan(&fleet()).ended(0).changes(), [""; 0]);
}

#[test]
fn a_rule_that_was_changed_by_hand_is_put_back() {
    let stage = stage();
    let pattern = json!({ "source": ["aws.ecs"], "detail-type": ["ECS Task State Change"] }).to_string();
    let puts = [
        ("events:DisableRule", json!({ "Name": "foghorn-deploys" }), &["/state"][..]),
        ("events:PutRule", changed(&stage, RULE, &json!({ "Description": "hands off" })), &["/description"]),
        ("events:PutRule", changed(&stage, RULE, &json!({ "EventPattern": pattern })), &["/pattern"]),
        (
            "events:PutRule",
            changed(&stage, RULE, &json!({ "State": "DISABLED", "Description": null })),
            &["/description", "/state"],
        ),
    ];
    for (action, input, fields) in puts {
        is_repaired(
            &stage,
            &Drift {
                done: vec![(action, input)],
                change: "update Rule foghorn-deploys @ ap-northeast-2",
                fields,
                writes: &["events:PutRule"],
            },
        );
    }
}

#[test]
fn a_target_that_was_changed_by_hand_is_put_back() {
    let stage = stage();
    let other = "arn:aws:sns:ap-northeast-2:111111111111:other";
    let transformer = json!({ "InputPathsMap": { "r": "$.detail.reason" }, "InputTemplate": "\"<r>\"" });
    let without = |member: &str| with(target(&stage), &json!({ member: null }));
    let puts = [
        (with(target(&stage), &json!({ "Arn": other })), &["/arn"][..]),
        (with(target(&stage), &json!({ "InputTransformer": transformer })), &["/transformer"]),
        (without("InputTransformer"), &["/transformer"]),
        (with(without("InputTransformer"), &json!({ "Input": "{}" })), &["/input", "/transformer"]),
        (
            with(without("InputTransformer"), &json!({ "InputPath": "$.detail" })),
            &["/inputPath", "/transformer"],
        ),
        (without("DeadLetterConfig"), &["/deadLetterArn"]),
        (without("RetryPolicy"), &["/retryPolicy"]),
        (with(target(&stage), &json!({ "RetryPolicy": { "MaximumRetryAttempts": 0 } })), &["/retryPolicy"]),
    ];
    for (put, fields) in puts {
        is_repaired(
            &stage,
            &Drift {
                done: vec![("events:PutTargets", json!({ "Rule": "foghorn-deploys", "Targets": [put] }))],
                change: "update Target foghorn-deploys/topic @ ap-northeast-2",
                fields,
                writes: &["events:PutTargets"],
            },
        );
    }
}

#[test]
fn a_role_that_a_target_got_by_hand_leaves_the_path_unknown_and_is_taken_away() {
    let stage = stage();
    let role = "arn:aws:iam::111111111111:role/foghorn-chat";
    let target = with(target(&stage), &json!({ "RoleArn": role }));
    let drift = Drift {
        done: vec![("events:PutTargets", json!({ "Rule": "foghorn-deploys", "Targets": [target] }))],
        change: "update Target foghorn-deploys/topic @ ap-northeast-2",
        fields: &["/roleArn"],
        writes: &["events:PutTargets"],
    };
    // What a role may do is not read, so nobody knows whether events get through.
    is_found_and_repaired(&stage, &drift, 3);
}

#[test]
fn what_was_removed_by_hand_is_made_again() {
    let stage = stage();
    let remove = ("events:RemoveTargets", json!({ "Rule": "foghorn-deploys", "Ids": ["topic"] }));
    let queue = format!("{}/{DEV}/foghorn-deploys-dead-letters", stage.url());
    for drift in [
        Drift {
            done: vec![remove],
            change: "create Target foghorn-deploys/topic @ ap-northeast-2",
            fields: &[],
            writes: &["events:PutTargets"],
        },
        Drift {
            done: vec![("sqs:DeleteQueue", json!({ "QueueUrl": queue }))],
            change: "create Queue foghorn-deploys-dead-letters @ ap-northeast-2",
            fields: &[],
            writes: &["sqs:CreateQueue"],
        },
        Drift {
            done: vec![(
                "cloudwatch:DeleteAlarms",
                json!({ "AlarmNames": ["foghorn-deploys-failed-invocations"] }),
            )],
            change: "create Alarm foghorn-deploys-failed-invocations @ ap-northeast-2",
            fields: &[],
            writes: &["cloudwatch:PutMetricAlarm"],
        },
    ] {
        is_repaired(&stage, &drift);
    }
}

#[test]
fn a_configuration_that_was_removed_by_hand_is_made_again_and_heard() {
    let stage = stage();
    let remove = json!({ "ChatConfigurationArn": CONFIGURATION_ARN });
    let drift = Drift {
        done: vec![("chatbot:DeleteSlackChannelConfiguration", remove)],
        change: "create ChatConfiguration foghorn-T0123ABCD-C0123ABCD @ global",
        fields: &[],
        writes: &["chatbot:CreateSlackChannelConfiguration"],
    };
    // Its subscriptions come back under other ids.
    let before: Vec<String> = stage.inventory(DEV).into_keys().collect();
    for (action, input) in &drift.done {
        stage.by_hand(DEV, place(action), action, input.clone());
    }
    assert!(!stage.plan(&fleet()).ended(2).is_heard());
    let run = stage.apply(&fleet()).ended(0);
    assert_eq!(run.changes(), [format!("{}: applied", drift.change)]);
    assert_eq!(stage.writes(), drift.writes);
    assert!(run.is_heard());
    assert_eq!(stage.inventory(DEV).into_keys().collect::<Vec<_>>(), before);
}

#[test]
fn a_rule_that_was_removed_by_hand_is_made_again_with_its_target() {
    let stage = stage();
    let before = settled(&stage);
    let rule = "foghorn-deploys";
    stage.by_hand(DEV, SEOUL, "events:RemoveTargets", json!({ "Rule": rule, "Ids": ["topic"] }));
    stage.by_hand(DEV, SEOUL, "events:DeleteRule", json!({ "Name": rule }));
    let run = stage.plan(&fleet()).ended(2);
    assert_eq!(run.all("paths")[0]["brokenAt"], "rule");
    stage.apply(&fleet()).ended(0);
    assert_eq!(stage.writes(), ["events:PutRule", "events:PutTargets"]);
    assert_eq!(settled(&stage), before);
}

#[test]
fn a_topic_that_was_removed_by_hand_is_made_again_and_what_no_call_can_do_is_said() {
    let stage = stage();
    stage.by_hand(DEV, SEOUL, "sns:DeleteTopic", json!({ "TopicArn": TOPIC_ARN }));
    // AWS Chatbot subscribes itself to a topic when its configuration takes
    // the topic in, and at no other time.
    assert_broken_at(&stage.plan(&fleet()).ended(2), "topic", "before that, remove the topic from");
    let run = stage.apply(&fleet()).ended(2);
    assert_eq!(stage.writes(), ["sns:CreateTopic"]);
    assert_broken_at(&run, "subscription", "and save; the next foghorn apply adds it again");
    take_all_topics_out(&stage);
    assert!(stage.apply(&fleet()).ended(0).is_heard());
}

#[test]
fn a_topic_that_is_taken_out_of_its_configuration_first_comes_back_with_one_apply() {
    let stage = stage();
    stage.by_hand(DEV, SEOUL, "sns:DeleteTopic", json!({ "TopicArn": TOPIC_ARN }));
    take_all_topics_out(&stage);
    assert!(stage.apply(&fleet()).ended(0).is_heard());
}

#[test]
fn a_configuration_that_was_moved_to_another_channel_is_not_promised_by_apply() {
    let stage = stage();
    let moved = json!({ "ChatConfigurationArn": CONFIGURATION_ARN, "SlackChannelId": "C0OTHERROOM" });
    stage.by_hand(DEV, "us-east-2", "chatbot:UpdateSlackChannelConfiguration", moved);
    let run = stage.plan(&fleet()).ended(2);
    assert_broken_at(
        &run,
        "chatConfiguration",
        "can't make it: a configuration of this name exists for another channel",
    );
}

fn assert_broken_at(run: &Run, hop: &str, why: &str) {
    let path = &run.all("paths")[0];
    assert_eq!(path["brokenAt"], hop);
    assert!(path["why"].as_str().unwrap_or_default().contains(why), "{path}");
}

/// Leaves the channel's configuration without a topic, as a person does in the
/// console.
fn take_all_topics_out(stage: &Stage) {
    let settings =
        json!({ "ChatConfigurationArn": CONFIGURATION_ARN, "SlackChannelId": CHANNEL, "SnsTopicArns": [] });
    stage.by_hand(DEV, "us-east-2", "chatbot:UpdateSlackChannelConfiguration", settings);
}

/// A statement of someone else's.
fn foreign(resource: &str, action: &str) -> Value {
    json!({
        "Sid": "theirs", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::222222222222:root" },
        "Action": action, "Resource": resource,
    })
}

fn policy(thing: &Value) -> Value {
    let text = thing["Attributes"]["$map"]["Policy"].as_str().or(thing["Attributes"]["Policy"].as_str());
    serde_json::from_str(text.unwrap_or_default()).expect("a policy")
}

fn statements(statements: &[&Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

#[test]
fn our_statement_is_put_back_into_a_topic_policy_and_theirs_stays() {
    let stage = stage();
    let ours = policy(&stage.inventory(DEV)[TOPIC])["Statement"][0].clone();
    let theirs = foreign(TOPIC_ARN, "sns:Publish");
    let altered = with(ours.clone(), &json!({ "Condition": {} }));
    let set = |policy: String| json!({ "TopicArn": TOPIC_ARN, "AttributeName": "Policy", "AttributeValue": policy });
    stage.by_hand(DEV, SEOUL, "sns:SetTopicAttributes", set(statements(&[&theirs, &ours])));
    // What others add is none of our business.
    stage.plan(&fleet()).ended(0);
    for policy in [statements(&[&theirs]), statements(&[&theirs, &altered])] {
        is_repaired(
            &stage,
            &Drift {
                done: vec![("sns:SetTopicAttributes", set(policy))],
                change: "update Topic foghorn-deploys @ ap-northeast-2",
                fields: &["/policy"],
                writes: &["sns:SetTopicAttributes"],
            },
        );
    }
    assert_eq!(policy(&stage.inventory(DEV)[TOPIC])["Statement"], json!([theirs, ours]));
}

#[test]
fn a_policy_that_means_the_same_makes_no_drift() {
    let stage = stage();
    let ours = policy(&stage.inventory(DEV)[TOPIC])["Statement"][0].clone();
    let principal = json!({ "Service": ["events.amazonaws.com"] });
    let same =
        with(ours, &json!({ "Action": ["SNS:Publish"], "Resource": [TOPIC_ARN], "Principal": principal }));
    let input = json!({
        "TopicArn": TOPIC_ARN, "AttributeName": "Policy",
        "AttributeValue": json!({ "Statement": same }).to_string(),
    });
    stage.by_hand(DEV, SEOUL, "sns:SetTopicAttributes", input);
    stage.apply(&fleet()).ended(0);
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn a_queue_that_was_changed_by_hand_is_put_back() {
    let stage = stage();
    let url = format!("{}/{DEV}/foghorn-deploys-dead-letters", stage.url());
    let arn = "arn:aws:sqs:ap-northeast-2:111111111111:foghorn-deploys-dead-letters";
    let ours = policy(&stage.inventory(DEV)[QUEUE])["Statement"][0].clone();
    let theirs = foreign(arn, "sqs:ReceiveMessage");
    let set = |name: &str, value: &str| json!({ "QueueUrl": url, "Attributes": { name: value } });
    stage.by_hand(DEV, SEOUL, "sqs:SetQueueAttributes", set("Policy", &statements(&[&theirs, &ours])));
    stage.plan(&fleet()).ended(0);
    for (input, fields) in [
        (set("MessageRetentionPeriod", "60"), &["/retentionSeconds"][..]),
        (set("Policy", &statements(&[&theirs])), &["/policy"]),
    ] {
        is_repaired(
            &stage,
            &Drift {
                done: vec![("sqs:SetQueueAttributes", input)],
                change: "update Queue foghorn-deploys-dead-letters @ ap-northeast-2",
                fields,
                writes: &["sqs:SetQueueAttributes"],
            },
        );
    }
    // Without any policy at all.
    stage.by_hand(DEV, SEOUL, "sqs:SetQueueAttributes", set("Policy", ""));
    stage.apply(&fleet()).ended(0);
    assert_eq!(policy(&stage.inventory(DEV)[QUEUE])["Statement"], json!([ours]));
}

#[test]
fn an_alarm_that_was_changed_by_hand_is_put_back() {
    let stage = stage();
    let with_bus = json!([
        { "Name": "RuleName", "Value": "foghorn-deploys" }, { "Name": "EventBusName", "Value": "default" }
    ]);
    let other = "arn:aws:sns:ap-northeast-2:111111111111:other";
    let mine = "arn:aws:sns:ap-northeast-2:111111111111:mine";
    for (members, fields) in [
        (json!({ "Threshold": 100.0 }), &["/threshold"][..]),
        (json!({ "AlarmActions": [] }), &["/alarmActions"]),
        (json!({ "ActionsEnabled": false }), &["/actionsEnabled"]),
        (json!({ "Dimensions": with_bus }), &["/dimensions"]),
        (json!({ "TreatMissingData": "missing" }), &["/treatMissingData"]),
        (json!({ "Statistic": "Average", "Period": 60 }), &["/periodSeconds", "/statistic"]),
        (
            json!({ "EvaluationPeriods": 3, "DatapointsToAlarm": 3 }),
            &["/datapointsToAlarm", "/evaluationPeriods"],
        ),
        (json!({ "ComparisonOperator": "LessThanThreshold" }), &["/comparison"]),
        (json!({ "MetricName": "Invocations", "Namespace": "Mine" }), &["/metric", "/namespace"]),
        (json!({ "AlarmDescription": null }), &["/description"]),
        (json!({ "Unit": "Bytes" }), &["/unit"]),
    ] {
        is_repaired(
            &stage,
            &Drift {
                done: vec![("cloudwatch:PutMetricAlarm", changed(&stage, ALARM, &members))],
                change: "update Alarm foghorn-deploys-failed-invocations @ ap-northeast-2",
                fields,
                writes: &["cloudwatch:PutMetricAlarm"],
            },
        );
    }
    // Actions that others added survive a repair, beside ours where it was taken out.
    let by_others = json!({ "Threshold": 7.0, "OKActions": [mine], "AlarmActions": [other] });
    stage.by_hand(DEV, SEOUL, "cloudwatch:PutMetricAlarm", changed(&stage, ALARM, &by_others));
    stage.apply(&fleet()).ended(0);
    let alarm = &stage.inventory(DEV)[ALARM];
    assert_eq!((&alarm["OKActions"], alarm["Threshold"].as_f64()), (&json!([mine]), Some(1.0)));
    let ours = "arn:aws:sns:ap-northeast-2:111111111111:foghorn-T0123ABCD-C0123ABCD-alarms";
    assert_eq!(alarm["AlarmActions"], json!([ours, other]));
}

#[test]
fn a_muted_alarm_is_a_finding_and_not_only_a_change() {
    let stage = stage();
    let names = json!({ "AlarmNames": ["foghorn-deploys-failed-invocations"] });
    stage.by_hand(DEV, SEOUL, "cloudwatch:DisableAlarmActions", names);
    let run = stage.plan(&fleet()).ended(2);
    assert_eq!(run.findings("alarmMuted").len(), 1, "{}", run.stdout);
    assert_eq!(stage.apply(&fleet()).ended(0).findings("alarmMuted"), [""; 0]);
}

#[test]
fn a_chat_configuration_that_was_changed_by_hand_is_put_back() {
    let stage = stage();
    // The member role stands for any other one that Chatbot may take.
    let role = "arn:aws:iam::111111111111:role/foghorn";
    for (members, fields) in [
        (json!({ "IamRoleArn": role }), &["/iamRoleArn"][..]),
        (
            json!({ "GuardrailPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"] }),
            &["/guardrailPolicyArns"],
        ),
        (json!({ "LoggingLevel": "NONE" }), &["/loggingLevel"]),
        (json!({ "UserAuthorizationRequired": true }), &["/userAuthorizationRequired"]),
    ] {
        let input =
            with(json!({ "ChatConfigurationArn": CONFIGURATION_ARN, "SlackChannelId": CHANNEL }), &members);
        is_repaired(
            &stage,
            &Drift {
                done: vec![("chatbot:UpdateSlackChannelConfiguration", input)],
                change: "update ChatConfiguration foghorn-T0123ABCD-C0123ABCD @ global",
                fields,
                writes: &["chatbot:UpdateSlackChannelConfiguration"],
            },
        );
    }
}

#[test]
fn a_topic_that_was_taken_out_of_the_configuration_is_fed_in_again_beside_those_of_others() {
    let stage = stage();
    let theirs = stage.by_hand(DEV, SEOUL, "sns:CreateTopic", json!({ "Name": "theirs" }));
    let theirs = &theirs["TopicArn"];
    let action = "chatbot:UpdateSlackChannelConfiguration";
    let input = json!({
        "ChatConfigurationArn": CONFIGURATION_ARN, "SlackChannelId": CHANNEL, "SnsTopicArns": [theirs],
    });
    stage.by_hand(DEV, "us-east-2", action, input);
    let run = stage.plan(&fleet()).ended(2);
    assert_eq!(run.all("paths")[0]["brokenAt"], "chatConfiguration");
    let run = stage.apply(&fleet()).ended(0);
    assert_eq!(stage.writes(), [action]);
    assert!(run.is_heard());
    let topics = stage.inventory(DEV)[CONFIGURATION]["SnsTopicArns"].clone();
    let topics = topics.as_array().cloned().unwrap_or_default();
    assert!(topics.contains(theirs) && topics.contains(&json!(TOPIC_ARN)), "{topics:?}");
    assert_eq!(topics.len(), 4, "{topics:?}");
}

#[test]
fn a_tag_that_was_changed_by_hand_is_put_back_and_the_tags_of_others_stay() {
    let stage = stage();
    let url = format!("{}/{DEV}/foghorn-deploys-dead-letters", stage.url());
    let tags = json!([{ "Key": "team", "Value": "web" }, { "Key": "cost", "Value": "42" }]);
    let rule = "arn:aws:events:ap-northeast-2:111111111111:rule/foghorn-deploys";
    let alarm = "arn:aws:cloudwatch:ap-northeast-2:111111111111:alarm:foghorn-deploys-failed-invocations";
    let chat_tags = json!([{ "TagKey": "team", "TagValue": "web" }, { "TagKey": "cost", "TagValue": "42" }]);
    for (action, input) in [
        ("events:TagResource", json!({ "ResourceARN": rule, "Tags": tags })),
        ("sns:TagResource", json!({ "ResourceArn": TOPIC_ARN, "Tags": tags })),
        ("sqs:TagQueue", json!({ "QueueUrl": url, "Tags": { "team": "web", "cost": "42" } })),
        ("cloudwatch:TagResource", json!({ "ResourceARN": alarm, "Tags": tags })),
        ("chatbot:TagResource", json!({ "ResourceARN": CONFIGURATION_ARN, "Tags": chat_tags })),
    ] {
        stage.by_hand(DEV, place(action), action, input);
        let run = stage.plan(&fleet()).ended(2);
        let change = &run.all("changes")[0];
        let shown = json!([{ "path": "/tags/team", "observed": "web", "desired": "sre" }]);
        assert_eq!(change["fields"], shown, "{action}");
        stage.forget_calls();
        stage.apply(&fleet()).ended(0);
        assert_eq!(stage.writes(), [action]);
    }
    for thing in [RULE, TOPIC, QUEUE, ALARM, CONFIGURATION] {
        let tags = stage.inventory(DEV)[thing]["Tags"].to_string();
        assert!(tags.contains("sre") && tags.contains("42") && !tags.contains("web"), "{thing} {tags}");
    }
}

#[test]
fn what_others_put_beside_ours_is_left_alone() {
    let stage = stage();
    let theirs = with(target(&stage), &json!({ "Id": "theirs", "InputTransformer": null }));
    let input = json!({ "Rule": "foghorn-deploys", "Targets": [theirs] });
    stage.by_hand(DEV, SEOUL, "events:PutTargets", input);
    stage.by_hand(DEV, SEOUL, "sqs:CreateQueue", json!({ "QueueName": "foghorn-something-else" }));
    let before = stage.inventory(DEV);
    stage.apply(&fleet()).ended(0);
    assert_eq!(stage.writes(), [""; 0]);
    assert_eq!(stage.inventory(DEV), before);
}
