//! What an incoming webhook of Google Chat accepts (Google Chat API reference:
//! `spaces.messages.create`, cards).

use serde_json::{Map, Value};

use super::{Accepted, object, objects, optional_text, refuse, text};

/// The most bytes of a message with its cards.
const MESSAGE_LIMIT: usize = 32_000;

/// The kinds of widget, of which each holds one.
const WIDGETS: &[&str] =
    &["buttonList", "columns", "decoratedText", "divider", "grid", "image", "textParagraph"];

/// Whether an incoming webhook of Google Chat would post the text.
///
/// # Errors
/// The first thing that Google Chat would refuse.
pub fn google_chat_accepts(body: &str) -> Accepted {
    if body.len() > MESSAGE_LIMIT {
        return refuse(format!("has more than {MESSAGE_LIMIT} bytes"));
    }
    let message = object(body)?;
    optional_text(&message, "text", MESSAGE_LIMIT)?;
    let cards = objects(&message, "cardsV2")?;
    let has_text = message.get("text").and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    if !has_text && cards.is_empty() {
        return refuse("has neither text nor cards");
    }
    cards.iter().try_for_each(|card| one_card(card))
}

fn one_card(card: &Map<String, Value>) -> Accepted {
    let Some(Value::Object(card)) = card.get("card") else { return refuse("has an entry without `card`") };
    if let Some(header) = card.get("header") {
        let Value::Object(header) = header else { return refuse("has a card whose header is no object") };
        text(header, "title", MESSAGE_LIMIT)?;
    }
    let sections = objects(card, "sections")?;
    if sections.is_empty() && !card.contains_key("header") {
        return refuse("has a card with nothing to show");
    }
    for section in sections {
        optional_text(section, "header", MESSAGE_LIMIT)?;
        let widgets = objects(section, "widgets")?;
        if widgets.is_empty() {
            return refuse("has a section without widgets");
        }
        widgets.iter().try_for_each(|widget| one_widget(widget))?;
    }
    Ok(())
}

fn one_widget(widget: &Map<String, Value>) -> Accepted {
    let kinds: Vec<&str> = WIDGETS.iter().filter(|kind| widget.contains_key(**kind)).copied().collect();
    let [kind] = kinds[..] else { return refuse("has a widget that is not of exactly one known kind") };
    let Some(Value::Object(inner)) = widget.get(kind) else {
        return refuse(format!("has a `{kind}` that is no object"));
    };
    match kind {
        "decoratedText" => {
            optional_text(inner, "topLabel", MESSAGE_LIMIT)?;
            optional_text(inner, "bottomLabel", MESSAGE_LIMIT)?;
            text(inner, "text", MESSAGE_LIMIT)
        }
        "textParagraph" if !inner.contains_key("text") => refuse("has a `textParagraph` without text"),
        "textParagraph" => optional_text(inner, "text", MESSAGE_LIMIT),
        "buttonList" => objects(inner, "buttons")?.iter().try_for_each(|button| one_button(button)),
        _ => Ok(()),
    }
}

fn one_button(button: &Map<String, Value>) -> Accepted {
    text(button, "text", MESSAGE_LIMIT)?;
    let url = button.get("onClick").and_then(|click| click.pointer("/openLink/url")).and_then(Value::as_str);
    match url {
        Some(url) if url.starts_with("https://") => Ok(()),
        _ => refuse("has a button that opens no https page"),
    }
}
