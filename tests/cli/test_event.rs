//! `foghorn test-event`: what would become of an event, without AWS.

use std::io::Write;
use std::process::{Command, Stdio};

use foghorn::sim::rooms::webhooks::Kind;
use serde_json::{Value, json};

use super::support::{CHANNEL, DEV, PROD, Run, SEOUL, Stage, WORKSPACE, bootstrapped};

/// What a webhook's URL holds that nobody may read.
const SECRET: &str = "s3cr3t-token-of-the-room";

const FLEET: &str = r#"apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [ap-northeast-2, us-east-1]
  accounts:
    - { id: "111111111111", name: dev, labels: { env: dev } }
    - { id: "222222222222", name: prod, labels: { env: prod } }
  pipelines:
    - name: deploys
      match: { labels: { env: prod } }
      events: [deploymentFailed, serviceImpaired]
      clusters: ["prod-*"]
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }
    - name: failures
      events: [taskFailed]
      via: { apiDestination: { slack: { webhook: { env: FAILURES_WEBHOOK } } } }
    - name: stops
      events: [taskStopped]
      via: { lambda: { googleChat: { webhook: { secretsManager: foghorn/stops } } } }
    - name: gathered
      events: [deploymentFailed, taskFailed]
      hub: { account: "222222222222", region: us-east-1 }
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C9999ABCD } } }
    - name: heavy
      events: [{ pattern: { source: [aws.ecs], detail: { containers: { exitCode: [{ numeric: [">", 128] }] } } } }]
      via: { lambda: { teams: { webhook: { secretsManager: foghorn/heavy } } } }
"#;

/// A failed task, whose reason and exit code are what a person might be given.
fn task() -> Value {
    let arn = |resource: &str| format!("arn:aws:ecs:ap-northeast-2:111111111111:{resource}");
    json!({
        "version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": "ECS Task State Change",
        "source": "aws.ecs", "account": "111111111111", "time": "2026-11-20T10:00:00Z",
        "region": "ap-northeast-2", "resources": [arn("task/prod-web/0123456789abcdef0123456789abcdef")],
        "detail": {
            "clusterArn": arn("cluster/prod-web"), "lastStatus": "STOPPED", "desiredStatus": "STOPPED",
            "taskArn": arn("task/prod-web/0123456789abcdef0123456789abcdef"), "group": "service:web",
            "taskDefinitionArn": arn("task-definition/web:42"), "launchType": "FARGATE",
            "availabilityZone": "ap-northeast-2a", "stopCode": "EssentialContainerExited",
            "stoppedReason": "exec: \"server\": not found in C:\\bin, see <log> & <dump>",
            "containers": [{ "name": "app", "exitCode": 127, "lastStatus": "STOPPED" }]
        }
    })
}

/// A run in a folder of its own that holds `fleet.yaml` and `event.json`.
fn try_in(fleet: &str, event: &str, arguments: &[&str], prepare: impl FnOnce(&mut Command)) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("fleet.yaml", fleet);
    write("event.json", event);
    let mut command = Command::new(env!("CARGO_BIN_EXE_foghorn"));
    command.args(["test-event", "-f", "fleet.yaml"]).args(arguments).current_dir(folder.path()).env_clear();
    prepare(&mut command);
    Run::of(command.output().expect("the binary runs"))
}

fn try_event(arguments: &[&str]) -> Run {
    try_in(FLEET, &task().to_string(), arguments, |_| ())
}

#[test]
fn a_match_reads_as_the_room_would_show_it() {
    for (name, arguments) in [
        ("chatbot", &["--pipeline", "deploys", "--sample", "deployment-failed"][..]),
        ("chatbot_verbose", &["-v", "--pipeline", "deploys", "--sample", "deployment-failed-by-alarm"]),
        ("api_destination", &["--pipeline", "failures", "event.json"]),
        ("notifier", &["--pipeline", "stops", "event.json"]),
        ("hub", &["--pipeline", "gathered", "event.json"]),
    ] {
        let run = try_event(arguments).ended(0);
        assert_eq!(run.stderr, "", "{name}");
        insta::assert_snapshot!(format!("test_event_{name}"), run.stdout);
    }
}

