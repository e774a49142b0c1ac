//! The webhook in a secret.

use serde_json::Value;

use crate::chat::webhook::{WebhookError, WebhookUrl};
use crate::model::notifier::RoomService;
use crate::model::secret::Secret;

/// The keys under which a secret that is a JSON object may hold the URL, the
/// first that is there: people who make secrets in the console get an object.
const KEYS: [&str; 3] = ["url", "webhook", "webhookUrl"];

/// Why a secret holds no webhook. None of them shows what it holds instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum FormError {
    /// It holds bytes, not text.
    #[error("it holds no text (`SecretString`): store the webhook URL as text")]
    NoText,
    /// A JSON object without a key that is known.
    #[error("it holds a JSON object without the key `url`, `webhook` or `webhookUrl` for the webhook URL")]
    NoKey,
    /// What it holds is no webhook of the room.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
}

/// The webhook that a secret holds, either bare or in a JSON object.
///
/// # Errors
///
/// If it holds none that belongs to such a room.
pub(super) fn webhook(held: Option<&Secret>, room: RoomService) -> Result<WebhookUrl, FormError> {
    let text = held.ok_or(FormError::NoText)?;
    let url = match serde_json::from_str::<Value>(text.reveal()) {
        Ok(Value::Object(fields)) => {
            let found = KEYS.iter().find_map(|key| fields.get(*key)?.as_str());
            WebhookUrl::parse(&Secret::new(found.ok_or(FormError::NoKey)?))?
        }
        _ => WebhookUrl::parse(text)?,
    };
    url.check_room(room)?;
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<WebhookUrl, FormError> {
        webhook(Some(&Secret::new(text)), RoomService::GoogleChat)
    }

    #[test]
    fn a_secret_may_hold_the_url_bare_or_in_an_object() {
        let bare = read("https://example.invalid/sesame").unwrap();
        for text in [
            "  https://example.invalid/sesame\n",
            r#"{ "url": "https://example.invalid/sesame" }"#,
            r#"{ "webhook": " https://example.invalid/sesame ", "owner": "web" }"#,
            r#"{ "webhookUrl": "https://example.invalid/sesame" }"#,
        ] {
            assert_eq!(read(text), Ok(bare.clone()), "{text}");
        }
    }

    #[test]
    fn a_secret_without_a_webhook_is_refused_without_showing_what_it_holds() {
        for (text, words) in [
            ("", "empty"),
            ("{}", "without the key"),
            (r#"{ "password": "sesame" }"#, "without the key"),
            (r#"{ "url": { "sesame": 1 } }"#, "without the key"),
            (r#"{ "url": "" }"#, "empty"),
            ("sesame", "not a URL"),
            ("http://example.invalid/sesame", "not https"),
            ("https://hooks.slack.com/sesame", "not of Google Chat"),
        ] {
            let error = read(text).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(error.to_string().contains(words) && !shown.contains("sesame"), "{shown}");
        }
        assert_eq!(webhook(None, RoomService::Slack), Err(FormError::NoText));
    }
}
