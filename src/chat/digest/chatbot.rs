//! Digests for AWS Chatbot: custom notifications ("Custom notifications", AWS
//! Chatbot administrator guide).
//!
//! AWS Chatbot hands text on in the chat client's own markup, and a topic does
//! not tell whether that is Slack's or Teams'. So nothing is marked up: links
//! are written out, which both make clickable, and what either reads as markup
//! is replaced by what looks like it.

use serde_json::{Value, json};

use super::Messages;
use super::pages::{Shape, first_lines, pages};
use super::story::{Group, Line, Span, Story};
use crate::chat::cut::cut;
use crate::chat::limits::{CHATBOT_DESCRIPTION, CHATBOT_TITLE};
use crate::model::digest::Digest;

/// Characters for the figures.
const LINES: usize = 2500;

/// How many steps are told, each of which is its own text.
const MOST_STEPS: usize = 5;

/// How many messages the details take at most.
const MOST_REPLIES: usize = 4;

/// The message, and further ones in its thread.
pub(super) fn messages(digest: &Digest) -> Messages {
    let story = Story::of(digest);
    let (lead, foot) = (lines(&story.lead), harmless(&story.foot));
    let around = lead.chars().chain(foot.chars()).map(units).sum::<usize>() + 4;
    let accounts =
        pages(&story.accounts, shape(CHATBOT_DESCRIPTION.saturating_sub(around)), 1, "account").concat();
    let replies = pages(&story.details, shape(CHATBOT_DESCRIPTION), MOST_REPLIES, "section");
    let mut parts = vec![lead];
    parts.extend(accounts.iter().map(group));
    parts.push(foot);
    parts.retain(|part| !part.is_empty());
    let details = replies.iter().map(|groups| {
        notification(&story, false, &groups.iter().map(group).collect::<Vec<_>>().join("\n\n"))
    });
    Messages { details: details.collect(), main: notification(&story, true, &parts.join("\n\n")) }
}

fn shape(page: usize) -> Shape {
    Shape { page, group: CHATBOT_DESCRIPTION / 2, groups: usize::MAX, around: 4, cost: line_cost }
}

fn notification(story: &Story, is_main: bool, description: &str) -> Value {
    let summary = harmless(&cut(&story.title, CHATBOT_TITLE, units));
    let mut content = json!({ "textType": "client-markdown", "description": description });
    if is_main {
        content["title"] = summary.clone().into();
        let steps: Vec<String> = story.next.iter().take(MOST_STEPS).map(line).collect();
        if !steps.is_empty() {
            content["nextSteps"] = steps.into();
        }
    }
    json!({
        "version": "1.0",
        "source": "custom",
        "content": content,
        "metadata": {
            "threadId": story.thread,
            "summary": summary,
            "eventType": "foghornReport",
            "enableCustomActions": false,
        },
    })
}

/// The figures, as many lines as there is room for.
fn lines(lines: &[Line]) -> String {
    let lines: Vec<String> = first_lines(lines, LINES, line_cost).iter().map(line).collect();
    lines.join("\n")
}

fn group(group: &Group) -> String {
    [&group.head].into_iter().chain(&group.lines).map(line).collect::<Vec<String>>().join("\n")
}

fn line(line: &Line) -> String {
    let text: String = line.spans.iter().map(span).collect();
    if line.beneath { format!("    {text}") } else { text }
}

fn span(span: &Span) -> String {
    match span {
        Span::Plain(text) | Span::Strong(text) => harmless(text),
        Span::Link { text, url } => format!("{} {url} ", harmless(text)),
    }
}

/// The text without what Slack or Teams reads as markup or as a mention. A `_`
/// within a word is none, and names are full of them.
fn harmless(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_word = |letter: Option<&char>| letter.is_some_and(|letter| letter.is_alphanumeric());
    let shown = letters.iter().enumerate().map(|(index, letter)| {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        match letter {
            '<' => '‹',
            '>' => '›',
            '*' => '∗',
            '~' => '∼',
            '`' => 'ˋ',
            '[' => '(',
            ']' => ')',
            '@' => '＠',
            '&' => '＆',
            '\\' => '＼',
            '_' if !(is_word(before) && is_word(letters.get(index + 1))) => '＿',
            letter => *letter,
        }
    });
    shown.collect()
}

fn line_cost(line: &Line) -> usize {
    self::line(line).chars().map(units).sum::<usize>() + 1
}

/// Whether AWS counts characters or UTF-16 is not documented: the larger.
fn units(letter: char) -> usize {
    letter.len_utf16()
}