#[test]
fn what_no_pipeline_takes_ends_with_2_and_a_reason_for_each() {
    let mut event = task();
    event["detail"]["containers"][0]["exitCode"] = json!("0");
    event["detail"]["lastStatus"] = json!("DEPROVISIONING");
    let run = try_in(FLEET, &event.to_string(), &["event.json"], |_| ()).ended(2);
    assert_eq!(run.stderr, "");
    insta::assert_snapshot!("test_event_nobody", run.stdout);
}

#[test]
fn all_samples_are_a_line_each() {
    let run = try_event(&["--sample", "all"]).ended(0);
    insta::assert_snapshot!("test_event_all", run.stdout);
    let list: Value =
        serde_json::from_str(&try_event(&["--sample", "all", "-o", "json"]).ended(0).stdout).unwrap();
    assert_eq!(list["kind"], "TestEventList");
    assert_eq!(list["items"].as_array().map(Vec::len), Some(run.stdout.lines().count() - 1));
}

#[test]
fn programs_get_reasons_texts_and_messages_as_json() {
    let run =
        try_event(&["-o", "json", "--pipeline", "deploys", "--pipeline", "gathered", "event.json"]).ended(0);
    assert_eq!(run.stderr, "");
    insta::assert_snapshot!("test_event_json", run.stdout);
}

#[test]
fn an_event_may_come_from_standard_input() {
    let from_file = try_event(&["event.json"]).ended(0);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("fleet.yaml"), FLEET).expect("a file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_foghorn"))
        .args(["test-event", "-f", "fleet.yaml", "-"])
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut input = child.stdin.take().expect("its standard input");
    input.write_all(task().to_string().as_bytes()).expect("the event is read");
    drop(input);
    let from_input = Run::of(child.wait_with_output().expect("the binary ends")).ended(0);
    assert_eq!(from_input.stdout, from_file.stdout);
}

#[test]
fn a_webhook_is_neither_needed_nor_ever_shown() {
    let without = try_event(&["-v", "event.json"]).ended(0);
    let url = format!("https://hooks.slack.test/services/T/B/{SECRET}");
    for arguments in [&["-v", "event.json"][..], &["-vv", "-o", "json", "event.json"]] {
        let run = try_in(FLEET, &task().to_string(), arguments, |command| {
            command.env("FAILURES_WEBHOOK", &url).env("FOGHORN_LOG", "trace");
        });
        let run = run.ended(0);
        assert!(!format!("{}{}", run.stdout, run.stderr).contains(SECRET), "{}", run.stdout);
        assert!(arguments.contains(&"json") || run.stdout == without.stdout, "{}", run.stdout);
    }
}

#[test]
fn no_call_is_made_to_anybody() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a listener that does not wait");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let fleet = FLEET.replace("  accounts:", "  organization: {}\n  accounts:");
    for arguments in [&["event.json"][..], &["--sample", "all"]] {
        let run = try_in(&fleet, &task().to_string(), arguments, |command| {
            command
                .env("AWS_ENDPOINT_URL", &url)
                .env("AWS_ACCESS_KEY_ID", "a")
                .env("AWS_SECRET_ACCESS_KEY", "b");
        });
        assert_eq!(run.ended(0).stderr, "");
    }
    assert!(listener.accept().is_err(), "somebody called");
}

