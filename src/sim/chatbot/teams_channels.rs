//! Microsoft Teams channel configurations.

use serde_json::{Value, json};

use super::configurations;
use super::input::{check_name, check_teams_channel, check_uuid, required};
use super::platform::Platform;
use super::teams::Team;
use super::{invalid_request, state};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::without_nulls;
use crate::sim::world::World;

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let (tenant, team) = (required(call, "TenantId")?, required(call, "TeamId")?);
    let (channel, name) = (required(call, "ChannelId")?, required(call, "ConfigurationName")?);
    required(call, "IamRoleArn")?;
    check_name(name)?;
    check_uuid("TenantId", tenant)?;
    check_uuid("TeamId", team)?;
    check_teams_channel(channel)?;
    let authorised = authorised(world, call, tenant, team)?;
    let own: Value = json!({
        "ChannelId": channel,
        "ChannelName": call.string("ChannelName").unwrap_or(channel),
        "TeamId": team,
        "TeamName": call.string("TeamName").unwrap_or(&authorised.name),
        "TenantId": tenant,
    });
    let answer = configurations::create(world, call, Platform::Teams, own)?;
    world.rooms.name_workspace(team, &authorised.name);
    Ok(answer)
}

/// The team that the call names, if somebody authorised it.
fn authorised(world: &mut World, call: &Call<'_>, tenant: &str, id: &str) -> Result<Team, ApiError> {
    let team = state(world, call.account).teams.get(id).filter(|team| team.tenant == tenant).cloned();
    let account = call.account;
    team.ok_or_else(|| {
        invalid_request(format!(
            "AWS account {account} is not authorized to use Microsoft Teams team {id} of tenant {tenant}"
        ))
    })
}

/// GetMicrosoftTeamsChannelConfiguration. Its model has no error of its own for
/// a configuration that is not there.
pub(super) fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = required(call, "ChatConfigurationArn")?;
    let configuration = state(world, call.account)
        .configurations
        .get(arn)
        .filter(|configuration| configuration.platform == Platform::Teams)
        .ok_or_else(|| invalid_request(format!("Resource with arn {arn} not found")))?;
    Ok(json!({"ChannelConfiguration": configurations::shown(configuration)}))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let team = call.string("TeamId");
    if let Some(team) = team {
        check_uuid("TeamId", team)?;
    }
    let page = configurations::page(world, call, Platform::Teams, |_, configuration| {
        team.is_none_or(|team| configuration.settings["TeamId"] == team)
    })?;
    Ok(without_nulls(json!({"TeamChannelConfigurations": page.items, "NextToken": page.next})))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Answer {
    check_teams_channel(required(call, "ChannelId")?)?;
    configurations::update(world, call, Platform::Teams)
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    configurations::delete(world, call, Platform::Teams)
}
