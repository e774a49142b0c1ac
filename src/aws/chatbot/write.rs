//! Making, changing and deleting configurations.

use std::collections::BTreeSet;

use aws_sdk_chatbot::types::Tag;

use super::found::{Found, read_tags, tags_of};
use super::{slack, teams};
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::{AwsError, Class};
use crate::aws::request::{Asked, Write, unbuildable};
use crate::model::chat::{Channel, ChatConfiguration};
use crate::model::{Tags, arn};

/// What the ARN of a Microsoft Teams channel's configuration holds.
const TEAMS: &str = "/microsoft-teams-channel/";

/// Creates or updates a channel's configuration. A new one gets its tags in
/// the call that makes it, so that it is never without an owner.
///
/// A channel has one configuration in an account, and AWS Chatbot refuses a
/// second one.
///
/// # Errors
/// The first call that AWS refuses.
pub(crate) async fn apply(
    door: &Door,
    write: Write<'_>,
    configuration: &ChatConfiguration,
) -> Result<(), AwsError> {
    match (write, &configuration.channel) {
        (Write::Create, Channel::Slack(channel)) => slack::create(door, configuration, channel).await,
        (Write::Create, Channel::Teams(channel)) => teams::create(door, configuration, channel).await,
        (Write::Update(fields), _) => update(door, configuration, Asked::by(fields)).await,
    }
}

/// Updates the configuration as it stands now, which may not be as it stood
/// when the change was planned.
async fn update(door: &Door, configuration: &ChatConfiguration, asked: Asked) -> Result<(), AwsError> {
    let current = read_again(door, configuration).await?;
    if asked.content {
        put(door, configuration, &current).await?;
    }
    if asked.tags {
        tag(door, configuration).await?;
    }
    Ok(())
}

/// The configuration as it is now, which must still be there, for the same
/// channel and, if it was ours, ours.
async fn read_again(door: &Door, configuration: &ChatConfiguration) -> Result<Found, AwsError> {
    let arn = arn_of(door, configuration);
    let found = match &configuration.channel {
        Channel::Slack(_) => slack::list(door, Some(&arn)).await,
        Channel::Teams(_) => teams::get(door, &arn).await,
    };
    let found = match found {
        Err(error) if error.is_not_found() => Vec::new(),
        found => found?,
    };
    let conflict = |detail: String| AwsError {
        tried: format!("update chat configuration {}", configuration.name),
        class: Class::Conflict,
        detail,
    };
    let current = found.into_iter().find(|current| current.described.arn == arn);
    let current = current.ok_or_else(|| conflict(format!("{arn} is no longer there")))?;
    if current.channel != configuration.channel {
        return Err(conflict(format!("{arn} now belongs to the channel {}", current.channel)));
    }
    if let Some(ours) = configuration.tags.as_ref().and_then(Tags::owner) {
        let tags = tags_of(door, &current).await?;
        if tags.owner() != Some(ours) {
            let owner = tags.owner().unwrap_or("nobody");
            return Err(conflict(format!("{arn} was of the fleet {ours} and is now owned by {owner}")));
        }
    }
    Ok(current)
}

/// Writes all of our own configuration, since AWS does not say whether lists
/// are merged or replaced. Of somebody else's no more than the topics is sent:
/// to name their role would take the permission to pass it on.
async fn put(door: &Door, configuration: &ChatConfiguration, current: &Found) -> Result<(), AwsError> {
    let topics = every_topic(configuration, current);
    match &configuration.channel {
        Channel::Slack(channel) => slack::put(door, configuration, channel, &current.described, topics).await,
        Channel::Teams(channel) => teams::put(door, configuration, channel, &current.described, topics).await,
    }
}

/// The topics of the change, and those that were added since it was planned,
/// without those that are to go.
fn every_topic(configuration: &ChatConfiguration, current: &Found) -> Vec<String> {
    let all: BTreeSet<&String> = configuration.topics.iter().chain(&current.described.topics).collect();
    all.into_iter().filter(|topic| !configuration.removed_topics.contains(*topic)).cloned().collect()
}

async fn tag(door: &Door, configuration: &ChatConfiguration) -> Result<(), AwsError> {
    let client = door.chatbot();
    let arn = arn_of(door, configuration);
    let request = client.tag_resource().resource_arn(arn).set_tags(sdk_tags(configuration)?);
    let tried = format!("tag chat configuration {}", configuration.name);
    door.call(door.chatbot_region(), ApiGroup::Chatbot, tried, request.send()).await?;
    Ok(())
}

fn arn_of(door: &Door, configuration: &ChatConfiguration) -> String {
    let (account, name) = (&door.account().id, &configuration.name);
    configuration.arn.clone().unwrap_or_else(|| match configuration.channel {
        Channel::Slack(_) => arn::slack_channel_configuration(account, name),
        Channel::Teams(_) => arn::teams_channel_configuration(account, name),
    })
}

/// A set as a list.
pub(super) fn list_of(texts: &BTreeSet<String>) -> Vec<String> {
    texts.iter().cloned().collect()
}

/// Tags as AWS Chatbot takes them.
pub(super) fn sdk_tags(configuration: &ChatConfiguration) -> Result<Option<Vec<Tag>>, AwsError> {
    let Some(Tags(tags)) = &configuration.tags else { return Ok(None) };
    let tags = tags.iter().map(|(key, value)| Tag::builder().tag_key(key).tag_value(value).build());
    let tried = format!("tag chat configuration {}", configuration.name);
    tags.collect::<Result<_, _>>().map(Some).map_err(unbuildable(&tried))
}

/// The tags of a configuration by its ARN.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn configuration_tags(door: &Door, arn: &str) -> Result<Tags, AwsError> {
    read_tags(door, arn).await
}

/// Deletes a configuration by its ARN. The subscriptions that AWS Chatbot made
/// for it end with it.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn delete_configuration(door: &Door, arn: &str) -> Result<(), AwsError> {
    if arn.contains(TEAMS) { teams::delete(door, arn).await } else { slack::delete(door, arn).await }
}
