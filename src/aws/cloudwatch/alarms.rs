//! Metric alarms.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::operation::put_metric_alarm::builders::PutMetricAlarmInputBuilder;
use aws_sdk_cloudwatch::types::{
    AlarmType, ComparisonOperator, Dimension, MetricAlarm, StandardUnit, StateValue, Statistic, Tag,
};
use futures::future::join_all;

use crate::aws::answer::{complete_each, every_page, noted};
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::{AwsError, Class};
use crate::aws::request::{Asked, Write};
use crate::model::alarm::{Alarm, AlarmSettings, ObservedAlarm};
use crate::model::{Gap, Region, Sight, Tags, arn};

/// How many names DescribeAlarms takes, and the most that it answers with in
/// one page (service model).
const BATCH: usize = 100;

/// Reads alarms with their tags. There is an entry for every name; an alarm
/// whose tags can't be read is unknown.
pub(crate) async fn observe_alarms(
    door: &Door,
    region: Region,
    names: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedAlarm>> {
    let all: Vec<String> = names.iter().cloned().collect();
    let batches: Vec<&[String]> = all.chunks(BATCH).collect();
    let answers = join_all(batches.iter().map(|batch| describe(door, region, batch))).await;
    let (mut alarms, mut found) = (BTreeMap::new(), BTreeMap::new());
    for (batch, answer) in batches.into_iter().zip(answers) {
        let answer = noted(answer, gaps);
        let otherwise = if answer.is_some() { Sight::Absent } else { Sight::Unknown };
        alarms.extend(batch.iter().map(|name| (name.clone(), otherwise.clone())));
        found.extend(answer.into_iter().flatten());
    }
    let tagged = |name: String, alarm| async move { tagged(door, region, &name, alarm).await };
    alarms.extend(complete_each(found, gaps, tagged).await);
    alarms
}

/// An alarm of whatever type; all of them share one space of names.
enum Described {
    /// An alarm on a metric, which is what we make.
    Metric(Box<MetricAlarm>),
    /// An alarm on other alarms or on logs, which is never ours.
    OfAnotherType,
}

/// Alarms of every type by name: DescribeAlarms shows those on metrics alone
/// unless it is asked for the others (CloudWatch API reference).
async fn describe(
    door: &Door,
    region: Region,
    names: &[String],
) -> Result<Vec<(String, Described)>, AwsError> {
    let client = door.cloudwatch(region);
    let types = [AlarmType::MetricAlarm, AlarmType::CompositeAlarm, AlarmType::LogAlarm];
    let page = |token| {
        let request = client
            .describe_alarms()
            .set_alarm_types(Some(types.to_vec()))
            .set_alarm_names(Some(names.to_vec()))
            .set_next_token(token);
        async move {
            let answer = door.call(region, ApiGroup::CloudWatch, "describe alarms", request.send()).await?;
            let next = answer.next_token.clone();
            Ok((described(answer), next))
        }
    };
    every_page(page).await
}

fn described(answer: DescribeAlarmsOutput) -> Vec<(String, Described)> {
    let composite = answer.composite_alarms.into_iter().flatten().filter_map(|alarm| alarm.alarm_name);
    let log = answer.log_alarms.into_iter().flatten().filter_map(|alarm| alarm.alarm_name);
    let others = composite.chain(log).map(|name| (name, Described::OfAnotherType));
    let metric = answer.metric_alarms.into_iter().flatten();
    let metric =
        metric.filter_map(|alarm| Some((alarm.alarm_name.clone()?, Described::Metric(Box::new(alarm)))));
    metric.chain(others).collect()
}

/// The alarm with its tags. One of another type is shown without any, as
/// somebody else's.
async fn tagged(
    door: &Door,
    region: Region,
    name: &str,
    alarm: Described,
) -> Result<(ObservedAlarm, Vec<Gap>), AwsError> {
    let alarm = match alarm {
        Described::OfAnotherType => MetricAlarm::builder().build().into(),
        Described::Metric(alarm) => {
            ObservedAlarm { tags: alarm_tags(door, region, name).await?, ..ObservedAlarm::from(*alarm) }
        }
    };
    Ok((alarm, Vec::new()))
}

/// The tags of an alarm.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn alarm_tags(door: &Door, region: Region, name: &str) -> Result<Tags, AwsError> {
    let arn = arn::alarm(region, &door.account().id, name);
    let call = door.cloudwatch(region).list_tags_for_resource().resource_arn(arn).send();
    let answer = door.call(region, ApiGroup::CloudWatch, format!("list tags of alarm {name}"), call).await?;
    let tags = answer.tags.unwrap_or_default().into_iter();
    Ok(Tags(tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()))
}

