//! Posting a message to a room.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, NoProxy, Proxy, Response, Url, redirect};
use serde_json::Value;
use time::OffsetDateTime;
use tokio::time::{Instant, timeout};

use super::answer::Answer;
use super::attempts::{Attempts, Failed};
use super::error::PostError;
use super::pace::Pace;
use super::retry_after;
use super::webhook::WebhookUrl;
use crate::model::notifier::RoomService;
use crate::model::secret::Secret;

/// How long one attempt may take, answer included.
const ATTEMPT: Duration = Duration::from_secs(10);

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// The most that is read of an answer, in bytes: Google Chat answers with the
/// whole message.
const LONGEST_ANSWER: usize = 256 * 1024;

/// Posts messages, each room at its own rate. One a process: what it knows about
/// the rooms' rates, and its connections, are shared by all who use it.
pub struct Poster {
    client: Client,
    pace: Pace,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
}

/// A message on its way.
pub(super) struct Letter<'a> {
    pub room: RoomService,
    pub host: &'a str,
    pub url: Url,
    /// What the caller proves who it is by, where the URL does not.
    pub bearer: Option<&'a Secret>,
    pub body: String,
}

impl Poster {
    /// A poster; `jitter` gives numbers from 0 to 1 that spread attempts.
    ///
    /// `HTTPS_PROXY` and `NO_PROXY` hold for `https` URLs, as they do for AWS.
    /// Redirects are not followed: they would take the message to where nobody
    /// said it should go.
    ///
    /// # Errors
    ///
    /// If there is no TLS: without root certificates, say.
    pub fn new(jitter: impl Fn() -> f64 + Send + Sync + 'static) -> Result<Self, PostError> {
        let client = client(proxy()).map_err(|error| PostError::Setup(error.without_url()))?;
        Ok(Self { client, pace: Pace::default(), jitter: Box::new(jitter) })
    }

    /// Posts a message, and tries again what may pass: too many requests, faults
    /// of the room, connections that fail and answers that do not come, as long
    /// as the budget lasts. A message whose answer got lost can so be posted
    /// twice; none is lost silently.
    ///
    /// `thread` says that the message has a thread's key, which Google Chat heeds
    /// only if the URL says so. Slack's and Teams' webhooks know no threads.
    ///
    /// # Errors
    ///
    /// If the room refuses the message, or does not take it within the budget.
    pub async fn post(
        &self,
        room: RoomService,
        url: &WebhookUrl,
        thread: Option<&str>,
        body: &Value,
        budget: Duration,
    ) -> Result<(), PostError> {
        let address = address(room, url, thread.is_some());
        let letter = Letter { room, host: url.host(), url: address, bearer: None, body: body.to_string() };
        self.deliver(&letter, &url.fingerprint(), budget, |answer| answer.judge(room, url)).await
    }

    /// Posts a letter until it is taken, refused for good, or the budget is
    /// spent. `key` is what the room's pace is kept by; `judge` says what an
    /// answer means.
    pub(super) async fn deliver<T: Send>(
        &self,
        letter: &Letter<'_>,
        key: &str,
        budget: Duration,
        judge: impl Fn(&Answer) -> Result<T, PostError> + Send + Sync,
    ) -> Result<T, PostError> {
        let attempts = Attempts { room: letter.room, host: letter.host, key, pace: &self.pace, budget };
        let send = |deadline| self.send(letter, deadline, &judge);
        Box::pin(attempts.run(self.jitter.as_ref(), send)).await
    }

    /// One attempt.
    async fn send<T>(
        &self,
        letter: &Letter<'_>,
        deadline: Instant,
        judge: &(impl Fn(&Answer) -> Result<T, PostError> + Send + Sync),
    ) -> Result<T, Failed> {
        let most = ATTEMPT.min(deadline.saturating_duration_since(Instant::now()));
        let answer = match timeout(most, self.exchange(letter)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(Failed { error: letter.unreachable(error), retry_after: None }),
            Err(_) => return Err(Failed { error: letter.no_answer(most), retry_after: None }),
        };
        judge(&answer).map_err(|error| Failed { error, retry_after: answer.retry_after })
    }

    async fn exchange(&self, letter: &Letter<'_>) -> Result<Answer, reqwest::Error> {
        let request =
            self.client.post(letter.url.clone()).header(CONTENT_TYPE, "application/json; charset=UTF-8");
        let request = match letter.bearer {
            Some(secret) => request.bearer_auth(secret.reveal()),
            None => request,
        };
        let response = request.body(letter.body.clone()).send().await?;
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| retry_after::parse(text, OffsetDateTime::now_utc()));
        Ok(Answer { status: response.status().as_u16(), retry_after, body: read(response).await? })
    }
}

impl fmt::Debug for Poster {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Poster").finish_non_exhaustive()
    }
}

impl Letter<'_> {
    fn unreachable(&self, error: reqwest::Error) -> PostError {
        PostError::Unreachable { room: self.room, host: self.host.to_owned(), source: error.without_url() }
    }

    fn no_answer(&self, waited: Duration) -> PostError {
        PostError::NoAnswer { room: self.room, host: self.host.to_owned(), waited }
    }
}

/// The crypto provider and the root certificates are those of the AWS SDK:
/// aws-lc and the system's.
fn client(proxy: Option<Proxy>) -> Result<Client, reqwest::Error> {
    let builder = Client::builder()
        .user_agent(concat!("foghorn/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .timeout(ATTEMPT)
        .no_proxy();
    match proxy {
        Some(proxy) => builder.proxy(proxy).build(),
        None => builder.build(),
    }
}

/// The environment's proxy for `https`, so that plain requests to loopback
/// addresses never go through one. One that is no URL counts as none.
fn proxy() -> Option<Proxy> {
    let set = ["HTTPS_PROXY", "https_proxy"].iter().find_map(|name| std::env::var(name).ok());
    let proxy = Proxy::https(set.filter(|url| !url.is_empty())?).ok()?;
    Some(proxy.no_proxy(NoProxy::from_env()))
}

/// Where to post. `messageReplyOption` makes Google Chat heed a thread's key,
/// and begin a new thread for a new one ("spaces.messages.create"). It is left as
/// it is where the URL already has one.
fn address(room: RoomService, url: &WebhookUrl, in_thread: bool) -> Url {
    const OPTION: &str = "messageReplyOption";
    let mut address = url.reveal().clone();
    if room == RoomService::GoogleChat && in_thread && !address.query_pairs().any(|(name, _)| name == OPTION)
    {
        address.query_pairs_mut().append_pair(OPTION, "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
    }
    address
}

/// The answer's text; what is past the longest that is read is left out.
async fn read(mut response: Response) -> Result<String, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_ANSWER {
            bytes.truncate(LONGEST_ANSWER);
            break;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
