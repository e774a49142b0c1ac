//! The order in which a person wants to know what is wrong.

use crate::model::{Finding, Pass, Report};

/// Every finding with its account: the worst first, those of one check
/// together, by the account's name.
pub(super) fn findings(report: &Report) -> Vec<(&Pass, &Finding)> {
    let each = report.passes.iter().flat_map(|pass| pass.findings.iter().map(move |finding| (pass, finding)));
    let mut all: Vec<_> = each.collect();
    all.sort_by(|(one_pass, one), (other_pass, other)| {
        (one.severity, one.check, &one_pass.account.name, &one_pass.account.id)
            .cmp(&(other.severity, other.check, &other_pass.account.name, &other_pass.account.id))
            .then_with(|| one.order().cmp(&other.order()))
    });
    all
}
