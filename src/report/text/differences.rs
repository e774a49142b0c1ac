//! What differs in a field, down to the members that do: a policy or a
//! template is never shown whole where a word of it has changed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::model::FieldChange;

use super::line::{Lines, Role};

/// The longest value that is shown whole.
const USUAL_LENGTH: usize = 80;
/// How much of what is the same is shown on either side of a difference.
const SURROUNDINGS: usize = 16;

/// One difference, at the deepest place that still tells it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::report) struct Difference {
    place: String,
    what: What,
}

#[derive(Debug, PartialEq, Eq)]
enum What {
    Becomes(String, String),
    Gains(String),
    Loses(String),
}

impl Difference {
    /// Where it is.
    pub(in crate::report) fn place(&self) -> &str {
        &self.place
    }

    /// What is there, and what shall be; `None` where there is, or shall be,
    /// nothing.
    pub(in crate::report) fn sides(&self) -> (Option<&str>, Option<&str>) {
        match &self.what {
            What::Becomes(observed, desired) => (Some(observed), Some(desired)),
            What::Gains(desired) => (None, Some(desired)),
            What::Loses(observed) => (Some(observed), None),
        }
    }

    /// One line.
    pub(super) fn show(&self, indent: usize, lines: &mut Lines) {
        let width = lines.style.width;
        let line = lines.add(indent).plain(&self.place).plain(": ");
        match &self.what {
            What::Becomes(observed, desired) => {
                line.text(Role::Bad, observed);
                let whole = line.width() + desired.chars().count() + 3;
                // What doesn't fit a line stands on two, one above the other.
                line.plain(if width > 0 && whole > width { "\n→ " } else { " → " }).text(Role::Good, desired)
            }
            What::Gains(value) => line.plain("gains ").text(Role::Good, value),
            What::Loses(value) => line.plain("loses ").text(Role::Bad, value),
        };
    }
}

/// The differences that make up a field's.
pub(in crate::report) fn differences(field: &FieldChange, verbose: bool) -> Vec<Difference> {
    let mut finder = Finder { verbose, found: Vec::new() };
    let place = place(&field.path);
    finder.compare(&place, &field.observed, &field.desired);
    if finder.found.is_empty() {
        finder.becomes(&place, &field.observed, &field.desired);
    }
    finder.found
}

/// A JSON pointer as people write places: `/tags/foghorn.dev~1fleet` is
/// `tags.foghorn.dev/fleet`.
fn place(pointer: &str) -> String {
    let parts = pointer.trim_start_matches('/').split('/');
    parts.map(|part| part.replace("~1", "/").replace("~0", "~")).collect::<Vec<_>>().join(".")
}

struct Finder {
    verbose: bool,
    found: Vec<Difference>,
}

impl Finder {
    fn compare(&mut self, place: &str, observed: &Value, desired: &Value) {
        match (observed, desired) {
            (observed, desired) if observed == desired => {}
            (Value::Object(observed), Value::Object(desired)) => {
                self.compare_members(place, observed, desired);
            }
            (Value::Array(_), other) | (other, Value::Array(_)) if !other.is_null() => {
                self.compare_lists(place, list(observed), list(desired));
            }
            (Value::String(observed), Value::String(desired)) => {
                self.compare_texts(place, observed, desired);
            }
            _ => self.becomes(place, observed, desired),
        }
    }

    fn compare_members(&mut self, place: &str, observed: &Map<String, Value>, desired: &Map<String, Value>) {
        let names: BTreeSet<&String> = observed.keys().chain(desired.keys()).collect();
        for name in names {
            let of = |members: &Map<String, Value>| members.get(name).cloned().unwrap_or_default();
            self.compare(&format!("{place}.{name}"), &of(observed), &of(desired));
        }
    }

