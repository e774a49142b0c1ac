//! A pattern narrowed to one side of a question, so that several rules share
//! its events and none takes an event of another.
//!
//! A pattern can name a field once only, and EventBridge knows no "and" of two
//! conditions on one field; so a condition is joined to what is there already.

use serde_json::{Map, Value, json};

use super::pattern::Pattern;

const OR: &str = "$or";

/// Which detail-types one side takes.
#[derive(Debug, Clone, Copy)]
pub enum Types<'a> {
    /// These and no other.
    Of(&'a [&'a str]),
    /// Every other than these.
    NoneOf(&'a [&'a str]),
}

/// The pattern for events of these detail-types only; `None` if it takes none
/// of them.
///
/// `known` stands for all detail-types where a pattern takes some by an
/// operator that can't be joined with "none of these": a prefix, say. The
/// pattern then takes those of the known that it took before, and no others.
pub fn by_type(pattern: &Map<String, Value>, types: Types<'_>, known: &[&str]) -> Option<Map<String, Value>> {
    constrain(pattern, &["detail-type"], &|matchers| match types {
        Types::Of(names) => among(matchers, names),
        Types::NoneOf(names) => outside(matchers, names, known),
    })
}

/// The pattern for events that have the field, or for those that have not;
/// `None` if it takes none of them.
pub fn by_presence(
    pattern: &Map<String, Value>,
    field: &[&str],
    present: bool,
) -> Option<Map<String, Value>> {
    let absent = json!({ "exists": false });
    constrain(pattern, field, &|matchers| {
        let Some(matchers) = matchers else { return Some(json!([{ "exists": present }])) };
        let Value::Array(matchers) = matchers else { return present.then(|| matchers.clone()) };
        let (without, with): (Vec<&Value>, Vec<&Value>) =
            matchers.iter().partition(|matcher| **matcher == absent);
        let kept = if present { with } else { without };
        (!kept.is_empty()).then(|| json!(kept))
    })
}

/// What has a meaning in the markup of Slack and of Microsoft Teams stands in
/// angle brackets: mentions and named links.
const BRACKET: &str = "*<*";

/// The pattern for events whose field holds an angle bracket, or for all others;
/// `None` if it takes none of them.
///
/// What a pattern asks of the field itself can't be joined with "and no
/// bracket", so that all but texts count as others.
pub fn by_bracket(pattern: &Map<String, Value>, field: &[&str], bracket: bool) -> Option<Map<String, Value>> {
    constrain(pattern, field, &|matchers| {
        let Some(Value::Array(matchers)) = matchers else {
            let without = json!([{ "exists": false }, { "anything-but": { "wildcard": BRACKET } }]);
            return match matchers {
                Some(other) => (!bracket).then(|| other.clone()),
                None if bracket => Some(json!([{ "wildcard": BRACKET }])),
                None => Some(without),
            };
        };
        let holds = |matcher: &&Value| matcher.as_str().is_some_and(|text| text.contains('<'));
        let (with, without): (Vec<&Value>, Vec<&Value>) = matchers.iter().partition(holds);
        let kept = if bracket { with } else { without };
        (!kept.is_empty()).then(|| json!(kept))
    })
}

/// What a field's matchers become, given those that are there; `None` if
/// nothing is left that they could match.
type Change<'a> = dyn Fn(Option<&Value>) -> Option<Value> + 'a;

/// Changes a field's matchers where they stand: in the alternatives that name
/// the field, if any do.
fn constrain(pattern: &Map<String, Value>, path: &[&str], change: &Change<'_>) -> Option<Map<String, Value>> {
    let (name, rest) = path.split_first()?;
    if let Some(options) = options(pattern)
        && options.iter().any(|option| mentions(option, path))
        && !has(pattern, path)
    {
        return in_options(pattern, options, path, change);
    }
    let mut changed = pattern.clone();
    if rest.is_empty() {
        changed.insert((*name).to_owned(), change(pattern.get(*name))?);
        return Some(changed);
    }
    let inner = match pattern.get(*name) {
        None => constrain(&Map::new(), rest, change)?,
        Some(Value::Object(inner)) => constrain(inner, rest, change)?,
        Some(_) => return Some(changed),
    };
    changed.insert((*name).to_owned(), Value::Object(inner));
    Some(changed)
}

fn in_options(
    pattern: &Map<String, Value>,
    options: &[Value],
    path: &[&str],
    change: &Change<'_>,
) -> Option<Map<String, Value>> {
    let mut kept: Vec<Map<String, Value>> =
        options.iter().filter_map(Value::as_object).filter_map(|it| constrain(it, path, change)).collect();
    let mut rest = pattern.clone();
    rest.remove(OR);
    match kept.len() {
        0 => None,
        1 => Some(merged(kept.remove(0), rest)),
        _ => {
            rest.insert(OR.to_owned(), json!(kept));
            Some(rest)
        }
    }
}

fn options(pattern: &Map<String, Value>) -> Option<&Vec<Value>> {
    pattern.get(OR)?.as_array()
}

/// Whether the field is named outside any alternative of the pattern's own.
fn has(pattern: &Map<String, Value>, path: &[&str]) -> bool {
    let Some((name, rest)) = path.split_first() else { return true };
    match pattern.get(*name) {
        Some(Value::Object(inner)) if !rest.is_empty() => named_in(inner, rest),
        Some(_) => true,
        None => false,
    }
}

