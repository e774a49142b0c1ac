//! The custom notification of AWS Chatbot, for Slack and for Teams (AWS
//! Chatbot administrator guide, custom notifications).
//!
//! The free text is the only element of the list of next steps, for which the
//! guide gives no limit, and which stays valid JSON where an event has none and
//! EventBridge writes nothing at all.

use serde_json::json;

use super::words::free_text;
use super::{Heading, Shape, bare, written};
use crate::model::target::Transformer;

/// How a room writes a heading and bold text.
struct Markup {
    warning: &'static str,
    failure: &'static str,
    bold: &'static str,
}

/// Slack knows emoji by name.
const SLACK: Markup = Markup { warning: ":warning: ", failure: ":rotating_light: ", bold: "*" };

/// Teams has no names of emoji, but shows the characters themselves.
const TEAMS: Markup = Markup { warning: "\u{26a0}\u{fe0f} ", failure: "\u{1f6a8} ", bold: "**" };

pub(super) fn slack(shape: Shape, heading: &Heading<'_>) -> Transformer {
    notification(shape, heading, &SLACK)
}

pub(super) fn teams(shape: Shape, heading: &Heading<'_>) -> Transformer {
    notification(shape, heading, &TEAMS)
}

fn notification(shape: Shape, heading: &Heading<'_>, markup: &Markup) -> Transformer {
    let icon = if heading.is_warning() { markup.warning } else { markup.failure };
    let (thread, summary, event) = match shape {
        Shape::Service => ("<service>", "ECS failures of <service>", "<event>"),
        Shape::Task => ("<cluster> <group>", "ECS tasks of <group>", "<code>"),
        Shape::Other => ("<source> <service>", "<type> events of <source>", "<type>"),
    };
    let resource = if shape == Shape::Task { "<task>" } else { "<service>" };
    let mut content = json!({
        "textType": "client-markdown",
        "title": format!("{icon}{}", heading.title(shape)),
        "description": description(shape, heading, markup.bold),
    });
    if let Some((_, placeholder)) = free_text(shape) {
        content["nextSteps"] = json!([bare(placeholder)]);
    }
    written(&json!({
        "version": "1.0",
        "source": "custom",
        "content": content,
        "metadata": {
            "threadId": thread,
            "summary": summary,
            "eventType": event,
            "relatedResources": [resource],
        },
    }))
}

/// AWS Chatbot shows the list of next steps below this text, so its last line
/// introduces the reason that stands there. Many service actions have none.
fn description(shape: Shape, heading: &Heading<'_>, bold: &str) -> String {
    let lines = heading.lines(shape).into_iter().chain([("Console", heading.console())]);
    let mut lines: Vec<String> =
        lines.map(|(label, value)| format!("{bold}{label}:{bold} {value}")).collect();
    lines.extend(free_text(shape).map(|(label, _)| format!("{bold}{label}, if any:{bold}")));
    lines.join("\n")
}
