//! What the role needs that Foghorn assumes in an account.
//!
//! Foghorn reads what others made as well as its own: who hears depends on both.
//! So reading is bounded by account and Region alone. What it makes has a name
//! that begins with `foghorn-`, and what it removes carries the fleet's mark
//! besides, wherever the service can be asked for that.

mod look;
mod make;
mod remove;
mod ways;

use super::document::{Document, Effect, Statement};
use super::permission::{Permission, condition, statements};
use super::shape::Shape;

/// The statement that keeps all others to the fleet's Regions.
pub(super) const REGIONS: &str = "OnlyInTheFleetsRegions";

/// The services that are kept to the Regions. AWS Chatbot has an endpoint of its
/// own, IAM knows no Regions, and secrets are bounded by their ARNs.
pub(super) const KEPT: &[&str] =
    &["cloudwatch:*", "ecs:*", "events:*", "lambda:*", "sns:*", "sqs:*", "tag:*"];

/// The statements that allow, by what they are for.
pub(super) const TABLES: [&[Permission<Shape>]; 4] =
    [look::PERMISSIONS, make::PERMISSIONS, ways::PERMISSIONS, remove::PERMISSIONS];

/// The policy of the role in an account.
pub(super) fn document(shape: &Shape) -> Document {
    let allowed = TABLES.into_iter().flat_map(|table| statements(table, shape));
    Document::new(allowed.chain([only_in(shape)]).collect())
}

/// One denial in place of the same condition in every statement, which a fleet of
/// many Regions would have no room for (IAM user guide, "AWS: Denies access to
/// AWS based on the requested Region").
fn only_in(shape: &Shape) -> Statement {
    let regions = shape.regions.iter().map(|region| region.as_str().to_owned()).collect();
    Statement {
        sid: REGIONS.to_owned(),
        effect: Effect::Deny,
        action: KEPT.iter().map(|action| (*action).to_owned()).collect(),
        resource: vec!["*".to_owned()],
        condition: condition("StringNotLike", "aws:RequestedRegion", regions),
    }
}
