//! Reading what is of interest in one account.

use futures::future::{OptionFuture, join_all};
use time::OffsetDateTime;

use super::door::Door;
use super::{advice, chatbot, cloudwatch, ecs, eventbridge, sns, sqs};
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

async fn observe_region(
    door: &Door,
    region: Region,
    interest: &RegionInterest,
    now: OffsetDateTime,
) -> RegionSnapshot {
    let services = async {
        match interest.services {
            true => ecs::observe_services(door, region, interest.unknown_members).await,
            false => Default::default(),
        }
    };
    let mut gaps: [Vec<Gap>; 5] = Default::default();
    let [of_queues, of_topics, of_rules, of_alarms, of_sums] = &mut gaps;
    let ((clusters, services, of_services), queues, topics, rules, alarms, failed_invocations) = tokio::join!(
        Box::pin(services),
        Box::pin(sqs::observe_queues(door, region, &interest.queues, of_queues)),
        Box::pin(sns::observe_topics(door, region, &interest.topics, of_topics)),
        Box::pin(eventbridge::observe_rules(door, region, &interest.rules, of_rules)),
        Box::pin(cloudwatch::observe_alarms(door, region, &interest.alarms, of_alarms)),
        Box::pin(cloudwatch::failed_invocations(door, region, &interest.rules, now, of_sums)),
    );
    let services_hidden = !interest.services || of_services.iter().any(|gap| gap.whole);
    let mut gaps: Vec<Gap> = of_services.into_iter().chain(gaps.into_iter().flatten()).collect();
    let mut snapshot = RegionSnapshot {
        clusters,
        services,
        queues,
        topics,
        rules,
        alarms,
        failed_invocations,
        gaps: Vec::new(),
        ..RegionSnapshot::default()
    };
    settle(&mut gaps, services_hidden && nothing_seen(&snapshot));
    snapshot.gaps = advice::for_region(gaps, region);
    snapshot
}

/// Whether nothing but services can have been read.
fn nothing_seen(snapshot: &RegionSnapshot) -> bool {
    fn unknown<'a, T: 'a>(sights: impl IntoIterator<Item = &'a Sight<T>>) -> bool {
        sights.into_iter().all(|sight| matches!(sight, Sight::Unknown))
    }
    unknown(snapshot.queues.values())
        && unknown(snapshot.topics.values())
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
