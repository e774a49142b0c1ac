//! Events that a rule sends on to another bus.

use std::collections::BTreeMap;

use serde_json::Value;
use time::OffsetDateTime;

use super::{Failure, Match, Place, acts_by_role, context, refused, travel};
use crate::sim::events::lets_in;
use crate::sim::world::World;

/// What an event has left behind. The user guide's page on cross-account
/// delivery lets it go to one other account, and in one account from one bus
/// to one other, and no further; the page on dead letters knows a third Region
/// too.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Journey {
    left_account: bool,
    left_region: bool,
    left_bus: bool,
}

impl Journey {
    /// The journey with one more hop, from one bus to another.
    fn on(self, from: Place<'_>, to: Place<'_>) -> Result<Self, &'static str> {
        let (left_account, left_region) = (from.0 != to.0, from.1 != to.1);
        let left_bus = !left_account && !left_region;
        if left_account && self.left_account {
            return Err("THIRD_ACCOUNT_HOP_DETECTED");
        }
        if left_region && self.left_region {
            return Err("THIRD_REGION_HOP_DETECTED");
        }
        if left_bus && self.left_bus {
            // The user guide names no code of its own for a third bus.
            return Err("UNKNOWN");
        }
        Ok(Self {
            left_account: self.left_account || left_account,
            left_region: self.left_region || left_region,
            left_bus: self.left_bus || left_bus,
        })
    }
}

/// Puts the event, as it is, on the bus that the target names.
pub(super) fn forward(
    world: &mut World,
    rule: &Match<'_>,
    to: Place<'_>,
    target: &Value,
    event: &Value,
    journey: Journey,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let (sender, arn) = (rule.place.0, target["Arn"].as_str().unwrap_or_default());
    let by_role = acts_by_role(world, sender, target)?;
    let journey = journey.on(rule.place, to).map_err(|code| Failure {
        code,
        message: format!("The event was forwarded before and is not sent on to {arn}"),
    })?;
    let known = world.accounts.contains_key(to.0) && world.region(to.0, to.1).events.rules_of(to.2).is_some();
    if !known {
        return Err(refused(arn, true));
    }
    if !lets_in(world, sender, to, request_context(world, rule, event, by_role)) {
        return Err(refused(arn, false));
    }
    travel(world, to, event, journey, now);
    Ok(())
}

/// The context in which the other bus's policy is judged. Without a role there
/// is no principal in an organisation, so that a policy that grants by the
/// organisation's id asks for a role (PutTargets in the service model).
fn request_context(
    world: &World,
    rule: &Match<'_>,
    event: &Value,
    by_role: bool,
) -> BTreeMap<&'static str, String> {
    let text = |member: &str| event[member].as_str().unwrap_or_default().to_owned();
    let mut context = context(rule.place.0, &rule.arn);
    context.insert("events:source", text("source"));
    context.insert("events:detail-type", text("detail-type"));
    let organization = world.organization.organization_of(rule.place.0).filter(|_| by_role);
    context.extend(organization.map(|id| ("aws:principalorgid", id.to_owned())));
    context
}
