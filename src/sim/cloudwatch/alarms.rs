//! Alarms: put, described, deleted, switched.

use std::ops::Bound;

use serde_json::{Value, json};

use super::alarm_checks::{ACTIONS, settings};
use super::{Alarm, alarm_arn, timestamp, validation};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::{list, without_nulls};
use crate::sim::paging;
use crate::sim::tag_list::KEY_VALUE;
use crate::sim::world::World;

pub(super) fn put(world: &mut World, call: &Call<'_>) -> Answer {
    let settings = settings(call)?;
    let name = call.string("AlarmName").unwrap_or_default();
    let alarms = &mut world.region(call.account, call.region).cloudwatch.alarms;
    match alarms.get_mut(name) {
        // The state is kept, and tags on an alarm that exists are ignored.
        Some(alarm) => (alarm.settings, alarm.configured) = (settings, call.now),
        None => {
            let alarm = Alarm {
                settings,
                state: "INSUFFICIENT_DATA".to_owned(),
                reason: "Unchecked: Initial alarm creation".to_owned(),
                reason_data: None,
                configured: call.now,
                updated: call.now,
                tags: KEY_VALUE.read(call.input.get("Tags")),
            };
            alarms.insert(name.to_owned(), alarm);
        }
    }
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, call: &Call<'_>) -> Answer {
    let names = call.strings("AlarmNames");
    check_query(&names, call)?;
    let size = match call.integer("MaxRecords") {
        None => 50,
        Some(size @ 1..=100) => usize::try_from(size).unwrap_or(50),
        Some(_) => return Err(validation("MaxRecords must be between 1 and 100")),
    };
    let types = call.strings("AlarmTypes");
    let shown = types.is_empty() || types.contains(&"MetricAlarm");
    let start = call.string("NextToken").map(|token| {
        paging::key_of(token)
            .ok_or_else(|| ApiError::new("InvalidNextToken", "The next token specified is invalid."))
    });
    let start = start.transpose()?;
    let after = start.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let alarms = &world.region(call.account, call.region).cloudwatch.alarms;
    let rest = alarms
        .range::<str, _>((after, Bound::Unbounded))
        .filter(|(name, alarm)| shown && wanted(name, alarm, &names, call))
        .map(|(name, alarm)| (name.as_str(), entry(name, alarm, call)));
    let page = paging::take(rest, size);
    Ok(without_nulls(json!({"MetricAlarms": page.items, "CompositeAlarms": [], "NextToken": page.next})))
}

fn check_query(names: &[&str], call: &Call<'_>) -> Result<(), ApiError> {
    if names.len() > 100 {
        return Err(validation("AlarmNames must not have more than 100 members"));
    }
    if !names.is_empty() && call.string("AlarmNamePrefix").is_some() {
        return Err(validation("AlarmNamePrefix and AlarmNames cannot be specified together"));
    }
    Ok(())
}

fn wanted(name: &str, alarm: &Alarm, names: &[&str], call: &Call<'_>) -> bool {
    let acts = |prefix: &str| {
        let actions = ACTIONS.iter().flat_map(|member| list(alarm.settings.get(member)));
        actions.into_iter().filter_map(Value::as_str).any(|action| action.starts_with(prefix))
    };
    (names.is_empty() || names.contains(&name))
        && call.string("AlarmNamePrefix").is_none_or(|prefix| name.starts_with(prefix))
        && call.string("StateValue").is_none_or(|state| alarm.state == state)
        && call.string("ActionPrefix").is_none_or(acts)
}

fn entry(name: &str, alarm: &Alarm, call: &Call<'_>) -> Value {
    let mut entry = alarm.settings.clone();
    entry["AlarmName"] = name.into();
    entry["AlarmArn"] = alarm_arn(call.account, call.region, name).into();
    entry["AlarmConfigurationUpdatedTimestamp"] = timestamp(alarm.configured);
    entry["StateValue"] = alarm.state.as_str().into();
    entry["StateReason"] = alarm.reason.as_str().into();
    entry["StateUpdatedTimestamp"] = timestamp(alarm.updated);
    entry["StateTransitionedTimestamp"] = timestamp(alarm.updated);
    if let Some(data) = &alarm.reason_data {
        entry["StateReasonData"] = data.as_str().into();
    }
    entry
}

/// The alarms that a call names, at most 100.
fn names<'c>(call: &Call<'c>) -> Result<Vec<&'c str>, ApiError> {
    let names: Vec<&str> = list(call.input.get("AlarmNames")).iter().filter_map(Value::as_str).collect();
    if names.len() > 100 {
        return Err(validation("AlarmNames must not have more than 100 members"));
    }
    Ok(names)
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let names = names(call)?;
    world
        .region(call.account, call.region)
        .cloudwatch
        .alarms
        .retain(|name, _| !names.contains(&name.as_str()));
    Ok(json!({}))
}

pub(super) fn switch_actions(world: &mut World, call: &Call<'_>, enabled: bool) -> Answer {
    let names = names(call)?;
    let alarms = &mut world.region(call.account, call.region).cloudwatch.alarms;
    for name in names {
        if let Some(alarm) = alarms.get_mut(name) {
            alarm.settings["ActionsEnabled"] = enabled.into();
        }
    }
    Ok(json!({}))
}
