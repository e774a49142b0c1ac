//! Addresses of rooms: incoming webhooks, which whoever knows can post to.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::model::notifier::RoomService;
use crate::model::secret::Secret;

/// Why a text is no webhook. None of them shows the text, at most its host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// Nothing, or white space alone.
    #[error("the webhook URL is empty: put the room's URL in the secret")]
    Empty,
    /// Not a URL.
    #[error("the webhook is not a URL: it must be one line that begins with https://")]
    NotAUrl,
    /// A URL without a host.
    #[error("the webhook URL names no host: it must begin with https:// and the room's host")]
    NoHost,
    /// A URL that would be sent in the clear.
    #[error(
        "the webhook URL at {host} is not https: the message and the URL itself could be read on the way"
    )]
    NotHttps {
        /// The host.
        host: String,
    },
    /// A URL with a user or a password, which no room has.
    #[error("the webhook URL at {host} holds a user name or password, which no room's URL does")]
    UserInfo {
        /// The host.
        host: String,
    },
    /// A connector of Microsoft 365, a way in that Teams has closed.
    #[error(
        "the webhook at {host} is a Microsoft 365 connector, which Microsoft has retired: make a Workflow \
         (\"Post to a channel when a webhook request is received\") and use its URL"
    )]
    Retired {
        /// The host.
        host: String,
    },
    /// A room of another kind than was said.
    #[error("the webhook at {host} is one of {actual}, not of {expected}")]
    OtherRoom {
        /// The host.
        host: String,
        /// The kind that the host suggests.
        actual: RoomService,
        /// The kind that was said.
        expected: RoomService,
    },
}

/// The URL of a room. It never prints: `Debug` shows the host alone.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    url: Url,
    host: String,
}

impl WebhookUrl {
    /// Reads a URL, white space around it left out.
    ///
    /// Plain `http` is taken for loopback addresses alone.
    ///
    /// # Errors
    ///
    /// If it is empty, no URL, not `https`, without a host, with a user in it,
    /// or a retired connector of Microsoft 365.
    pub fn parse(secret: &Secret) -> Result<Self, WebhookError> {
        let text = secret.reveal().trim();
        if text.is_empty() {
            return Err(WebhookError::Empty);
        }
        if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(WebhookError::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| WebhookError::NotAUrl)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(WebhookError::NoHost)?.to_owned();
        check(&url, &host)?;
        Ok(Self { url, host })
    }

    /// The host, which is no secret.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The kind of room that the host suggests; `None` for a host that says
    /// nothing, such as a relay of one's own.
    pub fn kind_hint(&self) -> Option<RoomService> {
        // Hosts: "Sending messages using incoming webhooks" (Slack, and its
        // GovSlack edition), "Build a Google Chat app as a webhook", "Create
        // incoming webhooks with Workflows for Microsoft Teams".
        match self.host.as_str() {
            "hooks.slack.com" | "hooks.slack-gov.com" => Some(RoomService::Slack),
            "chat.googleapis.com" => Some(RoomService::GoogleChat),
            host if is_under(host, "logic.azure.com") => Some(RoomService::Teams),
            host if is_under(host, "environment.api.powerplatform.com") => Some(RoomService::Teams),
            _ => None,
        }
    }

    /// Holds the host against the kind of room that was said.
    ///
    /// # Errors
    ///
    /// If the host is one of another kind of room.
    pub fn check_room(&self, expected: RoomService) -> Result<(), WebhookError> {
        match self.kind_hint() {
            Some(actual) if actual != expected => {
                Err(WebhookError::OtherRoom { host: self.host.clone(), actual, expected })
            }
            _ => Ok(()),
        }
    }

    /// The URL itself, for the one request that needs it.
    pub(super) fn reveal(&self) -> &Url {
        &self.url
    }

