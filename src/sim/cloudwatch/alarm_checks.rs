//! What PutMetricAlarm refuses, and the alarm that it stores.

use serde_json::{Map, Value, json};

use super::validation;
use crate::sim::arn::Arn;
use crate::sim::call::{ApiError, Call};
use crate::sim::members::{boolean, double, list};

/// Members that an alarm keeps as they were put.
const KEPT: [&str; 14] = [
    "AlarmDescription",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Unit",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "Metrics",
];

/// The three lists of actions.
pub(super) const ACTIONS: [&str; 3] = ["OKActions", "AlarmActions", "InsufficientDataActions"];

const COMPARISONS: [&str; 7] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
];

/// The settings of an alarm, checked; what was not sent is not there.
pub(super) fn settings(call: &Call<'_>) -> Result<Value, ApiError> {
    check_texts(call)?;
    check_actions(call)?;
    if call.input.get("Metrics").is_none() {
        check_metric(call)?;
    }
    check_numbers(call)?;
    let mut settings: Map<String, Value> = KEPT
        .iter()
        .filter_map(|member| Some(((*member).to_owned(), call.input.get(member)?.clone())))
        .filter(|(_, value)| !value.is_null() && value != "")
        .collect();
    for member in ["Period", "EvaluationPeriods", "DatapointsToAlarm"] {
        settings.extend(call.integer(member).map(|value| (member.to_owned(), json!(value))));
    }
    settings.extend(double(call.input.get("Threshold")).map(|value| ("Threshold".to_owned(), json!(value))));
    let enabled = boolean(call.input.get("ActionsEnabled")).unwrap_or(true);
    settings.insert("ActionsEnabled".to_owned(), enabled.into());
    for member in ACTIONS.iter().chain(&["Dimensions"]) {
        settings.entry(*member).or_insert_with(|| json!([]));
    }
    Ok(Value::Object(settings))
}

fn check_texts(call: &Call<'_>) -> Result<(), ApiError> {
    let name = call.string("AlarmName").unwrap_or_default();
    if name.is_empty() || name.chars().count() > 255 {
        return Err(validation("AlarmName must have 1 to 255 characters"));
    }
    if call.string("AlarmDescription").is_some_and(|text| text.chars().count() > 1024) {
        return Err(validation("AlarmDescription must not be longer than 1024 characters"));
    }
    let treatment = call.string("TreatMissingData").unwrap_or("missing");
    if !["breaching", "notBreaching", "ignore", "missing"].contains(&treatment) {
        let message = format!(
            "Option {treatment} is not supported. Supported options for parameter TreatMissingData are [breaching, notBreaching, ignore, missing]."
        );
        return Err(validation(message));
    }
    Ok(())
}

fn check_actions(call: &Call<'_>) -> Result<(), ApiError> {
    for member in ACTIONS {
        let actions = call.strings(member);
        if actions.len() > 5 {
            return Err(validation(format!("{member} must not have more than 5 actions")));
        }
        for action in actions {
            let arn =
                Arn::parse(action).ok_or_else(|| validation(format!("Invalid arn syntax: {action}")))?;
            if !arn.region.is_empty() && arn.region != call.region {
                let (given, own) = (arn.region, call.region);
                return Err(validation(format!(
                    "Invalid region {given} specified. Only {own} is supported."
                )));
            }
        }
    }
    Ok(())
}

/// An alarm on one metric names it in full.
fn check_metric(call: &Call<'_>) -> Result<(), ApiError> {
    if call.string("MetricName").is_none_or(str::is_empty) {
        return Err(validation("Exactly one of MetricName, Metrics or EvaluationCriteria must be specified"));
    }
    for member in ["Namespace", "ComparisonOperator"] {
        if call.string(member).is_none_or(str::is_empty) {
            return Err(validation(format!("{member} must not be null")));
        }
    }
    if call.string("Statistic").is_none() == call.string("ExtendedStatistic").is_none() {
        return Err(validation("Exactly one of Statistic and ExtendedStatistic must be specified"));
    }
    let statistics = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
    if call.string("Statistic").is_some_and(|name| !statistics.contains(&name)) {
        return Err(validation("Statistic must be one of SampleCount, Average, Sum, Minimum and Maximum"));
    }
    if call.integer("Period").is_none() || double(call.input.get("Threshold")).is_none() {
        return Err(validation("Period and Threshold must not be null"));
    }
    Ok(())
}

fn check_numbers(call: &Call<'_>) -> Result<(), ApiError> {
    if call.string("ComparisonOperator").is_some_and(|operator| !COMPARISONS.contains(&operator)) {
        return Err(validation("ComparisonOperator is not one that CloudWatch has"));
    }
    if call
        .integer("Period")
        .is_some_and(|period| ![10, 20, 30].contains(&period) && (period < 1 || period % 60 != 0))
    {
        return Err(validation("Metric period must be 10, 20, 30 or a multiple of 60"));
    }
    let Some(periods @ 1..) = call.integer("EvaluationPeriods") else {
        return Err(validation("EvaluationPeriods must be at least 1"));
    };
    if call.integer("DatapointsToAlarm").is_some_and(|points| !(1..=periods).contains(&points)) {
        return Err(validation("DatapointsToAlarm must be between 1 and EvaluationPeriods"));
    }
    if list(call.input.get("Dimensions")).len() > 30 {
        return Err(validation("Dimensions must not have more than 30 members"));
    }
    Ok(())
}
