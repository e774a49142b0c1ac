//! What carries events to a room, as the fleet file writes it. The comments are
//! read by users of the file.

use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::fleet::choice::{self, Choice};
use crate::model::notifier::RoomService;

/// What carries the events, and to which room.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub enum Via {
    /// AWS Chatbot (Amazon Q Developer in chat applications).
    Chatbot(Chatbot),
    /// An API destination: EventBridge posts to a webhook by itself.
    ApiDestination(ApiDestination),
    /// A Lambda function, Foghorn's notifier, that posts to a webhook.
    Lambda(Lambda),
}

/// The room that AWS Chatbot posts to.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub enum Chatbot {
    /// A Slack channel.
    Slack(Slack),
    /// A Microsoft Teams channel.
    Teams(Teams),
}

/// A Slack channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Slack {
    /// The workspace's id, which Slack's own address of it in a browser shows
    /// after `/client/`.
    #[schemars(regex(pattern = "^[0-9A-Z]{1,255}$"), example = &"T0123ABCD")]
    pub workspace_id: String,
    /// The channel's id, which the channel's details end with, not its name.
    #[schemars(regex(pattern = "^[A-Za-z0-9]{1,255}$"), example = &"C0123ABCD")]
    pub channel_id: String,
    /// Whether to feed a configuration of this channel that someone else made:
    /// topics are added, and nothing else in it is touched. AWS allows one a
    /// channel in an account. Pipelines to one channel must agree.
    #[serde(default)]
    pub adopt: bool,
}

/// A Microsoft Teams channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Teams {
    /// The tenant's id, a UUID: `tenantId` in the channel's link.
    #[schemars(example = &"11111111-2222-3333-4444-555555555555")]
    pub tenant_id: String,
    /// The team's id, a UUID: `groupId` in the channel's link.
    #[schemars(example = &"66666666-7777-8888-9999-000000000000")]
    pub team_id: String,
    /// The channel's id as it stands in the channel's link, with its `%` signs.
    #[schemars(example = &"19%3Aab12%40thread.tacv2")]
    pub channel_id: String,
    /// Whether to feed a configuration of this channel that someone else made:
    /// topics are added, and nothing else in it is touched. AWS allows one a
    /// channel in an account. Pipelines to one channel must agree.
    #[serde(default)]
    pub adopt: bool,
}

/// An API destination: EventBridge posts to a webhook by itself.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiDestination {
    /// The room: exactly one of these.
    #[schemars(flatten)]
    pub room: DestinationRoom,
    /// How many messages a second at most; events beyond that wait.
    #[schemars(range(min = 1, max = 300), default = "one")]
    pub rate_per_second: u32,
}

fn one() -> u32 {
    1
}

/// The room that EventBridge posts to.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub enum DestinationRoom {
    /// A Slack channel, through an incoming webhook.
    Slack(Webhook),
    /// A Google Chat space, through an incoming webhook.
    GoogleChat(Webhook),
}

/// An incoming webhook.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Webhook {
    /// Where its URL is found. The URL itself is a secret and has no place in
    /// this file.
    pub webhook: SecretReference,
}

/// Where a secret is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub enum SecretReference {
    /// In an environment variable of this name, where Foghorn runs.
    #[schemars(example = serde_json::json!({ "env": "ROOM_WEBHOOK" }))]
    Env(String),
    /// In a file, where Foghorn runs.
    #[schemars(example = serde_json::json!({ "file": "/run/secrets/room-webhook" }))]
    File(String),
    /// In a secret of AWS Secrets Manager, by name or ARN, in the account and
    /// Region that it is used in; for a room of `spec.report`, with the caller's
    /// own credentials.
    #[schemars(example = serde_json::json!({ "secretsManager": "foghorn/room-webhook" }))]
    SecretsManager(String),
}

/// A Lambda function, Foghorn's notifier, that posts to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lambda {
    /// The room: exactly one of these.
    #[schemars(flatten)]
    pub room: NotifierRoom,
    /// Whether an SNS topic stands between the rule and the function, for
    /// others to subscribe to.
    #[schemars(default)]
    pub topic: bool,
}

/// The room that the notifier posts to.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub enum NotifierRoom {
    /// A Slack channel, through an incoming webhook.
    Slack(StoredWebhook),
    /// A Google Chat space, through an incoming webhook.
    GoogleChat(StoredWebhook),
    /// A Microsoft Teams channel or chat, through a Workflow.
    Teams(StoredWebhook),
}

/// An incoming webhook that the function reads itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StoredWebhook {
    /// Where the function finds its URL when it runs.
    pub webhook: StoredSecret,
}

/// A secret that is read where it is used.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields)]
pub struct StoredSecret {
    /// A secret of AWS Secrets Manager, by name or ARN, in the account and
    /// Region of the function. It holds the URL, or a JSON object with `url`,
    /// `webhook` or `webhookUrl`.
    #[schemars(example = &"foghorn/room-webhook")]
    pub secrets_manager: String,
}

