//! Why a pattern does not take an event: what each of its alternatives misses.

use serde_json::Value;

use super::branches::Branch;
use super::{Pattern, Prepared};

/// A field that does not have what an alternative asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// The field, its steps joined with dots.
    pub path: String,
    /// What it must be: any of these, in words that go on after "must be".
    pub wanted: Vec<String>,
    /// What the event has there; none where it has nothing.
    pub found: Vec<Value>,
}

impl Pattern {
    /// What an event misses of each alternative. An alternative without a miss
    /// takes the event, or asks of one element of a list what several elements
    /// have.
    pub fn misses(&self, event: &Prepared<'_>) -> Vec<Vec<Miss>> {
        self.branches.iter().map(|branch| of_branch(branch, event)).collect()
    }
}

fn of_branch(branch: &Branch, event: &Prepared<'_>) -> Vec<Miss> {
    let missed = branch.iter().filter_map(|(path, matchers)| {
        let found: Vec<Value> =
            event.fields.get(path).into_iter().flatten().map(|field| field.value.clone()).collect();
        let met = if found.is_empty() {
            matchers.iter().any(|matcher| matcher.accepts_absence())
        } else {
            found.iter().any(|value| matchers.iter().any(|matcher| matcher.accepts(value)))
        };
        let wanted = || matchers.iter().map(ToString::to_string).collect();
        (!met).then(|| Miss { path: path.clone(), wanted: wanted(), found })
    });
    missed.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn missed(matchers: &Value, event: &Value) -> Vec<(String, Vec<Value>)> {
        let pattern = Pattern::parse(&json!({ "detail": { "field": matchers } })).expect("a pattern");
        let mut alternatives = pattern.misses(&Prepared::new(event));
        assert_eq!(alternatives.len(), 1);
        alternatives.remove(0).into_iter().map(|miss| (miss.wanted.join(" or "), miss.found)).collect()
    }

    #[test]
    fn every_condition_says_what_it_asks_for() {
        let event = json!({ "detail": { "field": "found" } });
        for (matchers, wanted) in [
            (json!(["a", 1, null]), "\"a\" or 1 or null"),
            (json!([{ "equals-ignore-case": "a" }]), "\"a\" in any case"),
            (json!([{ "prefix": "a" }]), "a text that begins with \"a\""),
            (json!([{ "suffix": { "equals-ignore-case": "a" } }]), "a text that ends with \"a\" in any case"),
            (json!([{ "wildcard": "a*\\*b" }]), "a text like \"a*\\*b\""),
            (json!([{ "numeric": [">", 1, "<=", 5.5] }]), "a number > 1 and <= 5.5"),
            (json!([{ "numeric": ["=", 3] }]), "the number 3"),
            (json!([{ "cidr": "10.0.0.0/24" }]), "an address in 10.0.0.0/24"),
            (json!([{ "exists": false }]), "absent"),
            (json!([{ "anything-but": ["found", "a"] }]), "there and anything but \"found\" and \"a\""),
        ] {
            assert_eq!(missed(&matchers, &event), [(wanted.to_owned(), vec![json!("found")])], "{matchers}");
        }
    }

    #[test]
    fn a_field_that_is_not_there_is_missed_with_nothing_found() {
        let event = json!({ "detail": { "other": 1, "field": [] } });
        assert_eq!(missed(&json!([{ "exists": true }]), &event), [("there".to_owned(), vec![])]);
        assert_eq!(missed(&json!([{ "exists": false }]), &event), []);
    }

    #[test]
    fn each_alternative_has_misses_of_its_own() {
        let pattern = Pattern::parse(&json!({
            "source": ["a"], "$or": [{ "detail": { "x": [1] } }, { "detail": { "y": [2] } }]
        }))
        .expect("a pattern");
        let event = json!({ "source": "b", "detail": { "x": 1, "y": 1 } });
        let paths: Vec<Vec<String>> = pattern
            .misses(&Prepared::new(&event))
            .into_iter()
            .map(|misses| misses.into_iter().map(|miss| miss.path).collect())
            .collect();
        assert_eq!(paths, [vec!["source"], vec!["detail.y", "source"]]);
    }
}
