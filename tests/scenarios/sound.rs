//! Canaries: one down every pipeline, and how far each got.

use foghorn::sim::faults::{Denial, Effect, Fault};
use foghorn::sim::rooms::Message;
use foghorn::sim::rooms::webhooks::{self, Kind};
use serde_json::{Value, json};

use super::support::{
    CHANNEL, DEV, IRELAND, PIPELINE, PROD, Run, SEOUL, Stage, WORKSPACE, bootstrapped, one_region,
};

/// How long a canary is followed that won't arrive.
const SHORT: &str = "3s";

/// A fleet of one account and Region with one pipeline.
fn fleet(via: &str) -> String {
    let chatbot = "{ chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }";
    one_region(PIPELINE).replace(chatbot, via)
}

fn chatbot() -> String {
    one_region(PIPELINE)
}

fn destination() -> String {
    fleet("{ apiDestination: { slack: { webhook: { secretsManager: foghorn/room } } } }")
}

fn function() -> String {
    fleet("{ lambda: { googleChat: { webhook: { secretsManager: foghorn/room } } } }")
}

fn function_by_topic() -> String {
    fleet("{ lambda: { googleChat: { webhook: { secretsManager: foghorn/room } }, topic: true } }")
}

/// Two members whose events go to one room through a hub.
fn hub() -> String {
    let hub = "      hub: { account: \"222222222222\", region: eu-west-1 }\n";
    let prod = "    - { id: \"222222222222\", name: prod }\n  pipelines:";
    format!("{}{hub}", one_region(PIPELINE).replace("  pipelines:", prod))
}

/// A room for webhooks in each service, its address in the secret, and a fleet
/// that was applied.
fn stage(fleet: &str) -> Stage {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        bootstrapped(world, PROD, "prod");
    });
    let kind = if fleet.contains("googleChat") { Kind::GoogleChat } else { Kind::Slack };
    let webhook = stage.webhook(kind, "room");
    stage.store_secret(DEV, SEOUL, "foghorn/room", &webhook);
    stage.apply(fleet).ended(0);
    stage.forget_calls();
    stage
}

fn sound(stage: &Stage, fleet: &str) -> Run {
    let run = stage.run(fleet, &["sound", "--output", "json"]);
    stage.settle();
    run
}

/// The same, for canaries that won't arrive.
fn sound_in_vain(stage: &Stage, fleet: &str) -> Run {
    let run = stage.run(fleet, &["sound", "--timeout", SHORT, "--output", "json"]);
    stage.settle();
    run
}

fn soundings(run: &Run) -> Vec<Value> {
    run.report()["soundings"].as_array().cloned().unwrap_or_default()
}

/// What stands in a room.
fn room(stage: &Stage, workspace: &str, channel: &str) -> Vec<Message> {
    stage.simulator.with_world(|world| {
        world.rooms.get(workspace, channel).map(|room| room.messages.clone()).unwrap_or_default()
    })
}

/// How many canaries went over the wire.
fn canaries(stage: &Stage) -> usize {
    stage.simulator.record.entries().iter().filter(|entry| entry.operation == "PutEvents").count()
}

/// Every canary arrived, and one message of this run is in the room for each.
fn assert_heard(stage: &Stage, fleet: &str, (workspace, channel): (&str, &str), times: usize) {
    let run = sound(stage, fleet).ended(0);
    let report = run.report();
    assert_eq!(report["summary"]["arrived"], times);
    assert_eq!(canaries(stage), times);
    assert_eq!(stage.writes(), vec!["events:PutEvents"; times]);
    let id = report["metadata"]["run"].as_str().expect("a run").to_owned();
    let messages = room(stage, workspace, channel);
    assert_eq!(messages.len(), times);
    for message in messages {
        assert!(message.raw.contains(&format!("Run {id}")), "{}", message.raw);
    }
    for sounding in soundings(&run) {
        assert!(sounding["patterns"]["samples"].as_u64() > Some(0));
        assert_eq!(sounding["patterns"]["missed"], json!([]));
    }
}

