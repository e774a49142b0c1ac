//! Secrets that are marked for deletion, and taken back.

use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{invalid_parameter, living, secret, secrets, timestamp};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::world::World;

/// Days until a secret is gone, unless the caller says (Secrets Manager API
/// reference, "DeleteSecret").
const DEFAULT_WINDOW: i64 = 30;

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let force = call.input["ForceDeleteWithoutRecovery"] == true;
    let gone = gone(call, force)?;
    let (name, secret) = if force { secret(world, call)? } else { living(world, call)? };
    secret.deletion = Some((call.now, gone));
    let answer = json!({"ARN": secret.arn, "Name": name, "DeletionDate": timestamp(gone)});
    // Without a window the secret is gone already, which this notices.
    secrets(world, call);
    Ok(answer)
}

/// When the secret will be gone.
fn gone(call: &Call<'_>, force: bool) -> Result<OffsetDateTime, ApiError> {
    match call.integer("RecoveryWindowInDays") {
        Some(_) if force => Err(invalid_parameter(
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        )),
        Some(days) if !(7..=30).contains(&days) => {
            Err(invalid_parameter("RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."))
        }
        _ if force => Ok(call.now),
        days => Ok(call.now + Duration::days(days.unwrap_or(DEFAULT_WINDOW))),
    }
}

pub(super) fn restore(world: &mut World, call: &Call<'_>) -> Answer {
    let (name, secret) = secret(world, call)?;
    secret.deletion = None;
    Ok(json!({"ARN": secret.arn, "Name": name}))
}
