//! Posting to a Slack channel as a bot: `chat.postMessage`, which unlike a
//! webhook tells what it posted, so that more can stand in its thread.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use serde_json::Value;

use super::answer::Answer;
use super::error::PostError;
use super::post::{Letter, Poster};
use super::sanitise::piece_without;
use super::webhook::is_loopback;
use crate::model::notifier::RoomService;
use crate::model::secret::Secret;

/// Why a text is no token of a bot. None of them shows the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Nothing, or white space alone.
    #[error("the bot's token is empty: put the Bot User OAuth Token in the secret")]
    Empty,
    /// A token of another kind.
    #[error(
        "this is a token of Slack, but not of a bot: take the Bot User OAuth Token, which begins with xoxb-"
    )]
    NotOfABot,
    /// Something else.
    #[error("this is no token of Slack: the Bot User OAuth Token is one line that begins with xoxb-")]
    NotAToken,
}

/// Why a text is no address of Slack's Web API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// Not a URL with a host, or not one alone.
    #[error("the address of Slack's Web API is not a URL such as https://slack.com/api")]
    NotAUrl,
    /// A URL that would send the token in the clear.
    #[error(
        "the address of Slack's Web API at {host} is not https: the bot's token could be read on the way"
    )]
    NotHttps {
        /// The host.
        host: String,
    },
}

/// A bot's token. It never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct BotToken(Secret);

impl BotToken {
    /// Reads a token, with white space around it or without ("Tokens", Slack
    /// API).
    ///
    /// # Errors
    ///
    /// If it is not the token of a bot.
    pub fn parse(secret: &Secret) -> Result<Self, TokenError> {
        let text = secret.reveal().trim();
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        match text {
            "" => Err(TokenError::Empty),
            bot if bot.starts_with("xoxb-") && is_plain => Ok(Self(Secret::new(bot))),
            other if (other.starts_with("xox") || other.starts_with("xapp-")) && is_plain => {
                Err(TokenError::NotOfABot)
            }
            _ => Err(TokenError::NotAToken),
        }
    }
}

impl fmt::Debug for BotToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BotToken(…)")
    }
}

/// Where Slack's Web API is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackApi {
    method: Url,
    host: String,
}

impl SlackApi {
    /// The address that Slack documents ("Using the Slack Web API").
    pub const BASE: &'static str = "https://slack.com/api";

    /// The API at an address: Slack's, GovSlack's, or a proxy's.
    ///
    /// # Errors
    ///
    /// If it is not https, loopback aside, or no URL.
    pub fn at(base: &str) -> Result<Self, ApiError> {
        let method = format!("{}/chat.postMessage", base.trim().trim_end_matches('/'));
        let method = Url::parse(&method).map_err(|_| ApiError::NotAUrl)?;
        let host = method.host_str().filter(|host| !host.is_empty()).ok_or(ApiError::NotAUrl)?.to_owned();
        let is_bare = method.query().is_none() && method.fragment().is_none() && method.username().is_empty();
        match method.scheme() {
            "https" if is_bare => Ok(Self { method, host }),
            "http" if is_bare && is_loopback(&host) => Ok(Self { method, host }),
            "http" if is_bare => Err(ApiError::NotHttps { host }),
            _ => Err(ApiError::NotAUrl),
        }
    }
}

/// A channel, and the bot that posts to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotChannel {
    /// Where Slack is.
    pub api: SlackApi,
    /// The bot.
    pub token: BotToken,
    /// The channel's id.
    pub channel: String,
}

impl Poster {
    /// Posts a message as a bot, and gives its `ts`, by which a thread is named.
    /// It is tried again as [`Poster::post`] does.
    ///
    /// # Errors
    ///
    /// If Slack refuses the message, or does not take it within the budget.
    pub async fn post_as_bot(
        &self,
        to: &BotChannel,
        thread: Option<&str>,
        message: &Value,
        budget: Duration,
    ) -> Result<String, PostError> {
        let mut body = message.clone();
        body["channel"] = to.channel.as_str().into();
        if let Some(thread) = thread {
            body["thread_ts"] = thread.into();
        }
        let letter = Letter {
            room: RoomService::Slack,
            host: &to.api.host,
            url: to.api.method.clone(),
            bearer: Some(&to.token.0),
            body: body.to_string(),
        };
        let key = format!("{} {}", to.token.0.fingerprint(), to.channel);
        self.deliver(&letter, &key, budget, |answer| judge(answer, &to.token)).await
    }
}

/// Slack answers 200 whether it took the message or not ("Using the Slack Web
/// API", responses).
fn judge(answer: &Answer, token: &BotToken) -> Result<String, PostError> {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    if let (200, true, Some(ts)) = (answer.status, body["ok"] == true, body["ts"].as_str()) {
        return Ok(ts.to_owned());
    }
    let secrets = [token.0.reveal().to_owned()];
    let word = body["error"].as_str();
    let (room, status) = (RoomService::Slack, answer.status);
    if answer.is_for_now() || word.is_some_and(passes) {
        let answer = piece_without(word.unwrap_or(&answer.body), &secrets);
        return Err(PostError::Unavailable { room, status, answer });
    }
    let said = match word {
        Some(word) => needed(word, &body),
        None => format!("HTTP {status}, {}", piece_without(&answer.body, &secrets)),
    };
    Err(PostError::BotRefused { answer: piece_without(&said, &secrets) })
}

