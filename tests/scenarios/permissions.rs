//! No permission is printed that no run uses, and a call beyond is refused.
//!
//! That each run has enough, every scenario shows: see `support::allowed`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use foghorn::fleet::parse;
use foghorn::policy::document::Effect;
use foghorn::policy::{Document, Mode, Role};
use foghorn::sim::authorization::Authorization;
use foghorn::sim::chatbot::authorise_team;
use foghorn::sim::record::Entry;
use foghorn::sim::rooms::webhooks::Kind;
use serde_json::json;

use super::support::allowed::{allows, evaluator, is_member, mode, policy};
use super::support::{BREAKERS, DEV, PIPELINE, SEOUL, Stage, account};

const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const TEAM: &str = "4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f";

/// Actions that a statement allows and no run here calls.
const SELDOM: [(&str, &str); 2] = [
    // Asked only where AWS Chatbot lists a configuration without its tags.
    ("ReadRooms", "chatbot:ListTagsForResource"),
    // EventBridge does as it likes with the secret of a connection that it keeps.
    ("LetConnectionsKeepSecrets", "secretsmanager:UpdateSecret"),
];

/// The store's, for which there is no S3 here: the contract of stores plays
/// against another's.
const OF_STORES: [&str; 2] = ["KeepReports", "ListReports"];

/// What was called for one fleet in one mode.
struct Played {
    fleet: String,
    mode: Mode,
    calls: Vec<Entry>,
}

/// A policy, and what IAM was asked under it, each in a Region.
type Asked = (Document, Vec<(Authorization, String)>);

/// Runs the binary, whatever it ends with, and keeps its calls.
fn play(stage: &Stage, fleet: &str, arguments: &[&str], played: &mut Vec<Played>) {
    stage.forget_calls();
    let run = stage.run(fleet, arguments);
    assert_ne!(run.code, 1, "{}", run.stderr);
    stage.settle();
    let mode = mode(arguments[0], arguments).expect("a mode");
    played.push(Played { fleet: fleet.to_owned(), mode, calls: stage.simulator.record.entries() });
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
static WAYS: LazyLock<String> = LazyLock::new(|| format!("{BREAKERS}{WAYS_PIPELINES}"));
const WAYS_PIPELINES: &str = r#"  tags: { team: sre }
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
        stage.stored_webhook(DEV, kind, "deploys", &format!("foghorn/{name}"));
    }
    function_of_others(&stage);
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

/// A function that others made, and a rule of theirs that leads to it.
fn function_of_others(stage: &Stage) {
    let function = json!({
        "FunctionName": "theirs", "Role": format!("arn:aws:iam::{DEV}:role/foghorn-notifier"),
        "Runtime": "provided.al2023", "Handler": "bootstrap", "Code": { "ZipFile": other_code() },
    });
    let pattern = json!({ "source": ["aws.ecs"] }).to_string();
    let target = json!({ "Id": "1", "Arn": format!("arn:aws:lambda:{SEOUL}:{DEV}:function:theirs") });
    for (action, input) in [
        ("lambda:CreateFunction", function),
        ("events:PutRule", json!({ "Name": "theirs", "EventPattern": pattern })),
        ("events:PutTargets", json!({ "Rule": "theirs", "Targets": [target] })),
    ] {
        stage.by_hand(DEV, SEOUL, action, input);
    }
}

/// The same fleet with nothing to carry.
fn without_pipelines(fleet: &str) -> String {
    let (before, _) = fleet.split_once("  pipelines:").expect("pipelines");
    before.to_owned()
}

/// Two rooms that others set up.
static ADOPTED: LazyLock<String> = LazyLock::new(|| format!("{BREAKERS}{ADOPTED_PIPELINES}"));
const ADOPTED_PIPELINES: &str = r#"  pipelines:
    - name: slack
      events: [deploymentFailed]
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD, adopt: true } } }
    - name: teams
      events: [deploymentFailed]
      via: { chatbot: { teams: { tenantId: 11111111-2222-3333-4444-555555555555, teamId: 4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f, channelId: "19%3Aab12%40thread.tacv2", adopt: true } } }
"#;

