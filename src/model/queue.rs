//! SQS queues: where events go that could not be delivered.

use super::change::FieldChange;
use super::policy::Policy;
use super::region::Region;
use super::resource::{Key, Kind};
use super::tags::Tags;

/// A dead-letter queue as it shall be.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// The Region, which must be that of the rule.
    pub region: Region,
    /// The name, at most 80 characters.
    pub name: String,
    /// How long messages are kept, in seconds; 1,209,600 at most.
    pub retention_seconds: u32,
    /// Who may send. As desired state it holds our statements alone; in a
    /// change it holds the whole document that is written.
    pub policy: Policy,
    /// The tags.
    pub tags: Tags,
}

/// A queue as AWS has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedQueue {
    /// The address that SQS calls name the queue by.
    pub url: String,
    /// How long messages are kept, in seconds.
    pub retention_seconds: Option<u32>,
    /// The policy, if there is one.
    pub policy: Option<Policy>,
    /// The KMS key that messages are encrypted with at rest, in the form that
    /// it was set in: an id, an ARN or an alias. `None` without encryption and
    /// with the keys of SQS itself.
    pub kms_key: Option<String>,
    /// How many messages wait, approximately.
    pub messages: u64,
    /// The tags.
    pub tags: Tags,
}

impl Queue {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::Queue, self.region, &self.name)
    }

    /// What differs from what AWS has.
    pub fn diff(&self, observed: &ObservedQueue) -> Vec<FieldChange> {
        let retention = FieldChange::between(
            "/retentionSeconds",
            &observed.retention_seconds,
            &Some(self.retention_seconds),
        );
        let policy = Policy::difference(observed.policy.as_ref(), &self.policy);
        retention.into_iter().chain(policy).chain(observed.tags.diff(&self.tags)).collect()
    }

    /// The queue to write: ours, and every statement that others added.
    pub fn over(&self, observed: &ObservedQueue) -> Self {
        Self { policy: Policy::merge(observed.policy.as_ref(), &self.policy), ..self.clone() }
    }
}
