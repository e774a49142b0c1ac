//! Messages: sent, received and deleted.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::Duration;

use super::{Message, queue};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::without_nulls;
use crate::sim::world::World;

pub(super) fn send(world: &mut World, call: &Call<'_>) -> Answer {
    let body = call.string("MessageBody").unwrap_or_default().to_owned();
    if body.is_empty() {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter MessageBody."));
    }
    let sent = call.input.get("MessageAttributes").and_then(Value::as_object);
    let attributes: BTreeMap<String, Value> = sent.cloned().unwrap_or_default().into_iter().collect();
    let id = world.next_uuid();
    let queue = queue(world, call)?;
    let longest =
        queue.attributes.get("MaximumMessageSize").and_then(|size| size.parse().ok()).unwrap_or(usize::MAX);
    if body.len() > longest {
        let message = format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {longest} bytes."
        );
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let digest = super::md5::hexadecimal(body.as_bytes());
    queue.push(id.clone(), body, attributes, call.now);
    Ok(json!({"MessageId": id, "MD5OfMessageBody": digest}))
}

pub(super) fn receive(world: &mut World, call: &Call<'_>) -> Answer {
    let count = call.integer("MaxNumberOfMessages").unwrap_or(1);
    if !(1..=10).contains(&count) {
        let message = format!(
            "Value {count} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
        );
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let queue = queue(world, call)?;
    let default =
        queue.attributes.get("VisibilityTimeout").and_then(|seconds| seconds.parse().ok()).unwrap_or(30);
    let timeout = Duration::seconds(call.integer("VisibilityTimeout").unwrap_or(default).clamp(0, 43_200));
    let visible = queue.messages.iter_mut().filter(|message| message.hidden_until <= call.now);
    let received: Vec<Value> = visible
        .take(usize::try_from(count).unwrap_or(1))
        .map(|message| {
            message.hidden_until = call.now + timeout;
            message.received.get_or_insert(call.now);
            message.receive_count += 1;
            shown(message, call)
        })
        .collect();
    let received = if received.is_empty() { Value::Null } else { Value::Array(received) };
    Ok(without_nulls(json!({"Messages": received})))
}

fn shown(message: &Message, call: &Call<'_>) -> Value {
    let attributes: serde_json::Map<String, Value> = message
        .attributes
        .iter()
        .filter(|(name, _)| asked_for(call, "MessageAttributeNames", name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut shown = json!({
        "MessageId": message.id,
        "ReceiptHandle": receipt(message),
        "MD5OfBody": super::md5::hexadecimal(message.body.as_bytes()),
        "Body": message.body,
    });
    if !attributes.is_empty() {
        shown["MessageAttributes"] = Value::Object(attributes);
    }
    let system = system_attributes(message, call);
    if !system.is_empty() {
        shown["Attributes"] = json!(system);
    }
    shown
}

fn system_attributes(message: &Message, call: &Call<'_>) -> BTreeMap<&'static str, String> {
    let milliseconds = |at: time::OffsetDateTime| (at.unix_timestamp_nanos() / 1_000_000).to_string();
    let all = [
        ("ApproximateFirstReceiveTimestamp", milliseconds(message.received.unwrap_or(message.sent))),
        ("ApproximateReceiveCount", message.receive_count.to_string()),
        ("SentTimestamp", milliseconds(message.sent)),
    ];
    let wanted = |name: &str| {
        ["AttributeNames", "MessageSystemAttributeNames"].iter().any(|member| asked_for(call, member, name))
    };
    all.into_iter().filter(|(name, _)| wanted(name)).collect()
}

/// Whether a list of attribute names covers one of them.
fn asked_for(call: &Call<'_>, member: &str, name: &str) -> bool {
    call.strings(member).iter().any(|wanted| match wanted.strip_suffix(".*") {
        Some(prefix) => name.starts_with(prefix),
        None => matches!(*wanted, "All") || *wanted == name,
    })
}

/// A receipt handle belongs to one receipt: the next one makes a new handle.
fn receipt(message: &Message) -> String {
    format!("{}#{}", message.id, message.receive_count)
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let handle = call.string("ReceiptHandle").unwrap_or_default();
    let Some((id, _)) = handle.split_once('#') else {
        let message = format!("The input receipt handle \"{handle}\" is not a valid receipt handle.");
        return Err(ApiError::new("ReceiptHandleIsInvalid", message));
    };
    // An old handle is taken, and deletes nothing.
    queue(world, call)?.messages.retain(|message| message.id != id || receipt(message) != handle);
    Ok(json!({}))
}
