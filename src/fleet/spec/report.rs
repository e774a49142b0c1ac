//! Who is told of a report, as the fleet file writes it. The comments are read
//! by users of the file.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::pipeline::Selector;
use super::via::{SecretReference, Webhook};
use crate::fleet::choice::{self, Choice};
use crate::fleet::written;
use crate::model::Severity;

/// Who is told of a report, and when.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Reporting {
    /// When the rooms are told. Absent: `change`.
    #[schemars(example = &"change")]
    pub when: WhenToTell,
    /// The rooms, at least one. Each gets its own part of the report, in one
    /// message a run. Absent: the file is refused.
    #[schemars(length(min = 1), example = serde_json::json!([
        { "name": "platform", "slack": { "webhook": { "env": "ROOM_WEBHOOK" } } }
    ]))]
    pub to: Vec<Recipient>,
    /// How long one room is tried before it is given up, 1s to 10m.
    #[serde(deserialize_with = "written::duration")]
    #[schemars(with = "written::Written", extend("default" = "60s"))]
    pub timeout: Duration,
}

impl Default for Reporting {
    fn default() -> Self {
        Self { when: WhenToTell::default(), to: Vec::new(), timeout: Duration::from_secs(60) }
    }
}

/// When rooms are told of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum WhenToTell {
    /// After every run, be it with an all-clear.
    Always,
    /// When something is wrong, differs from this file or could not be read:
    /// when the run alone would end with exit code 2 or 3.
    Drift,
    /// When something is new or resolved since the last report. Where no
    /// earlier report is known it is the same as `drift`.
    #[default]
    Change,
}

/// A room that is told.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recipient {
    /// What messages of Foghorn call the room: lower-case letters, digits and
    /// hyphens, at most 64. Absent: its kind and its place in the list,
    /// `slack-1` say.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,64}$"), example = &"platform")]
    pub name: Option<String>,
    /// The room: exactly one of these.
    #[schemars(flatten)]
    pub room: ReportRoom,
    /// The accounts that it is told of. Absent: every account.
    #[schemars(default, rename = "match")]
    pub selector: Selector,
    /// The least that it is told of, and all that is worse. What could not be
    /// read is always told.
    #[schemars(default = "warning")]
    pub severity: Severity,
}

fn warning() -> Severity {
    Severity::Warning
}

/// A room that takes reports.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub enum ReportRoom {
    /// A Slack channel.
    Slack(SlackRoom),
    /// A Google Chat space, through an incoming webhook.
    GoogleChat(Webhook),
    /// A Microsoft Teams channel or chat, through a Workflow.
    Teams(Webhook),
    /// An SNS topic that a channel's configuration of AWS Chatbot names, so
    /// that no webhook is needed.
    Sns(ChatbotTopic),
}

/// A Slack channel: `webhook`, or `token` with `channelId`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum SlackRoom {
    /// Through an incoming webhook, which knows no threads.
    Webhook(Webhook),
    /// Through a bot, which puts the details into a thread.
    Bot(SlackBot),
}

/// A Slack bot.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields)]
pub struct SlackBot {
    /// Where the bot's token is found, which begins with `xoxb-`. The token
    /// itself is a secret and has no place in this file.
    #[schemars(example = serde_json::json!({ "secretsManager": "foghorn/bot" }))]
    pub token: SecretReference,
    /// The channel's id, which the channel's details end with, not its name.
    #[schemars(regex(pattern = "^[A-Za-z0-9]{1,255}$"), example = &"C0123ABCD")]
    pub channel_id: String,
}

/// An SNS topic that AWS Chatbot listens to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChatbotTopic {
    /// The topic's ARN. It is published to with the caller's own credentials.
    #[schemars(example = &"arn:aws:sns:eu-west-1:999999999999:foghorn-drift")]
    pub topic_arn: String,
}

impl ReportRoom {
    /// What the kind is called in the names of rooms.
    fn kind(&self) -> &'static str {
        match self {
            Self::Slack(_) => "slack",
            Self::GoogleChat(_) => "google-chat",
            Self::Teams(_) => "teams",
            Self::Sns(_) => "sns",
        }
    }
}

impl Reporting {
    /// The rooms by the names that people know them by, in their order.
    pub fn recipients(&self) -> impl Iterator<Item = (String, &Recipient)> {
        self.to.iter().enumerate().map(|(index, recipient)| {
            let named = || format!("{}-{}", recipient.room.kind(), index + 1);
            (recipient.name.clone().unwrap_or_else(named), recipient)
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RecipientFields {
    name: Option<String>,
    slack: Option<SlackRoom>,
    google_chat: Option<Webhook>,
    teams: Option<Webhook>,
    sns: Option<ChatbotTopic>,
    #[serde(default, rename = "match")]
    selector: Selector,
    #[serde(default = "warning")]
    severity: Severity,
}

impl<'de> Deserialize<'de> for Recipient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let choose = |fields: RecipientFields| {
            let rooms = [
                fields.slack.map(ReportRoom::Slack),
                fields.google_chat.map(ReportRoom::GoogleChat),
                fields.teams.map(ReportRoom::Teams),
                fields.sns.map(ReportRoom::Sns),
            ];
            let room = choice::one("slack, googleChat, teams or sns", rooms)?;
            Ok(Self { name: fields.name, room, selector: fields.selector, severity: fields.severity })
        };
        deserializer.deserialize_any(Choice::of(choose))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SlackFields {
    webhook: Option<SecretReference>,
    token: Option<SecretReference>,
    channel_id: Option<String>,
}

impl<'de> Deserialize<'de> for SlackRoom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Choice::of(slack_room))
    }
}

fn slack_room(fields: SlackFields) -> Result<SlackRoom, String> {
    match fields {
        SlackFields { webhook: Some(webhook), token: None, channel_id: None } => {
            Ok(SlackRoom::Webhook(Webhook { webhook }))
        }
        SlackFields { webhook: None, token: Some(token), channel_id: Some(channel_id) } => {
            Ok(SlackRoom::Bot(SlackBot { token, channel_id }))
        }
        SlackFields { webhook: Some(_), token: None, channel_id: Some(_) } => {
            Err("a webhook leads to a channel of its own: leave channelId out, or give a bot's token"
                .to_owned())
        }
        SlackFields { webhook: None, token: Some(_), channel_id: None } => {
            Err("channelId is missing: a token alone leads to no channel".to_owned())
        }
        fields => choice::one("webhook or token", [fields.webhook, fields.token])
            .and(Err("channelId alone leads nowhere".to_owned())),
    }
}
