//! Topics: created, deleted, listed and tagged.

use serde_json::json;

use super::topic_policy::{check_policy, default_policy};
use super::{Topic, attributes, invalid, page, topic, topic_arn};
use crate::sim::arn::Arn;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::string_map;
use crate::sim::tag_list::KEY_VALUE;
use crate::sim::world::World;

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let name = call.string("Name").unwrap_or_default();
    let arn = topic_arn(call, name);
    let sent = string_map(call.input.get("Attributes"));
    check_name(name, sent.get("FifoTopic").is_some_and(|fifo| fifo == "true"))?;
    let tags = KEY_VALUE.read(call.input.get("Tags"));
    let topics = &mut world.region(call.account, call.region).sns.topics;
    if let Some(existing) = topics.get(name) {
        return same_again(existing, &arn, call);
    }
    let mut topic = Topic { policy: default_policy(&arn, call.account), tags, ..Topic::default() };
    for (attribute, value) in &sent {
        match attribute.as_str() {
            "Policy" => topic.policy = check_policy(value, &arn)?,
            other => attributes::store(&mut topic, other, value)?,
        }
    }
    topics.insert(name.to_owned(), topic);
    Ok(json!({"TopicArn": arn}))
}

/// CreateTopic for a name that exists: the same topic, unless what was sent
/// differs from what is there.
fn same_again(existing: &Topic, arn: &str, call: &Call<'_>) -> Answer {
    let differs = string_map(call.input.get("Attributes")).iter().any(|(attribute, value)| {
        let current =
            if attribute == "Policy" { Some(&existing.policy) } else { existing.attributes.get(attribute) };
        current != Some(value)
    });
    if differs {
        return Err(invalid("Attributes Reason: Topic already exists with different attributes"));
    }
    let tags = KEY_VALUE.read(call.input.get("Tags"));
    if !tags.is_empty() && tags != existing.tags {
        return Err(invalid("Tags Reason: Topic already exists with different tags"));
    }
    Ok(json!({"TopicArn": arn}))
}

fn check_name(name: &str, fifo: bool) -> Result<(), ApiError> {
    let plain = if fifo { name.strip_suffix(".fifo").unwrap_or_default() } else { name };
    let letters = plain.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    if plain.is_empty() || name.len() > 256 || !letters {
        return Err(invalid("Topic Name"));
    }
    Ok(())
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = call.string("TopicArn").unwrap_or_default();
    let name = Arn::resource_of(arn, "sns", call.account, call.region)
        .filter(|resource| !resource.contains(':'))
        .ok_or_else(|| invalid("TopicArn"))?;
    world.region(call.account, call.region).sns.topics.remove(name);
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let topics = &world.region(call.account, call.region).sns.topics;
    let items = topics.keys().map(|name| (name.as_str(), json!({"TopicArn": topic_arn(call, name)})));
    page(call, "Topics", items)
}

pub(super) fn tag(world: &mut World, call: &Call<'_>) -> Answer {
    let sent = KEY_VALUE.read(call.input.get("Tags"));
    let topic = tagged(world, call)?;
    let mut together = topic.tags.clone();
    together.extend(sent);
    if together.len() > 50 {
        return Err(ApiError::new(
            "TagLimitExceeded",
            "Could not complete request: tag quota of per resource exceeded",
        ));
    }
    topic.tags = together;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call<'_>) -> Answer {
    let topic = tagged(world, call)?;
    for key in call.strings("TagKeys") {
        topic.tags.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list_tags(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(json!({"Tags": KEY_VALUE.write(&tagged(world, call)?.tags)}))
}

/// The tag operations have a name of their own for what is not there.
fn tagged<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Topic, ApiError> {
    topic(world, call, "ResourceArn").map_err(|error| match error.code.as_str() {
        "NotFound" => ApiError::new("ResourceNotFound", "Resource does not exist").with_status(404),
        _ => error,
    })
}
