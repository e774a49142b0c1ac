//! Messages for Google Chat: cards, version 2.
//!
//! Within a card there are no mentions, and the only markup is a handful of HTML
//! elements ("Format messages", Google Chat), so that escaping `&`, `<` and `>`
//! makes any text plain.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::clean::{clean, one_line};
use super::cut::{Allowance, cut, in_json, json_bytes};
use super::limits::{GOOGLE_CHAT_BYTES, GOOGLE_CHAT_THREAD_KEY, GOOGLE_CHAT_WIDGETS};
use super::words;
use crate::model::notice::{Fact, Link, Notice};

/// Bytes for the title and the text that stands in for the card.
const TITLE: usize = 400;

/// Bytes for the facts, of those for the whole message.
const FACTS: usize = 9000;

/// Bytes for where it happened.
const PLACE: usize = 3000;

/// Bytes for one label and one value.
const FACT: (usize, usize) = (120, 1000);

/// Bytes for the reason.
const REASON: usize = 12_000;

/// Bytes of a link; a longer one is left out, since half of it leads nowhere.
const LINK: usize = 2000;

/// Bytes of the JSON around one text, at most.
const AROUND: usize = 90;

/// Bytes of the JSON around everything.
const ENVELOPE: usize = 600;

/// The message. It keeps Google Chat's limits: long texts are cut and say so.
/// With a thread it holds the thread's key.
pub fn message(notice: &Notice) -> Value {
    let mut all = Allowance::new(GOOGLE_CHAT_BYTES - ENVELOPE, cost);
    let header = header(notice, &mut all);
    let summary = all.text(&words::summary(notice), TITLE);
    let thread = notice.thread.as_deref().and_then(|thread| thread_key(thread, &mut all));
    let mut message = json!({
        "fallbackText": without_brackets(&summary),
        "cardsV2": [{ "cardId": "foghorn", "card": { "header": header, "sections": sections(notice, &mut all) } }],
    });
    if let Some(key) = thread {
        message["thread"] = json!({ "threadKey": key });
    }
    message
}

fn header(notice: &Notice, all: &mut Allowance) -> Value {
    let title = all.text(&words::title(notice), TITLE);
    let place = all.text(&words::account(&notice.place), TITLE);
    json!({ "title": without_brackets(&title), "subtitle": without_brackets(&place) })
}

fn sections(notice: &Notice, all: &mut Allowance) -> Vec<Value> {
    let place = widgets(&words::place(&notice.place), &mut all.part(PLACE));
    let link = notice.link.as_ref().and_then(|link| button(link, all));
    let facts = facts(&notice.facts, all);
    let reason = notice.reason.as_ref().map(|reason| all.text(&clean(reason), REASON));
    let containers = containers(notice, all);
    let mut sections = Vec::new();
    sections.extend(section(None, facts));
    sections.extend(section(Some("Reason"), reason.iter().map(|text| paragraph(text)).collect()));
    sections
        .extend(section(Some("Failed containers"), containers.iter().map(|text| paragraph(text)).collect()));
    sections.extend(section(Some("Where and when"), place));
    sections.extend(section(None, link.into_iter().collect()));
    sections
}

/// Google Chat takes no section without widgets.
fn section(header: Option<&str>, widgets: Vec<Value>) -> Option<Value> {
    match header {
        _ if widgets.is_empty() => None,
        Some(header) => Some(json!({ "header": header, "widgets": widgets })),
        None => Some(json!({ "widgets": widgets })),
    }
}

fn facts(facts: &[Fact], all: &mut Allowance) -> Vec<Value> {
    let mut part = all.part(FACTS);
    // One widget is kept for the note.
    let mut shown = widgets(&facts[..facts.len().min(GOOGLE_CHAT_WIDGETS - 1)], &mut part);
    all.give_back(part);
    shown.extend(words::rest(shown.len(), facts.len(), "facts").map(|note| paragraph(&note)));
    shown
}

/// One widget a fact, as many as the allowance holds.
fn widgets(facts: &[Fact], allowance: &mut Allowance) -> Vec<Value> {
    let mut widgets = Vec::new();
    for fact in facts {
        let label = cut(&one_line(&fact.label), FACT.0, cost);
        let has_room = allowance.take(AROUND) && allowance.take_whole(&label);
        let value = allowance.text(&one_line(&fact.value), FACT.1);
        if !has_room || value.is_empty() {
            break;
        }
        let label = without_brackets(&label);
        widgets.push(
            json!({ "decoratedText": { "topLabel": label, "text": escape(&value), "wrapText": true } }),
        );
    }
    widgets
}

fn containers(notice: &Notice, all: &mut Allowance) -> Option<String> {
    if notice.failed_containers.is_empty() || !all.take(2 * AROUND) {
        return None;
    }
    Some(words::containers(&notice.failed_containers, all, FACT.1))
}

fn button(link: &Link, all: &mut Allowance) -> Option<Value> {
    let url = words::web_link(link)?;
    let text = cut(&one_line(&link.text), FACT.0, cost);
    let length = json_bytes(&url);
    let fits = length <= LINK && all.take(AROUND + FACT.0 + length);
    let button = json!({ "text": without_brackets(&text), "onClick": { "openLink": { "url": url } } });
    fits.then(|| json!({ "buttonList": { "buttons": [button] } }))
}

fn paragraph(text: &str) -> Value {
    json!({ "textParagraph": { "text": escape(text) } })
}

/// The key of a thread; one that is too long for Google Chat, or for the
/// message, has its digest as key, which keeps it apart from others.
fn thread_key(thread: &str, all: &mut Allowance) -> Option<String> {
    let fits = thread.chars().count() <= GOOGLE_CHAT_THREAD_KEY && all.take_whole(thread);
    let digest = || Sha256::digest(thread.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    match thread.trim() {
        "" => None,
        _ if fits => Some(thread.to_owned()),
        _ => Some(digest()),
    }
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Titles, labels and buttons, where Google Chat does not say whether it reads
/// HTML: without what could begin an element or a mention, in either case.
pub(super) fn without_brackets(text: &str) -> String {
    text.replace('<', "‹").replace('>', "›")
}

/// What a character takes up, escaped in either way.
pub(super) fn cost(letter: char) -> usize {
    match letter {
        '&' => 5,
        '<' | '>' => 4,
        _ => in_json(letter, letter.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::fixtures;

    #[test]
    fn free_text_can_neither_ping_anybody_nor_become_markup() {
        let written = message(&fixtures::hostile()).to_string();
        assert!(!written.contains(['<', '>']), "{written}");
        assert!(written.contains("‹users/all›") && written.contains("&lt;b&gt;"), "{written}");
    }

    #[test]
    fn messages_about_one_service_share_a_thread() {
        let notice = fixtures::deployment();
        let key = message(&notice)["thread"]["threadKey"].clone();
        assert_eq!(key.as_str(), notice.thread.as_deref());
        assert_eq!(message(&Notice { thread: None, ..notice })["thread"], Value::Null);
    }

    #[test]
    fn a_thread_s_key_that_is_too_long_is_still_one_of_its_own() {
        let key = |last: &str| {
            let thread = format!("{}{last}", "a".repeat(4000));
            message(&Notice { thread: Some(thread), ..fixtures::deployment() })["thread"]["threadKey"].clone()
        };
        assert_eq!(key("1").as_str().map(str::len), Some(64));
        assert_ne!(key("1"), key("2"));
    }
}
