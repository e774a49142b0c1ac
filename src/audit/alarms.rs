//! The alarms on the pipelines: whether they fire, and whether they would be
//! heard.

use std::collections::BTreeSet;

use serde_json::json;

use super::finding;
use super::paths::WalkInput;
use super::paths::alarm::{Deaf, deaf, is_in_doubt};
use crate::model::alarm::{Alarm, ObservedAlarm};
use crate::model::pass::Path;
use crate::model::{Check, Finding, Resource, Severity, Sight, Snapshot};

/// `paths` are those of the fleet, which tell what stops more than alarms.
pub(super) fn check(walk: &WalkInput<'_>, paths: &[Path]) -> Vec<Finding> {
    own(walk).flat_map(|(alarm, observed)| judged(walk, alarm, observed, paths)).collect()
}

/// How many of the alarms tell a room of which nobody knows whether it would hear.
pub(super) fn in_doubt(walk: &WalkInput<'_>) -> usize {
    own(walk).filter(|(alarm, observed)| is_in_doubt(walk, alarm, &told(alarm, observed))).count()
}

/// The fleet's alarms that stand. One of the same name that is not the fleet's
/// watches something else.
fn own<'a>(walk: &WalkInput<'a>) -> impl Iterator<Item = (&'a Alarm, &'a ObservedAlarm)> {
    let (fleet, snapshot) = (walk.fleet, walk.snapshot);
    let alarms = walk.desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Alarm(alarm) => Some(alarm),
        _ => None,
    });
    alarms
        .filter_map(move |alarm| Some((alarm, seen(alarm, snapshot)?)))
        .filter(move |(_, observed)| observed.tags.owner() == Some(fleet))
}

fn judged(
    walk: &WalkInput<'_>,
    alarm: &Alarm,
    observed: &ObservedAlarm,
    paths: &[Path],
) -> impl Iterator<Item = Finding> + use<> {
    let muted = muted(alarm, observed).or_else(|| unheard(walk, alarm, observed, paths));
    let judgements = [firing(alarm, observed), muted, told_to_nobody(alarm, observed)];
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

/// The topics that an alarm tells as it is to. Those that people added are theirs
/// to look after.
fn told<'a>(alarm: &'a Alarm, observed: &ObservedAlarm) -> BTreeSet<&'a String> {
    let topics = alarm.settings.alarm_actions.iter();
    topics.filter(|topic| observed.settings.alarm_actions.contains(*topic)).collect()
}

/// An alarm that tells the topics that it is to tell, some of which tell nobody.
fn unheard(walk: &WalkInput<'_>, alarm: &Alarm, observed: &ObservedAlarm, paths: &[Path]) -> Option<Finding> {
    let deaf = deaf(walk, alarm, &told(alarm, observed), paths);
    let first = deaf.first()?;
    Some(finding(
        Check::AlarmMuted,
        Severity::Warning,
        alarm.region,
        &alarm.name,
        deaf.iter().map(said).collect::<Vec<_>>().join("; "),
        [
            ("topics", json!(deaf.iter().map(|deaf| &deaf.topic).collect::<Vec<_>>())),
            ("brokenAt", json!(first.hop)),
            ("alarmActions", json!(observed.settings.alarm_actions)),
        ],
    ))
}

fn said(Deaf { topic, feeds_room, hop, why }: &Deaf) -> String {
    let lost =
        if *feeds_room { "the alarm would not reach the room" } else { "the alarm would reach nobody" };
    format!("{lost} by its topic {topic}, whose way stops at {hop}: {why}")
}
