//! Pairs of a pattern and an event: every operator with every kind of value,
//! and the shapes in which fields stand.

use serde_json::{Value, json};

/// A pattern and an event to hold it to.
pub struct Case {
    /// What the case is about.
    pub name: String,
    /// The pattern.
    pub pattern: Value,
    /// The event, with all that every event has.
    pub event: Value,
}

/// All cases, always the same ones.
pub fn cases() -> Vec<Case> {
    let on_one_field = operators().into_iter().flat_map(|operator| {
        values().into_iter().map(move |value| Case {
            name: format!("{operator} on {value}"),
            pattern: json!({ "detail": { "a": [operator] } }),
            event: event(json!({ "a": value, "other": 1 })),
        })
    });
    on_one_field.chain(absences()).chain(shapes()).chain(refusals()).collect()
}

fn event(detail: Value) -> Value {
    json!({
        "version": "0", "id": "00000000-0000-4000-8000-000000000001", "detail-type": "ECS Task State Change",
        "source": "aws.ecs", "account": "111111111111", "time": "2026-11-20T10:00:00Z", "region": "us-east-1",
        "resources": ["arn:aws:ecs:us-east-1:111111111111:task/prod/1"], "detail": detail
    })
}

fn operators() -> Vec<Value> {
    vec![
        json!("abc"),
        json!(""),
        json!(0),
        json!(300),
        json!(1.5),
        json!(true),
        json!(null),
        json!({ "exact": "abc" }),
        json!({ "prefix": "ab" }),
        json!({ "prefix": "" }),
        json!({ "prefix": { "equals-ignore-case": "AB" } }),
        json!({ "suffix": "bc" }),
        json!({ "suffix": { "equals-ignore-case": "BC" } }),
        json!({ "equals-ignore-case": "aBc" }),
        json!({ "wildcard": "a*c" }),
        json!({ "wildcard": "*" }),
        json!({ "wildcard": "*b*" }),
        json!({ "wildcard": "a\\*c" }),
        json!({ "numeric": ["=", 0] }),
        json!({ "numeric": [">", 0] }),
        json!({ "numeric": [">=", 0, "<", 300] }),
        json!({ "numeric": ["<=", -1] }),
        json!({ "exists": true }),
        json!({ "exists": false }),
        json!({ "cidr": "10.0.0.0/24" }),
        json!({ "cidr": "2001:db8::/32" }),
        json!({ "anything-but": "abc" }),
        json!({ "anything-but": ["abc", "10.0.0.7"] }),
        json!({ "anything-but": 0 }),
        json!({ "anything-but": [0, 143] }),
        json!({ "anything-but": { "prefix": "ab" } }),
        json!({ "anything-but": { "prefix": ["ab", "10"] } }),
        json!({ "anything-but": { "suffix": "bc" } }),
        json!({ "anything-but": { "wildcard": "a*" } }),
        json!({ "anything-but": { "equals-ignore-case": "ABC" } }),
        json!({ "anything-but": { "equals-ignore-case": ["ABC", "x"] } }),
    ]
}

fn values() -> Vec<Value> {
    vec![
        json!("abc"),
        json!("ABC"),
        json!("a*c"),
        json!("xyz"),
        json!(""),
        json!("0"),
        json!("10.0.0.7"),
        json!("10.0.1.7"),
        json!("2001:db8::7"),
        json!(0),
        json!(0.0),
        json!(143),
        json!(300.0),
        json!(1.5),
        json!(-1),
        json!(true),
        json!(null),
        json!([]),
        json!(["abc", 0]),
        json!(["xyz", "10.0.0.7"]),
        json!({ "b": "abc" }),
    ]
}

/// Every operator on a field that the event lacks.
fn absences() -> impl Iterator<Item = Case> {
    operators().into_iter().map(|operator| Case {
        name: format!("{operator} on nothing"),
        pattern: json!({ "detail": { "a": [operator] } }),
        event: event(json!({ "other": 1 })),
    })
}

