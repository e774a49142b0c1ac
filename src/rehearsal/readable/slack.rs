//! The body of a post to an incoming webhook of Slack. Where it has blocks of
//! its own its text merely stands in for them (Slack API documentation,
//! chat.postMessage).

use serde_json::Value;

use super::{Lines, labelled, list_at, text_at, unescaped};

pub(in crate::rehearsal) fn text(message: &Value) -> String {
    let mut lines = Lines::default();
    let blocks = list_at(message, "/blocks");
    if blocks.is_empty() {
        lines.add(unescaped(text_at(message, "/text")));
    }
    add_blocks(blocks, &mut lines);
    for attachment in list_at(message, "/attachments") {
        add_blocks(list_at(attachment, "/blocks"), &mut lines);
        lines.add(text_at(attachment, "/title"));
        lines.add(text_at(attachment, "/text"));
    }
    lines.finish()
}

fn add_blocks(blocks: &[Value], lines: &mut Lines) {
    for block in blocks {
        lines.add(shown(text_at(block, "/text/text")));
        add_fields(list_at(block, "/fields"), lines);
        for element in list_at(block, "/elements") {
            lines.add(shown(text_at(element, "/text")));
            // Rich text is literal (Slack API documentation, rich text block).
            let texts = list_at(element, "/elements").iter().map(|text| text_at(text, "/text"));
            lines.add(texts.collect::<String>());
        }
    }
}

/// Fields stand in two columns: one that has its label above it is whole, and
/// others are a label and its value side by side.
fn add_fields(fields: &[Value], lines: &mut Lines) {
    let texts: Vec<String> = fields.iter().map(|field| shown(text_at(field, "/text"))).collect();
    if texts.iter().any(|text| text.contains('\n')) {
        for text in &texts {
            let (label, value) = text.split_once('\n').unwrap_or(("", text));
            lines.add(labelled(label, value));
        }
    } else {
        for row in texts.chunks(2) {
            lines.add(row.join(": "));
        }
    }
}

/// A text as it is shown; of a link its text and where it leads.
fn shown(text: &str) -> String {
    let link = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    match link.and_then(|link| link.split_once('|')) {
        Some((url, label)) => unescaped(&labelled(label, url)),
        None => unescaped(text),
    }
}
