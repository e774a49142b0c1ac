//! An event flattened into its leaf fields.

use std::collections::BTreeMap;

use serde_json::Value;

/// Which element of which array a field lies in, outermost array first. The
/// array is named by a number that is unique in its event.
pub(super) type Membership = BTreeMap<usize, usize>;

/// One leaf of an event.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) value: &'a Value,
    pub(super) membership: Membership,
}

/// The leaves of an event by their path, whose steps are joined with dots.
pub(super) type Fields<'a> = BTreeMap<String, Vec<Field<'a>>>;

/// Flattens an event. Objects and arrays are no leaves, so an empty one leaves
/// no trace; that is why `exists` works on leaf nodes only.
pub(super) fn flatten(event: &Value) -> Fields<'_> {
    let mut flattener = Flattener::default();
    if let Value::Object(members) = event {
        for (name, value) in members {
            flattener.add(name.clone(), value, &Membership::new());
        }
    }
    flattener.fields
}

#[derive(Default)]
struct Flattener<'a> {
    fields: Fields<'a>,
    arrays: usize,
}

impl<'a> Flattener<'a> {
    fn add(&mut self, path: String, value: &'a Value, membership: &Membership) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    self.add(format!("{path}.{name}"), member, membership);
                }
            }
            Value::Array(elements) => self.add_elements(&path, elements, membership),
            leaf => {
                let field = Field { value: leaf, membership: membership.clone() };
                self.fields.entry(path).or_default().push(field);
            }
        }
    }

    fn add_elements(&mut self, path: &str, elements: &'a [Value], membership: &Membership) {
        let array = self.arrays;
        self.arrays += 1;
        for (index, element) in elements.iter().enumerate() {
            let mut inner = membership.clone();
            inner.insert(array, index);
            self.add(path.to_owned(), element, &inner);
        }
    }
}
