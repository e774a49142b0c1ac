//! The plan: ordered changes, computed without I/O.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::region::Location;
use super::resource::{Key, Kind, Resource};

/// The bound of what one run may change, as the fleet file and reasons name it.
pub const MAX_CHANGES: &str = "spec.guard.maxChanges";

/// Why a run with so many changes makes none of them, and what to do.
/// `allowed` says how many it may make.
pub fn over_the_bound(changes: usize, allowed: impl std::fmt::Display) -> String {
    format!(
        "the plan has {changes} changes and {MAX_CHANGES} allows {allowed}: look at it, then raise the limit or narrow \
         the run with --account, --region or --pipeline"
    )
}

/// What a change does. Public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Make what does not exist.
    Create,
    /// Bring what exists into the desired form.
    Update,
    /// Remove what the fleet owns and no longer asks for.
    Delete,
    /// Nothing: the name is taken by something that the fleet does not own.
    Conflict,
    /// Nothing: a change would be due, but a gap, a guard or a danger forbids it.
    Withheld,
}

/// What became of a change. Public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It was not tried: the run only plans, or the action is no write.
    Planned,
    /// AWS accepted it.
    Applied,
    /// AWS refused it, or no answer came.
    Failed,
    /// It was not tried, because something it needs failed or the run stopped.
    Skipped,
}

/// One field that differs. Public interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// A JSON pointer into the resource.
    pub path: String,
    /// What AWS has; `null` where it has nothing.
    pub observed: Value,
    /// What the fleet asks for.
    pub desired: Value,
}

impl FieldChange {
    /// A field that differs. What cannot be written as JSON shows as `null`.
    pub fn new(path: &str, observed: impl Serialize, desired: impl Serialize) -> Self {
        Self { path: path.to_owned(), observed: json(observed), desired: json(desired) }
    }

    /// The difference of one field, if there is one.
    pub fn between<T: PartialEq + Serialize>(path: &str, observed: &T, desired: &T) -> Option<Self> {
        (observed != desired).then(|| Self::new(path, observed, desired))
    }
}

/// The members in which two structures of the same type differ, by name.
pub fn differences<T: Serialize>(observed: &T, desired: &T) -> Vec<FieldChange> {
    let (Value::Object(observed), Value::Object(desired)) = (json(observed), json(desired)) else {
        return Vec::new();
    };
    desired
        .iter()
        .filter_map(|(name, wanted)| {
            let found = observed.get(name).unwrap_or(&Value::Null);
            FieldChange::between(&format!("/{name}"), found, wanted)
        })
        .collect()
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What is done.
    pub action: Action,
    /// To what.
    pub key: Key,
    /// The resource as it shall be. `None` for a delete, and where the action
    /// is no write.
    pub resource: Option<Resource>,
    /// What AWS names a thing by that is to be deleted, where its key is not
    /// enough: the ARN of a subscription or of a chat configuration.
    pub arn: Option<String>,
    /// The fleet that must still own a thing that is to be deleted.
    pub owner: Option<String>,
    /// What differs; empty for a create.
    pub fields: Vec<FieldChange>,
    /// What must be in place before this can be done.
    pub needs: Vec<Key>,
    /// Why it is a conflict or withheld, or what applying it came to.
    pub why: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
}

impl Change {
    /// A change that waits to be applied.
    pub fn write(action: Action, resource: Resource, fields: Vec<FieldChange>, needs: Vec<Key>) -> Self {
        let key = resource.key();
        Self {
            action,
            key,
            resource: Some(resource),
            arn: None,
            owner: None,
            fields,
            needs,
            why: None,
            outcome: Outcome::Planned,
        }
    }

    /// A change that is due but must not be made.
    pub fn blocked(action: Action, key: Key, fields: Vec<FieldChange>, why: impl Into<String>) -> Self {
        let why = Some(why.into());
        Self {
            action,
            key,
            resource: None,
            arn: None,
            owner: None,
            fields,
            needs: Vec::new(),
            why,
            outcome: Outcome::Planned,
        }
    }

    /// The removal of something that this fleet owns, once all that `needs`
    /// names is gone.
    pub fn delete(key: Key, arn: Option<String>, owner: impl Into<String>, needs: Vec<Key>) -> Self {
        Self {
            action: Action::Delete,
            key,
            resource: None,
            arn,
            owner: Some(owner.into()),
            fields: Vec::new(),
            needs,
            why: None,
            outcome: Outcome::Planned,
        }
    }

    /// Whether applying it would call AWS to change something.
    pub fn is_write(&self) -> bool {
        match self.action {
            Action::Create | Action::Update | Action::Delete => true,
            Action::Conflict | Action::Withheld => false,
        }
    }

    /// The same change, no longer to be made.
    pub fn withheld(self, why: impl Into<String>) -> Self {
        if self.is_write() { Self::blocked(Action::Withheld, self.key, self.fields, why) } else { self }
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ChangeDocument {
            action: self.action,
            kind: self.key.kind,
            location: self.key.location,
            name: Cow::Borrowed(&self.key.name),
            fields: Cow::Borrowed(&self.fields),
            outcome: self.outcome,
            why: self.why.as_deref().map(Cow::Borrowed),
        }
        .serialize(serializer)
    }
}

/// Reads a change of a stored report: what is not in reports is left empty, so
/// that it can be shown and not made.
impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = ChangeDocument::deserialize(deserializer)?;
        Ok(Self {
            action: document.action,
            key: Key { kind: document.kind, location: document.location, name: document.name.into_owned() },
            resource: None,
            arn: None,
            owner: None,
            fields: document.fields.into_owned(),
            needs: Vec::new(),
            why: document.why.map(Cow::into_owned),
            outcome: document.outcome,
        })
    }
}

/// A change as the report shows it. Public interface.
#[derive(Serialize, Deserialize)]
struct ChangeDocument<'a> {
    action: Action,
    kind: Kind,
    location: Location,
    name: Cow<'a, str>,
    fields: Cow<'a, [FieldChange]>,
    outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<Cow<'a, str>>,
}

/// The ordered changes that would make one account match the fleet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// In the order in which they must be made.
    pub changes: Vec<Change>,
}

impl Plan {
    /// Whether nothing would be written.
    pub fn writes_nothing(&self) -> bool {
        !self.changes.iter().any(Change::is_write)
    }

    /// Whether this resource would be written.
    pub fn still_writes(&self, key: &Key) -> bool {
        self.changes.iter().any(|change| change.is_write() && change.key == *key)
    }

    /// Whether nothing is due at all: no write, no conflict, nothing withheld.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
