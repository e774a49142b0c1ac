//! Events that no target took.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::attempts::Attempts;
use super::{EVENTS, Match, context};
use crate::sim::sqs;
use crate::sim::world::World;

/// What became of an event whose invocation failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetter {
    /// The target has no dead-letter queue: the event is gone.
    Lost,
    /// The event lies in the dead-letter queue.
    Kept,
    /// The queue is not there or its policy refuses: the event is gone.
    Refused,
}

impl DeadLetter {
    /// The metric that EventBridge counts it in, if any.
    pub(super) fn metric(self) -> Option<&'static str> {
        match self {
            Self::Lost => None,
            Self::Kept => Some("InvocationsSentToDlq"),
            Self::Refused => Some("InvocationsFailedToBeSentToDlq"),
        }
    }
}

/// Sends the event as it was to the target's dead-letter queue, if it has one.
pub(super) fn bury(
    world: &mut World,
    rule: &Match<'_>,
    target: &Value,
    event: &Value,
    attempts: &Attempts,
    now: OffsetDateTime,
) -> DeadLetter {
    let Some(queue_arn) = target["DeadLetterConfig"]["Arn"].as_str() else { return DeadLetter::Lost };
    let attributes = attributes(&rule.arn, target, attempts);
    let sent = sqs::send_as_service(
        world,
        queue_arn,
        EVENTS,
        context(rule.place.0, &rule.arn),
        event.to_string(),
        attributes,
        now,
    );
    if sent.is_ok() { DeadLetter::Kept } else { DeadLetter::Refused }
}

/// The message attributes that the EventBridge user guide lists for dead
/// letters.
fn attributes(rule_arn: &str, target: &Value, attempts: &Attempts) -> BTreeMap<String, Value> {
    let (code, message) = match &attempts.result {
        Ok(()) => ("", ""),
        Err(failure) => (failure.code, failure.message.as_str()),
    };
    let retries = attempts.retries().to_string();
    let exhausted = attempts.exhausted.then_some(("EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts"));
    [
        ("RULE_ARN", rule_arn),
        ("TARGET_ARN", target["Arn"].as_str().unwrap_or_default()),
        ("ERROR_CODE", code),
        ("ERROR_MESSAGE", message),
        ("RETRY_ATTEMPTS", &retries),
    ]
    .into_iter()
    .chain(exhausted)
    .map(|(name, value)| (name.to_owned(), json!({"DataType": "String", "StringValue": value})))
    .collect()
}
