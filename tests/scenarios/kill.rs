//! A run that dies or is stopped at any point loses nothing that the next one
//! does not repair.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use foghorn::sim::faults::{Effect, Fault, Kill, Manner};
use serde_json::json;

use super::support::{CHANNEL, DEV, PIPELINE, Run, SEOUL, Stage, one_region};

/// A pipeline, and services whose circuit breakers Foghorn switches on. There is
/// no store, so that the next run need not wait for the lock of a dead one.
fn fleet() -> String {
    format!("{}  breakers: {{ remediate: true }}\n  store: none\n", one_region(PIPELINE))
}

fn stage() -> Stage {
    Stage::with_service()
}

/// What stands in the account, without what differs from one making to another.
fn shape(stage: &Stage) -> Vec<String> {
    let count = |list: &serde_json::Value| list.as_array().map_or(0, Vec::len);
    let line = |(name, thing): (String, serde_json::Value)| {
        let [targets, subscriptions, topics] =
            ["Targets", "Subscriptions", "SnsTopicArns"].map(|member| count(&thing[member]));
        format!("{name}: {targets} targets, {subscriptions} subscriptions, {topics} topics")
    };
    stage.inventory(DEV).into_iter().map(line).collect()
}

/// The next run finishes what a dead one began, and nothing is there twice.
fn is_finished(stage: &Stage, wanted: &[String], what: &str) {
    stage.simulator.faults.clear();
    let run = stage.apply(&fleet());
    assert_eq!(run.code, 0, "{what}: {}", run.stdout);
    assert!(run.is_heard(), "{what}");
    assert_eq!(shape(stage), wanted, "{what}");
    let plan = stage.plan(&fleet());
    assert_eq!((plan.code, plan.changes().len()), (0, 0), "{what}: {}", plan.stdout);
}

/// Kills an apply at every write in turn until one gets through.
fn killed_everywhere(make: impl Fn() -> Stage, after_effect: bool) -> u64 {
    let reference = make();
    reference.apply(&fleet()).ended(0);
    let wanted = shape(&reference);
    for at_write in 1.. {
        let stage = make();
        stage.simulator.faults.kill(Kill { at_write, after_effect, manner: Manner::Refuse });
        let run = stage.apply(&fleet());
        if !stage.simulator.faults.has_killed() {
            assert_eq!(run.code, 0, "{}", run.stdout);
            return at_write - 1;
        }
        assert_ne!(run.code, 0, "an apply that was killed at write {at_write} is not clean");
        is_finished(
            &stage,
            &wanted,
            &format!("killed at write {at_write}, after its effect: {after_effect}"),
        );
    }
    unreachable!("some apply gets through")
}

/// A fleet that was built, and of which much was then changed and removed.
fn damaged() -> Stage {
    let stage = stage();
    stage.apply(&fleet()).ended(0);
    let rule = "foghorn-deploys";
    stage.by_hand(DEV, SEOUL, "events:RemoveTargets", json!({ "Rule": rule, "Ids": ["topic"] }));
    stage.by_hand(DEV, SEOUL, "events:DisableRule", json!({ "Name": rule }));
    let alarms = json!({ "AlarmNames": ["foghorn-deploys-failed-invocations"] });
    stage.by_hand(DEV, SEOUL, "cloudwatch:DeleteAlarms", alarms);
    let queue = format!("{}/{DEV}/foghorn-deploys-dead-letters", stage.url());
    let attributes = json!({ "QueueUrl": queue, "Attributes": { "MessageRetentionPeriod": "60" } });
    stage.by_hand(DEV, SEOUL, "sqs:SetQueueAttributes", attributes);
    stage.by_hand(DEV, SEOUL, "sqs:UntagQueue", json!({ "QueueUrl": queue, "TagKeys": ["team"] }));
    let configuration =
        "arn:aws:chatbot::111111111111:chat-configuration/slack-channel/foghorn-T0123ABCD-C0123ABCD";
    let emptied = json!({
        "ChatConfigurationArn": configuration, "SlackChannelId": CHANNEL, "SnsTopicArns": [],
        "LoggingLevel": "NONE",
    });
    stage.by_hand(DEV, "us-east-2", "chatbot:UpdateSlackChannelConfiguration", emptied);
    stage
}

#[test]
fn an_apply_killed_before_any_of_its_writes_is_finished_by_the_next() {
    assert_eq!(killed_everywhere(stage, false), 10);
}

