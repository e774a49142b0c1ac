//! What follows when a function has ended: metrics, another try, a dead letter
//! or an answer.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::embedded_metrics;
use super::invoke::count;
use super::queue::{Invocation, Manner};
use super::{Function, function_mut, logs, place, retries};
use crate::sim::call::Answer;
use crate::sim::cloudwatch::add_metric;
use crate::sim::sqs;
use crate::sim::world::World;

/// The bytes of an error's text that a dead letter carries (Lambda developer
/// guide, "Dead-letter queues").
const MESSAGE_BYTES: usize = 1024;

/// One run of a function.
#[derive(Debug)]
pub(super) struct Run {
    /// The function's answer, or how it failed.
    pub(super) outcome: Result<String, Failure>,
    /// What it wrote meanwhile.
    pub(super) lines: Vec<String>,
    pub(super) duration: Duration,
}

/// Why a function gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// Its concurrency is zero.
    Throttled,
    /// It failed, with this JSON as its answer.
    Function(String),
}

impl Failure {
    /// A failure that Lambda itself describes.
    pub(super) fn described(error_type: &str, message: String) -> Self {
        Self::Function(json!({"errorType": error_type, "errorMessage": message}).to_string())
    }

    /// The HTTP status and the text in a dead letter.
    fn in_dead_letter(&self) -> (u16, String) {
        match self {
            Self::Throttled => (429, "Rate Exceeded.".to_owned()),
            Self::Function(payload) => {
                let error: Value = serde_json::from_str(payload).unwrap_or_default();
                (200, error["errorMessage"].as_str().unwrap_or(payload).to_owned())
            }
        }
    }
}

/// Notes a run. Answers how long to wait before the next try, if there is one.
pub(super) fn complete(
    world: &mut World,
    invocation: &Invocation,
    run: &Run,
    now: OffsetDateTime,
) -> Option<Duration> {
    measure(world, &invocation.function, run, now);
    world.functions.logs.add(&invocation.function, &run.lines);
    match invocation.manner {
        Manner::Synchronous { tail } => {
            world.functions.finish(&invocation.id, Some(answer(run, tail)));
            None
        }
        Manner::Asynchronous { tries } => {
            let Err(failure) = &run.outcome else {
                world.functions.finish(&invocation.id, None);
                return None;
            };
            let function = function_mut(world, &invocation.function).cloned();
            // Concurrency zero is no accident: Lambda does not try again.
            let most = function.as_ref().map_or(0, retries::of);
            if *failure != Failure::Throttled && tries < most {
                return world.knobs.lambda.retry_delays.get(tries).copied();
            }
            if let Some(function) = function {
                give_up(world, &function, invocation, failure, now);
            }
            world.functions.finish(&invocation.id, None);
            None
        }
    }
}

fn measure(world: &mut World, function: &str, run: &Run, now: OffsetDateTime) {
    if run.outcome == Err(Failure::Throttled) {
        count(world, function, "Throttles", 1.0, now);
        return;
    }
    count(world, function, "Invocations", 1.0, now);
    count(world, function, "Errors", if run.outcome.is_err() { 1.0 } else { 0.0 }, now);
    count(world, function, "Duration", run.duration.as_secs_f64() * 1000.0, now);
    let Some((account, region, _)) = place(function) else { return };
    for datum in run.lines.iter().flat_map(|line| embedded_metrics::read(line, now)) {
        let dimensions: Vec<(&str, &str)> =
            datum.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (namespace, name) = (&datum.namespace, &datum.name);
        add_metric(world, account, region, namespace, name, &dimensions, datum.value, datum.at);
    }
}

fn answer(run: &Run, tail: bool) -> Answer {
    let mut answer = json!({"StatusCode": 200, "ExecutedVersion": "$LATEST"});
    match &run.outcome {
        Ok(payload) => answer["Payload"] = payload.as_str().into(),
        Err(Failure::Function(payload)) => {
            answer["FunctionError"] = "Unhandled".into();
            answer["Payload"] = payload.as_str().into();
        }
        Err(Failure::Throttled) => {
            let refusal = crate::sim::call::ApiError::new("TooManyRequestsException", "Rate Exceeded.");
            return Err(refusal.with_status(429));
        }
    }
    if tail {
        answer["LogResult"] = logs::tail(&run.lines).into();
    }
    Ok(answer)
}

/// Sends an event that failed for good to the function's dead-letter queue.
fn give_up(
    world: &mut World,
    function: &Function,
    invocation: &Invocation,
    failure: &Failure,
    now: OffsetDateTime,
) {
    count(world, &invocation.function, "AsyncEventsDropped", 1.0, now);
    let Some(queue) = &function.settings.dead_letter_target else { return };
    let (code, message) = failure.in_dead_letter();
    let short: String = message.chars().take(MESSAGE_BYTES / 4).collect();
    let message = if message.len() > MESSAGE_BYTES { short } else { message };
    let attributes = BTreeMap::from([
        attribute("RequestID", "String", invocation.id.clone()),
        attribute("ErrorCode", "Number", code.to_string()),
        attribute("ErrorMessage", "String", message),
    ]);
    let sent = has_role(world, invocation, function)
        && sqs::send_by_role(world, queue, invocation.payload.clone(), attributes, now).is_ok();
    if !sent {
        count(world, &invocation.function, "DeadLetterErrors", 1.0, now);
    }
}

fn attribute(name: &str, kind: &str, value: String) -> (String, Value) {
    (name.to_owned(), json!({"DataType": kind, "StringValue": value}))
}

/// Whether the role that Lambda sends by is still there.
fn has_role(world: &World, invocation: &Invocation, function: &Function) -> bool {
    let role = function.settings.role.rsplit('/').next().unwrap_or_default();
    let account = place(&invocation.function).and_then(|(account, ..)| world.accounts.get(account));
    account.is_some_and(|account| account.roles.contains_key(role))
}
