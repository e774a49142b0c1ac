//! The desired state: the fleet file, its validation and its selectors.

pub mod judgement;
pub mod spec;
