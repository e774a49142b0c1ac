use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::sync::Arc;

use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::sim::call::Call;
use crate::sim::routing::{Outcome, publish_event};
use crate::sim::testing::{
    ACCOUNT, NOW, REGION, ask, call, messages, open_queue, refusal, refused, topic, world,
};
use crate::sim::world::{Role, World};
use crate::sim::{Simulator, base64, cloudwatch, lambda, start};

/// A program that answers every event with its environment and the event, fails
/// at the event `"fail"`, ends at `"exit"` and never answers `"sleep"`.
const PROGRAM: &str = r#"#!/usr/bin/env python3
import json, os, sys, time, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime"
count = 0
while True:
    with urllib.request.urlopen(api + "/invocation/next") as answer:
        id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
        event = json.loads(answer.read())
    count += 1
    print("event", json.dumps(event), flush=True)
    if event == "exit":
        sys.exit(3)
    if event == "sleep":
        time.sleep(60)
    if event == "fail":
        end, body = "error", {"errorType": "Refused", "errorMessage": "no room"}
    else:
        print(json.dumps({"_aws": {"Timestamp": 1795000000000, "CloudWatchMetrics": [{
            "Namespace": "Foghorn", "Dimensions": [["Room"]], "Metrics": [{"Name": "Delivered"}]}]},
            "Room": "deploys", "Delivered": 1}), flush=True)
        end, body = "response", {"event": event, "count": count, "environment": dict(os.environ), "process": os.getpid()}
    request = urllib.request.Request(f"{api}/invocation/{id}/{end}", json.dumps(body).encode())
    urllib.request.urlopen(request).read()
"#;

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:notify";

fn zipped(files: &[(&str, &[u8])]) -> String {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().unix_permissions(0o755);
        writer.start_file(*name, options).expect("a file");
        writer.write_all(bytes).expect("its bytes");
    }
    base64::encode(&writer.finish().expect("a zip file").into_inner())
}

fn input(program: &[u8]) -> Value {
    json!({
        "FunctionName": "notify", "Runtime": "provided.al2023", "Handler": "bootstrap",
        "Role": format!("arn:aws:iam::{ACCOUNT}:role/foghorn-notify"),
        "Code": {"ZipFile": zipped(&[("bootstrap", program)])},
        "Environment": {"Variables": {"SECRETS": "rooms"}}, "Tags": {"owner": "foghorn"}, "Timeout": 20,
    })
}

fn create(world: &mut World, input: Value) -> Value {
    let account = world.accounts.entry(ACCOUNT.to_owned()).or_default();
    account.roles.insert("foghorn-notify".to_owned(), Role::default());
    ask(world, "lambda:CreateFunction", input)
}

fn with_function() -> World {
    let mut world = world();
    create(&mut world, input(PROGRAM.as_bytes()));
    world
}

fn allow(world: &mut World, id: &str, service: &str, source: &str) {
    let permission = json!({
        "FunctionName": "notify", "StatementId": id, "Action": "lambda:InvokeFunction",
        "Principal": service, "SourceArn": source,
    });
    ask(world, "lambda:AddPermission", permission);
}

#[test]
fn a_function_is_pending_until_its_making_is_done() {
    let mut world = world();
    world.knobs.lambda.change_takes = time::Duration::seconds(5);
    let made = create(&mut world, input(b"#!/bin/sh\n"));
    assert_eq!((&made["State"], &made["StateReasonCode"]), (&json!("Pending"), &json!("Creating")));
    let update = json!({"FunctionName": "notify", "Timeout": 30});
    assert_eq!(
        refused(&mut world, "lambda:UpdateFunctionConfiguration", update.clone()),
        "ResourceConflictException"
    );
    assert_eq!(
        refused(&mut world, "lambda:Invoke", json!({"FunctionName": "notify"})),
        "ResourceConflictException"
    );
    let later =
        Call { now: NOW + time::Duration::seconds(5), ..call("UpdateFunctionConfiguration", &update) };
    let updated = lambda::call(&mut world, &later).expect("an update");
    assert_eq!(
        (&updated["State"], &updated["LastUpdateStatus"], &updated["Timeout"], &updated["MemorySize"]),
        (&json!("Active"), &json!("InProgress"), &json!(30), &json!(128))
    );
}

