//! Digests for Microsoft Teams: an Adaptive Card, as a Workflow takes it.
//!
//! A Workflow's message can't be answered in its thread, so that the details
//! stand in the card itself, folded away until somebody asks for them.

use serde_json::{Value, json};

use super::Messages;
use super::pages::{Shape, pages};
use super::story::{Group, Line, Span, Story};
use crate::chat::cut::cut;
use crate::chat::limits::TEAMS_BYTES;
use crate::chat::teams::{cost, escape};
use crate::model::digest::{Digest, Level};

/// Bytes for all but the groups: envelope, title, figures and foot.
const AROUND_GROUPS: usize = 9500;

/// Bytes for the title, which stands there twice.
const TITLE: usize = 1000;

/// Bytes for the figures.
const LEAD: usize = 5500;

/// Bytes for the accounts, of those for all groups.
const ACCOUNTS: usize = 12_000;

/// Bytes for one account or one group of details.
const GROUP: usize = 5000;

/// The id of what is folded away.
const DETAILS: &str = "details";

/// One message, with the details folded away.
pub(super) fn messages(digest: &Digest) -> Messages {
    let story = Story::of(digest);
    let accounts: Vec<Value> =
        pages(&story.accounts, shape(ACCOUNTS), 1, "account").concat().iter().map(group).collect();
    let spent: usize = accounts.iter().map(length).sum();
    let left = (TEAMS_BYTES - AROUND_GROUPS).saturating_sub(spent);
    let details = pages(&story.details, shape(left), 1, "group of details").concat();
    Messages {
        main: card(&story, digest.level, accounts, details.iter().map(group).collect()),
        details: Vec::new(),
    }
}

fn shape(page: usize) -> Shape {
    Shape { page, group: GROUP, groups: usize::MAX, around: 80, cost: line_cost }
}

fn card(story: &Story, level: Level, accounts: Vec<Value>, details: Vec<Value>) -> Value {
    let title = escape(&cut(&story.title, TITLE, cost));
    let mut body = vec![heading(&title, level)];
    body.extend(lead(&story.lead));
    body.extend(accounts);
    let actions = if details.is_empty() { Vec::new() } else { vec![toggle()] };
    if !details.is_empty() {
        body.push(json!({ "type": "Container", "id": DETAILS, "isVisible": false, "separator": true, "items": details }));
    }
    body.push(block(&escape(&story.foot), true));
    let mut content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": title,
        "msteams": { "width": "Full" },
        "body": body,
    });
    if !actions.is_empty() {
        content["actions"] = actions.into();
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

/// The figures, as many as there is room for.
fn lead(lines: &[Line]) -> Vec<Value> {
    let mut left = LEAD;
    let fits = |line: &&Line| {
        let cost = line_cost(line);
        let fits = cost <= left;
        left = left.saturating_sub(cost);
        fits
    };
    lines.iter().take_while(fits).map(text_block).collect()
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
