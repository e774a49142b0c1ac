//! Condition blocks of resource policies.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{glob, one_or_many};

/// Whether every operator of a condition block holds. An operator that is not
/// known here never holds.
pub(super) fn holds(block: &Value, context: &BTreeMap<&'static str, String>) -> bool {
    let Value::Object(operators) = block else { return block.is_null() };
    operators.iter().all(|(operator, keys)| {
        keys.as_object().is_some_and(|keys| {
            keys.iter().all(|(key, expected)| {
                let actual = context.get(key.to_ascii_lowercase().as_str());
                key_holds(operator, &one_or_many(expected), actual.map(String::as_str))
            })
        })
    })
}

fn key_holds(operator: &str, expected: &[&Value], actual: Option<&str>) -> bool {
    if operator == "Null" {
        return expected.iter().any(|wanted| text(wanted) == actual.is_none().to_string());
    }
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let Some(compare) = comparison(operator) else { return false };
    let negated = operator.contains("Not");
    match actual {
        // A negated operator holds for a key that the request lacks.
        None => if_exists || negated,
        Some(actual) => expected.iter().any(|wanted| compare(&text(wanted), actual)) != negated,
    }
}

/// The comparison that an operator makes, or that its negation denies.
fn comparison(operator: &str) -> Option<fn(&str, &str) -> bool> {
    match operator {
        "StringEquals" | "StringNotEquals" => Some(|wanted, actual| wanted == actual),
        "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase" | "Bool" => Some(str::eq_ignore_ascii_case),
        "StringLike" | "StringNotLike" => Some(glob),
        "ArnEquals" | "ArnLike" | "ArnNotEquals" | "ArnNotLike" => Some(arn_like),
        _ => None,
    }
}

/// ARNs are compared part by part: a wildcard does not reach over a colon
/// except in the last part.
fn arn_like(wanted: &str, actual: &str) -> bool {
    let (wanted, actual): (Vec<&str>, Vec<&str>) =
        (wanted.splitn(6, ':').collect(), actual.splitn(6, ':').collect());
    wanted.len() == actual.len() && wanted.iter().zip(&actual).all(|(wanted, actual)| glob(wanted, actual))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
