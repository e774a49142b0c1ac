//! One report of the whole fleet, after a look at part of it.

use std::collections::BTreeMap;

use crate::model::{AccountId, Outcome, Pass, Report};

/// The report that stands now: what the new one has, and of the one before it
/// all accounts that the new one is not about. Its run, its times and its calls
/// are the new one's, and changes that an earlier run has made are none of it.
pub fn merged(before: &Report, new: Report) -> Report {
    let kept = before.passes.iter().map(|pass| (pass.account.id.clone(), as_it_stands(pass)));
    let mut passes: BTreeMap<AccountId, Pass> = kept.collect();
    passes.extend(new.passes.into_iter().map(|pass| (pass.account.id.clone(), pass)));
    Report::of(new.metadata, passes.into_values().collect(), new.summary.calls.by_operation)
}

fn as_it_stands(pass: &Pass) -> Pass {
    let mut pass = pass.clone();
    pass.changes.retain(|change| change.outcome != Outcome::Applied);
    pass
}
