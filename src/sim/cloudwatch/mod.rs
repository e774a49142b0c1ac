//! Amazon CloudWatch: metrics, and the alarms that watch them.

mod alarm_checks;
mod alarms;
mod evaluation;
mod metrics;
mod queries;
mod state_change;
mod tags;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::call::{Answer, ApiError, Call};
use super::clock;
use super::tag_list::Tags;
use super::world::World;

pub use evaluation::evaluate;
pub use metrics::{add_metric, sum};

/// The service's state.
#[derive(Debug, Default)]
pub struct State {
    metrics: BTreeMap<metrics::Metric, Vec<metrics::Sample>>,
    alarms: BTreeMap<String, Alarm>,
}

/// One alarm.
#[derive(Debug, Clone)]
struct Alarm {
    /// The members that PutMetricAlarm replaces, as they were put.
    settings: Value,
    state: String,
    reason: String,
    reason_data: Option<String>,
    configured: OffsetDateTime,
    updated: OffsetDateTime,
    tags: Tags,
}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "PutMetricAlarm" => alarms::put(world, call),
        "DescribeAlarms" => alarms::describe(world, call),
        "DeleteAlarms" => alarms::delete(world, call),
        "EnableAlarmActions" => alarms::switch_actions(world, call, true),
        "DisableAlarmActions" => alarms::switch_actions(world, call, false),
        "SetAlarmState" => state_change::set(world, call),
        "TagResource" => tags::tag(world, call),
        "UntagResource" => tags::untag(world, call),
        "ListTagsForResource" => tags::list(world, call),
        "PutMetricData" => metrics::put(world, call),
        "ListMetrics" => metrics::list(world, call),
        "GetMetricData" => queries::get_metric_data(world, call),
        "GetMetricStatistics" => queries::get_metric_statistics(world, call),
        _ => Err(call.unknown_operation()),
    }
}

/// The tags of every alarm, by ARN.
pub(crate) fn tagged(state: &State, account: &str, region: &str) -> Vec<(String, Tags)> {
    let arn = |name: &str| alarm_arn(account, region, name);
    state.alarms.iter().map(|(name, alarm)| (arn(name), alarm.tags.clone())).collect()
}

fn alarm_arn(account: &str, region: &str, name: &str) -> String {
    format!("arn:aws:cloudwatch:{region}:{account}:alarm:{name}")
}

fn validation(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", message)
}

fn timestamp(at: OffsetDateTime) -> Value {
    json!({"$timestamp": clock::epoch_seconds(at)})
}
