//! What the fleet does not own is never touched: it is reported, and everything
//! else is built.

use serde_json::{Value, json};

use super::inventory::Inventory;
use super::support::{CHANNEL, DEV, PIPELINE, SEOUL, Stage, WORKSPACE, one_region};

const CONFIGURATION: &str = "global configuration foghorn-T0123ABCD-C0123ABCD";

fn fleet() -> String {
    one_region(PIPELINE)
}

fn adopting() -> String {
    fleet().replace("channelId: C0123ABCD }", "channelId: C0123ABCD, adopt: true }")
}

/// Tags of another fleet, as most services write them.
fn others_tags() -> Value {
    json!([{ "Key": "foghorn.dev/fleet", "Value": "other" }])
}

/// An account in which somebody has made something under a name that the fleet
/// needs.
fn stage(action: &str, input: Value) -> Stage {
    let stage = Stage::bootstrapped();
    stage.by_hand(DEV, SEOUL, action, input);
    stage
}

/// Applies, and holds what stood there before against what stands there after.
/// Gives back what was made.
fn is_left_alone(stage: &Stage, thing: &str, change: &str) -> Inventory {
    let before = stage.inventory(DEV);
    assert!(before.contains_key(thing), "{:?}", before.keys());
    for run in [stage.plan(&fleet()), stage.apply(&fleet()), stage.apply(&fleet())] {
        let run = run.ended(2);
        assert!(run.changes().contains(&format!("{change}: planned")), "{:?}", run.changes());
        let taken = run.findings("nameTaken");
        assert_eq!(taken.len(), 1, "{taken:?}");
        assert!(!run.is_heard() || thing.contains("alarm") || thing.contains("queue"), "{thing}");
    }
    let mut after = stage.inventory(DEV);
    for (name, thing) in &before {
        assert_eq!(after.remove(name).as_ref(), Some(thing), "{name}");
    }
    after
}

fn names(inventory: &Inventory) -> Vec<&str> {
    inventory.keys().map(String::as_str).collect()
}

#[test]
fn a_rule_of_someone_else_keeps_its_name_and_its_targets() {
    for tags in [json!([]), others_tags()] {
        let stage = stage(
            "events:PutRule",
            json!({ "Name": "foghorn-deploys", "ScheduleExpression": "rate(1 day)", "Tags": tags }),
        );
        let made = is_left_alone(
            &stage,
            "ap-northeast-2 rule foghorn-deploys",
            "conflict Rule foghorn-deploys @ ap-northeast-2",
        );
        assert_eq!(
            names(&made),
            [
                "ap-northeast-2 queue foghorn-deploys-dead-letters",
                "ap-northeast-2 topic foghorn-T0123ABCD-C0123ABCD-alarms",
                "ap-northeast-2 topic foghorn-deploys",
                CONFIGURATION,
                "us-east-1 alarm foghorn-T0123ABCD-C0123ABCD-unsupported-events",
                "us-east-1 topic foghorn-T0123ABCD-C0123ABCD-alarms",
            ]
        );
    }
}

#[test]
fn a_topic_of_someone_else_keeps_its_policy_and_feeds_no_room_of_ours() {
    for tags in [json!([]), others_tags()] {
        let stage = stage("sns:CreateTopic", json!({ "Name": "foghorn-deploys", "Tags": tags }));
        let made = is_left_alone(
            &stage,
            "ap-northeast-2 topic foghorn-deploys",
            "conflict Topic foghorn-deploys @ ap-northeast-2",
        );
        assert!(made.contains_key("ap-northeast-2 rule foghorn-deploys"));
        let topics = made[CONFIGURATION]["SnsTopicArns"].to_string();
        assert!(!topics.contains(":foghorn-deploys"), "{topics}");
    }
}

