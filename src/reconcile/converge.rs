//! Making the changes of one account: kind by kind in creation order, the
//! changes of a kind at once. A failed change stops what needs it, and nothing
//! else.

use std::collections::BTreeSet;

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::aws::AccountDoor;
use crate::model::{Change, Key, Kind, Location, Outcome, Plan, Resource};

/// Makes the changes and gives them back in the same order, each with what
/// became of it.
pub(super) async fn converge(door: &AccountDoor, plan: Plan, stop: &CancellationToken) -> Vec<Change> {
    let mut done: Vec<Change> = Vec::with_capacity(plan.changes.len());
    let mut missing: BTreeSet<Key> = BTreeSet::new();
    for wave in waves(plan.changes) {
        let ready = wave.into_iter().map(|change| without_missing(change, &missing));
        let made = join_all(ready.map(|change| make(door, change, &missing, stop))).await;
        let lost = made.iter().filter(|change| change.is_write() && change.outcome != Outcome::Applied);
        missing.extend(lost.map(|change| change.key.clone()));
        done.extend(made);
    }
    done
}

/// The changes grouped by kind; a kind needs only kinds before it.
fn waves(changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut waves: Vec<Vec<Change>> = Vec::new();
    for change in changes {
        match waves.last_mut() {
            Some(wave) if kind_of(wave) == Some(change.key.kind) => wave.push(change),
            _ => waves.push(vec![change]),
        }
    }
    waves
}

fn kind_of(wave: &[Change]) -> Option<Kind> {
    wave.first().map(|change| change.key.kind)
}

async fn make(
    door: &AccountDoor,
    change: Change,
    missing: &BTreeSet<Key>,
    stop: &CancellationToken,
) -> Change {
    if !change.is_write() {
        return change;
    }
    if stop.is_cancelled() {
        return settled(
            change,
            Outcome::Skipped,
            Some("the run was stopped before this was tried".to_owned()),
        );
    }
    if let Some(need) = change.needs.iter().find(|need| missing.contains(need)) {
        let why = format!("it needs {need}, which was not made");
        return settled(change, Outcome::Skipped, Some(why));
    }
    match door.apply(&change).await {
        Ok(()) => settled(change, Outcome::Applied, None),
        Err(error) => settled(change, Outcome::Failed, Some(error.to_string())),
    }
}

fn settled(change: Change, outcome: Outcome, why: Option<String>) -> Change {
    Change { outcome, why, ..change }
}

/// A configuration is fed by the topics that there are: one that could not be
/// made must not keep the others from the room.
fn without_missing(mut change: Change, missing: &BTreeSet<Key>) -> Change {
    if let Some(Resource::ChatConfiguration(configuration)) = &mut change.resource {
        let lost = |topic: &String| missing.iter().any(|key| names(key, topic));
        configuration.topics.retain(|topic| !lost(topic));
        change.needs.clear();
    }
    change
}

fn names(key: &Key, topic: &str) -> bool {
    let mut parts = topic.split(':').skip(3);
    let region = parts.next().unwrap_or_default();
    let name = parts.nth(1).unwrap_or_default();
    match key.location {
        Location::Region(of) => key.kind == Kind::Topic && of.as_str() == region && key.name == name,
        Location::Global => false,
    }
}
