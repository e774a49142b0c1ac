//! Microsoft Teams teams, and configurations of their channels.

use aws_sdk_chatbot::types::{ConfiguredTeam, TeamsChannelConfiguration};

use super::PAGE;
use super::found::{Described, Found};
use super::write::{list_of, sdk_tags};
use crate::aws::answer::every_page;
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::model::chat::{Channel, ChatConfiguration, Team, TeamsChannel};

/// The teams that are authorised, sorted.
pub(super) async fn read_teams(door: &Door) -> Result<Vec<Team>, AwsError> {
    let (client, region) = (door.chatbot(), door.chatbot_region());
    let page = |token| {
        let request = client.list_microsoft_teams_configured_teams().max_results(PAGE).set_next_token(token);
        async move {
            let tried = "list microsoft teams teams";
            let answer = door.call(region, ApiGroup::Chatbot, tried, request.send()).await?;
            Ok((answer.configured_teams.unwrap_or_default(), answer.next_token))
        }
    };
    let mut teams: Vec<Team> = every_page(page).await?.into_iter().map(Team::from).collect();
    teams.sort_by(|one, other| (&one.tenant, &one.team).cmp(&(&other.tenant, &other.team)));
    Ok(teams)
}

/// All configurations of Microsoft Teams channels.
pub(super) async fn list(door: &Door) -> Result<Vec<Found>, AwsError> {
    let (client, region) = (door.chatbot(), door.chatbot_region());
    let page = |token| {
        let request =
            client.list_microsoft_teams_channel_configurations().max_results(PAGE).set_next_token(token);
        async move {
            let tried = "list microsoft teams channel configurations";
            let answer = door.call(region, ApiGroup::Chatbot, tried, request.send()).await?;
            Ok((answer.team_channel_configurations.unwrap_or_default(), answer.next_token))
        }
    };
    Ok(every_page(page).await?.into_iter().map(Found::from).collect())
}

/// The configuration of an ARN, in a list of its own as Slack's are.
pub(super) async fn get(door: &Door, arn: &str) -> Result<Vec<Found>, AwsError> {
    let client = door.chatbot();
    let request = client.get_microsoft_teams_channel_configuration().chat_configuration_arn(arn);
    let tried = format!("get chat configuration {arn}");
    let answer = door.call(door.chatbot_region(), ApiGroup::Chatbot, tried, request.send()).await?;
    Ok(answer.channel_configuration.into_iter().map(Found::from).collect())
}

impl From<TeamsChannelConfiguration> for Found {
    fn from(found: TeamsChannelConfiguration) -> Self {
        let channel =
            TeamsChannel { tenant: found.tenant_id, team: found.team_id, channel: found.channel_id };
        let described = Described {
            arn: found.chat_configuration_arn,
            name: found.configuration_name,
            channel_name: found.channel_name.filter(|name| !name.is_empty()),
            role_arn: found.iam_role_arn,
            topics: found.sns_topic_arns,
            guardrails: found.guardrail_policy_arns,
            logging_level: found.logging_level,
            user_authorization_required: found.user_authorization_required,
            state: found.state,
            state_reason: found.state_reason,
            tags: found.tags,
        };
        Self { channel: Channel::Teams(channel), described }
    }
}

impl From<ConfiguredTeam> for Team {
    fn from(team: ConfiguredTeam) -> Self {
        Self { tenant: team.tenant_id, team: team.team_id, name: team.team_name, state: team.state }
    }
}

/// Makes a configuration.
pub(super) async fn create(
    door: &Door,
    configuration: &ChatConfiguration,
    channel: &TeamsChannel,
) -> Result<(), AwsError> {
    let settings = &configuration.settings;
    let client = door.chatbot();
    let request = client
        .create_microsoft_teams_channel_configuration()
        .configuration_name(&configuration.name)
        .tenant_id(&channel.tenant)
        .team_id(&channel.team)
        .channel_id(&channel.channel)
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
    channel: &TeamsChannel,
    current: &Described,
    topics: Vec<String>,
) -> Result<(), AwsError> {
    let client = door.chatbot();
    let fed = client
        .update_microsoft_teams_channel_configuration()
        .chat_configuration_arn(&current.arn)
        .channel_id(&channel.channel)
        .set_channel_name(current.channel_name.clone())
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
    let client = door.chatbot();
    let call = client.delete_microsoft_teams_channel_configuration().chat_configuration_arn(arn).send();
    let tried = format!("delete chat configuration {arn}");
    door.call(door.chatbot_region(), ApiGroup::Chatbot, tried, call).await?;
    Ok(())
}
