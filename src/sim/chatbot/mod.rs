//! AWS Chatbot (Amazon Q Developer in chat applications): channels of Slack and
//! of Microsoft Teams.
//!
//! The service is global: its configurations are the account's, and it counts
//! its metrics in us-east-1, where it has no endpoint.

mod configurations;
mod input;
mod notification;
mod platform;
mod receive;
mod slack_channels;
mod tags;
mod teams;
mod teams_channels;
#[cfg(test)]
mod tests;
mod workspaces;

use std::collections::BTreeMap;

use serde_json::Value;

use super::call::{Answer, ApiError, Call};
use super::tag_list::Tags;
use super::world::World;
use platform::Platform;

pub use notification::{InvalidNotification, Notification};
pub use teams::{authorise_team, withdraw_team};
pub use workspaces::{authorise_workspace, withdraw_workspace};

pub(crate) use receive::receive_from_topic;
pub(crate) use tags::tags_of;

/// Where Chatbot subscribes itself to topics.
pub const SNS_ENDPOINT: &str = "https://global.sns-api.chatbot.amazonaws.com";

/// The Regions that have an endpoint, from the AWS General Reference.
pub const REGIONS: [&str; 4] = ["us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1"];

/// The Region where Chatbot counts its metrics, whatever the topic's.
pub const METRICS_REGION: &str = "us-east-1";

/// The service's state in one account.
#[derive(Debug, Default)]
pub struct State {
    /// Names of the Slack workspaces that were authorised, by their id.
    workspaces: BTreeMap<String, String>,
    /// The teams of Microsoft Teams that were authorised, by their id.
    teams: BTreeMap<String, teams::Team>,
    /// Configurations by ARN.
    configurations: BTreeMap<String, Configuration>,
}

/// One channel configuration.
#[derive(Debug)]
struct Configuration {
    platform: Platform,
    /// The members of the answer, all but the tags.
    settings: Value,
    tags: Tags,
    /// The second of the last message, and how many arrived in it.
    arrivals: (i64, u32),
}

impl State {
    /// Whether a person has let Chatbot into the workspace or team, and nobody
    /// has taken that back.
    fn lets_into(&self, platform: Platform, id: &str) -> bool {
        match platform {
            Platform::Slack => self.workspaces.contains_key(id),
            Platform::Teams => self.teams.contains_key(id),
        }
    }
}

impl Configuration {
    fn topics(&self) -> impl Iterator<Item = &str> {
        super::members::list(self.settings.get("SnsTopicArns")).iter().filter_map(Value::as_str)
    }
}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    if !REGIONS.contains(&call.region) {
        // The real host name does not resolve; a server can only say so.
        let message = format!("Could not resolve host chatbot.{}.amazonaws.com", call.region);
        return Err(ApiError::new("UnknownEndpoint", message).with_status(404));
    }
    match call.operation {
        "DescribeSlackWorkspaces" => workspaces::describe(world, call),
        "DescribeSlackChannelConfigurations" => slack_channels::describe(world, call),
        "CreateSlackChannelConfiguration" => slack_channels::create(world, call),
        "UpdateSlackChannelConfiguration" => slack_channels::update(world, call),
        "DeleteSlackChannelConfiguration" => slack_channels::delete(world, call),
        "ListMicrosoftTeamsConfiguredTeams" => teams::list(world, call),
        "ListMicrosoftTeamsChannelConfigurations" => teams_channels::list(world, call),
        "GetMicrosoftTeamsChannelConfiguration" => teams_channels::get(world, call),
        "CreateMicrosoftTeamsChannelConfiguration" => teams_channels::create(world, call),
        "UpdateMicrosoftTeamsChannelConfiguration" => teams_channels::update(world, call),
        "DeleteMicrosoftTeamsChannelConfiguration" => teams_channels::delete(world, call),
        "TagResource" => tags::tag(world, call),
        "UntagResource" => tags::untag(world, call),
        "ListTagsForResource" => tags::list(world, call),
        _ => Err(call.unknown_operation()),
    }
}

fn state<'w>(world: &'w mut World, account: &str) -> &'w mut State {
    &mut world.accounts.entry(account.to_owned()).or_default().chatbot
}

fn invalid_parameter(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterException", message)
}

fn invalid_request(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidRequestException", message)
}

fn not_found(arn: &str) -> ApiError {
    ApiError::new("ResourceNotFoundException", format!("Resource with arn {arn} not found")).with_status(404)
}
