//! Slack channel configurations.

use serde_json::{Value, json};

use super::configurations;
use super::input::{check_name, check_slack_id, required};
use super::platform::Platform;
use super::{invalid_request, state};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::without_nulls;
use crate::sim::world::World;

pub(super) fn describe(world: &mut World, call: &Call<'_>) -> Answer {
    let filter = call.string("ChatConfigurationArn");
    let page = configurations::page(world, call, Platform::Slack, |arn, _| {
        filter.is_none_or(|wanted| wanted == arn)
    })?;
    Ok(without_nulls(json!({"SlackChannelConfigurations": page.items, "NextToken": page.next})))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let (workspace, channel) = (required(call, "SlackTeamId")?, required(call, "SlackChannelId")?);
    let name = required(call, "ConfigurationName")?;
    required(call, "IamRoleArn")?;
    check_name(name)?;
    check_slack_id("SlackTeamId", workspace, true)?;
    check_slack_id("SlackChannelId", channel, false)?;
    let workspace_name = workspace_name(world, call, workspace)?;
    let own: Value = json!({
        "SlackTeamName": workspace_name,
        "SlackTeamId": workspace,
        "SlackChannelId": channel,
        "SlackChannelName": call.string("SlackChannelName").unwrap_or(channel),
    });
    let answer = configurations::create(world, call, Platform::Slack, own)?;
    world.rooms.name_workspace(workspace, &workspace_name);
    Ok(answer)
}

fn workspace_name(world: &mut World, call: &Call<'_>, workspace: &str) -> Result<String, ApiError> {
    state(world, call.account).workspaces.get(workspace).cloned().ok_or_else(|| {
        let account = call.account;
        invalid_request(format!("AWS account {account} is not authorized to use Slack workspace {workspace}"))
    })
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Answer {
    check_slack_id("SlackChannelId", required(call, "SlackChannelId")?, false)?;
    configurations::update(world, call, Platform::Slack)
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    configurations::delete(world, call, Platform::Slack)
}
