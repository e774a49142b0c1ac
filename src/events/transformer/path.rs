//! The subset of JSON path that EventBridge reads.

use serde_json::Value;

/// A path from the event's root; `None` for one that EventBridge cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Option<Vec<Step>>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Element(usize),
    /// `*`: every element of an array, every member of an object.
    Every,
}

impl Path {
    /// Reads `$`, `.member`, `[0]`, `[*]` and `.*`. Filters, slices, recursive
    /// descent and bracketed names are not supported by EventBridge.
    pub(super) fn parse(text: &str) -> Self {
        Self(steps(text))
    }

    /// The value at the path. A path with a wildcard finds an array.
    pub(super) fn find(&self, event: &Value) -> Option<Value> {
        let steps = self.0.as_ref()?;
        let mut found = vec![event];
        for step in steps {
            found = found.into_iter().flat_map(|value| step.follow(value)).collect();
        }
        if steps.contains(&Step::Every) {
            return Some(found.into_iter().cloned().collect());
        }
        found.first().map(|value| (*value).clone())
    }
}

impl Step {
    fn follow<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        match (self, value) {
            (Self::Member(name), Value::Object(members)) => members.get(name).into_iter().collect(),
            (Self::Element(index), Value::Array(elements)) => elements.get(*index).into_iter().collect(),
            (Self::Every, Value::Array(elements)) => elements.iter().collect(),
            (Self::Every, Value::Object(members)) => members.values().collect(),
            _ => Vec::new(),
        }
    }
}

fn steps(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = match rest.strip_prefix('.') {
            Some(named) => member(named)?,
            None => element(rest.strip_prefix('[')?)?,
        };
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

fn member(text: &str) -> Option<(Step, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    let step = if name == "*" { Step::Every } else { Step::Member(name.to_owned()) };
    (!name.is_empty()).then_some((step, after))
}

fn element(text: &str) -> Option<(Step, &str)> {
    let (index, after) = text.split_once(']')?;
    let step = if index == "*" { Step::Every } else { Step::Element(index.parse().ok()?) };
    Some((step, after))
}
