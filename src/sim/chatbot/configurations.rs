//! Slack channel configurations.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::input::{check, check_name, check_slack_id, required};
use super::workspaces::page;
use super::{
    Configuration, SNS_ENDPOINT, configuration_arn, configuration_name, invalid_parameter, invalid_request,
    not_found, state,
};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::{boolean, without_nulls};
use crate::sim::tag_list::TAG_KEY_TAG_VALUE;
use crate::sim::world::World;
use crate::sim::{paging, sns};

/// The guardrail of a configuration that names none, from the service model.
const DEFAULT_GUARDRAIL: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Members that an update replaces where it sends them.
const REPLACED: [&str; 7] = [
    "SlackChannelId",
    "SlackChannelName",
    "SnsTopicArns",
    "IamRoleArn",
    "LoggingLevel",
    "GuardrailPolicyArns",
    "UserAuthorizationRequired",
];

pub(super) fn describe(world: &mut World, call: &Call<'_>) -> Answer {
    let (size, start) = page(call)?;
    let filter = call.string("ChatConfigurationArn");
    let configurations = &state(world, call.account).configurations;
    let rest = configurations
        .iter()
        .filter(|(name, _)| start.as_ref().is_none_or(|start| *name > start))
        .filter(|(name, _)| filter.is_none_or(|arn| arn == configuration_arn(call.account, name)))
        .map(|(name, configuration)| (name.as_str(), shown(configuration)));
    let page = paging::take(rest, size);
    Ok(without_nulls(json!({"SlackChannelConfigurations": page.items, "NextToken": page.next})))
}

fn shown(configuration: &Configuration) -> Value {
    let mut shown = configuration.settings.clone();
    shown["Tags"] = TAG_KEY_TAG_VALUE.write(&configuration.tags);
    shown
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let (workspace, channel) = (required(call, "SlackTeamId")?, required(call, "SlackChannelId")?);
    let name = required(call, "ConfigurationName")?;
    required(call, "IamRoleArn")?;
    check_name(name)?;
    check_slack_id("SlackTeamId", workspace, true)?;
    check_slack_id("SlackChannelId", channel, false)?;
    let workspace_name = workspace_name(world, call, workspace)?;
    check_free(world, call, name, channel)?;
    check(world, call)?;
    let settings = new_settings(call, &workspace_name);
    let configuration =
        Configuration { settings, tags: TAG_KEY_TAG_VALUE.read(call.input.get("Tags")), arrivals: (0, 0) };
    let answer = json!({"ChannelConfiguration": shown(&configuration)});
    world.rooms.name_workspace(workspace, &workspace_name);
    let before = topics(world, call.account);
    state(world, call.account).configurations.insert(name.to_owned(), configuration);
    subscribe(world, call.account, &before);
    Ok(answer)
}

fn workspace_name(world: &mut World, call: &Call<'_>, workspace: &str) -> Result<String, ApiError> {
    state(world, call.account).workspaces.get(workspace).cloned().ok_or_else(|| {
        let account = call.account;
        invalid_request(format!("AWS account {account} is not authorized to use Slack workspace {workspace}"))
    })
}

/// Refuses a name or a channel that is taken in this account.
fn check_free(world: &mut World, call: &Call<'_>, name: &str, channel: &str) -> Result<(), ApiError> {
    let configurations = &state(world, call.account).configurations;
    if configurations.contains_key(name) {
        let message = format!("Resource with arn {} already exists", configuration_arn(call.account, name));
        return Err(ApiError::new("ConflictException", message).with_status(409));
    }
    if configurations.values().any(|other| other.settings["SlackChannelId"] == channel) {
        return Err(channel_taken(call, channel));
    }
    Ok(())
}

fn channel_taken(call: &Call<'_>, channel: &str) -> ApiError {
    let account = call.account;
    invalid_request(format!(
        "Slack channel with ID {channel} has already been configured for AWS account {account}"
    ))
}

fn new_settings(call: &Call<'_>, workspace_name: &str) -> Value {
    let sent = |member: &str, default: Value| match call.input.get(member) {
        None | Some(Value::Null) => default,
        Some(value) => value.clone(),
    };
    let name = call.string("ConfigurationName").unwrap_or_default();
    let channel = sent("SlackChannelId", Value::Null);
    json!({
        "SlackTeamName": workspace_name,
        "SlackTeamId": sent("SlackTeamId", Value::Null),
        "SlackChannelName": sent("SlackChannelName", channel.clone()),
        "SlackChannelId": channel,
        "ChatConfigurationArn": configuration_arn(call.account, name),
        "IamRoleArn": sent("IamRoleArn", Value::Null),
        "SnsTopicArns": sent("SnsTopicArns", json!([])),
        "ConfigurationName": name,
        "LoggingLevel": sent("LoggingLevel", "NONE".into()),
        "GuardrailPolicyArns": sent("GuardrailPolicyArns", json!([DEFAULT_GUARDRAIL])),
        "UserAuthorizationRequired": boolean(call.input.get("UserAuthorizationRequired")).unwrap_or(false),
        "State": "ENABLED",
    })
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = required(call, "ChatConfigurationArn")?;
    let channel = required(call, "SlackChannelId")?;
    check_slack_id("SlackChannelId", channel, false)?;
    let name = configuration_name(arn, call.account).ok_or_else(|| not_found(arn))?.to_owned();
    let configurations = &state(world, call.account).configurations;
    if !configurations.contains_key(&name) {
        return Err(not_found(arn));
    }
    let taken = |(other, configuration): (&String, &Configuration)| {
        *other != name && configuration.settings["SlackChannelId"] == channel
    };
    if configurations.iter().any(taken) {
        return Err(channel_taken(call, channel));
    }
    check(world, call)?;
    let before = topics(world, call.account);
    let configuration =
        state(world, call.account).configurations.get_mut(&name).ok_or_else(|| not_found(arn))?;
    for member in REPLACED {
        if let Some(value) = call.input.get(member).filter(|value| !value.is_null()) {
            configuration.settings[member] = value.clone();
        }
    }
    let answer = json!({"ChannelConfiguration": shown(configuration)});
    subscribe(world, call.account, &before);
    Ok(answer)
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = required(call, "ChatConfigurationArn")?;
    let name = configuration_name(arn, call.account)
        .ok_or_else(|| invalid_parameter(format!("ChatConfigurationArn {arn} is not valid")))?;
    let before = topics(world, call.account);
    state(world, call.account).configurations.remove(name).ok_or_else(|| not_found(arn))?;
    subscribe(world, call.account, &before);
    Ok(json!({}))
}

/// The topics of all configurations of an account.
fn topics(world: &mut World, account: &str) -> BTreeSet<String> {
    let configurations = &state(world, account).configurations;
    configurations.values().flat_map(Configuration::topics).map(str::to_owned).collect()
}

/// Subscribes Chatbot to the topics that are new, and unsubscribes it from
/// those that no configuration of the account names any more. A subscription
/// that somebody removed by hand stays away, as it does in AWS.
fn subscribe(world: &mut World, account: &str, before: &BTreeSet<String>) {
    let after = topics(world, account);
    for topic in before.difference(&after) {
        sns::unsubscribe_service(world, topic, account, SNS_ENDPOINT);
    }
    for topic in after.difference(before) {
        // The topic was there a moment ago, when the input was checked.
        let _ = sns::subscribe_service(world, topic, account, SNS_ENDPOINT);
    }
}
