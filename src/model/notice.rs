//! What a message to a room says, whatever the room.

use std::collections::BTreeMap;

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeLevel {
    /// Something failed.
    Error,
    /// Something is not as it should be.
    Warning,
    /// Nothing is wrong: a canary, or an event that somebody asked to see.
    Info,
}

/// What a person is told about one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The id of the event: the same event has the same id however often it
    /// comes.
    pub id: String,
    /// How much it matters.
    pub level: NoticeLevel,
    /// One line: what happened to what.
    pub title: String,
    /// Where it happened.
    pub place: Place,
    /// Facts, in the order in which they are shown: cluster, service, task,
    /// stop code and so on. Short texts without line breaks.
    pub facts: Vec<Fact>,
    /// What ECS gives as the reason: free text of any length, with any
    /// character.
    pub reason: Option<String>,
    /// Containers that failed, of an event about a task.
    pub failed_containers: Vec<FailedContainer>,
    /// Where to click: a page of the AWS console.
    pub link: Option<Link>,
    /// What keeps messages about one thing together; a service's ARN say.
    pub thread: Option<String>,
}

/// Where and when something happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The account's id.
    pub account: String,
    /// The name that people know the account by; its id where none is known.
    pub account_name: String,
    /// The account's labels.
    pub labels: BTreeMap<String, String>,
    /// The Region.
    pub region: String,
    /// When, as the event says it: ISO 8601, UTC.
    pub time: String,
}

/// One fact of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is: `Cluster` say.
    pub label: String,
    /// Its value.
    pub value: String,
}

/// A container that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedContainer {
    /// The container's name.
    pub name: String,
    /// Its exit code; `None` where it never ran.
    pub exit_code: Option<i64>,
    /// The agent's reason.
    pub reason: Option<String>,
}

/// Something to click on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub url: String,
}
