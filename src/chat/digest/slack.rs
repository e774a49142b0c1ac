//! Digests for Slack: Block Kit.
//!
//! Everything but the header stands in `rich_text` blocks, whose texts Slack
//! reads no markup and no mentions in: those are elements of their own ("Rich
//! text block", Block Kit reference).

use serde_json::{Value, json};

use super::Messages;
use super::pages::{Shape, first_lines, pages};
use super::story::{Group, Line, Span, Story};
use crate::chat::cut::cut;
use crate::chat::limits::{SLACK_ALL_BLOCKS, SLACK_BLOCKS, SLACK_HEADER, SLACK_SECTION};
use crate::chat::slack::{cost, defuse, escape};
use crate::model::digest::Digest;

/// Characters for the figures, and for what to do next.
const LINES: usize = 2200;

/// Characters that the details must have left to be begun.
const ROOM_FOR_DETAILS: usize = 1500;

/// How many messages the details take at most.
const MOST_REPLIES: usize = 5;

/// The header, the figures, what to do next, and the foot.
const OTHER_BLOCKS: usize = 4;

/// What stands above and below the groups.
struct Frame {
    top: Vec<Value>,
    bottom: Vec<Value>,
}

/// One message that holds the details as far as there is room.
pub(super) fn alone(digest: &Digest) -> Messages {
    let story = Story::of(digest);
    let frame = Frame::of(&story);
    let mut blocks = accounts(&story, &frame);
    let left = frame.room().saturating_sub(blocks.iter().map(length).sum());
    if left > ROOM_FOR_DETAILS {
        let groups = shape(left).groups.saturating_sub(blocks.len());
        let details = pages(&story.details, Shape { groups, ..shape(left) }, 1, "section").concat();
        blocks.extend(details.iter().map(group));
    }
    Messages { main: frame.around(&story, blocks), details: Vec::new() }
}

/// A message, and the replies in its thread.
pub(super) fn with_thread(digest: &Digest) -> Messages {
    let story = Story::of(digest);
    let frame = Frame::of(&story);
    let accounts = accounts(&story, &frame);
    let replies = pages(&story.details, shape(SLACK_ALL_BLOCKS), MOST_REPLIES, "section");
    let details =
        replies.iter().map(|groups| message(&story.title, groups.iter().map(group).collect())).collect();
    Messages { main: frame.around(&story, accounts), details }
}

fn accounts(story: &Story, frame: &Frame) -> Vec<Value> {
    pages(&story.accounts, shape(frame.room()), 1, "account").concat().iter().map(group).collect()
}

fn shape(page: usize) -> Shape {
    Shape { page, group: SLACK_SECTION, groups: SLACK_BLOCKS - OTHER_BLOCKS, around: 120, cost: line_cost }
}

impl Frame {
    fn of(story: &Story) -> Self {
        let header = json!({ "type": "header", "text": plain(&cut(&story.title, SLACK_HEADER, cost)) });
        let foot = json!({ "type": "context", "elements": [plain(&story.foot)] });
        Self {
            top: [header].into_iter().chain(lines(&story.lead)).collect(),
            bottom: lines(&story.next).into_iter().chain([foot]).collect(),
        }
    }

    /// What is left for groups.
    fn room(&self) -> usize {
        let spent: usize = self.top.iter().chain(&self.bottom).map(|block| length(block) + 1).sum();
        SLACK_ALL_BLOCKS.saturating_sub(spent)
    }

    fn around(self, story: &Story, blocks: Vec<Value>) -> Value {
        message(&story.title, [self.top, blocks, self.bottom].concat())
    }
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

/// The figures, or what to do next, as many lines as there is room for.
fn lines(lines: &[Line]) -> Option<Value> {
    let (head, lines) = first_lines(lines, LINES, line_cost).split_first()?;
    Some(group(&Group { is_list: false, head: head.clone(), lines: lines.to_vec() }))
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
    const LIST: usize = 112;
    LIST + spans(line).iter().map(|span| length(span) + 1).sum::<usize>()
}

/// The characters of JSON, counted as Slack's may be: in UTF-16.
fn length(value: &Value) -> usize {
    value.to_string().encode_utf16().count()
}
