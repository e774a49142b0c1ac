//! Digests for Microsoft Teams: an Adaptive Card, as a Workflow takes it.
//!
//! A Workflow's message can't be answered in its thread, so that the details
//! stand in the card itself, folded away until somebody asks for them.

use serde_json::{Value, json};

use super::Messages;
use super::pages::{Shape, first_lines, pages};
use super::story::{Group, Line, Span, Story};
use crate::chat::cut::cut;
use crate::chat::limits::TEAMS_BYTES;
use crate::chat::teams::{cost, escape};
use crate::model::digest::{Digest, Level};

/// Bytes of the JSON around everything.
const ENVELOPE: usize = 900;

/// Bytes for the title, which stands there twice.
const TITLE: usize = 1000;

/// Bytes for the figures, and for what to do next.
const LINES: usize = 2800;

/// Bytes that are kept for the details.
const DETAILS_AT_LEAST: usize = 6000;

/// Bytes for one account or one group of details.
const GROUP: usize = 5000;

/// The id of what is folded away.
const DETAILS: &str = "details";

/// One message, with the details folded away.
pub(super) fn messages(digest: &Digest) -> Messages {
    let story = Story::of(digest);
    let title = escape(&cut(&story.title, TITLE, cost));
    let top: Vec<Value> = [heading(&title, digest.level)].into_iter().chain(lines(&story.lead)).collect();
    let bottom: Vec<Value> = lines(&story.next).chain([block(&escape(&story.foot), true)]).collect();
    let room = (TEAMS_BYTES - ENVELOPE).saturating_sub(title.len() + size(&top) + size(&bottom));
    let accounts = groups(&story.accounts, room.saturating_sub(DETAILS_AT_LEAST), "account");
    let details = groups(&story.details, room.saturating_sub(size(&accounts)), "section");
    let folded = (!details.is_empty()).then(|| folded(&details));
    let body = [top, accounts, bottom, Vec::from_iter(folded.clone())].concat();
    Messages { main: card(&title, &body, folded.map(|_| toggle())), details: Vec::new() }
}

fn groups(groups: &[Group], room: usize, what: &str) -> Vec<Value> {
    pages(groups, shape(room), 1, what).concat().iter().map(group).collect()
}

fn folded(details: &[Value]) -> Value {
    json!({ "type": "Container", "id": DETAILS, "isVisible": false, "separator": true, "items": details })
}

fn shape(page: usize) -> Shape {
    Shape { page, group: GROUP, groups: usize::MAX, around: 80, cost: line_cost }
}

fn card(title: &str, body: &[Value], action: Option<Value>) -> Value {
    let mut content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": title,
        "msteams": { "width": "Full" },
        "body": body,
    });
    if let Some(action) = action {
        content["actions"] = json!([action]);
    }
    let attachment = json!({
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": null,
        "content": content,
    });
    json!({ "type": "message", "attachments": [attachment] })
}

fn heading(title: &str, level: Level) -> Value {
    let color = match level {
        Level::Error => "Attention",
        Level::Unknown | Level::Warning => "Warning",
        Level::Info => "Accent",
        Level::Clear => "Good",
    };
    json!({ "type": "TextBlock", "text": title, "size": "Large", "weight": "Bolder", "color": color, "wrap": true })
}

fn toggle() -> Value {
    json!({ "type": "Action.ToggleVisibility", "title": "Details", "targetElements": [DETAILS] })
}

/// The figures, or what to do next, as many lines as there is room for.
fn lines(lines: &[Line]) -> impl Iterator<Item = Value> {
    first_lines(lines, LINES, line_cost).iter().map(text_block)
}

fn group(group: &Group) -> Value {
    let items: Vec<Value> = [&group.head].into_iter().chain(&group.lines).map(text_block).collect();
    json!({ "type": "Container", "spacing": "Medium", "items": items })
}

/// A block a line, since what a line break within a text does is left to the
/// app.
fn text_block(line: &Line) -> Value {
    let text: String = line.spans.iter().map(span).collect();
    if line.beneath { block(&text, true) } else { block(&text, false) }
}

fn block(text: &str, is_subtle: bool) -> Value {
    let mut block = json!({ "type": "TextBlock", "text": text, "wrap": true, "spacing": "Small" });
    if is_subtle {
        block["isSubtle"] = true.into();
    }
    block
}

/// The Markdown is that of "Text features", Adaptive Cards.
fn span(span: &Span) -> String {
    match span {
        Span::Plain(text) => escape(text),
        Span::Strong(text) if text.trim().is_empty() => String::new(),
        Span::Strong(text) => format!("**{}**", escape(text.trim())),
        Span::Link { text, url } => format!("[{}]({url})", escape(text)),
    }
}

fn line_cost(line: &Line) -> usize {
    length(&text_block(line)) + 1
}

fn length(value: &Value) -> usize {
    value.to_string().len()
}

fn size(values: &[Value]) -> usize {
    values.iter().map(|value| length(value) + 1).sum()
}
