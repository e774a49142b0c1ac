//! Values that no event carries in a field whose values are known.

use serde_json::{Value, json};

use super::Never;
use super::alternatives::Fields;
use crate::events::names::{DETAIL_TYPES, EVENT_NAMES, EVENT_TYPES, SOURCE, STATUSES, STOP_CODES};

/// How many letters a name may be off, and half of its own at most, to be taken
/// for a known one.
const NEAR: usize = 4;

/// The fields whose values are known.
const KNOWN: &[(&str, &[&str])] = &[
    ("detail-type", DETAIL_TYPES),
    ("detail.desiredStatus", STATUSES),
    ("detail.eventName", EVENT_NAMES),
    ("detail.eventType", EVENT_TYPES),
    ("detail.lastStatus", STATUSES),
    ("detail.stopCode", STOP_CODES),
];

/// The field whose values are numbers.
const EXIT_CODE: &str = "detail.containers.exitCode";

pub(super) fn unknown(fields: &Fields) -> Vec<Never> {
    let known = KNOWN.iter().filter_map(|(path, names)| Some((*path, *names, fields.get(*path)?)));
    let mut found: Vec<Never> = known
        // An API call that CloudTrail saw is an event of any name and type.
        .filter(|(path, ..)| !path.starts_with("detail.") || !may_be_api_call(fields))
        .flat_map(|(path, names, matchers)| texts_unknown(path, names, matchers))
        .filter(|never| is_of_ecs(fields) || never.instead.is_some())
        .collect();
    found.extend(fields.get(EXIT_CODE).into_iter().flat_map(exit_codes));
    found
}

/// Whether the events can come from nowhere but ECS. Those of other sources
/// have names of their own; but a name that is nearly one of ECS's is a slip.
fn is_of_ecs(fields: &Fields) -> bool {
    fields.get("source") == Some(&json!([SOURCE]))
}

/// Only who names that detail-type wants such events.
fn may_be_api_call(fields: &Fields) -> bool {
    let types = fields.get("detail-type").and_then(Value::as_array);
    types.is_some_and(|types| types.contains(&json!("AWS API Call via CloudTrail")))
}

fn texts_unknown(path: &str, names: &[&str], matchers: &Value) -> Vec<Never> {
    let values = matchers.as_array().map_or(&[][..], Vec::as_slice);
    let wrong = values.iter().filter(|value| match value {
        Value::String(text) => !names.contains(&text.as_str()),
        Value::Number(_) | Value::Bool(_) | Value::Null => true,
        _ => false,
    });
    wrong.map(|value| never(path, names, value)).collect()
}

fn never(path: &str, names: &[&str], value: &Value) -> Never {
    let text = value.as_str().unwrap_or_default();
    let same = names.iter().find(|name| name.eq_ignore_ascii_case(text));
    let why = match (same, value) {
        (Some(_), _) => "letters count as they are written, capitals too".to_owned(),
        (None, Value::String(_)) => format!("no ECS event has this {path}"),
        (None, _) => format!("{path} is a text"),
    };
    let instead = same.copied().or_else(|| nearest(text, names)).map(str::to_owned);
    Never { path: path.to_owned(), value: value.to_string(), why, instead }
}

fn nearest<'n>(text: &str, names: &[&'n str]) -> Option<&'n str> {
    let text = text.to_lowercase();
    let distance = |name: &&'n str| strsim::damerau_levenshtein(&name.to_lowercase(), &text);
    let limit = NEAR.min(text.chars().count() / 2);
    let near = names.iter().map(|name| (distance(name), *name)).filter(|(distance, _)| *distance <= limit);
    near.min().map(|(_, name)| name)
}

/// Exit codes are numbers, and EventBridge takes no text for one (EventBridge
/// user guide, event patterns); templates that turn numbers into texts are how
/// they come there.
fn exit_codes(matchers: &Value) -> Vec<Never> {
    let values = matchers.as_array().map_or(&[][..], Vec::as_slice);
    values.iter().flat_map(exit_code).collect()
}

fn exit_code(matcher: &Value) -> Vec<Never> {
    match matcher {
        Value::String(_) => vec![not_a_number(matcher, "an exit code is a number, so a text is never one")],
        Value::Object(operator) => match operator.iter().next() {
            Some((name, excluded)) if name == "anything-but" => texts_in(excluded)
                .into_iter()
                .map(|text| not_a_number(text, "an exit code is a number, so this text excludes none"))
                .collect(),
            Some((name, _))
                if ["prefix", "suffix", "wildcard", "equals-ignore-case", "cidr"]
                    .contains(&name.as_str()) =>
            {
                vec![Never {
                    instead: None,
                    ..not_a_number(matcher, "an exit code is a number, and this is for texts")
                }]
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn texts_in(value: &Value) -> Vec<&Value> {
    match value {
        Value::String(_) => vec![value],
        Value::Array(values) => values.iter().filter(|value| value.is_string()).collect(),
        _ => Vec::new(),
    }
}

fn not_a_number(value: &Value, why: &str) -> Never {
    let number = value.as_str().and_then(|text| text.trim().parse::<i64>().ok());
    Never {
        path: EXIT_CODE.to_owned(),
        value: value.to_string(),
        why: why.to_owned(),
        instead: number.map(|number| number.to_string()),
    }
}
