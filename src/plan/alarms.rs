//! The alarms on pipelines and rooms, and who hears of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::events::parts::Part;
use crate::fleet::spec::{Pipeline, Via};
use crate::model::alarm::{Alarm, AlarmSettings};
use crate::model::chat::Channel;
use crate::model::{Account, Key, Kind, Region, arn};

use super::leg::{Leg, Side};
use super::{names, room};

/// The alarm on the rule of a part. Rules of the default bus publish this
/// metric with the dimension RuleName alone, and those of other buses with
/// EventBusName beside it; an alarm with any other dimensions sees no data
/// (EventBridge user guide, monitoring).
pub(super) fn failed_invocations(leg: &Leg<'_>, part: &Part) -> Alarm {
    let rule = names::rule(&leg.pipeline.name, part.suffix);
    let bus = leg.bus().map(|bus| ("EventBusName".to_owned(), bus));
    let dimensions = bus.into_iter().chain([("RuleName".to_owned(), rule)]).collect();
    alarm(
        leg,
        names::failed_invocations(&leg.label(), part.suffix),
        settings(
            format!("Foghorn pipeline {}: EventBridge could not deliver an event", leg.pipeline.name),
            "AWS/Events",
            "FailedInvocations",
            dimensions,
            leg.pipeline.alarms.failed_invocations.threshold,
            leg_actions(leg),
        ),
    )
}

/// The alarm on the leg's function.
pub(super) fn function_errors(leg: &Leg<'_>) -> Alarm {
    let function = names::function(&leg.pipeline.name);
    alarm(
        leg,
        names::function_errors(&leg.pipeline.name),
        settings(
            format!("Foghorn pipeline {}: the notifier could not post an event", leg.pipeline.name),
            "AWS/Lambda",
            "Errors",
            BTreeMap::from([("FunctionName".to_owned(), function)]),
            leg.pipeline.alarms.failed_invocations.threshold,
            leg_actions(leg),
        ),
    )
}

fn alarm(leg: &Leg<'_>, name: String, settings: AlarmSettings) -> Alarm {
    Alarm {
        region: leg.region,
        name,
        settings,
        ok_actions: BTreeSet::new(),
        insufficient_data_actions: BTreeSet::new(),
        tags: leg.scope.tags.clone(),
    }
}

/// The topic of a leg's room for alarms; only rooms of AWS Chatbot have one,
/// and only where they are.
pub(super) fn topic(leg: &Leg<'_>) -> Option<Key> {
    channel(leg).map(|channel| Key::new(Kind::Topic, leg.region, names::alarm_topic(&channel)))
}

fn channel(leg: &Leg<'_>) -> Option<Channel> {
    match (&leg.pipeline.via, leg.side) {
        (_, Side::Member(_)) | (Via::ApiDestination(_) | Via::Lambda(_), _) => None,
        (Via::Chatbot(chatbot), Side::Alone | Side::Hub(_)) => Some(room::channel(chatbot)),
    }
}

fn leg_actions(leg: &Leg<'_>) -> BTreeSet<String> {
    actions(leg.scope.account, leg.region, channel(leg).as_ref(), [leg.pipeline])
}

/// The topics that hear of an alarm: the room's, and those that the pipelines
/// name. An alarm can only tell topics of its own Region.
pub(super) fn actions<'a>(
    account: &Account,
    region: Region,
    channel: Option<&Channel>,
    pipelines: impl IntoIterator<Item = &'a Pipeline>,
) -> BTreeSet<String> {
    let named = pipelines.into_iter().flat_map(|pipeline| &pipeline.alarms.notify).map(|template| {
        template.replace("{region}", region.as_str()).replace("{account}", account.id.as_str())
    });
    let room = channel.map(|channel| arn::topic(region, &account.id, &names::alarm_topic(channel)));
    named.filter(|topic| arn::region_of(topic) == Some(region.as_str())).chain(room).collect()
}

/// An alarm on a counter that exists only where it is not zero, so that no
/// data means that all is well.
pub(super) fn settings(
    description: String,
    namespace: &str,
    metric: &str,
    dimensions: BTreeMap<String, String>,
    threshold: u32,
    alarm_actions: BTreeSet<String>,
) -> AlarmSettings {
    AlarmSettings {
        description: Some(description),
        namespace: Some(namespace.to_owned()),
        metric: Some(metric.to_owned()),
        dimensions,
        statistic: Some("Sum".to_owned()),
        extended_statistic: None,
        metric_math: false,
        unit: None,
        period_seconds: Some(300),
        evaluation_periods: Some(1),
        datapoints_to_alarm: Some(1),
        threshold: Some(f64::from(threshold)),
        comparison: Some("GreaterThanOrEqualToThreshold".to_owned()),
        treat_missing_data: Some("notBreaching".to_owned()),
        actions_enabled: true,
        alarm_actions,
    }
}