impl DestinationRoom {
    /// The service that the room belongs to.
    pub fn service(&self) -> RoomService {
        match self {
            Self::Slack(_) => RoomService::Slack,
            Self::GoogleChat(_) => RoomService::GoogleChat,
        }
    }

    /// Where the webhook is found.
    pub fn webhook(&self) -> &SecretReference {
        match self {
            Self::Slack(room) | Self::GoogleChat(room) => &room.webhook,
        }
    }
}

impl NotifierRoom {
    /// The service that the room belongs to, and the secret with its webhook.
    pub fn parts(&self) -> (RoomService, &str) {
        let (service, room) = match self {
            Self::Slack(room) => (RoomService::Slack, room),
            Self::GoogleChat(room) => (RoomService::GoogleChat, room),
            Self::Teams(room) => (RoomService::Teams, room),
        };
        (service, &room.webhook.secrets_manager)
    }
}

const FOUND_SOMEWHERE: &str = "a webhook's URL or a token is a secret and has no place in this file: write where it \
                               is found, as { secretsManager: NAME }, { env: NAME } or { file: PATH }, and make a new \
                               one if this file was shared";
const FOUND_BY_FUNCTION: &str = "a webhook's URL is a secret and has no place in this file: write where the function \
                                 finds it, as { secretsManager: NAME }, and make a new webhook if this file was shared";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ViaFields {
    chatbot: Option<Chatbot>,
    api_destination: Option<ApiDestination>,
    lambda: Option<Lambda>,
}

impl<'de> Deserialize<'de> for Via {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let choose = |fields: ViaFields| {
            choice::one(
                "chatbot, apiDestination or lambda",
                [
                    fields.chatbot.map(Self::Chatbot),
                    fields.api_destination.map(Self::ApiDestination),
                    fields.lambda.map(Self::Lambda),
                ],
            )
        };
        deserializer.deserialize_any(Choice::of(choose))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChatbotFields {
    slack: Option<Slack>,
    teams: Option<Teams>,
}

impl<'de> Deserialize<'de> for Chatbot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let choose = |fields: ChatbotFields| {
            choice::one("slack or teams", [fields.slack.map(Self::Slack), fields.teams.map(Self::Teams)])
        };
        deserializer.deserialize_any(Choice::of(choose))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ApiDestinationFields {
    slack: Option<Webhook>,
    google_chat: Option<Webhook>,
    teams: Option<IgnoredAny>,
    #[serde(default = "one")]
    rate_per_second: u32,
}

impl<'de> Deserialize<'de> for ApiDestination {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let choose = |fields: ApiDestinationFields| {
            if fields.teams.is_some() {
                return Err(
                    "Microsoft Teams takes a card from a Workflow, and an API destination's template can't \
                            cut free text to the length of one: use lambda or chatbot"
                        .to_owned(),
                );
            }
            let rooms = [
                fields.slack.map(DestinationRoom::Slack),
                fields.google_chat.map(DestinationRoom::GoogleChat),
            ];
            let room = choice::one("slack or googleChat", rooms)?;
            Ok(Self { room, rate_per_second: fields.rate_per_second })
        };
        deserializer.deserialize_any(Choice::of(choose))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LambdaFields {
    slack: Option<StoredWebhook>,
    google_chat: Option<StoredWebhook>,
    teams: Option<StoredWebhook>,
    #[serde(default)]
    topic: bool,
}

impl<'de> Deserialize<'de> for Lambda {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let choose = |fields: LambdaFields| {
            let rooms = [
                fields.slack.map(NotifierRoom::Slack),
                fields.google_chat.map(NotifierRoom::GoogleChat),
                fields.teams.map(NotifierRoom::Teams),
            ];
            Ok(Self { room: choice::one("slack, googleChat or teams", rooms)?, topic: fields.topic })
        };
        deserializer.deserialize_any(Choice::of(choose))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SecretFields {
    env: Option<String>,
    file: Option<String>,
    secrets_manager: Option<String>,
}

impl<'de> Deserialize<'de> for SecretReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let choose = |fields: SecretFields| {
            choice::one(
                "env, file or secretsManager",
                [
                    fields.env.map(Self::Env),
                    fields.file.map(Self::File),
                    fields.secrets_manager.map(Self::SecretsManager),
                ],
            )
        };
        deserializer.deserialize_any(Choice::of(choose).no_text(FOUND_SOMEWHERE))
    }
}

impl<'de> Deserialize<'de> for StoredSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let choose = |fields: SecretFields| match fields {
            SecretFields { env: None, file: None, secrets_manager: Some(secrets_manager) } => {
                Ok(Self { secrets_manager })
            }
            SecretFields { env: None, file: None, secrets_manager: None } => {
                Err("secretsManager is missing".to_owned())
            }
            _ => Err(
                "the function reads its webhook when it runs, where neither your environment nor your files \
                      are: give secretsManager alone"
                    .to_owned(),
            ),
        };
        deserializer.deserialize_any(Choice::of(choose).no_text(FOUND_BY_FUNCTION))
    }
}
