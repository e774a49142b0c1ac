//! Ways that others made, with a tool of their own, and what the fleet makes
//! of them.

use std::sync::LazyLock;

use foghorn::sim::rooms::webhooks::{Kind, open};
use serde_json::{Value, json};

use super::super::support::{BREAKERS, CHANNEL, DEV, Run, SEOUL, Stage, WORKSPACE};
use super::way::failures;

/// A pipeline that is built where nobody hears, and nothing else that would
/// have somebody look at rules of others.
static UNHEARD: LazyLock<String> = LazyLock::new(|| format!("{BREAKERS}{UNHEARD_PIPELINES}"));
const UNHEARD_PIPELINES: &str = "  breakers: { require: { enable: false, rollback: false } }
  pipelines:
    - name: deploys
      events: [deploymentFailed]
      when: unheard
      via: { apiDestination: { googleChat: { webhook: { secretsManager: foghorn/deploys } } } }
";

/// The room of the fleet's own pipeline.
const OWN: &str = "deploys";

/// What a team's Terraform makes: a rule, a topic, a channel of AWS Chatbot.
const TOPIC: &str = "arn:aws:sns:ap-northeast-2:111111111111:team-alerts";
const MESSAGE: &str = r#"{"version":"1.0","source":"custom","content":{"description":<reason>}}"#;

fn stage() -> Stage {
    let stage = Stage::bootstrapped();
    stage.stored_webhook(DEV, Kind::GoogleChat, OWN, "foghorn/deploys");
    stage
}

fn by_hand(stage: &Stage, action: &str, input: Value) -> Value {
    stage.by_hand(DEV, SEOUL, action, input)
}

fn terraform_rule(stage: &Stage, name: &str, target: Value) {
    let pattern = json!({
        "source": ["aws.ecs"], "detail-type": ["ECS Deployment State Change"],
        "detail": { "eventName": ["SERVICE_DEPLOYMENT_FAILED"] },
    });
    by_hand(stage, "events:PutRule", json!({ "Name": name, "EventPattern": pattern.to_string() }));
    by_hand(stage, "events:PutTargets", json!({ "Rule": name, "Targets": [target] }));
}

fn policy(principal: &Value) -> String {
    let allow =
        json!({ "Effect": "Allow", "Principal": principal, "Action": "sns:Publish", "Resource": TOPIC });
    json!({ "Version": "2012-10-17", "Statement": [allow] }).to_string()
}

fn set_policy(stage: &Stage, principal: &Value) {
    let value = policy(principal);
    let input = json!({ "TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": value });
    by_hand(stage, "sns:SetTopicAttributes", input);
}

fn whole_target() -> Value {
    let transformer = json!({ "InputPathsMap": { "reason": "$.detail.reason" }, "InputTemplate": MESSAGE });
    json!({ "Id": "sns", "Arn": TOPIC, "InputTransformer": transformer })
}

/// A team's own way through AWS Chatbot, which works.
fn teams_way(stage: &Stage) {
    by_hand(stage, "sns:CreateTopic", json!({ "Name": "team-alerts" }));
    set_policy(stage, &json!({ "Service": "events.amazonaws.com" }));
    let room = json!({
        "SlackTeamId": WORKSPACE, "SlackChannelId": CHANNEL, "SlackChannelName": "team",
        "IamRoleArn": "arn:aws:iam::111111111111:role/foghorn-chat", "ConfigurationName": "team",
        "SnsTopicArns": [TOPIC],
    });
    stage.by_hand(DEV, "us-east-2", "chatbot:CreateSlackChannelConfiguration", room);
    terraform_rule(stage, "team-deploys", whole_target());
}

/// How many messages of one failed deployment come to either room.
fn heard(stage: &Stage) -> (usize, usize) {
    let count = || {
        let own = |world: &mut foghorn::sim::world::World| {
            world.rooms.get("google-chat", OWN).map_or(0, |room| room.messages.len())
        };
        (stage.simulator.with_world(own), stage.messages().len())
    };
    let before = count();
    stage.event(&failures(DEV, SEOUL)[0]);
    stage.settle();
    let after = count();
    (after.0 - before.0, after.1 - before.1)
}

