//! Foghorn makes sure that a failed Amazon ECS deployment is heard.
#![forbid(unsafe_code)]

pub mod aws;
pub mod events;
pub mod fleet;
pub mod model;

#[cfg(feature = "demo")]
pub mod sim;
