//! Lambda functions: the notifier.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::change::{FieldChange, differences};
use super::policy::Policy;
use super::region::Region;
use super::resource::{Key, Kind};
use super::tags::Tags;

/// A function's code: a zip, known by its digest.
#[derive(Clone)]
pub struct Code {
    /// SHA-256 of the zip in base64, as Lambda gives it (service model,
    /// CodeSha256).
    pub sha256: String,
    /// The zip.
    pub zip: Arc<[u8]>,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.sha256 == other.sha256
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Code({}, {} bytes)", self.sha256, self.zip.len())
    }
}

/// What a function is set to, in the same form on both sides of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionSettings {
    /// The role that it runs with.
    pub role_arn: String,
    /// `provided.al2023` say.
    pub runtime: String,
    /// What is called in it; a provided runtime takes any text.
    pub handler: String,
    /// `x86_64` or `arm64`. It can only change together with the code.
    pub architecture: String,
    /// How long one invocation may take.
    pub timeout_seconds: i32,
    /// In MiB.
    pub memory: i32,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// The queue for events that it failed on.
    pub dead_letter_arn: Option<String>,
}

/// A function as it shall be.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// The Region.
    pub region: Region,
    /// The name, at most 64 characters.
    pub name: String,
    /// What people read in the console.
    pub description: String,
    /// What it runs. Why it can't be had where it can't.
    pub code: Result<Code, String>,
    /// What it is set to.
    pub settings: FunctionSettings,
    /// Who may invoke it: our statements.
    pub policy: Policy,
    /// The tags.
    pub tags: Tags,
}

/// A function as AWS has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedFunction {
    /// SHA-256 of its zip in base64.
    pub code_sha256: String,
    /// What it is set to.
    pub settings: FunctionSettings,
    /// `Active`, `Pending`, `Inactive` or `Failed`.
    pub state: Option<String>,
    /// Why it is in that state.
    pub state_reason: Option<String>,
    /// `Successful`, `InProgress` or `Failed`.
    pub last_update: Option<String>,
    /// The concurrency that is reserved for it; 0 stops it.
    pub reserved_concurrency: Option<i32>,
    /// Its resource policy.
    pub policy: Option<Policy>,
    /// The tags.
    pub tags: Tags,
}

impl Function {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::Function, self.region, &self.name)
    }

    /// What differs from what AWS has.
    pub fn diff(&self, observed: &ObservedFunction) -> Vec<FieldChange> {
        let code = self.code.as_ref().ok().and_then(|code| {
            FieldChange::between("/codeSha256", &observed.code_sha256.as_str(), &code.sha256.as_str())
        });
        let policy = Policy::difference(observed.policy.as_ref(), &self.policy);
        code.into_iter()
            .chain(differences(&observed.settings, &self.settings))
            .chain(policy)
            .chain(observed.tags.diff(&self.tags))
            .collect()
    }
}
