//! Tags as the services write them: lists of objects.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A resource's tags.
pub(crate) type Tags = BTreeMap<String, String>;

/// The member names of one tag in a service's model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TagNames {
    key: &'static str,
    value: &'static str,
}

/// `Key` and `Value`, as EventBridge, SNS and CloudWatch say.
pub(crate) const KEY_VALUE: TagNames = TagNames { key: "Key", value: "Value" };
/// `TagKey` and `TagValue`, as AWS Chatbot says.
pub(crate) const TAG_KEY_TAG_VALUE: TagNames = TagNames { key: "TagKey", value: "TagValue" };

impl TagNames {
    /// Reads a list of tags; empty if it was not sent.
    pub(crate) fn read(self, list: Option<&Value>) -> Tags {
        let list = list.and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(|tag| {
                let value = tag[self.value].as_str().unwrap_or_default();
                Some((tag[self.key].as_str()?.to_owned(), value.to_owned()))
            })
            .collect()
    }

    /// Writes a list of tags.
    pub(crate) fn write(self, tags: &Tags) -> Value {
        tags.iter().map(|(key, value)| json!({self.key: key, self.value: value})).collect()
    }
}
