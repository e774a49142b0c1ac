//! Slack workspaces, and configurations of Slack channels.

use aws_sdk_chatbot::types::{SlackChannelConfiguration, SlackWorkspace};

use super::PAGE;
use super::found::{Described, Found};
use super::write::{list_of, sdk_tags};
use crate::aws::answer::every_page;
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::model::chat::{Channel, ChatConfiguration, SlackChannel, Workspace};

/// The workspaces that are authorised, sorted.
pub(super) async fn read_workspaces(door: &Door) -> Result<Vec<Workspace>, AwsError> {
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

/// All configurations, or the one of an ARN.
pub(super) async fn list(door: &Door, arn: Option<&str>) -> Result<Vec<Found>, AwsError> {
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
    Ok(every_page(page).await?.into_iter().map(Found::from).collect())
}

impl From<SlackChannelConfiguration> for Found {
    fn from(found: SlackChannelConfiguration) -> Self {
        let channel = SlackChannel { workspace: found.slack_team_id, channel: found.slack_channel_id };
        let described = Described {
            arn: found.chat_configuration_arn,
            name: found.configuration_name,
            channel_name: Some(found.slack_channel_name).filter(|name| !name.is_empty()),
            role_arn: found.iam_role_arn,
            topics: found.sns_topic_arns,
            guardrails: found.guardrail_policy_arns,
            logging_level: found.logging_level,
            user_authorization_required: found.user_authorization_required,
            state: found.state,
            state_reason: found.state_reason,
            tags: found.tags,
        };
        Self { channel: Channel::Slack(channel), described }
    }
}

impl From<SlackWorkspace> for Workspace {
    fn from(workspace: SlackWorkspace) -> Self {
        Self { id: workspace.slack_team_id, name: workspace.slack_team_name, state: workspace.state }
    }
}

/// Makes a configuration.
pub(super) async fn create(
    door: &Door,
    configuration: &ChatConfiguration,
    channel: &SlackChannel,
) -> Result<(), AwsError> {
    let settings = &configuration.settings;
    let client = door.chatbot();
    let request = client
        .create_slack_channel_configuration()
        .configuration_name(&configuration.name)
        .slack_team_id(&channel.workspace)
        .slack_channel_id(&channel.channel)
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

/// Writes over a configuration as it stands now.
pub(super) async fn put(
    door: &Door,
    configuration: &ChatConfiguration,
    channel: &SlackChannel,
    current: &Described,
    topics: Vec<String>,
) -> Result<(), AwsError> {
    let client = door.chatbot();
    let fed = client
        .update_slack_channel_configuration()
        .chat_configuration_arn(&current.arn)
        .slack_channel_id(&channel.channel)
        .set_slack_channel_name(current.channel_name.clone())
        .set_sns_topic_arns(Some(topics));
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

/// Deletes a configuration.
pub(super) async fn delete(door: &Door, arn: &str) -> Result<(), AwsError> {
    let call = door.chatbot().delete_slack_channel_configuration().chat_configuration_arn(arn).send();
    let tried = format!("delete chat configuration {arn}");
    door.call(door.chatbot_region(), ApiGroup::Chatbot, tried, call).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use aws_sdk_chatbot::types::builders::SlackChannelConfigurationBuilder;

    use super::*;
    use crate::model::Tags;
    use crate::model::chat::{ChatSettings, ObservedChatConfiguration};

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
        assert_eq!(Found::from(full.build().unwrap()).observed(tags), expected);
    }

    #[test]
    fn a_configuration_without_a_name_is_named_by_its_arn() {
        let observed = Found::from(found().build().unwrap()).observed(Tags::default());
        assert_eq!(observed.name, "foghorn");
        assert_eq!(observed.settings.logging_level, "NONE");
        assert!(!observed.settings.user_authorization_required);
    }
}
