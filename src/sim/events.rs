//! Amazon EventBridge.

use super::call::{Answer, ApiError, Call};
use super::world::World;

/// The service's state.
#[derive(Debug, Default)]
pub struct State {}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    let _ = world;
    Err(ApiError::new("UnknownOperationException", format!("no operation {}", call.operation)))
}
