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
            format!(
                "this {} is the fleet's and nothing asks for it any more; foghorn apply --prune removes it",
                key.kind
            ),
            [("kind", json!(key.kind))],
        )
    };
    orphans.iter().map(orphan).collect()
}
