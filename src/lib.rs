//! Foghorn makes sure that a failed Amazon ECS deployment is heard.
#![forbid(unsafe_code)]

pub mod cli;
pub mod fleet;
pub mod model;
pub mod report;

#[cfg(feature = "demo")]
pub mod sim;