/// What the report says of a path: who made it, and how it stands.
fn paths(run: &Run) -> Vec<String> {
    let text = |path: &Value, member: &str| path[member].as_str().unwrap_or_default().to_owned();
    let line = |path: &Value| {
        let [pipeline, made_by, state, hop] =
            ["pipeline", "madeBy", "state", "brokenAt"].map(|member| text(path, member));
        format!("{pipeline} of {made_by}: {state} {hop}").trim_end().to_owned()
    };
    run.all("paths").iter().map(line).collect()
}

#[test]
fn where_a_rule_of_others_is_heard_nothing_is_built_and_one_message_comes() {
    let stage = stage();
    teams_way(&stage);
    let run = stage.apply(&UNHEARD).ended(0);
    assert_eq!(paths(&run), ["team-deploys of others: heard"]);
    assert_eq!(run.changes(), [""; 0]);
    assert_eq!(heard(&stage), (0, 1));
}

#[test]
fn a_way_of_others_for_some_of_the_clusters_is_not_taken_for_all_of_them() {
    let stage = stage();
    teams_way(&stage);
    let prod = json!({
        "source": ["aws.ecs"], "detail-type": ["ECS Deployment State Change"],
        "resources": [{ "wildcard": "arn:aws:ecs:*:*:service/prod-*/*" }],
        "detail": { "eventName": ["SERVICE_DEPLOYMENT_FAILED"] },
    });
    let input = json!({ "Name": "team-deploys", "EventPattern": prod.to_string() });
    by_hand(&stage, "events:PutRule", input);
    let fleet =
        |globs: &str| UNHEARD.replace("when: unheard", &format!("when: unheard\n      clusters: [{globs}]"));
    assert_eq!(stage.apply(&fleet("\"prod-*\"")).ended(0).changes(), [""; 0]);
    let run = stage.apply(&fleet("\"prod-*\", \"stage-*\"")).ended(0);
    assert!(paths(&run).contains(&"deploys of fleet: heard".to_owned()), "{}", run.stdout);
}

/// Something that a person does in the account.
type Deed = fn(&Stage);

/// Everything by which a team loses its own way without knowing, by the hop at
/// which it then ends.
fn losses() -> Vec<(&'static str, Deed)> {
    vec![
        ("rule", |stage| _ = by_hand(stage, "events:DisableRule", json!({ "Name": "team-deploys" }))),
        ("target", |stage| {
            by_hand(stage, "events:RemoveTargets", json!({ "Rule": "team-deploys", "Ids": ["sns"] }));
        }),
        ("transformer", |stage| {
            let raw = json!({ "Id": "sns", "Arn": TOPIC });
            by_hand(stage, "events:PutTargets", json!({ "Rule": "team-deploys", "Targets": [raw] }));
        }),
        ("topic", |stage| _ = by_hand(stage, "sns:DeleteTopic", json!({ "TopicArn": TOPIC }))),
        ("topicPolicy", |stage| set_policy(stage, &json!({ "AWS": "111111111111" }))),
        ("topicKey", |stage| {
            let input = json!({
                "TopicArn": TOPIC, "AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/aws/sns",
            });
            by_hand(stage, "sns:SetTopicAttributes", input);
        }),
        ("room", |stage| {
            stage.simulator.with_world(|world| {
                foghorn::sim::chatbot::withdraw_workspace(world, DEV, WORKSPACE);
            });
        }),
    ]
}

#[test]
fn where_a_rule_of_others_is_broken_it_is_told_and_the_pipeline_is_built() {
    for (hop, lose) in losses() {
        let stage = stage();
        teams_way(&stage);
        lose(&stage);
        let run = stage.apply(&UNHEARD).ended(0);
        let expected =
            [format!("team-deploys of others: broken {hop}"), "deploys of fleet: heard".to_owned()];
        let mut found = paths(&run);
        found.sort_by_key(|path| path.starts_with("deploys"));
        assert_eq!(found, expected, "{hop}: {}", run.stdout);
        assert_eq!(heard(&stage), (1, 0), "{hop}");
    }
}

