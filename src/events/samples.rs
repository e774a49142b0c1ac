//! Sample events, in the shapes of the ECS developer guide: of every family,
//! and ordinary ones that no family takes.

mod services;
mod tasks;

use serde_json::Value;

use crate::model::{AccountId, EventFamily, Region};

/// Where and when a sample happens.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// The Region.
    pub region: Region,
    /// The cluster's name.
    pub cluster: &'a str,
    /// The time, in ISO 8601, UTC.
    pub time: &'a str,
}

/// One sample event.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What it is called by: `task-exited` say.
    pub name: &'static str,
    /// The narrowest family that takes it; none for what is not heard. What
    /// `taskFailed` takes, `taskStopped` takes as well.
    pub family: Option<EventFamily>,
    /// The event.
    pub event: Value,
}

impl Sample {
    /// Whether a family takes the sample.
    pub fn is_of(&self, family: EventFamily) -> bool {
        let is_wider = family == EventFamily::TaskStopped && self.family == Some(EventFamily::TaskFailed);
        self.family == Some(family) || is_wider
    }
}

/// All samples, in a fixed order.
pub fn samples(scene: &Scene<'_>) -> Vec<Sample> {
    services::samples(scene).into_iter().chain(tasks::samples(scene)).collect()
}

/// The sample of this name.
pub fn sample(name: &str, scene: &Scene<'_>) -> Option<Sample> {
    samples(scene).into_iter().find(|sample| sample.name == name)
}

/// The names of all samples, in their order.
pub fn names() -> Vec<&'static str> {
    let account = AccountId::default();
    let scene = Scene { account: &account, region: Region::US_EAST_1, cluster: "", time: "" };
    samples(&scene).into_iter().map(|sample| sample.name).collect()
}

/// A cluster's name that the first of the globs matches; `sample` where every
/// cluster is meant.
pub fn sample_cluster(clusters: &[String]) -> String {
    clusters.first().map_or_else(|| "sample".to_owned(), |glob| glob.replace('*', "sample"))
}

impl Scene<'_> {
    fn arn(&self, resource: &str) -> String {
        format!("arn:{}:ecs:{}:{}:{resource}", self.region.partition(), self.region, self.account)
    }

    /// The envelope that every event has. The number makes the id.
    fn event(&self, number: usize, detail_type: &str, resource: &str, detail: Value) -> Value {
        serde_json::json!({
            "version": "0", "id": format!("00000000-0000-4000-8000-{number:012}"),
            "detail-type": detail_type, "source": super::names::SOURCE,
            "account": self.account.as_str(), "time": self.time, "region": self.region.as_str(),
            "resources": [resource], "detail": detail
        })
    }
}

#[cfg(test)]
mod tests;
