//! awsJson 1.0 and 1.1.

use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::Value;

use super::marker::{self, Marked};
use super::{Reply, query_names};
use crate::sim::call::{Answer, ApiError};
use crate::sim::service::Service;

/// Reads the operation from `X-Amz-Target` and the input from the body.
pub fn decode(service: Service, headers: &HeaderMap, body: &[u8]) -> Result<(String, Value), ApiError> {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let (prefix, operation) = target.and_then(|text| text.rsplit_once('.')).unwrap_or_default();
    if service.target_prefix() != Some(prefix) || operation.is_empty() {
        return Err(ApiError::new("UnknownOperationException", ""));
    }
    Ok((operation.to_owned(), input(body)?))
}

/// Reads a JSON body; an empty one is an empty input.
pub fn input(body: &[u8]) -> Result<Value, ApiError> {
    if body.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(Value::Object(members)),
        _ => Err(ApiError::new("SerializationException", "the request body is not a JSON object")),
    }
}

/// Writes an answer as awsJson.
pub fn render(service: Service, version: &str, request_id: &str, answer: &Answer) -> Reply {
    let mut headers = vec![
        ("content-type", format!("application/x-amz-json-{version}")),
        ("x-amzn-requestid", request_id.to_owned()),
    ];
    match answer {
        Ok(output) => Reply { status: 200, headers, body: body(output) },
        Err(refusal) => {
            headers.extend(query_names::header(service, refusal));
            Reply { status: refusal.status, headers, body: error_body(service, refusal) }
        }
    }
}

fn error_body(service: Service, refusal: &ApiError) -> Vec<u8> {
    let message_member = match service {
        Service::Organizations | Service::SecretsManager => "Message",
        _ => "message",
    };
    let shape = query_names::shape(service, &refusal.code);
    serde_json::json!({ "__type": shape, message_member: refusal.message }).to_string().into_bytes()
}

/// The bytes of an output, its markers written as JSON has them.
pub fn body(output: &Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    write(&mut bytes, output);
    bytes
}

fn write(bytes: &mut Vec<u8>, value: &Value) {
    match marker::read(value) {
        Marked::Timestamp(seconds) => scalar(bytes, &seconds),
        Marked::Json(text) => bytes.extend_from_slice(text.as_bytes()),
        Marked::Map(members) | Marked::Plain(Value::Object(members)) => {
            bytes.push(b'{');
            for (index, (name, value)) in members.iter().enumerate() {
                separate(bytes, index);
                scalar(bytes, name);
                bytes.push(b':');
                write(bytes, value);
            }
            bytes.push(b'}');
        }
        Marked::Plain(Value::Array(items)) => {
            bytes.push(b'[');
            for (index, item) in items.iter().enumerate() {
                separate(bytes, index);
                write(bytes, item);
            }
            bytes.push(b']');
        }
        Marked::Plain(plain) => scalar(bytes, plain),
    }
}

fn separate(bytes: &mut Vec<u8>, index: usize) {
    if index > 0 {
        bytes.push(b',');
    }
}

fn scalar<T: Serialize + ?Sized>(bytes: &mut Vec<u8>, value: &T) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(bytes, value);
}