#[test]
fn an_apply_killed_after_any_of_its_writes_is_finished_by_the_next() {
    assert_eq!(killed_everywhere(stage, true), 10);
}

#[test]
fn a_repair_killed_before_any_of_its_writes_is_finished_by_the_next() {
    assert_eq!(killed_everywhere(damaged, false), 5);
}

#[test]
fn a_repair_killed_after_any_of_its_writes_is_finished_by_the_next() {
    assert_eq!(killed_everywhere(damaged, true), 5);
}

fn apply(stage: &Stage) -> Child {
    let mut command = stage.command(&fleet(), &["apply", "--yes", "--output", "json"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs")
}

/// Waits until something is so, and not for ever.
pub(super) fn wait_until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(60), "it never came to be");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(super) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
}

pub(super) fn end(child: Child) -> Run {
    Run::of(child.wait_with_output().expect("the binary ends"))
}

#[test]
fn a_process_that_is_gone_from_one_moment_to_the_next_is_no_loss() {
    let reference = stage();
    reference.apply(&fleet()).ended(0);
    let wanted = shape(&reference);
    for at_write in [1, 4, 6, 9] {
        for after_effect in [false, true] {
            let stage = stage();
            stage.simulator.faults.kill(Kill { at_write, after_effect, manner: Manner::Hang });
            let mut child = apply(&stage);
            wait_until(|| stage.simulator.faults.has_killed());
            child.kill().expect("a process to kill");
            assert_eq!(end(child).code, -1);
            is_finished(&stage, &wanted, &format!("gone at write {at_write}: {after_effect}"));
        }
    }
}

#[test]
fn an_answer_that_is_lost_is_no_loss() {
    let reference = stage();
    reference.apply(&fleet()).ended(0);
    let wanted = shape(&reference);
    for operation in [
        "CreateQueue",
        "CreateTopic",
        "CreateSlackChannelConfiguration",
        "PutRule",
        "PutTargets",
        "PutMetricAlarm",
        "UpdateService",
    ] {
        let stage = stage();
        stage.simulator.faults.add(Fault::new(Effect::LoseAnswer).operation(operation).times(3));
        stage.apply(&fleet());
        is_finished(&stage, &wanted, operation);
    }
}

#[test]
fn a_signal_in_the_middle_of_the_writing_ends_the_run_with_a_report() {
    for name in ["TERM", "INT"] {
        let stage = stage();
        stage.simulator.faults.set_latency(Duration::from_millis(100));
        let child = apply(&stage);
        wait_until(|| stage.simulator.record.total_writes() > 0);
        signal(&child, name);
        let run = end(child);
        assert!(run.code == 2 || run.code == 3, "{name}: {} {}", run.code, run.stderr);
        assert!(run.stderr.contains("stopping"), "{}", run.stderr);
        let changes = run.changes();
        assert!(changes.iter().any(|change| change.ends_with("applied")), "{} {}", run.stdout, run.stderr);
        assert!(changes.iter().any(|change| change.ends_with("skipped")), "{changes:#?}");
        assert_eq!(run.report()["metadata"]["stopped"], "signal", "{name}");
        stage.simulator.faults.clear();
        stage.apply(&fleet()).ended(0);
    }
}

#[test]
fn a_signal_in_the_middle_of_the_reading_leaves_every_location_in_the_report() {
    let stage = stage();
    stage.simulator.faults.add(Fault::new(Effect::Hang).account(DEV));
    let child = apply(&stage);
    wait_until(|| stage.simulator.record.entries().iter().any(|entry| entry.account == DEV));
    signal(&child, "TERM");
    let run = end(child);
    assert_eq!(run.code, 3, "{}", run.stderr);
    for location in ["global", SEOUL, "us-east-1"] {
        assert_eq!(run.coverage(DEV, location)["state"], "skipped", "{location}");
    }
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn a_second_signal_ends_the_run_at_once() {
    let stage = stage();
    stage.simulator.faults.add(Fault::new(Effect::Hang).operation("CreateQueue"));
    let mut child = apply(&stage);
    wait_until(|| stage.simulator.record.total_writes() > 0);
    signal(&child, "TERM");
    let mut said = BufReader::new(child.stderr.take().expect("a standard error")).lines();
    assert!(said.any(|line| line.expect("text").contains("stopping")));
    // However soon it follows.
    signal(&child, "TERM");
    assert_eq!(end(child).code, 130);
}
