//! A digest as messages of a room: one that is read first, and the details,
//! which stand in its thread where the room has threads.
//!
//! ```text
//! Digest ─► story (title, lines, groups) ─► pages ─► slack, google_chat, teams, chatbot
//! ```
//!
//! What a room has no room for is folded by whole lines and accounts, with a
//! note of how many. Names and reasons are shown and never read as markup, so
//! that they mention nobody.

mod chatbot;
mod google_chat;
mod pages;
mod slack;
mod story;
mod teams;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::model::digest::Digest;

/// The kinds of rooms that take digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A Slack channel, by a webhook, which knows no threads.
    SlackWebhook,
    /// A Slack channel, by a bot.
    SlackBot,
    /// A Google Chat space.
    GoogleChat,
    /// A Microsoft Teams channel, by a Workflow, which knows no threads.
    Teams,
    /// A channel that AWS Chatbot posts to.
    Chatbot,
}

/// The messages that tell of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Messages {
    /// The message that is read first.
    pub main: Value,
    /// Its details, in their order; empty where the first message holds them.
    pub details: Vec<Value>,
}

/// The messages for a kind of room, each within its limits.
pub fn messages(form: Form, digest: &Digest) -> Messages {
    match form {
        Form::SlackWebhook => slack::alone(digest),
        Form::SlackBot => slack::with_thread(digest),
        Form::GoogleChat => google_chat::messages(digest),
        Form::Teams => teams::messages(digest),
        Form::Chatbot => chatbot::messages(digest),
    }
}
