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
        SdkError::ServiceError(refusal) if refusal.raw().status().is_success() => {
            (Class::Failed(Cause::Malformed), not_understood(refusal.raw().status().as_u16()))
        }
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
pub(super) fn class_of(group: ApiGroup, status: u16, code: &str, message: &str) -> Class {
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
    } else if status >= 500 {
        // The service is there, and cannot answer now.
        Class::Failed(Cause::Unreachable)
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
    (Class::Failed(cause), not_understood(status))
}

fn not_understood(status: u16) -> String {
    format!("an answer that cannot be understood (HTTP {status})")
}

/// Where the debug form of a structure begins. What errors of the SDK say there
/// may be the whole request with its headers and parameters.
const DEBUG_FORM: &[&str] = &[" {", "{ ", "(\""];

/// What people are meant to read of an error.
fn without_debug_form(text: &str) -> &str {
    let Some(start) = DEBUG_FORM.iter().filter_map(|mark| text.find(mark)).min() else { return text };
    let said = &text[..start];
    // The name of the structure goes too.
    said.rfind(' ').map_or("", |last| said[..last].trim_end_matches([' ', ':']))
}

/// An error with all its sources, each once, without debug forms.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut words = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        let text = without_debug_form(&text).to_owned();
        if !text.is_empty() && !words.iter().any(|word: &String| word.contains(&text)) {
            words.push(text);
        }
        next = error.source();
    }
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    const ECS: ApiGroup = ApiGroup::EcsServiceRead;

    fn class(group: ApiGroup, status: u16, code: &str, message: &str) -> Class {
        refused(group, status, Some(code), Some(message)).0
    }

    fn failed(cause: Cause) -> Class {
        Class::Failed(cause)
    }

    #[test]
    fn every_services_refusals_are_classed_by_what_can_be_done_about_them() {
        let scp = "User: u is not authorized to perform: sns:Publish on resource: r with an explicit deny in a \
                   service control policy";
        let invalid = "The security token included in the request is invalid.";
        for (status, code, message, expected) in [
            (400, "AccessDeniedException", "no", failed(Cause::Denied)),
            (403, "AccessDenied", scp, failed(Cause::Denied)),
            (403, "AuthorizationError", "no", failed(Cause::Denied)),
            (403, "AuthorizationErrorException", "no", failed(Cause::Denied)),
            (
                403,
                "UnauthorizedOperation",
                "Encoded authorization failure message: abc",
                failed(Cause::Denied),
            ),
            (400, "SomethingNew", scp, failed(Cause::Denied)),
            (403, "SomethingNew", "go away", failed(Cause::Denied)),
            (400, "ThrottlingException", "Rate exceeded", failed(Cause::Throttled)),
            (400, "Throttling", "Rate exceeded", failed(Cause::Throttled)),
            (429, "Throttled", "Rate exceeded", failed(Cause::Throttled)),
            (429, "SomethingNew", "slowly", failed(Cause::Throttled)),
            (400, "TooManyRequestsException", "slowly", failed(Cause::Throttled)),
            (503, "RequestLimitExceeded", "slowly", failed(Cause::Throttled)),
            (403, "RequestThrottled", "slowly", failed(Cause::Throttled)),
            (400, "LimitExceededException", "Rate of calls exceeds the limit", failed(Cause::Throttled)),
            (400, "LimitExceededException", "The account has 300 rules already", failed(Cause::Other)),
            (400, "ResourceNotFoundException", "Rule foo does not exist", Class::NotFound),
            (404, "NotFound", "Topic does not exist", Class::NotFound),
            (400, "ClusterNotFoundException", "Cluster not found.", Class::NotFound),
            (400, "AWS.SimpleQueueService.NonExistentQueue", "gone", Class::NotFound),
            (400, "QueueDoesNotExist", "gone", Class::NotFound),
            (409, "ConflictException", "taken", Class::Conflict),
            (400, "ConcurrentModificationException", "busy", Class::Conflict),
            (400, "ResourceAlreadyExistsException", "taken", Class::Conflict),
            (400, "UnrecognizedClientException", invalid, failed(Cause::RegionOff)),
            (403, "InvalidClientTokenId", invalid, failed(Cause::RegionOff)),
            (403, "SomethingNew", invalid, failed(Cause::RegionOff)),
            (403, "RegionDisabledException", "off", failed(Cause::RegionOff)),
            (403, "OptInRequired", "off", failed(Cause::RegionOff)),
            (400, "ExpiredTokenException", "The security token is expired", failed(Cause::Credentials)),
            (403, "ExpiredToken", "expired", failed(Cause::Credentials)),
            (403, "SignatureDoesNotMatch", "Signature expired", failed(Cause::Credentials)),
            (400, "InvalidSignatureException", "Signature not yet current", failed(Cause::Credentials)),
            (403, "RequestTimeTooSkewed", "skew", failed(Cause::Credentials)),
            (500, "InternalFailure", "oops", failed(Cause::Unreachable)),
            (400, "ValidationException", "oops", failed(Cause::Other)),
        ] {
            assert_eq!(class(ECS, status, code, message), expected, "{status} {code}: {message}");
        }
    }

    #[test]
    fn unknown_keys_mean_a_region_that_is_off_only_where_good_keys_would_be_unknown_too() {
        for group in [ApiGroup::Sts, ApiGroup::Organizations] {
            let class = class(group, 403, "InvalidClientTokenId", "no such key");
            assert_eq!(class, failed(Cause::Credentials), "{group:?}");
        }
    }

    fn response(status: u16, body: SdkBody) -> HttpResponse {
        HttpResponse::new(StatusCode::try_from(status).unwrap(), body)
    }

    fn of(error: &SdkError<ErrorMetadata, HttpResponse>) -> (Class, String) {
        let error = classify("list clusters", ECS, error);
        (error.class, error.detail)
    }

    fn refusal(status: u16, meta: ErrorMetadata) -> SdkError<ErrorMetadata, HttpResponse> {
        SdkError::service_error(meta, response(status, SdkBody::empty()))
    }

    #[test]
    fn a_refusal_is_told_in_the_services_own_words_as_far_as_there_are_any() {
        for (code, message, expected) in [
            (Some("A"), Some("b\nc"), "A: b c"),
            (Some("A"), None, "A (HTTP 500)"),
            (None, Some("b"), "b (HTTP 500)"),
            (None, None, "HTTP 500 without a reason"),
        ] {
            let mut meta = ErrorMetadata::builder();
            if let Some(code) = code {
                meta = meta.code(code);
            }
            if let Some(message) = message {
                meta = meta.message(message);
            }
            assert_eq!(of(&refusal(500, meta.build())), (failed(Cause::Unreachable), expected.to_owned()));
        }
    }

    #[test]
    fn a_call_without_an_answer_timed_out_or_did_not_get_through() {
        let io = |text: &str| Box::new(std::io::Error::other(text.to_owned()));
        let timeout = SdkError::timeout_error(io("deadline"));
        assert_eq!(of(&timeout).0, failed(Cause::TimedOut));
        let connect = SdkError::dispatch_failure(ConnectorError::timeout(io("connect")));
        assert_eq!(of(&connect).0, failed(Cause::TimedOut));
        let refused = SdkError::dispatch_failure(ConnectorError::io(io("connection refused")));
        let (class, detail) = of(&refused);
        assert_eq!(class, failed(Cause::Unreachable));
        assert!(detail.contains("connection refused"), "{detail}");
    }

    #[test]
    fn nothing_of_a_request_is_told_of_the_error_that_quotes_it() {
        let quoting = "no endpoint for Request { body: RoleArn=r&ExternalId=7f0c, headers: Headers { headers: \
                       {\"x-amz-security-token\": \"SECRET\"} } }";
        let io = || Box::new(std::io::Error::other(quoting));
        for error in [
            SdkError::construction_failure(io()),
            SdkError::dispatch_failure(ConnectorError::io(io())),
            SdkError::dispatch_failure(ConnectorError::other(io(), None)),
        ] {
            let (_, detail) = of(&error);
            assert!(detail.contains("no endpoint for"), "{detail}");
            for secret in ["Request", "ExternalId", "7f0c", "x-amz", "SECRET"] {
                assert!(!detail.contains(secret), "{detail}");
            }
        }
    }

    #[test]
    fn an_answer_that_makes_no_sense_is_told_from_one_that_broke_off() {
        let unread = SdkBody::taken();
        let broken = SdkError::response_error("eof", response(200, unread));
        assert_eq!(of(&broken).0, failed(Cause::Unreachable));
        let garbage = SdkError::response_error("not JSON", response(200, SdkBody::from("<html>")));
        assert_eq!(of(&garbage).0, failed(Cause::Malformed));
        let slow_down = SdkError::response_error("not JSON", response(429, SdkBody::from("<html>")));
        assert_eq!(of(&slow_down).0, failed(Cause::Throttled));
    }
}
