//! An event's fields, of which none need be there.

use serde_json::Value;

use super::short;
use crate::model::notice::NoticeLevel;

/// An event of any shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event<'a>(pub(super) &'a Value);

impl<'a> Event<'a> {
    /// The text at a JSON pointer; empty where there is none.
    pub(super) fn text(self, pointer: &str) -> &'a str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// The text at a JSON pointer as one short line.
    pub(super) fn short(self, pointer: &str) -> String {
        short(self.text(pointer))
    }

    /// The whole text at a JSON pointer, if there is one.
    pub(super) fn optional_text(self, pointer: &str) -> Option<String> {
        let text = self.text(pointer);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The objects of a list at a JSON pointer.
    pub(super) fn list(self, pointer: &str) -> &'a [Value] {
        self.0.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// How much the event matters by its own word.
    pub(super) fn level(self) -> NoticeLevel {
        match self.text("/detail/eventType") {
            "ERROR" => NoticeLevel::Error,
            "WARN" => NoticeLevel::Warning,
            _ => NoticeLevel::Info,
        }
    }
}

/// The steps of an ARN's resource: `service/prod/web` gives all three.
pub(super) fn resource(arn: &str) -> Vec<&str> {
    arn.splitn(6, ':').nth(5).map(|resource| resource.split('/').collect()).unwrap_or_default()
}

/// The last step of an ARN, or the whole of what is none.
pub(super) fn last_segment(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
