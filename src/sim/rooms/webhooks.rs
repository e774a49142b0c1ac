//! Rooms that take messages by webhook, each checked as its service checks it.

mod faults;
mod google_chat;
pub(super) mod http;
mod markup;
mod registry;
mod rich_text;
pub(super) mod slack;
mod teams;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Message, RoomKind};
use crate::sim::world::World;

pub use faults::Fault;
pub(super) use faults::Script;
pub use http::routes;
pub(super) use registry::Registry;
pub use registry::{close, misbehave, open};

/// The services whose webhooks the simulator has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Slack.
    Slack,
    /// Google Chat.
    GoogleChat,
    /// Microsoft Teams, by a workflow.
    Teams,
}

/// One HTTP request at an address of this module.
pub struct Request<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The path and the query, which are secret.
    pub address: &'a str,
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The body as it was received.
    pub body: &'a [u8],
}

/// What the service answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `Retry-After` header, in seconds.
    pub retry_after: Option<u64>,
    /// The `Content-Type` header.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

/// What a caller gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// An answer.
    Answer(Response),
    /// Nothing: the connection stays open.
    Silence,
}

impl Kind {
    /// The id of the workspace that the kind's rooms are filed under in
    /// [`Rooms`](super::Rooms).
    pub fn workspace(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::GoogleChat => "google-chat",
            Self::Teams => "teams",
        }
    }

    fn workspace_name(self) -> &'static str {
        match self {
            Self::Slack => "Slack webhook",
            Self::GoogleChat => "Google Chat",
            Self::Teams => "Microsoft Teams",
        }
    }

    fn room(self) -> RoomKind {
        match self {
            Self::Slack => RoomKind::Slack,
            Self::GoogleChat => RoomKind::GoogleChat,
            Self::Teams => RoomKind::Teams,
        }
    }

    /// The answer at an address that nobody opened.
    fn unknown(self) -> Response {
        match self {
            Self::Slack => Response::text(404, "no_service"),
            Self::GoogleChat => google_chat::refusal(404, "NOT_FOUND", "Requested entity was not found."),
            Self::Teams => teams::refusal(404, "WorkflowNotFound", "The workflow could not be found."),
        }
    }
}

impl Response {
    pub(super) fn text(status: u16, body: &str) -> Self {
        Self { status, retry_after: None, content_type: "text/plain; charset=utf-8", body: body.to_owned() }
    }

    pub(super) fn json(status: u16, body: &serde_json::Value) -> Self {
        let content_type = "application/json; charset=UTF-8";
        Self { status, retry_after: None, content_type, body: body.to_string() }
    }
}

/// Answers a request as the service whose address it goes to, and puts the
/// message into its room if the service takes it.
pub fn receive(world: &mut World, request: &Request<'_>, now: OffsetDateTime) -> Reply {
    let Some(kind) = registry::kind_at(request.address) else {
        return Reply::Answer(Response::text(404, "not found"));
    };
    if request.method != "POST" {
        return Reply::Answer(Response::text(405, "method not allowed"));
    }
    let Some((name, fault)) = world.rooms.webhooks.arrival(request.address) else {
        return Reply::Answer(kind.unknown());
    };
    match fault {
        Some(fault) => fault.reply(),
        None => Reply::Answer(take(world, kind, &name, request, now)),
    }
}

fn take(world: &mut World, kind: Kind, room: &str, request: &Request<'_>, now: OffsetDateTime) -> Response {
    let is_json = request.content_type.is_none_or(|sent| sent.starts_with("application/json"));
    let body = if is_json { std::str::from_utf8(request.body).unwrap_or_default() } else { "" };
    let read = match kind {
        Kind::Slack => slack::read(body),
        Kind::GoogleChat => google_chat::read(world, room, request.address, body),
        Kind::Teams => teams::read(body),
    };
    match read {
        Ok((message, answer)) => {
            let message = Message { at: now, raw: body.to_owned(), ..message };
            world.rooms.post(kind.workspace(), room, message);
            answer
        }
        Err(refusal) => refusal,
    }
}
