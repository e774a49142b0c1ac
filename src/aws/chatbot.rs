//! AWS Chatbot: Slack workspaces and channel configurations.
//!
//! The service has endpoints in few Regions, and each of them knows the
//! configurations of the whole account.

use std::collections::BTreeSet;

use aws_sdk_chatbot::types::{SlackChannelConfiguration, SlackWorkspace, Tag};
use futures::future::join_all;
use time::OffsetDateTime;

use super::answer::{every_page, noted};
use super::cloudwatch::unsupported_events;
use super::door::{ApiGroup, Door};
use super::error::{AwsError, Class};
use super::request::{Asked, unbuildable};
use crate::model::chat::{
    Channel, ChatConfiguration, ChatSettings, ObservedChatConfiguration, SlackChannel, Workspace,
};
use crate::model::snapshot::{GlobalInterest, GlobalSnapshot};
use crate::model::{Action, FieldChange, Gap, Sight, Tags, arn};

/// The largest page (service model).
const PAGE: i32 = 100;

/// Reads the workspaces and the channel configurations of the account, and what
/// was dropped on the way to the channels of interest.
pub(crate) async fn observe(door: &Door, interest: &GlobalInterest, now: OffsetDateTime) -> GlobalSnapshot {
    let (workspaces, configurations) = tokio::join!(read_workspaces(door), read_all(door, interest));
    let mut gaps = Vec::new();
    let workspaces = noted(workspaces, &mut gaps).map_or(Sight::Unknown, Sight::Seen);
    let configurations = noted(configurations, &mut gaps).map_or(Sight::Unknown, Sight::Seen);
    mark_whole(&mut gaps);
    let names = names_of_interest(interest, configurations.seen());
    let unsupported_events = unsupported_events(door, &names, now, &mut gaps).await;
    GlobalSnapshot { workspaces, teams: Sight::Absent, configurations, unsupported_events, gaps }
}

/// When both lists fail for one cause, nothing at all can be read here.
fn mark_whole(gaps: &mut [Gap]) {
    if let [one, other] = gaps
        && one.cause == other.cause
    {
        one.whole = true;
        other.whole = true;
    }
}

fn names_of_interest(
    interest: &GlobalInterest,
    configurations: Option<&Vec<ObservedChatConfiguration>>,
) -> BTreeSet<String> {
    let configurations = configurations.into_iter().flatten();
    let relevant = configurations.filter(|configuration| interest.channels.contains(&configuration.channel));
    relevant.map(|configuration| configuration.name.clone()).collect()
}

async fn read_workspaces(door: &Door) -> Result<Vec<Workspace>, AwsError> {
    let (client, region) = (door.chatbot(), door.chatbot_region());
    let page = |token| {
        let request = client.describe_slack_workspaces().max_results(PAGE).set_next_token(token);
        async move {
            let answer =
                door.call(region, ApiGroup::Chatbot, "list slack workspaces", request.send()).await?;
            Ok((answer.slack_workspaces.unwrap_or_default(), answer.next_token))
        }
    };
    let mut workspaces: Vec<Workspace> = every_page(page).await?.into_iter().map(Workspace::from).collect();
    workspaces.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(workspaces)
}

