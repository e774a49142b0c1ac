//! Names that the fleet needs and that something else has taken.

use serde_json::json;

use super::finding;
use crate::model::{Action, Check, Finding, Plan, Severity};

pub(super) fn check(plan: &Plan) -> Vec<Finding> {
    let conflicts = plan.changes.iter().filter(|change| change.action == Action::Conflict);
    conflicts
        .map(|change| {
            let why = change.why.clone().unwrap_or_default();
            finding(
                Check::NameTaken,
                Severity::Error,
                change.key.location,
                &change.key.name,
                format!("{} {} is taken: {why}", change.key.kind, change.key.name),
                [("kind", json!(change.key.kind))],
            )
        })
        .collect()
}
