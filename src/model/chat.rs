//! AWS Chatbot: workspaces, teams, and the configurations of their channels.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::change::{FieldChange, differences};
use super::region::Location;
use super::resource::{Key, Kind};
use super::tags::Tags;

/// A channel that AWS Chatbot posts to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A Slack channel.
    Slack(SlackChannel),
    /// A Microsoft Teams channel.
    Teams(TeamsChannel),
}

impl fmt::Display for Channel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slack(channel) => channel.fmt(formatter),
            Self::Teams(channel) => channel.fmt(formatter),
        }
    }
}

/// A Microsoft Teams channel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TeamsChannel {
    /// The tenant, a UUID.
    pub tenant: String,
    /// The team, a UUID.
    pub team: String,
    /// The channel, URL-encoded as in its link:
    /// `19%3Aab12%40thread.tacv2` say.
    pub channel: String,
}

impl fmt::Display for TeamsChannel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "teams-{}-{}", self.team, self.channel)
    }
}

/// A Slack channel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlackChannel {
    /// The workspace, `T0123ABC` say.
    pub workspace: String,
    /// The channel's id, not its name: `C0123ABC` say.
    pub channel: String,
}

impl fmt::Display for SlackChannel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.workspace, self.channel)
    }
}

/// What a configuration is set to, in the same form on both sides of a
/// comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatSettings {
    /// The role that people in the channel act with.
    pub iam_role_arn: String,
    /// Policies that bound that role. Without any, AWS Chatbot takes
    /// AdministratorAccess (service model).
    pub guardrail_policy_arns: BTreeSet<String>,
    /// `ERROR`, `INFO` or `NONE`.
    pub logging_level: String,
    /// Whether people need a role of their own.
    pub user_authorization_required: bool,
}

/// A channel's configuration as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatConfiguration {
    /// The name, at most 128 characters; it can't be changed.
    pub name: String,
    /// The ARN as AWS has it. `None` as desired state, whose ARN follows from
    /// its name; a configuration that others made has a name of their choice.
    pub arn: Option<String>,
    /// The channel. There is one configuration a channel in an account.
    pub channel: Channel,
    /// What it is set to.
    pub settings: ChatSettings,
    /// The topics, of any Region, that feed it.
    pub topics: BTreeSet<String>,
    /// Topics that shall feed it no longer.
    pub removed_topics: BTreeSet<String>,
    /// The tags. `None` for a configuration that others own and that is only
    /// fed: its tags are theirs.
    pub tags: Option<Tags>,
}

/// A configuration as AWS has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedChatConfiguration {
    /// The name.
    pub name: String,
    /// The ARN.
    pub arn: String,
    /// The channel.
    pub channel: Channel,
    /// What it is set to.
    pub settings: ChatSettings,
    /// The topics that feed it.
    pub topics: BTreeSet<String>,
    /// `ENABLED` or `DISABLED`, where AWS says so.
    pub state: Option<String>,
    /// Why it is disabled.
    pub state_reason: Option<String>,
    /// The tags.
    pub tags: Tags,
}

/// A team that a person has authorised in this account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The tenant, a UUID.
    pub tenant: String,
    /// The team, a UUID.
    pub team: String,
    /// The name.
    pub name: Option<String>,
    /// `ENABLED` or `DISABLED`, where AWS says so.
    pub state: Option<String>,
}

impl Team {
    /// Whether AWS Chatbot may post there.
    pub fn is_authorised(&self) -> bool {
        self.state.as_deref().is_none_or(|state| state == "ENABLED")
    }
}

/// A workspace that a person has authorised in this account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// The id, `T0123ABC` say.
    pub id: String,
    /// The name.
    pub name: String,
    /// `ENABLED` or `DISABLED`, where AWS says so.
    pub state: Option<String>,
}

impl Workspace {
    /// Whether AWS Chatbot may post there.
    pub fn is_authorised(&self) -> bool {
        self.state.as_deref().is_none_or(|state| state == "ENABLED")
    }
}

impl ChatConfiguration {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::ChatConfiguration, Location::Global, &self.name)
    }

    /// What differs from what AWS has. Topics that others added stay, so only
    /// missing ones count.
    pub fn diff(&self, observed: &ObservedChatConfiguration) -> Vec<FieldChange> {
        let mut fields = differences(&observed.settings, &self.settings);
        if !self.topics.is_subset(&observed.topics) {
            let all: BTreeSet<&String> = self.topics.union(&observed.topics).collect();
            fields.push(FieldChange::new("/topics", &observed.topics, all));
        }
        fields.extend(self.tags.iter().flat_map(|tags| observed.tags.diff(tags)));
        fields
    }

    /// The configuration to write: the one that was observed, with our settings,
    /// fed by every topic that others added.
    pub fn over(&self, observed: &ObservedChatConfiguration) -> Self {
        Self {
            arn: Some(observed.arn.clone()),
            topics: self.topics.union(&observed.topics).cloned().collect(),
            ..self.clone()
        }
    }
}