impl From<MetricAlarm> for ObservedAlarm {
    /// The alarm, its tags aside.
    fn from(alarm: MetricAlarm) -> Self {
        Self {
            state: alarm.state_value.as_ref().map(StateValue::as_str).unwrap_or_default().to_owned(),
            state_reason: alarm.state_reason.clone(),
            ok_actions: alarm.ok_actions().iter().cloned().collect(),
            insufficient_data_actions: alarm.insufficient_data_actions().iter().cloned().collect(),
            settings: alarm.into(),
            tags: Tags::default(),
        }
    }
}

impl From<MetricAlarm> for AlarmSettings {
    fn from(alarm: MetricAlarm) -> Self {
        Self {
            description: alarm.alarm_description,
            namespace: alarm.namespace,
            metric: alarm.metric_name,
            dimensions: alarm.dimensions.unwrap_or_default().into_iter().filter_map(named).collect(),
            statistic: alarm.statistic.map(|statistic| statistic.as_str().to_owned()),
            extended_statistic: alarm.extended_statistic,
            metric_math: alarm.metrics.is_some_and(|metrics| !metrics.is_empty()),
            unit: alarm.unit.map(|unit| unit.as_str().to_owned()),
            period_seconds: alarm.period,
            evaluation_periods: alarm.evaluation_periods,
            datapoints_to_alarm: alarm.datapoints_to_alarm,
            threshold: alarm.threshold,
            comparison: alarm.comparison_operator.map(|operator| operator.as_str().to_owned()),
            treat_missing_data: alarm.treat_missing_data,
            // Actions are on unless somebody switched them off (service model).
            actions_enabled: alarm.actions_enabled.unwrap_or(true),
            alarm_actions: alarm.alarm_actions.unwrap_or_default().into_iter().collect(),
        }
    }
}

fn named(dimension: Dimension) -> Option<(String, String)> {
    Some((dimension.name?, dimension.value?))
}

/// Creates or updates an alarm. A new alarm gets its tags in the call that
/// makes it, so that it is never without an owner.
///
/// PutMetricAlarm silently overwrites an alarm of the same name. That the name
/// is free, or ours, is for the plan to know from a fresh snapshot.
///
/// # Errors
/// The first call that AWS refuses.
pub(crate) async fn apply_alarm(door: &Door, write: Write<'_>, alarm: &Alarm) -> Result<(), AwsError> {
    match write {
        Write::Create => put(door, alarm, sdk_alarm(alarm).set_tags(Some(sdk_tags(alarm)))).await,
        Write::Update(fields) => update(door, alarm, Asked::by(fields)).await,
    }
}

async fn update(door: &Door, alarm: &Alarm, asked: Asked) -> Result<(), AwsError> {
    if asked.content {
        let current = read_again(door, alarm).await?;
        // Without tags: PutMetricAlarm ignores them on an alarm that exists.
        put(door, alarm, over(alarm, current)).await?;
    }
    if asked.tags {
        tag(door, alarm).await?;
    }
    Ok(())
}

/// The alarm as it is now. PutMetricAlarm would make one that is gone anew,
/// without an owner.
async fn read_again(door: &Door, alarm: &Alarm) -> Result<MetricAlarm, AwsError> {
    let found = describe(door, alarm.region, std::slice::from_ref(&alarm.name)).await?;
    match found.into_iter().next() {
        Some((_, Described::Metric(current))) => Ok(*current),
        Some((_, Described::OfAnotherType)) => Err(conflict(alarm, "it is now of another type")),
        None => Err(conflict(alarm, "it is no longer there")),
    }
}

