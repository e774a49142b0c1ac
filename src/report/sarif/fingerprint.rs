//! What makes a finding the same one in the next run.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::model::{Finding, Pass};

/// Fingerprints in the order of findings: those alike in all that lasts are
/// numbered.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    seen: BTreeMap<String, usize>,
}

impl Fingerprints {
    /// The next finding's: what was found, where and on what; neither the message,
    /// in which figures change from run to run, nor the severity.
    pub(super) fn next(&mut self, pass: &Pass, finding: &Finding) -> String {
        let Finding { check, location, subject, .. } = finding;
        let parts = [pass.account.id.to_string(), check.to_string(), location.to_string(), subject.clone()];
        let digest = Sha256::digest(parts.join("\n"));
        let hash: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let count = self.seen.entry(hash.clone()).or_default();
        *count += 1;
        format!("{hash}:{count}")
    }
}
