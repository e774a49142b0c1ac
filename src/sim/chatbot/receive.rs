//! Messages that arrive from topics, and what becomes of them.

use serde_json::Value;
use time::OffsetDateTime;

use super::{METRICS_REGION, Notification, state};
use crate::sim::cloudwatch::add_metric;
use crate::sim::rooms::Message;
use crate::sim::world::World;

/// Messages that one configuration takes in a second; the administrator guide
/// says that more are dropped.
const MAX_PER_SECOND: u32 = 10;

/// Takes a message for every configuration of an account that names the topic.
pub(crate) fn receive_from_topic(
    world: &mut World,
    account: &str,
    topic_arn: &str,
    text: &str,
    now: OffsetDateTime,
) {
    let configurations = &state(world, account).configurations;
    let arns: Vec<String> = configurations
        .iter()
        .filter(|(_, configuration)| configuration.topics().any(|topic| topic == topic_arn))
        .map(|(arn, _)| arn.clone())
        .collect();
    for arn in arns {
        receive(world, account, &arn, text, now);
    }
}

fn receive(world: &mut World, account: &str, arn: &str, text: &str, now: OffsetDateTime) {
    let name = arn.rsplit('/').next().unwrap_or_default();
    count(world, account, name, "EventsProcessed", now);
    if throttled(world, account, arn, now) {
        count(world, account, name, "EventsThrottled", now);
        return;
    }
    let Some(mut message) = custom(text).or_else(|| alarm(text)) else {
        count(world, account, name, "UnsupportedEvents", now);
        return;
    };
    let Some(configuration) = state(world, account).configurations.get(arn) else { return };
    let platform = configuration.platform;
    let text_of = |member: &str| configuration.settings[member].as_str().unwrap_or_default().to_owned();
    let (workspace, channel) = (text_of(platform.workspace()), text_of(platform.channel()));
    let channel_name = text_of(platform.channel_name());
    if !state(world, account).lets_into(platform, &workspace) {
        count(world, account, name, "MessageDeliveryFailure", now);
        return;
    }
    (message.account, message.configuration, message.at) = (account.to_owned(), name.to_owned(), now);
    world.rooms.post(&workspace, &channel, message);
    world.rooms.name_channel(&workspace, &channel, &channel_name);
    count(world, account, name, "MessageDeliverySuccess", now);
}

fn count(world: &mut World, account: &str, name: &str, metric: &str, now: OffsetDateTime) {
    let dimensions = [("ConfigurationName", name)];
    add_metric(world, account, METRICS_REGION, "AWS/Chatbot", metric, &dimensions, 1.0, now);
}

fn throttled(world: &mut World, account: &str, arn: &str, now: OffsetDateTime) -> bool {
    let Some(configuration) = state(world, account).configurations.get_mut(arn) else { return false };
    let second = now.unix_timestamp();
    let (last, count) = configuration.arrivals;
    configuration.arrivals = (second, if last == second { count + 1 } else { 1 });
    configuration.arrivals.1 > MAX_PER_SECOND
}

/// A message that follows the custom notification schema.
fn custom(text: &str) -> Option<Message> {
    let notification = Notification::parse(text).ok()?;
    Some(Message {
        title: notification.title,
        description: notification.description,
        next_steps: notification.next_steps,
        keywords: notification.keywords,
        thread: notification.thread_id,
        thread_summary: notification.summary,
        related_resources: notification.related_resources,
        raw: text.to_owned(),
        ..Message::default()
    })
}

/// A message of a CloudWatch alarm, which Chatbot shows natively.
fn alarm(text: &str) -> Option<Message> {
    let alarm: Value = serde_json::from_str(text).ok()?;
    let member = |name: &str| alarm[name].as_str();
    let (name, state, reason) = (member("AlarmName")?, member("NewStateValue")?, member("NewStateReason")?);
    let region = member("Region")?;
    alarm.get("Trigger")?.as_object()?;
    Some(Message {
        title: Some(format!("CloudWatch Alarm | {name} | {region}")),
        description: format!("{state}: {reason}"),
        related_resources: member("AlarmArn").map(str::to_owned).into_iter().collect(),
        raw: text.to_owned(),
        ..Message::default()
    })
}
