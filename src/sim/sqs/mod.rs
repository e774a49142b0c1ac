//! Amazon SQS: queues and their messages.

mod attributes;
mod md5;
mod messages;
mod queues;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;
use time::OffsetDateTime;

use super::arn::Arn;
use super::call::{Answer, ApiError, Call};
use super::policy::{self, Access, Principal};
use super::tag_list::Tags;
use super::world::World;

/// The service's state.
#[derive(Debug, Default)]
pub struct State {
    /// Queues by name.
    pub(crate) queues: BTreeMap<String, Queue>,
    /// When queues were deleted, in epoch seconds, by name.
    deleted: BTreeMap<String, i64>,
}

/// One queue.
#[derive(Debug)]
pub(crate) struct Queue {
    /// The attributes that can be set, the policy among them.
    attributes: BTreeMap<String, String>,
    tags: Tags,
    messages: Vec<Message>,
    /// When it was last purged, in epoch seconds.
    purged: Option<i64>,
    created: i64,
    modified: i64,
}

/// One message in a queue.
#[derive(Debug, Clone)]
struct Message {
    id: String,
    body: String,
    /// Message attributes in the service model's form.
    attributes: BTreeMap<String, Value>,
    sent: OffsetDateTime,
    received: Option<OffsetDateTime>,
    receive_count: u64,
    /// Until when it is hidden.
    hidden_until: OffsetDateTime,
}

/// Why a service could not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such queue.
    NoQueue,
    /// The queue's policy does not let the service send.
    NotAllowed,
}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "CreateQueue" => queues::create(world, call),
        "GetQueueUrl" => queues::url(world, call),
        "ListQueues" => queues::list(world, call),
        "PurgeQueue" => queues::purge(world, call),
        "DeleteQueue" => queues::delete(world, call),
        "TagQueue" => queues::tag(world, call),
        "UntagQueue" => queues::untag(world, call),
        "ListQueueTags" => queues::list_tags(world, call),
        "GetQueueAttributes" => attributes::get(world, call),
        "SetQueueAttributes" => attributes::set(world, call),
        "SendMessage" => messages::send(world, call),
        "ReceiveMessage" => messages::receive(world, call),
        "DeleteMessage" => messages::delete(world, call),
        _ => Err(call.unknown_operation()),
    }
}

/// Sends for another service, if the queue's policy lets it.
///
/// # Errors
/// When the queue is not there, or its policy says no.
pub(crate) fn send_as_service(
    world: &mut World,
    queue_arn: &str,
    service: &str,
    context: BTreeMap<&'static str, String>,
    body: String,
    attributes: BTreeMap<String, Value>,
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    let id = world.next_uuid();
    let queue = queue_mut(world, queue_arn).ok_or(Refusal::NoQueue)?;
    let access = Access {
        principal: Principal::Service(service),
        action: "sqs:SendMessage",
        resource: queue_arn,
        context,
    };
    if !policy::allows(queue.attributes.get("Policy").map_or("", String::as_str), &access) {
        return Err(Refusal::NotAllowed);
    }
    queue.push(id, body, attributes, now);
    Ok(())
}

impl Queue {
    fn push(&mut self, id: String, body: String, attributes: BTreeMap<String, Value>, now: OffsetDateTime) {
        self.messages.push(Message {
            id,
            body,
            attributes,
            sent: now,
            received: None,
            receive_count: 0,
            hidden_until: now,
        });
    }
}

/// The queue of an ARN, wherever it is.
fn queue_mut<'w>(world: &'w mut World, arn: &str) -> Option<&'w mut Queue> {
    let arn = Arn::parse(arn).filter(|arn| arn.service == "sqs")?;
    let region = world.accounts.get_mut(arn.account)?.regions.get_mut(arn.region)?;
    region.sqs.queues.get_mut(arn.resource)
}

/// The tags of every queue, by ARN.
pub(crate) fn tagged(state: &State, account: &str, region: &str) -> Vec<(String, Tags)> {
    let arn = |name: &str| format!("arn:aws:sqs:{region}:{account}:{name}");
    state.queues.iter().map(|(name, queue)| (arn(name), queue.tags.clone())).collect()
}

fn queue_arn(call: &Call<'_>, name: &str) -> String {
    format!("arn:aws:sqs:{}:{}:{name}", call.region, call.account)
}

fn queue_url(world: &World, account: &str, name: &str) -> String {
    format!("{}/{account}/{name}", world.endpoint.trim_end_matches('/'))
}

fn does_not_exist() -> ApiError {
    ApiError::new("QueueDoesNotExist", "The specified queue does not exist.")
}

/// The name of the queue that a call's `QueueUrl` means. Only the URL's last
/// two parts count, as the host may be any endpoint.
fn queue_name<'c>(call: &Call<'c>) -> Result<&'c str, ApiError> {
    let url = call.input.get("QueueUrl").and_then(Value::as_str).unwrap_or_default();
    let mut parts = url.rsplit('/');
    match (parts.next(), parts.next()) {
        (Some(name), Some(account)) if account == call.account => Ok(name),
        _ => Err(does_not_exist()),
    }
}

/// The queue that a call's `QueueUrl` means.
fn queue<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Queue, ApiError> {
    let name = queue_name(call)?;
    world.region(call.account, call.region).sqs.queues.get_mut(name).ok_or_else(does_not_exist)
}
