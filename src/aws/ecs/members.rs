//! What would be lost if a deployment configuration were written back.
//!
//! ECS grows new members now and then. The SDK drops those that it does not
//! know, and UpdateService then resets them. So the answer as it came over the
//! wire is held against what the SDK makes of it: the SDK's own types are the
//! list of known members, whichever version is in use.

use aws_sdk_ecs::types::DeploymentConfiguration;
use aws_smithy_schema::document::DocumentShapeSerializer;
use aws_smithy_types::{Document, Number};
use serde_json::Value;

/// JSON pointers of what the answer held and the SDK would not send back, or
/// not as it was.
pub(super) fn lost_members(raw: &Value, read: Option<&DeploymentConfiguration>) -> Vec<String> {
    let kept = read.and_then(written_back);
    let mut lost = Vec::new();
    compare(raw, kept.as_ref(), &mut String::new(), &mut lost);
    lost
}

/// The configuration as the SDK would send it.
fn written_back(configuration: &DeploymentConfiguration) -> Option<Document> {
    let mut serializer = DocumentShapeSerializer::new();
    serializer.write_struct(DeploymentConfiguration::SCHEMA, configuration).ok()?;
    serializer.finish().ok().map(aws_smithy_types::DiscriminatedDocument::into_document)
}

/// An explicit `null` says nothing, so that losing it loses nothing.
fn compare(raw: &Value, kept: Option<&Document>, pointer: &mut String, lost: &mut Vec<String>) {
    match (raw, kept) {
        (Value::Null, _) => {}
        (Value::Object(raw), Some(Document::Object(kept))) => {
            for (name, value) in raw {
                let name_in_pointer = name.replace('~', "~0").replace('/', "~1");
                within(pointer, &name_in_pointer, |pointer| compare(value, kept.get(name), pointer, lost));
            }
        }
        (Value::Array(raw), Some(Document::Array(kept))) => {
            for (index, value) in raw.iter().enumerate() {
                within(pointer, &index.to_string(), |pointer| compare(value, kept.get(index), pointer, lost));
            }
        }
        (raw, Some(kept)) if is_same_scalar(raw, kept) => {}
        _ => lost.push(pointer.clone()),
    }
}

fn within(pointer: &mut String, step: &str, action: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(step);
    action(pointer);
    pointer.truncate(length);
}

fn is_same_scalar(raw: &Value, kept: &Document) -> bool {
    match (raw, kept) {
        (Value::Bool(raw), Document::Bool(kept)) => raw == kept,
        (Value::String(raw), Document::String(kept)) => raw == kept,
        (Value::Number(raw), Document::Number(kept)) => is_same_number(raw, kept),
        _ => false,
    }
}

fn is_same_number(raw: &serde_json::Number, kept: &Number) -> bool {
    match kept {
        Number::PosInt(kept) => raw.as_u64() == Some(*kept) || raw.as_f64() == Some(*kept as f64),
        Number::NegInt(kept) => raw.as_i64() == Some(*kept) || raw.as_f64() == Some(*kept as f64),
        Number::Float(kept) => raw.as_f64() == Some(*kept),
    }
}
