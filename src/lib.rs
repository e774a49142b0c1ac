//! Foghorn makes sure that a failed Amazon ECS deployment is heard.
#![forbid(unsafe_code)]

pub mod audit;
pub mod events;
pub mod fleet;
pub mod model;
pub mod plan;

#[cfg(feature = "demo")]
pub mod sim;
