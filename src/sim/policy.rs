//! Resource policies: who may do what to a topic or a queue.

mod condition;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use super::arn::Arn;

/// A request that a resource policy judges.
#[derive(Debug)]
pub(crate) struct Access<'a> {
    pub(crate) principal: Principal<'a>,
    /// The action, `sns:Publish` say.
    pub(crate) action: &'a str,
    /// The ARN of the resource that carries the policy.
    pub(crate) resource: &'a str,
    /// The request's context by condition key in lower case.
    pub(crate) context: BTreeMap<&'static str, String>,
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Principal<'a> {
    /// A service principal, `events.amazonaws.com` say.
    Service(&'a str),
    /// Anyone in an account.
    Account(&'a str),
}

/// Whether the policy lets the request pass: some statement allows it and none
/// denies it. A text that is no policy allows nothing.
pub(crate) fn allows(policy: &str, access: &Access<'_>) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(policy) else { return false };
    let statements = one_or_many(&document["Statement"]);
    let applies = |effect: &str| {
        statements.iter().any(|statement| statement["Effect"] == effect && access.meets(statement))
    };
    applies("Allow") && !applies("Deny")
}

/// The elements of a list, or the one value that stands for a list.
pub(crate) fn one_or_many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        single => vec![single],
    }
}

impl Access<'_> {
    fn meets(&self, statement: &Value) -> bool {
        self.meets_principal(statement)
            && listed(statement, "Action", |pattern| {
                glob(&pattern.to_ascii_lowercase(), &self.action.to_ascii_lowercase())
            })
            && listed(statement, "Resource", |pattern| glob(pattern, self.resource))
            && condition::holds(&statement["Condition"], &self.context)
    }

    fn meets_principal(&self, statement: &Value) -> bool {
        match (statement.get("Principal"), statement.get("NotPrincipal")) {
            (Some(principal), _) => self.principal.is_in(principal),
            (None, Some(principal)) => !self.principal.is_in(principal),
            (None, None) => false,
        }
    }
}

impl Principal<'_> {
    fn is_in(self, principal: &Value) -> bool {
        if principal == "*" || any_text(&principal["AWS"], |text| text == "*") {
            return true;
        }
        match self {
            Self::Service(name) => any_text(&principal["Service"], |text| text == name || text == "*"),
            Self::Account(id) => any_text(&principal["AWS"], |text| {
                text == id || Arn::parse(text).is_some_and(|arn| arn.service == "iam" && arn.account == id)
            }),
        }
    }
}

/// Whether a statement's element, or its `Not…` form, covers something.
fn listed(statement: &Value, element: &str, covers: impl Fn(&str) -> bool) -> bool {
    match (statement.get(element), statement.get(format!("Not{element}"))) {
        (Some(patterns), _) => any_text(patterns, covers),
        (None, Some(patterns)) => !any_text(patterns, covers),
        // A resource policy without a resource speaks of its own resource.
        (None, None) => element == "Resource",
    }
}

fn any_text(values: &Value, holds: impl Fn(&str) -> bool) -> bool {
    one_or_many(values).into_iter().filter_map(Value::as_str).any(holds)
}

/// Whether a text matches a pattern with `*` and `?`.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // reachable[i]: the pattern so far can end just before the i-th character.
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match symbol {
                '*' => reachable[at] || at > 0 && next[at - 1],
                '?' => at > 0 && reachable[at - 1],
                literal => at > 0 && reachable[at - 1] && text[at - 1] == literal,
            };
        }
        reachable = next;
    }
    reachable[text.len()]
}
