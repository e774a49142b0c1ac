//! How long a hundred patterns take with one event.

use std::hint::black_box;
use std::time::Instant;

use foghorn::events::pattern::{Pattern, Prepared};
use serde_json::{Value, json};

/// How many patterns the event is held to.
const PATTERNS: usize = 100;

/// How often, to even out the machine's moods; a test only sees it work.
fn rounds() -> u32 {
    if std::env::args().any(|argument| argument == "--bench") { 1_000 } else { 10 }
}

fn main() {
    let patterns: Vec<Pattern> = (0..PATTERNS).map(|index| parsed(&pattern(index))).collect();
    let event = event();
    let start = Instant::now();
    let mut matched = 0;
    for _ in 0..rounds() {
        let event = Prepared::new(black_box(&event));
        matched = patterns.iter().filter(|pattern| black_box(*pattern).matches_prepared(&event)).count();
    }
    let each = start.elapsed() / rounds();
    println!(
        "{PATTERNS} patterns against one event, of which {matched} match: {each:?} a round, target 1 ms"
    );
}

fn parsed(pattern: &Value) -> Pattern {
    Pattern::parse(pattern).unwrap_or_else(|error| panic!("{error}: {pattern}"))
}

/// The pattern of failed tasks in a cluster of its own, as a fleet of that many
/// pipelines has it.
fn pattern(index: usize) -> Value {
    json!({
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "clusterArn": [{ "wildcard": format!("arn:aws:ecs:*:cluster/prod-{}-*", index % 10) }],
            "lastStatus": ["STOPPED"],
            "$or": [
                { "stopCode": ["TaskFailedToStart"] },
                {
                    "stopCode": ["EssentialContainerExited"],
                    "containers": { "exitCode": [{ "anything-but": [0, 143] }] }
                },
                {
                    "stopCode": ["ServiceSchedulerInitiated"],
                    "stoppedReason": [{ "prefix": "Task failed ELB health checks" }]
                }
            ]
        }
    })
}

fn event() -> Value {
    let containers: Vec<Value> = (0..10)
        .map(|index| json!({ "name": format!("side-{index}"), "lastStatus": "STOPPED", "exitCode": index % 2 }))
        .collect();
    json!({
        "version": "0", "id": "00000000-0000-4000-8000-000000000001", "detail-type": "ECS Task State Change",
        "source": "aws.ecs", "account": "111111111111", "time": "2026-11-20T10:00:00Z", "region": "us-east-1",
        "resources": ["arn:aws:ecs:us-east-1:111111111111:task/prod-3-web/1"],
        "detail": {
            "clusterArn": "arn:aws:ecs:us-east-1:111111111111:cluster/prod-3-web", "lastStatus": "STOPPED",
            "stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited",
            "containers": containers
        }
    })
}
