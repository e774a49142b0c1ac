//! What an incoming webhook of Slack accepts (Slack API documentation: Block Kit
//! reference, incoming webhooks, legacy message attachments).

use serde_json::{Map, Value};

use super::{Accepted, object, objects, optional_text, refuse, text};

const BLOCKS_LIMIT: usize = 50;
const ATTACHMENTS_LIMIT: usize = 100;
const HEADER_LIMIT: usize = 150;
const SECTION_LIMIT: usize = 3_000;
const FIELDS_LIMIT: usize = 10;
const FIELD_LIMIT: usize = 2_000;
const ELEMENTS_LIMIT: usize = 10;

/// The text of all blocks together, which Slack refuses with
/// `msg_blocks_too_long` though each block is within its limit (an issue of
/// Slack's own library, bolt-js 2509).
const ALL_BLOCKS_LIMIT: usize = 13_200;

/// Whether an incoming webhook of Slack would post the text. What is longer than
/// 40,000 characters outside blocks Slack cuts, so it is accepted.
///
/// # Errors
/// The first thing that Slack would refuse.
pub fn slack_webhook_accepts(body: &str) -> Accepted {
    let message = object(body)?;
    optional_text(&message, "text", usize::MAX)?;
    let blocks = objects(&message, "blocks")?;
    let attachments = objects(&message, "attachments")?;
    let has_text = message.get("text").and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    if !has_text && blocks.is_empty() && attachments.is_empty() {
        return refuse("has neither text nor blocks nor attachments");
    }
    if attachments.len() > ATTACHMENTS_LIMIT {
        return refuse(format!("has more than {ATTACHMENTS_LIMIT} attachments"));
    }
    let mut all = blocks;
    for attachment in attachments {
        let own = objects(attachment, "blocks")?;
        if own.is_empty() {
            text_of_attachment(attachment)?;
        }
        all.extend(own);
    }
    all_blocks(&all)
}

fn text_of_attachment(attachment: &Map<String, Value>) -> Accepted {
    optional_text(attachment, "text", usize::MAX)?;
    let shown = ["text", "fallback", "title"].iter().any(|name| attachment.contains_key(*name));
    if shown { Ok(()) } else { refuse("has an attachment with nothing to show") }
}

fn all_blocks(blocks: &[&Map<String, Value>]) -> Accepted {
    if blocks.len() > BLOCKS_LIMIT {
        return refuse(format!("has more than {BLOCKS_LIMIT} blocks"));
    }
    blocks.iter().try_for_each(|block| one_block(block))?;
    let length: usize = blocks.iter().flat_map(|block| block.values()).map(characters).sum();
    if length > ALL_BLOCKS_LIMIT {
        return refuse(format!("has blocks of more than {ALL_BLOCKS_LIMIT} characters together"));
    }
    Ok(())
}

fn one_block(block: &Map<String, Value>) -> Accepted {
    match block.get("type").and_then(Value::as_str) {
        Some("header") => text_object(block.get("text"), HEADER_LIMIT, &["plain_text"]),
        Some("section") => section(block),
        Some("context") => {
            let elements = objects(block, "elements")?;
            within("elements", elements.len(), ELEMENTS_LIMIT)?;
            elements.iter().try_for_each(|element| text(element, "text", SECTION_LIMIT))
        }
        Some("divider" | "actions" | "image" | "rich_text" | "markdown") => Ok(()),
        _ => refuse("has a block of an unknown type"),
    }
}

fn section(block: &Map<String, Value>) -> Accepted {
    let fields = objects(block, "fields")?;
    if fields.is_empty() || block.contains_key("text") {
        text_object(block.get("text"), SECTION_LIMIT, &["mrkdwn", "plain_text"])?;
    }
    if fields.is_empty() {
        return Ok(());
    }
    within("fields", fields.len(), FIELDS_LIMIT)?;
    fields.iter().try_for_each(|field| text(field, "text", FIELD_LIMIT))
}

fn within(name: &str, count: usize, limit: usize) -> Accepted {
    if (1..=limit).contains(&count) {
        Ok(())
    } else {
        refuse(format!("has {count} {name}, not 1 to {limit}"))
    }
}

fn text_object(value: Option<&Value>, limit: usize, kinds: &[&str]) -> Accepted {
    let Some(Value::Object(members)) = value else { return refuse("has a block without text") };
    let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
    if !kinds.contains(&kind) {
        return refuse(format!("has a text of the type \"{kind}\" where {} belongs", kinds.join(" or ")));
    }
    text(members, "text", limit)
}

/// The characters of all texts inside.
fn characters(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(values) => values.iter().map(characters).sum(),
        Value::Object(members) => members.values().map(characters).sum(),
        _ => 0,
    }
}
