//! A policy as IAM reads it.

use std::collections::BTreeMap;

use serde::Serialize;

/// How many characters the inline policies of a role may have together, white
/// space aside (IAM user guide, IAM and STS quotas).
pub const LARGEST: usize = 10_240;

/// How many a managed policy may have (the same page).
pub const LARGEST_MANAGED: usize = 6_144;

/// The values of condition keys, by operator and key.
pub type Conditions = BTreeMap<&'static str, BTreeMap<String, Vec<String>>>;

/// An identity-based policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    /// The version of the policy language.
    version: &'static str,
    /// The statements, each with an id of its own.
    pub statement: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// Its id.
    pub sid: String,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// The actions.
    pub action: Vec<String>,
    /// What they may be done to.
    pub resource: Vec<String>,
    /// When alone it holds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: Conditions,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever else allows.
    Deny,
}

impl Document {
    /// A policy of these statements.
    pub(super) fn new(statement: Vec<Statement>) -> Self {
        Self { version: "2012-10-17", statement }
    }

    /// Adds the statements of another.
    pub(super) fn extend(&mut self, other: Self) {
        self.statement.extend(other.statement);
    }

    /// The statement of this id alone.
    pub fn only(&self, sid: &str) -> Self {
        let statement = self.statement.iter().filter(|one| one.sid == sid).cloned().collect();
        Self { version: self.version, statement }
    }

    /// The policy as text that ends in a new line. The same fleet always comes to
    /// the same text.
    ///
    /// # Errors
    /// Never for lack of anything in the policy; it is serde's to say.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// How many characters IAM counts: all but white space.
    ///
    /// # Errors
    /// As [`Document::to_json`].
    pub fn length(&self) -> Result<usize, serde_json::Error> {
        Ok(serde_json::to_string(self)?.chars().filter(|letter| !letter.is_whitespace()).count())
    }
}
