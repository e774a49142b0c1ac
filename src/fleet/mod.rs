//! The desired state: the fleet file, its validation and its selectors.

pub mod accounts;
pub mod filter;
pub mod first;
pub mod glob;
pub mod judgement;
pub mod load;
pub mod positions;
pub mod problem;
pub mod reference;
pub mod schema;
pub mod selection;
pub mod spec;
pub mod validate;

mod choice;
mod explain;
mod nearest;
mod source;
mod written;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod tests;

pub use accounts::Discovered;
pub use filter::{Filter, NothingMatches};
pub use load::{Loaded, load, parse};
pub use positions::Positions;
pub use problem::{FleetErrors, Position, Problem};
pub use schema::schema;
pub use spec::Fleet;