    /// Lists are compared as sets, as policies and patterns mean them; those
    /// of policy statements by Sid; those of `numeric` in order, which counts.
    fn compare_lists(&mut self, place: &str, observed: &[Value], desired: &[Value]) {
        if place.ends_with(".numeric") {
            let whole = |values: &[Value]| Value::Array(values.to_vec());
            return self.becomes(place, &whole(observed), &whole(desired));
        }
        if let (Some(observed), Some(desired)) = (by_sid(observed), by_sid(desired)) {
            return self.compare_statements(place, &observed, &desired);
        }
        let lost: Vec<&Value> = observed.iter().filter(|value| !desired.contains(value)).collect();
        let gained: Vec<&Value> = desired.iter().filter(|value| !observed.contains(value)).collect();
        match (lost.as_slice(), gained.as_slice()) {
            ([lost], [gained]) => self.compare(place, lost, gained),
            _ => {
                lost.iter().for_each(|value| self.add(place, What::Loses(self.shown(value))));
                gained.iter().for_each(|value| self.add(place, What::Gains(self.shown(value))));
            }
        }
    }

    fn compare_statements(
        &mut self,
        place: &str,
        observed: &BTreeMap<&str, &Value>,
        desired: &BTreeMap<&str, &Value>,
    ) {
        let sids: BTreeSet<&str> = observed.keys().chain(desired.keys()).copied().collect();
        for sid in sids {
            match (observed.get(sid), desired.get(sid)) {
                (Some(observed), Some(desired)) => {
                    self.compare(&format!("{place}[{sid}]"), observed, desired);
                }
                (None, _) => self.add(place, What::Gains(format!("statement {sid}"))),
                (_, None) => self.add(place, What::Loses(format!("statement {sid}"))),
            }
        }
    }

    /// A text that is JSON on both sides is compared as such; of a long one
    /// only the part that differs is shown.
    fn compare_texts(&mut self, place: &str, observed: &str, desired: &str) {
        match (document(observed), document(desired)) {
            (Some(observed), Some(desired)) if observed != desired => {
                self.compare(place, &observed, &desired)
            }
            _ if self.verbose || observed.len().max(desired.len()) <= USUAL_LENGTH => {
                self.add(place, What::Becomes(quoted(observed), quoted(desired)));
            }
            _ => {
                let (observed, desired) = trimmed(observed, desired);
                self.add(place, What::Becomes(self.cut(&observed), self.cut(&desired)));
            }
        }
    }

    fn becomes(&mut self, place: &str, observed: &Value, desired: &Value) {
        self.add(place, What::Becomes(self.shown(observed), self.shown(desired)));
    }

    fn add(&mut self, place: &str, what: What) {
        self.found.push(Difference { place: place.to_owned(), what });
    }

    /// A value on one line, in short where it is long.
    fn shown(&self, value: &Value) -> String {
        let text = match value {
            Value::Null => return "(none)".to_owned(),
            Value::String(text) => quoted(text),
            other => other.to_string(),
        };
        if self.verbose || text.chars().count() <= USUAL_LENGTH {
            return text;
        }
        match value {
            Value::Array(values) => match by_sid(values) {
                Some(statements) => {
                    let sids: Vec<&str> = statements.keys().copied().collect();
                    format!("{} statements: {}", sids.len(), sids.join(", "))
                }
                None => self.cut(&text),
            },
            _ => self.cut(&text),
        }
    }

    fn cut(&self, text: &str) -> String {
        let mut characters = text.chars();
        let start: String = characters.by_ref().take(USUAL_LENGTH).collect();
        if self.verbose || characters.next().is_none() { text.to_owned() } else { format!("{start}…") }
    }
}

/// A list, or a lone value as a list of one, since policies hold them alike.
fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        other => std::slice::from_ref(other),
    }
}

/// Policy statements by their names, where every one has its own.
fn by_sid(values: &[Value]) -> Option<BTreeMap<&str, &Value>> {
    let named: Option<BTreeMap<&str, &Value>> =
        values.iter().map(|value| Some((value.get("Sid")?.as_str()?, value))).collect();
    named.filter(|named| named.len() == values.len())
}

/// The document that a text holds, if it is one.
fn document(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    (value.is_object() || value.is_array()).then_some(value)
}

/// The text, in quotes where without them it could be taken for something
/// else or its ends would not show.
fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text.trim() == text
        && !text.chars().any(char::is_control)
        && serde_json::from_str::<Value>(text).is_err();
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

