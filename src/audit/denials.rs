//! Whether a resource policy takes back what our statement in it allows. A
//! Deny wins over every Allow (IAM user guide, policy evaluation logic).

use serde_json::Value;

use crate::model::policy::Policy;

/// What the Deny statements of a policy come to for one action of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    /// None concerns it.
    None,
    /// One may, under a condition that can't be judged here.
    Possible,
    /// One does, whatever the circumstances.
    Certain,
}

/// Whether the policy denies `service` (`events.amazonaws.com`) the action
/// (`sns:Publish`).
pub(super) fn denial(policy: &Policy, service: &str, action: &str) -> Denial {
    let concerned = policy.statements.iter().filter(|statement| concerns(statement, service, action));
    let judged = concerned.map(|statement| match statement.get("Condition") {
        None => Denial::Certain,
        Some(condition) if asks_for_tls_only(condition) => Denial::None,
        Some(_) => Denial::Possible,
    });
    judged.max_by_key(|denial| *denial as u8).unwrap_or(Denial::None)
}

fn concerns(statement: &Value, service: &str, action: &str) -> bool {
    let actions = |member: &str| statement.get(member).map(texts);
    let is_denied = match (actions("Action"), actions("NotAction")) {
        (Some(actions), _) => actions.iter().any(|pattern| matches(pattern, action)),
        (None, Some(spared)) => !spared.iter().any(|pattern| matches(pattern, action)),
        (None, None) => false,
    };
    statement.get("Effect").and_then(Value::as_str) == Some("Deny") && is_denied && names(statement, service)
}

/// Whether the statement is about this service. What is about everyone but
/// somebody may be.
fn names(statement: &Value, service: &str) -> bool {
    match statement.get("Principal") {
        None => statement.get("NotPrincipal").is_some(),
        Some(Value::String(everyone)) => everyone == "*",
        Some(principal) => {
            let named = |kind: &str| principal.get(kind).map(texts).unwrap_or_default();
            named("AWS").iter().any(|one| one == "*")
                || named("Service").iter().any(|one| one == "*" || one == service)
        }
    }
}

/// The usual demand for encrypted transport, which AWS's own services meet.
fn asks_for_tls_only(condition: &Value) -> bool {
    let Some(operators) = condition.as_object() else { return false };
    let mut keys = operators.values().filter_map(Value::as_object).flatten();
    match (keys.next(), keys.next()) {
        (Some((key, value)), None) => {
            key.eq_ignore_ascii_case("aws:SecureTransport") && texts(value) == ["false"]
        }
        _ => false,
    }
}

fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        other => vec![text(other)],
    }
}

/// IAM's action patterns ignore case; `*` stands for any text. A `?` is taken
/// for a match, which errs on the side of a warning.
fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_lowercase(), action.to_lowercase());
    match pattern.split_once(['*', '?']) {
        None => pattern == action,
        Some((start, rest)) => {
            let end = rest.rsplit(['*', '?']).next().unwrap_or_default();
            action.len() >= start.len() + end.len() && action.starts_with(start) && action.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judged(statement: Value) -> Denial {
        denial(&Policy::of(vec![statement]), "events.amazonaws.com", "sns:Publish")
    }

    #[test]
    fn a_deny_that_concerns_the_publisher_is_certain() {
        for (principal, action) in [
            (json!("*"), json!("sns:Publish")),
            (json!({ "AWS": "*" }), json!(["sns:Subscribe", "SNS:Pub*"])),
            (json!({ "Service": ["events.amazonaws.com"] }), json!("sns:*")),
            (json!({ "Service": "events.amazonaws.com" }), json!("*")),
        ] {
            let statement = json!({ "Effect": "Deny", "Principal": principal, "Action": action });
            assert_eq!(judged(statement.clone()), Denial::Certain, "{statement}");
        }
    }

    #[test]
    fn a_deny_of_something_or_somebody_else_is_none() {
        for statement in [
            json!({ "Effect": "Allow", "Principal": "*", "Action": "sns:Publish" }),
            json!({ "Effect": "Deny", "Principal": "*", "Action": "sns:Subscribe" }),
            json!({ "Effect": "Deny", "Principal": "*", "NotAction": "sns:Publish" }),
            json!({ "Effect": "Deny", "Principal": { "Service": "s3.amazonaws.com" }, "Action": "sns:*" }),
            json!({ "Effect": "Deny", "Principal": "*", "Action": "sns:*",
                    "Condition": { "Bool": { "aws:SecureTransport": "false" } } }),
        ] {
            assert_eq!(judged(statement.clone()), Denial::None, "{statement}");
        }
    }

    #[test]
    fn a_deny_under_another_condition_may_concern_it() {
        let condition = json!({ "StringNotEquals": { "aws:SourceAccount": "1" } });
        let statement =
            json!({ "Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Condition": condition });
        assert_eq!(judged(statement), Denial::Possible);
    }
}
