//! awsJson 1.0 and 1.1.

use axum::http::HeaderMap;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::marker::{self, Marked};
use super::{Reply, query_names};
use crate::sim::call::{Answer, ApiError};
use crate::sim::service::Service;

/// Reads the operation from `X-Amz-Target` and the input from the body.
pub fn decode(
    service: Service,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(String, Value), ApiError> {
    let target = headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok());
    let (prefix, operation) = target
        .and_then(|text| text.rsplit_once('.'))
        .unwrap_or_default();
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
        _ => Err(ApiError::new(
            "SerializationException",
            "the request body is not a JSON object",
        )),
    }
}

/// Writes an answer as awsJson.
pub fn render(service: Service, version: &str, request_id: &str, answer: &Answer) -> Reply {
    let mut headers = vec![
        ("content-type", format!("application/x-amz-json-{version}")),
        ("x-amzn-requestid", request_id.to_owned()),
    ];
    match answer {
        Ok(output) => Reply {
            status: 200,
            headers,
            body: body(output),
        },
        Err(refusal) => {
            headers.extend(query_names::header(service, refusal));
            Reply {
                status: refusal.status,
                headers,
                body: error_body(service, refusal),
            }
        }
    }
}

fn error_body(service: Service, refusal: &ApiError) -> Vec<u8> {
    let message_member = match service {
        Service::Organizations => "Message",
        _ => "message",
    };
    let shape = query_names::shape(service, &refusal.code);
    serde_json::json!({ "__type": shape, message_member: refusal.message })
        .to_string()
        .into_bytes()
}

/// The bytes of an output, its markers written as JSON has them.
pub fn body(output: &Value) -> Vec<u8> {
    // Writing to memory fails only where a key is not a string; these all are.
    serde_json::to_vec(&Written(output)).unwrap_or_default()
}

/// A value as awsJson and restJson write it: a timestamp is a number.
struct Written<'a>(&'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match marker::read(self.0) {
            Marked::Timestamp(seconds) => serializer.serialize_f64(seconds),
            Marked::Map(members) | Marked::Plain(Value::Object(members)) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, &Written(value))?;
                }
                map.end()
            }
            Marked::Plain(Value::Array(items)) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Written(item))?;
                }
                list.end()
            }
            Marked::Plain(scalar) => scalar.serialize(serializer),
        }
    }
}
