//! CloudWatch alarms that watch a pipeline.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::change::{FieldChange, differences};
use super::region::Region;
use super::resource::{Key, Kind};
use super::tags::Tags;

/// How many actions an alarm may have for each state (service model).
const MOST_ACTIONS: usize = 5;

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
    /// A percentile, `p99` say, in the place of the statistic.
    pub extended_statistic: Option<String>,
    /// Whether a computation over metrics is watched in the place of one metric.
    pub metric_math: bool,
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
    /// The topics that hear of it, in the alarm's own Region. People may add
    /// others, which stay.
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

    /// What differs from what AWS has. Actions that others added stay, so only
    /// missing ones count.
    pub fn diff(&self, observed: &ObservedAlarm) -> Vec<FieldChange> {
        let mut fields = differences(&observed.settings, &self.settings_over(observed));
        fields.extend(observed.tags.diff(&self.tags));
        fields
    }

    /// The alarm to write, with the actions that others set kept.
    pub fn over(&self, observed: &ObservedAlarm) -> Self {
        Self {
            settings: self.settings_over(observed),
            ok_actions: observed.ok_actions.clone(),
            insufficient_data_actions: observed.insufficient_data_actions.clone(),
            ..self.clone()
        }
    }

    /// Our settings, with as many of the actions that others added as there is
    /// place for.
    fn settings_over(&self, observed: &ObservedAlarm) -> AlarmSettings {
        let ours = &self.settings.alarm_actions;
        let theirs = observed.settings.alarm_actions.difference(ours);
        let alarm_actions = ours.iter().chain(theirs).take(MOST_ACTIONS).cloned().collect();
        AlarmSettings { alarm_actions, ..self.settings.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(actions: &[&str]) -> AlarmSettings {
        AlarmSettings {
            description: None,
            namespace: None,
            metric: None,
            dimensions: BTreeMap::new(),
            statistic: None,
            extended_statistic: None,
            metric_math: false,
            unit: None,
            period_seconds: None,
            evaluation_periods: None,
            datapoints_to_alarm: None,
            threshold: None,
            comparison: None,
            treat_missing_data: None,
            actions_enabled: true,
            alarm_actions: actions.iter().map(|action| (*action).to_owned()).collect(),
        }
    }

    fn alarm() -> Alarm {
        Alarm {
            region: Region::US_EAST_1,
            name: "a".to_owned(),
            settings: settings(&["ours"]),
            ok_actions: BTreeSet::new(),
            insufficient_data_actions: BTreeSet::new(),
            tags: Tags::default(),
        }
    }

    fn observed(settings: AlarmSettings) -> ObservedAlarm {
        ObservedAlarm {
            settings,
            state: "OK".to_owned(),
            state_reason: None,
            ok_actions: BTreeSet::new(),
            insufficient_data_actions: BTreeSet::new(),
            tags: Tags::default(),
        }
    }

    #[test]
    fn actions_that_others_added_to_an_alarm_stay_and_are_no_drift() {
        assert_eq!(alarm().diff(&observed(settings(&["ours", "theirs"]))), []);
        for (found, written) in [
            (&["theirs"][..], &["ours", "theirs"][..]),
            (&["a", "b", "c", "d", "e"], &["a", "b", "c", "d", "ours"]),
        ] {
            let found = observed(settings(found));
            assert_eq!(alarm().diff(&found).len(), 1);
            let alarm = alarm().over(&found);
            assert_eq!(alarm.settings, settings(written));
        }
    }

    #[test]
    fn an_alarm_on_something_else_than_our_metric_is_drift() {
        let percentile = AlarmSettings { extended_statistic: Some("p99".to_owned()), ..settings(&["ours"]) };
        let computed = AlarmSettings { metric_math: true, ..settings(&["ours"]) };
        for (found, path) in [(percentile, "/extendedStatistic"), (computed, "/metricMath")] {
            let fields = alarm().diff(&observed(found));
            assert_eq!(fields.iter().map(|field| field.path.as_str()).collect::<Vec<_>>(), [path]);
        }
    }
}