#[test]
fn an_alarm_topic_of_someone_else_stops_the_alarms_that_need_it_and_nothing_else() {
    let stage = stage("sns:CreateTopic", json!({ "Name": "foghorn-T0123ABCD-C0123ABCD-alarms" }));
    let before = stage.inventory(DEV);
    let run = stage.apply(&fleet()).ended(2);
    assert!(run.is_heard());
    let blocked: Vec<String> =
        run.changes().into_iter().filter(|change| !change.ends_with("applied")).collect();
    assert_eq!(
        blocked,
        [
            "conflict Topic foghorn-T0123ABCD-C0123ABCD-alarms @ ap-northeast-2: planned",
            "withheld Alarm foghorn-deploys-failed-invocations @ ap-northeast-2: planned",
        ]
    );
    let topic = "ap-northeast-2 topic foghorn-T0123ABCD-C0123ABCD-alarms";
    assert_eq!(stage.inventory(DEV)[topic], before[topic]);
}

#[test]
fn a_queue_of_someone_else_keeps_its_policy() {
    for tags in [json!({}), json!({ "foghorn.dev/fleet": "other" })] {
        let input = json!({ "QueueName": "foghorn-deploys-dead-letters", "tags": tags });
        let stage = stage("sqs:CreateQueue", input);
        let made = is_left_alone(
            &stage,
            "ap-northeast-2 queue foghorn-deploys-dead-letters",
            "conflict Queue foghorn-deploys-dead-letters @ ap-northeast-2",
        );
        assert!(made.contains_key("ap-northeast-2 rule foghorn-deploys"));
        assert_eq!(made["ap-northeast-2 rule foghorn-deploys"]["Targets"], json!([]));
    }
}

#[test]
fn an_alarm_of_someone_else_keeps_its_settings() {
    for tags in [json!([]), others_tags()] {
        let stage = stage(
            "cloudwatch:PutMetricAlarm",
            json!({
                "AlarmName": "foghorn-deploys-failed-invocations", "Namespace": "Mine", "MetricName": "m",
                "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 5.0,
                "ComparisonOperator": "GreaterThanThreshold", "Tags": tags,
            }),
        );
        let made = is_left_alone(
            &stage,
            "ap-northeast-2 alarm foghorn-deploys-failed-invocations",
            "conflict Alarm foghorn-deploys-failed-invocations @ ap-northeast-2",
        );
        assert_eq!(made.len(), 7, "{:?}", names(&made));
    }
}

/// A configuration of the channel that somebody made, with a topic of theirs.
fn configured(name: &str, channel: &str, tags: Value) -> Stage {
    let stage = Stage::bootstrapped();
    let theirs = stage.by_hand(DEV, SEOUL, "sns:CreateTopic", json!({ "Name": "theirs" }));
    let input = json!({
        "ConfigurationName": name, "SlackTeamId": WORKSPACE, "SlackChannelId": channel,
        "IamRoleArn": "arn:aws:iam::111111111111:role/foghorn", "LoggingLevel": "INFO",
        "SnsTopicArns": [theirs["TopicArn"]], "Tags": tags,
    });
    stage.by_hand(DEV, "us-east-2", "chatbot:CreateSlackChannelConfiguration", input);
    stage
}

#[test]
fn a_configuration_of_someone_else_is_not_fed_unless_the_fleet_says_so() {
    let other = json!([{ "TagKey": "foghorn.dev/fleet", "TagValue": "other" }]);
    for tags in [json!([]), other] {
        let stage = configured("chatops", CHANNEL, tags);
        let made = is_left_alone(
            &stage,
            "global configuration chatops",
            "conflict ChatConfiguration chatops @ global",
        );
        assert!(made.contains_key("ap-northeast-2 rule foghorn-deploys"));
        let run = stage.plan(&fleet()).ended(2);
        assert!(run.stdout.contains("adopt: true"), "{}", run.stdout);
    }
}