/// The parts in which two texts differ, with a little of what surrounds them.
fn trimmed(observed: &str, desired: &str) -> (String, String) {
    let (one, other): (Vec<char>, Vec<char>) = (observed.chars().collect(), desired.chars().collect());
    let same = |pair: &(&char, &char)| pair.0 == pair.1;
    let before = one.iter().zip(&other).take_while(same).count();
    let after = one[before..].iter().rev().zip(other[before..].iter().rev()).take_while(same).count();
    let part = |text: &[char]| {
        let start = before.saturating_sub(SURROUNDINGS);
        let end = (text.len() - after + SURROUNDINGS).min(text.len());
        let part = text[start..end].iter().collect::<String>().replace('\n', "\\n");
        let (left, right) = (if start > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" });
        format!("{left}{part}{right}")
    };
    (part(&one), part(&other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(path: &str, observed: Value, desired: Value) -> Vec<String> {
        let field = FieldChange { path: path.to_owned(), observed, desired };
        let mut lines = Lines::new(super::super::Style::default());
        differences(&field, false).iter().for_each(|difference| difference.show(0, &mut lines));
        lines.finish().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_value_shows_what_it_was_and_what_it_becomes() {
        assert_eq!(shown("/state", json!("DISABLED"), json!("ENABLED")), ["state: DISABLED → ENABLED"]);
        assert_eq!(
            shown("/tags/foghorn.dev~1fleet", Value::Null, json!("acme")),
            ["tags.foghorn.dev/fleet: (none) → acme"]
        );
    }

    #[test]
    fn a_text_that_looks_like_a_number_is_told_from_a_number() {
        assert_eq!(shown("/threshold", json!("5"), json!(5)), [r#"threshold: "5" → 5"#]);
        assert_eq!(shown("/description", json!(""), json!(" x")), [r#"description: "" → " x""#]);
    }

    #[test]
    fn of_a_policy_only_what_differs_is_shown() {
        let statement = |action: Value, source: &str| json!({ "Sid": "AllowEvents", "Effect": "Allow", "Action": action, "Condition": { "ArnLike": { "aws:SourceArn": source } } });
        let observed = json!([statement(json!("sns:Publish"), "arn:aws:events:us-east-1:1:rule/old")]);
        let desired = json!([
            statement(json!(["sns:Publish"]), "arn:aws:events:us-east-1:1:rule/new"),
            { "Sid": "AllowAlarms", "Effect": "Allow" }
        ]);
        assert_eq!(
            shown("/policy", observed, desired),
            [
                "policy: gains statement AllowAlarms",
                "policy[AllowEvents].Condition.ArnLike.aws:SourceArn: \
                 arn:aws:events:us-east-1:1:rule/old → arn:aws:events:us-east-1:1:rule/new",
            ]
        );
    }

    #[test]
    fn lists_show_what_they_gain_and_lose() {
        assert_eq!(
            shown("/topics", json!(["a", "b", "c"]), json!(["d", "b"])),
            ["topics: loses a", "topics: loses c", "topics: gains d"]
        );
    }

    #[test]
    fn a_changed_order_of_numeric_operands_is_a_difference() {
        let pattern = |operands: Value| json!({ "n": [{ "numeric": operands }] });
        assert_eq!(
            shown("/pattern", pattern(json!([">", 1, "<", 5])), pattern(json!(["<", 5, ">", 1]))),
            [r#"pattern.n.numeric: [">",1,"<",5] → ["<",5,">",1]"#]
        );
    }

    #[test]
    fn a_difference_of_order_alone_shows_both_sides() {
        assert_eq!(shown("/list", json!(["a", "b"]), json!(["b", "a"])), [r#"list: ["a","b"] → ["b","a"]"#]);
    }

    #[test]
    fn of_a_long_template_only_the_part_that_differs_is_shown() {
        let template = |word: &str| {
            json!(format!(
                "{{\"version\":\"1.0\",\"content\":{{\"title\":\"{word} of <service>\",\"description\":<reason>}}}}"
            ))
        };
        assert_eq!(
            shown("/transformer/template", template("failure"), template("결제")),
            [
                r#"transformer.template: …tent":{"title":"failure of <service>","… → …tent":{"title":"결제 of <service>","…"#
            ]
        );
    }

    #[test]
    fn a_template_that_is_json_is_compared_member_by_member() {
        let template =
            |title: &str| json!(json!({ "a": { "title": title }, "b": "x".repeat(200) }).to_string());
        assert_eq!(shown("/input", template("old"), template("new")), ["input.a.title: old → new"]);
    }
}
