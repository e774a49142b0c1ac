//! Digests for Slack: Block Kit.
//!
//! Everything but the header stands in `rich_text` blocks, whose texts Slack
//! reads no markup and no mentions in: those are elements of their own ("Rich
//! text block", Block Kit reference).

use serde_json::{Value, json};

use super::Messages;
use super::pages::{Shape, pages};
use super::story::{Group, Line, Span, Story};
use crate::chat::cut::cut;
use crate::chat::limits::{SLACK_ALL_BLOCKS, SLACK_BLOCKS, SLACK_HEADER, SLACK_SECTION};
use crate::chat::slack::{cost, defuse, escape};
use crate::model::digest::Digest;

/// Characters for the header, the figures and the foot, of those for all
/// blocks.
const AROUND_GROUPS: usize = 5000;

/// Characters for the figures.
const LEAD: usize = 3800;

/// How many messages the details take at most.
const MOST_REPLIES: usize = 5;

/// The header, the figures, the foot, and the room that a list needs.
const OTHER_BLOCKS: usize = 4;

/// One message that holds the details as far as there is room.
pub(super) fn alone(digest: &Digest) -> Messages {
    let story = Story::of(digest);
    let accounts = pages(&story.accounts, shape(SLACK_ALL_BLOCKS - AROUND_GROUPS), 1, "account").concat();
    let spent: usize = accounts.iter().map(group_cost).sum();
    let left = SLACK_ALL_BLOCKS - AROUND_GROUPS - spent.min(SLACK_ALL_BLOCKS - AROUND_GROUPS);
    let mut groups = accounts;
    if left > SLACK_SECTION {
        let shape =
            Shape { groups: (SLACK_BLOCKS - OTHER_BLOCKS).saturating_sub(groups.len()), ..shape(left) };
        groups.extend(pages(&story.details, shape, 1, "group of details").concat());
    }
    Messages { main: main(&story, &groups), details: Vec::new() }
}

/// A message, and the replies in its thread.
pub(super) fn with_thread(digest: &Digest) -> Messages {
    let story = Story::of(digest);
    let accounts = pages(&story.accounts, shape(SLACK_ALL_BLOCKS - AROUND_GROUPS), 1, "account").concat();
    let replies = pages(&story.details, shape(SLACK_ALL_BLOCKS), MOST_REPLIES, "group of details");
    let details =
        replies.iter().map(|groups| message(&story.title, groups.iter().map(group).collect())).collect();
    Messages { main: main(&story, &accounts), details }
}

fn shape(page: usize) -> Shape {
    Shape { page, group: SLACK_SECTION, groups: SLACK_BLOCKS - OTHER_BLOCKS, around: 120, cost: line_cost }
}

fn group_cost(group: &Group) -> usize {
    length(&self::group(group))
}

fn main(story: &Story, groups: &[Group]) -> Value {
    let header = json!({ "type": "header", "text": plain(&cut(&story.title, SLACK_HEADER, cost)) });
    let mut blocks = vec![header];
    blocks.extend(lead(&story.lead));
    blocks.extend(groups.iter().map(group));
    blocks.push(json!({ "type": "context", "elements": [plain(&story.foot)] }));
    message(&story.title, blocks)
}

fn message(title: &str, blocks: Vec<Value>) -> Value {
    json!({
        "text": escape(&defuse(title)),
        "mrkdwn": false,
        "unfurl_links": false,
        "unfurl_media": false,
        "blocks": blocks,
    })
}

/// The figures, as many as there is room for.
fn lead(lines: &[Line]) -> Option<Value> {
    let shape = Shape { groups: 2, group: LEAD, ..shape(LEAD + SLACK_SECTION) };
    let (head, lines) = lines.split_first()?;
    let group = Group { head: head.clone(), lines: lines.to_vec() };
    pages(&[group], shape, 1, "figure").concat().first().map(self::group)
}

fn group(group: &Group) -> Value {
    let mut elements = vec![json!({ "type": "rich_text_section", "elements": spans(&group.head) })];
    for lines in group.lines.chunk_by(|one, other| one.beneath == other.beneath) {
        let items: Vec<Value> = lines
            .iter()
            .map(|line| json!({ "type": "rich_text_section", "elements": spans(line) }))
            .collect();
        let indent = u8::from(lines.first().is_some_and(|line| line.beneath));
        elements.push(
            json!({ "type": "rich_text_list", "style": "bullet", "indent": indent, "elements": items }),
        );
    }
    json!({ "type": "rich_text", "elements": elements })
}

fn spans(line: &Line) -> Vec<Value> {
    let is_there = |span: &&Span| !span.text().is_empty();
    line.spans.iter().filter(is_there).map(span).collect()
}

fn span(span: &Span) -> Value {
    match span {
        Span::Plain(text) => json!({ "type": "text", "text": text }),
        Span::Strong(text) => json!({ "type": "text", "text": text, "style": { "bold": true } }),
        Span::Link { text, url } => json!({ "type": "link", "url": url, "text": text }),
    }
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": escape(text), "emoji": false })
}

/// A line that stands between two of another depth is a list of its own.
fn line_cost(line: &Line) -> usize {
    const LIST: usize = 150;
    LIST + spans(line).iter().map(|span| length(span) + 1).sum::<usize>()
}

/// The characters of JSON, counted as Slack's may be: in UTF-16.
fn length(value: &Value) -> usize {
    value.to_string().encode_utf16().count()
}