/// The one sounding of a run, of which the report names this hop.
fn assert_stops(stage: &Stage, fleet: &str, (state, hop): (&str, &str), why: &str) {
    let run = sound_in_vain(stage, fleet).ended(2);
    let sounding = soundings(&run).remove(0);
    assert_eq!((&sounding["state"], &sounding["stoppedAt"]), (&json!(state), &json!(hop)), "{sounding:#}");
    let said = format!("{} {}", sounding["why"], sounding["settingsSay"]);
    assert!(said.contains(why), "{sounding:#}");
    assert_eq!(canaries(stage), 1);
}

fn remove_targets(stage: &Stage, account: &str, region: &str, rule: &Value) {
    stage.by_hand(account, region, "events:RemoveTargets", rule.clone());
}

#[test]
fn a_canary_goes_all_the_way_to_a_slack_room_of_aws_chatbot() {
    let stage = stage(&chatbot());
    assert_heard(&stage, &chatbot(), (WORKSPACE, CHANNEL), 1);
}

#[test]
fn a_canary_goes_all_the_way_to_a_webhook_that_eventbridge_posts_to() {
    let stage = stage(&destination());
    assert_heard(&stage, &destination(), ("slack", "room"), 1);
}

#[test]
fn a_canary_goes_all_the_way_to_google_chat_through_the_notifier() {
    let stage = stage(&function());
    assert_heard(&stage, &function(), ("google-chat", "room"), 1);
}

#[test]
fn a_canary_goes_all_the_way_to_google_chat_through_a_topic_and_the_notifier() {
    let stage = stage(&function_by_topic());
    assert_heard(&stage, &function_by_topic(), ("google-chat", "room"), 1);
}

#[test]
fn canaries_of_all_members_go_through_the_hub_to_its_room() {
    let stage = stage(&hub());
    assert_heard(&stage, &hub(), (WORKSPACE, CHANNEL), 2);
}

#[test]
fn a_run_about_one_member_follows_its_canary_into_the_hub_that_it_is_not_about() {
    let stage = stage(&hub());
    let run = stage.run(&hub(), &["sound", "--account", "dev", "--output", "json"]).ended(0);
    assert_eq!(soundings(&run).len(), 1);
    assert_eq!(canaries(&stage), 1);
    let hops: Vec<Value> = soundings(&run)[0]["hops"]
        .as_array()
        .map(|hops| hops.iter().map(|hop| hop["name"].clone()).collect())
        .unwrap_or_default();
    assert_eq!(hops, ["rule", "target", "hubRule", "hubTarget", "topic", "chatbot"].map(Value::from));
}

#[test]
fn a_canary_in_every_region_meets_the_others_in_one_room() {
    let stage = stage(PIPELINE);
    assert_heard(&stage, PIPELINE, (WORKSPACE, CHANNEL), 2);
}

#[test]
fn a_canary_that_no_rule_takes_is_missed_at_the_rule() {
    let stage = stage(&chatbot());
    stage.by_hand(DEV, SEOUL, "events:DisableRule", json!({ "Name": "foghorn-deploys" }));
    assert_stops(&stage, &chatbot(), ("notSeen", "rule"), "DISABLED");
}

