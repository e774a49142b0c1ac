//! Why a room could not be told, and what to do about it.

use crate::aws::AwsError;
use crate::chat::bot::TokenError;
use crate::chat::{PostError, WebhookError};
use crate::model::coverage::Cause;

/// A room that could not be told. Nothing of it shows a webhook or a token.
#[derive(Debug, thiserror::Error)]
pub enum TellError {
    /// The secret is not where it should be.
    #[error("{why}")]
    NoSecret {
        /// Why not.
        why: String,
    },
    /// The secret could not be read.
    #[error("its secret could not be read")]
    Secret(#[source] AwsError),
    /// The secret holds something else.
    #[error("its webhook can't be used")]
    Webhook(#[source] WebhookError),
    /// The secret holds something else.
    #[error("its bot can't be used")]
    Token(#[source] TokenError),
    /// The message did not reach the room.
    #[error("it could not be posted to")]
    Post(#[source] PostError),
    /// The message did, and its details did not.
    #[error("the details could not be posted; the message itself is there")]
    Details(#[source] Box<TellError>),
    /// The message did not reach the topic.
    #[error("its topic could not be published to")]
    Publish(#[source] AwsError),
}

impl TellError {
    /// The same of the details alone.
    pub(super) fn details(self) -> Self {
        Self::Details(Box::new(self))
    }

    /// What a person does about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::NoSecret { .. } => "put the secret where spec.report says that it is, or say --no-post",
            Self::Secret(error) if error.cause() == Cause::Denied => {
                "let the caller read it: secretsmanager:GetSecretValue, and kms:Decrypt for a key of your own"
            }
            Self::Secret(_) => "check the secret's name or ARN and the Region",
            Self::Webhook(_) => "put the room's own webhook URL into the secret",
            Self::Token(_) => "put the bot's own token into the secret",
            Self::Post(
                PostError::NoAnswer { .. } | PostError::Unavailable { .. } | PostError::NoTurn { .. },
            ) => "`foghorn report --post -f …` tells the rooms once more, later",
            Self::Post(error) => error.next_step(),
            Self::Details(error) => error.next_step(),
            Self::Publish(error) if error.cause() == Cause::Denied => {
                "let the caller publish: sns:Publish in its own policy and, across accounts, in the topic's"
            }
            Self::Publish(_) => "check the topic's ARN, and that it exists",
        }
    }
}
