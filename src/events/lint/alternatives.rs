//! A pattern as its alternatives, each a list of required fields.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The matchers of each field, by its path.
pub(super) type Fields = BTreeMap<String, Value>;

/// The alternatives of a pattern that is valid.
pub(super) fn of(pattern: &Value) -> Vec<Fields> {
    let mut alternatives = vec![Fields::new()];
    if let Value::Object(members) = pattern {
        add(members, "", &mut alternatives);
    }
    alternatives
}

fn add(members: &Map<String, Value>, prefix: &str, alternatives: &mut Vec<Fields>) {
    for (name, value) in members {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Value::Array(options) if name == "$or" => *alternatives = each(options, prefix, alternatives),
            Value::Object(inner) => add(inner, &path, alternatives),
            matchers => alternatives.iter_mut().for_each(|fields| {
                fields.insert(path.clone(), matchers.clone());
            }),
        }
    }
}

fn each(options: &[Value], prefix: &str, so_far: &[Fields]) -> Vec<Fields> {
    let mut all = Vec::new();
    for option in options.iter().filter_map(Value::as_object) {
        let mut alternatives = so_far.to_vec();
        add(option, prefix, &mut alternatives);
        all.append(&mut alternatives);
    }
    all
}
