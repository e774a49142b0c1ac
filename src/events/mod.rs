//! ECS events: which there are, how a rule takes them, and the message that a
//! room gets. Pure.

pub mod accept;
pub mod canary;
pub mod families;
pub mod lint;
pub mod message;
pub mod names;
pub mod notice;
pub mod parts;
pub mod pattern;
pub mod samples;
mod split;
pub mod transformer;
