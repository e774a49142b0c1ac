//! The room's webhook, read when it is needed and kept for a while: so a new
//! one is in use without a restart.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::WebhookUnknown;
use super::secrets::Secrets;
use super::webhook::webhook;
use crate::chat::webhook::WebhookUrl;
use crate::model::notifier::RoomService;

/// How long a webhook is used before its secret is read again.
const KEPT_FOR: Duration = Duration::from_secs(300);

/// The webhook of one room.
#[derive(Debug)]
pub(super) struct Webhooks {
    secret: String,
    room: RoomService,
    secrets: Secrets,
    held: Mutex<Option<Held>>,
}

#[derive(Debug, Clone)]
struct Held {
    url: WebhookUrl,
    read: Instant,
}

impl Webhooks {
    /// The webhook of a room that this secret holds. Nothing is read yet.
    pub fn new(secret: String, room: RoomService) -> Self {
        Self { secret, room, secrets: Secrets::default(), held: Mutex::default() }
    }

    /// The name or ARN of the secret.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The webhook, read unless it was of late. Where Secrets Manager is out
    /// of reach the one that was last read is good enough: the room itself
    /// tells whether it still is one.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub async fn current(&self) -> Result<WebhookUrl, WebhookUnknown> {
        let held = self.lock().clone();
        match held {
            Some(held) if held.read.elapsed() < KEPT_FOR => Ok(held.url),
            Some(held) => match self.read_again().await {
                Err(WebhookUnknown::Unread { .. }) => Ok(held.url),
                read => read,
            },
            None => self.read_again().await,
        }
    }

    /// The webhook, read now.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub async fn read_again(&self) -> Result<WebhookUrl, WebhookUnknown> {
        let secret = || self.secret.clone();
        let text = self.secrets.text_of(&self.secret).await;
        let text = text.map_err(|source| WebhookUnknown::Unread { secret: secret(), source })?;
        let url = webhook(text.as_ref(), self.room)
            .map_err(|source| WebhookUnknown::NoWebhook { secret: secret(), source })?;
        *self.lock() = Some(Held { url: url.clone(), read: Instant::now() });
        Ok(url)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
