//! Slack's incoming webhooks: what they refuse, and what a message says.
//!
//! The limits are those of the Block Kit reference; the refusals are the words
//! of the page on incoming webhooks and of `chat.postMessage`.

use serde_json::Value;

use super::markup::{unescaped, without_links};
use super::{Response, rich_text};
use crate::sim::members::list;
use crate::sim::rooms::{Link, Message};

const MAX_BLOCKS: usize = 50;
/// The characters that the texts of all blocks may have together. No page
/// tells it; beyond it Slack answers `msg_blocks_too_long`.
const MAX_BLOCK_CHARACTERS: usize = 13_200;
/// Longer texts are cut off.
const MAX_TEXT: usize = 40_000;
const MAX_ATTACHMENTS: usize = 100;

/// Reads a message, or refuses it in Slack's one word.
pub(super) fn read(body: &str) -> Result<(Message, Response), Response> {
    parse(body).map(|message| (message, Response::text(200, "ok"))).map_err(|word| Response::text(400, word))
}

/// Reads a message; the refusal is Slack's one word.
pub(in crate::sim::rooms) fn parse(body: &str) -> Result<Message, &'static str> {
    let sent: Value = serde_json::from_str(body).map_err(|_| "invalid_payload")?;
    if !sent.is_object() {
        return Err("invalid_payload");
    }
    let text = sent["text"].as_str().unwrap_or_default();
    let blocks = elements(&sent, "blocks")?;
    let attachments = elements(&sent, "attachments")?;
    if text.trim().is_empty() && blocks.is_empty() && attachments.is_empty() {
        return Err("no_text");
    }
    if attachments.len() > MAX_ATTACHMENTS {
        return Err("too_many_attachments");
    }
    let mut message = Message::default();
    read_blocks(blocks, &mut message)?;
    for attachment in attachments {
        read_attachment(attachment, &mut message)?;
    }
    // Beside blocks, the text is what a notification shows.
    if blocks.is_empty() {
        let text: String = text.chars().take(MAX_TEXT).collect();
        let attached = std::mem::take(&mut message.description);
        add_text(&text, &mut message);
        add_line(&attached, &mut message);
    }
    message.thread = sent["thread_ts"].as_str().map(str::to_owned);
    Ok(message)
}

fn elements<'v>(sent: &'v Value, member: &str) -> Result<&'v [Value], &'static str> {
    match &sent[member] {
        Value::Null => Ok(&[]),
        Value::Array(elements) => Ok(elements),
        _ if member == "blocks" => Err("invalid_blocks"),
        _ => Err("invalid_payload"),
    }
}

fn read_blocks(blocks: &[Value], message: &mut Message) -> Result<(), &'static str> {
    if blocks.len() > MAX_BLOCKS {
        return Err("invalid_blocks");
    }
    for block in blocks {
        read_block(block, message).ok_or("invalid_blocks")?;
    }
    if blocks.iter().map(characters).sum::<usize>() > MAX_BLOCK_CHARACTERS {
        return Err("msg_blocks_too_long");
    }
    Ok(())
}

/// Characters of every text in a block.
fn characters(value: &Value) -> usize {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match value.as_str() {
                Some(text) if name == "text" => text.chars().count(),
                _ => characters(value),
            })
            .sum(),
        Value::Array(values) => values.iter().map(characters).sum(),
        _ => 0,
    }
}

/// Reads one block; `None` if Slack would refuse it.
fn read_block(block: &Value, message: &mut Message) -> Option<()> {
    let id = block["block_id"].as_str().unwrap_or_default();
    if id.chars().count() > 255 {
        return None;
    }
    match block["type"].as_str()? {
        "header" => {
            let text = text_object(&block["text"], 150, true)?;
            match &message.title {
                None => message.title = Some(text.to_owned()),
                Some(_) => add_line(text, message),
            }
        }
        "section" => section(block, message)?,
        "context" => context(block, message)?,
        "actions" => actions(list(block.get("elements")), message)?,
        "markdown" => add_text(bounded(block["text"].as_str()?, 12_000)?, message),
        "rich_text" => {
            for line in rich_text::lines(block, &mut message.links)? {
                add_line(&line, message);
            }
        }
        "image" => add_line(bounded(block["alt_text"].as_str()?, 2000)?, message),
        "divider" => {}
        "video" | "table" | "file" | "input" => {}
        _ => return None,
    }
    Some(())
}

