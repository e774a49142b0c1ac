//! The room, and how a message gets there.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use super::envelope::Received;
use super::error::DeliveryError;
use super::notices;
use super::webhooks::Webhooks;
use crate::chat::webhook::WebhookUrl;
use crate::chat::{PostError, Poster};
use crate::model::notice::Notice;
use crate::model::notifier::{AccountNames, RoomService, Settings};

/// The room of this function.
pub(super) struct Room {
    kind: RoomService,
    accounts: AccountNames,
    webhooks: Webhooks,
    poster: Poster,
}

impl Room {
    /// The room that the settings name. Nothing is called yet.
    ///
    /// # Errors
    ///
    /// If there is no TLS to post with.
    pub fn new(settings: Settings) -> Result<Self, PostError> {
        let kind = settings.room;
        let webhooks = Webhooks::new(settings.secret, kind);
        Ok(Self { kind, accounts: settings.accounts, webhooks, poster: Poster::new(chance)? })
    }

    /// Puts a message into the room before the deadline.
    ///
    /// # Errors
    ///
    /// If it is not there in the end.
    pub async fn deliver(&self, received: &Received, deadline: Instant) -> Result<(), DeliveryError> {
        let notice = notices::of(received, &self.accounts);
        tokio::time::timeout(left(deadline), Box::pin(self.tell(&notice, deadline)))
            .await
            .unwrap_or(Err(DeliveryError::OutOfTime))
    }

    /// A room that does not know its webhook any more may have got another:
    /// the secret is read again then, and the new one is tried at once.
    async fn tell(&self, notice: &Notice, deadline: Instant) -> Result<(), DeliveryError> {
        let url = self.webhooks.current().await?;
        let refused = match self.post(&url, notice, deadline).await {
            Err(error) if is_revoked(&error) => error,
            posted => return posted.map_err(DeliveryError::Post),
        };
        let newest = self.webhooks.read_again().await?;
        if newest != url {
            return self.post(&newest, notice, deadline).await.map_err(DeliveryError::Post);
        }
        Err(DeliveryError::Revoked { secret: self.webhooks.secret().to_owned(), source: refused })
    }

    async fn post(&self, url: &WebhookUrl, notice: &Notice, deadline: Instant) -> Result<(), PostError> {
        let message = self.kind.message(notice);
        self.poster.post(self.kind, url, notice.thread.as_deref(), &message, left(deadline)).await
    }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

/// Whether the room does not know the webhook, or not any more: the statuses
/// of "Sending messages using incoming webhooks" (Slack), and 401 of a Workflow
/// whose signature is no longer good.
fn is_revoked(error: &PostError) -> bool {
    matches!(error, PostError::Refused { status: 401 | 403 | 404 | 410, .. })
}

/// A number from 0 to 1, another one each time: new hashers of the standard
/// library differ by chance.
fn chance() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 32;
    f64::from(u32::try_from(bits).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_spread_by_chance() {
        let numbers: Vec<f64> = (0..20).map(|_| chance()).collect();
        assert!(numbers.iter().all(|number| (0.0..=1.0).contains(number)), "{numbers:?}");
        assert!(numbers.iter().any(|number| *number != numbers[0]), "{numbers:?}");
    }

    #[test]
    fn a_webhook_is_read_again_only_where_the_room_does_not_know_it() {
        let refused = |status| PostError::Refused { room: RoomService::Slack, status, answer: String::new() };
        let revoked = [400, 401, 403, 404, 410, 413].map(|status| is_revoked(&refused(status)));
        assert_eq!(revoked, [false, true, true, true, true, false]);
        let busy = PostError::Unavailable { room: RoomService::Slack, status: 404, answer: String::new() };
        assert!(!is_revoked(&busy));
    }
}
