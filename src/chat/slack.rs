//! Messages for Slack: Block Kit.
//!
//! Free text stands in `plain_text` objects, where Slack knows no markup and no
//! mentions. Only labels and the link are `mrkdwn`.
//!
//! An incoming webhook can't answer in a thread: for that Slack wants the
//! message's own `ts`, which it gives to a bot with a token alone. So the
//! notice's thread is shown with its place instead.

use serde_json::{Value, json};

use super::clean::{clean, one_line};
use super::cut::{Allowance, cut, in_json, total};
use super::limits::{
    SLACK_ALL_BLOCKS, SLACK_BLOCKS, SLACK_CONTEXT, SLACK_FIELD, SLACK_FIELDS, SLACK_HEADER, SLACK_SECTION,
    SLACK_TEXT,
};
use super::words;
use crate::model::notice::{Fact, Link, Notice};

/// Characters for the facts, of those for all blocks.
const FACTS: usize = 5000;

/// Characters for one fact's label and value.
const FACT: (usize, usize) = (60, 600);

/// Characters for where it happened, and for one line of that.
const PLACE: (usize, usize) = (1600, 500);

/// Characters of a link; a longer one is left out, since half of it leads nowhere.
const LINK: usize = 1500;

/// Characters of the JSON around one text, at most.
const AROUND: usize = 80;

/// Blocks that hold no facts: header, link, context, two notes, two headings
/// and two texts.
const OTHER_BLOCKS: usize = 9;

/// The message. Its blocks keep Slack's limits: long texts are cut, in the order
/// containers, reason, facts, and say so.
pub fn message(notice: &Notice) -> Value {
    let mut all = Allowance::new(SLACK_ALL_BLOCKS, cost);
    let mut blocks = vec![header(notice, &mut all)];
    let context = context(notice, &mut all);
    let link = notice.link.as_ref().and_then(|link| link_block(link, &mut all));
    blocks.extend(facts(&notice.facts, &mut all));
    blocks.extend(reason(notice, &mut all));
    blocks.extend(containers(notice, &mut all));
    blocks.extend(link);
    blocks.push(context);
    json!({
        "text": escape(&defuse(&cut(&words::summary(notice), SLACK_TEXT.min(SLACK_SECTION), cost))),
        "mrkdwn": false,
        "unfurl_links": false,
        "unfurl_media": false,
        "blocks": blocks,
    })
}

fn header(notice: &Notice, all: &mut Allowance) -> Value {
    all.take(AROUND);
    json!({ "type": "header", "text": plain(&all.text(&words::title(notice), SLACK_HEADER)) })
}

/// Labels on the left, values on the right.
fn facts(facts: &[Fact], all: &mut Allowance) -> Vec<Value> {
    let mut part = all.part(FACTS);
    let most = (SLACK_BLOCKS - OTHER_BLOCKS) * (SLACK_FIELDS / 2);
    let mut fields = Vec::new();
    for fact in facts.iter().take(most) {
        let label = cut(&label(&fact.label), FACT.0, cost);
        let has_room = part.take(2 * AROUND) && part.take_whole(&label);
        let value = part.text(&one_line(&fact.value), FACT.1.min(SLACK_FIELD));
        if !has_room || value.is_empty() {
            break;
        }
        fields.push([mrkdwn(&format!("*{}*", escape(&label))), plain(&value)]);
    }
    all.give_back(part);
    let sections = fields.chunks(SLACK_FIELDS / 2);
    let mut blocks: Vec<Value> =
        sections.map(|fields| json!({ "type": "section", "fields": fields.concat() })).collect();
    blocks.extend(words::rest(fields.len(), facts.len(), "facts").map(|note| section(&plain(&note))));
    blocks
}

fn reason(notice: &Notice, all: &mut Allowance) -> Vec<Value> {
    let Some(reason) = &notice.reason else { return Vec::new() };
    if !all.take(3 * AROUND) {
        return Vec::new();
    }
    let text = all.text(&clean(reason), SLACK_SECTION);
    vec![section(&mrkdwn("*Reason*")), section(&plain(&text))]
}

