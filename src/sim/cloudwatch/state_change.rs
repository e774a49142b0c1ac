//! Alarm states that change, and the messages that this sends.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Alarm, alarm_arn, validation};
use crate::sim::arn::Arn;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::clock;
use crate::sim::members::list;
use crate::sim::sns::delivery::{Message, publish_as_service};
use crate::sim::world::World;

/// A new state for an alarm.
pub(super) struct Change<'a> {
    pub(super) state: &'a str,
    pub(super) reason: String,
    pub(super) reason_data: Option<String>,
    pub(super) now: OffsetDateTime,
}

pub(super) fn set(world: &mut World, call: &Call<'_>) -> Answer {
    let name = call.string("AlarmName").unwrap_or_default();
    let state = call.string("StateValue").unwrap_or_default();
    if !["OK", "ALARM", "INSUFFICIENT_DATA"].contains(&state) {
        return Err(validation("StateValue must be one of OK, ALARM and INSUFFICIENT_DATA"));
    }
    let change = Change {
        state,
        reason: call.string("StateReason").unwrap_or_default().to_owned(),
        reason_data: call.string("StateReasonData").map(str::to_owned),
        now: call.now,
    };
    if apply(world, (call.account, call.region), name, change) {
        return Ok(json!({}));
    }
    Err(ApiError::new("ResourceNotFound", format!("Alarm {name} does not exist.")).with_status(404))
}

/// Changes an alarm's state and, if it is another one, sends the messages of
/// its actions. Whether there is such an alarm is the answer.
pub(super) fn apply(
    world: &mut World,
    (account, region): (&str, &str),
    name: &str,
    change: Change<'_>,
) -> bool {
    let Some(alarm) = world.region(account, region).cloudwatch.alarms.get_mut(name) else { return false };
    let old = std::mem::replace(&mut alarm.state, change.state.to_owned());
    (alarm.reason, alarm.reason_data, alarm.updated) = (change.reason, change.reason_data, change.now);
    if old == change.state || alarm.settings["ActionsEnabled"] == false {
        return true;
    }
    let message = message(account, region, name, alarm, &old);
    let actions: Vec<String> = actions(alarm).map(str::to_owned).collect();
    for action in actions {
        notify(world, &action, &alarm_arn(account, region, name), &message, change.now);
    }
    true
}

fn actions(alarm: &Alarm) -> impl Iterator<Item = &str> {
    let member = match alarm.state.as_str() {
        "ALARM" => "AlarmActions",
        "OK" => "OKActions",
        _ => "InsufficientDataActions",
    };
    list(alarm.settings.get(member)).iter().filter_map(Value::as_str)
}

/// Publishes to a topic if its policy lets CloudWatch. A topic that refuses
/// loses the message: CloudWatch only notes it in the alarm's history.
fn notify(world: &mut World, action: &str, alarm_arn: &str, message: &Message, now: OffsetDateTime) {
    let account = Arn::parse(alarm_arn).map_or_else(String::new, |arn| arn.account.to_owned());
    let context = BTreeMap::from([
        ("aws:sourcearn", alarm_arn.to_owned()),
        ("aws:sourceaccount", account.clone()),
        ("aws:sourceowner", account),
    ]);
    if Arn::parse(action).is_some_and(|arn| arn.service == "sns") {
        let _ = publish_as_service(world, action, "cloudwatch.amazonaws.com", context, message, now);
    }
}

/// The message that CloudWatch publishes for a change of state.
fn message(account: &str, region: &str, name: &str, alarm: &Alarm, old: &str) -> Message {
    let settings = &alarm.settings;
    let body = json!({
        "AlarmName": name,
        "AlarmDescription": settings["AlarmDescription"],
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": amazon_time(alarm.configured),
        "NewStateValue": alarm.state,
        "NewStateReason": alarm.reason,
        "StateChangeTime": amazon_time(alarm.updated),
        "Region": region,
        "AlarmArn": alarm_arn(account, region, name),
        "OldStateValue": old,
        "OKActions": settings["OKActions"],
        "AlarmActions": settings["AlarmActions"],
        "InsufficientDataActions": settings["InsufficientDataActions"],
        "Trigger": trigger(settings),
    });
    let mut subject = format!("{}: \"{name}\" in {region}", alarm.state);
    if subject.chars().count() > 100 {
        subject = subject.chars().take(97).chain("...".chars()).collect();
    }
    Message { subject: Some(subject), body: body.to_string(), ..Message::default() }
}

fn trigger(settings: &Value) -> Value {
    if let Some(metrics) = settings.get("Metrics") {
        return json!({"Metrics": metrics, "Period": settings["Period"], "Threshold": settings["Threshold"]});
    }
    let dimensions: Vec<Value> = list(settings.get("Dimensions"))
        .iter()
        .map(|dimension| json!({"name": dimension["Name"], "value": dimension["Value"]}))
        .collect();
    json!({
        "MetricName": settings["MetricName"],
        "Namespace": settings["Namespace"],
        "StatisticType": "Statistic",
        "Statistic": settings["Statistic"].as_str().map(str::to_uppercase),
        "Unit": settings["Unit"],
        "Dimensions": dimensions,
        "Period": settings["Period"],
        "EvaluationPeriods": settings["EvaluationPeriods"],
        "DatapointsToAlarm": settings["DatapointsToAlarm"],
        "ComparisonOperator": settings["ComparisonOperator"],
        "Threshold": settings["Threshold"],
        "TreatMissingData": settings["TreatMissingData"],
        "EvaluateLowSampleCountPercentile": "",
    })
}

/// The time as CloudWatch writes it in messages, `2026-11-21T10:00:00.000+0000`.
fn amazon_time(at: OffsetDateTime) -> String {
    clock::iso_milliseconds(at).replace('Z', "+0000")
}
