//! Reading what is of interest in one account.

use std::collections::BTreeSet;

use futures::future::{OptionFuture, join_all};
use time::OffsetDateTime;

use super::answer::noted;
use super::door::Door;
use super::{advice, chatbot, cloudwatch, ecs, eventbridge, lambda, leads, owned, secrets, sns, sqs};
use crate::model::resource::Key;
use crate::model::snapshot::{Interest, RegionInterest};
use crate::model::{Gap, Region, RegionSnapshot, Sight, Snapshot};

/// Reads every location at once. An account that cannot be entered is found
/// out once, and is one gap in each location.
pub(super) async fn observe(door: &Door, interest: &Interest, now: OffsetDateTime) -> Snapshot {
    if interest.locations().is_empty() {
        return Snapshot::default();
    }
    if let Err(error) = door.enter().await {
        return Snapshot::blank(interest, &error.into_gap());
    }
    let regions = interest.regions.iter().map(|(region, interest)| async move {
        (*region, Box::pin(observe_region(door, *region, interest, now)).await)
    });
    let global = interest.global.as_ref().map(|interest| chatbot::observe(door, interest, now));
    let (regions, global) = tokio::join!(join_all(regions), OptionFuture::from(global.map(Box::pin)));
    Snapshot { regions: regions.into_iter().collect(), global }
}

/// How many times it is asked where rules of others lead on: from a rule over a
/// bus, its rule and a topic to a function.
const STEPS: usize = 5;

async fn observe_region(
    door: &Door,
    region: Region,
    interest: &RegionInterest,
    now: OffsetDateTime,
) -> RegionSnapshot {
    let mut gaps = Vec::new();
    let owned = find_owned(door, region, interest, &mut gaps).await;
    let named = owned.as_ref().map_or_else(|| interest.clone(), |(_, keys)| owned::with(interest, keys));
    let services = async {
        match interest.services {
            true => ecs::observe_services(door, region, interest.unknown_members).await,
            false => Default::default(),
        }
    };
    let ((clusters, services, of_services), mut snapshot) =
        tokio::join!(Box::pin(services), Box::pin(read_named(door, region, &named, now)));
    (snapshot.clusters, snapshot.services) = (clusters, services);
    if interest.other_rules {
        Box::pin(follow_others(door, region, &named, &mut snapshot, now)).await;
    }
    eventbridge::strip_ids(&mut snapshot);
    if let Some((fleet, keys)) = owned {
        snapshot.owned = Sight::Seen(owned::confirmed(keys, fleet, &snapshot));
    }
    let services_hidden = !interest.services || of_services.iter().any(|gap| gap.whole);
    gaps.extend(of_services);
    gaps.append(&mut snapshot.gaps);
    settle(&mut gaps, services_hidden && nothing_seen(&snapshot));
    snapshot.gaps = advice::for_region(gaps, region);
    snapshot
}

/// The fleet that is asked for, with what may be its own; none where nobody
/// asked, and where that could not be read.
async fn find_owned<'a>(
    door: &Door,
    region: Region,
    interest: &'a RegionInterest,
    gaps: &mut Vec<Gap>,
) -> Option<(&'a str, BTreeSet<Key>)> {
    let fleet = interest.owned_by.as_deref()?;
    let keys = noted(Box::pin(owned::candidates(door, region, fleet, interest.removes)).await, gaps)?;
    Some((fleet, keys))
}

/// Reads what is named, services aside. The gaps are neither in order nor whole
/// ones.
async fn read_named(
    door: &Door,
    region: Region,
    interest: &RegionInterest,
    now: OffsetDateTime,
) -> RegionSnapshot {
    let mut gaps: [Vec<Gap>; 10] = Default::default();
    let [g0, g1, g2, g3, g4, g5, g6, g7, g8, g9] = &mut gaps;
    let (queues, topics, buses, connections, destinations, functions, rules, alarms, secrets, sums) = tokio::join!(
        Box::pin(sqs::observe_queues(door, region, &interest.queues, g0)),
        Box::pin(sns::observe_topics(door, region, &interest.topics, g1)),
        Box::pin(eventbridge::observe_buses(door, region, &interest.buses, g2)),
        Box::pin(eventbridge::observe_connections(door, region, &interest.connections, g3)),
        Box::pin(eventbridge::observe_destinations(door, region, &interest.destinations, g4)),
        Box::pin(lambda::observe_functions(door, region, &interest.functions, g5)),
        Box::pin(eventbridge::observe_rules(door, region, &interest.rules, g6)),
        Box::pin(cloudwatch::observe_alarms(door, region, &interest.alarms, g7)),
        Box::pin(secrets::observe_secrets(door, region, &interest.secrets, g8)),
        Box::pin(cloudwatch::failed_invocations(door, region, &interest.rules, now, g9)),
    );
    RegionSnapshot {
        queues,
        topics,
        buses,
        connections,
        destinations,
        functions,
        rules,
        alarms,
        secrets,
        failed_invocations: sums,
        gaps: gaps.into_iter().flatten().collect(),
        ..RegionSnapshot::default()
    }
}

