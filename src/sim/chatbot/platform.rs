//! The chat services that a configuration can belong to.

use serde_json::Value;

/// A chat service, and what its configurations call their members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    Slack,
    Teams,
}

impl Platform {
    /// What stands before the name in a configuration's ARN.
    fn arn_kind(self) -> &'static str {
        match self {
            Self::Slack => "slack-channel",
            Self::Teams => "microsoft-teams-channel",
        }
    }

    /// The service's name for a person.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Slack => "Slack",
            Self::Teams => "Microsoft Teams",
        }
    }

    /// The member with the id of the workspace or team.
    pub(super) fn workspace(self) -> &'static str {
        match self {
            Self::Slack => "SlackTeamId",
            Self::Teams => "TeamId",
        }
    }

    /// The member with the channel's id.
    pub(super) fn channel(self) -> &'static str {
        match self {
            Self::Slack => "SlackChannelId",
            Self::Teams => "ChannelId",
        }
    }

    /// The member with the channel's name.
    pub(super) fn channel_name(self) -> &'static str {
        match self {
            Self::Slack => "SlackChannelName",
            Self::Teams => "ChannelName",
        }
    }

    /// The ARN of a configuration.
    pub(super) fn arn(self, account: &str, name: &str) -> String {
        format!("arn:aws:chatbot::{account}:chat-configuration/{}/{name}", self.arn_kind())
    }

    /// Whether two configurations are for the same channel. A Slack channel's
    /// id says all; a Teams channel's is read together with its team's.
    pub(super) fn same_channel(self, one: &Value, other: &Value) -> bool {
        let workspace = self == Self::Slack || one[self.workspace()] == other[self.workspace()];
        workspace && one[self.channel()] == other[self.channel()]
    }
}
