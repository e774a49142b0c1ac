//! Events to HTTP endpoints. The simulator's own rooms are reached without
//! HTTP; no other host is reached at all.

mod request;

use serde_json::Value;
use time::OffsetDateTime;

use self::request::HttpRequest;
use super::attempts::Attempts;
use super::{EVENTS, Failure, acts_by_role};
use crate::sim::arn::Arn;
use crate::sim::rooms::webhooks::{self, Reply, Response};
use crate::sim::world::World;

/// The most attempts at one event. EventBridge makes up to 186 in the course
/// of a day; the simulator makes its few at once.
const MOST_ATTEMPTS: u32 = 3;

/// How EventBridge begins what it says of a failed request.
const FAILED: &str = "Unable to invoke ApiDestination endpoint:";

/// Whether an ARN is an API destination's.
pub(super) fn is_one(arn: &str) -> bool {
    Arn::parse(arn).is_some_and(|arn| arn.service == "events" && arn.resource.starts_with("api-destination/"))
}

/// Sends a request for the event, again where the answer allows it and the
/// target's retry policy grants it.
pub(super) fn deliver(
    world: &mut World,
    place: (&str, &str),
    target: &Value,
    body: String,
    now: OffsetDateTime,
) -> Attempts {
    let request = match prepare(world, place, target, body, now) {
        Ok(request) => request,
        Err(failure) => return Attempts::once(Err(failure)),
    };
    let most = most_attempts(target);
    let mut made = 0;
    loop {
        made += 1;
        match exchange(world, &request, now) {
            Ok(()) => return Attempts::settled(made, Ok(())),
            Err(Refusal { failure, for_good: true }) => return Attempts::settled(made, Err(failure)),
            Err(Refusal { failure, .. }) if made >= most => return Attempts::exhausted(made, failure),
            Err(_) => {}
        }
    }
}

fn most_attempts(target: &Value) -> u32 {
    let retries = target["RetryPolicy"]["MaximumRetryAttempts"].as_u64();
    let retries = retries.and_then(|retries| u32::try_from(retries).ok()).unwrap_or(MOST_ATTEMPTS);
    retries.saturating_add(1).min(MOST_ATTEMPTS)
}

fn prepare(
    world: &mut World,
    (account, region): (&str, &str),
    target: &Value,
    body: String,
    now: OffsetDateTime,
) -> Result<HttpRequest, Failure> {
    let arn = target["Arn"].as_str().unwrap_or_default();
    if !acts_by_role(world, account, target)? {
        let message = format!("The target {arn} has no role that lets {EVENTS} invoke it");
        return Err(Failure { code: "NO_PERMISSIONS", message });
    }
    let events = &world.region(account, region).events;
    let destination = events.api_destination(arn).ok_or_else(|| super::refused(arn, true))?;
    let connection = events.connection(&destination.connection_arn);
    let Some(authorization) = connection.and_then(|connection| connection.authorization(now)) else {
        let message = format!("{FAILED} The connection of the API destination is not authorized");
        return Err(Failure { code: "SDK_CLIENT_ERROR", message });
    };
    Ok(HttpRequest::new(destination, authorization, &target["HttpParameters"], body))
}

/// Why an attempt failed, and whether that settles it.
struct Refusal {
    failure: Failure,
    for_good: bool,
}

impl Refusal {
    fn new(code: &'static str, message: String, for_good: bool) -> Self {
        Self { failure: Failure { code, message: format!("{FAILED} {message}") }, for_good }
    }
}

fn exchange(world: &mut World, request: &HttpRequest, now: OffsetDateTime) -> Result<(), Refusal> {
    let Some(path) = request.path_at(&world.endpoint) else {
        let message = "the simulator reaches no host but itself".to_owned();
        return Err(Refusal::new("CONNECTION_FAILURE", message, false));
    };
    let incoming = webhooks::Request {
        method: &request.method,
        address: path,
        content_type: request.headers.get("content-type").map(String::as_str),
        body: request.body.as_bytes(),
    };
    match webhooks::receive(world, &incoming, now) {
        Reply::Answer(response) => judge(&response),
        Reply::Silence => Err(Refusal::new("TIMEOUT", "Request timed out".to_owned(), false)),
    }
}

/// 429 and what the server calls its own fault is tried again, and nothing
/// else (page on API destinations in the EventBridge user guide).
fn judge(response: &Response) -> Result<(), Refusal> {
    let Response { status, body, .. } = response;
    let message = format!("API destination returned HTTP status {status} with payload: {body}");
    match status {
        200..=299 => Ok(()),
        429 => Err(Refusal::new("THROTTLING", message, false)),
        500..=599 => Err(Refusal::new("ERROR_FROM_TARGET", message, false)),
        _ => Err(Refusal::new("SDK_CLIENT_ERROR", message, true)),
    }
}
