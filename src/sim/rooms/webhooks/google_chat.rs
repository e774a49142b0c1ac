//! Google Chat's incoming webhooks: `spaces.messages.create` with a key and a
//! token.

use serde_json::{Value, json};

use super::markup::without_links;
use super::registry::query;
use super::{Kind, Response};
use crate::sim::members::list;
use crate::sim::rooms::{Link, Message};
use crate::sim::world::World;

/// The largest message in bytes, cards and all (`spaces.messages.create`).
const MAX_BYTES: usize = 32_000;
const MAX_THREAD_KEY: usize = 4_000;

/// The members of a message that a webhook may send, from the reference of the
/// resource `spaces.messages`.
const MEMBERS: [&str; 12] = [
    "text",
    "fallbackText",
    "formattedText",
    "cards",
    "cardsV2",
    "thread",
    "accessoryWidgets",
    "annotations",
    "actionResponse",
    "clientAssignedMessageId",
    "quotedMessageMetadata",
    "name",
];

/// The kinds of widgets in a card's section, from the reference of `CardV1`.
const WIDGETS: [&str; 12] = [
    "textParagraph",
    "image",
    "decoratedText",
    "buttonList",
    "textInput",
    "selectionInput",
    "dateTimePicker",
    "divider",
    "grid",
    "columns",
    "carousel",
    "chipList",
];

/// Reads a message, or refuses it as Google's APIs do.
pub(super) fn read(
    world: &mut World,
    room: &str,
    address: &str,
    body: &str,
) -> Result<(Message, Response), Response> {
    let sent = parse(body).map_err(|reason| refusal(400, "INVALID_ARGUMENT", &reason))?;
    let mut message = Message::default();
    if let Some(text) = sent["text"].as_str() {
        add_text(text, &mut message);
    }
    for card in list(sent.get("cardsV2")) {
        read_card(&card["card"], &mut message).map_err(|reason| refusal(400, "INVALID_ARGUMENT", &reason))?;
    }
    let thread = thread(world, room, address, &sent)?;
    let space = address.split('/').nth(5).unwrap_or_default();
    let id = world.next_uuid();
    let mut answer = sent.clone();
    answer["name"] = format!("spaces/{space}/messages/{id}").into();
    answer["thread"] =
        json!({"name": format!("spaces/{space}/threads/{}", thread.as_deref().unwrap_or(&id))});
    message.thread = thread;
    Ok((message, Response::json(200, &answer)))
}

pub(super) fn refusal(status: u16, name: &str, message: &str) -> Response {
    Response::json(status, &json!({"error": {"code": status, "message": message, "status": name}}))
}

fn parse(body: &str) -> Result<Value, String> {
    if body.len() > MAX_BYTES {
        return Err(format!("Message is too long. It has {} bytes; the limit is {MAX_BYTES}.", body.len()));
    }
    let sent: Value = serde_json::from_str(body).map_err(|_| "Invalid JSON payload received.".to_owned())?;
    let Value::Object(members) = &sent else { return Err("Invalid JSON payload received.".to_owned()) };
    if let Some(unknown) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(unknown_name(unknown, "message"));
    }
    let has_text = sent["text"].as_str().is_some_and(|text| !text.trim().is_empty());
    if !has_text && list(sent.get("cardsV2")).is_empty() && list(sent.get("cards")).is_empty() {
        return Err("Message cannot be empty.".to_owned());
    }
    Ok(sent)
}

fn unknown_name(name: &str, place: &str) -> String {
    format!("Invalid JSON payload received. Unknown name \"{name}\" at '{place}': Cannot find field.")
}

/// The key of the thread that the message goes to. Without a reply option
/// every message begins a thread of its own.
fn thread(world: &World, room: &str, address: &str, sent: &Value) -> Result<Option<String>, Response> {
    let Some(key) = sent["thread"]["threadKey"].as_str().filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    if key.chars().count() > MAX_THREAD_KEY {
        return Err(refusal(400, "INVALID_ARGUMENT", "The thread key is too long."));
    }
    let room = world.rooms.get(Kind::GoogleChat.workspace(), room);
    let known =
        room.is_some_and(|room| room.messages.iter().any(|message| message.thread.as_deref() == Some(key)));
    match query(address, "messageReplyOption").as_deref() {
        Some("REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD") => Ok(Some(key.to_owned())),
        Some("REPLY_MESSAGE_OR_FAIL") if known => Ok(Some(key.to_owned())),
        Some("REPLY_MESSAGE_OR_FAIL") => Err(refusal(404, "NOT_FOUND", "The thread was not found.")),
        None | Some("MESSAGE_REPLY_OPTION_UNSPECIFIED") => Ok(None),
        Some(_) => Err(refusal(400, "INVALID_ARGUMENT", "Invalid value at 'message_reply_option'.")),
    }
}

