//! The notifier's own program, run as Lambda runs it.
#![cfg(feature = "demo")]

#[path = "notifier/stage.rs"]
mod stage;

use std::fs;
use std::io::{Cursor, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use foghorn::package::Package;
use serde_json::{Value, json};
use stage::{Answer, SECRET, SESAME, Stage, lines_with};

const NOTIFIER: &str = env!("CARGO_BIN_EXE_foghorn-notifier");

fn event(id: &str) -> Value {
    json!({
        "version": "0", "id": id, "detail-type": "ECS Deployment State Change", "source": "aws.ecs",
        "account": "111111111111", "time": "2026-11-20T10:00:00Z", "region": "us-east-1",
        "resources": ["arn:aws:ecs:us-east-1:111111111111:service/prod/web"],
        "detail": {
            "eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "deploymentId": "ecs-svc/1",
            "updatedAt": "2026-11-20T10:00:00Z",
            "reason": format!("ECS deployment circuit breaker: task failed to start ({id}).")
        }
    })
}

fn canary(id: &str, run: &str) -> Value {
    json!({
        "version": "0", "id": id, "detail-type": "Foghorn Canary", "source": "foghorn.canary",
        "account": "111111111111", "time": "2026-11-20T10:00:00Z", "region": "us-east-1",
        "resources": ["foghorn/deploys"],
        "detail": {
            "eventType": "INFO", "eventName": "FOGHORN_CANARY", "reason": "a test",
            "foghorn": { "pipeline": "deploys", "part": "service", "run": run }
        }
    })
}

/// Messages as SNS invokes a function with them.
fn records(messages: &[&str]) -> Value {
    let record = |(index, message): (usize, &&str)| {
        json!({
            "EventSource": "aws:sns", "EventVersion": "1.0",
            "EventSubscriptionArn": "arn:aws:sns:us-east-1:111111111111:news:0",
            "Sns": {
                "Type": "Notification", "MessageId": format!("message-{index}"), "Subject": null,
                "TopicArn": "arn:aws:sns:us-east-1:111111111111:news", "Message": message,
                "Timestamp": "2026-11-20T10:00:00.000Z", "MessageAttributes": {}
            }
        })
    };
    json!({ "Records": messages.iter().enumerate().map(record).collect::<Vec<Value>>() })
}

/// The sum of a metric over all lines.
fn sum(lines: &[Value], metric: &str) -> u64 {
    lines.iter().filter_map(|line| line[metric].as_u64()).sum()
}

#[tokio::test]
async fn a_failed_deployment_is_in_the_room_with_what_people_need() {
    for (room, kind) in [("slack", "slack"), ("google", "googleChat"), ("teams", "teams")] {
        let stage = Stage::new(kind).await;
        stage.keep_webhook(room);
        assert_eq!(stage.succeed(event("e-1")).await, json!({ "posted": 1, "duplicates": 0 }));
        let posts = stage.posts();
        assert_eq!((posts.len(), posts[0].room.as_str()), (1, room));
        let message = posts[0].body.to_string();
        for words in ["dev", "us-east-1", "web", "task failed to start (e-1)"] {
            assert!(message.contains(words), "{words} in {message}");
        }
        assert_eq!(stage.secret_reads(), [json!({ "SecretId": SECRET })]);
        stage.end().await;
    }
}

#[tokio::test]
async fn an_event_is_told_of_in_the_log_and_counted() {
    let stage = Stage::new("teams").await;
    stage.succeed(event("e-1")).await;
    let lines = stage.end().await;
    let outcome = lines_with(&lines, "outcome");
    let expected = json!({
        "level": "INFO", "outcome": "posted", "requestId": "request-1", "id": "e-1", "account": "111111111111",
        "region": "us-east-1", "source": "aws.ecs", "detailType": "ECS Deployment State Change"
    });
    assert_eq!(outcome, [&expected]);
    let metrics = lines_with(&lines, "_aws");
    assert_eq!(metrics.len(), 1);
    assert_eq!((&metrics[0]["MessagesPosted"], &metrics[0]["MessagesFailed"]), (&json!(1), &json!(0)));
    assert_eq!(metrics[0]["FunctionName"], "foghorn-deploys");
    assert_eq!(metrics[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Foghorn");
}

#[tokio::test]
async fn the_same_event_is_posted_once_however_it_comes() {
    let stage = Stage::new("teams").await;
    stage.succeed(event("e-1")).await;
    assert_eq!(stage.succeed(event("e-1")).await, json!({ "posted": 0, "duplicates": 1 }));
    stage.succeed(records(&[&event("e-1").to_string()])).await;
    stage.succeed(event("e-2")).await;
    assert_eq!(stage.posts().len(), 2);
    assert_eq!(stage.secret_reads().len(), 1, "the webhook is kept");
    let lines = stage.end().await;
    assert_eq!((sum(&lines, "MessagesPosted"), sum(&lines, "DuplicatesDropped")), (2, 2));
}

#[tokio::test]
async fn a_room_that_is_out_of_order_gets_the_message_when_it_is_back() {
    let stage = Stage::new("teams").await;
    stage.answer_in_room("first", [500, 503]);
    stage.succeed(event("e-1")).await;
    assert_eq!(stage.rooms(), ["first", "first", "first"]);
    assert_eq!(stage.secret_reads().len(), 1);
    stage.end().await;
}

#[tokio::test]
async fn a_message_that_the_room_refuses_fails_and_may_be_tried_again() {
    let stage = Stage::new("teams").await;
    stage.answer_in_room("first", [400]);
    let message = stage.fail(event("e-1")).await;
    for words in ["1 of 1 messages", "Microsoft Teams refused the message", "HTTP 400"] {
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(stage.succeed(event("e-1")).await, json!({ "posted": 1, "duplicates": 0 }));
    let lines = stage.end().await;
    assert_eq!((sum(&lines, "MessagesPosted"), sum(&lines, "MessagesFailed")), (1, 1));
    let failed = lines.iter().find(|line| line["outcome"] == "failed").expect("a line");
    assert!(failed["reason"].as_str().is_some_and(|reason| reason.contains("HTTP 400")), "{failed}");
    assert!(failed["next"].is_string(), "{failed}");
}

#[tokio::test]
async fn a_new_webhook_is_in_use_without_a_restart() {
    for status in [403, 404, 410] {
        let stage = Stage::new("teams").await;
        stage.succeed(event("e-1")).await;
        stage.keep_webhook("second");
        stage.succeed(event("e-2")).await;
        stage.answer_in_room("first", [status]);
        stage.succeed(event("e-3")).await;
        stage.succeed(event("e-4")).await;
        assert_eq!(stage.rooms(), ["first", "first", "first", "second", "second"]);
        assert_eq!(stage.secret_reads().len(), 2);
        stage.end().await;
    }
}

#[tokio::test]
async fn a_revoked_webhook_without_a_new_one_is_told_by_the_name_of_its_secret() {
    let stage = Stage::new("teams").await;
    stage.answer_in_room("first", [404]);
    let message = stage.fail(event("e-1")).await;
    assert!(message.contains("does not know the webhook in the secret foghorn/room"), "{message}");
    assert_eq!((stage.rooms().len(), stage.secret_reads().len()), (1, 2));
    stage.end().await;
}

#[tokio::test]
async fn a_secret_without_a_webhook_is_told_by_its_name_and_never_by_what_it_holds() {
    let stage = Stage::new("slack").await;
    for (text, words) in [
        ("", "is empty"),
        ("opensesame", "not a URL"),
        ("http://example.invalid/opensesame", "not https"),
        (r#"{ "password": "opensesame" }"#, "without the key `url`, `webhook` or `webhookUrl`"),
        ("https://chat.googleapis.com/v1/spaces/opensesame", "Google Chat, not of Slack"),
    ] {
        stage.keep(text);
        let message = stage.fail(event("e-1")).await;
        assert!(
            message.contains("the secret foghorn/room holds no webhook") && message.contains(words),
            "{message}"
        );
    }
    stage.answer_for_secret(200, r#"{ "Name": "foghorn/room", "SecretBinary": "b3BlbnNlc2FtZQ==" }"#);
    let message = stage.fail(event("e-1")).await;
    assert!(message.contains("holds no text"), "{message}");
    assert!(stage.posts().is_empty());
    stage.end().await;
}

#[tokio::test]
async fn a_secret_that_can_t_be_read_is_told_by_its_name_and_why() {
    let stage = Stage::new("slack").await;
    for (status, body, words) in [
        (
            400,
            r#"{ "__type": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified secret." }"#,
            "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
        ),
        (
            400,
            r#"{ "__type": "AccessDeniedException", "Message": "not authorized to perform: secretsmanager:GetSecretValue" }"#,
            "AccessDeniedException: not authorized",
        ),
        (200, r#"{ "SecretString": "http://127.0.0.1/opensesame"#, "gave no answer"),
    ] {
        stage.answer_for_secret(status, body);
        let message = stage.fail(event("e-1")).await;
        assert!(
            message.contains("could not read the secret foghorn/room") && message.contains(words),
            "{message}"
        );
    }
    stage.keep_webhook("slack");
    stage.succeed(event("e-1")).await;
    stage.end().await;
}

#[tokio::test]
async fn a_secret_may_hold_the_webhook_in_an_object() {
    let stage = Stage::new("teams").await;
    stage.keep(&json!({ "webhookUrl": format!(" {}\n", stage.webhook("first")) }).to_string());
    stage.succeed(event("e-1")).await;
    assert_eq!(stage.rooms(), ["first"]);
    stage.end().await;
}

#[tokio::test]
async fn messages_of_sns_are_told_whether_they_are_events_alarms_or_texts() {
    let stage = Stage::new("teams").await;
    let alarm = json!({
        "AlarmName": "foghorn-deploys-failed", "AWSAccountId": "111111111111", "NewStateValue": "ALARM",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:111111111111:alarm:foghorn-deploys-failed",
        "NewStateReason": "Threshold Crossed", "StateChangeTime": "2026-11-20T10:00:00.000+0000"
    });
    let messages = [event("e-1").to_string(), alarm.to_string(), "plain words".to_owned()];
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    assert_eq!(stage.succeed(records(&messages)).await, json!({ "posted": 3, "duplicates": 0 }));
    let posts = stage.posts();
    for (posted, words) in posts.iter().zip(["(e-1)", "Alarm foghorn-deploys-failed is ALARM", "plain words"])
    {
        assert!(posted.body.to_string().contains(words), "{words} in {}", posted.body);
    }
    stage.end().await;
}

#[tokio::test]
async fn one_message_that_fails_keeps_no_other_back_and_is_the_only_one_tried_again() {
    let stage = Stage::new("teams").await;
    stage.answer_in_room("first", [200, 400, 200]);
    let messages = records(&["one", "two", "three"]);
    let message = stage.fail(messages.clone()).await;
    assert!(message.starts_with("1 of 3 messages are not in the room"), "{message}");
    assert_eq!(stage.succeed(messages).await, json!({ "posted": 1, "duplicates": 2 }));
    let told: Vec<bool> = ["one", "two", "three", "two"]
        .iter()
        .zip(stage.posts())
        .map(|(words, posted)| posted.body.to_string().contains(words))
        .collect();
    assert_eq!((told, stage.posts().len()), (vec![true; 4], 4));
    stage.end().await;
}

#[tokio::test]
async fn a_canary_that_is_in_the_room_is_counted_under_its_run() {
    let stage = Stage::new("teams").await;
    stage.answer_in_room("first", [400]);
    stage.fail(canary("e-1", "01KAJ")).await;
    stage.succeed(canary("e-1", "01KAJ")).await;
    stage.succeed(canary("e-1", "01KAJ")).await;
    stage.succeed(event("e-2")).await;
    let lines = stage.end().await;
    let canaries = lines_with(&lines, "CanariesPosted");
    assert_eq!(canaries.len(), 1, "{canaries:?}");
    assert_eq!((&canaries[0]["CanaryRun"], &canaries[0]["CanariesPosted"]), (&json!("01KAJ"), &json!(1)));
    assert_eq!(canaries[0]["FunctionName"], "foghorn-deploys");
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_the_next_one_is_posted() {
    let stage = Stage::new("teams").await;
    let Answer::Error { error_type, message } = stage.invoke(json!({ "hello": "opensesame" })).await else {
        panic!("it was taken");
    };
    assert_eq!(error_type, "Envelope");
    assert!(message.contains("neither an event of EventBridge"), "{message}");
    stage.succeed(event("e-1")).await;
    let lines = stage.end().await;
    assert_eq!((sum(&lines, "MessagesPosted"), sum(&lines, "MessagesFailed")), (1, 1));
}

#[tokio::test]
async fn a_function_without_settings_says_so_at_every_invocation() {
    for (settings, words) in [
        (None, "FOGHORN_SETTINGS is not set"),
        (Some(json!({ "room": "teams" })), "missing field `pipeline`"),
        (Some(json!({ "pipeline": "a", "room": "irc", "secret": SECRET })), "unknown variant `irc`"),
    ] {
        let stage = Stage::with(Path::new(NOTIFIER), settings).await;
        for _ in 0..2 {
            let message = stage.fail(event("e-1")).await;
            assert!(message.contains(words), "{message}");
        }
        stage.end().await;
    }
}

#[test]
fn a_person_who_starts_the_function_s_code_is_told_what_it_is() {
    let output = Command::new(NOTIFIER).env_remove("AWS_LAMBDA_RUNTIME_API").output().expect("a program");
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(words.contains("the code of an AWS Lambda function") && words.lines().count() == 1, "{words}");
}

#[tokio::test]
async fn the_package_of_the_notifier_posts_with_the_names_that_were_packed() {
    let accounts = r#"{"111111111111":{"name":"the account of the shop"}}"#;
    let binary = fs::read(NOTIFIER).expect("the notifier");
    let package = Package::of(&binary, Some(accounts)).expect("a package");
    assert_eq!(package.architecture().as_str().replace("arm64", "aarch64"), std::env::consts::ARCH);

    let folder = tempfile::tempdir().expect("a folder");
    unpack(package.zip(), folder.path());
    let settings = json!({ "pipeline": "deploys", "room": "teams", "secret": SECRET });
    let stage = Stage::with(&folder.path().join("bootstrap"), Some(settings)).await;
    stage.succeed(event("e-1")).await;
    let message = stage.posts()[0].body.to_string();
    assert!(message.contains("the account of the shop") && !message.contains(SESAME), "{message}");
    stage.end().await;
}

fn unpack(zip: &[u8], folder: &Path) {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a zip");
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).expect("an entry");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("a readable entry");
        let path = folder.join(file.name().expect("a name").as_ref());
        fs::write(&path, content).expect("a file");
        let mode = file.unix_mode().expect("a mode");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its mode");
    }
}

#[test]
fn programs_of_the_system_are_known_for_what_they_are() {
    let program = fs::read("/bin/true").expect("a program that every system has");
    let package = Package::of(&program, None).expect("a package");
    assert_eq!(package.architecture().as_str().replace("arm64", "aarch64"), std::env::consts::ARCH);
    let refused = Package::of(&fs::read(file!()).expect("this file"), None).expect_err("a text");
    assert!(refused.to_string().contains("not a program"), "{refused}");
}
