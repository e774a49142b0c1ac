//! CloudWatch alarms that watch a pipeline.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::change::{FieldChange, differences};
use super::region::Region;
use super::resource::{Key, Kind};
use super::tags::Tags;

/// What an alarm is set to, in the same form on both sides of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlarmSettings {
    /// What people read, at most 1,024 characters.
    pub description: Option<String>,
    /// The metric's namespace.
    pub namespace: Option<String>,
    /// The metric's name.
    pub metric: Option<String>,
    /// The metric's dimensions: exactly those it is published with.
    pub dimensions: BTreeMap<String, String>,
    /// `Sum`, say.
    pub statistic: Option<String>,
    /// Counts only data of this unit. `None` counts all; a wrong one silences
    /// the alarm, for CloudWatch then sees no data.
    pub unit: Option<String>,
    /// In seconds.
    pub period_seconds: Option<i32>,
    /// How many periods are looked at.
    pub evaluation_periods: Option<i32>,
    /// How many of them must breach.
    pub datapoints_to_alarm: Option<i32>,
    /// What is breached.
    pub threshold: Option<f64>,
    /// `GreaterThanOrEqualToThreshold`, say.
    pub comparison: Option<String>,
    /// What a period without data means.
    pub treat_missing_data: Option<String>,
    /// False mutes the alarm.
    pub actions_enabled: bool,
    /// The topics that hear of it, in the alarm's own Region.
    pub alarm_actions: BTreeSet<String>,
}

/// An alarm as it shall be.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// The Region, which must be that of the metric and of the topics.
    pub region: Region,
    /// The name, at most 255 characters.
    pub name: String,
    /// What it is set to.
    pub settings: AlarmSettings,
    /// Topics told when all is well again. PutMetricAlarm overwrites the whole
    /// alarm, so what others set here is sent back.
    pub ok_actions: BTreeSet<String>,
    /// Topics told when data is lacking; kept likewise.
    pub insufficient_data_actions: BTreeSet<String>,
    /// The tags.
    pub tags: Tags,
}

/// An alarm as AWS has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedAlarm {
    /// What it is set to.
    pub settings: AlarmSettings,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// CloudWatch's reason for the state.
    pub state_reason: Option<String>,
    /// Topics told when all is well again.
    pub ok_actions: BTreeSet<String>,
    /// Topics told when data is lacking.
    pub insufficient_data_actions: BTreeSet<String>,
    /// The tags.
    pub tags: Tags,
}

impl Alarm {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::Alarm, self.region, &self.name)
    }

    /// What differs from what AWS has.
    pub fn diff(&self, observed: &ObservedAlarm) -> Vec<FieldChange> {
        let mut fields = differences(&observed.settings, &self.settings);
        fields.extend(observed.tags.diff(&self.tags));
        fields
    }

    /// The alarm to write, with the actions that others set kept.
    pub fn over(&self, observed: &ObservedAlarm) -> Self {
        Self {
            ok_actions: observed.ok_actions.clone(),
            insufficient_data_actions: observed.insufficient_data_actions.clone(),
            ..self.clone()
        }
    }
}