fn conflict(alarm: &Alarm, detail: &str) -> AwsError {
    let tried = format!("put alarm {}", alarm.name);
    AwsError { tried, class: Class::Conflict, detail: detail.to_owned() }
}

/// The alarm to put over the one that is there, with what people set in the
/// members that we leave to them.
fn over(alarm: &Alarm, current: MetricAlarm) -> PutMetricAlarmInputBuilder {
    let (warm_up, actions) = (current.warm_up_configuration.clone(), current.action_configuration.clone());
    sdk_alarm(&alarm.over(&current.into()))
        .set_warm_up_configuration(warm_up)
        .set_action_configuration(actions)
}

async fn put(door: &Door, alarm: &Alarm, request: PutMetricAlarmInputBuilder) -> Result<(), AwsError> {
    let client = door.cloudwatch(alarm.region);
    let call = request.send_with(&client);
    door.call(alarm.region, ApiGroup::CloudWatch, format!("put alarm {}", alarm.name), call).await?;
    Ok(())
}

/// Deletes an alarm.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn delete_alarm(door: &Door, region: Region, name: &str) -> Result<(), AwsError> {
    let call = door.cloudwatch(region).delete_alarms().alarm_names(name).send();
    door.call(region, ApiGroup::CloudWatch, format!("delete alarm {name}"), call).await?;
    Ok(())
}

/// The whole alarm: whatever PutMetricAlarm does not carry is lost.
fn sdk_alarm(alarm: &Alarm) -> PutMetricAlarmInputBuilder {
    let settings = &alarm.settings;
    PutMetricAlarmInputBuilder::default()
        .alarm_name(&alarm.name)
        .set_alarm_description(settings.description.clone())
        .set_namespace(settings.namespace.clone())
        .set_metric_name(settings.metric.clone())
        .set_dimensions(Some(sdk_dimensions(&settings.dimensions)))
        .set_statistic(settings.statistic.as_deref().map(Statistic::from))
        .set_extended_statistic(settings.extended_statistic.clone())
        .set_unit(settings.unit.as_deref().map(StandardUnit::from))
        .set_period(settings.period_seconds)
        .set_evaluation_periods(settings.evaluation_periods)
        .set_datapoints_to_alarm(settings.datapoints_to_alarm)
        .set_threshold(settings.threshold)
        .set_comparison_operator(settings.comparison.as_deref().map(ComparisonOperator::from))
        .set_treat_missing_data(settings.treat_missing_data.clone())
        .actions_enabled(settings.actions_enabled)
        .set_alarm_actions(Some(settings.alarm_actions.iter().cloned().collect()))
        .set_ok_actions(Some(alarm.ok_actions.iter().cloned().collect()))
        .set_insufficient_data_actions(Some(alarm.insufficient_data_actions.iter().cloned().collect()))
}

fn sdk_dimensions(dimensions: &BTreeMap<String, String>) -> Vec<Dimension> {
    dimensions.iter().map(|(name, value)| Dimension::builder().name(name).value(value).build()).collect()
}

async fn tag(door: &Door, alarm: &Alarm) -> Result<(), AwsError> {
    let client = door.cloudwatch(alarm.region);
    let arn = arn::alarm(alarm.region, &door.account().id, &alarm.name);
    let request = client.tag_resource().resource_arn(arn).set_tags(Some(sdk_tags(alarm)));
    door.call(alarm.region, ApiGroup::CloudWatch, format!("tag alarm {}", alarm.name), request.send())
        .await?;
    Ok(())
}

