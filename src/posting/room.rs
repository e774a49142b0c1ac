//! One room: its address, and the messages on their way to it.

use std::sync::Arc;
use std::time::Duration;

use crate::aws::{Aws, Holding};
use crate::chat::bot::BotChannel;
use crate::chat::digest::{Form, messages};
use crate::chat::{BotToken, Poster, RoomService, SlackApi, WebhookUrl};
use crate::fleet::spec::{Recipient, ReportRoom, SecretReference, SlackBot, SlackRoom};
use crate::model::digest::{Digest, Part};

use super::error::TellError;
use super::secrets;
use super::told::{to_bot, to_topic, to_webhook};

/// A room, with what is needed to tell it.
#[derive(Debug)]
pub(super) struct Room {
    /// The name that people know it by.
    pub name: String,
    /// The part of the report that it is told of.
    pub part: Part,
    form: Form,
    address: Result<Address, Arc<TellError>>,
}

/// Where messages go.
#[derive(Debug)]
pub(super) enum Address {
    /// To a webhook.
    Webhook(RoomService, WebhookUrl),
    /// To a channel, by a bot.
    Bot(BotChannel),
    /// To a topic.
    Topic(String),
}

impl Room {
    /// Gets a room ready. That its secret can't be had is kept for later.
    pub async fn open(name: String, recipient: Recipient, aws: &Aws, slack: &SlackApi) -> Self {
        let Recipient { room, selector, severity, .. } = recipient;
        let part = Part { labels: selector.labels, severity };
        Self { name, part, form: form(&room), address: address(&room, aws, slack).await.map_err(Arc::new) }
    }

    /// Why the room can't be used, if it can't.
    pub fn unusable(&self) -> Option<&TellError> {
        self.address.as_ref().err().map(Arc::as_ref)
    }

    /// Tells the room, details and all, for so long at most.
    pub async fn tell(
        &self,
        digest: &Digest,
        poster: &Poster,
        aws: &Aws,
        timeout: Duration,
    ) -> Result<(), Arc<TellError>> {
        let address = self.address.as_ref().map_err(Arc::clone)?;
        let messages = messages(self.form, digest);
        let told = match address {
            Address::Webhook(room, url) => to_webhook(poster, *room, url, &messages, timeout).await,
            Address::Bot(channel) => to_bot(poster, channel, &messages, timeout).await,
            Address::Topic(arn) => to_topic(aws, arn, &messages, timeout).await,
        };
        told.map_err(Arc::new)
    }
}

fn form(room: &ReportRoom) -> Form {
    match room {
        ReportRoom::Slack(SlackRoom::Webhook(_)) => Form::SlackWebhook,
        ReportRoom::Slack(SlackRoom::Bot(_)) => Form::SlackBot,
        ReportRoom::GoogleChat(_) => Form::GoogleChat,
        ReportRoom::Teams(_) => Form::Teams,
        ReportRoom::Sns(_) => Form::Chatbot,
    }
}

async fn address(room: &ReportRoom, aws: &Aws, slack: &SlackApi) -> Result<Address, TellError> {
    match room {
        ReportRoom::Slack(SlackRoom::Webhook(room)) => webhook(RoomService::Slack, &room.webhook, aws).await,
        ReportRoom::GoogleChat(room) => webhook(RoomService::GoogleChat, &room.webhook, aws).await,
        ReportRoom::Teams(room) => webhook(RoomService::Teams, &room.webhook, aws).await,
        ReportRoom::Slack(SlackRoom::Bot(room)) => bot(room, aws, slack).await,
        ReportRoom::Sns(topic) => Ok(Address::Topic(topic.topic_arn.clone())),
    }
}

async fn webhook(room: RoomService, reference: &SecretReference, aws: &Aws) -> Result<Address, TellError> {
    let secret = secrets::read(reference, Holding::Webhook, aws).await?;
    let url = WebhookUrl::parse(&secret).map_err(TellError::Webhook)?;
    url.check_room(room).map_err(TellError::Webhook)?;
    Ok(Address::Webhook(room, url))
}

async fn bot(bot: &SlackBot, aws: &Aws, slack: &SlackApi) -> Result<Address, TellError> {
    let secret = secrets::read(&bot.token, Holding::Token, aws).await?;
    let token = BotToken::parse(&secret).map_err(TellError::Token)?;
    Ok(Address::Bot(BotChannel { api: slack.clone(), token, channel: bot.channel_id.clone() }))
}