fn section(block: &Value, message: &mut Message) -> Option<()> {
    let fields = list(block.get("fields"));
    if block["text"].is_null() && fields.is_empty() || fields.len() > 10 {
        return None;
    }
    if !block["text"].is_null() {
        add_text(text_object(&block["text"], 3000, false)?, message);
    }
    for field in fields {
        let text = text_object(field, 2000, false)?;
        let (name, value) = text.split_once('\n').unwrap_or(("", text));
        let (value, links) = without_links(value);
        message.fields.push((unescaped(name.trim_matches(['*', ' ', ':'])), value));
        message.links.extend(links);
    }
    match &block["accessory"] {
        Value::Null => Some(()),
        accessory => element(accessory, message),
    }
}

fn context(block: &Value, message: &mut Message) -> Option<()> {
    let elements = list(block.get("elements"));
    if elements.is_empty() || elements.len() > 10 {
        return None;
    }
    for element in elements.iter().filter(|element| element["type"] != "image") {
        let (text, links) = without_links(text_object(element, 2000, false)?);
        message.keywords.push(text);
        message.links.extend(links);
    }
    Some(())
}

fn actions(elements: &[Value], message: &mut Message) -> Option<()> {
    if elements.is_empty() || elements.len() > 25 {
        return None;
    }
    elements.iter().try_for_each(|each| element(each, message))
}

/// An interactive element. A webhook's message shows its buttons that lead
/// somewhere.
fn element(element: &Value, message: &mut Message) -> Option<()> {
    if element["type"].as_str()? != "button" {
        return Some(());
    }
    let label = text_object(&element["text"], 75, true)?;
    if let Some(url) = element["url"].as_str() {
        message.links.push(Link { label: label.to_owned(), url: bounded(url, 3000)?.to_owned() });
    }
    Some(())
}

/// The text of a text object that has one to `longest` characters.
fn text_object(object: &Value, longest: usize, plain: bool) -> Option<&str> {
    match object["type"].as_str()? {
        "plain_text" => {}
        "mrkdwn" if !plain => {}
        _ => return None,
    }
    bounded(object["text"].as_str()?, longest)
}

fn bounded(text: &str, longest: usize) -> Option<&str> {
    (1..=longest).contains(&text.chars().count()).then_some(text)
}

/// A legacy attachment: its own blocks, or title, text and fields.
fn read_attachment(attachment: &Value, message: &mut Message) -> Result<(), &'static str> {
    if !attachment.is_object() {
        return Err("invalid_payload");
    }
    read_blocks(elements(attachment, "blocks")?, message)?;
    let text = |member: &str| attachment[member].as_str().unwrap_or_default();
    add_line(text("pretext"), message);
    match (text("title"), text("title_link")) {
        (title, "") => add_line(title, message),
        (title, url) => message.links.push(Link { label: title.to_owned(), url: url.to_owned() }),
    }
    add_text(text("text"), message);
    for field in list(attachment.get("fields")) {
        let member = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
        message.fields.push((member("title"), member("value")));
    }
    Ok(())
}

fn add_text(text: &str, message: &mut Message) {
    let (text, links) = without_links(text);
    add_line(&text, message);
    message.links.extend(links);
}

fn add_line(line: &str, message: &mut Message) {
    if line.is_empty() {
        return;
    }
    if !message.description.is_empty() {
        message.description.push('\n');
    }
    message.description.push_str(line);
}