#[test]
fn a_canary_that_the_topic_s_policy_keeps_out_is_refused_at_the_target() {
    let stage = stage(&chatbot());
    let topic = format!("arn:aws:sns:{SEOUL}:{DEV}:foghorn-deploys");
    let theirs = json!({
        "Sid": "theirs", "Effect": "Allow", "Principal": { "AWS": DEV }, "Action": "sns:Publish", "Resource": topic,
    });
    let policy = json!({ "Version": "2012-10-17", "Statement": [theirs] }).to_string();
    let input = json!({ "TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy });
    stage.by_hand(DEV, SEOUL, "sns:SetTopicAttributes", input);
    assert_stops(&stage, &chatbot(), ("failed", "target"), "foghorn-deploys-dead-letters");
}

#[test]
fn a_canary_whose_configuration_is_gone_is_missed_behind_the_topic() {
    let stage = stage(&chatbot());
    let arn = format!("arn:aws:chatbot::{DEV}:chat-configuration/slack-channel/foghorn-T0123ABCD-C0123ABCD");
    let input = json!({ "ChatConfigurationArn": arn });
    stage.by_hand(DEV, "us-east-2", "chatbot:DeleteSlackChannelConfiguration", input);
    assert_stops(&stage, &chatbot(), ("notSeen", "topic"), "no AWS Chatbot configuration");
}

#[test]
fn a_canary_whose_webhook_was_revoked_is_refused_at_the_target() {
    let stage = stage(&destination());
    stage.simulator.with_world(|world| webhooks::close(world, Kind::Slack, "room"));
    assert_stops(
        &stage,
        &destination(),
        ("failed", "target"),
        "the message in the queue foghorn-deploys-dead-letters",
    );
}

#[test]
fn a_canary_that_may_not_call_the_function_is_refused_at_the_target() {
    let stage = stage(&function());
    let statement = json!({ "FunctionName": "foghorn-deploys", "StatementId": "FoghornAllowRule" });
    stage.by_hand(DEV, SEOUL, "lambda:RemovePermission", statement);
    assert_stops(&stage, &function(), ("failed", "target"), "function foghorn-deploys");
}

#[test]
fn a_canary_whose_secret_is_gone_is_lost_in_the_notifier() {
    let stage = stage(&function());
    let secret = json!({ "SecretId": "foghorn/room", "ForceDeleteWithoutRecovery": true });
    stage.by_hand(DEV, SEOUL, "secretsmanager:DeleteSecret", secret);
    assert_stops(&stage, &function(), ("failed", "function"), "/aws/lambda/foghorn-deploys");
}

#[test]
fn a_canary_whose_topic_lost_its_subscription_is_missed_at_the_topic() {
    let stage = stage(&function_by_topic());
    let topic = json!({ "TopicArn": format!("arn:aws:sns:{SEOUL}:{DEV}:foghorn-deploys") });
    let listed = stage.by_hand(DEV, SEOUL, "sns:ListSubscriptionsByTopic", topic);
    let subscription = json!({ "SubscriptionArn": listed["Subscriptions"][0]["SubscriptionArn"] });
    stage.by_hand(DEV, SEOUL, "sns:Unsubscribe", subscription);
    assert_stops(&stage, &function_by_topic(), ("notSeen", "topic"), "its subscription is gone");
}

#[test]
fn a_canary_that_its_topic_may_not_hand_to_the_function_fails_at_the_topic() {
    let stage = stage(&function_by_topic());
    let statement = json!({ "FunctionName": "foghorn-deploys", "StatementId": "FoghornAllowTopic" });
    stage.by_hand(DEV, SEOUL, "lambda:RemovePermission", statement);
    assert_stops(&stage, &function_by_topic(), ("failed", "topic"), "policy does not let the topic in");
}

#[test]
fn canaries_stop_where_the_hub_stops_and_the_member_s_own_hops_are_proven() {
    let stage = stage(&hub());
    let rule = json!({ "Name": "foghorn-deploys", "EventBusName": "foghorn-deploys" });
    stage.by_hand(PROD, IRELAND, "events:DisableRule", rule);
    let run = sound_in_vain(&stage, &hub()).ended(2);
    for sounding in soundings(&run) {
        assert_eq!(sounding["stoppedAt"], "hubRule", "{sounding:#}");
        let states: Vec<&Value> = (0..3).map(|hop| &sounding["hops"][hop]["state"]).collect();
        assert_eq!(states, ["reached", "reached", "notSeen"]);
    }
}

#[test]
fn a_member_that_the_hub_s_bus_keeps_out_fails_alone() {
    let stage = stage(&hub());
    let input = json!({
        "Rule": "foghorn-deploys",
        "Targets": [{ "Id": "bus", "Arn": format!("arn:aws:events:{IRELAND}:{PROD}:event-bus/foghorn-gone"),
            "RoleArn": format!("arn:aws:iam::{DEV}:role/foghorn-forward") }],
    });
    stage.by_hand(DEV, SEOUL, "events:PutTargets", input);
    let run = sound_in_vain(&stage, &hub()).ended(2);
    let states: Vec<Value> = soundings(&run).iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["failed", "arrived"], "{}", run.stdout);
}

#[test]
fn a_rule_that_lost_its_target_took_the_canary_and_passed_it_to_nobody() {
    let stage = stage(&chatbot());
    remove_targets(&stage, DEV, SEOUL, &json!({ "Rule": "foghorn-deploys", "Ids": ["topic"] }));
    assert_stops(&stage, &chatbot(), ("notSeen", "target"), "has no target");
}

#[test]
fn a_rule_whose_pattern_was_narrowed_is_told_by_the_samples_that_it_no_longer_takes() {
    let stage = stage(&chatbot());
    let pattern = json!({ "source": ["foghorn.canary"] }).to_string();
    stage.by_hand(
        DEV,
        SEOUL,
        "events:PutRule",
        json!({ "Name": "foghorn-deploys", "EventPattern": pattern }),
    );
    let run = sound(&stage, &chatbot()).ended(2);
    let sounding = soundings(&run).remove(0);
    assert_eq!(sounding["state"], "arrived");
    let missed = sounding["patterns"]["missed"].as_array().cloned().unwrap_or_default();
    assert!(missed.iter().any(|one| one["sample"] == "deployment-failed"), "{sounding:#}");
}

#[test]
fn a_pipeline_without_canaries_gets_the_pattern_check_alone_and_says_so() {
    let fleet = format!("{}      canary: false\n", chatbot());
    let stage = stage(&fleet);
    let run = sound(&stage, &fleet).ended(0);
    let sounding = soundings(&run).remove(0);
    assert_eq!(sounding["state"], "off");
    assert!(sounding["patterns"]["samples"].as_u64() > Some(0));
    assert_eq!((canaries(&stage), stage.writes()), (0, Vec::new()));
}

#[test]
fn neither_a_frozen_fleet_nor_a_denied_account_gets_a_canary() {
    let stage = stage(&chatbot());
    for (guard, word) in [("freeze: true", "freeze"), ("deny: [\"111111111111\"]", "deny")] {
        let fleet = format!("{}  guard: {{ {guard} }}\n", chatbot());
        let run = sound(&stage, &fleet).ended(2);
        let sounding = soundings(&run).remove(0);
        assert_eq!(sounding["state"], "notSent");
        assert!(sounding["why"].as_str().is_some_and(|why| why.contains(word)), "{sounding:#}");
        assert!(sounding["patterns"]["samples"].as_u64() > Some(0));
    }
    assert_eq!((canaries(&stage), stage.writes()), (0, Vec::new()));
    assert!(stage.messages().is_empty());
}

#[test]
fn a_pipeline_that_was_never_applied_gets_no_canary_and_says_what_makes_it() {
    let stage = Stage::bootstrapped();
    let run = sound(&stage, &chatbot()).ended(2);
    let sounding = soundings(&run).remove(0);
    assert_eq!(sounding["state"], "notSent");
    assert!(sounding["why"].as_str().is_some_and(|why| why.contains("foghorn apply")), "{sounding:#}");
    assert_eq!(canaries(&stage), 0);
}

#[test]
fn an_account_that_cannot_be_entered_is_told_and_the_others_are_sounded() {
    let both = "    - { id: \"333333333333\", name: closed }\n  pipelines:";
    let stage = stage(&chatbot());
    let run = sound(&stage, &chatbot().replace("  pipelines:", both)).ended(3);
    let report = run.report();
    assert_eq!(report["unread"][0]["account"]["name"], "closed");
    let states: Vec<Value> = soundings(&run).iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["arrived", "unread"]);
    assert_eq!(canaries(&stage), 1);
}