#[test]
fn a_change_that_fails_says_so_when_it_is_over() {
    let mut world = with_function();
    world.knobs.lambda.change_fails = Some("InvalidRuntime".to_owned());
    ask(&mut world, "lambda:UpdateFunctionConfiguration", json!({"FunctionName": "notify", "Timeout": 30}));
    let shown = ask(&mut world, "lambda:GetFunctionConfiguration", json!({"FunctionName": "notify"}));
    assert_eq!(
        (&shown["State"], &shown["LastUpdateStatus"], &shown["LastUpdateStatusReasonCode"]),
        (&json!("Active"), &json!("Failed"), &json!("InvalidRuntime"))
    );
}

#[test]
fn new_code_has_a_new_digest_and_an_old_revision_is_refused() {
    let mut world = with_function();
    let before = ask(&mut world, "lambda:GetFunction", json!({"FunctionName": ARN}));
    assert_eq!(before["Tags"], json!({"owner": "foghorn"}));
    let zip = zipped(&[("bootstrap", b"#!/bin/sh\n")]);
    let update = json!({
        "FunctionName": "notify", "ZipFile": zip, "RevisionId": before["Configuration"]["RevisionId"],
    });
    let after = ask(&mut world, "lambda:UpdateFunctionCode", update.clone());
    assert_ne!(after["CodeSha256"], before["Configuration"]["CodeSha256"]);
    assert_eq!(after["CodeSha256"].as_str().map(str::len), Some(44));
    assert_eq!(refused(&mut world, "lambda:UpdateFunctionCode", update), "PreconditionFailedException");
}

#[test]
fn what_lambda_refuses_is_refused() {
    let mut world = with_function();
    let with = |member: &str, value: Value| {
        let mut input = input(b"#!/bin/sh\n");
        input["FunctionName"] = "other".into();
        input[member] = value;
        input
    };
    let role = |account: &str, name: &str| json!(format!("arn:aws:iam::{account}:role/{name}"));
    for (input, code, status, message) in [
        (with("FunctionName", json!("notify")), "ResourceConflictException", 409, "already exist"),
        (with("FunctionName", json!("a b")), "InvalidParameterValueException", 400, "functionName"),
        (with("Role", role(ACCOUNT, "none")), "InvalidParameterValueException", 400, "assumed by Lambda"),
        (with("Role", role("444455556666", "x")), "AccessDeniedException", 403, "Cross-account"),
        (with("Runtime", json!("go1.x")), "InvalidParameterValueException", 400, "runtime"),
        (with("Timeout", json!(901)), "InvalidParameterValueException", 400, "timeout"),
        (with("Code", json!({"ZipFile": "eA=="})), "InvalidParameterValueException", 400, "unzip"),
        (with("Code", json!({"ZipFile": zipped(&[])})), "InvalidParameterValueException", 400, "non-empty"),
        (with("Code", json!({})), "InvalidParameterValueException", 400, "source"),
        (
            with("Code", json!({"ZipFile": "A".repeat(70_000_000)})),
            "RequestEntityTooLargeException",
            413,
            "70167211",
        ),
        (
            with("Environment", json!({"Variables": {"AA": "x".repeat(4095)}})),
            "InvalidParameterValueException",
            400,
            "4KB",
        ),
        (
            with("Environment", json!({"Variables": {"AWS_REGION": "x"}})),
            "InvalidParameterValueException",
            400,
            "reserved keys",
        ),
    ] {
        let error = refusal(&mut world, "lambda:CreateFunction", input);
        assert_eq!((error.code.as_str(), error.status), (code, status), "{}", error.message);
        assert!(error.message.contains(message), "{}", error.message);
    }
    let gone = refusal(&mut world, "lambda:GetFunction", json!({"FunctionName": "gone"}));
    assert_eq!((gone.code.as_str(), gone.status), ("ResourceNotFoundException", 404));
}

#[test]
fn functions_come_in_pages() {
    let mut world = with_function();
    let mut second = input(b"#!/bin/sh\n");
    second["FunctionName"] = "tell".into();
    create(&mut world, second);
    let first = ask(&mut world, "lambda:ListFunctions", json!({"MaxItems": "1"}));
    let names = |page: &Value| page["Functions"][0]["FunctionName"].clone();
    let next =
        ask(&mut world, "lambda:ListFunctions", json!({"MaxItems": "1", "Marker": first["NextMarker"]}));
    assert_eq!((names(&first), names(&next)), (json!("notify"), json!("tell")));
    assert_eq!((next.get("NextMarker"), next["Functions"][0].get("State")), (None, None));
}

