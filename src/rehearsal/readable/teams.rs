//! An Adaptive Card for Microsoft Teams ("Text features", Adaptive Cards:
//! Markdown in text blocks and facts, none in runs of text).

use serde_json::Value;

use super::{Lines, labelled, list_at, text_at};

pub(in crate::rehearsal) fn text(message: &Value) -> String {
    let mut lines = Lines::default();
    for card in list_at(message, "/attachments").iter().filter_map(|attachment| attachment.get("content")) {
        list_at(card, "/body").iter().for_each(|element| add_element(element, &mut lines));
        for action in list_at(card, "/actions") {
            lines.add(labelled(text_at(action, "/title"), text_at(action, "/url")));
        }
    }
    lines.finish()
}

fn add_element(element: &Value, lines: &mut Lines) {
    lines.add(without_escapes(text_at(element, "/text")));
    for fact in list_at(element, "/facts") {
        let (title, value) = (text_at(fact, "/title"), text_at(fact, "/value"));
        lines.add(labelled(&without_escapes(title), &without_escapes(value)));
    }
    let runs = list_at(element, "/inlines").iter().map(|run| text_at(run, "/text"));
    lines.add(runs.collect::<String>());
}

/// A text without the backslashes that keep its characters from being Markdown.
fn without_escapes(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(next) if letter == '\\' && next.is_ascii_punctuation() => shown.extend(letters.next()),
            _ => shown.push(letter),
        }
    }
    shown
}