/// With the scope that is missing, which Slack names.
fn needed(word: &str, body: &Value) -> String {
    match body["needed"].as_str() {
        Some(needed) => format!("{word} (needed: {needed})"),
        None => word.to_owned(),
    }
}

/// Faults that pass by themselves ("chat.postMessage", errors).
fn passes(word: &str) -> bool {
    const PASS: [&str; 6] = [
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
    ];
    PASS.contains(&word)
}

/// What a person does about Slack's word ("chat.postMessage", errors).
pub(super) fn next_step(answer: &str) -> &'static str {
    let is = |words: &[&str]| words.iter().any(|word| answer.starts_with(word));
    if is(&["invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"]) {
        return "the bot's token is not good any more: install the app again and put its Bot User OAuth Token in the \
                secret";
    }
    if is(&["missing_scope", "not_allowed_token_type", "no_permission"]) {
        return "give the app the bot scope chat:write and install it again";
    }
    if is(&["not_in_channel"]) {
        return "invite the bot to the channel: /invite it there";
    }
    if is(&["channel_not_found"]) {
        return "check channelId, and invite the bot where the channel is private: it sees no other";
    }
    if is(&["is_archived"]) {
        return "unarchive the channel, or name another one";
    }
    if is(&["restricted_action", "team_access_not_granted", "ekm_access_denied", "access_denied"]) {
        return "the workspace does not let the bot post there: ask its admin";
    }
    if is(&["invalid_blocks", "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_arguments"]) {
        return "Slack does not take this message: report it as a fault of Foghorn";
    }
    if is(&["HTTP"]) {
        return "something else than Slack answered: check the proxy, and FOGHORN_SLACK_API_URL if it is set";
    }
    "compare the bot's token and channelId with the app's settings"
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "xoxb-1-sesame";

    fn judged(status: u16, body: &str) -> Result<String, PostError> {
        let token = BotToken::parse(&Secret::new(TOKEN)).expect("a token");
        judge(&Answer { status, retry_after: None, body: body.to_owned() }, &token)
    }

    #[test]
    fn a_token_is_one_of_a_bot_and_never_prints() {
        let parsed = |text: &str| BotToken::parse(&Secret::new(text));
        assert_eq!(format!("{:?}", parsed(" xoxb-1-sesame\n")), "Ok(BotToken(…))");
        for (text, expected) in [
            ("", TokenError::Empty),
            ("xoxp-1-sesame", TokenError::NotOfABot),
            ("xapp-1-sesame", TokenError::NotOfABot),
            ("xoxb-1 sesame", TokenError::NotAToken),
            ("https://example.invalid/sesame", TokenError::NotAToken),
        ] {
            let error = parsed(text).expect_err(text);
            assert_eq!(error, expected, "{text}");
            assert!(!format!("{error} {error:?}").contains("sesame"), "{error}");
        }
    }

    #[test]
    fn a_token_is_sent_in_the_clear_to_loopback_alone() {
        for url in ["https://slack.com/api", "https://slack-gov.com/api/", "http://127.0.0.1:80/slack/api"] {
            let api = SlackApi::at(url).expect(url);
            assert!(api.method.as_str().ends_with("/api/chat.postMessage"), "{api:?}");
        }
        assert!(matches!(SlackApi::at("http://slack.com/api"), Err(ApiError::NotHttps { .. })));
        for url in
            ["", "slack.com/api", "ftp://127.0.0.1/", "https://slack.com/api?a=b", "https://me@slack.com"]
        {
            assert_eq!(SlackApi::at(url), Err(ApiError::NotAUrl), "{url}");
        }
    }

    #[test]
    fn a_message_is_posted_only_if_slack_says_so_in_words() {
        assert_eq!(judged(200, r#"{"ok":true,"ts":"1.2"}"#).ok().as_deref(), Some("1.2"));
        for body in [r#"{"ok":false,"error":"not_in_channel"}"#, r#"{"ok":true}"#, "ok", "<html>", ""] {
            let error = judged(200, body).expect_err(body);
            assert!(error.is_permanent(), "{body}: {error}");
        }
        for (status, body) in [
            (429, r#"{"ok":false,"error":"ratelimited"}"#),
            (200, r#"{"ok":false,"error":"ratelimited"}"#),
            (503, "<html>"),
        ] {
            assert!(!judged(status, body).expect_err(body).is_permanent(), "{body}");
        }
    }

    #[test]
    fn what_slack_refuses_is_said_with_what_to_do_and_without_the_token() {
        for (body, says, does) in [
            (r#"{"ok":false,"error":"invalid_auth"}"#, "invalid_auth", "install the app again"),
            (r#"{"ok":false,"error":"not_in_channel"}"#, "not_in_channel", "invite the bot"),
            (r#"{"ok":false,"error":"channel_not_found"}"#, "channel_not_found", "check channelId"),
            (
                r#"{"ok":false,"error":"missing_scope","needed":"chat:write"}"#,
                "missing_scope (needed: chat:write)",
                "scope chat:write",
            ),
            (r#"{"ok":false,"error":"odd xoxb-1-sesame"}"#, "odd […]", "compare the bot's token"),
            ("<!doctype html>xoxb-1-sesame", "HTTP 200", "check the proxy"),
        ] {
            let error = judged(200, body).expect_err(body);
            assert!(error.to_string().contains(says), "{error}");
            assert!(error.next_step().contains(does), "{}", error.next_step());
            assert!(!format!("{error:?}").contains("sesame"), "{error:?}");
        }
    }
}
