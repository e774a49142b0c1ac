//! Resource policies, compared by meaning.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::change::FieldChange;

/// With what the Sids of the fleet's own statements begin. All others are
/// somebody else's.
const OWN: &str = "Foghorn";

/// A resource policy document: statements in order, by whoever wrote them.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// What stands beside the statements, such as `Version` and `Id`. A
    /// document without a version is of the oldest one, in which variables mean
    /// nothing (IAM user guide, policy element Version): the version belongs to
    /// the statements that others wrote under it.
    pub members: Map<String, Value>,
    /// The statements, each a JSON object.
    pub statements: Vec<Value>,
}

/// Why a text is not a policy.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is not JSON.
    #[error("the policy is not JSON")]
    Json(#[source] serde_json::Error),
    /// The JSON has no statements.
    #[error("the policy has no list of statements")]
    NoStatements,
}

impl Policy {
    /// A fresh document of these statements, of the current version.
    pub fn of(statements: Vec<Value>) -> Self {
        let members = Map::from_iter([("Version".to_owned(), "2012-10-17".into())]);
        Self { members, statements }
    }

    /// Reads a policy document. A lone statement stands for a list of one.
    ///
    /// # Errors
    ///
    /// If the text is no document, or one without statements.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let document: Value = serde_json::from_str(text).map_err(PolicyError::Json)?;
        let Value::Object(mut members) = document else { return Err(PolicyError::NoStatements) };
        match members.remove("Statement") {
            Some(Value::Array(statements)) => Ok(Self { members, statements }),
            Some(statement @ Value::Object(_)) => Ok(Self { members, statements: vec![statement] }),
            _ => Err(PolicyError::NoStatements),
        }
    }

    /// The document as AWS takes it.
    pub fn to_json(&self) -> Value {
        let mut document = self.members.clone();
        document.insert("Statement".to_owned(), self.statements.clone().into());
        Value::Object(document)
    }

    /// A document of those statements alone that are the fleet's own.
    pub fn own(&self) -> Self {
        let own = |statement: &&Value| sid_of(statement).is_some_and(|sid| sid.starts_with(OWN));
        Self::of(self.statements.iter().filter(own).cloned().collect())
    }

    /// The statement of that Sid.
    pub fn statement(&self, sid: &str) -> Option<&Value> {
        self.statements.iter().find(|statement| sid_of(statement) == Some(sid))
    }

    /// Whether every statement of `desired` stands here with the same meaning.
    pub fn contains(&self, desired: &Self) -> bool {
        desired.statements.iter().all(|wanted| {
            sid_of(wanted)
                .and_then(|sid| self.statement(sid))
                .is_some_and(|found| normal(found) == normal(wanted))
        })
    }

    /// The difference between what AWS has and our statements, if any: only
    /// the statements of our Sids are compared and shown.
    pub fn difference(observed: Option<&Self>, desired: &Self) -> Option<FieldChange> {
        if observed.is_some_and(|observed| observed.contains(desired)) {
            return None;
        }
        let ours = |policy: &Self| -> Vec<Value> {
            let same = desired.statements.iter().filter_map(sid_of).filter_map(|sid| policy.statement(sid));
            same.cloned().collect()
        };
        Some(FieldChange::new("/policy", observed.map(ours), &desired.statements))
    }

    /// The document to write: every statement that others wrote, and ours.
    pub fn merge(observed: Option<&Self>, desired: &Self) -> Self {
        observed.map_or_else(|| desired.clone(), |observed| observed.merged_with(desired))
    }

    /// This policy with the statements of `desired` in the place of those of
    /// the same Sid. All else stays as it is.
    pub fn merged_with(&self, desired: &Self) -> Self {
        let ours: BTreeMap<&str, &Value> =
            desired.statements.iter().filter_map(|statement| Some((sid_of(statement)?, statement))).collect();
        let foreign = self
            .statements
            .iter()
            .filter(|statement| sid_of(statement).is_none_or(|sid| !ours.contains_key(sid)));
        let statements = foreign.chain(&desired.statements).cloned().collect();
        Self { members: self.members.clone(), statements }
    }
}

fn sid_of(statement: &Value) -> Option<&str> {
    statement.get("Sid").and_then(Value::as_str)
}

/// A statement in a form in which equal meaning is equal data: a text and a
/// list of one are the same, lists are sets, and actions ignore case.
fn normal(statement: &Value) -> Value {
    let Value::Object(members) = statement else { return statement.clone() };
    let members = members.iter().map(|(name, value)| {
        let value = match name.as_str() {
            "Action" | "NotAction" => set(value, str::to_lowercase),
            "Resource" | "NotResource" => set(value, str::to_owned),
            "Principal" | "NotPrincipal" => principals(value),
            "Condition" => conditions(value),
            _ => value.clone(),
        };
        (name.clone(), value)
    });
    Value::Object(members.collect())
}