fn containers(notice: &Notice, all: &mut Allowance) -> Vec<Value> {
    if notice.failed_containers.is_empty() || !all.take(4 * AROUND) {
        return Vec::new();
    }
    let mut part = all.part(SLACK_SECTION - AROUND);
    let list = words::containers(&notice.failed_containers, &mut part, FACT.1);
    all.give_back(part);
    vec![section(&mrkdwn("*Failed containers*")), section(&plain(&list))]
}

/// A link, not a button: without an app that answers to clicks Slack shows a
/// warning beside a button that was clicked.
fn link_block(link: &Link, all: &mut Allowance) -> Option<Value> {
    let url = words::web_link(link)?;
    let text = cut(&label(&link.text), FACT.0, cost);
    let fits = total(&url, cost) <= LINK && all.take(2 * AROUND + FACT.0) && all.take_whole(&url);
    fits.then(|| section(&mrkdwn(&format!("<{}|{}>", escape(&url), escape(&text)))))
}

fn context(notice: &Notice, all: &mut Allowance) -> Value {
    let mut part = all.part(PLACE.0);
    let mut lines = words::place(&notice.place);
    let thread = notice.thread.iter();
    lines.extend(thread.map(|thread| Fact { label: "Thread".to_owned(), value: one_line(thread) }));
    let texts = lines.iter().take(SLACK_CONTEXT).map(|fact| {
        part.take(AROUND);
        part.text(&format!("{}: {}", fact.label, fact.value), PLACE.1)
    });
    let elements: Vec<Value> = texts.filter(|text| !text.is_empty()).map(|text| plain(&text)).collect();
    all.give_back(part);
    json!({ "type": "context", "elements": elements })
}

fn section(text: &Value) -> Value {
    json!({ "type": "section", "text": text })
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": escape(text), "emoji": false })
}

/// `verbatim`: Slack makes no links and mentions of what merely looks like one.
fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

/// A short text that will stand between marks: without marks of its own.
fn label(text: &str) -> String {
    one_line(&one_line(text).replace(['*', '_', '~', '`', '|'], " "))
}

/// "Formatting text for app surfaces", escaping text.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A word joiner, which can't be seen, makes `@channel` an ordinary word.
pub(super) fn defuse(text: &str) -> String {
    text.replace('@', "@\u{2060}")
}

/// What a character takes up. Slack does not say whether an emoji counts once or
/// twice, so it counts as in UTF-16: twice.
pub(super) fn cost(letter: char) -> usize {
    match letter {
        '&' => 5,
        '<' | '>' => 4,
        _ => in_json(letter, letter.len_utf16()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::fixtures;

    #[test]
    fn free_text_can_neither_ping_anybody_nor_become_markup() {
        let message = message(&fixtures::hostile());
        let written = message.to_string();
        for ping in ["<!here>", "<@U", "<!channel>", "<#C"] {
            assert!(!written.contains(ping), "{ping} in {written}");
        }
        assert!(
            !message["text"].as_str().is_some_and(|text| text.contains("@channel")),
            "{}",
            message["text"]
        );
        let marked = message["blocks"].as_array().into_iter().flatten().flat_map(|block| {
            let fields = block["fields"].as_array().cloned().unwrap_or_default();
            fields.into_iter().chain([block["text"].clone()]).filter(|text| text["type"] == "mrkdwn")
        });
        for text in marked {
            let text = text["text"].as_str().expect("a text");
            assert!(text.starts_with("<https://") || text.matches('*').count() == 2, "{text}");
            assert!(!text.contains(['_', '~', '`']), "{text}");
        }
    }

    #[test]
    fn a_link_to_anything_but_a_web_page_is_left_out() {
        let mut notice = fixtures::deployment();
        notice.link = Some(Link { text: "Console".to_owned(), url: "javascript:alert(1)".to_owned() });
        assert!(!message(&notice).to_string().contains("javascript"));
    }

    #[test]
    fn the_thread_that_a_webhook_can_t_answer_in_is_shown() {
        let notice = fixtures::deployment();
        let thread = notice.thread.clone().expect("a thread");
        assert!(message(&notice).to_string().contains(&format!("Thread: {thread}")));
    }
}
