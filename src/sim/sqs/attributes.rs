//! Attributes of queues.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Queue, queue, queue_arn, queue_name};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::string_map;
use crate::sim::policy::{glob, one_or_many};
use crate::sim::world::World;

/// Numeric attributes with their smallest, largest and default value.
const NUMBERS: [(&str, i64, i64, i64); 5] = [
    ("DelaySeconds", 0, 900, 0),
    ("MaximumMessageSize", 1024, 1_048_576, 1_048_576),
    ("MessageRetentionPeriod", 60, 1_209_600, 345_600),
    ("ReceiveMessageWaitTimeSeconds", 0, 20, 0),
    ("VisibilityTimeout", 0, 43_200, 30),
];

/// Attributes that can be set and are not numbers.
const TEXTS: [&str; 9] = [
    "Policy",
    "RedrivePolicy",
    "RedriveAllowPolicy",
    "KmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds",
    "SqsManagedSseEnabled",
    "FifoQueue",
    "ContentBasedDeduplication",
    "DeduplicationScope",
];

/// Attributes that SQS computes.
const COMPUTED: [&str; 6] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

/// What a new queue has.
pub(super) fn defaults() -> BTreeMap<String, String> {
    let mut attributes: BTreeMap<String, String> =
        NUMBERS.iter().map(|(name, _, _, default)| ((*name).to_owned(), default.to_string())).collect();
    attributes.insert("SqsManagedSseEnabled".to_owned(), "true".to_owned());
    attributes
}

/// Refuses attributes that SQS would not store.
pub(super) fn check_attributes(sent: &BTreeMap<String, String>, arn: &str) -> Result<(), ApiError> {
    for (name, value) in sent {
        let number = NUMBERS.iter().find(|(number, ..)| number == name);
        if number.is_none() && !TEXTS.contains(&name.as_str()) {
            return Err(ApiError::new("InvalidAttributeName", format!("Unknown Attribute {name}.")));
        }
        let fits = match number {
            Some((_, smallest, largest, _)) => {
                value.parse::<i64>().is_ok_and(|value| (*smallest..=*largest).contains(&value))
            }
            None => name != "Policy" || value.is_empty() || policy_fits(value, arn),
        };
        if !fits {
            return Err(ApiError::new(
                "InvalidAttributeValue",
                format!("Invalid value for the parameter {name}."),
            ));
        }
    }
    Ok(())
}

/// Whether a text is a policy whose statements speak of this queue.
fn policy_fits(text: &str, arn: &str) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(text) else { return false };
    let statements = one_or_many(&document["Statement"]);
    let own = |statement: &&Value| {
        let resources = one_or_many(&statement["Resource"]);
        statement["Effect"].is_string()
            && resources.iter().all(|resource| resource.as_str().is_some_and(|pattern| glob(pattern, arn)))
    };
    !statements.is_empty() && statements.iter().all(own)
}

pub(super) fn set(world: &mut World, call: &Call<'_>) -> Answer {
    let sent = string_map(call.input.get("Attributes"));
    check_attributes(&sent, &queue_arn(call, queue_name(call)?))?;
    let queue = queue(world, call)?;
    for (name, value) in sent {
        if value.is_empty() {
            queue.attributes.remove(&name);
        } else {
            queue.attributes.insert(name, value);
        }
    }
    queue.modified = call.now.unix_timestamp();
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = queue_arn(call, queue_name(call)?);
    let wanted = call.strings("AttributeNames");
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        return Err(ApiError::new("InvalidAttributeName", format!("Unknown Attribute {unknown}.")));
    }
    let mut attributes = all(queue(world, call)?, arn, call);
    attributes.retain(|name, _| wanted.contains(&"All") || wanted.contains(&name.as_str()));
    if attributes.is_empty() {
        return Ok(json!({}));
    }
    Ok(json!({"Attributes": attributes}))
}

fn known(name: &str) -> bool {
    name == "All"
        || COMPUTED.contains(&name)
        || TEXTS.contains(&name)
        || NUMBERS.iter().any(|(number, ..)| *number == name)
}

fn all(queue: &Queue, arn: String, call: &Call<'_>) -> BTreeMap<String, String> {
    let hidden = queue.messages.iter().filter(|message| message.hidden_until > call.now).count();
    let computed = [
        ("ApproximateNumberOfMessages", (queue.messages.len() - hidden).to_string()),
        ("ApproximateNumberOfMessagesDelayed", "0".to_owned()),
        ("ApproximateNumberOfMessagesNotVisible", hidden.to_string()),
        ("CreatedTimestamp", queue.created.to_string()),
        ("LastModifiedTimestamp", queue.modified.to_string()),
        ("QueueArn", arn),
    ];
    let mut attributes = queue.attributes.clone();
    attributes.extend(computed.map(|(name, value)| (name.to_owned(), value)));
    attributes
}
