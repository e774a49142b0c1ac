//! Invocations, by a caller or by another service.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::queue::{self, Invocation, Manner};
use super::{
    Function, conflict, function, function_arn, function_mut, function_name, invalid, permissions, place,
};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::cloudwatch::add_metric;
use crate::sim::simulator::Simulator;
use crate::sim::sns;
use crate::sim::world::World;

/// The bytes of the largest event of a synchronous invocation (Lambda developer
/// guide, "Lambda quotas").
const SYNCHRONOUS_BYTES: usize = 6_291_456;

/// The bytes of the largest event of an asynchronous invocation.
const ASYNCHRONOUS_BYTES: usize = 1_048_576;

/// The member by which an answer says that a function has to end first.
const PENDING: &str = "$invocation";

/// Why a service could not invoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such function.
    NoFunction,
    /// The function's policy does not let the service invoke it.
    NotAllowed,
}

pub(super) fn invoke(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = function_arn(call.account, call.region, function_name(call)?);
    let kind = call.string("InvocationType").unwrap_or("RequestResponse");
    let payload = call.string("Payload").filter(|payload| !payload.is_empty()).unwrap_or("{}");
    check_function(function(world, call)?, call)?;
    check_payload(kind, payload)?;
    match kind {
        "DryRun" => Ok(json!({"StatusCode": 204})),
        "Event" => {
            enqueue(world, &arn, payload.to_owned(), call.now);
            Ok(json!({"StatusCode": 202}))
        }
        "RequestResponse" => {
            let id = world.next_uuid();
            let manner = Manner::Synchronous { tail: call.string("LogType") == Some("Tail") };
            let invocation =
                Invocation { id: id.clone(), function: arn, payload: payload.to_owned(), manner };
            world.functions.add(invocation);
            Ok(json!({PENDING: id}))
        }
        other => Err(invalid(format!("Value '{other}' at 'invocationType' is not an invocation type"))),
    }
}

fn check_function(function: &Function, call: &Call<'_>) -> Result<(), ApiError> {
    let pending = function.change.creation && call.now < function.change.ready;
    let failed = function.change.creation && !pending && function.change.failure.is_some();
    if pending || failed {
        let state = if pending { "Pending" } else { "Failed" };
        return Err(conflict(format!(
            "The operation cannot be performed at this time. The function is currently in the following state: {state}"
        )));
    }
    if function.reserved_concurrency == Some(0) && call.string("InvocationType") != Some("Event") {
        return Err(ApiError::new("TooManyRequestsException", "Rate Exceeded.").with_status(429));
    }
    Ok(())
}

fn check_payload(kind: &str, payload: &str) -> Result<(), ApiError> {
    let limit = if kind == "Event" { ASYNCHRONOUS_BYTES } else { SYNCHRONOUS_BYTES };
    if payload.len() > limit {
        let message = format!(
            "{} byte payload is too large for the {kind} invocation type (limit {limit} bytes)",
            payload.len()
        );
        return Err(ApiError::new("RequestTooLargeException", message).with_status(413));
    }
    match serde_json::from_str::<Value>(payload) {
        Ok(_) => Ok(()),
        Err(error) => {
            let message = format!("Could not parse request body into json: {error}");
            Err(ApiError::new("InvalidRequestContentException", message))
        }
    }
}

/// The invocation that an answer waits for.
pub(crate) fn pending(answer: &Answer) -> Option<&str> {
    answer.as_ref().ok()?.get(PENDING)?.as_str()
}

/// The answer to an invocation, once the function has ended.
pub(crate) async fn result(simulator: &Simulator, invocation: &str) -> Answer {
    queue::answer(simulator, invocation).await
}

/// Lets a function run for an event that nobody waits for.
fn enqueue(world: &mut World, arn: &str, payload: String, now: OffsetDateTime) {
    count(world, arn, "AsyncEventsReceived", 1.0, now);
    let id = world.next_uuid();
    let manner = Manner::Asynchronous { tries: 0 };
    world.functions.add(Invocation { id, function: arn.to_owned(), payload, manner });
}

/// Adds to one of the metrics that Lambda keeps of a function.
pub(super) fn count(world: &mut World, arn: &str, metric: &str, value: f64, now: OffsetDateTime) {
    if let Some((account, region, name)) = place(arn) {
        add_metric(world, account, region, "AWS/Lambda", metric, &[("FunctionName", name)], value, now);
    }
}

/// Invokes a function for a service, with its request context, if the
/// function's policy lets it; or by a role, which needs no policy.
///
/// # Errors
/// When the function is not there, or its policy says no.
pub(crate) fn invoke_as_service(
    world: &mut World,
    function_arn: &str,
    service: Option<(&str, BTreeMap<&'static str, String>)>,
    payload: String,
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    let function = function_mut(world, function_arn).ok_or(Refusal::NoFunction)?;
    let allowed =
        service.is_none_or(|(name, context)| permissions::lets_invoke(function, function_arn, name, context));
    if !allowed {
        return Err(Refusal::NotAllowed);
    }
    enqueue(world, function_arn, payload, now);
    Ok(())
}

/// Invokes a function with a topic's message, if its policy lets SNS. A
/// function that refuses its topic loses the message, as it does in SNS. Gives
/// back whether the function took it.
pub(crate) fn deliver_from_topic(
    world: &mut World,
    topic_arn: &str,
    function_arn: &str,
    notification: &Value,
    now: OffsetDateTime,
) -> bool {
    let record = record(world, topic_arn, function_arn, notification);
    let account = topic_arn.split(':').nth(4).unwrap_or_default().to_owned();
    let context = BTreeMap::from([("aws:sourcearn", topic_arn.to_owned()), ("aws:sourceaccount", account)]);
    let event = json!({"Records": [record]}).to_string();
    let invoked = invoke_as_service(world, function_arn, Some(("sns.amazonaws.com", context)), event, now);
    let delivered = invoked.is_ok();
    if let Err(refusal) = invoked {
        tracing::debug!(?refusal, topic_arn, function_arn, "a topic's message to a function is lost");
    }
    delivered
}

/// A notification as SNS hands it to a function (SNS developer guide, "Fanout
/// to Lambda functions"): two members are written otherwise than in a queue.
fn record(world: &mut World, topic_arn: &str, function_arn: &str, notification: &Value) -> Value {
    let subscriptions = sns::topic_mut(world, topic_arn).map(|topic| &topic.subscriptions);
    let subscription = subscriptions.into_iter().flatten().find_map(|(arn, subscription)| {
        (subscription.protocol == "lambda" && subscription.endpoint == function_arn).then(|| arn.clone())
    });
    let mut message = json!({"Subject": null, "MessageAttributes": {}});
    for (member, value) in notification.as_object().into_iter().flatten() {
        let member = match member.as_str() {
            "SigningCertURL" => "SigningCertUrl",
            "UnsubscribeURL" => "UnsubscribeUrl",
            other => other,
        };
        message[member] = value.clone();
    }
    json!({
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription,
        "Sns": message,
    })
}