    /// What tells rooms apart without telling their URLs.
    pub fn fingerprint(&self) -> String {
        Secret::new(self.url.as_str()).fingerprint()
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WebhookUrl({}/…)", self.host)
    }
}

fn check(url: &Url, host: &str) -> Result<(), WebhookError> {
    let host = host.to_owned();
    if !url.username().is_empty() || url.password().is_some() {
        return Err(WebhookError::UserInfo { host });
    }
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&host)) {
        return Err(WebhookError::NotHttps { host });
    }
    if is_under(&host, "webhook.office.com") || host == "outlook.office.com" {
        return Err(WebhookError::Retired { host });
    }
    Ok(())
}

fn is_under(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<WebhookUrl, WebhookError> {
        WebhookUrl::parse(&Secret::new(text))
    }

    #[test]
    fn a_url_is_read_with_white_space_around_it() {
        let url = parse(" https://example.invalid/hook/sesame\n").expect("a URL");
        assert_eq!((url.host(), url.kind_hint()), ("example.invalid", None));
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_without_showing_it() {
        let host = || "example.invalid".to_owned();
        for (text, expected) in [
            ("", WebhookError::Empty),
            (" \n", WebhookError::Empty),
            ("hook/sesame", WebhookError::NotAUrl),
            ("https://example.invalid/\nhttps://example.invalid/sesame", WebhookError::NotAUrl),
            ("sesame:sesame", WebhookError::NoHost),
            ("http://example.invalid/sesame", WebhookError::NotHttps { host: host() }),
            ("ftp://example.invalid/sesame", WebhookError::NotHttps { host: host() }),
            ("https://sesame@example.invalid/", WebhookError::UserInfo { host: host() }),
            ("https://:sesame@example.invalid/", WebhookError::UserInfo { host: host() }),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!(error, expected, "{text:?}");
            assert!(!format!("{error} {error:?}").contains("sesame"), "{error:?}");
        }
    }

    #[test]
    fn plain_http_is_taken_for_loopback_addresses_alone() {
        for host in ["127.0.0.1:8080", "127.1.2.3", "[::1]:80", "localhost:9"] {
            assert!(parse(&format!("http://{host}/hook")).is_ok(), "{host}");
        }
        for host in ["10.0.0.1", "[::2]", "localhost.example.invalid", "127.0.0.1.example.invalid"] {
            assert!(
                matches!(parse(&format!("http://{host}/hook")), Err(WebhookError::NotHttps { .. })),
                "{host}"
            );
        }
    }

    #[test]
    fn a_retired_connector_is_refused_with_the_way_out() {
        for host in ["contoso.webhook.office.com", "outlook.office.com"] {
            let error = parse(&format!("https://{host}/webhookb2/sesame")).expect_err(host);
            assert!(error.to_string().contains("make a Workflow"), "{error}");
        }
    }

    #[test]
    fn the_url_of_another_kind_of_room_is_noticed() {
        for (host, kind) in [
            ("hooks.slack.com", Some(RoomService::Slack)),
            ("chat.googleapis.com", Some(RoomService::GoogleChat)),
            ("prod-1.westeurope.logic.azure.com:443", Some(RoomService::Teams)),
            ("a.b.environment.api.powerplatform.com", Some(RoomService::Teams)),
            ("hooks.slack.com.example.invalid", None),
            ("evillogic.azure.com", None),
        ] {
            let url = parse(&format!("https://{host}/sesame")).expect(host);
            assert_eq!(url.kind_hint(), kind, "{host}");
            assert_eq!(
                url.check_room(RoomService::Slack).is_ok(),
                kind.is_none_or(|kind| kind == RoomService::Slack)
            );
        }
    }

    #[test]
    fn a_url_never_prints() {
        let url = parse("https://example.invalid/sesame?token=sesame").expect("a URL");
        assert_eq!(format!("{url:?}"), "WebhookUrl(example.invalid/…)");
        assert!(!url.fingerprint().contains("sesame"));
    }
}
