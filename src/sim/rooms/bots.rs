//! Bots of Slack apps, and the method of the Web API by which they post:
//! `chat.postMessage`, with the errors that its page lists.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request as HttpRequest;
use axum::http::{Response as HttpResponse, header};
use axum::routing::post;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::webhooks::http::written;
use super::webhooks::{Fault, Kind, Reply, Response, Script, slack};
use super::{Message, RoomKind};
use crate::sim::simulator::Simulator;
use crate::sim::world::World;

/// Where the Web API stands on the simulator's server.
pub const PATH: &str = "/slack/api";

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// The bots of all apps, by their tokens, and what is scripted for channels.
#[derive(Default)]
pub(super) struct Bots {
    bots: BTreeMap<String, BTreeSet<String>>,
    archived: BTreeSet<String>,
    scripts: BTreeMap<String, Script>,
    posted: u64,
}

impl std::fmt::Debug for Bots {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Bots({})", self.bots.len())
    }
}

/// Installs an app with the scope `chat:write`, and returns its bot's token,
/// which is a secret.
pub fn install(world: &mut World) -> String {
    let random = world.next_uuid().replace('-', "");
    let number = |from: usize| -> String {
        random.bytes().skip(from).take(12).map(|byte| char::from(b'0' + byte % 10)).collect()
    };
    let token = format!("xoxb-{}-{}-{}", number(0), number(8), &random[..24]);
    world.rooms.bots.bots.insert(token.clone(), BTreeSet::new());
    token
}

/// Makes a channel, if there is none of this id.
pub fn make_channel(world: &mut World, channel: &str) {
    world.rooms.name_workspace(Kind::Slack.workspace(), "Slack");
    world.rooms.room(Kind::Slack.workspace(), channel).kind = RoomKind::Slack;
}

/// Invites a bot to a channel, which is made if it is not there.
pub fn invite(world: &mut World, token: &str, channel: &str) {
    make_channel(world, channel);
    world.rooms.bots.bots.entry(token.to_owned()).or_default().insert(channel.to_owned());
}

/// Takes a bot's token back.
pub fn revoke(world: &mut World, token: &str) {
    world.rooms.bots.bots.remove(token);
}

/// Archives a channel.
pub fn archive(world: &mut World, channel: &str) {
    world.rooms.bots.archived.insert(channel.to_owned());
}

/// Lets Slack do something else than take the next so many messages to a
/// channel.
pub fn misbehave(world: &mut World, channel: &str, fault: Fault, times: u32) {
    world.rooms.bots.scripts.entry(channel.to_owned()).or_default().add(fault, times);
}

/// Answers `chat.postMessage`. `token` is what the header `Authorization` bears.
pub fn post_message(world: &mut World, token: Option<&str>, body: &str, now: OffsetDateTime) -> Reply {
    let sent: Value = serde_json::from_str(body).unwrap_or_default();
    let channel = sent["channel"].as_str().unwrap_or_default().to_owned();
    if let Some(fault) = world.rooms.bots.scripts.get_mut(&channel).and_then(Script::next) {
        return fault.reply();
    }
    let answer = match check(world, token, &channel, &sent).and_then(|()| slack::parse(body)) {
        Ok(message) => {
            json!({ "ok": true, "channel": channel, "ts": posted(world, &channel, message, body, now) })
        }
        Err(word) => json!({ "ok": false, "error": word }),
    };
    Reply::Answer(Response::json(200, &answer))
}

fn check(world: &World, token: Option<&str>, channel: &str, sent: &Value) -> Result<(), &'static str> {
    let token = token.ok_or("not_authed")?;
    let member_of = world.rooms.bots.bots.get(token).ok_or("invalid_auth")?;
    let room = world.rooms.get(Kind::Slack.workspace(), channel).ok_or("channel_not_found")?;
    if world.rooms.bots.archived.contains(channel) {
        return Err("is_archived");
    }
    if !member_of.contains(channel) {
        return Err("not_in_channel");
    }
    let thread = sent["thread_ts"].as_str();
    let begins = |ts: &str| room.messages.iter().any(|message| message.thread.as_deref() == Some(ts));
    if thread.is_some_and(|ts| !begins(ts)) {
        return Err("cannot_reply_to_message");
    }
    Ok(())
}

