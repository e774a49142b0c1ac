//! Alarms judged by their metrics.

use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::Alarm;
use super::metrics::{Sample, read_metric};
use super::state_change::{Change, apply};
use crate::sim::world::World;

/// Judges every alarm on a single metric, everywhere, by the values of its last
/// periods up to now, and sends the messages of those whose state changes.
/// Alarms on metric math keep the state that they have.
pub fn evaluate(world: &mut World, now: OffsetDateTime) {
    let mut changes = Vec::new();
    for (account, state) in &world.accounts {
        for (region, state) in &state.regions {
            for (name, alarm) in &state.cloudwatch.alarms {
                let metric = read_metric(&alarm.settings);
                let samples = state.cloudwatch.metrics.get(&metric).map_or(&[][..], Vec::as_slice);
                if let Some((state, reason)) =
                    judge(alarm, samples, now).filter(|(state, _)| *state != alarm.state)
                {
                    changes.push((account.clone(), region.clone(), name.clone(), state, reason));
                }
            }
        }
    }
    for (account, region, name, state, reason) in changes {
        apply(world, (&account, &region), &name, Change { state, reason, reason_data: None, now });
    }
}

/// The state that an alarm should have and why; `None` where it keeps its own.
fn judge(alarm: &Alarm, samples: &[Sample], now: OffsetDateTime) -> Option<(&'static str, String)> {
    let settings = &alarm.settings;
    let (period, periods) = (settings["Period"].as_i64()?, settings["EvaluationPeriods"].as_i64()?);
    let threshold = settings["Threshold"].as_f64()?;
    let breaches = comparison(settings["ComparisonOperator"].as_str()?)?;
    let statistic = settings["Statistic"].as_str()?;
    let needed = settings["DatapointsToAlarm"].as_i64().unwrap_or(periods);
    let values: Vec<Option<f64>> = (0..periods)
        .map(|back| period_value(samples, statistic, now - Duration::seconds(period * back), period))
        .collect();
    let breaching = |value: &Option<f64>| match value {
        Some(value) => breaches(*value, threshold),
        None => settings["TreatMissingData"] == "breaching",
    };
    let count = values.iter().filter(|value| breaching(value)).count() as i64;
    if count >= needed {
        return Some(("ALARM", reason("Threshold Crossed", &values, settings)));
    }
    if values.iter().any(Option::is_some) || settings["TreatMissingData"] == "notBreaching" {
        return Some(("OK", reason("Threshold not crossed", &values, settings)));
    }
    match settings["TreatMissingData"].as_str() {
        Some("ignore" | "breaching") => None,
        _ => Some(("INSUFFICIENT_DATA", "Insufficient Data: no datapoints were received".to_owned())),
    }
}

fn period_value(samples: &[Sample], statistic: &str, end: OffsetDateTime, period: i64) -> Option<f64> {
    let start = end - Duration::seconds(period);
    let inside = samples.iter().filter(|sample| start < sample.at && sample.at <= end).copied();
    inside.reduce(Sample::and)?.statistic(statistic)
}

fn comparison(operator: &str) -> Option<fn(f64, f64) -> bool> {
    match operator {
        "GreaterThanOrEqualToThreshold" => Some(|value, threshold| value >= threshold),
        "GreaterThanThreshold" => Some(|value, threshold| value > threshold),
        "LessThanThreshold" => Some(|value, threshold| value < threshold),
        "LessThanOrEqualToThreshold" => Some(|value, threshold| value <= threshold),
        _ => None,
    }
}

fn reason(what: &str, values: &[Option<f64>], settings: &Value) -> String {
    let values: Vec<String> = values.iter().flatten().map(f64::to_string).collect();
    let (operator, threshold) =
        (settings["ComparisonOperator"].as_str().unwrap_or_default(), &settings["Threshold"]);
    format!("{what}: datapoints [{}] against {operator} {threshold}", values.join(", "))
}
