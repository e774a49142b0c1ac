//! The messages of one report on their way to one room.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::aws::{Aws, AwsError};
use crate::chat::bot::BotChannel;
use crate::chat::digest::Messages;
use crate::chat::{Poster, RoomService, WebhookUrl, schedule};

use super::error::TellError;

/// Posts to a webhook. Google Chat keeps the details in the message's thread by
/// the key that they share.
pub(super) async fn to_webhook(
    poster: &Poster,
    room: RoomService,
    url: &WebhookUrl,
    messages: &Messages,
    timeout: Duration,
) -> Result<(), TellError> {
    let deadline = Instant::now() + timeout;
    let thread = |message: &serde_json::Value| message["thread"]["threadKey"].as_str().map(str::to_owned);
    let post = async |message| {
        let thread = thread(message);
        poster.post(room, url, thread.as_deref(), message, left(deadline)).await.map_err(TellError::Post)
    };
    post(&messages.main).await?;
    for detail in &messages.details {
        post(detail).await.map_err(TellError::details)?;
    }
    Ok(())
}

/// Posts as a bot: the details as replies to the message.
pub(super) async fn to_bot(
    poster: &Poster,
    channel: &BotChannel,
    messages: &Messages,
    timeout: Duration,
) -> Result<(), TellError> {
    let deadline = Instant::now() + timeout;
    let post = async |thread, message| {
        poster.post_as_bot(channel, thread, message, left(deadline)).await.map_err(TellError::Post)
    };
    let ts = post(None, &messages.main).await?;
    for detail in &messages.details {
        post(Some(ts.as_str()), detail).await.map_err(TellError::details)?;
    }
    Ok(())
}

/// Publishes to a topic.
pub(super) async fn to_topic(
    aws: &Aws,
    arn: &str,
    messages: &Messages,
    timeout: Duration,
) -> Result<(), TellError> {
    let deadline = Instant::now() + timeout;
    let publish = async |message: &serde_json::Value| {
        publish(aws, arn, &message.to_string(), deadline).await.map_err(TellError::Publish)
    };
    publish(&messages.main).await?;
    for detail in &messages.details {
        publish(detail).await.map_err(TellError::details)?;
    }
    Ok(())
}

/// Publishes, and tries again what may pass, beyond the SDK's own retries.
async fn publish(aws: &Aws, arn: &str, message: &str, deadline: Instant) -> Result<(), AwsError> {
    for attempt in 1.. {
        let error = match aws.publish(arn, message).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let pause = schedule::wait(attempt, 1.0);
        if !error.cause().is_transient() || Instant::now() + pause >= deadline {
            return Err(error);
        }
        sleep(pause).await;
    }
    Ok(())
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}
