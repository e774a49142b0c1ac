//! A card of Google Chat (Google Chat API reference, cards).

use serde_json::Value;

use super::{Lines, labelled, list_at, text_at, unescaped};

pub(in crate::rehearsal) fn text(message: &Value) -> String {
    let mut lines = Lines::default();
    lines.add(text_at(message, "/text"));
    for card in list_at(message, "/cardsV2") {
        lines.add(text_at(card, "/card/header/title"));
        lines.add(text_at(card, "/card/header/subtitle"));
        for section in list_at(card, "/card/sections") {
            lines.add(text_at(section, "/header"));
            list_at(section, "/widgets").iter().for_each(|widget| add_widget(widget, &mut lines));
        }
    }
    lines.finish()
}

fn add_widget(widget: &Value, lines: &mut Lines) {
    lines.add(unescaped(text_at(widget, "/textParagraph/text")));
    let label = text_at(widget, "/decoratedText/topLabel");
    lines.add(labelled(label, &unescaped(text_at(widget, "/decoratedText/text"))));
    lines.add(text_at(widget, "/decoratedText/bottomLabel"));
    for button in list_at(widget, "/buttonList/buttons") {
        lines.add(labelled(text_at(button, "/text"), text_at(button, "/onClick/openLink/url")));
    }
}
