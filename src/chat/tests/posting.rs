//! Posting to a room on loopback.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::chat::{PostError, Poster, RoomService, WebhookUrl};
use crate::model::secret::Secret;

/// What the URLs of these rooms hold and nothing may show.
const SESAME: &str = "sesameOpenSesame";

const LONG: Duration = Duration::from_secs(60);

/// An answer of the room: its status, headers and body. `None` is no answer.
type Scripted = Option<(u16, Vec<(&'static str, String)>, String)>;

/// One request as the room got it.
#[derive(Debug, Clone)]
struct Got {
    query: BTreeMap<String, String>,
    agent: String,
    body: Value,
}

/// A room that answers by a script, the last answer for ever.
#[derive(Clone)]
struct Room {
    url: WebhookUrl,
    answers: Arc<Vec<Scripted>>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Room {
    async fn new(answers: Vec<Scripted>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let url = webhook(&format!("http://{address}/services/{SESAME}?token={SESAME}2"));
        let room = Self { url, answers: Arc::new(answers), got: Arc::default() };
        let router = Router::new().fallback(answer).with_state(room.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        room
    }

    async fn post(&self, kind: RoomService, budget: Duration) -> Result<(), PostError> {
        let result = poster().post(kind, &self.url, None, &json!({ "text": "hello" }), budget).await;
        result.inspect_err(assert_keeps_the_secret)
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().expect("a lock").clone()
    }
}

async fn answer(
    State(room): State<Room>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, HeaderMap, String) {
    let agent =
        headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned();
    let number = {
        let mut got = room.got.lock().expect("a lock");
        got.push(Got { query, agent, body: serde_json::from_str(&body).expect("JSON") });
        got.len() - 1
    };
    let Some((status, headers, body)) = &room.answers[number.min(room.answers.len() - 1)] else {
        return pending().await;
    };
    let headers =
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("a header")));
    (StatusCode::from_u16(*status).expect("a status"), headers.collect(), body.clone())
}

fn says(status: u16, body: &str) -> Scripted {
    Some((status, Vec::new(), body.to_owned()))
}

fn webhook(url: &str) -> WebhookUrl {
    WebhookUrl::parse(&Secret::new(url)).expect("a webhook")
}

fn poster() -> Poster {
    Poster::new(|| 0.0).expect("a poster")
}

/// Holds all that an error prints, its sources too, against the secret.
fn assert_keeps_the_secret(error: &PostError) {
    let mut printed = format!("{error} {error:?} {error:#?} {}", error.next_step());
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        printed += &format!(" {error} {error:?}");
        source = error.source();
    }
    assert!(!printed.to_lowercase().contains("sesame"), "{printed}");
}

#[tokio::test]
async fn a_message_reaches_each_kind_of_room() {
    for (kind, status, answer) in [
        (RoomService::Slack, 200, "ok"),
        (RoomService::GoogleChat, 200, r#"{"name": "spaces/A/messages/B"}"#),
        (RoomService::Teams, 202, ""),
    ] {
        let room = Room::new(vec![says(status, answer)]).await;
        room.post(kind, LONG).await.expect("a success");
        let got = room.got();
        assert_eq!((got.len(), &got[0].body), (1, &json!({ "text": "hello" })));
        assert_eq!(got[0].agent, format!("foghorn/{}", env!("CARGO_PKG_VERSION")));
    }
}

#[tokio::test]
async fn google_chat_is_told_to_heed_a_thread_s_key() {
    let room = Room::new(vec![says(200, "{}")]).await;
    let body = json!({ "thread": { "threadKey": "a" } });
    poster().post(RoomService::GoogleChat, &room.url, Some("a"), &body, LONG).await.expect("a success");
    room.post(RoomService::GoogleChat, LONG).await.expect("a success");
    let option = |got: &Got| got.query.get("messageReplyOption").cloned();
    let got = room.got();
    assert_eq!(option(&got[0]).as_deref(), Some("REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"));
    assert_eq!(option(&got[1]), None);
    assert!(got.iter().all(|got| got.query.get("token") == Some(&format!("{SESAME}2"))));
}

#[tokio::test]
async fn a_room_that_is_out_of_order_for_a_moment_gets_the_message_in_the_end() {
    let room = Room::new(vec![says(500, "x"), says(500, "x"), says(202, "")]).await;
    room.post(RoomService::Teams, LONG).await.expect("a success");
    assert_eq!(room.got().len(), 3);
}

#[tokio::test]
async fn a_room_that_asks_for_a_pause_gets_the_message_after_it() {
    let pause = Some((429, vec![("retry-after", "1".to_owned())], "rate_limited".to_owned()));
    let room = Room::new(vec![pause, says(202, "")]).await;
    room.post(RoomService::Teams, LONG).await.expect("a success");
    assert_eq!(room.got().len(), 2);
}

#[tokio::test]
async fn a_pause_beyond_the_budget_ends_it_at_once() {
    for pause in ["3600", "Sat, 21 Nov 2726 09:00:00 GMT"] {
        let pause = Some((429, vec![("retry-after", pause.to_owned())], "rate_limited".to_owned()));
        let room = Room::new(vec![pause, says(202, "")]).await;
        let error = room.post(RoomService::Teams, LONG).await.expect_err("a failure");
        assert!(matches!(error, PostError::Unavailable { status: 429, .. }), "{error}");
        assert_eq!(room.got().len(), 1);
    }
}

#[tokio::test]
async fn a_revoked_webhook_is_not_tried_again_and_the_next_step_is_said() {
    let room = Room::new(vec![says(404, &format!("no_service for {SESAME}"))]).await;
    let error = room.post(RoomService::Slack, LONG).await.expect_err("a refusal");
    assert_eq!(error.to_string(), "Slack refused the message: HTTP 404, no_service for […]");
    assert_eq!(error.next_step(), "the webhook was revoked: make a new one and put it in the secret");
    assert!(error.is_permanent());
    assert_eq!(room.got().len(), 1);
}

#[tokio::test]
async fn a_web_page_with_status_200_is_a_failure_in_every_room() {
    for kind in [RoomService::Slack, RoomService::GoogleChat, RoomService::Teams] {
        let room = Room::new(vec![says(200, &format!("<html><title>{SESAME}</title></html>"))]).await;
        let error = room.post(kind, LONG).await.expect_err("a failure");
        assert_eq!(error.to_string(), format!("{kind} refused the message: HTTP 200, a web page"));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Room::new(vec![says(200, "ok")]).await;
    let to = ("location", elsewhere.url.reveal().to_string());
    let room = Room::new(vec![Some((307, vec![to], String::new()))]).await;
    let error = room.post(RoomService::Slack, LONG).await.expect_err("a failure");
    assert!(error.next_step().contains("does not lead to a room"), "{error}");
    assert!(elsewhere.got().is_empty());
}

#[tokio::test]
async fn a_room_that_never_answers_ends_with_the_budget() {
    let room = Room::new(vec![None]).await;
    let error = room.post(RoomService::Slack, Duration::from_millis(300)).await.expect_err("a failure");
    assert!(matches!(error, PostError::NoAnswer { .. }), "{error}");
    assert!(!error.is_permanent());
}

#[tokio::test]
async fn a_host_that_nobody_listens_on_is_tried_until_the_budget_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = webhook(&format!("http://{}/{SESAME}", listener.local_addr().expect("an address")));
    drop(listener);
    let budget = Duration::from_millis(600);
    let error =
        poster().post(RoomService::Teams, &url, None, &json!({}), budget).await.expect_err("a failure");
    assert_keeps_the_secret(&error);
    assert_eq!(error.to_string(), "could not reach Microsoft Teams at 127.0.0.1");
    assert!(std::error::Error::source(&error).is_some() && !error.is_permanent());
}

#[test]
fn what_posts_prints_nothing_of_a_room() {
    let url = webhook(&format!("https://example.invalid/{SESAME}"));
    assert!(!format!("{url:?} {:?}", poster()).contains(SESAME));
}
