//! The bootstrap stack allows what Foghorn does, and not more.

use std::collections::BTreeSet;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use foghorn::sim::chatbot::authorise_team;
use foghorn::sim::ecs::Service;
use foghorn::sim::rooms::webhooks::Kind;
use serde_json::json;
use serde_yaml::Value;

use super::support::{DEV, PIPELINE, Run, SEOUL, Stage, bootstrapped, services};

/// Needed by AWS behind its own calls, so they are on no wire.
const BEHIND: [&str; 4] = ["iam:CreateServiceLinkedRole", "iam:PassRole", "kms:Decrypt", "lambda:ListTags"];

/// Called where AWS Chatbot lists a configuration without its tags.
const AT_TIMES: [&str; 1] = ["chatbot:ListTagsForResource"];

/// What EventBridge does to a connection's secret in the caller's name.
const CONNECTIONS: [&str; 6] = [
    "secretsmanager:CreateSecret",
    "secretsmanager:DeleteSecret",
    "secretsmanager:DescribeSecret",
    "secretsmanager:PutSecretValue",
    "secretsmanager:TagResource",
    "secretsmanager:UpdateSecret",
];

const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const TEAM: &str = "4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f";

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

/// A value, with a condition that stands before it taken as met.
fn if_so(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) if tagged.tag == "If" => &tagged.value[1],
        other => other,
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
        .map(if_so)
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

/// Every other way to a room, one of them through a hub.
const WAYS: &str = r#"
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [ap-northeast-2]
  accounts:
    - { id: "111111111111", name: dev }
  tags: { team: sre }
  pipelines:
    - name: tasks
      events: [taskFailed]
      via: { lambda: { googleChat: { webhook: { secretsManager: foghorn/google-chat } }, topic: true } }
    - name: stops
      events: [taskStopped]
      via: { apiDestination: { slack: { webhook: { secretsManager: foghorn/slack } } } }
    - name: deploys
      events: [deploymentFailed]
      hub: { account: "111111111111", region: ap-northeast-2 }
      via: { chatbot: { teams: { tenantId: 11111111-2222-3333-4444-555555555555, teamId: 4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f, channelId: "19%3Aab12%40thread.tacv2" } } }
"#;

fn ways() -> Stage {
    let stage = Stage::bootstrapped();
    stage.simulator.with_world(|world| authorise_team(world, DEV, TENANT, TEAM, "Platform"));
    for (kind, name) in [(Kind::GoogleChat, "google-chat"), (Kind::Slack, "slack")] {
        let webhook = stage.webhook(kind, "deploys");
        stage.store_secret(DEV, SEOUL, &format!("foghorn/{name}"), &webhook);
    }
    stage
}

/// Changes one setting of everything that only the other ways have.
fn damage_ways(stage: &Stage) {
    let function = format!("arn:aws:lambda:{SEOUL}:{DEV}:function:foghorn-tasks");
    let topic = format!("arn:aws:sns:{SEOUL}:{DEV}:foghorn-tasks");
    let listed = stage.by_hand(DEV, SEOUL, "sns:ListSubscriptionsByTopic", json!({ "TopicArn": topic }));
    let subscription = listed["Subscriptions"][0]["SubscriptionArn"].clone();
    for (action, input) in [
        ("lambda:UpdateFunctionConfiguration", json!({ "FunctionName": "foghorn-tasks", "Timeout": 3 })),
        (
            "lambda:RemovePermission",
            json!({ "FunctionName": "foghorn-tasks", "StatementId": "FoghornAllowTopic" }),
        ),
        ("lambda:UntagResource", json!({ "Resource": function, "TagKeys": ["team"] })),
        (
            "sns:SetSubscriptionAttributes",
            json!({ "SubscriptionArn": subscription, "AttributeName": "FilterPolicy", "AttributeValue": "{\"team\": [\"web\"]}" }),
        ),
        (
            "events:UpdateApiDestination",
            json!({ "Name": "foghorn-stops", "InvocationRateLimitPerSecond": 9 }),
        ),
        (
            "lambda:AddPermission",
            json!({
                "FunctionName": "foghorn-tasks", "StatementId": "FoghornAllowTopic", "Action": "lambda:InvokeFunction",
                "Principal": "sns.amazonaws.com", "SourceArn": format!("{topic}-of-others"),
            }),
        ),
        ("lambda:UpdateFunctionCode", json!({ "FunctionName": "foghorn-tasks", "ZipFile": other_code() })),
        ("events:DeauthorizeConnection", json!({ "Name": "foghorn-stops" })),
    ] {
        stage.by_hand(DEV, SEOUL, action, input);
    }
    let listed =
        stage.by_hand(DEV, "us-east-2", "chatbot:ListMicrosoftTeamsChannelConfigurations", json!({}));
    let room = json!({
        "ChatConfigurationArn": listed["TeamChannelConfigurations"][0]["ChatConfigurationArn"],
        "ChannelId": "19%3Aab12%40thread.tacv2",
        "SnsTopicArns": [],
    });
    stage.by_hand(DEV, "us-east-2", "chatbot:UpdateMicrosoftTeamsChannelConfiguration", room);
}

/// A zip, in base64, that is no notifier of ours.
fn other_code() -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let zip = folder.path().join("code.zip");
    let mut writer = zip::ZipWriter::new(std::fs::File::create(&zip).expect("a file"));
    writer.start_file("bootstrap", zip::write::SimpleFileOptions::default()).expect("an entry");
    writer.finish().expect("a zip");
    STANDARD.encode(std::fs::read(&zip).expect("the zip"))
}

/// What is called for rooms of AWS Chatbot and for breakers.
fn done_for_chatbot() -> BTreeSet<String> {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        services(world, DEV, SEOUL, [Service::named("web")]);
    });
    // One pipeline alone reads its rule by another call than two do.
    stage.plan(PIPELINE).ended(2);
    stage.apply(&fleet()).ended(0);
    damage(&stage);
    stage.plan(&fleet()).ended(2);
    stage.apply(&fleet()).ended(0);
    stage.destroy(&fleet()).ended(0);
    actions(&stage)
}

/// What is called for all other ways.
fn done_for_ways() -> BTreeSet<String> {
    let stage = ways();
    stage.apply(WAYS).ended(0);
    damage_ways(&stage);
    stage.apply(WAYS).ended(0);
    stage.run(WAYS, &["sound"]).ended(0);
    stage.settle();
    stage.destroy(WAYS).ended(0);
    actions(&stage)
}

#[test]
fn the_member_role_may_do_all_that_foghorn_does_and_not_more() {
    let (look, write) = policies();
    let done: BTreeSet<String> = done_for_chatbot().union(&done_for_ways()).cloned().collect();
    let may: BTreeSet<String> = look.union(&write).cloned().collect();
    assert_eq!(done.difference(&may).collect::<Vec<_>>(), [""; 0], "not allowed");
    let spare: Vec<&str> = may.difference(&done).map(String::as_str).collect();
    let known: BTreeSet<&str> = BEHIND.into_iter().chain(AT_TIMES).chain(CONNECTIONS).collect();
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