/// Adds the rules that others made, and all that they lead to.
async fn follow_others(
    door: &Door,
    region: Region,
    named: &RegionInterest,
    snapshot: &mut RegionSnapshot,
    now: OffsetDateTime,
) {
    snapshot.other_rules =
        eventbridge::observe_other_rules(door, region, &named.rules, &mut snapshot.gaps).await;
    for _ in 0..STEPS {
        let missing = leads::missing(snapshot, &door.account().id, region);
        if missing == RegionInterest::default() {
            return;
        }
        let more = read_named(door, region, &missing, now).await;
        for bus in missing.buses.iter().filter(|bus| matches!(more.buses.get(*bus), Some(Sight::Seen(_)))) {
            let gaps = &mut snapshot.gaps;
            let rules = eventbridge::observe_rules_of_bus(door, region, bus, &named.rules, gaps).await;
            snapshot.rules.extend(rules);
        }
        extend(snapshot, more);
    }
}

fn extend(snapshot: &mut RegionSnapshot, more: RegionSnapshot) {
    snapshot.topics.extend(more.topics);
    snapshot.functions.extend(more.functions);
    snapshot.destinations.extend(more.destinations);
    snapshot.connections.extend(more.connections);
    snapshot.buses.extend(more.buses);
    snapshot.gaps.extend(more.gaps);
}

/// Whether nothing but services can have been read.
fn nothing_seen(snapshot: &RegionSnapshot) -> bool {
    fn unknown<'a, T: 'a>(sights: impl IntoIterator<Item = &'a Sight<T>>) -> bool {
        sights.into_iter().all(|sight| matches!(sight, Sight::Unknown))
    }
    unknown(snapshot.queues.values())
        && unknown(snapshot.topics.values())
        && unknown(snapshot.buses.values())
        && unknown(snapshot.connections.values())
        && unknown(snapshot.destinations.values())
        && unknown(snapshot.functions.values())
        && unknown(snapshot.secrets.values())
        && unknown([&snapshot.other_rules])
        && unknown([&snapshot.owned])
        && unknown(snapshot.rules.values())
        && unknown(snapshot.alarms.values())
        && snapshot.failed_invocations.is_empty()
}

/// Puts gaps in order. They are whole ones if nothing at all was read, and not
/// if anything was.
fn settle(gaps: &mut Vec<Gap>, whole: bool) {
    for gap in gaps.iter_mut() {
        gap.whole = whole;
    }
    gaps.sort();
    gaps.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::model::Cause;

    fn gap(detail: &str) -> Gap {
        Gap { tried: "read".into(), cause: Cause::Denied, detail: detail.into(), whole: false }
    }

    #[test]
    fn gaps_are_in_order_without_repetition_and_whole_only_together() {
        let mut gaps = vec![gap("b"), Gap { whole: true, ..gap("a") }, gap("b")];
        settle(&mut gaps, false);
        assert_eq!(gaps, [gap("a"), gap("b")]);
        settle(&mut gaps, true);
        assert!(gaps.iter().all(|gap| gap.whole));
    }

    #[test]
    fn a_thing_known_to_be_absent_was_seen() {
        let mut snapshot = RegionSnapshot::default();
        assert!(nothing_seen(&snapshot));
        snapshot.rules.insert("deploys".into(), Sight::Unknown);
        assert!(nothing_seen(&snapshot));
        snapshot.queues.insert("deploys".into(), Sight::Absent);
        assert!(!nothing_seen(&snapshot));
    }
}