/// Puts the message into its room, and gives its `ts`. A message that begins a
/// thread is known by its own.
fn posted(world: &mut World, channel: &str, message: Message, body: &str, now: OffsetDateTime) -> String {
    world.rooms.bots.posted += 1;
    let ts = format!("{}.{:06}", now.unix_timestamp(), world.rooms.bots.posted);
    let thread = message.thread.clone().unwrap_or_else(|| ts.clone());
    let message = Message { at: now, thread: Some(thread), raw: body.to_owned(), ..message };
    world.rooms.post(Kind::Slack.workspace(), channel, message);
    ts
}

/// The routes below [`PATH`]. Requests that hang end with `stopping`.
pub fn routes(simulator: Arc<Simulator>, stopping: CancellationToken) -> Router {
    let path = format!("{PATH}/chat.postMessage");
    Router::new().route(&path, post(move |request| answer(Arc::clone(&simulator), stopping.clone(), request)))
}

async fn answer(
    simulator: Arc<Simulator>,
    stopping: CancellationToken,
    request: HttpRequest,
) -> HttpResponse<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let body = String::from_utf8_lossy(&body);
    let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = authorization.and_then(|value| value.strip_prefix("Bearer "));
    let now = simulator.clock.now();
    match simulator.with_world(|world| post_message(world, token, &body, now)) {
        Reply::Answer(response) => written(response),
        Reply::Silence => {
            stopping.cancelled().await;
            written(Response::text(503, "the simulator stops"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn told(world: &mut World, token: Option<&str>, body: &Value) -> Value {
        match post_message(world, token, &body.to_string(), NOW) {
            Reply::Answer(response) => serde_json::from_str(&response.body).expect("JSON"),
            Reply::Silence => Value::Null,
        }
    }

    #[test]
    fn a_bot_posts_where_it_was_invited_and_replies_to_what_it_posted() {
        let mut world = World::default();
        let token = install(&mut world);
        invite(&mut world, &token, "C1");
        let first = told(&mut world, Some(&token), &json!({ "channel": "C1", "text": "a" }));
        let reply = json!({ "channel": "C1", "text": "b", "thread_ts": first["ts"] });
        assert_eq!(told(&mut world, Some(&token), &reply)["ok"], true);
        let room = world.rooms.get("slack", "C1").expect("a room");
        assert_eq!(room.threads().len(), 1);
        let lost = json!({ "channel": "C1", "text": "b", "thread_ts": "9.9" });
        assert_eq!(told(&mut world, Some(&token), &lost)["error"], "cannot_reply_to_message");
    }

    #[test]
    fn slack_says_in_a_word_why_a_bot_may_not_post() {
        let mut world = World::default();
        let token = install(&mut world);
        make_channel(&mut world, "C1");
        let message = |channel: &str| json!({ "channel": channel, "text": "a" });
        assert_eq!(told(&mut world, None, &message("C1"))["error"], "not_authed");
        assert_eq!(told(&mut world, Some("xoxb-1"), &message("C1"))["error"], "invalid_auth");
        assert_eq!(told(&mut world, Some(&token), &message("C2"))["error"], "channel_not_found");
        assert_eq!(told(&mut world, Some(&token), &message("C1"))["error"], "not_in_channel");
        invite(&mut world, &token, "C1");
        assert_eq!(told(&mut world, Some(&token), &json!({ "channel": "C1" }))["error"], "no_text");
        let blocks = json!({ "channel": "C1", "blocks": [{ "type": "nonsense" }] });
        assert_eq!(told(&mut world, Some(&token), &blocks)["error"], "invalid_blocks");
        archive(&mut world, "C1");
        assert_eq!(told(&mut world, Some(&token), &message("C1"))["error"], "is_archived");
        revoke(&mut world, &token);
        assert_eq!(told(&mut world, Some(&token), &message("C1"))["error"], "invalid_auth");
    }
}
