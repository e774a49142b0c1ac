//! Foghorn makes sure that a failed Amazon ECS deployment is heard.
#![forbid(unsafe_code)]

pub mod events;
#[cfg(feature = "demo")]
pub mod sim;