fn principals(value: &Value) -> Value {
    match value {
        Value::String(_) => json!({ "AWS": set(value, principal) }),
        other => map_members(other, |_, members| set(members, principal)),
    }
}

/// An account's id stands for its root user, and AWS writes it back as such
/// (IAM user guide, policy element Principal).
fn principal(text: &str) -> String {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account { format!("arn:aws:iam::{text}:root") } else { text.to_owned() }
}

fn conditions(value: &Value) -> Value {
    map_members(value, |_, keys| {
        // Condition keys ignore case in IAM; values do not.
        match keys {
            Value::Object(keys) => Value::Object(
                keys.iter().map(|(key, values)| (key.to_lowercase(), set(values, str::to_owned))).collect(),
            ),
            other => other.clone(),
        }
    })
}

fn map_members(value: &Value, change: impl Fn(&str, &Value) -> Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, member)| (name.clone(), change(name, member))).collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

fn set(value: &Value, change: impl Fn(&str) -> String) -> Value {
    let mut texts: Vec<String> = match value {
        Value::Array(values) => values.iter().map(text).map(|text| change(&text)).collect(),
        other => vec![change(&text(other))],
    };
    texts.sort();
    texts.dedup();
    json!(texts)
}

/// IAM reads `"true"` and `true`, `"5"` and `5` alike.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(statement: Value) -> Policy {
        Policy::of(vec![statement])
    }

    #[test]
    fn a_policy_is_the_same_however_aws_writes_it_back() {
        let desired = policy(json!({
            "Sid": "A", "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" },
            "Action": "sns:Publish", "Resource": "r",
            "Condition": { "ArnLike": { "aws:SourceArn": ["b", "a"] } }
        }));
        let observed = policy(json!({
            "Sid": "A", "Effect": "Allow", "Principal": { "Service": ["events.amazonaws.com"] },
            "Action": ["SNS:Publish"], "Resource": ["r"],
            "Condition": { "ArnLike": { "AWS:SourceArn": ["a", "b"] } }
        }));
        assert!(observed.contains(&desired));
    }

    #[test]
    fn a_policy_that_says_something_else_is_told_apart() {
        let desired = policy(json!({ "Sid": "A", "Effect": "Allow", "Action": "sns:Publish" }));
        for other in [
            json!({ "Sid": "A", "Effect": "Deny", "Action": "sns:Publish" }),
            json!({ "Sid": "A", "Effect": "Allow", "Action": ["sns:Publish", "sns:Subscribe"] }),
            json!({ "Sid": "B", "Effect": "Allow", "Action": "sns:Publish" }),
        ] {
            assert!(!policy(other.clone()).contains(&desired), "{other}");
        }
    }

    #[test]
    fn statements_that_others_wrote_survive_a_merge() {
        let observed =
            Policy::of(vec![json!({ "Sid": "theirs" }), json!({ "Sid": "A", "Effect": "Deny" }), json!({})]);
        let merged = observed.merged_with(&policy(json!({ "Sid": "A", "Effect": "Allow" })));
        assert_eq!(
            merged.statements,
            [json!({ "Sid": "theirs" }), json!({}), json!({ "Sid": "A", "Effect": "Allow" })]
        );
    }

    #[test]
    fn the_version_and_the_id_of_a_document_that_others_wrote_survive_a_merge() {
        for (theirs, version, id) in [
            (
                json!({ "Version": "2008-10-17", "Id": "__default", "Statement": [] }),
                "2008-10-17",
                "__default",
            ),
            (json!({ "Id": "old", "Statement": { "Sid": "B" } }), "", "old"),
        ] {
            let theirs = Policy::parse(&theirs.to_string()).unwrap();
            let written = theirs.merged_with(&policy(json!({ "Sid": "A" }))).to_json();
            assert_eq!(written["Version"].as_str().unwrap_or_default(), version);
            assert_eq!(written["Id"], id);
        }
        let fresh = Policy::merge(None, &policy(json!({ "Sid": "A" }))).to_json();
        assert_eq!(fresh, json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "A" }] }));
    }

    #[test]
    fn the_fleets_own_statements_are_known_by_their_sids() {
        let document =
            Policy::of(vec![json!({ "Sid": "FoghornAllowRule" }), json!({ "Sid": "a" }), json!({})]);
        assert_eq!(document.own().statements, [json!({ "Sid": "FoghornAllowRule" })]);
    }
}