/// All configurations, those of the channels of interest with their tags. If
/// these can't be read the list is unknown: without them, one of ours would
/// pass for somebody else's.
async fn read_all(
    door: &Door,
    interest: &GlobalInterest,
) -> Result<Vec<ObservedChatConfiguration>, AwsError> {
    let reads = list(door, None).await?.into_iter().map(|found| async {
        if !interest.channels.contains(&Channel::Slack(channel(&found))) {
            return Ok(Some(observed(found, Tags::default())));
        }
        match tags_of(door, &found).await {
            Ok(tags) => Ok(Some(observed(found, tags))),
            // Deleted since it was listed.
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    });
    let read: Vec<Option<_>> = join_all(reads).await.into_iter().collect::<Result<_, _>>()?;
    let mut configurations: Vec<ObservedChatConfiguration> = read.into_iter().flatten().collect();
    configurations.sort_by(|one, other| one.arn.cmp(&other.arn));
    Ok(configurations)
}

/// All configurations, or the one of an ARN.
async fn list(door: &Door, arn: Option<&str>) -> Result<Vec<SlackChannelConfiguration>, AwsError> {
    let (client, region) = (door.chatbot(), door.chatbot_region());
    let page = |token| {
        let request = client
            .describe_slack_channel_configurations()
            .set_chat_configuration_arn(arn.map(str::to_owned))
            .max_results(PAGE)
            .set_next_token(token);
        async move {
            let tried = "list slack channel configurations";
            let answer = door.call(region, ApiGroup::Chatbot, tried, request.send()).await?;
            Ok((answer.slack_channel_configurations.unwrap_or_default(), answer.next_token))
        }
    };
    every_page(page).await
}

/// The tags in the list's answer, or else those asked for.
async fn tags_of(door: &Door, found: &SlackChannelConfiguration) -> Result<Tags, AwsError> {
    if let Some(tags) = &found.tags {
        return Ok(model_tags(tags));
    }
    let arn = &found.chat_configuration_arn;
    let call = door.chatbot().list_tags_for_resource().resource_arn(arn).send();
    let tried = format!("list tags of chat configuration {}", name(found));
    let answer = door.call(door.chatbot_region(), ApiGroup::Chatbot, tried, call).await?;
    Ok(model_tags(answer.tags()))
}

fn model_tags(tags: &[Tag]) -> Tags {
    Tags(tags.iter().map(|tag| (tag.tag_key.clone(), tag.tag_value.clone())).collect())
}

fn channel(found: &SlackChannelConfiguration) -> SlackChannel {
    SlackChannel { workspace: found.slack_team_id.clone(), channel: found.slack_channel_id.clone() }
}

/// The name, which the ARN ends in.
fn name(found: &SlackChannelConfiguration) -> String {
    let name = found.configuration_name.as_deref();
    name.unwrap_or_else(|| arn::last_segment(&found.chat_configuration_arn)).to_owned()
}

fn observed(found: SlackChannelConfiguration, tags: Tags) -> ObservedChatConfiguration {
    ObservedChatConfiguration {
        name: name(&found),
        channel: Channel::Slack(channel(&found)),
        arn: found.chat_configuration_arn,
        settings: ChatSettings {
            iam_role_arn: found.iam_role_arn,
            guardrail_policy_arns: found.guardrail_policy_arns.unwrap_or_default().into_iter().collect(),
            // What the service does where these are left out (service model).
            logging_level: found.logging_level.unwrap_or_else(|| "NONE".to_owned()),
            user_authorization_required: found.user_authorization_required.unwrap_or(false),
        },
        topics: found.sns_topic_arns.into_iter().collect(),
        state: found.state,
        state_reason: found.state_reason,
        tags,
    }
}

impl From<SlackWorkspace> for Workspace {
    fn from(workspace: SlackWorkspace) -> Self {
        Self { id: workspace.slack_team_id, name: workspace.slack_team_name, state: workspace.state }
    }
}

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
    action: Action,
    configuration: &ChatConfiguration,
    fields: &[FieldChange],
) -> Result<(), AwsError> {
    match action {
        Action::Create => create(door, configuration).await,
        Action::Update => update(door, configuration, Asked::by(fields)).await,
        Action::Delete | Action::Conflict | Action::Withheld => Ok(()),
    }
}

fn slack(configuration: &ChatConfiguration) -> Result<&SlackChannel, AwsError> {
    match &configuration.channel {
        Channel::Slack(channel) => Ok(channel),
        Channel::Teams(_) => {
            Err(AwsError::failed("write", crate::model::Cause::Other, "not a slack channel"))
        }
    }
}

