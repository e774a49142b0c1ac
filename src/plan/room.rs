//! One room: its configuration, the topics that carry its alarms, and the alarm
//! on the configuration itself.
//!
//! Alarms have topics of their own, apart from those whose rules they watch. The
//! last hop, AWS Chatbot, is shared: who wants another way out names further
//! topics under `alarms.notify`. The report reads alarms and counters itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::fleet::spec::Pipeline;
use crate::model::alarm::{Alarm, AlarmSettings};
use crate::model::chat::{Channel, ChatConfiguration, ChatSettings};
use crate::model::desired::{Desired, Route, RouteEnd};
use crate::model::topic::Topic;
use crate::model::{Account, Key, Kind, Location, Region, Resource, arn};

use super::expand::{Scope, channel as channel_of, want};
use super::{names, policies};

/// AWS Chatbot publishes its metrics here and nowhere else (AWS Chatbot
/// administrator guide, monitoring), though its API has no endpoint here.
const METRICS_REGION: Region = Region::US_EAST_1;

/// Bounds what people in the channel may do; without a guardrail AWS Chatbot
/// takes AdministratorAccess (service model).
const GUARDRAIL: &str = "CloudWatchReadOnlyAccess";

pub(super) fn expand(scope: &Scope<'_>, channel: &Channel, desired: &mut Desired) {
    let mut topics = event_topics(desired, channel);
    for region in alarm_regions(scope.account) {
        topics.push(want(desired, Resource::Topic(alarm_topic(scope, channel, region)), Vec::new()));
    }
    topics.sort();
    let configuration = configuration(scope, channel, &topics);
    let configuration = want(desired, Resource::ChatConfiguration(configuration), topics);
    let alarm = unsupported_events(scope, channel);
    let topic = Key::new(Kind::Topic, METRICS_REGION, names::alarm_topic(channel));
    // Where the configurations can't be read, nobody knows the name to watch.
    want(desired, Resource::Alarm(alarm), vec![topic, configuration]);
}

fn event_topics(desired: &Desired, channel: &Channel) -> Vec<Key> {
    let ends_here = |route: &&Route| route.end == RouteEnd::Channel(channel.clone());
    let topic = |route: &Route| Key::new(Kind::Topic, route.region, names::topic(&route.pipeline));
    desired.routes.iter().filter(ends_here).map(topic).collect()
}

fn alarm_regions(account: &Account) -> BTreeSet<Region> {
    account.regions.iter().copied().chain([METRICS_REGION]).collect()
}

fn alarm_topic(scope: &Scope<'_>, channel: &Channel, region: Region) -> Topic {
    let name = names::alarm_topic(channel);
    Topic {
        region,
        policy: policies::alarm_topic(region, &scope.account.id, &name),
        name,
        tags: scope.tags.clone(),
    }
}

/// The configuration of the channel: the one that exists, whatever its name,
/// for a name can't be changed and a channel has one configuration an account.
fn configuration(scope: &Scope<'_>, channel: &Channel, topics: &[Key]) -> ChatConfiguration {
    let account = scope.account;
    let partition = account.partition();
    ChatConfiguration {
        name: configuration_name(scope, channel),
        arn: None,
        channel: channel.clone(),
        settings: ChatSettings {
            iam_role_arn: arn::role(partition, &account.id, names::CHAT_ROLE),
            guardrail_policy_arns: BTreeSet::from([arn::managed_policy(partition, GUARDRAIL)]),
            logging_level: "ERROR".to_owned(),
            user_authorization_required: false,
        },
        topics: topics.iter().filter_map(|topic| topic_arn(account, topic)).collect(),
        tags: Some(scope.tags.clone()),
    }
}

fn configuration_name(scope: &Scope<'_>, channel: &Channel) -> String {
    scope.configurations.get(channel).cloned().unwrap_or_else(|| names::configuration(channel))
}

/// The ARN of a topic by its key.
pub(super) fn topic_arn(account: &Account, topic: &Key) -> Option<String> {
    match topic.location {
        Location::Region(region) => Some(arn::topic(region, &account.id, &topic.name)),
        Location::Global => None,
    }
}

/// One alarm a configuration, however many pipelines end there: the strictest
/// of their thresholds holds.
fn unsupported_events(scope: &Scope<'_>, channel: &Channel) -> Alarm {
    let pipelines: Vec<&Pipeline> =
        scope.carried.iter().copied().filter(|pipeline| channel_of(pipeline) == *channel).collect();
    let threshold = pipelines.iter().map(|pipeline| pipeline.alarms.unsupported_events.threshold).min();
    Alarm {
        region: METRICS_REGION,
        name: names::unsupported_events(channel),
        settings: alarm_settings(
            format!("Foghorn room {channel}: AWS Chatbot dropped a message that it does not support"),
            "AWS/Chatbot",
            "UnsupportedEvents",
            BTreeMap::from([("ConfigurationName".to_owned(), configuration_name(scope, channel))]),
            threshold.unwrap_or(1),
            alarm_actions(scope.account, METRICS_REGION, channel, pipelines),
        ),
        ok_actions: BTreeSet::new(),
        insufficient_data_actions: BTreeSet::new(),
        tags: scope.tags.clone(),
    }
}

/// The topics that hear of an alarm: the room's, and those that the pipelines
/// name. An alarm can only tell topics of its own Region.
pub(super) fn alarm_actions<'a>(
    account: &Account,
    region: Region,
    channel: &Channel,
    pipelines: impl IntoIterator<Item = &'a Pipeline>,
) -> BTreeSet<String> {
    let named = pipelines.into_iter().flat_map(|pipeline| &pipeline.alarms.notify).map(|template| {
        template.replace("{region}", region.as_str()).replace("{account}", account.id.as_str())
    });
    let room = arn::topic(region, &account.id, &names::alarm_topic(channel));
    named.filter(|topic| arn::region_of(topic) == Some(region.as_str())).chain([room]).collect()
}

/// An alarm on a counter that exists only where it is not zero, so that no
/// data means that all is well.
pub(super) fn alarm_settings(
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
