//! Error names of the services that once spoke the query protocol.
//!
//! CloudWatch and SQS moved to newer protocols but kept their old error codes:
//! a reply names the error's shape in `__type` and the old code in the header
//! `x-amzn-query-error`, which SDKs prefer.

use crate::sim::call::ApiError;
use crate::sim::service::Service;

/// Shape and old code, where the two differ (CloudWatch service model of
/// 2010-08-01).
const CLOUDWATCH: [(&str, &str); 14] = [
    ("AccessDeniedException", "AccessDenied"),
    ("DashboardInvalidInputError", "InvalidParameterInput"),
    ("ExpiredTokenException", "ExpiredToken"),
    ("InternalServiceFault", "InternalServiceError"),
    ("InvalidFormatFault", "InvalidFormat"),
    ("InvalidParameterCombinationException", "InvalidParameterCombination"),
    ("InvalidParameterValueException", "InvalidParameterValue"),
    ("InvalidSignatureException", "SignatureDoesNotMatch"),
    ("LimitExceededFault", "LimitExceeded"),
    ("MissingAuthenticationTokenException", "MissingAuthenticationToken"),
    ("MissingRequiredParameterException", "MissingParameter"),
    ("ThrottlingException", "Throttling"),
    ("UnrecognizedClientException", "InvalidClientTokenId"),
    ("ValidationException", "ValidationError"),
];

/// The same for SQS (developer guide, "Making query API requests").
const SQS: [(&str, &str); 14] = [
    ("AccessDeniedException", "AccessDenied"),
    ("BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
    ("EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"),
    ("ExpiredTokenException", "ExpiredToken"),
    ("InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"),
    ("InvalidSignatureException", "SignatureDoesNotMatch"),
    ("MissingAuthenticationTokenException", "MissingAuthenticationToken"),
    ("PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress"),
    ("QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"),
    ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
    ("QueueNameExists", "QueueAlreadyExists"),
    ("ThrottlingException", "RequestThrottled"),
    ("TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
    ("UnrecognizedClientException", "InvalidClientTokenId"),
];

fn names(service: Service) -> &'static [(&'static str, &'static str)] {
    match service {
        Service::CloudWatch => &CLOUDWATCH,
        Service::Sqs => &SQS,
        _ => &[],
    }
}

/// The shape's name of an error, whether the handler named shape or code.
pub fn shape(service: Service, code: &str) -> &str {
    let known = names(service).iter().find(|(_, old)| *old == code);
    known.map_or(code, |(shape, _)| shape)
}

/// The old code of an error, whether the handler named shape or code.
pub fn code(service: Service, code: &str) -> &str {
    let known = names(service).iter().find(|(shape, _)| *shape == code);
    known.map_or(code, |(_, old)| old)
}

/// The header that carries the old code, for the services that have one.
pub fn header(service: Service, refusal: &ApiError) -> Option<(&'static str, String)> {
    if names(service).is_empty() {
        return None;
    }
    let fault = if refusal.status >= 500 { "Receiver" } else { "Sender" };
    Some(("x-amzn-query-error", format!("{};{fault}", code(service, &refusal.code))))
}
