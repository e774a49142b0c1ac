//! The concurrency that is reserved for a function.
//!
//! The simulator enforces the one figure that people set to stop a function:
//! zero.

use serde_json::json;

use super::{function, invalid};
use crate::sim::call::{Answer, Call};
use crate::sim::world::World;

pub(super) fn put(world: &mut World, call: &Call<'_>) -> Answer {
    let count = call.integer("ReservedConcurrentExecutions").filter(|count| *count >= 0);
    let count = count.ok_or_else(|| invalid("ReservedConcurrentExecutions must be 0 or more"))?;
    function(world, call)?.reserved_concurrency = Some(count);
    Ok(json!({"ReservedConcurrentExecutions": count}))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(match function(world, call)?.reserved_concurrency {
        Some(count) => json!({"ReservedConcurrentExecutions": count}),
        None => json!({}),
    })
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    function(world, call)?.reserved_concurrency = None;
    Ok(json!({}))
}
