//! What travels: event patterns and input transformers, as pure code.

pub mod pattern;
pub mod transformer;