fn sdk_tags(alarm: &Alarm) -> Vec<Tag> {
    alarm.tags.0.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm() -> Alarm {
        let set = |text: &str| BTreeSet::from([text.to_owned()]);
        let settings = AlarmSettings {
            description: Some("d".to_owned()),
            namespace: Some("AWS/Events".to_owned()),
            metric: Some("FailedInvocations".to_owned()),
            dimensions: BTreeMap::from([("RuleName".to_owned(), "foghorn-deploys".to_owned())]),
            statistic: Some("Sum".to_owned()),
            extended_statistic: None,
            metric_math: false,
            unit: Some("Count".to_owned()),
            period_seconds: Some(300),
            evaluation_periods: Some(2),
            datapoints_to_alarm: Some(1),
            threshold: Some(1.5),
            comparison: Some("GreaterThanOrEqualToThreshold".to_owned()),
            treat_missing_data: Some("notBreaching".to_owned()),
            actions_enabled: false,
            alarm_actions: set("alarm"),
        };
        Alarm {
            region: Region::US_EAST_1,
            name: "a".to_owned(),
            settings,
            ok_actions: set("ok"),
            insufficient_data_actions: set("insufficient"),
            tags: Tags::default(),
        }
    }

    /// What DescribeAlarms answers with after that call.
    fn answered(alarm: &Alarm) -> MetricAlarm {
        let put = sdk_alarm(alarm).build().unwrap();
        MetricAlarm::builder()
            .set_alarm_description(put.alarm_description)
            .set_namespace(put.namespace)
            .set_metric_name(put.metric_name)
            .set_dimensions(put.dimensions)
            .set_statistic(put.statistic)
            .set_unit(put.unit)
            .set_period(put.period)
            .set_evaluation_periods(put.evaluation_periods)
            .set_datapoints_to_alarm(put.datapoints_to_alarm)
            .set_threshold(put.threshold)
            .set_comparison_operator(put.comparison_operator)
            .set_treat_missing_data(put.treat_missing_data)
            .set_actions_enabled(put.actions_enabled)
            .set_alarm_actions(put.alarm_actions)
            .set_ok_actions(put.ok_actions)
            .set_insufficient_data_actions(put.insufficient_data_actions)
            .state_value(StateValue::Alarm)
            .state_reason("too many")
            .build()
    }

    #[test]
    fn every_setting_of_an_alarm_survives_the_way_to_cloudwatch_and_back() {
        let alarm = alarm();
        let observed = ObservedAlarm::from(answered(&alarm));
        assert_eq!(observed.settings, alarm.settings);
        assert_eq!(observed.ok_actions, alarm.ok_actions);
        assert_eq!(observed.insufficient_data_actions, alarm.insufficient_data_actions);
        assert_eq!((observed.state.as_str(), observed.state_reason.as_deref()), ("ALARM", Some("too many")));
    }

    #[test]
    fn an_alarm_of_another_type_under_our_name_is_seen() {
        use aws_sdk_cloudwatch::types::{CompositeAlarm, LogAlarm};
        let answer = DescribeAlarmsOutput::builder()
            .composite_alarms(CompositeAlarm::builder().alarm_name("composite").build())
            .log_alarms(LogAlarm::builder().alarm_name("log").build())
            .metric_alarms(MetricAlarm::builder().alarm_name("metric").build());
        let found = described(answer.build());
        let others = found.iter().filter(|(_, alarm)| matches!(alarm, Described::OfAnotherType));
        assert_eq!(others.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["composite", "log"]);
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn what_people_set_on_an_alarm_beside_our_settings_is_sent_back() {
        use aws_sdk_cloudwatch::types::ActionConfiguration;
        let actions = ActionConfiguration::builder().build();
        let current = MetricAlarm::builder()
            .action_configuration(actions.clone())
            .alarm_actions("theirs")
            .ok_actions("theirs");
        let put = over(&alarm(), current.build()).build().unwrap();
        assert_eq!(put.action_configuration(), Some(&actions));
        assert_eq!(put.alarm_actions(), ["alarm", "theirs"]);
        assert_eq!(put.ok_actions(), ["theirs"]);
    }

    #[test]
    fn an_alarm_on_a_percentile_or_a_computation_is_told_from_ours() {
        use aws_sdk_cloudwatch::types::MetricDataQuery;
        let query = MetricDataQuery::builder().id("m").build();
        let seen =
            AlarmSettings::from(MetricAlarm::builder().extended_statistic("p99").metrics(query).build());
        assert_eq!((seen.extended_statistic.as_deref(), seen.metric_math), (Some("p99"), true));
    }
}
