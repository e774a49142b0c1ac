//! Why a message did not reach the room, or an invocation failed.

use std::error::Error;

use lambda_runtime::Diagnostic;

use super::envelope::EnvelopeError;
use super::secrets::SecretsError;
use super::settings::SettingsError;
use super::webhook::FormError;
use crate::chat::PostError;

/// Why there is no webhook to post to.
#[derive(Debug, thiserror::Error)]
pub(super) enum WebhookUnknown {
    /// The secret can't be read.
    #[error("could not read the secret {secret}")]
    Unread {
        /// Its name or ARN.
        secret: String,
        /// Why.
        source: SecretsError,
    },
    /// The secret holds something else.
    #[error("the secret {secret} holds no webhook to post to")]
    NoWebhook {
        /// Its name or ARN.
        secret: String,
        /// What is wrong with it.
        source: FormError,
    },
}

/// Why one message is not in the room.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeliveryError {
    /// Nobody knows where the room is.
    #[error(transparent)]
    Webhook(#[from] WebhookUnknown),
    /// The room did not take it.
    #[error("could not post to the room")]
    Post(#[source] PostError),
    /// The room is gone, or its webhook was revoked, and no other is known.
    #[error("the room does not know the webhook in the secret {secret}: store the new one there")]
    Revoked {
        /// The secret's name or ARN.
        secret: String,
        /// What the room said.
        source: PostError,
    },
    /// The function's time is up.
    #[error("no time was left to post it")]
    OutOfTime,
}

impl DeliveryError {
    /// What a person does about it, where that is known.
    pub fn next_step(&self) -> Option<&'static str> {
        match self {
            Self::Post(error) | Self::Revoked { source: error, .. } => Some(error.next_step()),
            Self::Webhook(_) | Self::OutOfTime => None,
        }
    }
}

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotifierError {
    /// There are no settings to go by.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// There is no way to post.
    #[error("could not make ready to post")]
    Setup(#[from] PostError),
    /// It brought nothing that can be understood.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Some messages are not in the room.
    #[error("{failed} of {of} messages are not in the room: {first}")]
    NotDelivered {
        /// How many failed.
        failed: u64,
        /// Of how many.
        of: usize,
        /// Why the first of them failed.
        first: String,
    },
}

impl From<NotifierError> for Diagnostic {
    fn from(error: NotifierError) -> Self {
        let error_type = match &error {
            NotifierError::Settings(_) => "Settings",
            NotifierError::Setup(_) => "Setup",
            NotifierError::Envelope(_) => "Envelope",
            NotifierError::NotDelivered { .. } => "NotDelivered",
        };
        Self { error_type: error_type.to_owned(), error_message: chain(&error) }
    }
}

/// An error with its causes, on one line.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}
