//! The bootstrap stack allows what Foghorn does, and not more.

use std::collections::BTreeSet;
use std::process::Command;

use foghorn::sim::ecs::Service;
use serde_json::json;
use serde_yaml::Value;

use super::support::{DEV, PIPELINE, Run, SEOUL, Stage, bootstrapped, services};

/// Needed by AWS Chatbot behind its own calls, so they are on no wire.
const BEHIND: [&str; 2] = ["iam:CreateServiceLinkedRole", "iam:PassRole"];

/// Called where AWS Chatbot lists a configuration without its tags.
const AT_TIMES: [&str; 1] = ["chatbot:ListTagsForResource"];

fn template() -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foghorn"));
    let run = Run::of(command.arg("bootstrap").env_clear().output().expect("the binary runs")).ended(0);
    serde_yaml::from_str(&run.stdout).expect("CloudFormation is YAML")
}

/// A member of a mapping, whatever CloudFormation function it is tagged with.
fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    match value {
        Value::Tagged(tagged) => member(&tagged.value, name),
        other => other.get(name).unwrap_or(&Value::Null),
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Sequence(values) => values.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The actions that the statements of a policy document allow.
fn allowed(document: &Value) -> BTreeSet<String> {
    let statements = member(document, "Statement").as_sequence().cloned().unwrap_or_default();
    assert!(!statements.is_empty());
    statements
        .iter()
        .flat_map(|statement| {
            assert_eq!(member(statement, "Effect").as_str(), Some("Allow"));
            texts(member(statement, "Action"))
        })
        .collect()
}

/// What the member role may do when it only looks, and what is added when it
/// writes.
fn policies() -> (BTreeSet<String>, BTreeSet<String>) {
    let template = template();
    let resource = |name: &str| member(member(member(&template, "Resources"), name), "Properties").clone();
    let look = member(&resource("MemberRole"), "Policies")[0].clone();
    let mut write = allowed(member(&resource("WritePolicy"), "PolicyDocument"));
    write.extend(allowed(member(&resource("RemediatePolicy"), "PolicyDocument")));
    (allowed(member(&look, "PolicyDocument")), write)
}

/// The member role's calls since the last count, as IAM actions.
fn actions(stage: &Stage) -> BTreeSet<String> {
    let entries = stage.simulator.record.entries().into_iter();
    let members = entries.filter(|entry| entry.account == DEV);
    let actions = members.map(|entry| format!("{}:{}", entry.service, entry.operation)).collect();
    stage.forget_calls();
    actions
}

/// Two pipelines of one account, and breakers that are switched on.
fn fleet() -> String {
    let via = "via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }";
    format!(
        "{PIPELINE}    - name: impaired\n      events: [serviceImpaired]\n      {via}\n  tags: {{ team: sre }}\n  breakers: {{ remediate: true }}\n"
    )
}

/// Changes one setting and one tag of everything that Foghorn made.
fn damage(stage: &Stage) {
    let (rule, alarm) = ("foghorn-deploys", "foghorn-deploys-failed-invocations");
    let [topic, rule_arn, alarm_arn] = [
        format!("arn:aws:sns:{SEOUL}:{DEV}:foghorn-deploys"),
        format!("arn:aws:events:{SEOUL}:{DEV}:rule/{rule}"),
        format!("arn:aws:cloudwatch:{SEOUL}:{DEV}:alarm:{alarm}"),
    ];
    let queue = format!("{}/{DEV}/foghorn-deploys-dead-letters", stage.url());
    let configuration =
        format!("arn:aws:chatbot::{DEV}:chat-configuration/slack-channel/foghorn-T0123ABCD-C0123ABCD");
    let theirs = json!({
        "Sid": "theirs", "Effect": "Allow", "Principal": { "AWS": DEV }, "Action": "sns:Publish",
        "Resource": topic,
    });
    let policy = json!({ "Statement": [theirs] }).to_string();
    let keys = json!(["team"]);
    for (region, action, input) in [
        (SEOUL, "events:DisableRule", json!({ "Name": rule })),
        (SEOUL, "events:UntagResource", json!({ "ResourceARN": rule_arn, "TagKeys": keys })),
        (
            SEOUL,
            "sns:SetTopicAttributes",
            json!({ "TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy }),
        ),
        (SEOUL, "sns:UntagResource", json!({ "ResourceArn": topic, "TagKeys": keys })),
        (
            SEOUL,
            "sqs:SetQueueAttributes",
            json!({ "QueueUrl": queue, "Attributes": { "MessageRetentionPeriod": "60" } }),
        ),
        (SEOUL, "sqs:UntagQueue", json!({ "QueueUrl": queue, "TagKeys": keys })),
        (SEOUL, "cloudwatch:DisableAlarmActions", json!({ "AlarmNames": [alarm] })),
        (SEOUL, "cloudwatch:UntagResource", json!({ "ResourceARN": alarm_arn, "TagKeys": keys })),
        (
            "us-east-2",
            "chatbot:UpdateSlackChannelConfiguration",
            json!({ "ChatConfigurationArn": configuration, "SlackChannelId": "C0123ABCD", "LoggingLevel": "NONE" }),
        ),
        ("us-east-2", "chatbot:UntagResource", json!({ "ResourceARN": configuration, "TagKeys": keys })),
    ] {
        stage.by_hand(DEV, region, action, input);
    }
}

#[test]
fn the_member_role_may_do_all_that_foghorn_does_and_not_more() {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        services(world, DEV, SEOUL, [Service::named("web")]);
    });
    let (look, write) = policies();
    // One pipeline alone reads its rule by another call than two do.
    stage.plan(PIPELINE).ended(2);
    stage.apply(&fleet()).ended(0);
    damage(&stage);
    stage.plan(&fleet()).ended(2);
    stage.apply(&fleet()).ended(0);
    let done = actions(&stage);
    let may: BTreeSet<String> = look.union(&write).cloned().collect();
    assert_eq!(done.difference(&may).collect::<Vec<_>>(), [""; 0], "not allowed");
    let spare: Vec<&str> = may.difference(&done).map(String::as_str).collect();
    let known: BTreeSet<&str> = BEHIND.into_iter().chain(AT_TIMES).collect();
    assert_eq!(
        spare.into_iter().filter(|action| !known.contains(action)).collect::<Vec<_>>(),
        [""; 0],
        "not used"
    );
}

#[test]
fn a_role_that_only_looks_is_enough_for_a_plan() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    stage.apply(&fleet()).ended(0);
    damage(&stage);
    stage.forget_calls();
    stage.plan(&fleet()).ended(2);
    let (look, _) = policies();
    assert_eq!(actions(&stage).difference(&look).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_template_comes_with_the_command_that_fits_the_fleet() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let fleet = fleet().replace("roleName: foghorn", "roleName: horn, externalId: do-not-show");
    let run = stage.run(&fleet, &["bootstrap"]).ended(0);
    assert!(run.stdout.contains("RoleName=horn RemediateBreakers=true"), "{}", run.stdout);
    assert!(!run.stdout.contains("do-not-show"));
    assert_eq!(stage.simulator.record.total(), 0);
}
