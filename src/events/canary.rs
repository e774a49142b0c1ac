//! The canary: an event that proves a pipeline from end to end.
//!
//! Nobody may send events of the source `aws.ecs` (EventBridge API reference,
//! PutEvents), so a canary has a source of its own, and every rule takes the
//! canaries that carry its own pipeline and part.

use serde_json::{Map, Value, json};

/// The source of every canary.
pub const SOURCE: &str = "foghorn.canary";

/// The detail-type of every canary.
pub const DETAIL_TYPE: &str = "Foghorn Canary";

/// What stands for an event's name and for a task's stop code in a canary.
pub const EVENT_NAME: &str = "canary (nobody needs to act)";

/// What the first part of a pipeline, which has no suffix, is called.
const FIRST_PART: &str = "service";

/// An entry of PutEvents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event's source.
    pub source: &'static str,
    /// The event's detail-type.
    pub detail_type: &'static str,
    /// The event's detail.
    pub detail: Value,
    /// What the event is about: the pipeline.
    pub resources: Vec<String>,
}

/// The branch of a part's pattern that takes the part's own canaries.
pub fn pattern(pipeline: &str, suffix: Option<&str>) -> Map<String, Value> {
    branch(json!({ "pipeline": [pipeline], "part": [suffix.unwrap_or(FIRST_PART)] }))
}

/// The branch of a pattern that takes the canaries of every part: where events
/// go to a hub, the parts are the hub's.
pub fn pattern_of_all_parts(pipeline: &str) -> Map<String, Value> {
    branch(json!({ "pipeline": [pipeline] }))
}

fn branch(foghorn: Value) -> Map<String, Value> {
    Map::from_iter([
        ("source".to_owned(), json!([SOURCE])),
        ("detail-type".to_owned(), json!([DETAIL_TYPE])),
        ("detail".to_owned(), json!({ "foghorn": foghorn })),
    ])
}

/// The canary of one part of a pipeline. It has the fields of every shape, so
/// that whichever message the part writes is whole, and `run` tells it from
/// every other canary.
pub fn entry(pipeline: &str, suffix: Option<&str>, run: &str) -> Entry {
    let part = suffix.unwrap_or(FIRST_PART);
    let name = format!("foghorn/{pipeline}");
    let reason = format!(
        "This is a test of the pipeline {pipeline}: nothing has failed and nobody needs to act. Run {run}."
    );
    Entry {
        source: SOURCE,
        detail_type: DETAIL_TYPE,
        detail: json!({
            "eventType": "INFO", "eventName": EVENT_NAME, "reason": reason,
            "lastStatus": EVENT_NAME, "stopCode": EVENT_NAME, "stoppedReason": reason,
            "clusterArn": name, "taskArn": name, "group": name,
            "launchType": "none", "availabilityZone": "none", "containers": [{ "name": "none" }],
            "foghorn": { "pipeline": pipeline, "part": part, "run": run }
        }),
        resources: vec![name],
    }
}

impl Entry {
    /// The event that a rule sees, for a look at what becomes of it without
    /// sending it.
    pub fn event(&self, id: &str, account: &str, region: &str, time: &str) -> Value {
        json!({
            "version": "0", "id": id, "detail-type": self.detail_type, "source": self.source,
            "account": account, "time": time, "region": region,
            "resources": self.resources, "detail": self.detail
        })
    }
}
