//! What a refusal means.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, ResponseError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::error::{AwsError, Class};
use super::limiter::ApiGroup;
use super::text::one_line;
use crate::model::coverage::Cause;

/// The failure of a call, classed.
pub(super) fn classify<E>(
    tried: impl Into<String>,
    group: ApiGroup,
    error: &SdkError<E, HttpResponse>,
) -> AwsError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let (class, detail) = match error {
        SdkError::ServiceError(refusal) => {
            let answer = refusal.raw().status().as_u16();
            refused(group, answer, refusal.err().code(), refusal.err().message())
        }
        SdkError::TimeoutError(_) => (Class::Failed(Cause::TimedOut), "no answer in the time allowed".into()),
        SdkError::DispatchFailure(failure) => undelivered(failure),
        SdkError::ResponseError(failure) => unreadable(failure),
        other => (Class::Failed(Cause::Other), chain(other)),
    };
    AwsError { tried: tried.into(), class, detail: one_line(&detail) }
}

/// A refusal by the service itself.
fn refused(group: ApiGroup, status: u16, code: Option<&str>, message: Option<&str>) -> (Class, String) {
    let class = class_of(group, status, code.unwrap_or_default(), message.unwrap_or_default());
    let detail = match (code, message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(word), None) | (None, Some(word)) => format!("{word} (HTTP {status})"),
        (None, None) => format!("HTTP {status} without a reason"),
    };
    (class, detail)
}

/// The class of a refusal. Codes differ between services and protocols, so
/// most are known by a part that they share.
fn class_of(group: ApiGroup, status: u16, code: &str, message: &str) -> Class {
    let code_has = |words: &[&str]| words.iter().any(|word| code.contains(word));
    let message_has = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if status == 429 || names_throttling(code) || (code_has(&["LimitExceeded"]) && message_has(&["Rate "])) {
        Class::Failed(Cause::Throttled)
    } else if code_has(REGION_OFF) {
        Class::Failed(Cause::RegionOff)
    } else if code_has(UNKNOWN_TOKEN) || message_has(&["security token included in the request is invalid"]) {
        // A Region that is not switched on knows no credentials at all. The
        // services that are asked in the caller's own Region do know good ones.
        Class::Failed(match group {
            ApiGroup::Sts | ApiGroup::Organizations => Cause::Credentials,
            _ => Cause::RegionOff,
        })
    } else if code_has(BAD_CREDENTIALS) {
        Class::Failed(Cause::Credentials)
    } else if code_has(DENIED) || message_has(&["is not authorized to perform"]) {
        Class::Failed(Cause::Denied)
    } else if code_has(NOT_FOUND) {
        Class::NotFound
    } else if code_has(CONFLICT) {
        Class::Conflict
    } else if matches!(status, 401 | 403) {
        Class::Failed(Cause::Denied)
    } else {
        Class::Failed(Cause::Other)
    }
}

const REGION_OFF: &[&str] = &["RegionDisabled", "OptInRequired"];

const UNKNOWN_TOKEN: &[&str] = &["UnrecognizedClient", "InvalidClientTokenId"];

const BAD_CREDENTIALS: &[&str] = &[
    "ExpiredToken",
    "TokenRefreshRequired",
    "SignatureDoesNotMatch",
    "InvalidSignature",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "InvalidAccessKeyId",
    "InvalidToken",
    "AuthFailure",
];

const DENIED: &[&str] =
    &["AccessDenied", "AuthorizationError", "Unauthorized", "NotAuthorized", "InvalidSecurity", "Forbidden"];

const NOT_FOUND: &[&str] = &["NotFound", "NonExistent", "DoesNotExist", "NoSuch"];

const CONFLICT: &[&str] = &[
    "Conflict",
    "Concurrent",
    "AlreadyExists",
    "QueueNameExists",
    "QueueDeletedRecently",
    "UpdateInProgress",
];

/// Whether an error code, or a text that holds one, says that calls come too
/// fast.
pub(super) fn names_throttling(text: &str) -> bool {
    ["Throttl", "throttl", "TooManyRequests", "RequestLimitExceeded", "Rate exceeded"]
        .iter()
        .any(|word| text.contains(word))
}

/// A request that never got its answer.
fn undelivered(failure: &DispatchFailure) -> (Class, String) {
    let cause = if failure.is_timeout() { Cause::TimedOut } else { Cause::Unreachable };
    let detail = match failure.as_connector_error() {
        Some(error) => chain(error),
        None => "the request could not be sent".to_owned(),
    };
    (Class::Failed(cause), detail)
}

/// An answer of which no sense could be made.
fn unreadable(failure: &ResponseError<HttpResponse>) -> (Class, String) {
    let answer = failure.raw();
    let status = answer.status().as_u16();
    // A body that was read to its end lies in memory.
    if answer.body().bytes().is_none() {
        let detail = format!("the connection broke in the middle of the answer (HTTP {status})");
        return (Class::Failed(Cause::Unreachable), detail);
    }
    let cause = match status {
        429 => Cause::Throttled,
        _ => Cause::Malformed,
    };
    (Class::Failed(cause), format!("an answer that cannot be understood (HTTP {status})"))
}

/// An error with all its sources, each once.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut words = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if !words.iter().any(|word: &String| word.contains(&text)) {
            words.push(text);
        }
        next = error.source();
    }
    words.join(": ")
}
