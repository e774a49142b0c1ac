//! One room: its configuration, the topics that carry its alarms, and the alarm
//! on the configuration itself.
//!
//! Alarms have topics of their own, apart from those whose rules they watch. The
//! last hop, AWS Chatbot, is shared: who wants another way out names further
//! topics under `alarms.notify`. The report reads alarms and counters itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::fleet::spec::{Chatbot, Pipeline, Via};
use crate::model::alarm::Alarm;
use crate::model::chat::{Channel, ChatConfiguration, ChatSettings, SlackChannel, TeamsChannel};
use crate::model::desired::Desired;
use crate::model::topic::Topic;
use crate::model::{Account, Key, Kind, Location, Region, Resource, arn};

use super::expand::{Scope, want};
use super::leg::Leg;
use super::{alarms, names, policies};

/// AWS Chatbot publishes its metrics here and nowhere else (AWS Chatbot
/// administrator guide, monitoring), though its API has no endpoint here.
pub(super) const METRICS_REGION: Region = Region::US_EAST_1;

/// Bounds what people in the channel may do; without a guardrail AWS Chatbot
/// takes AdministratorAccess (service model).
const GUARDRAIL: &str = "CloudWatchReadOnlyAccess";

pub(super) fn expand(scope: &Scope<'_>, legs: &[Leg<'_>], channel: &Channel, desired: &mut Desired) {
    let mut topics = event_topics(legs, desired, channel);
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

/// The room that AWS Chatbot posts to.
pub(super) fn channel(chatbot: &Chatbot) -> Channel {
    match chatbot {
        Chatbot::Slack(slack) => Channel::Slack(SlackChannel {
            workspace: slack.workspace_id.clone(),
            channel: slack.channel_id.clone(),
        }),
        Chatbot::Teams(teams) => Channel::Teams(TeamsChannel {
            tenant: teams.tenant_id.clone(),
            team: teams.team_id.clone(),
            channel: teams.channel_id.clone(),
        }),
    }
}

/// Whether a pipeline ends in the room of this channel.
fn ends_in(pipeline: &Pipeline, of: &Channel) -> bool {
    matches!(&pipeline.via, Via::Chatbot(chatbot) if channel(chatbot) == *of)
}

/// The topics of the legs that lead there, of those that are built.
fn event_topics(legs: &[Leg<'_>], desired: &Desired, channel: &Channel) -> Vec<Key> {
    let topic = |leg: &Leg<'_>| Key::new(Kind::Topic, leg.region, names::topic(&leg.pipeline.name));
    let leads_there = legs.iter().filter(|leg| ends_in(leg.pipeline, channel));
    leads_there.map(topic).filter(|topic| desired.resources.contains_key(topic)).collect()
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
        removed_topics: BTreeSet::new(),
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
        scope.ending.iter().copied().filter(|pipeline| ends_in(pipeline, channel)).collect();
    let threshold = pipelines.iter().map(|pipeline| pipeline.alarms.unsupported_events.threshold).min();
    Alarm {
        region: METRICS_REGION,
        name: names::unsupported_events(channel),
        settings: alarms::settings(
            format!("Foghorn room {channel}: AWS Chatbot dropped a message that it does not support"),
            "AWS/Chatbot",
            "UnsupportedEvents",
            BTreeMap::from([("ConfigurationName".to_owned(), configuration_name(scope, channel))]),
            threshold.unwrap_or(1),
            alarms::actions(scope.account, METRICS_REGION, Some(channel), pipelines),
        ),
        ok_actions: BTreeSet::new(),
        insufficient_data_actions: BTreeSet::new(),
        tags: scope.tags.clone(),
    }
}
