//! Webhooks, programs, rooms and roles that are not as they should be: what is
//! said, that nothing stays half-made, and that no webhook is ever shown.

use std::path::{Path, PathBuf};

use foghorn::sim::rooms::webhooks::{Fault, Kind, misbehave};
use foghorn::sim::routing::{Delivery, Outcome};
use foghorn::sim::world::{Role, World};
use serde_json::{Value, json};

use super::support::{DEV, Run, SEOUL, Stage, account, bootstrapped};

/// What no output may hold.
const SESAME: &str = "openSesame0123456789";

/// A fleet of one pipeline.
fn fleet(via: &str) -> String {
    format!(
        "apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: {{ name: acme }}
spec:
  access: {{ roleName: foghorn }}
  limits: {{ callTimeout: 60s }}
  regions: [ap-northeast-2]
  accounts:
    - {{ id: \"{DEV}\", name: dev }}
  pipelines:
    - name: deploys
      events: [deploymentFailed]
      via: {{ {via} }}
"
    )
}

fn destination(reference: &str) -> String {
    fleet(&format!("apiDestination: {{ slack: {{ webhook: {reference} }} }}"))
}

fn function() -> String {
    fleet("lambda: { googleChat: { webhook: { secretsManager: foghorn/hook } } }")
}

fn fail(stage: &Stage) -> Vec<Delivery> {
    let number = messages(stage).len();
    let deliveries = stage.event(&json!({
        "version": "0", "id": format!("00000000-0000-4000-8000-{number:012}"),
        "detail-type": "ECS Deployment State Change", "source": "aws.ecs",
        "account": DEV, "time": "2026-11-21T08:00:00Z", "region": SEOUL,
        "resources": [format!("arn:aws:ecs:{SEOUL}:{DEV}:service/prod/web")],
        "detail": {
            "eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "deploymentId": "ecs-svc/123",
            "updatedAt": "2026-11-21T08:00:00Z",
            "reason": "ECS deployment circuit breaker: tasks failed to start.",
        },
    }));
    stage.settle();
    deliveries
}

/// What stands in all rooms.
fn messages(stage: &Stage) -> Vec<String> {
    stage.simulator.with_world(|world| {
        let messages = world.rooms.iter().flat_map(|room| &room.messages);
        messages.map(|message| json!(message).to_string()).collect()
    })
}

/// Runs the binary with a variable `HOOK`, in all forms of output, and gives back
/// the last run, a plan or an apply in JSON. No form may show a secret.
fn runs(stage: &Stage, fleet: &str, hook: Option<&str>, secrets: &[&str], arguments: &[&str]) -> Run {
    let run = |given: &[&str]| {
        let mut command = stage.command(fleet, &[given, arguments].concat());
        command.envs(hook.map(|value| ("HOOK", value)));
        let run = Run::of(command.output().expect("the binary runs"));
        for secret in [secrets, &[SESAME]].concat() {
            let all = format!("{}{}", run.stdout, run.stderr);
            let shown = all.lines().find(|line| line.contains(secret));
            assert_eq!(shown, None, "{given:?}");
        }
        run
    };
    run(&["plan", "-vv"]);
    run(&["plan", "-vv", "--log-format", "json", "-o", "json"]);
    let text = run(&["apply", "--yes", "-v"]);
    let json = run(&["apply", "--yes", "-o", "json"]);
    assert_eq!(text.code, json.code, "{}", text.stdout);
    Run { stderr: format!("{}{}", text.stdout, text.stderr), ..json }
}

/// Once the cause is gone, an apply finishes, a plan is empty and the room hears.
fn is_finished(stage: &Stage, fleet: &str, hook: Option<&str>, secrets: &[&str], what: &str) {
    let run = runs(stage, fleet, hook, secrets, &[]);
    assert_eq!(run.code, 0, "{what}: {}\n{}", run.stdout, run.stderr);
    assert!(run.is_heard(), "{what}: {}", run.stdout);
    let mut plan = stage.command(fleet, &["plan", "-o", "json"]);
    let plan = Run::of(plan.envs(hook.map(|value| ("HOOK", value))).output().expect("the binary runs"));
    assert_eq!((plan.code, plan.changes().len()), (0, 0), "{what}: {}", plan.stdout);
    let before = messages(stage).len();
    fail(stage);
    assert_eq!(messages(stage).len(), before + 1, "{what}");
}

/// The parts of a webhook that nobody may see.
fn secret_parts(webhook: &str) -> Vec<&str> {
    let path = webhook.split_once("/webhooks/").map_or("", |(_, path)| path);
    path.split(['/', '?', '&', '=']).filter(|part| part.len() > 20).collect()
}

/// Bad webhooks, and what is said of each.
fn bad_webhooks() -> [(String, &'static str); 5] {
    [
        (" \n".to_owned(), "empty"),
        (format!("{SESAME} is no address"), "not a URL"),
        (format!("http://hooks.example.invalid/{SESAME}"), "is not https"),
        (format!("https://{SESAME}@hooks.example.invalid/"), "user name or password"),
        (format!("https://acme.webhook.office.com/{SESAME}"), "has retired"),
    ]
}

#[test]
fn a_webhook_in_the_environment_that_cannot_be_one_is_said_and_nothing_is_posted_to() {
    let stage = Stage::bootstrapped();
    let fleet = destination("{ env: HOOK }");
    let other = format!("https://chat.googleapis.com/v1/spaces/A/messages?key=a&token={SESAME}");
    let bad = bad_webhooks().map(|(value, said)| (Some(value), said)).into_iter();
    let more = [
        (None, "the environment variable HOOK is not set"),
        (Some(other), "one of Google Chat, not of Slack"),
    ];
    for (hook, said) in bad.chain(more) {
        let run = runs(&stage, &fleet, hook.as_deref(), &[], &[]);
        assert_eq!(run.code, 2, "{said}: {}", run.stdout);
        let found = run.findings("webhookUnusable");
        assert_eq!(found.len(), 1, "{said}: {}", run.stdout);
        let message = found[0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(said), "{said}: {message}");
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
        assert!(!stage.inventory(DEV).contains_key("ap-northeast-2 destination foghorn-deploys"), "{said}");
    }
    let webhook = stage.webhook(Kind::Slack, "deploys");
    is_finished(&stage, &fleet, Some(&webhook), &secret_parts(&webhook), "the variable is set");
}

#[test]
fn a_webhook_that_turns_bad_leaves_the_destination_as_it_was() {
    let stage = Stage::bootstrapped();
    let fleet = destination("{ env: HOOK }");
    let webhook = stage.webhook(Kind::Slack, "deploys");
    let secrets = secret_parts(&webhook);
    is_finished(&stage, &fleet, Some(&webhook), &secrets, "at first");
    let before = stage.inventory(DEV);
    for hook in [None, Some("nonsense")] {
        // Where the destination posts to is read, and whether it should is not.
        let run = runs(&stage, &fleet, hook, &secrets, &[]);
        assert_eq!((run.code, run.findings("webhookUnusable").len()), (3, 1), "{}", run.stdout);
        assert_eq!(stage.inventory(DEV), before);
    }
    is_finished(&stage, &fleet, Some(&webhook), &secrets, "at last");
}

#[test]
fn a_webhook_file_that_is_missing_or_empty_is_said_with_its_name() {
    let stage = Stage::bootstrapped();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hook");
    let fleet = destination(&format!("{{ file: {} }}", file.display()));
    let run = runs(&stage, &fleet, None, &[], &[]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains(file.to_str().unwrap_or_default()), "{}", run.stderr);
    std::fs::write(&file, "\n").expect("a file");
    assert!(runs(&stage, &fleet, None, &[], &[]).stderr.contains("is empty"));
    let webhook = stage.webhook(Kind::Slack, "deploys");
    std::fs::write(&file, format!("{webhook}\n")).expect("a file");
    is_finished(&stage, &fleet, None, &secret_parts(&webhook), "the file is filled");
}

fn put_secret(stage: &Stage, value: &str) {
    let input = json!({ "SecretId": "foghorn/hook", "SecretString": value });
    stage.by_hand(DEV, SEOUL, "secretsmanager:PutSecretValue", input);
}

/// A secret of Secrets Manager, bad in all ways and then good.
fn stored_secrets(fleet: &str, kind: Kind, other_room: &str, said_of_it: &str) {
    let stage = Stage::bootstrapped();
    let run = runs(&stage, fleet, None, &[], &[]);
    assert_eq!((run.code, run.findings("webhookUnusable").len()), (2, 1), "{}", run.stdout);
    assert!(run.stderr.contains("the secret foghorn/hook is missing in ap-northeast-2"), "{}", run.stderr);
    stage.store_secret(DEV, SEOUL, "foghorn/hook", "x");
    let other = [(other_room.to_owned(), said_of_it)];
    for (value, said) in bad_webhooks().into_iter().chain(other) {
        put_secret(&stage, &value);
        let run = runs(&stage, fleet, None, &[], &[]);
        assert_eq!(run.code, 2, "{said}: {}", run.stdout);
        assert!(run.stderr.contains(said) && run.stderr.contains("foghorn/hook"), "{said}: {}", run.stderr);
    }
    let webhook = stage.webhook(kind, "deploys");
    put_secret(&stage, &webhook);
    is_finished(&stage, fleet, None, &secret_parts(&webhook), "the secret is right");
}

#[test]
fn a_stored_webhook_of_a_destination_that_cannot_be_one_is_said() {
    let other = format!("https://chat.googleapis.com/v1/spaces/A/messages?key=a&token={SESAME}");
    let fleet = destination("{ secretsManager: foghorn/hook }");
    stored_secrets(&fleet, Kind::Slack, &other, "one of Google Chat, not of Slack");
}

#[test]
fn a_stored_webhook_of_a_function_that_cannot_be_one_is_said() {
    let stage = Stage::bootstrapped();
    let plan = stage.run(&function(), &["plan", "-vv"]).ended(2);
    assert!(plan.stdout.contains("the secret foghorn/hook is missing in ap-northeast-2"), "{}", plan.stdout);
    stage.store_secret(DEV, SEOUL, "foghorn/hook", "x");
    let other = format!("https://hooks.slack.com/services/T0/B0/{SESAME}");
    let bad = bad_webhooks().into_iter().skip(1).take(1);
    for (value, said) in bad.chain([(other, "one of Slack, not of Google Chat")]) {
        put_secret(&stage, &value);
        let plan = stage.run(&function(), &["plan", "-vv"]).ended(2);
        assert!(plan.stdout.contains(said) && plan.stdout.contains("foghorn/hook"), "{}", plan.stdout);
        assert!(!format!("{}{}", plan.stdout, plan.stderr).contains(SESAME), "{said}");
    }
    let webhook = stage.webhook(Kind::GoogleChat, "deploys");
    put_secret(&stage, &webhook);
    is_finished(&stage, &function(), None, &secret_parts(&webhook), "the secret is right");
}

/// A stage whose secret holds the webhook of a room of this kind.
fn with_room(kind: Kind) -> Stage {
    let stage = Stage::bootstrapped();
    let webhook = stage.webhook(kind, "deploys");
    stage.store_secret(DEV, SEOUL, "foghorn/hook", &webhook);
    stage
}

/// A program for a processor that Lambda does not have: an ELF header and
/// nothing behind it.
fn for_another_processor() -> Vec<u8> {
    let mut header = vec![0; 64];
    // 64 bits, little-endian, the present version; an executable for RISC-V.
    header[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1, 1]);
    header[16] = 2;
    header[18] = 243;
    header[20] = 1;
    header[52] = 64;
    header
}

#[test]
fn a_notifier_that_lambda_could_not_run_is_said_and_the_right_one_finishes() {
    let stage = with_room(Kind::GoogleChat);
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    };
    for (path, said) in [
        (Path::new("/nope").to_owned(), "there is no notifier at /nope"),
        (folder.path().to_owned(), "there is no notifier at"),
        (write("script", b"#!/bin/sh\nexec true\n"), "a script"),
        (write("empty", b""), "build it for Linux"),
        (write("other", &for_another_processor()), "a processor that Lambda does not have"),
    ] {
        let notifier = path.to_str().unwrap_or_default();
        let run = runs(&stage, &function(), None, &[], &["--notifier", notifier]);
        assert_eq!(run.code, 2, "{said}: {}", run.stdout);
        assert!(run.stderr.contains(said) && run.stderr.contains(notifier), "{said}: {}", run.stderr);
        assert!(!stage.inventory(DEV).contains_key("ap-northeast-2 function foghorn-deploys"));
    }
    is_finished(&stage, &function(), None, &[], "the notifier beside foghorn");
}

/// What a dead-letter queue holds: the code of each letter.
fn dead_letters(stage: &Stage) -> Vec<String> {
    let queue = format!("{}/{DEV}/foghorn-deploys-dead-letters", stage.url());
    let input = json!({
        "QueueUrl": queue, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"], "VisibilityTimeout": 0,
    });
    let received = stage.by_hand(DEV, SEOUL, "sqs:ReceiveMessage", input);
    let code =
        |letter: &Value| letter["MessageAttributes"]["ERROR_CODE"]["StringValue"].as_str().map(str::to_owned);
    let letters = received["Messages"].as_array().cloned().unwrap_or_default();
    letters.iter().map(|letter| code(letter).unwrap_or_default()).collect()
}

fn disturb(stage: &Stage, kind: Kind, fault: Fault, times: u32) {
    assert!(stage.simulator.with_world(|world| misbehave(world, kind, "deploys", fault, times)));
}

#[test]
fn a_room_that_refuses_a_destination_for_good_is_in_the_dead_letters_and_in_the_next_plan() {
    let fleet = destination("{ secretsManager: foghorn/hook }");
    for (code, letter) in [(404, "SDK_CLIENT_ERROR"), (429, "THROTTLING"), (503, "ERROR_FROM_TARGET")] {
        let stage = with_room(Kind::Slack);
        stage.apply(&fleet).ended(0);
        disturb(&stage, Kind::Slack, Fault::Status { code, retry_after: None }, 200);
        let deliveries = fail(&stage);
        assert!(
            matches!(deliveries[0].outcome, Outcome::Failed { code, .. } if code == letter),
            "{deliveries:?}"
        );
        assert_eq!(dead_letters(&stage), [letter]);
        let plan = stage.plan(&fleet).ended(2);
        assert_eq!(plan.findings("deadLetters").len(), 1, "{code}: {}", plan.stdout);
        assert_eq!(plan.findings("metricNonZero").len(), 1, "{code}: {}", plan.stdout);
    }
}

#[test]
fn a_room_that_is_busy_or_down_for_a_while_hears_all_the_same() {
    for (fleet, kind) in
        [(destination("{ secretsManager: foghorn/hook }"), Kind::Slack), (function(), Kind::GoogleChat)]
    {
        let stage = with_room(kind);
        stage.apply(&fleet).ended(0);
        for (number, fault) in (1..).zip([
            Fault::Status { code: 429, retry_after: Some(1) },
            Fault::Status { code: 500, retry_after: None },
        ]) {
            disturb(&stage, kind, fault.clone(), 1);
            fail(&stage);
            assert_eq!(messages(&stage).len(), number, "{fault:?}");
        }
        stage.plan(&fleet).ended(0);
    }
}

#[test]
fn a_page_for_people_is_no_answer_of_a_room_and_the_notifier_goes_on_until_there_is_one() {
    let stage = with_room(Kind::GoogleChat);
    stage.apply(&function()).ended(0);
    disturb(&stage, Kind::GoogleChat, Fault::Html, 1);
    fail(&stage);
    let heard = messages(&stage).len();
    let plan = stage.plan(&function());
    assert!(heard == 1 || !plan.findings("deadLetters").is_empty(), "{heard}: {}", plan.stdout);
}

#[test]
fn a_room_that_refuses_the_notifier_for_good_is_in_the_next_plan() {
    let stage = with_room(Kind::GoogleChat);
    stage.apply(&function()).ended(0);
    disturb(&stage, Kind::GoogleChat, Fault::Status { code: 404, retry_after: None }, 200);
    fail(&stage);
    let run =
        runs(&stage, &function(), None, &secret_parts(&stage.webhook(Kind::GoogleChat, "deploys")), &[]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert_eq!(run.findings("deadLetters").len(), 1, "{}", run.stdout);
}

fn roles(world: &mut World) -> &mut std::collections::BTreeMap<String, Role> {
    &mut world.accounts.entry(DEV.to_owned()).or_default().roles
}

#[test]
fn a_role_that_the_bootstrap_stack_makes_and_is_missing_is_named_and_once_there_all_is_finished() {
    for (role, fleet, kind) in [
        (
            "foghorn-chat",
            fleet("chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } }"),
            Kind::Slack,
        ),
        ("foghorn-notifier", function(), Kind::GoogleChat),
    ] {
        let stage = with_room(kind);
        stage.simulator.with_world(|world| roles(world).remove(role));
        let run = runs(&stage, &fleet, None, &[], &[]);
        assert_eq!(run.code, 2, "{role}: {}", run.stdout);
        assert!(run.stderr.contains(role), "{role}: {}", run.stderr);
        assert!(run.stderr.contains("foghorn bootstrap"), "{role}: {}", run.stderr);
        stage.simulator.with_world(|world| roles(world).insert(role.to_owned(), Role::default()));
        is_finished(&stage, &fleet, None, &[], role);
    }
}

#[test]
fn a_role_that_only_a_delivery_shows_to_be_missing_is_in_the_dead_letters_and_the_next_plan() {
    let hub = destination("{ secretsManager: foghorn/hook }").replace(
        "      via:",
        &format!("      hub: {{ account: \"{DEV}\", region: ap-northeast-2 }}\n      via:"),
    );
    for (role, fleet) in
        [("foghorn-invoke", destination("{ secretsManager: foghorn/hook }")), ("foghorn-forward", hub)]
    {
        let stage = with_room(Kind::Slack);
        stage.apply(&fleet).ended(0);
        stage.simulator.with_world(|world| roles(world).remove(role));
        let deliveries = fail(&stage);
        assert!(matches!(deliveries[0].outcome, Outcome::Failed { .. }), "{role}: {deliveries:?}");
        let run = runs(&stage, &fleet, None, &[], &[]);
        assert_eq!((run.code, run.findings("deadLetters").len()), (2, 1), "{role}: {}", run.stdout);
    }
}

#[test]
fn a_channel_that_others_have_configured_is_a_conflict_unless_it_is_adopted() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let by_others = json!({
        "SlackTeamId": "T0123ABCD", "SlackChannelId": "C0123ABCD", "ConfigurationName": "theirs",
        "IamRoleArn": format!("arn:aws:iam::{DEV}:role/foghorn-chat"), "SnsTopicArns": [],
    });
    stage.by_hand(DEV, "us-east-2", "chatbot:CreateSlackChannelConfiguration", by_others);
    let alone = fleet("chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } }");
    let run = runs(&stage, &alone, None, &[], &[]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("adopt: true"), "{}", run.stderr);
    is_finished(&stage, &alone.replace("C0123ABCD }", "C0123ABCD, adopt: true }"), None, &[], "adopted");
}

#[test]
fn a_workspace_and_a_role_that_are_missing_at_once_are_both_said() {
    let stage = Stage::new(|world| account(world, DEV, "dev"));
    let fleet = fleet("chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } }");
    let run = runs(&stage, &fleet, None, &[], &[]);
    assert_eq!((run.code, run.findings("roomNotAuthorised").len()), (2, 1), "{}", run.stdout);
    stage.simulator.with_world(|world| bootstrapped(world, DEV, "dev"));
    is_finished(&stage, &fleet, None, &[], "let in");
}
