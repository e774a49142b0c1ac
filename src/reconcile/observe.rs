//! Reading one account, location by location, as often as it takes.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Clock;
use crate::aws::AccountDoor;
use crate::model::coverage::Cause;
use crate::model::snapshot::Interest;
use crate::model::{Gap, Location, Snapshot};

/// What has been read of an account so far, and what is yet to be read.
pub struct Sighting {
    door: AccountDoor,
    interest: Interest,
    snapshot: Snapshot,
    due: BTreeSet<Location>,
}

impl Sighting {
    /// Nothing has been read yet.
    pub(super) fn new(door: AccountDoor, interest: Interest) -> Self {
        let due = interest.locations();
        Self { door, interest, snapshot: Snapshot::default(), due }
    }

    /// Everything was read, and some of it was written since and is due again:
    /// what was found there before is not how it stands now.
    pub(super) fn after(
        door: AccountDoor,
        interest: Interest,
        snapshot: Snapshot,
        due: BTreeSet<Location>,
    ) -> Self {
        let still_true = interest.locations().difference(&due).copied().collect();
        Self { door, interest, snapshot: snapshot.within(&still_true), due }
    }

    /// Nothing will be read, and why not.
    pub(super) fn given_up(self, why: &str) -> Self {
        let gap = Gap { detail: why.to_owned(), ..stopped() };
        Self { snapshot: Snapshot::blank(&self.interest, &gap), due: BTreeSet::new(), ..self }
    }

    /// Reads all that is due, every location at once and each within the time
    /// allowed. What a service may answer if asked again stays due.
    pub async fn observe(&mut self, clock: &Clock, timeout: Duration, stop: &CancellationToken) {
        let begun = Instant::now();
        let read = self.due.iter().map(|location| self.read(*location, clock, timeout, stop));
        for snapshot in join_all(read).await {
            self.snapshot.replace_with(snapshot);
        }
        let snapshot = &self.snapshot;
        self.due.retain(|location| snapshot.gaps(*location).iter().any(|gap| gap.cause.is_transient()));
        if begun.elapsed() >= timeout {
            // What did not fit into the time will not fit into it again.
            self.due.clear();
        }
    }

    /// Whether reading again may close a gap.
    pub fn is_worth_another_look(&self) -> bool {
        !self.due.is_empty()
    }

    /// The account's way to AWS.
    pub(super) fn door(&self) -> &AccountDoor {
        &self.door
    }

    /// What was read. A location that never was is a gap.
    pub(super) fn into_snapshot(self) -> Snapshot {
        let unread: BTreeSet<Location> = self
            .interest
            .locations()
            .into_iter()
            .filter(|location| match location {
                Location::Region(region) => !self.snapshot.regions.contains_key(region),
                Location::Global => self.snapshot.global.is_none(),
            })
            .collect();
        let mut snapshot = self.snapshot;
        snapshot.replace_with(Snapshot::blank(&self.interest.within(&unread), &stopped()));
        snapshot
    }

    async fn read(
        &self,
        location: Location,
        clock: &Clock,
        timeout: Duration,
        stop: &CancellationToken,
    ) -> Snapshot {
        let interest = self.interest.within(&BTreeSet::from([location]));
        tokio::select! {
            biased;
            () = stop.cancelled() => self.unread(&interest, stopped()),
            read = self.door.observe(&interest, clock(), timeout) => read,
        }
    }

    /// What an earlier look found in a location, which now has a gap; blank if
    /// there was none.
    fn unread(&self, interest: &Interest, gap: Gap) -> Snapshot {
        let mut kept = self.snapshot.within(&interest.locations());
        let nothing = kept.regions.is_empty() && kept.global.is_none();
        if nothing {
            return Snapshot::blank(interest, &gap);
        }
        kept.add_gap(&Gap { whole: false, ..gap });
        kept
    }
}

fn stopped() -> Gap {
    Gap {
        tried: "read it".to_owned(),
        cause: Cause::Cancelled,
        detail: "the run was stopped before this was read".to_owned(),
        whole: true,
    }
}
