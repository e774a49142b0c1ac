//! Sample reports and stores.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use object_store::path::Path;
use time::OffsetDateTime;
use time::macros::datetime;

use super::Store;
use super::objects::Objects;
use crate::model::pass::AccountSummary;
use crate::model::report::Metadata;
use crate::model::{
    Check, Condition, ConditionStatus, ConditionType, Coverage, CoverageState, Finding, Location, Mode, Pass,
    Report, Severity,
};

/// When the first of the sample runs begins; the others follow by the hour.
pub(super) const START: OffsetDateTime = datetime!(2026-11-21 00:00 UTC);

/// The id of the sample run of an hour.
pub(super) fn run_id(hour: u8) -> String {
    let moment = START + time::Duration::hours(i64::from(hour));
    let milliseconds = u64::try_from(moment.unix_timestamp()).expect("a time after 1970") * 1000;
    ulid::Ulid::from_parts(milliseconds, 7).to_string()
}

/// The report of the sample run of an hour.
pub(super) fn report(hour: u8, passes: Vec<Pass>) -> Report {
    let started_at = START + time::Duration::hours(i64::from(hour));
    let metadata = Metadata {
        fleet: "acme".to_owned(),
        run: run_id(hour),
        mode: Mode::Plan,
        started_at,
        finished_at: started_at + time::Duration::minutes(1),
        version: "0.1.0".into(),
        narrowed_to: None,
        stopped: None,
        max_changes: None,
    };
    Report::of(metadata, passes, Default::default())
}

/// A pass over an account of which these locations were seen.
pub(super) fn pass(id: &str, locations: &[&str]) -> Pass {
    let seen = |name: &&str| Coverage { location: location(name), state: CoverageState::Seen, detail: None };
    Pass {
        account: AccountSummary {
            id: id.parse().expect("an account id"),
            name: format!("account-{id}"),
            labels: Default::default(),
        },
        clusters: 0,
        services: 0,
        conditions: Vec::new(),
        coverage: locations.iter().map(seen).collect(),
        findings: Vec::new(),
        changes: Vec::new(),
        paths: Vec::new(),
    }
}

pub(super) fn location(name: &str) -> Location {
    if name == "global" { Location::Global } else { Location::Region(name.parse().expect("a Region")) }
}

impl Pass {
    /// With a finding.
    pub(super) fn with(mut self, check: Check, place: &str, subject: &str) -> Self {
        self.findings.push(Finding {
            check,
            severity: Severity::Error,
            location: location(place),
            subject: subject.to_owned(),
            message: "wrong".to_owned(),
            evidence: Default::default(),
            age: None,
        });
        self
    }

    /// With a location that was not seen in full.
    pub(super) fn blind(mut self, place: &str, state: CoverageState) -> Self {
        for coverage in self.coverage.iter_mut().filter(|coverage| coverage.location == location(place)) {
            coverage.state = state;
        }
        self
    }

    /// With a condition as of an hour.
    pub(super) fn condition(mut self, kind: ConditionType, status: ConditionStatus, hour: u8) -> Self {
        self.conditions.push(Condition {
            kind,
            status,
            reason: "Reason".into(),
            message: String::new(),
            last_transition_time: START + time::Duration::hours(i64::from(hour)),
        });
        self
    }
}

/// A clock that a test sets.
#[derive(Clone)]
pub(super) struct Hands(Arc<Mutex<OffsetDateTime>>);

impl Hands {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(START)))
    }

    pub fn advance(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    pub fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The store of a fleet among these objects.
pub(super) fn store_of(objects: Arc<dyn ObjectStore>, keep: usize, hands: &Hands) -> Store {
    let hands = hands.clone();
    Store {
        objects: Objects::new(objects, Path::from("acme"), "file:.foghorn".to_owned()),
        folder: None,
        marked: false,
        keep,
        lock_expiry: Duration::from_secs(120),
        clock: Arc::new(move || hands.now()),
    }
}

/// A store of its own, in memory.
pub(super) fn store(keep: usize) -> Store {
    store_of(Arc::new(InMemory::new()), keep, &Hands::new())
}
