//! The body of a post to an incoming webhook of Google Chat: one card.
//!
//! A message holds 32,000 bytes with its cards (Google Chat API reference,
//! `spaces.messages.create`), of which the rest of the card takes about 2,000.
//! The text of a card is read for HTML elements, links among them, and a
//! template can't escape them. The free text therefore stands in the label below
//! a text, which wraps and has no formatting (Google Chat API reference,
//! `DecoratedText`), and calls nobody by name, as the message's text would. ECS
//! itself gives no more than 1,024 characters (ECS API reference, container); of
//! a text that still does not fit, Google Chat refuses the whole message, which
//! EventBridge then counts as a failed invocation.

use serde_json::{Value, json};

use super::words::free_text;
use super::{Heading, Shape, bare, written};
use crate::model::target::Transformer;

pub(super) fn transformer(shape: Shape, heading: &Heading<'_>) -> Transformer {
    let icon = if heading.is_warning() { "\u{26a0}\u{fe0f}" } else { "\u{1f6a8}" };
    let mut sections = vec![json!({ "widgets": facts(shape, heading) })];
    if let Some((label, placeholder)) = free_text(shape) {
        let text = json!({ "decoratedText": { "text": label, "bottomLabel": bare(placeholder) } });
        sections.insert(0, json!({ "widgets": [text] }));
    }
    let title = format!("{icon} {}", heading.title(shape));
    written(&json!({
        "cardsV2": [{
            "cardId": "foghorn",
            "card": { "header": { "title": title }, "sections": sections },
        }],
    }))
}

fn facts(shape: Shape, heading: &Heading<'_>) -> Vec<Value> {
    let lines = heading.lines(shape).into_iter();
    let mut widgets: Vec<Value> = lines
        .map(|(label, value)| json!({ "decoratedText": { "topLabel": label, "text": value, "wrapText": true } }))
        .collect();
    let open = json!({ "openLink": { "url": heading.console() } });
    widgets.push(
        json!({ "buttonList": { "buttons": [{ "text": "Clusters in the console", "onClick": open }] } }),
    );
    widgets
}