/// A fault of one operation.
fn fault(stage: &Stage, effect: Effect, operation: &str) {
    stage.simulator.faults.add(Fault::new(effect).operation(operation));
}

#[test]
fn a_canary_whose_answer_was_lost_is_followed_and_not_sent_again() {
    let stage = stage(&chatbot());
    fault(&stage, Effect::LoseAnswer, "PutEvents");
    let run = sound(&stage, &chatbot()).ended(0);
    let sounding = soundings(&run).remove(0);
    assert_eq!((&sounding["state"], &sounding["canary"]["event"]), (&json!("arrived"), &Value::Null));
    assert_eq!((canaries(&stage), stage.messages().len()), (1, 1));
}

#[test]
fn a_canary_that_eventbridge_failed_to_take_is_not_sent_again() {
    let stage = stage(&chatbot());
    fault(&stage, Effect::ServerError(500), "PutEvents");
    let run = sound_in_vain(&stage, &chatbot()).ended(2);
    assert_eq!(soundings(&run)[0]["state"], "notSeen");
    assert_eq!(canaries(&stage), 1);
}

#[test]
fn a_canary_that_may_not_be_sent_is_told_in_aws_s_own_words() {
    let stage = stage(&chatbot());
    fault(&stage, Effect::Deny(Denial::Identity), "PutEvents");
    let run = sound(&stage, &chatbot()).ended(2);
    let sounding = soundings(&run).remove(0);
    assert_eq!(sounding["state"], "notSent");
    assert!(sounding["why"].as_str().is_some_and(|why| why.contains("events:PutEvents")), "{sounding:#}");
}

