//! Chat rooms, and the messages that reached them.

pub mod bots;
mod html;
#[cfg(test)]
mod tests;
mod text;
pub mod webhooks;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

pub use html::page;
pub use text::render_room;

/// Every room that ever got a message, by workspace and channel.
#[derive(Debug, Default)]
pub struct Rooms {
    rooms: BTreeMap<(String, String), Room>,
    workspaces: BTreeMap<String, String>,
    webhooks: webhooks::Registry,
    bots: bots::Bots,
}

/// By which way messages come into a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum RoomKind {
    /// AWS Chatbot posts into it.
    #[default]
    Chatbot,
    /// An incoming webhook of Slack.
    Slack,
    /// An incoming webhook of a Google Chat space.
    GoogleChat,
    /// A workflow of Microsoft Teams that posts what it receives.
    Teams,
}

/// One channel of one workspace.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// How messages come in.
    pub kind: RoomKind,
    /// The workspace's id.
    pub workspace: String,
    /// The workspace's name.
    pub workspace_name: String,
    /// The channel's id.
    pub channel: String,
    /// The channel's name.
    pub channel_name: String,
    /// The messages in the order of their arrival.
    pub messages: Vec<Message>,
}

/// One message as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// When it arrived.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The account that sent it.
    pub account: String,
    /// The Chatbot configuration that carried it.
    pub configuration: String,
    /// The heading.
    pub title: Option<String>,
    /// The body.
    pub description: String,
    /// What to do, one step each.
    pub next_steps: Vec<String>,
    /// Names and values, as cards show them beside each other.
    pub fields: Vec<(String, String)>,
    /// Buttons and links to follow.
    pub links: Vec<Link>,
    /// Words that it is filed under.
    pub keywords: Vec<String>,
    /// The thread it stands in, if any.
    pub thread: Option<String>,
    /// What the head of its thread says.
    pub thread_summary: Option<String>,
    /// The resources that it is about.
    pub related_resources: Vec<String>,
    /// The text that was received.
    pub raw: String,
}

/// A button or a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

impl Default for Message {
    fn default() -> Self {
        Self {
            at: OffsetDateTime::UNIX_EPOCH,
            account: String::new(),
            configuration: String::new(),
            title: None,
            description: String::new(),
            next_steps: Vec::new(),
            fields: Vec::new(),
            links: Vec::new(),
            keywords: Vec::new(),
            thread: None,
            thread_summary: None,
            related_resources: Vec::new(),
            raw: String::new(),
        }
    }
}

/// Messages of one thread; a message outside any thread stands alone.
#[derive(Debug, PartialEq, Eq)]
pub struct Thread<'r> {
    /// What the head says, if the thread has a summary.
    pub summary: Option<&'r str>,
    /// The messages in the order of their arrival; never empty.
    pub messages: Vec<&'r Message>,
}

impl Rooms {
    /// Puts a message into a room, which is made if it is not there yet.
    pub fn post(&mut self, workspace: &str, channel: &str, message: Message) {
        self.room(workspace, channel).messages.push(message);
    }

    /// The room of a channel, if it ever got a message.
    pub fn get(&self, workspace: &str, channel: &str) -> Option<&Room> {
        self.rooms.get(&(workspace.to_owned(), channel.to_owned()))
    }

    /// All rooms, by workspace and channel.
    pub fn iter(&self) -> impl Iterator<Item = &Room> {
        self.rooms.values()
    }

    /// Gives a workspace the name that people know it by.
    pub fn name_workspace(&mut self, workspace: &str, name: &str) {
        self.workspaces.insert(workspace.to_owned(), name.to_owned());
        for room in self.rooms.values_mut().filter(|room| room.workspace == workspace) {
            name.clone_into(&mut room.workspace_name);
        }
    }

    /// Gives a channel the name that people know it by.
    pub fn name_channel(&mut self, workspace: &str, channel: &str, name: &str) {
        name.clone_into(&mut self.room(workspace, channel).channel_name);
    }

    /// All rooms as JSON.
    pub fn to_json(&self) -> Value {
        json!({"rooms": self.rooms.values().collect::<Vec<_>>()})
    }

    fn room(&mut self, workspace: &str, channel: &str) -> &mut Room {
        let workspace_name = self.workspaces.get(workspace).map_or(workspace, String::as_str);
        self.rooms.entry((workspace.to_owned(), channel.to_owned())).or_insert_with(|| Room {
            kind: RoomKind::default(),
            workspace: workspace.to_owned(),
            workspace_name: workspace_name.to_owned(),
            channel: channel.to_owned(),
            channel_name: channel.to_owned(),
            messages: Vec::new(),
        })
    }
}

impl Room {
    /// The messages by thread, in the order in which the threads began.
    pub fn threads(&self) -> Vec<Thread<'_>> {
        let mut threads: Vec<Thread<'_>> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for message in &self.messages {
            let place = message.thread.as_deref().and_then(|id| places.get(id).copied());
            match place {
                Some(place) => threads[place].messages.push(message),
                None => {
                    if let Some(id) = &message.thread {
                        places.insert(id, threads.len());
                    }
                    let summary = message.thread_summary.as_deref();
                    threads.push(Thread { summary, messages: vec![message] });
                }
            }
        }
        threads
    }
}
