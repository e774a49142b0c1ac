//! Custom event buses, which hubs are made of.

use super::change::FieldChange;
use super::policy::Policy;
use super::region::Region;
use super::resource::{Key, Kind};
use super::tags::Tags;

/// A custom event bus as it shall be.
#[derive(Debug, Clone, PartialEq)]
pub struct EventBus {
    /// The Region.
    pub region: Region,
    /// The name, at most 256 characters.
    pub name: String,
    /// Who may put events on it. As desired state it holds our statements
    /// alone; in a change it holds the whole document that is written.
    pub policy: Policy,
    /// The tags.
    pub tags: Tags,
}

/// A custom event bus as AWS has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedEventBus {
    /// The policy, if there is one.
    pub policy: Option<Policy>,
    /// The tags.
    pub tags: Tags,
}

impl EventBus {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::EventBus, self.region, &self.name)
    }

    /// What differs from what AWS has.
    pub fn diff(&self, observed: &ObservedEventBus) -> Vec<FieldChange> {
        let policy = Policy::difference(observed.policy.as_ref(), &self.policy);
        policy.into_iter().chain(observed.tags.diff(&self.tags)).collect()
    }

    /// The bus to write: ours, and every statement that others added.
    pub fn over(&self, observed: &ObservedEventBus) -> Self {
        Self { policy: Policy::merge(observed.policy.as_ref(), &self.policy), ..self.clone() }
    }
}