fn mentions(option: &Value, path: &[&str]) -> bool {
    option.as_object().is_some_and(|option| named_in(option, path))
}

fn named_in(pattern: &Map<String, Value>, path: &[&str]) -> bool {
    has(pattern, path)
        || options(pattern).is_some_and(|options| options.iter().any(|option| mentions(option, path)))
}

/// Both patterns' fields; those of the second win.
fn merged(mut pattern: Map<String, Value>, over: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in over {
        let value = match (pattern.remove(&name), value) {
            (Some(Value::Object(below)), Value::Object(above)) => Value::Object(merged(below, above)),
            (_, value) => value,
        };
        pattern.insert(name, value);
    }
    pattern
}

fn among(matchers: Option<&Value>, names: &[&str]) -> Option<Value> {
    let taken: Vec<&str> =
        names.iter().filter(|name| matchers.is_none_or(|matchers| accept(matchers, name))).copied().collect();
    (!taken.is_empty()).then(|| json!(taken))
}

fn outside(matchers: Option<&Value>, names: &[&str], known: &[&str]) -> Option<Value> {
    let Some(Value::Array(matchers)) = matchers else {
        return Some(matchers.cloned().unwrap_or_else(|| json!([{ "anything-but": names }])));
    };
    let kept: Vec<Value> = matchers.iter().flat_map(|matcher| one_outside(matcher, names, known)).collect();
    (!kept.is_empty()).then(|| json!(kept))
}

/// What is left of one matcher without these names.
fn one_outside(matcher: &Value, names: &[&str], known: &[&str]) -> Vec<Value> {
    let alone = json!([matcher]);
    if !names.iter().any(|name| accept(&alone, name)) {
        return vec![matcher.clone()];
    }
    if takes_every_text(matcher) {
        return vec![json!({ "anything-but": names })];
    }
    if let Some(excluded) = matcher.get("anything-but").and_then(texts) {
        let all: Vec<&str> = excluded.into_iter().chain(names.iter().copied()).collect();
        return vec![json!({ "anything-but": all })];
    }
    let others = known.iter().filter(|name| !matcher.is_string() && !names.contains(name));
    others.filter(|name| accept(&alone, name)).map(|name| json!(name)).collect()
}

fn takes_every_text(matcher: &Value) -> bool {
    let all =
        [("exists", json!(true)), ("prefix", json!("")), ("suffix", json!("")), ("wildcard", json!("*"))];
    all.iter().any(|(operator, value)| *matcher == json!({ *operator: value }))
}

/// The texts of a text or of a list of texts.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(values) => values.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Whether a field's matchers take a text.
pub fn accept(matchers: &Value, text: &str) -> bool {
    let pattern = Pattern::parse(&json!({ "field": matchers }));
    pattern.is_ok_and(|pattern| pattern.matches(&json!({ "field": text })))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &[&str] = &["ECS Task State Change", "ECS Service Action"];
    const KNOWN: &[&str] = &["ECS Task State Change", "ECS Service Action", "ECS Hook State Change"];

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    fn types_of(matchers: Option<Value>, types: Types<'_>) -> Option<Value> {
        let pattern = matchers.map_or_else(Map::new, |it| object(json!({ "detail-type": it })));
        by_type(&pattern, types, KNOWN).and_then(|narrowed| narrowed.get("detail-type").cloned())
    }

    #[test]
    fn a_pattern_is_shared_among_rules_by_detail_type_without_loss() {
        for (matchers, among, outside) in [
            (None, Some(json!(OURS)), Some(json!([{ "anything-but": OURS }]))),
            (Some(json!(["ECS Service Action"])), Some(json!(["ECS Service Action"])), None),
            (Some(json!(["Order"])), None, Some(json!(["Order"]))),
            (
                Some(json!([{ "anything-but": "ECS Service Action" }])),
                Some(json!(["ECS Task State Change"])),
                Some(json!([
                    { "anything-but": ["ECS Service Action", "ECS Task State Change", "ECS Service Action"] }
                ])),
            ),
            (Some(json!([{ "prefix": "ECS " }])), Some(json!(OURS)), Some(json!(["ECS Hook State Change"]))),
            (Some(json!([{ "wildcard": "*" }])), Some(json!(OURS)), Some(json!([{ "anything-but": OURS }]))),
            (Some(json!([{ "prefix": "Order " }])), None, Some(json!([{ "prefix": "Order " }]))),
        ] {
            assert_eq!(types_of(matchers.clone(), Types::Of(OURS)), among, "{matchers:?}");
            assert_eq!(types_of(matchers.clone(), Types::NoneOf(OURS)), outside, "{matchers:?}");
        }
    }

    #[test]
    fn a_condition_joins_the_alternatives_that_name_its_field() {
        let pattern = object(json!({
            "detail": { "x": [1], "$or": [{ "reason": [{ "prefix": "a" }] }, { "code": [2] }] }
        }));
        assert_eq!(
            by_presence(&pattern, &["detail", "reason"], true).map(Value::Object),
            Some(json!({ "detail": {
                "x": [1], "$or": [{ "reason": [{ "prefix": "a" }] }, { "code": [2], "reason": [{ "exists": true }] }]
            } }))
        );
        assert_eq!(
            by_presence(&pattern, &["detail", "reason"], false).map(Value::Object),
            Some(json!({ "detail": { "x": [1], "code": [2], "reason": [{ "exists": false }] } }))
        );
    }
}