/// What is wrong, and words that say so with the name of what was given.
fn refused(event: &str, arguments: &[&str], words: &[&str]) {
    let run = try_in(FLEET, event, arguments, |_| ()).ended(1);
    assert_eq!(run.stdout, "");
    for word in words {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
}

#[test]
fn what_is_no_event_is_refused_with_its_name_and_what_it_lacks() {
    let mut strange = task();
    strange["region"] = json!("ap-norteast-2");
    let event = &["event.json"][..];
    refused("{", event, &["event.json", "not JSON", "line 1"]);
    refused("[]", event, &["event.json", "a list"]);
    refused(
        "{\"source\":\"aws.ecs\"}",
        event,
        &["event.json", "`detail-type` is missing", "`detail` is missing"],
    );
    refused(&strange.to_string(), event, &["event.json", "did you mean `ap-northeast-2`?"]);
    refused(&" ".repeat((4 << 20) + 1), event, &["event.json", "larger than 4 MiB"]);
    refused("", &["nowhere.json"], &["could not read the event from nowhere.json"]);
    refused("", &["--sample", "task-exit"], &["no sample `task-exit`", "task-exited", "`all`"]);
    refused("", &["--pipeline", "deploy", "--sample", "all"], &["did you mean `deploys`?"]);
    refused("", &[], &["--sample <NAME>"]);
    refused("", &["event.json", "--sample", "all"], &["cannot be used with"]);
}

/// A pipeline of every way, of which the last goes through a hub.
const EVERY_WAY: &str = r#"apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [ap-northeast-2]
  accounts:
    - { id: "111111111111", name: dev, labels: { env: dev } }
    - { id: "222222222222", name: prod }
  pipelines:
    - name: chatbot
      match: { labels: { env: dev } }
      events: [taskFailed]
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }
    - name: destination
      match: { labels: { env: dev } }
      events: [taskStopped]
      via: { apiDestination: { slack: { webhook: { secretsManager: foghorn/slack } } } }
    - name: notifier
      match: { labels: { env: dev } }
      events: [taskFailed]
      via: { lambda: { googleChat: { webhook: { secretsManager: foghorn/google-chat } } } }
    - name: gathered
      match: { labels: { env: dev } }
      events: [taskFailed]
      hub: { account: "222222222222", region: ap-northeast-2 }
      via: { lambda: { teams: { webhook: { secretsManager: foghorn/teams } } } }
"#;

#[test]
fn what_is_said_beforehand_is_what_every_room_gets() {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        bootstrapped(world, PROD, "prod");
    });
    let webhooks =
        [(DEV, Kind::Slack, "slack"), (DEV, Kind::GoogleChat, "google-chat"), (PROD, Kind::Teams, "teams")];
    for (account, kind, room) in webhooks {
        stage.store_secret(account, SEOUL, &format!("foghorn/{room}"), &stage.webhook(kind, room));
    }
    stage.apply(EVERY_WAY).ended(0);
    stage.event(&task());
    stage.settle();

    let said = try_in(EVERY_WAY, &task().to_string(), &["-o", "json", "event.json"], |_| ()).ended(0);
    let said: Value = serde_json::from_str(&said.stdout).expect("JSON");
    let rooms =
        [(WORKSPACE, CHANNEL), ("slack", "slack"), ("google-chat", "google-chat"), ("teams", "teams")];
    for (index, (workspace, channel)) in rooms.into_iter().enumerate() {
        let got: Vec<String> = stage.simulator.with_world(|world| {
            let room = world.rooms.get(workspace, channel);
            room.map(|room| room.messages.iter().map(|message| message.raw.clone()).collect())
                .unwrap_or_default()
        });
        assert_eq!(got.len(), 1, "{channel}: {got:?}");
        let got: Value = serde_json::from_str(&got[0]).expect("JSON");
        assert_eq!(said["pipelines"][index]["deliveries"][0]["message"], got, "{channel}");
    }
}

#[test]
fn the_readme_shows_what_the_command_prints() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let arguments = "test-event -f manifests/fleets/org-slack-chatbot.yaml --sample deployment-failed";
    let mut command = Command::new(env!("CARGO_BIN_EXE_foghorn"));
    command.args(arguments.split(' ')).current_dir(root).env_clear();
    let run = Run::of(command.output().expect("the binary runs")).ended(0);
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    assert!(readme.contains(&format!("$ foghorn {arguments}\n{}```", run.stdout)), "{}", run.stdout);
}