async fn create(door: &Door, configuration: &ChatConfiguration) -> Result<(), AwsError> {
    let settings = &configuration.settings;
    let client = door.chatbot();
    let slack = slack(configuration)?;
    let request = client
        .create_slack_channel_configuration()
        .configuration_name(&configuration.name)
        .slack_team_id(&slack.workspace)
        .slack_channel_id(&slack.channel)
        .iam_role_arn(&settings.iam_role_arn)
        .set_sns_topic_arns(Some(list_of(&configuration.topics)))
        .set_guardrail_policy_arns(Some(list_of(&settings.guardrail_policy_arns)))
        .logging_level(&settings.logging_level)
        .user_authorization_required(settings.user_authorization_required)
        .set_tags(sdk_tags(configuration)?);
    let tried = format!("create chat configuration {}", configuration.name);
    door.call(door.chatbot_region(), ApiGroup::Chatbot, tried, request.send()).await?;
    Ok(())
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
async fn read_again(
    door: &Door,
    configuration: &ChatConfiguration,
) -> Result<SlackChannelConfiguration, AwsError> {
    let arn = arn_of(door, configuration);
    let found = match list(door, Some(&arn)).await {
        Err(error) if error.is_not_found() => Vec::new(),
        found => found?,
    };
    let conflict = |detail: String| AwsError {
        tried: format!("update chat configuration {}", configuration.name),
        class: Class::Conflict,
        detail,
    };
    let current = found.into_iter().find(|current| current.chat_configuration_arn == arn);
    let current = current.ok_or_else(|| conflict(format!("{arn} is no longer there")))?;
    if Channel::Slack(channel(&current)) != configuration.channel {
        return Err(conflict(format!("{arn} now belongs to the channel {}", channel(&current))));
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
async fn put(
    door: &Door,
    configuration: &ChatConfiguration,
    current: &SlackChannelConfiguration,
) -> Result<(), AwsError> {
    let client = door.chatbot();
    let fed = client
        .update_slack_channel_configuration()
        .chat_configuration_arn(&current.chat_configuration_arn)
        .slack_channel_id(&current.slack_channel_id)
        .set_slack_channel_name(Some(current.slack_channel_name.clone()).filter(|name| !name.is_empty()))
        .set_sns_topic_arns(Some(every_topic(configuration, current)));
    let settings = &configuration.settings;
    let request = match configuration.tags {
        None => fed,
        Some(_) => fed
            .iam_role_arn(&settings.iam_role_arn)
            .set_guardrail_policy_arns(Some(list_of(&settings.guardrail_policy_arns)))
            .logging_level(&settings.logging_level)
            .user_authorization_required(settings.user_authorization_required),
    };
    let tried = format!("update chat configuration {}", configuration.name);
    door.call(door.chatbot_region(), ApiGroup::Chatbot, tried, request.send()).await?;
    Ok(())
}

/// The topics of the change, and those that were added since it was planned.
fn every_topic(configuration: &ChatConfiguration, current: &SlackChannelConfiguration) -> Vec<String> {
    let added = current.sns_topic_arns.iter().cloned();
    Vec::from_iter(configuration.topics.iter().cloned().chain(added).collect::<BTreeSet<_>>())
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
    let derived = || arn::slack_channel_configuration(&door.account().id, &configuration.name);
    configuration.arn.clone().unwrap_or_else(derived)
}

fn list_of(texts: &BTreeSet<String>) -> Vec<String> {
    texts.iter().cloned().collect()
}

fn sdk_tags(configuration: &ChatConfiguration) -> Result<Option<Vec<Tag>>, AwsError> {
    let Some(Tags(tags)) = &configuration.tags else { return Ok(None) };
    let tags = tags.iter().map(|(key, value)| Tag::builder().tag_key(key).tag_value(value).build());
    let tried = format!("tag chat configuration {}", configuration.name);
    tags.collect::<Result<_, _>>().map(Some).map_err(unbuildable(&tried))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use aws_sdk_chatbot::types::builders::SlackChannelConfigurationBuilder;

    use super::*;
    use crate::model::Cause;

    fn found() -> SlackChannelConfigurationBuilder {
        SlackChannelConfiguration::builder()
            .slack_team_name("acme")
            .slack_team_id("T1")
            .slack_channel_id("C1")
            .slack_channel_name("deploys")
            .chat_configuration_arn("arn:aws:chatbot::111111111111:chat-configuration/slack-channel/foghorn")
            .iam_role_arn("role")
            .sns_topic_arns("b")
            .sns_topic_arns("a")
    }

    fn gap(cause: Cause) -> Gap {
        Gap { tried: "list".to_owned(), cause, detail: String::new(), whole: false }
    }

    #[test]
    fn every_setting_of_a_configuration_is_read() {
        let full = found()
            .configuration_name("named")
            .logging_level("ERROR")
            .guardrail_policy_arns("policy")
            .user_authorization_required(true)
            .state("DISABLED")
            .state_reason("policy");
        let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<_>>();
        let tags = Tags::owned_by("acme", &BTreeMap::new());
        let expected = ObservedChatConfiguration {
            name: "named".to_owned(),
            arn: "arn:aws:chatbot::111111111111:chat-configuration/slack-channel/foghorn".to_owned(),
            channel: Channel::Slack(SlackChannel { workspace: "T1".to_owned(), channel: "C1".to_owned() }),
            settings: ChatSettings {
                iam_role_arn: "role".to_owned(),
                guardrail_policy_arns: set(&["policy"]),
                logging_level: "ERROR".to_owned(),
                user_authorization_required: true,
            },
            topics: set(&["a", "b"]),
            state: Some("DISABLED".to_owned()),
            state_reason: Some("policy".to_owned()),
            tags: tags.clone(),
        };
        assert_eq!(observed(full.build().unwrap(), tags), expected);
    }

    #[test]
    fn a_configuration_without_a_name_is_named_by_its_arn() {
        let observed = observed(found().build().unwrap(), Tags::default());
        assert_eq!(observed.name, "foghorn");
        assert_eq!(observed.settings.logging_level, "NONE");
        assert!(!observed.settings.user_authorization_required);
    }

    #[test]
    fn two_lists_that_fail_alike_leave_nothing_seen() {
        for (causes, whole) in [
            (vec![Cause::Denied, Cause::Denied], true),
            (vec![Cause::Denied, Cause::Throttled], false),
            (vec![Cause::Denied], false),
        ] {
            let mut gaps: Vec<Gap> = causes.into_iter().map(gap).collect();
            mark_whole(&mut gaps);
            assert!(gaps.iter().all(|gap| gap.whole == whole), "{gaps:?}");
        }
    }
}
