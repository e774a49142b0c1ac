//! The order of changes: what is made comes kind by kind in creation order, and
//! what is removed comes after all that, in the reverse order of kinds.

use std::cmp::{Ordering, Reverse};

use crate::model::{Action, Change};

/// Sorts changes into the order in which they must be made.
pub fn sort(changes: &mut [Change]) {
    changes.sort_by(order);
}

fn order(one: &Change, other: &Change) -> Ordering {
    let removes = |change: &Change| change.action == Action::Delete;
    removes(one).cmp(&removes(other)).then_with(|| {
        if removes(one) {
            let key = |change: &Change| (Reverse(change.key.kind), change.key.clone());
            key(one).cmp(&key(other))
        } else {
            one.key.cmp(&other.key)
        }
    })
}
