//! The alarms on pipelines, and who else hears of them.

use super::Verdict;
use super::names::is_topic;
use crate::fleet::spec::{Alarms, Fleet};

/// CloudWatch takes five actions an alarm (Amazon CloudWatch API reference,
/// PutMetricAlarm); the first is Foghorn's own topic.
const MOST_TOPICS: usize = 4;

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    for (index, pipeline) in fleet.spec.pipelines.iter().enumerate() {
        one(&format!("spec.pipelines[{index}].alarms"), &pipeline.alarms, verdict);
    }
}

fn one(path: &str, alarms: &Alarms, verdict: &mut Verdict) {
    for (field, threshold) in
        [("failedInvocations", alarms.failed_invocations), ("unsupportedEvents", alarms.unsupported_events)]
    {
        if threshold.threshold == 0 {
            verdict
                .error(format!("{path}.{field}.threshold"), "a threshold of 0 is always reached: at least 1");
        }
    }
    if alarms.notify.len() > MOST_TOPICS {
        verdict.error(
            format!("{path}.notify"),
            format!("{} topics are listed: CloudWatch allows {MOST_TOPICS}", alarms.notify.len()),
        );
    }
    for (index, arn) in alarms.notify.iter().enumerate() {
        verdict.text(format!("{path}.notify[{index}]"), topic(arn));
    }
}

fn topic(arn: &str) -> Result<(), String> {
    let filled = arn.replace("{region}", "us-east-1").replace("{account}", "111111111111");
    if filled.contains(['{', '}']) {
        return Err(format!("`{arn}`: only {{region}} and {{account}} can stand for something"));
    }
    if is_topic(&filled) {
        return Ok(());
    }
    Err(format!(
        "`{arn}` is not the ARN of an SNS topic: write it as arn:aws:sns:{{region}}:{{account}}:NAME"
    ))
}
