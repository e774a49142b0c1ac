//! Changes that are not made, by whether Foghorn may make them.

use crate::model::{Change, Outcome};

use super::text::counts::nonzero;

/// Changes that are not made.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unmade {
    /// Those that an apply would make, or try again.
    pub(super) due: usize,
    /// Those that others' things are in the way of.
    pub(super) conflict: usize,
    /// Those that Foghorn may not, or can't, make.
    pub(super) withheld: usize,
}

impl Unmade {
    /// Of these changes.
    pub(super) fn of<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Self {
        use crate::model::Action::{Conflict, Create, Delete, Update, Withheld};
        let mut unmade = Self::default();
        for change in changes {
            match (change.action, change.outcome) {
                (Conflict, _) => unmade.conflict += 1,
                (Withheld, _) => unmade.withheld += 1,
                (Create | Update | Delete, Outcome::Applied) => {}
                (Create | Update | Delete, _) => unmade.due += 1,
            }
        }
        unmade
    }

    /// What is not due, after a comma: `, 1 in conflict, 1 withheld`.
    pub(super) fn rest(&self) -> String {
        let rest = nonzero(&[(self.conflict, "in conflict"), (self.withheld, "withheld")]);
        if rest.is_empty() { rest } else { format!(", {rest}") }
    }
}
