//! One report, from the parts of it.

use std::collections::BTreeMap;

use crate::model::report::Metadata;
use crate::model::{AccountId, Pass, Report};

/// The report of a run, from the part of one shard, those of the others and the
/// passes over accounts that nobody looked at.
///
/// It is that of one process that had done it all: it began when the first
/// shard did and ended when the last one did, and all calls are counted. An
/// account that several parts have is told once, as the first of them has it.
pub fn merge(run: &str, part: Report, others: Vec<Report>, unread: Vec<Pass>) -> Report {
    let mut metadata = Metadata { run: run.to_owned(), ..part.metadata };
    let mut calls = part.summary.calls.by_operation;
    let mut passes = BTreeMap::new();
    add(&mut passes, part.passes);
    for other in others {
        metadata.started_at = metadata.started_at.min(other.metadata.started_at);
        metadata.finished_at = metadata.finished_at.max(other.metadata.finished_at);
        metadata.stopped = metadata.stopped.or(other.metadata.stopped);
        for (call, count) in other.summary.calls.by_operation {
            *calls.entry(call).or_default() += count;
        }
        add(&mut passes, other.passes);
    }
    add(&mut passes, unread);
    Report::of(metadata, passes.into_values().collect(), calls)
}

fn add(passes: &mut BTreeMap<AccountId, Pass>, more: Vec<Pass>) {
    for pass in more {
        passes.entry(pass.account.id.clone()).or_insert(pass);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;
    use crate::model::pass::AccountSummary;
    use crate::model::{Coverage, CoverageState, Location, Mode, Region, Shard};

    fn pass(number: u64, state: CoverageState) -> Pass {
        let id: AccountId = format!("{number:012}").parse().expect("an account id");
        Pass {
            account: AccountSummary { id, name: format!("account-{number}"), labels: Default::default() },
            clusters: 2,
            services: 3,
            conditions: Vec::new(),
            coverage: vec![Coverage { location: Location::Region(Region::US_EAST_1), state, detail: None }],
            findings: Vec::new(),
            changes: Vec::new(),
            paths: Vec::new(),
        }
    }

    /// What a process reports that began and ended so many minutes past the hour.
    fn report(run: &str, minutes: [i64; 2], passes: Vec<Pass>) -> Report {
        let [started_at, finished_at] =
            minutes.map(|minutes| datetime!(2026-11-21 09:00 UTC) + time::Duration::minutes(minutes));
        let (fleet, version) = ("acme".to_owned(), "0.1.0".into());
        let metadata = Metadata {
            fleet,
            run: run.to_owned(),
            mode: Mode::Plan,
            started_at,
            finished_at,
            version,
            narrowed_to: None,
            stopped: None,
            max_changes: None,
        };
        let calls = passes.iter().map(|pass| (format!("ecs:{}", pass.account.id), 2)).collect();
        Report::of(metadata, passes, calls)
    }

    proptest! {
        #[test]
        fn parts_make_up_the_report_of_one_process_in_whatever_order(
            accounts in proptest::collection::btree_set(0..1_000_000_000_000_u64, 0..60),
            count in 1..12_usize,
            turn in 0..12_usize,
        ) {
            let passes: Vec<Pass> = accounts.iter().map(|number| pass(*number, CoverageState::Seen)).collect();
            let whole = report("01", [0, 5], passes.clone());
            let of = |shard: Shard| {
                let own = passes.iter().filter(|pass| shard.takes(&pass.account.id)).cloned().collect();
                report(&format!("own-{shard}"), [0, 5], own)
            };
            let mut parts: Vec<Report> = Shard::all(count).map(of).collect();
            parts.rotate_left(turn % count);
            let first = parts.remove(0);
            prop_assert_eq!(merge("01", first, parts, Vec::new()), whole);
        }
    }

    #[test]
    fn a_run_lasts_from_its_first_shard_to_its_last() {
        let merged = merge("01", report("b", [3, 9], vec![]), vec![report("a", [1, 4], vec![])], vec![]);
        assert_eq!(merged.metadata, report("01", [1, 9], vec![]).metadata);
    }

    #[test]
    fn what_nobody_looked_at_stands_in_the_report_once_and_makes_it_incomplete() {
        let part = report("a", [0, 1], vec![pass(1, CoverageState::Seen)]);
        let unread = [1, 2].map(|number| pass(number, CoverageState::Skipped)).to_vec();
        let merged = merge("01", part, vec![], unread);
        let counts = &merged.summary;
        assert_eq!((counts.accounts, counts.coverage.seen, counts.coverage.skipped), (2, 1, 1));
        assert!(merged.is_incomplete());
    }
}
