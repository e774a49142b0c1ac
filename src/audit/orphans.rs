//! What the fleet owns and no longer asks for.

use serde_json::json;

use super::finding;
use crate::model::{Check, Finding, Key, Severity};

pub(super) fn check(orphans: &[Key]) -> Vec<Finding> {
    let orphan = |key: &Key| {
        finding(
            Check::Orphan,
            Severity::Warning,
            key.location,
            &key.name,
            format!("the fleet owns this {}, and its file no longer asks for it", key.kind),
            [("kind", json!(key.kind))],
        )
    };
    orphans.iter().map(orphan).collect()
}