fn shapes() -> impl Iterator<Item = Case> {
    let exited = json!({ "stopCode": "EssentialContainerExited", "containers": [
        { "name": "app", "exitCode": 1 }, { "name": "side", "exitCode": 0 }
    ] });
    let not_pulled = json!({ "stopCode": "TaskFailedToStart", "containers": [{ "name": "app" }] });
    let empty = json!({ "stopCode": "x", "containers": [] });
    let patterns = [
        json!({ "containers": { "exitCode": [{ "anything-but": 0 }] } }),
        json!({ "containers": { "exitCode": [{ "anything-but": [0, 1] }] } }),
        json!({ "containers": { "exitCode": [0], "name": ["app"] } }),
        json!({ "containers": { "exitCode": [1], "name": ["app"] } }),
        json!({ "containers": { "exitCode": [{ "exists": false }] } }),
        json!({ "containers": { "exitCode": [{ "exists": false }, { "anything-but": 0 }] } }),
        json!({ "containers": [{ "exists": true }] }),
        json!({ "containers": [{ "exists": false }] }),
        json!({ "$or": [{ "stopCode": ["TaskFailedToStart"] }, { "containers": { "exitCode": [1] } }] }),
        json!({ "$or": [{ "stopCode": ["x"] }, { "stopCode": [{ "prefix": "Task" }], "containers": { "name": ["app"] } }] }),
        json!({ "stopCode": [{ "wildcard": "*Container*" }, "x"] }),
        json!({ "containers": { "$or": [{ "name": ["side"], "exitCode": [1] }, { "exitCode": [7] }] } }),
        json!({ "containers": { "$or": [{ "name": ["side"], "exitCode": [0] }, { "exitCode": [7] }] } }),
    ];
    patterns.into_iter().flat_map(move |detail| {
        let whole =
            json!({ "source": ["aws.ecs"], "detail-type": ["ECS Task State Change"], "detail": detail });
        [exited.clone(), not_pulled.clone(), empty.clone()].map(|event_detail| Case {
            name: format!("{detail} on {event_detail}"),
            pattern: whole.clone(),
            event: event(event_detail),
        })
    })
}

/// What EventBridge refuses, whatever the event.
fn refusals() -> impl Iterator<Item = Case> {
    let patterns = [
        json!({}),
        json!({ "detail": {} }),
        json!({ "detail": { "a": [] } }),
        json!({ "detail": { "a": "text" } }),
        json!({ "detail": { "a": [{ "unheard": "x" }] } }),
        json!({ "detail": { "a": [{ "prefix": 1 }] } }),
        json!({ "detail": { "a": [{ "wildcard": "a**b" }] } }),
        json!({ "detail": { "a": [{ "wildcard": "a\\b" }] } }),
        json!({ "detail": { "a": [{ "numeric": [">", "1"] }] } }),
        json!({ "detail": { "a": [{ "numeric": [">", 5, "<", 1] }] } }),
        json!({ "detail": { "a": [{ "numeric": ["~", 5] }] } }),
        json!({ "detail": { "a": [{ "numeric": ["=", 6_000_000_000_i64] }] } }),
        json!({ "detail": { "a": [{ "exists": "yes" }] } }),
        json!({ "detail": { "a": [{ "cidr": "10.0.0.0" }] } }),
        json!({ "detail": { "a": [{ "cidr": "10.0.0.0/33" }] } }),
        json!({ "detail": { "a": [{ "anything-but": [1, "x"] }] } }),
        json!({ "detail": { "a": [{ "anything-but": [] }] } }),
        json!({ "detail": { "a": [{ "anything-but": null }] } }),
        json!({ "detail": { "a": [{ "anything-but": { "prefix": "" } }] } }),
        json!({ "detail": { "a": [{ "anything-but": { "numeric": [">", 1] } }] } }),
        json!({ "detail": { "$or": [{ "a": ["x"] }] } }),
        json!({ "detail": { "$or": ["x", "y"] } }),
        json!({ "detail": { "$or": { "a": ["x"] } } }),
        json!({ "detail": { "a": [["x"]] } }),
        json!({ "detail": { "a": [{ "prefix": "x", "suffix": "y" }] } }),
    ];
    patterns.into_iter().map(|pattern| Case {
        name: pattern.to_string(),
        pattern,
        event: event(json!({ "a": "x" })),
    })
}
