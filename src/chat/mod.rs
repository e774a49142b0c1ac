//! The door to chat rooms: a notice becomes a message of Slack, Google Chat or
//! Microsoft Teams, and is posted to a room's incoming webhook.
//!
//! ```text
//! Notice ─► room (slack, google_chat, teams) ─► Value ─► post ─► the room
//!             cut ◄─ limits                        answer ◄─┘
//! ```
//!
//! Making messages is pure and never fails: what is too long for a room is cut,
//! and the message says so. What a room answers is judged in [`answer`], since
//! `200` does not always mean that anybody can read the message.

mod answer;
mod attempts;
pub mod bot;
mod clean;
mod cut;
pub mod digest;
pub mod error;
pub mod google_chat;
pub mod limits;
mod pace;
pub mod post;
mod retry_after;
pub mod room;
mod sanitise;
pub mod schedule;
pub mod slack;
pub mod teams;
pub mod webhook;
mod words;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

pub use crate::model::notifier::RoomService;
pub use bot::{BotToken, SlackApi};
pub use error::PostError;
pub use post::Poster;
pub use webhook::{WebhookError, WebhookUrl};
