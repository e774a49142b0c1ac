//! Queues: created, found, listed, tagged and deleted.

use serde_json::{Value, json};

use super::attributes::{check_attributes, defaults};
use super::{Queue, does_not_exist, queue, queue_arn, queue_name, queue_url};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::{string_map, without_nulls};
use crate::sim::paging;
use crate::sim::world::World;

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let name = call.string("QueueName").unwrap_or_default();
    let sent = string_map(call.input.get("Attributes"));
    check_name(name, sent.get("FifoQueue").is_some_and(|fifo| fifo == "true"))?;
    check_attributes(&sent, &queue_arn(call, name))?;
    check_cooldown(world, call, name)?;
    let queues = &mut world.region(call.account, call.region).sqs.queues;
    if let Some(existing) = queues.get(name) {
        if let Some(differing) = sent.iter().find(|(key, value)| existing.attributes.get(*key) != Some(value))
        {
            let message = format!(
                "A queue already exists with the same name and a different value for attribute {}",
                differing.0
            );
            return Err(ApiError::new("QueueNameExists", message));
        }
    } else {
        let mut attributes = defaults();
        attributes.extend(sent);
        let tags = string_map(call.input.get("tags"));
        let now = call.now.unix_timestamp();
        queues.insert(
            name.to_owned(),
            Queue { attributes, tags, messages: Vec::new(), purged: None, created: now, modified: now },
        );
    }
    Ok(json!({"QueueUrl": queue_url(world, call.account, name)}))
}

/// How long SQS keeps a deleted queue's name, and how long it takes over a
/// purge, in seconds (API reference of DeleteQueue and PurgeQueue).
const PAUSE: i64 = 60;

fn check_cooldown(world: &mut World, call: &Call<'_>, name: &str) -> Result<(), ApiError> {
    let waits = world.knobs.queue_name_cooldown;
    let deleted = world.region(call.account, call.region).sqs.deleted.get(name);
    if waits && deleted.is_some_and(|deleted| call.now.unix_timestamp() - deleted < PAUSE) {
        let message = "You must wait 60 seconds after deleting a queue before you can create another with the same name.";
        return Err(ApiError::new("QueueDeletedRecently", message));
    }
    Ok(())
}

pub(super) fn purge(world: &mut World, call: &Call<'_>) -> Answer {
    let name = queue_name(call)?;
    let now = call.now.unix_timestamp();
    let queue = queue(world, call)?;
    if queue.purged.is_some_and(|purged| now - purged < PAUSE) {
        let message = format!("Only one PurgeQueue operation on {name} is allowed every 60 seconds.");
        return Err(ApiError::new("PurgeQueueInProgress", message).with_status(403));
    }
    queue.messages.clear();
    queue.purged = Some(now);
    Ok(json!({}))
}

fn check_name(name: &str, fifo: bool) -> Result<(), ApiError> {
    let plain = if fifo { name.strip_suffix(".fifo").unwrap_or_default() } else { name };
    let letters = plain.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    if plain.is_empty() || name.len() > 80 || !letters {
        let message = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    Ok(())
}

pub(super) fn url(world: &mut World, call: &Call<'_>) -> Answer {
    let name = call.string("QueueName").unwrap_or_default();
    let own = call.string("QueueOwnerAWSAccountId").is_none_or(|owner| owner == call.account);
    if !own || !world.region(call.account, call.region).sqs.queues.contains_key(name) {
        return Err(does_not_exist());
    }
    Ok(json!({"QueueUrl": queue_url(world, call.account, name)}))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let prefix = call.string("QueueNamePrefix").unwrap_or_default();
    let start = call.string("NextToken").and_then(paging::key_of);
    // Without a page size SQS gives 1,000 queues and no token.
    let size = call.integer("MaxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(1000);
    if size == 0 || size > 1000 {
        return Err(ApiError::new("InvalidParameterValue", "Value for parameter MaxResults is invalid."));
    }
    let names: Vec<String> = world.region(call.account, call.region).sqs.queues.keys().cloned().collect();
    let rest = names
        .iter()
        .filter(|name| name.starts_with(prefix) && start.as_deref().is_none_or(|start| name.as_str() > start))
        .map(|name| (name.as_str(), queue_url(world, call.account, name)));
    let page = paging::take(rest, size);
    Ok(without_nulls(json!({"QueueUrls": page.items, "NextToken": page.next})))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let name = queue_name(call)?;
    let state = &mut world.region(call.account, call.region).sqs;
    state.queues.remove(name).ok_or_else(does_not_exist)?;
    state.deleted.insert(name.to_owned(), call.now.unix_timestamp());
    Ok(json!({}))
}

pub(super) fn tag(world: &mut World, call: &Call<'_>) -> Answer {
    queue(world, call)?.tags.extend(string_map(call.input.get("Tags")));
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call<'_>) -> Answer {
    let queue = queue(world, call)?;
    for key in call.strings("TagKeys") {
        queue.tags.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list_tags(world: &mut World, call: &Call<'_>) -> Answer {
    let tags = &queue(world, call)?.tags;
    let tags = if tags.is_empty() { Value::Null } else { json!(tags) };
    Ok(without_nulls(json!({"Tags": tags})))
}
