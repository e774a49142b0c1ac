//! Messages for Microsoft Teams: an Adaptive Card, as a Workflow takes it.
//!
//! Long free text stands in `RichTextBlock`s, which know no Markdown. Titles and
//! facts do ("Text features", Adaptive Cards), so what would be markup there is
//! escaped. A card mentions nobody without an `entities` list, which it has not.

use serde_json::{Value, json};

use super::clean::{clean, one_line};
use super::cut::{Allowance, cut, in_json, json_bytes};
use super::limits::TEAMS_BYTES;
use super::words;
use crate::model::notice::{Fact, Link, Notice, NoticeLevel};

/// Bytes for the title and the text that stands in for the card.
const TITLE: usize = 400;

/// Bytes for the facts, of those for the whole message.
const FACTS: usize = 8000;

/// Bytes for where it happened.
const PLACE: usize = 3000;

/// Bytes for one label and one value.
const FACT: (usize, usize) = (120, 1000);

/// Bytes for the reason.
const REASON: usize = 10_500;

/// Bytes of a link; a longer one is left out, since half of it leads nowhere.
const LINK: usize = 2000;

/// Bytes of the JSON around one text, at most.
const AROUND: usize = 160;

/// Bytes of the JSON around one fact, at most.
const AROUND_FACT: usize = 40;

/// Bytes of the JSON around everything.
const ENVELOPE: usize = 1200;

/// The message. It keeps the limit of Teams: long texts are cut and say so.
pub fn message(notice: &Notice) -> Value {
    let mut all = Allowance::new(TEAMS_BYTES - ENVELOPE, cost);
    let summary = all.text(&words::summary(notice), TITLE);
    let body = body(notice, &mut all);
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": escape(&summary),
        "msteams": { "width": "Full" },
        "body": body.0,
    });
    if let Some(action) = body.1 {
        card["actions"] = json!([action]);
    }
    let attachment = json!({
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": null,
        "content": card,
    });
    json!({ "type": "message", "attachments": [attachment] })
}

/// What the card shows, and the button below it.
fn body(notice: &Notice, all: &mut Allowance) -> (Vec<Value>, Option<Value>) {
    let mut body = vec![title(notice, all)];
    let place = fact_set(&words::place(&notice.place), &mut all.part(PLACE));
    let link = notice.link.as_ref().and_then(|link| action(link, all));
    body.extend(facts(&notice.facts, all));
    body.extend(reason(notice, all));
    body.extend(containers(notice, all));
    body.push(json!({ "type": "FactSet", "facts": place, "separator": true }));
    (body, link)
}

fn title(notice: &Notice, all: &mut Allowance) -> Value {
    let color = match notice.level {
        NoticeLevel::Error => "Attention",
        NoticeLevel::Warning => "Warning",
        NoticeLevel::Info => "Accent",
    };
    let text = escape(&all.text(&words::title(notice), TITLE));
    json!({ "type": "TextBlock", "text": text, "size": "Large", "weight": "Bolder", "color": color, "wrap": true })
}

fn facts(facts: &[Fact], all: &mut Allowance) -> Vec<Value> {
    let mut part = all.part(FACTS);
    let shown = fact_set(facts, &mut part);
    all.give_back(part);
    let note = words::rest(shown.len(), facts.len(), "facts").unwrap_or_default();
    let set = (!shown.is_empty()).then(|| json!({ "type": "FactSet", "facts": shown }));
    set.into_iter().chain(free_text(&note)).collect()
}

/// As many facts as the allowance holds.
fn fact_set(facts: &[Fact], allowance: &mut Allowance) -> Vec<Value> {
    let mut shown = Vec::new();
    for fact in facts {
        let label = cut(&one_line(&fact.label), FACT.0, cost);
        let has_room = allowance.take(AROUND_FACT) && allowance.take_whole(&label);
        let value = allowance.text(&one_line(&fact.value), FACT.1);
        if !has_room || value.is_empty() {
            break;
        }
        shown.push(json!({ "title": escape(&label), "value": escape(&value) }));
    }
    shown
}

