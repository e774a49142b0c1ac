//! The messages that input transformers make of events, one file a form.
//!
//! EventBridge does not escape what it puts into a template (EventBridge user
//! guide, input transformation). So only values that cannot hold a quote
//! stand inside strings: ARNs, names that ECS gives, and times. The free text
//! of a reason stands bare, where EventBridge writes it as a JSON string of its
//! own. A bare value that the event lacks leaves a gap; where the form has no
//! place in which a gap is valid, events without the value go to a message
//! without it (see [`super::parts`]).
//!
//! A task's group counts as a name, though whoever runs a task may choose it: ECS
//! itself writes `service:` or `family:` and a name.
//!
//! A template can't cut a text either. Each form names the place in which the
//! room takes the longest one.

mod chatbot;
mod google_chat;
mod slack_blocks;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::parts::{Form, Origin};
use crate::model::target::Transformer;
use crate::model::{Account, EventFamily, Region};

/// Which fields the events of a message have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Deployments and service actions.
    Service,
    /// Tasks.
    Task,
    /// Any event: only what every event has, and the names that the other
    /// shapes have where they are there.
    Other,
}

/// What a message says that its event does not.
#[derive(Debug, Clone, Copy)]
pub struct Heading<'a> {
    /// Whose events the message is about.
    pub origin: Origin<'a>,
    /// The Region of the rule.
    pub region: Region,
    /// The families whose events become the message.
    pub families: &'a BTreeSet<EventFamily>,
}

/// The transformer that makes a custom notification for Slack of the events
/// of services.
pub fn transformer(account: &Account, region: Region, families: &BTreeSet<EventFamily>) -> Transformer {
    chatbot::slack(Shape::Service, &Heading { origin: Origin::Account(account), region, families })
}

/// The transformer that makes a message of this form of events of this shape;
/// none where the target takes the event itself.
pub fn of_shape(form: Form, shape: Shape, heading: &Heading<'_>) -> Option<Transformer> {
    match form {
        Form::Event => None,
        Form::ChatbotSlack => Some(chatbot::slack(shape, heading)),
        Form::ChatbotTeams => Some(chatbot::teams(shape, heading)),
        Form::SlackBlocks => Some(slack_blocks::transformer(shape, heading)),
        Form::GoogleChatCard => Some(google_chat::transformer(shape, heading)),
    }
}

/// Where the values of placeholders stand in an event.
const PATHS: &[(&str, &str)] = &[
    ("account", "$.account"),
    ("cluster", "$.detail.clusterArn"),
    ("code", "$.detail.stopCode"),
    ("container1", "$.detail.containers[0].name"),
    ("container2", "$.detail.containers[1].name"),
    ("container3", "$.detail.containers[2].name"),
    ("deployment", "$.detail.deploymentId"),
    ("event", "$.detail.eventName"),
    ("exit1", "$.detail.containers[0].exitCode"),
    ("exit2", "$.detail.containers[1].exitCode"),
    ("exit3", "$.detail.containers[2].exitCode"),
    ("group", "$.detail.group"),
    ("launch", "$.detail.launchType"),
    ("reason", "$.detail.reason"),
    ("region", "$.region"),
    ("service", "$.resources[0]"),
    ("source", "$.source"),
    ("status", "$.detail.lastStatus"),
    ("stopped", "$.detail.stoppedReason"),
    ("task", "$.detail.taskArn"),
    ("time", "$.time"),
    ("type", "$.detail-type"),
    ("zone", "$.detail.availabilityZone"),
];

/// Stands for a bare placeholder while the rest is written as JSON. It can
/// come from nowhere else: names lose their control characters.
fn bare(name: &str) -> Value {
    json!(format!("\u{1}{name}"))
}

/// The transformer of a template, with the paths that the template uses.
fn written(template: &Value) -> Transformer {
    let mut text = template.to_string();
    for (name, _) in PATHS {
        text = text.replace(&bare(name).to_string(), &format!("<{name}>"));
    }
    let used = PATHS.iter().filter(|(name, _)| text.contains(&format!("<{name}>")));
    let paths = used.map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
    Transformer { paths, template: text }
}