#[test]
fn a_permission_is_a_statement_that_stands_once_and_can_be_removed() {
    let mut world = with_function();
    let missing = json!({"FunctionName": "notify"});
    assert_eq!(refused(&mut world, "lambda:GetPolicy", missing.clone()), "ResourceNotFoundException");
    allow(&mut world, "events", "events.amazonaws.com", "arn:aws:events:eu-west-1:111122223333:rule/deploys");
    let policy = ask(&mut world, "lambda:GetPolicy", missing.clone());
    let document: Value = serde_json::from_str(policy["Policy"].as_str().expect("a policy")).expect("JSON");
    assert_eq!(
        document["Statement"],
        json!([{
            "Sid": "events", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
            "Action": "lambda:InvokeFunction", "Resource": ARN,
            "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/deploys"}},
        }])
    );
    let again = json!({
        "FunctionName": "notify", "StatementId": "events", "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
    });
    assert_eq!(refused(&mut world, "lambda:AddPermission", again), "ResourceConflictException");
    let id = json!({"FunctionName": "notify", "StatementId": "events"});
    ask(&mut world, "lambda:RemovePermission", id.clone());
    assert_eq!(refused(&mut world, "lambda:RemovePermission", id), "ResourceNotFoundException");
}

/// A rule with the function as its target, and a dead-letter queue.
fn with_rule() -> World {
    let mut world = with_function();
    let queue = open_queue(&mut world, "dead");
    ask(
        &mut world,
        "events:PutRule",
        json!({"Name": "deploys", "EventPattern": r#"{"source":["aws.ecs"]}"#}),
    );
    let target = json!({"Id": "f", "Arn": ARN, "Input": "{\"a\":1}", "DeadLetterConfig": {"Arn": queue}});
    ask(&mut world, "events:PutTargets", json!({"Rule": "deploys", "Targets": [target]}));
    world
}

fn publish(world: &mut World) -> Outcome {
    let event = json!({"source": "aws.ecs", "account": ACCOUNT, "region": REGION});
    publish_event(world, ACCOUNT, REGION, &event, NOW).remove(0).outcome
}

#[test]
fn a_rule_invokes_a_function_whose_policy_names_that_rule_and_no_other() {
    let mut world = with_rule();
    let rule = |name: &str| format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}");
    allow(&mut world, "other", "events.amazonaws.com", &rule("other"));
    let Outcome::Failed { code, .. } = publish(&mut world) else { panic!("the other rule's permission") };
    assert_eq!(code, "NO_PERMISSIONS");
    assert_eq!(messages(&mut world, "dead").len(), 1);
    allow(&mut world, "own", "events.amazonaws.com", &rule("deploys"));
    assert_eq!(publish(&mut world), Outcome::Delivered);
    assert_eq!(metric(&world, "AsyncEventsReceived"), 1.0);
    ask(&mut world, "lambda:DeleteFunction", json!({"FunctionName": "notify"}));
    let Outcome::Failed { code, .. } = publish(&mut world) else { panic!("the function is gone") };
    assert_eq!(code, "NO_RESOURCE");
}

fn metric(world: &World, name: &str) -> f64 {
    cloudwatch::sum(world, ACCOUNT, REGION, "AWS/Lambda", name, &[("FunctionName", "notify")])
}

/// A simulator with this world's account, and its server.
async fn served(world: World) -> (Arc<Simulator>, crate::sim::Server) {
    let simulator = Simulator::new();
    simulator.with_world(|own| *own = world);
    // What functions bring about is there already when a test looks, at `NOW`.
    simulator.clock.set_offset(NOW - time::Duration::HOUR - time::OffsetDateTime::now_utc());
    let server = start(Arc::clone(&simulator), 0).await.expect("a free port");
    (simulator, server)
}

/// The answer of a synchronous invocation.
async fn invoked(simulator: &Simulator, payload: &str) -> Value {
    let input = json!({"FunctionName": "notify", "Payload": payload, "LogType": "Tail"});
    let answer = simulator.with_world(|world| lambda::call(world, &call("Invoke", &input)));
    let id = lambda::pending(&answer).expect("an invocation").to_owned();
    lambda::result(simulator, &id).await.expect("an answer")
}

fn payload(answer: &Value) -> Value {
    serde_json::from_str(answer["Payload"].as_str().expect("a payload")).expect("JSON")
}

#[tokio::test]
async fn a_function_runs_in_the_environment_that_lambda_documents_and_stays_warm() {
    let (simulator, server) = served(with_function()).await;
    let first = payload(&invoked(&simulator, "\"one\"").await);
    let second = payload(&invoked(&simulator, "\"two\"").await);
    assert_eq!((&first["event"], &first["count"]), (&json!("one"), &json!(1)));
    assert_eq!((&second["event"], &second["count"]), (&json!("two"), &json!(2)), "the same process");
    let environment: BTreeMap<String, String> =
        serde_json::from_value(first["environment"].clone()).expect("variables");
    let variable = |name: &str| environment.get(name).map_or("", String::as_str);
    assert_eq!(
        ["AWS_REGION", "_HANDLER", "AWS_LAMBDA_FUNCTION_NAME", "SECRETS"].map(variable),
        [REGION, "bootstrap", "notify", "rooms"]
    );
    assert_eq!(variable("AWS_ENDPOINT_URL"), server.url());
    let caller = simulator.caller(variable("AWS_ACCESS_KEY_ID")).expect("a session");
    assert_eq!(caller.arn(REGION), format!("arn:aws:sts::{ACCOUNT}:assumed-role/foghorn-notify/notify"));
    assert!(!environment.contains_key("CARGO_MANIFEST_DIR"), "nothing of the machine leaks");
    server.stop().await;
}

/// Whether a process is there.
fn runs(process: &Value) -> bool {
    let mut kill = std::process::Command::new("kill");
    kill.args(["-0", &process.to_string()]).stderr(std::process::Stdio::null());
    kill.status().expect("the command runs").success()
}

#[tokio::test]
async fn no_process_outlives_the_server_be_it_idle_or_at_work() {
    let (simulator, server) = served(with_function()).await;
    let idle = payload(&invoked(&simulator, "{}").await)["process"].clone();
    assert!(runs(&idle));
    let input = json!({"FunctionName": "notify", "InvocationType": "Event", "Payload": "\"sleep\""});
    simulator.with_world(|world| lambda::call(world, &call("Invoke", &input)).expect("an invocation"));
    server.stop().await;
    assert!(!runs(&idle));
    simulator.settle().await;
}

#[tokio::test]
async fn a_function_that_fails_ends_or_takes_too_long_fails_as_lambda_says() {
    let mut world = with_function();
    ask(&mut world, "lambda:UpdateFunctionConfiguration", json!({"FunctionName": "notify", "Timeout": 2}));
    let (simulator, server) = served(world).await;
    for (event, kind, message) in [
        ("\"fail\"", "Refused", "no room"),
        ("\"exit\"", "Runtime.ExitError", "exit status 3"),
        ("\"sleep\"", "Sandbox.Timedout", "timed out after 2.00 seconds"),
    ] {
        let answer = invoked(&simulator, event).await;
        assert_eq!(answer["FunctionError"], "Unhandled");
        let error = payload(&answer);
        assert_eq!(error["errorType"], kind, "{error}");
        assert!(error["errorMessage"].as_str().is_some_and(|text| text.contains(message)), "{error}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_program_for_another_processor_or_none_at_all_is_no_entry_point() {
    let mut other = b"\x7fELF\x02\x01\x01".to_vec();
    other.resize(64, 0);
    other[18] = 183;
    for (name, program, message) in [
        ("bootstrap", other.as_slice(), "exec format error"),
        ("main", b"#!/bin/sh\n".as_slice(), "Couldn't find valid bootstrap"),
    ] {
        let mut world = world();
        let mut input = input(program);
        input["Code"] = json!({"ZipFile": zipped(&[(name, program)])});
        create(&mut world, input);
        let (simulator, server) = served(world).await;
        let error = payload(&invoked(&simulator, "{}").await);
        assert_eq!(error["errorType"], "Runtime.InvalidEntrypoint");
        assert!(error["errorMessage"].as_str().is_some_and(|text| text.contains(message)), "{error}");
        server.stop().await;
    }
}

#[tokio::test]
async fn an_event_that_fails_three_times_ends_in_the_dead_letter_queue() {
    let mut world = with_function();
    let queue = open_queue(&mut world, "dead");
    let update = json!({"FunctionName": "notify", "DeadLetterConfig": {"TargetArn": queue}});
    ask(&mut world, "lambda:UpdateFunctionConfiguration", update);
    let event = json!({"FunctionName": "notify", "InvocationType": "Event", "Payload": "\"fail\""});
    assert_eq!(ask(&mut world, "lambda:Invoke", event.clone()), json!({"StatusCode": 202}));
    let (simulator, server) = served(world).await;
    simulator.settle().await;
    simulator.with_world(|world| {
        assert_eq!((metric(world, "Invocations"), metric(world, "Errors")), (3.0, 3.0));
        let dead = messages(world, "dead");
        assert_eq!((dead.len(), &dead[0]["Body"]), (1, &json!("\"fail\"")));
        let attributes = &dead[0]["MessageAttributes"];
        assert_eq!(attributes["ErrorCode"], json!({"DataType": "Number", "StringValue": "200"}));
        assert_eq!(attributes["ErrorMessage"]["StringValue"], "no room");
        ask(world, "sqs:DeleteQueue", json!({"QueueUrl": format!("{}/{ACCOUNT}/dead", world.endpoint)}));
        ask(
            world,
            "lambda:PutFunctionEventInvokeConfig",
            json!({"FunctionName": "notify", "MaximumRetryAttempts": 0}),
        );
        ask(world, "lambda:Invoke", event.clone());
    });
    simulator.settle().await;
    simulator.with_world(|world| {
        assert_eq!((metric(world, "Invocations"), metric(world, "DeadLetterErrors")), (4.0, 1.0));
    });
    server.stop().await;
}

#[tokio::test]
async fn a_function_without_concurrency_sends_its_events_to_the_dead_letter_queue_untried() {
    let mut world = with_function();
    let queue = open_queue(&mut world, "dead");
    let update = json!({"FunctionName": "notify", "DeadLetterConfig": {"TargetArn": queue}});
    ask(&mut world, "lambda:UpdateFunctionConfiguration", update);
    let none = json!({"FunctionName": "notify", "ReservedConcurrentExecutions": 0});
    ask(&mut world, "lambda:PutFunctionConcurrency", none);
    let now = json!({"FunctionName": "notify"});
    assert_eq!(refused(&mut world, "lambda:Invoke", now), "TooManyRequestsException");
    ask(&mut world, "lambda:Invoke", json!({"FunctionName": "notify", "InvocationType": "Event"}));
    let (simulator, server) = served(world).await;
    simulator.settle().await;
    simulator.with_world(|world| {
        assert_eq!((metric(world, "Throttles"), metric(world, "Invocations")), (1.0, 0.0));
        assert_eq!(messages(world, "dead")[0]["MessageAttributes"]["ErrorCode"]["StringValue"], "429");
    });
    server.stop().await;
}

#[tokio::test]
async fn a_topic_s_message_reaches_a_function_in_the_envelope_of_sns_and_its_metrics_are_counted() {
    let mut world = with_function();
    let topic = topic(&mut world, "room");
    let subscription = json!({"TopicArn": topic, "Protocol": "lambda", "Endpoint": ARN});
    ask(&mut world, "sns:Subscribe", subscription);
    let publish = json!({"TopicArn": topic, "Message": "hello", "Subject": "s"});
    ask(&mut world, "sns:Publish", publish.clone());
    allow(&mut world, "sns", "sns.amazonaws.com", &topic);
    ask(&mut world, "sns:Publish", publish);
    let (simulator, server) = served(world).await;
    simulator.settle().await;
    simulator.with_world(|world| {
        let lines = lambda::log(world, ARN);
        let events: Vec<&String> = lines.iter().filter(|line| line.starts_with("event ")).collect();
        assert_eq!(events.len(), 1, "the message before the permission is lost: {lines:?}");
        let event: Value = serde_json::from_str(&events[0][6..]).expect("JSON");
        let record = &event["Records"][0];
        assert_eq!(record["EventSource"], "aws:sns");
        assert!(record["EventSubscriptionArn"].as_str().is_some_and(|arn| arn.starts_with(&topic)));
        assert_eq!((&record["Sns"]["Message"], &record["Sns"]["Subject"]), (&json!("hello"), &json!("s")));
        let delivered =
            cloudwatch::sum(world, ACCOUNT, REGION, "Foghorn", "Delivered", &[("Room", "deploys")]);
        assert_eq!(delivered, 1.0);
    });
    server.stop().await;
}
