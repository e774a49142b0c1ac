//! The typed reader's errors in plain words.

use super::nearest;

/// Says in plain words what the typed reader found wrong.
pub(super) fn plain(message: &str) -> String {
    explain(message).unwrap_or_else(|| message.to_owned())
}

/// The words are those of serde's own error constructors, with what the format
/// and the types expect. `None` where a message is plain already.
fn explain(message: &str) -> Option<String> {
    if let Some(rest) = message.strip_prefix("unknown field `") {
        return unknown("field", rest);
    }
    if let Some(rest) = message.strip_prefix("unknown variant `") {
        return unknown("value", rest);
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        return Some(format!("{rest} is missing"));
    }
    let mismatch = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    if let Some((found, expected)) = mismatch.and_then(|rest| rest.rsplit_once(", expected ")) {
        return Some(format!("expected {}, found {}", wanted(expected), kind(found)));
    }
    match message {
        "recursion limit exceeded" => Some("lists and mappings are nested too deeply".to_owned()),
        "repetition limit exceeded" => Some("aliases (`*name`) repeat too much".to_owned()),
        _ => None,
    }
}

/// `rest` reads "NAME`, expected one of `a`, `b`".
fn unknown(what: &str, rest: &str) -> Option<String> {
    let (name, expected) = rest.rsplit_once("`, expected ").or_else(|| rest.rsplit_once("`, "))?;
    if name == "<<" {
        return Some("merge keys (`<<`) are not supported: write the fields out".to_owned());
    }
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    Some(format!("unknown {what} `{name}`: {}", nearest::hint(name, known)))
}

fn wanted(expected: &str) -> String {
    match expected {
        "a string" => "a text",
        "a sequence" => "a list",
        "a map" => "a mapping",
        "a boolean" => "true or false",
        "u32" => "a whole number from 0 to 4294967295",
        "usize" | "u64" => "a whole number, 0 or more",
        "a YAML tag starting with '!'" => "a single name",
        "field identifier" => "the name of a field",
        structure if structure.starts_with("struct ") => "a mapping",
        other => other,
    }
    .to_owned()
}

fn kind(found: &str) -> String {
    match found {
        "unit value" => "nothing".to_owned(),
        "map" => "a mapping".to_owned(),
        "sequence" => "a list".to_owned(),
        _ => ["string ", "integer ", "floating point ", "boolean "]
            .iter()
            .find_map(|kind| found.strip_prefix(kind))
            .unwrap_or(found)
            .to_owned(),
    }
}
