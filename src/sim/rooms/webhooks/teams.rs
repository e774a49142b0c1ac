//! Workflows of Microsoft Teams that post a card "when a Teams webhook request
//! is received".

use serde_json::{Value, json};

use super::Response;
use crate::sim::members::list;
use crate::sim::rooms::{Link, Message};

/// The largest message in bytes (Microsoft's page on incoming webhooks).
const MAX_BYTES: usize = 28 * 1024;

const CARD: &str = "application/vnd.microsoft.card.adaptive";

/// The versions of Adaptive Cards that their schema explorer lists.
const VERSIONS: [&str; 7] = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"];

/// The elements of a body that have nothing to read.
const OTHER_ELEMENTS: [&str; 8] =
    ["Image", "ImageSet", "Media", "Table", "CodeBlock", "Icon", "Badge", "CompoundButton"];

/// Reads a message, or refuses it as a workflow does.
pub(super) fn read(body: &str) -> Result<(Message, Response), Response> {
    if body.len() > MAX_BYTES {
        return Err(refusal(413, "RequestEntityTooLarge", "Request Entity Too Large"));
    }
    match parse(body) {
        // The flow runs later: 202 says that it was queued.
        Ok(message) => Ok((message, Response::text(202, ""))),
        Err(reason) => Err(refusal(400, "TriggerInputSchemaMismatch", &reason)),
    }
}

pub(super) fn refusal(status: u16, code: &str, message: &str) -> Response {
    Response::json(status, &json!({"error": {"code": code, "message": message}}))
}

fn parse(body: &str) -> Result<Message, String> {
    let sent: Value = serde_json::from_str(body).map_err(|_| "The request is not valid JSON.".to_owned())?;
    if sent["type"] != "message" {
        return Err("The type of the request has to be \"message\".".to_owned());
    }
    let attachments = list(sent.get("attachments"));
    if attachments.is_empty() {
        return Err("The request has no attachments.".to_owned());
    }
    let mut message = Message::default();
    for attachment in attachments {
        if attachment["contentType"] != CARD {
            return Err(format!("The contentType of an attachment has to be \"{CARD}\"."));
        }
        read_card(&attachment["content"], &mut message)?;
    }
    Ok(message)
}

fn read_card(card: &Value, message: &mut Message) -> Result<(), String> {
    if card["type"] != "AdaptiveCard" {
        return Err("The type of the content has to be \"AdaptiveCard\".".to_owned());
    }
    if !card["version"].as_str().is_some_and(|version| VERSIONS.contains(&version)) {
        return Err(format!("The version of the card has to be one of {}.", VERSIONS.join(", ")));
    }
    let Some(body) = card["body"].as_array() else { return Err("The card has no body.".to_owned()) };
    body.iter().try_for_each(|element| read_element(element, message))?;
    list(card.get("actions")).iter().try_for_each(|action| read_action(action, message))
}

fn read_element(element: &Value, message: &mut Message) -> Result<(), String> {
    let mut inside = |member: &str| {
        list(element.get(member)).iter().try_for_each(|element| read_element(element, message))
    };
    match element["type"].as_str().unwrap_or_default() {
        "TextBlock" => text_block(element, message),
        "RichTextBlock" => {
            let runs = list(element.get("inlines")).iter();
            let text: String = runs.filter_map(|run| run["text"].as_str().or(run.as_str())).collect();
            add_line(&text, message);
            Ok(())
        }
        "FactSet" => facts(element, message),
        "Container" | "Column" => inside("items"),
        "ColumnSet" => inside("columns"),
        "ActionSet" => {
            list(element.get("actions")).iter().try_for_each(|action| read_action(action, message))
        }
        other if OTHER_ELEMENTS.contains(&other) => Ok(()),
        other => Err(format!("The card has an element of the unknown type \"{other}\".")),
    }
}

/// The first heading or large bold text is the card's title.
fn text_block(element: &Value, message: &mut Message) -> Result<(), String> {
    let text = element["text"].as_str().ok_or_else(|| "A TextBlock has no text.".to_owned())?;
    let large = element["style"] == "heading"
        || ["weight", "size"].iter().any(|member| {
            element[*member].as_str().is_some_and(|value| {
                ["bolder", "large", "extralarge"].contains(&value.to_lowercase().as_str())
            })
        });
    if large && message.title.is_none() {
        message.title = Some(text.to_owned());
    } else {
        add_line(text, message);
    }
    Ok(())
}

fn facts(element: &Value, message: &mut Message) -> Result<(), String> {
    for fact in list(element.get("facts")) {
        let (Some(title), Some(value)) = (fact["title"].as_str(), fact["value"].as_str()) else {
            return Err("A fact needs a title and a value.".to_owned());
        };
        message.fields.push((title.to_owned(), value.to_owned()));
    }
    Ok(())
}

fn read_action(action: &Value, message: &mut Message) -> Result<(), String> {
    match action["type"].as_str().unwrap_or_default() {
        "Action.OpenUrl" => {
            let url = action["url"].as_str().ok_or_else(|| "An Action.OpenUrl has no url.".to_owned())?;
            let label = action["title"].as_str().unwrap_or(url);
            message.links.push(Link { label: label.to_owned(), url: url.to_owned() });
            Ok(())
        }
        "Action.ToggleVisibility" if list(action.get("targetElements")).is_empty() => {
            Err("An Action.ToggleVisibility has no targetElements.".to_owned())
        }
        "Action.Submit" | "Action.ShowCard" | "Action.ToggleVisibility" | "Action.Execute" => Ok(()),
        other => Err(format!("The card has an action of the unknown type \"{other}\".")),
    }
}

fn add_line(line: &str, message: &mut Message) {
    if !line.is_empty() {
        let separator = if message.description.is_empty() { "" } else { "\n" };
        message.description.push_str(separator);
        message.description.push_str(line);
    }
}
