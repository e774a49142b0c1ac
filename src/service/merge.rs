//! One report of the whole fleet, after a look at part of it.

use std::collections::BTreeMap;

use crate::model::{AccountId, Pass, Report};

/// The report that stands now: what the new one has, and of the one before it
/// all accounts that the new one is not about. Its run, its times and its calls
/// are the new one's.
pub fn merged(before: &Report, new: Report) -> Report {
    let kept = before.passes.iter().map(|pass| (pass.account.id.clone(), pass.clone()));
    let mut passes: BTreeMap<AccountId, Pass> = kept.collect();
    passes.extend(new.passes.into_iter().map(|pass| (pass.account.id.clone(), pass)));
    Report::of(new.metadata, passes.into_values().collect(), new.summary.calls.by_operation)
}
