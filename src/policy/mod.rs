//! The least that IAM has to allow Foghorn for a fleet. Pure: no I/O.
//!
//! [`permission`] is how one statement is written down, [`member`] and
//! [`controller`] are the tables of all of them, [`shape`] is what of a fleet
//! decides which of them are needed, and [`document`] is what IAM reads.
//!
//! Which resources and condition keys an action can be bounded by is what the
//! service authorization reference of AWS says.

mod arns;
mod controller;
pub mod document;
mod errands;
mod member;
mod permission;
mod shape;
mod table;
mod template;
#[cfg(test)]
mod tests;

use crate::fleet::spec::Fleet;
use crate::model::Account;

pub use document::Document;
pub use table::markdown;
pub use template::parameters;

use errands::Errands;
use shape::Shape;

/// What Foghorn is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// `plan`, with or without `--prune`: nothing is written.
    Plan,
    /// `apply`, with or without `--prune`, and `run`: all of `Plan` as well.
    Apply,
    /// `sound`.
    Sound,
    /// `destroy`.
    Destroy,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Plan, Self::Apply, Self::Sound, Self::Destroy];

    /// Whether anything is removed: by `apply`, where it prunes.
    fn removes(self) -> bool {
        matches!(self, Self::Apply | Self::Destroy)
    }
}

/// Whom the policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The role that is assumed in an account.
    Member,
    /// The role that Foghorn itself runs as.
    Controller,
}

/// Which accounts a policy is for.
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'a> {
    /// Those that are known.
    pub known: &'a [Account],
    /// Whether there are more, of which only the organisation knows.
    pub and_more: bool,
}

/// The policy for the accounts of a fleet.
pub fn document(fleet: &Fleet, accounts: Accounts<'_>, mode: Mode, role: Role) -> Document {
    let mut shape = Shape::of(fleet, accounts, mode);
    if role == Role::Member {
        return member::document(&shape);
    }
    let errands = Errands::of(fleet, accounts, &shape, mode);
    let mut document = controller::document(&errands);
    if fleet.spec.access.is_none() {
        // The caller works in its own account.
        shape.regions.extend(errands.topic_regions());
        document.extend(member::document(&shape));
    }
    document
}
