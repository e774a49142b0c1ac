//! The body of a post to an incoming webhook of Slack: a line of text, which
//! also shows in notifications, and attachments of blocks: one with the facts,
//! one with the free text.
//!
//! The text of a section is read for markup, mentions and links wherever it
//! stands in angle brackets, and a template can't escape them. The free text
//! therefore stands in a block of rich text, whose elements say what they are
//! and whose text is shown as it is (Slack API documentation, rich text block).
//! All blocks together hold 13,200 characters, and of a longer text Slack
//! refuses the whole message, which EventBridge then counts as a failed
//! invocation; ECS itself gives no more than 1,024 (ECS API reference,
//! container).

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
        json!({ "color": color, "fallback": label, "blocks": [as_it_is(label, placeholder)] })
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

/// A label, and the free text below it as it is.
fn as_it_is(label: &str, placeholder: &str) -> Value {
    let label = json!({ "type": "text", "text": label, "style": { "bold": true } });
    let text = json!({ "type": "text", "text": bare(placeholder) });
    json!({ "type": "rich_text", "elements": [
        { "type": "rich_text_section", "elements": [label] },
        { "type": "rich_text_preformatted", "elements": [text] },
    ] })
}