#[test]
fn counters_that_cannot_be_read_prove_nothing_either_way() {
    let stage = stage(&chatbot());
    fault(&stage, Effect::Deny(Denial::Identity), "GetMetricData");
    let run = sound_in_vain(&stage, &chatbot()).ended(3);
    let sounding = soundings(&run).remove(0);
    assert_eq!((&sounding["state"], &sounding["stoppedAt"]), (&json!("unread"), &json!("rule")));
    assert_eq!((canaries(&stage), stage.messages().len()), (1, 1));
}

#[test]
fn patterns_that_cannot_be_tried_are_no_clean_answer() {
    let stage = stage(&chatbot());
    fault(&stage, Effect::Deny(Denial::Identity), "TestEventPattern");
    let run = sound(&stage, &chatbot()).ended(3);
    let sounding = soundings(&run).remove(0);
    assert_eq!(sounding["state"], "arrived");
    assert!(sounding["patterns"]["unread"].as_str().is_some_and(|why| why.contains("TestEventPattern")));
}

#[test]
fn only_what_was_asked_for_gets_a_canary() {
    let second = "    - name: impaired\n      events: [serviceImpaired]\n      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }\n";
    let fleet = format!("{PIPELINE}{second}");
    let stage = stage(&fleet);
    let asked = ["sound", "--pipeline", "impaired", "--region", SEOUL, "--output", "json"];
    let run = stage.run(&fleet, &asked).ended(0);
    let of = |member: &str| soundings(&run).iter().map(|one| one[member].clone()).collect::<Vec<_>>();
    assert_eq!((of("pipeline"), of("location")), (vec![json!("impaired")], vec![json!(SEOUL)]));
    assert_eq!((canaries(&stage), stage.messages().len()), (1, 1));
}

#[test]
fn events_of_the_same_minute_that_came_before_prove_nothing() {
    let stage = stage(&chatbot());
    sound(&stage, &chatbot()).ended(0);
    stage.by_hand(DEV, SEOUL, "events:DisableRule", json!({ "Name": "foghorn-deploys" }));
    let run = sound_in_vain(&stage, &chatbot()).ended(2);
    assert_eq!(soundings(&run)[0]["stoppedAt"], "rule");
}
