//! Digests for Google Chat: cards, version 2.
//!
//! The messages of one run share a thread of their own. A thread for all runs of
//! a fleet would be an old one soon, and who does not follow it is not told of
//! replies.

use serde_json::{Value, json};

use super::Messages;
use super::pages::{Shape, first_lines, pages};
use super::story::{Group, Line, Span, Story};
use crate::chat::cut::cut;
use crate::chat::google_chat::{cost, escape, without_brackets};
use crate::chat::limits::{GOOGLE_CHAT_BYTES, GOOGLE_CHAT_WIDGETS};
use crate::model::digest::Digest;

/// Bytes for all but the groups: header, figures, what to do
/// next, foot, fallback and thread.
const AROUND_GROUPS: usize = 12_000;

/// Bytes for the title, once in the card and once for notifications.
const TITLE: usize = 1000;

/// Bytes for the figures, and for what to do next.
const LINES: usize = 4000;

/// Bytes for one account or one group of details.
const GROUP: usize = 8000;

/// How many messages the details take at most.
const MOST_REPLIES: usize = 3;

/// The message, and the replies in its thread.
pub(super) fn messages(digest: &Digest) -> Messages {
    let story = Story::of(digest);
    let accounts = pages(&story.accounts, shape(), 1, "account").concat();
    let replies = pages(&story.details, shape(), MOST_REPLIES, "section");
    let details = replies.iter().map(|groups| reply(&story, groups)).collect();
    Messages { main: main(&story, &accounts), details }
}

fn shape() -> Shape {
    Shape {
        page: GOOGLE_CHAT_BYTES - AROUND_GROUPS,
        group: GROUP,
        groups: GOOGLE_CHAT_WIDGETS - 3,
        around: 80,
        cost: line_cost,
    }
}

fn main(story: &Story, groups: &[Group]) -> Value {
    let mut sections = Vec::from_iter(lines(&story.lead));
    sections.extend(groups.iter().map(section));
    sections.extend(lines(&story.next));
    sections.push(json!({ "widgets": [paragraph(&escape(&story.foot))] }));
    let title = without_brackets(&cut(&story.title, TITLE, cost));
    message(story, &title, json!({ "header": { "title": title }, "sections": sections }))
}

fn reply(story: &Story, groups: &[Group]) -> Value {
    let sections: Vec<Value> = groups.iter().map(section).collect();
    let title = without_brackets(&cut(&story.title, TITLE, cost));
    message(story, &title, json!({ "sections": sections }))
}

fn message(story: &Story, title: &str, card: Value) -> Value {
    json!({
        "fallbackText": title,
        "cardsV2": [{ "cardId": "foghorn", "card": card }],
        "thread": { "threadKey": story.thread },
    })
}

/// The figures, or what to do next, as many lines as there is room for.
fn lines(lines: &[Line]) -> Option<Value> {
    let lines: Vec<String> = first_lines(lines, LINES, line_cost).iter().map(line).collect();
    (!lines.is_empty()).then(|| json!({ "widgets": [paragraph(&lines.join("<br>"))] }))
}

/// One account in one widget, so that the limit of widgets is one of accounts.
fn section(group: &Group) -> Value {
    let lines: Vec<String> = [&group.head].into_iter().chain(&group.lines).map(line).collect();
    json!({ "widgets": [paragraph(&lines.join("<br>"))] })
}

fn paragraph(text: &str) -> Value {
    json!({ "textParagraph": { "text": text } })
}

/// The elements are those of "Format messages", Google Chat, for cards.
fn line(line: &Line) -> String {
    let spans: String = line.spans.iter().map(span).collect();
    if line.beneath { format!("&nbsp;&nbsp;&nbsp;&nbsp;{spans}") } else { spans }
}

fn span(span: &Span) -> String {
    match span {
        Span::Plain(text) => escape(text),
        Span::Strong(text) if text.is_empty() => String::new(),
        Span::Strong(text) => format!("<b>{}</b>", escape(text)),
        Span::Link { text, url } => {
            let url = escape(url).replace('"', "&quot;");
            format!("<a href=\"{url}\">{}</a>", escape(text))
        }
    }
}

fn line_cost(line: &Line) -> usize {
    json!(format!("{}<br>", self::line(line))).to_string().len()
}
