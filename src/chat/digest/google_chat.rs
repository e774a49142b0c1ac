//! Digests for Google Chat: cards, version 2.
//!
//! The messages of one run share a thread of their own. A thread for all runs of
//! a fleet would be an old one soon, and who does not follow it is not told of
//! replies.

use serde_json::{Value, json};

use super::Messages;
use super::pages::{Shape, pages};
use super::story::{Group, Line, Span, Story};
use crate::chat::cut::cut;
use crate::chat::google_chat::{cost, escape, without_brackets};
use crate::chat::limits::{GOOGLE_CHAT_BYTES, GOOGLE_CHAT_WIDGETS};
use crate::model::digest::Digest;

/// Bytes for all but the groups: header, figures, foot, fallback and thread.
const AROUND_GROUPS: usize = 12_000;

/// Bytes for the title, once in the card and once for notifications.
const TITLE: usize = 1000;

/// Bytes for the figures.
const LEAD: usize = 7000;

/// Bytes for one account or one group of details.
const GROUP: usize = 8000;

/// How many messages the details take at most.
const MOST_REPLIES: usize = 3;

/// The message, and the replies in its thread.
pub(super) fn messages(digest: &Digest) -> Messages {
    let story = Story::of(digest);
    let accounts = pages(&story.accounts, shape(), 1, "account").concat();
    let replies = pages(&story.details, shape(), MOST_REPLIES, "group of details");
    let details = replies.iter().map(|groups| reply(&story, groups)).collect();
    Messages { main: main(&story, &accounts), details }
}

fn shape() -> Shape {
    Shape {
        page: GOOGLE_CHAT_BYTES - AROUND_GROUPS,
        group: GROUP,
        groups: GOOGLE_CHAT_WIDGETS - 2,
        around: 80,
        cost: line_cost,
    }
}

fn main(story: &Story, groups: &[Group]) -> Value {
    let mut sections = vec![json!({ "widgets": [paragraph(&lead(&story.lead))] })];
    sections.extend(groups.iter().map(section));
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

/// The figures, a line each, as many as there is room for.
fn lead(lines: &[Line]) -> String {
    let mut left = LEAD;
    let fits = |line: &&Line| {
        let cost = line_cost(line);
        let fits = cost <= left;
        left = left.saturating_sub(cost);
        fits
    };
    lines.iter().take_while(fits).map(line).collect::<Vec<String>>().join("<br>")
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
