//! Tags, which carry ownership.

use std::collections::BTreeMap;

use super::change::FieldChange;

/// The tag that says which fleet owns a thing. Its value is the fleet's name.
pub const OWNER: &str = "foghorn.dev/fleet";

/// Tags by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tags(pub BTreeMap<String, String>);

impl Tags {
    /// The tags of a thing that the fleet owns, with what the user adds.
    pub fn owned_by(fleet: &str, extra: &BTreeMap<String, String>) -> Self {
        let mut tags = extra.clone();
        tags.insert(OWNER.to_owned(), fleet.to_owned());
        Self(tags)
    }

    /// The fleet that owns the thing, if any does.
    pub fn owner(&self) -> Option<&str> {
        self.0.get(OWNER).map(String::as_str)
    }

    /// What must be set so that `desired` is in force. Tags that others set
    /// stay, so they never show here.
    pub fn diff(&self, desired: &Self) -> Vec<FieldChange> {
        desired
            .0
            .iter()
            .filter(|(key, value)| self.0.get(*key) != Some(value))
            .map(|(key, value)| {
                let path = format!("/tags/{}", key.replace('~', "~0").replace('/', "~1"));
                FieldChange::new(&path, self.0.get(key), value)
            })
            .collect()
    }
}
