//! From a pattern's JSON to its alternatives, or to EventBridge's refusal.

use serde_json::{Map, Value};

use super::branches::Branch;
use super::matcher::{Bound, MAX_NUMBER, Matcher, Range};
use super::network::Network;
use super::wildcard::Wildcard;
use super::{MAX_ALTERNATIVES, PatternError};

type Parsed<T> = Result<T, PatternError>;

const OR: &str = "$or";

/// Names that mean an operator, so they cannot name a field inside `$or`.
const RESERVED: [&str; 9] = [
    "exact",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "numeric",
    "exists",
    "wildcard",
    "cidr",
];

/// The alternatives of a whole pattern.
pub(super) fn branches(pattern: &Value) -> Parsed<Vec<Branch>> {
    let Value::Object(members) = pattern else { return refuse("Filter is not an object") };
    let mut branches = vec![Branch::new()];
    object(members, "", false, &mut branches)?;
    Ok(branches)
}

fn refuse<T>(reason: impl Into<String>) -> Parsed<T> {
    Err(PatternError::new(reason))
}

fn object(
    members: &Map<String, Value>,
    prefix: &str,
    inside_or: bool,
    branches: &mut Vec<Branch>,
) -> Parsed<()> {
    if members.is_empty() {
        return refuse("Empty objects are not allowed");
    }
    for (name, value) in members {
        if name == OR {
            *branches = alternatives(value, prefix, branches)?;
            continue;
        }
        if inside_or && RESERVED.contains(&name.as_str()) {
            return refuse(format!("{name} is Ruler reserved fieldName which cannot be used inside {OR}."));
        }
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Value::Object(inner) => object(inner, &path, inside_or, branches)?,
            Value::Array(values) => require(branches, &path, &matchers(values)?),
            _ => return refuse(format!("\"{name}\" must be an object or an array")),
        }
    }
    Ok(())
}

fn require(branches: &mut [Branch], path: &str, matchers: &[Matcher]) {
    for branch in branches {
        branch.insert(path.to_owned(), matchers.to_vec());
    }
}

/// Every alternative of `$or`, joined to every branch so far.
fn alternatives(value: &Value, prefix: &str, so_far: &[Branch]) -> Parsed<Vec<Branch>> {
    let Value::Array(options) = value else {
        return refuse(format!("It must be an Array followed with {OR}."));
    };
    let mut all = Vec::new();
    for option in options {
        let Value::Object(members) = option else {
            return refuse(format!("Only JSON object is allowed in array of {OR} relationship."));
        };
        let mut branches = so_far.to_vec();
        object(members, prefix, true, &mut branches)?;
        all.append(&mut branches);
        if all.len() > MAX_ALTERNATIVES {
            return refuse(format!(
                "Rule is too complex - {OR} makes more than {MAX_ALTERNATIVES} combinations"
            ));
        }
    }
    if options.len() < 2 {
        return refuse(format!("There must have at least 2 Objects in {OR} relationship."));
    }
    Ok(all)
}

fn matchers(values: &[Value]) -> Parsed<Vec<Matcher>> {
    if values.is_empty() {
        return refuse("Empty arrays are not allowed");
    }
    values
        .iter()
        .map(|value| match value {
            Value::Object(expression) => operator(expression),
            Value::Array(_) => refuse("Match value must be String, number, true, false, or null"),
            scalar => Ok(Matcher::Equals(scalar.clone())),
        })
        .collect()
}

/// The only member of a match expression.
fn only_member(expression: &Map<String, Value>) -> Parsed<(&str, &Value)> {
    let mut members = expression.iter();
    match (members.next(), members.next()) {
        (Some((name, value)), None) => Ok((name, value)),
        (None, _) => refuse("Match expression name not found"),
        (Some(_), Some(_)) => refuse("Only one key allowed in match expression"),
    }
}

fn operator(expression: &Map<String, Value>) -> Parsed<Matcher> {
    let (name, value) = only_member(expression)?;
    match name {
        "exact" => text(name, value).map(|text| Matcher::Equals(Value::String(text))),
        "equals-ignore-case" => text(name, value).map(Matcher::EqualsIgnoreCase),
        "prefix" => affix(name, value, Matcher::Prefix, Matcher::PrefixIgnoreCase),
        "suffix" => affix(name, value, Matcher::Suffix, Matcher::SuffixIgnoreCase),
        "wildcard" => Wildcard::parse(&text(name, value)?).map(Matcher::Wildcard),
        "cidr" => Network::parse(&text(name, value)?).map(Matcher::Network),
        "numeric" => numeric(value),
        "anything-but" => anything_but(value).map(Matcher::AnythingBut),
        "exists" => match value {
            Value::Bool(wanted) => Ok(Matcher::Exists(*wanted)),
            _ => refuse("exists match pattern must be either true or false."),
        },
        _ => refuse(format!("Unrecognized match type {name}")),
    }
}

fn text(operator: &str, value: &Value) -> Parsed<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        _ => refuse(format!("{operator} match pattern must be a string")),
    }
}

