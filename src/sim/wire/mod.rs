//! The wire protocols of the AWS APIs, one file each.
//!
//! Decoding turns a request into an operation and a JSON input; rendering turns
//! a handler's answer into an HTTP reply, as the real service would write it.

mod cbor;
mod json;
mod lambda;
mod marker;
mod query;
mod query_names;
mod rest_json;
mod xml;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde_json::Value;

use super::call::{Answer, ApiError};
use super::service::Service;

/// How a client speaks to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// awsJson 1.0 or 1.1: the operation is in `X-Amz-Target`.
    Json {
        /// `1.0` or `1.1`, as in the content type.
        version: &'static str,
    },
    /// awsQuery: a form goes in, XML comes out.
    Query,
    /// restJson1: the operation is the path.
    RestJson,
    /// restJson1 as Lambda uses it: method and path are the operation.
    Lambda,
    /// Smithy RPC v2 with CBOR: the operation is the path's end.
    Cbor,
}

/// An HTTP reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers, `content-type` and the request id among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The protocol of a request to a service, by its headers.
pub fn protocol(service: Service, headers: &HeaderMap) -> Protocol {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = header("content-type").unwrap_or_default();
    if header("smithy-protocol") == Some("rpc-v2-cbor") {
        Protocol::Cbor
    } else if header("x-amz-target").is_some() {
        let version = if content_type.contains("json-1.0") { "1.0" } else { "1.1" };
        Protocol::Json { version }
    } else if service == Service::Chatbot {
        Protocol::RestJson
    } else if service == Service::Lambda {
        Protocol::Lambda
    } else {
        Protocol::Query
    }
}

/// The operation and the input of a request, whichever parts of it hold them.
///
/// # Errors
///
/// The refusal that a service gives to what it cannot read.
pub fn read(
    protocol: Protocol,
    service: Service,
    parts: &Parts,
    body: &[u8],
) -> Result<(String, Value), ApiError> {
    match protocol {
        Protocol::Lambda => lambda::decode(parts, body),
        _ => decode(protocol, service, parts.uri.path(), &parts.headers, body),
    }
}

/// The operation and the input of a request that stand in its path, headers
/// and body.
///
/// # Errors
///
/// The refusal that a service gives to what it cannot read.
pub fn decode(
    protocol: Protocol,
    service: Service,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(String, Value), ApiError> {
    if headers.contains_key("content-encoding") {
        return Err(ApiError::new("UnsupportedMediaType", "the simulator does not read compressed requests")
            .with_status(415));
    }
    match protocol {
        Protocol::Json { .. } => json::decode(service, headers, body),
        Protocol::Query => query::decode(body),
        Protocol::RestJson | Protocol::Lambda => rest_json::decode(path, body),
        Protocol::Cbor => cbor::decode(service, path, body),
    }
}

/// The HTTP reply that carries an answer.
pub fn render(
    protocol: Protocol,
    service: Service,
    operation: &str,
    request_id: &str,
    answer: &Answer,
) -> Reply {
    match protocol {
        Protocol::Json { version } => json::render(service, version, request_id, answer),
        Protocol::Query => query::render(service, operation, request_id, answer),
        Protocol::RestJson => rest_json::render(operation, request_id, answer),
        Protocol::Lambda => lambda::render(operation, request_id, answer),
        Protocol::Cbor => cbor::render(service, request_id, answer),
    }
}

#[cfg(test)]
mod tests;