#[test]
fn an_adopted_configuration_is_fed_and_otherwise_left_as_it_is() {
    let stage = configured("chatops", CHANNEL, json!([]));
    let thing = "global configuration chatops";
    let before = stage.inventory(DEV)[thing].clone();
    let run = stage.apply(&adopting()).ended(0);
    assert!(run.is_heard());
    let writes = stage.writes();
    let chat: Vec<&String> = writes.iter().filter(|write| write.starts_with("chatbot:")).collect();
    assert_eq!(chat, ["chatbot:UpdateSlackChannelConfiguration"]);
    let mut after = stage.inventory(DEV)[thing].clone();
    let topics = after["SnsTopicArns"].as_array().cloned().unwrap_or_default();
    assert_eq!(topics.len(), 4, "{topics:?}");
    assert!(topics.contains(&before["SnsTopicArns"][0]), "{topics:?}");
    after["SnsTopicArns"] = before["SnsTopicArns"].clone();
    assert_eq!(after, before);
    // The alarm watches the configuration under the name that it has.
    let alarm = &stage.inventory(DEV)["us-east-1 alarm foghorn-T0123ABCD-C0123ABCD-unsupported-events"];
    assert_eq!(alarm["Dimensions"], json!([{ "Name": "ConfigurationName", "Value": "chatops" }]));
    stage.forget_calls();
    stage.apply(&adopting()).ended(0);
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn our_name_on_another_channel_is_a_conflict() {
    let stage = configured("foghorn-T0123ABCD-C0123ABCD", "C0OTHER", json!([]));
    is_left_alone(&stage, CONFIGURATION, "conflict ChatConfiguration foghorn-T0123ABCD-C0123ABCD @ global");
}

#[test]
fn topics_that_another_tool_put_into_our_configuration_stay() {
    let stage = Stage::applied(&fleet());
    let theirs = stage.by_hand(DEV, "eu-west-1", "sns:CreateTopic", json!({ "Name": "terraform-made" }));
    let configuration = stage.inventory(DEV)[CONFIGURATION].clone();
    let mut topics = configuration["SnsTopicArns"].as_array().cloned().unwrap_or_default();
    topics.push(theirs["TopicArn"].clone());
    let input = json!({
        "ChatConfigurationArn": configuration["ChatConfigurationArn"], "SlackChannelId": CHANNEL,
        "SnsTopicArns": topics,
    });
    let action = "chatbot:UpdateSlackChannelConfiguration";
    stage.by_hand(DEV, "us-east-2", action, input.clone());
    stage.apply(&fleet()).ended(0);
    assert_eq!(stage.writes(), [""; 0]);
    // Another field drifts: what is written then holds their topic too.
    let mut drifted = input;
    drifted["LoggingLevel"] = json!("NONE");
    stage.by_hand(DEV, "us-east-2", action, drifted);
    stage.apply(&fleet()).ended(0);
    assert_eq!(stage.writes(), [action]);
    let mut after =
        stage.inventory(DEV)[CONFIGURATION]["SnsTopicArns"].as_array().cloned().unwrap_or_default();
    after.sort_by_key(Value::to_string);
    topics.sort_by_key(Value::to_string);
    assert_eq!(after, topics);
}

#[test]
fn two_fleets_in_one_account_do_not_touch_each_other() {
    let stage = Stage::applied(&fleet());
    let before = stage.inventory(DEV);
    let other = fleet().replace("name: acme", "name: other");
    let run = stage.apply(&other).ended(2);
    assert!(run.changes().iter().all(|change| !change.ends_with("applied")), "{:?}", run.changes());
    assert_eq!(stage.writes(), [""; 0]);
    assert_eq!(stage.inventory(DEV), before);
    // Under names of its own it has all but the channel, which is taken.
    let other = other.replace("name: deploys", "name: releases");
    stage.apply(&other).ended(2);
    for (name, thing) in &before {
        assert_eq!(stage.inventory(DEV).get(name), Some(thing), "{name}");
    }
    assert!(stage.inventory(DEV).contains_key("ap-northeast-2 rule foghorn-releases"));
}

#[test]
fn a_thing_that_lost_its_owner_tag_is_no_longer_ours() {
    let stage = Stage::applied(&fleet());
    let rule = "arn:aws:events:ap-northeast-2:111111111111:rule/foghorn-deploys";
    let input = json!({ "ResourceARN": rule, "TagKeys": ["foghorn.dev/fleet"] });
    stage.by_hand(DEV, SEOUL, "events:UntagResource", input);
    let run = stage.apply(&fleet()).ended(2);
    assert_eq!(stage.writes(), [""; 0]);
    assert_eq!(run.findings("nameTaken").len(), 1, "{}", run.stdout);
}
