//! The alarms on the pipelines: whether they fire, and whether they would be
//! heard.

use serde_json::json;

use super::finding;
use crate::model::alarm::{Alarm, ObservedAlarm};
use crate::model::{Check, Desired, Finding, Resource, Severity, Sight, Snapshot};

pub(super) fn check(fleet: &str, desired: &Desired, snapshot: &Snapshot) -> Vec<Finding> {
    let alarms = desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Alarm(alarm) => Some(alarm),
        _ => None,
    });
    alarms
        .filter_map(|alarm| Some((alarm, seen(alarm, snapshot)?)))
        // One of the same name that is not the fleet's watches something else.
        .filter(|(_, observed)| observed.tags.owner() == Some(fleet))
        .flat_map(|(alarm, observed)| judged(alarm, observed))
        .collect()
}

fn judged(alarm: &Alarm, observed: &ObservedAlarm) -> impl Iterator<Item = Finding> {
    let judgements = [firing(alarm, observed), muted(alarm, observed), told_to_nobody(alarm, observed)];
    judgements.into_iter().flatten()
}

fn seen<'a>(alarm: &Alarm, snapshot: &'a Snapshot) -> Option<&'a ObservedAlarm> {
    snapshot.regions.get(&alarm.region)?.alarms.get(&alarm.name).and_then(Sight::seen)
}

fn firing(alarm: &Alarm, observed: &ObservedAlarm) -> Option<Finding> {
    let reason = observed.state_reason.clone().unwrap_or_default();
    (observed.state == "ALARM").then(|| {
        finding(
            Check::AlarmFiring,
            Severity::Error,
            alarm.region,
            &alarm.name,
            format!("the alarm is in state ALARM: {reason}"),
            [("state", json!(observed.state)), ("reason", json!(reason))],
        )
    })
}

/// An alarm of which the fleet file names nobody to tell: only the report does.
fn told_to_nobody(alarm: &Alarm, observed: &ObservedAlarm) -> Option<Finding> {
    let nobody = alarm.settings.alarm_actions.is_empty() && observed.settings.alarm_actions.is_empty();
    nobody.then(|| {
        finding(
            Check::AlarmHeardOnlyThroughItself,
            Severity::Info,
            alarm.region,
            &alarm.name,
            "nobody but this report tells when the alarm fires: name topics under `alarms.notify`".to_owned(),
            [],
        )
    })
}

fn muted(alarm: &Alarm, observed: &ObservedAlarm) -> Option<Finding> {
    let none_asked = alarm.settings.alarm_actions.is_empty();
    let why = if !observed.settings.actions_enabled {
        "the alarm's actions are switched off, so nobody would hear it"
    } else if observed.settings.alarm_actions.is_empty() && !none_asked {
        "the alarm tells no topic, so nobody would hear it"
    } else {
        return None;
    };
    Some(finding(
        Check::AlarmMuted,
        Severity::Warning,
        alarm.region,
        &alarm.name,
        why.to_owned(),
        [
            ("actionsEnabled", json!(observed.settings.actions_enabled)),
            ("alarmActions", json!(observed.settings.alarm_actions)),
        ],
    ))
}