fn adopted() -> Stage {
    let stage = ways();
    let role = format!("arn:aws:iam::{DEV}:role/foghorn-chat");
    let slack = json!({
        "SlackTeamId": "T0123ABCD", "SlackChannelId": "C0123ABCD", "ConfigurationName": "theirs", "IamRoleArn": role,
        "SnsTopicArns": [],
    });
    let teams = json!({
        "TenantId": TENANT, "TeamId": TEAM, "ChannelId": "19%3Aab12%40thread.tacv2", "ConfigurationName": "theirs-too",
        "IamRoleArn": role, "SnsTopicArns": [],
    });
    stage.by_hand(DEV, "us-east-2", "chatbot:CreateSlackChannelConfiguration", slack);
    stage.by_hand(DEV, "us-east-2", "chatbot:CreateMicrosoftTeamsChannelConfiguration", teams);
    stage
}

/// Runs that go every way: made, damaged and mended, looked at, sounded, pruned,
/// made again and destroyed.
fn all_ways() -> Vec<Played> {
    let mut played = Vec::new();
    let asking = Stage::with_service();
    function_of_others(&asking);
    let unheard =
        PIPELINE.replace("events: [deploymentFailed]", "events: [deploymentFailed]\n      when: unheard");
    play(&asking, &unheard, &["sound", "--timeout", "5s"], &mut played);
    let chatbot = Stage::with_service();
    // One pipeline alone reads its rule by another call than two do.
    play(&chatbot, PIPELINE, &["plan"], &mut played);
    play(&chatbot, PIPELINE, &["apply", "--yes"], &mut played);
    play(&chatbot, PIPELINE, &["sound", "--timeout", "5s"], &mut played);
    play(&chatbot, PIPELINE, &["destroy", "--yes"], &mut played);
    for (stage, fleet, damage) in [
        (chatbot, fleet(), damage as fn(&Stage)),
        (ways(), WAYS.clone(), damage_ways),
        (adopted(), ADOPTED.clone(), |_: &Stage| {}),
    ] {
        play(&stage, &fleet, &["apply", "--yes"], &mut played);
        damage(&stage);
        play(&stage, &fleet, &["plan"], &mut played);
        play(&stage, &fleet, &["apply", "--yes"], &mut played);
        play(&stage, &fleet, &["sound", "--timeout", "5s"], &mut played);
        play(&stage, &without_pipelines(&fleet), &["plan", "--prune"], &mut played);
        if fleet != *ADOPTED {
            play(&stage, &without_pipelines(&fleet), &["apply", "--yes", "--prune"], &mut played);
            play(&stage, &fleet, &["apply", "--yes"], &mut played);
        }
        play(&stage, &fleet, &["destroy", "--yes"], &mut played);
    }
    played
}

/// The policies of what was played, by mode, with what IAM was asked under each.
fn policies(played: &[Played], role: Role) -> BTreeMap<Mode, Vec<Asked>> {
    let mut policies: BTreeMap<Mode, Vec<_>> = BTreeMap::new();
    for one in played {
        let today = time::OffsetDateTime::now_utc().date();
        let fleet = parse(&one.fleet, "fleet.yaml", today).expect("a good fleet").fleet;
        let calls = one.calls.iter().filter(|entry| is_member(entry) == (role == Role::Member));
        let asked = calls
            .flat_map(|entry| entry.authorizations.iter().map(|one| (one.clone(), entry.region.clone())));
        policies.entry(one.mode).or_default().push((policy(&fleet, one.mode, role), asked.collect()));
    }
    policies
}

