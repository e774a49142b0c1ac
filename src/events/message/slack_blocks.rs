//! The body of a post to an incoming webhook of Slack: a line of text, which
//! also shows in notifications, and attachments: one of blocks, one with
//! the free text.
//!
//! A block holds 3,000 characters of text and Slack refuses the message where
//! there are more (Slack API documentation, Block Kit reference). The text of
//! an attachment has no such limit and folds where it is long (Slack API
//! documentation, legacy message attachments), and nobody is called by name
//! from there; so the free text stands in an attachment of its own. Of a
//! message of more than 40,000 characters Slack cuts the rest.

use serde_json::{Value, json};

use super::words::free_text;
use super::{Heading, Shape, bare, written};
use crate::model::target::Transformer;

/// The colour of the bar beside a failure.
const RED: &str = "#d13212";

/// The colour of the bar beside a warning.
const AMBER: &str = "#ff9900";

pub(super) fn transformer(shape: Shape, heading: &Heading<'_>) -> Transformer {
    let (icon, color) = if heading.is_warning() { (":warning:", AMBER) } else { (":rotating_light:", RED) };
    let mut attachments = vec![json!({ "color": color, "blocks": blocks(shape, heading) })];
    attachments.extend(free_text(shape).map(|(label, placeholder)| {
        json!({
            "color": color, "fallback": label, "title": label, "text": bare(placeholder), "mrkdwn_in": []
        })
    }));
    written(&json!({
        "text": format!("{icon} {}", heading.headline(shape)),
        "attachments": attachments,
    }))
}

/// A section holds ten fields; a link is written as it is, because Slack's own
/// form of it, in angle brackets, is a placeholder in a template.
fn blocks(shape: Shape, heading: &Heading<'_>) -> Vec<Value> {
    let fields: Vec<Value> = heading
        .lines(shape)
        .into_iter()
        .map(|(label, value)| json!({ "type": "mrkdwn", "text": format!("*{label}*\n{value}") }))
        .collect();
    let console = json!({ "type": "mrkdwn", "text": format!("Console: {}", heading.console()) });
    vec![json!({ "type": "section", "fields": fields }), json!({ "type": "context", "elements": [console] })]
}
