//! How values of the fleet file are written and what leaving them out means, in
//! words.

use super::types::{Field, Shape, Type, Types, Written};

/// Stands in a comment before what the absence of a field means.
const ABSENT: &str = "Absent: ";

/// How a value is written, with a link to each type that has a section.
pub(super) fn written(types: &Types, value: &Written) -> String {
    match value {
        Written::Named(name) => named(types, name),
        Written::List(inner) => format!("list of {}", written(types, inner)),
        Written::Names(inner) => format!("mapping of names to {}", written(types, inner)),
        Written::Text(None) => "text".to_owned(),
        Written::Text(Some(pattern)) => format!("text, `{pattern}`"),
        Written::Day => "day, as `2027-03-31`".to_owned(),
        Written::Number { least, most } => number(*least, *most),
        Written::Switch => "`true` or `false`".to_owned(),
        Written::Anything => "anything".to_owned(),
    }
}

/// A type with one value alone is that value; it has no section.
fn named(types: &Types, name: &str) -> String {
    match types.get(name).and_then(Type::only_word) {
        Some(word) => format!("`{word}`"),
        None => link(name),
    }
}

/// A link to the section of a type.
pub(super) fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_lowercase())
}

fn number(least: Option<u64>, most: Option<u64>) -> String {
    match (least.filter(|least| *least > 0), most) {
        (None, None) => "whole number".to_owned(),
        (Some(least), None) => format!("whole number, {least} or more"),
        (least, Some(most)) => format!("whole number, {} to {most}", least.unwrap_or_default()),
    }
}

/// What it means to leave a field out. `None` where nothing says so, which no
/// field that may be left out is allowed to.
pub(super) fn absent(types: &Types, field: &Field) -> Option<String> {
    if field.is_required {
        return Some("**required**".to_owned());
    }
    if let Some((_, absent)) = parted(&field.meaning) {
        return Some(absent);
    }
    match &field.default {
        Some(value) if is_nothing(value) => Some("none".to_owned()),
        Some(value) => Some(format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned))),
        None => has_defaults(types, &field.written).then(|| "its defaults".to_owned()),
    }
}

/// What a field means, but for what its absence does.
pub(super) fn meaning(field: &Field) -> String {
    parted(&field.meaning).map_or_else(|| field.meaning.clone(), |(meaning, _)| meaning)
}

fn is_nothing(value: &serde_json::Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Whether a value is a mapping of which every field may be left out.
fn has_defaults(types: &Types, value: &Written) -> bool {
    let Written::Named(name) = value else { return false };
    let shape = types.get(name).map(|one| &one.shape);
    matches!(shape, Some(Shape::Mapping { choice, fields })
        if choice.is_empty() && fields.iter().all(|field| !field.is_required))
}

/// A comment without the sentence that says what absence means, and what that
/// sentence says.
fn parted(comment: &str) -> Option<(String, String)> {
    let (before, rest) = comment.split_once(ABSENT)?;
    let (absent, after) = rest.split_once(". ").unwrap_or((rest.trim_end_matches('.'), ""));
    Some((format!("{before}{after}").trim_end().to_owned(), absent.to_owned()))
}
