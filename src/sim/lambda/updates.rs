//! Functions with new code or a new configuration.

use std::sync::Arc;

use super::configuration::{digest, shown};
use super::functions::{changed, changing, check_storage};
use super::{Function, checks, code, function, function_arn, function_name, invalid};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::world::World;

pub(super) fn code(world: &mut World, call: &Call<'_>) -> Answer {
    checks::unpublished(call)?;
    let mut function = changeable(world, call)?;
    let zip = code::read(call.input, call)?;
    if let Some(architecture) = call.strings("Architectures").first() {
        if !["x86_64", "arm64"].contains(architecture) {
            return Err(invalid(format!("Architecture {architecture} is not supported")));
        }
        (*architecture).clone_into(&mut function.settings.architecture);
    }
    check_storage(world, call, zip.len().saturating_sub(function.code.len()))?;
    function.code_sha256 = digest(&zip);
    function.code = Arc::new(zip);
    if call.input["DryRun"] == true {
        return Ok(shown(&function, function_name(call)?, call, call.now));
    }
    store(world, call, function)
}

pub(super) fn configuration(world: &mut World, call: &Call<'_>) -> Answer {
    let mut function = changeable(world, call)?;
    function.settings = function.settings.replaced(world, call)?;
    store(world, call, function)
}

/// A copy of the function that a call means to change.
fn changeable(world: &mut World, call: &Call<'_>) -> Result<Function, ApiError> {
    let arn = function_arn(call.account, call.region, function_name(call)?);
    let function = function(world, call)?;
    checks::changeable(function, &arn, call)?;
    Ok(function.clone())
}

fn store(world: &mut World, call: &Call<'_>, mut function: Function) -> Answer {
    let name = function_name(call)?;
    function.modified = call.now;
    function.revision = world.next_uuid();
    function.change = changed(world, call, false);
    let answer = changing(&function, name, call);
    world.region(call.account, call.region).lambda.functions.insert(name.to_owned(), function);
    Ok(answer)
}
