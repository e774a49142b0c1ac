//! EventBridge rules, and event patterns by meaning.

use serde_json::{Value, json};

use super::change::FieldChange;
use super::coverage::Sight;
use super::region::Region;
use super::resource::{Key, Kind};
use super::tags::Tags;
use super::target::ObservedTarget;

/// A rule as it shall be; it is always enabled.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The Region.
    pub region: Region,
    /// The custom bus that it is on; `None` for the default bus.
    pub bus: Option<String>,
    /// The name, at most 64 characters.
    pub name: String,
    /// What people read in the console, at most 512 characters.
    pub description: String,
    /// Which events it takes.
    pub pattern: Value,
    /// The tags.
    pub tags: Tags,
}

/// A rule's place: its name, after `BUS/` where it is on a custom bus. Keys and
/// snapshots name rules so.
pub fn place(bus: Option<&str>, rule: &str) -> String {
    bus.map_or_else(|| rule.to_owned(), |bus| format!("{bus}/{rule}"))
}

/// The bus and the name of a rule by its place.
pub fn bus_and_name(place: &str) -> (Option<&str>, &str) {
    place.rsplit_once('/').map_or((None, place), |(bus, name)| (Some(bus), name))
}

/// A rule as AWS has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedRule {
    /// The description.
    pub description: Option<String>,
    /// The pattern; `None` for a schedule.
    pub pattern: Option<Value>,
    /// `ENABLED`, `DISABLED` or a newer word.
    pub state: String,
    /// The tags.
    pub tags: Tags,
    /// The targets.
    pub targets: Sight<Vec<ObservedTarget>>,
}

impl Rule {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::Rule, self.region, place(self.bus.as_deref(), &self.name))
    }

    /// What differs from what AWS has, targets aside.
    pub fn diff(&self, observed: &ObservedRule) -> Vec<FieldChange> {
        let description = FieldChange::between(
            "/description",
            &observed.description.as_deref(),
            &Some(self.description.as_str()),
        );
        let state = FieldChange::between("/state", &observed.state.as_str(), &"ENABLED");
        let pattern = (observed.pattern.as_ref().map(normal_pattern) != Some(normal_pattern(&self.pattern)))
            .then(|| FieldChange::new("/pattern", &observed.pattern, &self.pattern));
        description.into_iter().chain(state).chain(pattern).chain(observed.tags.diff(&self.tags)).collect()
    }
}

/// A pattern in a form in which equal meaning is equal data: lists are sets,
/// but for the operands of `numeric`, whose order counts.
fn normal_pattern(pattern: &Value) -> Value {
    match pattern {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| {
                    let value = if name == "numeric" { value.clone() } else { normal_pattern(value) };
                    (name.clone(), value)
                })
                .collect(),
        ),
        Value::Array(values) => {
            let mut values: Vec<Value> = values.iter().map(normal_pattern).collect();
            values.sort_by_cached_key(Value::to_string);
            values.dedup();
            json!(values)
        }
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_patterns_that_take_the_same_events_are_the_same() {
        let one = json!({ "source": ["b", "a", "a"], "detail": { "n": [{ "numeric": [">", 1] }] } });
        let other = json!({ "detail": { "n": [{ "numeric": [">", 1] }] }, "source": ["a", "b"] });
        assert_eq!(normal_pattern(&one), normal_pattern(&other));
    }

    #[test]
    fn a_number_is_not_a_text_and_the_order_of_numeric_operands_counts() {
        for (one, other) in [
            (json!({ "exitCode": [0] }), json!({ "exitCode": ["0"] })),
            (
                json!({ "n": [{ "numeric": [">", 1, "<", 5] }] }),
                json!({ "n": [{ "numeric": ["<", 5, ">", 1] }] }),
            ),
        ] {
            assert_ne!(normal_pattern(&one), normal_pattern(&other));
        }
    }
}