/// The actions of statements that nothing which was asked needs.
fn unused(policies: &[Asked]) -> BTreeSet<(String, String)> {
    let (mut printed, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (document, asked) in policies {
        for statement in document.statement.iter().filter(|one| one.effect == Effect::Allow) {
            printed.extend(statement.action.iter().map(|action| (statement.sid.clone(), action.clone())));
            let alone = evaluator(&document.only(&statement.sid));
            let fits = |one: &&(Authorization, String)| {
                statement.action.contains(&one.0.action) && allows(&alone, &one.0, &one.1)
            };
            used.extend(
                asked.iter().filter(fits).map(|(one, _)| (statement.sid.clone(), one.action.clone())),
            );
        }
    }
    printed.difference(&used).cloned().collect()
}

#[test]
fn no_mode_s_policy_has_a_statement_or_an_action_that_no_run_uses() {
    let played = all_ways();
    let policies = policies(&played, Role::Member);
    assert_eq!(policies.keys().copied().collect::<Vec<_>>(), Mode::ALL);
    for (mode, policies) in &policies {
        let mut unused = unused(policies);
        unused.retain(|(sid, action)| !SELDOM.contains(&(sid.as_str(), action.as_str())));
        assert_eq!(unused, BTreeSet::new(), "{mode:?} does not need these");
    }
}

#[test]
fn what_foghorn_itself_may_do_is_used() {
    let stage = Stage::new(|world| {
        account(world, DEV, "dev");
        world.organization.add_unit("ou-ab12-cdefghij", "workloads", "r-sim0");
    });
    let webhook = stage.webhook(Kind::GoogleChat, "report");
    stage.store_secret("999999999999", "us-east-1", "foghorn/report", &webhook);
    stage.by_hand("999999999999", "us-east-1", "sns:CreateTopic", json!({ "Name": "report" }));
    let report = "
  store: none
  report:
    when: always
    to:
      - { googleChat: { webhook: { secretsManager: foghorn/report } } }
      - { sns: { topicArn: \"arn:aws:sns:us-east-1:999999999999:report\" } }
";
    let mut played = Vec::new();
    for organization in
        ["{ exclude: [ou-ab12-cdefghij], labelsFromTags: [env] }", "{ include: [\"111111111111\"] }"]
    {
        let fleet = format!(
            "apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata: {{ name: acme }}\nspec:\n  access: {{ roleName: foghorn }}\n  \
             regions: [ap-northeast-2]\n  organization: {organization}{report}"
        );
        play(&stage, &fleet, &["plan"], &mut played);
    }
    let policies = policies(&played, Role::Controller);
    let mut unused = unused(&policies[&Mode::Plan]);
    unused.retain(|(sid, _)| !OF_STORES.contains(&sid.as_str()));
    assert_eq!(unused, BTreeSet::new());
}

#[test]
fn a_call_that_is_beyond_a_policy_is_seen_to_be_refused() {
    let today = time::OffsetDateTime::now_utc().date();
    let fleet = parse(&WAYS, "fleet.yaml", today).expect("a good fleet").fleet;
    let asked = |action: &str, resource: &str, tag: Option<&str>| Authorization {
        action: action.to_owned(),
        resource: resource.to_owned(),
        conditions: tag
            .map(|fleet| ("aws:ResourceTag/foghorn.dev/fleet".to_owned(), fleet.to_owned()))
            .into_iter()
            .collect(),
    };
    let ours = "arn:aws:sns:ap-northeast-2:111111111111:foghorn-tasks";
    let theirs = "arn:aws:sns:ap-northeast-2:111111111111:billing";
    for (mode, asked, region, allowed) in [
        (Mode::Plan, asked("sns:GetTopicAttributes", theirs, None), SEOUL, true),
        (Mode::Plan, asked("sns:GetTopicAttributes", theirs, None), "eu-west-1", false),
        (Mode::Plan, asked("sns:CreateTopic", ours, None), SEOUL, false),
        (Mode::Apply, asked("sns:CreateTopic", ours, None), SEOUL, true),
        (Mode::Apply, asked("sns:CreateTopic", theirs, None), SEOUL, false),
        (Mode::Destroy, asked("sns:CreateTopic", ours, None), SEOUL, false),
        (Mode::Destroy, asked("sns:DeleteTopic", ours, Some("acme")), SEOUL, true),
        (Mode::Destroy, asked("sns:DeleteTopic", ours, Some("another")), SEOUL, false),
        (Mode::Destroy, asked("sns:DeleteTopic", ours, None), SEOUL, false),
        (Mode::Destroy, asked("sns:DeleteTopic", theirs, Some("acme")), SEOUL, false),
        (Mode::Sound, asked("sns:DeleteTopic", ours, Some("acme")), SEOUL, false),
        (Mode::Apply, asked("events:ListRules", "*", None), SEOUL, true),
        (Mode::Apply, asked("events:PutRule", "*", None), SEOUL, false),
    ] {
        let policy = evaluator(&policy(&fleet, mode, Role::Member));
        assert_eq!(allows(&policy, &asked, region), allowed, "{mode:?} {asked:?} {region}");
    }
}
