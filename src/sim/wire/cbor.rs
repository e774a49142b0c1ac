//! Smithy RPC v2 with CBOR, which CloudWatch's newer clients speak.

use ciborium::tag::Required;
use ciborium::value::Value as Cbor;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Number, Value};

use super::marker::{self, Marked};
use super::{Reply, query_names};
use crate::sim::call::{Answer, ApiError};
use crate::sim::service::Service;

/// Tag 1 of RFC 8949: seconds since 1970.
const EPOCH_TAG: u64 = 1;

/// Reads the operation from the path's end and the input from the body.
pub fn decode(service: Service, path: &str, body: &[u8]) -> Result<(String, Value), ApiError> {
    let mut parts = path.trim_matches('/').split('/');
    let named = (parts.next(), parts.next(), parts.next(), parts.next());
    let (Some("service"), Some(name), Some("operation"), Some(operation)) = named else {
        return Err(ApiError::new("UnknownOperationException", "").with_status(404));
    };
    if service.target_prefix() != Some(name) {
        return Err(ApiError::new("UnknownOperationException", "").with_status(404));
    }
    Ok((operation.to_owned(), input(body)?))
}

fn input(body: &[u8]) -> Result<Value, ApiError> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let decoded: Result<Cbor, _> = ciborium::from_reader(body);
    let value = decoded.ok().and_then(to_json);
    value
        .filter(Value::is_object)
        .ok_or_else(|| ApiError::new("SerializationException", "the request body is not a CBOR map"))
}

/// The JSON form of a CBOR value; `None` for what no input has, bytes say.
fn to_json(value: Cbor) -> Option<Value> {
    Some(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(flag) => Value::Bool(flag),
        Cbor::Text(text) => Value::String(text),
        Cbor::Integer(number) => Value::Number(Number::from_i128(number.into())?),
        Cbor::Float(number) => Value::Number(Number::from_f64(number)?),
        Cbor::Tag(EPOCH_TAG, seconds) => to_json(*seconds)?,
        Cbor::Array(items) => Value::Array(items.into_iter().map(to_json).collect::<Option<_>>()?),
        Cbor::Map(entries) => Value::Object(
            entries
                .into_iter()
                .map(|(key, value)| Some((key.into_text().ok()?, to_json(value)?)))
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    })
}

/// Writes an answer as RPC v2 CBOR.
pub fn render(service: Service, request_id: &str, answer: &Answer) -> Reply {
    let mut headers = vec![
        ("content-type", "application/cbor".to_owned()),
        ("smithy-protocol", "rpc-v2-cbor".to_owned()),
        ("x-amzn-requestid", request_id.to_owned()),
    ];
    match answer {
        Ok(output) => Reply { status: 200, headers, body: body(output) },
        Err(refusal) => {
            headers.extend(query_names::header(service, refusal));
            let shape = query_names::shape(service, &refusal.code);
            let error = serde_json::json!({ "__type": shape, "message": refusal.message });
            Reply { status: refusal.status, headers, body: body(&error) }
        }
    }
}

fn body(output: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = ciborium::into_writer(&Written(output), &mut bytes);
    bytes
}

/// A value as CBOR has it: a timestamp carries a tag.
struct Written<'a>(&'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match marker::read(self.0) {
            Marked::Timestamp(seconds) => Required::<f64, EPOCH_TAG>(seconds).serialize(serializer),
            Marked::Json(text) => marker::parsed(text).serialize(serializer),
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