fn reason(notice: &Notice, all: &mut Allowance) -> Vec<Value> {
    let Some(reason) = &notice.reason else { return Vec::new() };
    if !all.take(2 * AROUND) {
        return Vec::new();
    }
    let mut blocks = vec![heading("Reason")];
    blocks.extend(free_text(&all.text(&clean(reason), REASON)));
    blocks
}

fn containers(notice: &Notice, all: &mut Allowance) -> Vec<Value> {
    if notice.failed_containers.is_empty() || !all.take(2 * AROUND) {
        return Vec::new();
    }
    let list = words::containers(&notice.failed_containers, all, FACT.1);
    let mut blocks = vec![heading("Failed containers")];
    blocks.extend(free_text(&list));
    blocks
}

fn action(link: &Link, all: &mut Allowance) -> Option<Value> {
    let url = words::web_link(link)?;
    let text = cut(&one_line(&link.text), FACT.0, cost);
    let length = json_bytes(&url);
    let fits = length <= LINK && all.take(AROUND + FACT.0 + length);
    fits.then(|| json!({ "type": "Action.OpenUrl", "title": text, "url": url }))
}

fn heading(text: &str) -> Value {
    json!({ "type": "TextBlock", "text": text, "weight": "Bolder", "spacing": "Medium" })
}

/// A block a line, since what a line break within a run of text does is left to
/// the app.
fn free_text(text: &str) -> Vec<Value> {
    let block = |line| json!({ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": line }] });
    text.lines().filter(|line| !line.trim().is_empty()).map(block).collect()
}

/// Puts a backslash before what would be Markdown, a date function or an HTML
/// entity. A `_` within a word is none, and names are full of them.
pub(super) fn escape(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut escaped = String::with_capacity(text.len());
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        if is_markup(*letter, before, letters.get(index + 1)) {
            escaped.push('\\');
        }
        escaped.push(*letter);
    }
    escaped
}

fn is_markup(letter: char, before: Option<&char>, after: Option<&char>) -> bool {
    let is_word = |letter: Option<&char>| letter.is_some_and(|letter| letter.is_alphanumeric());
    match letter {
        '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '~' | '{' => true,
        '_' => !(is_word(before) && is_word(after)),
        '&' => is_word(after) || after == Some(&'#'),
        '#' | '-' | '+' => before.is_none(),
        _ => false,
    }
}

/// What a character takes up, escaped: a backslash is two bytes of JSON, and a
/// line break begins a block.
pub(super) fn cost(letter: char) -> usize {
    match letter {
        '\n' => 80,
        '\\' => 4,
        '`' | '*' | '[' | ']' | '<' | '>' | '~' | '{' | '_' | '&' | '#' | '-' | '+' => 3,
        _ => in_json(letter, letter.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::fixtures;

    #[test]
    fn what_would_be_markdown_is_escaped_and_names_are_not() {
        assert_eq!(escape("*a* [b](https://c) `d`"), r"\*a\* \[b\](https://c) \`d\`");
        assert_eq!(escape("_a_ <at>b</at> {{DATE(c)}}"), r"\_a\_ \<at\>b\</at\> \{\{DATE(c)}}");
        assert_eq!(escape("checkout_service-2 a & b"), "checkout_service-2 a & b");
        assert_eq!((escape("# a").as_str(), escape("&lt;").as_str()), (r"\# a", r"\&lt;"));
    }

    #[test]
    fn every_line_of_a_reason_stays_a_line() {
        let notice = Notice { reason: Some("one\n\n two\r\nthree".to_owned()), ..fixtures::deployment() };
        let written = message(&notice).to_string();
        for line in ["one", " two", "three"] {
            assert!(
                written.contains(&format!(r#"[{{"text":"{line}","type":"TextRun"}}]"#)),
                "{line} in {written}"
            );
        }
    }

    #[test]
    fn a_card_mentions_nobody() {
        let message = message(&fixtures::hostile());
        let card = &message["attachments"][0]["content"];
        assert_eq!(card["msteams"], json!({ "width": "Full" }));
        assert!(!card["body"][0]["text"].as_str().is_some_and(|text| text.contains(" <")), "{card}");
    }
}