/// A prefix or suffix, which may be wrapped in `equals-ignore-case`.
fn affix(
    operator: &str,
    value: &Value,
    exact: fn(String) -> Matcher,
    ignore_case: fn(String) -> Matcher,
) -> Parsed<Matcher> {
    let Value::Object(inner) = value else { return text(operator, value).map(exact) };
    match only_member(inner)? {
        ("equals-ignore-case", inner) => text("equals-ignore-case", inner).map(ignore_case),
        (other, _) => refuse(format!("Unsupported {operator} pattern: {other}")),
    }
}

fn anything_but(value: &Value) -> Parsed<Vec<Matcher>> {
    match value {
        Value::Array(values) => anything_but_list(values),
        Value::Object(inner) => {
            let (name, value) = only_member(inner)?;
            anything_but_operator(name, value)
        }
        Value::String(_) | Value::Number(_) => Ok(vec![Matcher::Equals(value.clone())]),
        _ => refuse("Value of anything-but must be an array or single string/number value."),
    }
}

fn anything_but_list(values: &[Value]) -> Parsed<Vec<Matcher>> {
    if values.iter().any(|value| !value.is_string() && !value.is_number()) {
        return refuse("Inside anything but list, start|null|boolean is not supported.");
    }
    if values.iter().all(Value::is_string) == values.iter().all(Value::is_number) {
        return refuse(
            "Inside anything but list, either all values are number or string, mixed type is not supported",
        );
    }
    Ok(values.iter().cloned().map(Matcher::Equals).collect())
}

fn anything_but_operator(name: &str, value: &Value) -> Parsed<Vec<Matcher>> {
    let build: fn(String) -> Parsed<Matcher> = match name {
        "prefix" => |text| Ok(Matcher::Prefix(text)),
        "suffix" => |text| Ok(Matcher::Suffix(text)),
        "equals-ignore-case" => |text| Ok(Matcher::EqualsIgnoreCase(text)),
        "wildcard" => |text| Wildcard::parse(&text).map(Matcher::Wildcard),
        _ => return refuse(format!("Unsupported anything-but pattern: {name}")),
    };
    let values = match value {
        Value::Array(values) if !values.is_empty() => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    values.iter().map(|value| anything_but_text(name, value).and_then(build)).collect()
}

fn anything_but_text(name: &str, value: &Value) -> Parsed<String> {
    match value {
        Value::String(text) if text.is_empty() && matches!(name, "prefix" | "suffix") => {
            refuse("Null prefix/suffix not allowed")
        }
        Value::String(text) => Ok(text.clone()),
        _ => refuse(format!("Inside anything-but/{name} list, number|start|null|boolean is not supported.")),
    }
}

fn numeric(value: &Value) -> Parsed<Matcher> {
    let Value::Array(terms) = value else { return refuse("Value of numeric must be an array.") };
    let Some(Value::String(operator)) = terms.first() else {
        let member = terms.first().map_or_else(|| "]".to_owned(), ToString::to_string);
        return refuse(format!("Invalid member in numeric match: {member}"));
    };
    let range = match operator.as_str() {
        "=" => {
            let bound = bound(terms.get(1), "equals", true)?;
            Range { bottom: Some(bound), top: Some(bound) }
        }
        "<" | "<=" => Range { bottom: None, top: Some(bound(terms.get(1), operator, operator == "<=")?) },
        ">" | ">=" => return from_bottom(terms, bound(terms.get(1), operator, operator == ">=")?),
        _ => return refuse(format!("Unrecognized numeric range operator: {operator}")),
    };
    if terms.len() > 2 {
        return refuse("Too many elements in numeric expression");
    }
    Ok(Matcher::Numeric(range))
}

/// A range that starts with `>` or `>=` and may go on to a top.
fn from_bottom(terms: &[Value], bottom: Bound) -> Parsed<Matcher> {
    let Some(second) = terms.get(2) else {
        return Ok(Matcher::Numeric(Range { bottom: Some(bottom), top: None }));
    };
    let operator = match second {
        Value::String(operator) if operator == "<" || operator == "<=" => operator,
        Value::String(operator) => return refuse(format!("Bad numeric range operator: {operator}")),
        other => return refuse(format!("Bad value in numeric range: {other}")),
    };
    let top = bound(terms.get(3), operator, operator == "<=")?;
    if terms.len() > 4 {
        return refuse("Too many terms in numeric range expression");
    }
    if bottom.value >= top.value {
        return refuse("Bottom must be less than top");
    }
    Ok(Matcher::Numeric(Range { bottom: Some(bottom), top: Some(top) }))
}

fn bound(term: Option<&Value>, operator: &str, inclusive: bool) -> Parsed<Bound> {
    let Some(value) = term.and_then(Value::as_f64) else {
        return refuse(format!("Value of {operator} must be numeric"));
    };
    if value.abs() > MAX_NUMBER {
        return refuse("Value must be between -5.0E9 and 5.0E9, inclusive");
    }
    Ok(Bound { value, inclusive })
}