#[test]
fn a_way_of_others_that_breaks_later_is_replaced_and_one_that_is_mended_is_not_doubled_for_long() {
    let stage = stage();
    teams_way(&stage);
    stage.apply(&UNHEARD).ended(0);
    set_policy(&stage, &json!({ "AWS": "111111111111" }));
    assert_eq!(heard(&stage), (0, 0));
    stage.apply(&UNHEARD).ended(0);
    assert_eq!(heard(&stage), (1, 0));
    set_policy(&stage, &json!({ "Service": "events.amazonaws.com" }));
    let run = stage.apply(&UNHEARD).ended(2);
    assert!(!run.findings("orphan").is_empty(), "{}", run.stdout);
    stage.run(&UNHEARD, &["apply", "--prune", "--yes", "--output", "json"]).ended(0);
    assert_eq!(heard(&stage), (0, 1));
}

#[test]
fn a_rule_of_others_that_leads_to_the_fleet_s_own_topic_is_not_let_in() {
    let stage = stage();
    let fleet = UNHEARD
        .replace("when: unheard", "when: always")
        .replace("{ enable: false, rollback: false }", "{ enable: true, rollback: true }")
        .replace(
            "apiDestination: { googleChat: { webhook: { secretsManager: foghorn/deploys } } }",
            &format!("chatbot: {{ slack: {{ workspaceId: {WORKSPACE}, channelId: {CHANNEL} }} }}"),
        );
    stage.apply(&fleet).ended(0);
    let mut target = whole_target();
    target["Arn"] = "arn:aws:sns:ap-northeast-2:111111111111:foghorn-deploys".into();
    terraform_rule(&stage, "team-deploys", target);
    let run = stage.plan(&fleet).ended(0);
    let found = paths(&run);
    assert!(found.contains(&"team-deploys of others: broken topicPolicy".to_owned()), "{found:?}");
    assert_eq!(heard(&stage), (0, 1), "the fleet's own rule alone is let in");
}

#[test]
fn every_kind_of_way_that_others_can_make_counts() {
    let stage = stage();
    let url = stage.simulator.with_world(|world| {
        let path = open(world, Kind::GoogleChat, OWN);
        format!("{}{path}", world.endpoint)
    });
    let connection = json!({
        "Name": "team", "AuthorizationType": "API_KEY",
        "AuthParameters": { "ApiKeyAuthParameters": { "ApiKeyName": "key", "ApiKeyValue": "none" } },
    });
    let connection = by_hand(&stage, "events:CreateConnection", connection);
    let destination = json!({
        "Name": "team", "ConnectionArn": connection["ConnectionArn"], "InvocationEndpoint": url,
        "HttpMethod": "POST",
    });
    let destination = by_hand(&stage, "events:CreateApiDestination", destination);
    let transformer = json!({
        "InputPathsMap": { "reason": "$.detail.reason" }, "InputTemplate": r#"{"text":<reason>}"#,
    });
    let target = json!({
        "Id": "team", "Arn": destination["ApiDestinationArn"], "InputTransformer": transformer,
        "RoleArn": "arn:aws:iam::111111111111:role/foghorn-invoke",
    });
    terraform_rule(&stage, "team-deploys", target);
    let run = stage.apply(&UNHEARD).ended(0);
    assert_eq!(paths(&run), ["team-deploys of others: heard"]);
    assert_eq!(heard(&stage), (1, 0));
    by_hand(&stage, "events:DeleteApiDestination", json!({ "Name": "team" }));
    let run = stage.plan(&UNHEARD).ended(2);
    assert!(
        paths(&run).contains(&"team-deploys of others: broken destination".to_owned()),
        "{:?}",
        paths(&run)
    );
}
