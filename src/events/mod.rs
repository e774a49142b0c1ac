//! ECS events: which there are, how a rule takes them, and the message that a
//! room gets. Pure.

pub mod families;
pub mod message;
pub mod pattern;
pub mod transformer;