fn read_card(card: &Value, message: &mut Message) -> Result<(), String> {
    if !card.is_object() {
        return Err("A card of cards_v2 has no card.".to_owned());
    }
    let header = &card["header"];
    if let Some(title) = header["title"].as_str() {
        message.title.get_or_insert_with(|| title.to_owned());
    }
    add_text(header["subtitle"].as_str().unwrap_or_default(), message);
    for section in list(card.get("sections")) {
        add_text(section["header"].as_str().unwrap_or_default(), message);
        for widget in list(section.get("widgets")) {
            read_widget(widget, message)?;
        }
    }
    Ok(())
}

fn read_widget(widget: &Value, message: &mut Message) -> Result<(), String> {
    let members = widget.as_object().ok_or_else(|| "A widget is not an object.".to_owned())?;
    let kinds: Vec<&str> =
        members.keys().map(String::as_str).filter(|name| *name != "horizontalAlignment").collect();
    if let Some(unknown) = kinds.iter().find(|name| !WIDGETS.contains(name)) {
        return Err(unknown_name(unknown, "message.cards_v2[0].card.sections[0].widgets[0]"));
    }
    if kinds.len() != 1 {
        return Err("A widget holds exactly one kind of data.".to_owned());
    }
    add_text(widget["textParagraph"]["text"].as_str().unwrap_or_default(), message);
    let decorated = &widget["decoratedText"];
    if let Some(text) = decorated["text"].as_str() {
        let name = decorated["topLabel"].as_str().unwrap_or_default().to_owned();
        match decorated["bottomLabel"].as_str() {
            Some(label) => {
                add_line(&without_tags(text), message);
                add_line(label, message);
            }
            None => message.fields.push((name, without_tags(text))),
        }
        button(&decorated["button"], message);
    }
    for each in list(widget["buttonList"].get("buttons")) {
        button(each, message);
    }
    Ok(())
}

fn button(button: &Value, message: &mut Message) {
    if let Some(url) = button["onClick"]["openLink"]["url"].as_str() {
        let label = button["text"].as_str().unwrap_or(url);
        message.links.push(Link { label: label.to_owned(), url: url.to_owned() });
    }
}

fn add_text(text: &str, message: &mut Message) {
    let (text, anchors) = without_anchors(text);
    let (text, links) = without_links(&without_tags(&text));
    message.links.extend(anchors.into_iter().chain(links));
    add_line(&text, message);
}

/// A text in which there is no markup.
fn add_line(text: &str, message: &mut Message) {
    if !text.is_empty() {
        let separator = if message.description.is_empty() { "" } else { "\n" };
        message.description.push_str(separator);
        message.description.push_str(text);
    }
}

/// Text of a card without the HTML tags that cards may have.
fn without_tags(text: &str) -> String {
    let mut plain = text.replace("<br>", "\n");
    for tag in ["b", "i", "u", "s", "strike", "code", "font"] {
        plain = plain.replace(&format!("<{tag}>"), "").replace(&format!("</{tag}>"), "");
    }
    plain
}

/// Text of a card with its anchors told by their labels, and the links.
fn without_anchors(text: &str) -> (String, Vec<Link>) {
    let (mut plain, mut links, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, anchor)) = rest.split_once("<a href=\"") {
        let parts = anchor.split_once("\">").and_then(|(url, label)| Some((url, label.split_once("</a>")?)));
        let Some((url, (label, after))) = parts else { break };
        plain.push_str(before);
        plain.push_str(label);
        links.push(Link { label: label.to_owned(), url: url.to_owned() });
        rest = after;
    }
    plain.push_str(rest);
    (plain, links)
}
