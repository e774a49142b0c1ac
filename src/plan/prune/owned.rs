//! What the fleet owns and no longer asks for. Whose a thing is, the thing itself
//! says: an index of tags may be behind.

use std::collections::BTreeMap;

use crate::model::desired::Desired;
use crate::model::destination::owner_of;
use crate::model::snapshot::RegionSnapshot;
use crate::model::{Key, Kind, Location, Region, Sight, Snapshot, Tags, arn};
use crate::plan::names;

/// Whose a thing is that carries the fleet's mark.
pub(super) enum Owned {
    /// The fleet's, with the ARN where its key is not enough to remove it.
    Ours(Option<String>),
    /// It could not be read.
    Unread,
}

/// Everything that the fleet owns and no longer asks for.
pub(super) fn forgotten(desired: &Desired, snapshot: &Snapshot) -> BTreeMap<Key, Owned> {
    let Some(fleet) = desired.orphans_of.as_deref() else { return BTreeMap::new() };
    let mut found = BTreeMap::new();
    for (region, seen) in &snapshot.regions {
        found.extend(marked(fleet, seen));
        found.extend(targets(fleet, *region, seen));
        found.extend(subscriptions(fleet, *region, seen));
    }
    found.extend(configurations(fleet, snapshot));
    found.retain(|key, _| !desired.resources.contains_key(key));
    found
}

fn marked(fleet: &str, region: &RegionSnapshot) -> Vec<(Key, Owned)> {
    let keys = region.owned.seen().into_iter().flatten();
    keys.filter_map(|key| owned(fleet, region, key).map(|owned| (key.clone(), owned))).collect()
}

/// Whose a thing is, by its own mark; `None` where it is gone or not ours.
fn owned(fleet: &str, region: &RegionSnapshot, key: &Key) -> Option<Owned> {
    fn of<T>(sight: Option<&Sight<T>>, is_ours: impl Fn(&T) -> bool) -> Option<Owned> {
        match sight {
            Some(Sight::Seen(thing)) => is_ours(thing).then_some(Owned::Ours(None)),
            Some(Sight::Absent) => None,
            Some(Sight::Unknown) | None => Some(Owned::Unread),
        }
    }
    let name = &key.name;
    let by_tags = |tags: &Tags| tags.owner() == Some(fleet);
    match key.kind {
        Kind::Queue => of(region.queues.get(name), |thing| by_tags(&thing.tags)),
        Kind::Topic => of(region.topics.get(name), |thing| by_tags(&thing.tags)),
        Kind::EventBus => of(region.buses.get(name), |thing| by_tags(&thing.tags)),
        Kind::Function => of(region.functions.get(name), |thing| by_tags(&thing.tags)),
        Kind::Rule => of(region.rules.get(name), |thing| by_tags(&thing.tags)),
        Kind::Alarm => of(region.alarms.get(name), |thing| by_tags(&thing.tags)),
        Kind::Connection => {
            of(region.connections.get(name), |thing| owner_of(thing.description.as_deref()) == Some(fleet))
        }
        Kind::ApiDestination => {
            of(region.destinations.get(name), |thing| owner_of(thing.description.as_deref()) == Some(fleet))
        }
        // These carry no mark of their own, or are found another way.
        Kind::Subscription | Kind::Target | Kind::ChatConfiguration | Kind::Breaker => None,
    }
}

/// Our targets of our rules.
fn targets(fleet: &str, region: Region, seen: &RegionSnapshot) -> Vec<(Key, Owned)> {
    let rules = seen.rules.iter().filter_map(|(place, sight)| Some((place, sight.seen()?)));
    let ours = rules.filter(|(_, rule)| rule.tags.owner() == Some(fleet));
    ours.flat_map(|(place, rule)| {
        let targets = rule.targets.seen().into_iter().flatten();
        let own = targets.filter(|target| names::TARGETS.contains(&target.id.as_str()));
        own.map(move |target| {
            let key = Key::new(Kind::Target, region, format!("{place}/{}", target.id));
            (key, Owned::Ours(None))
        })
    })
    .collect()
}

/// Our functions' subscriptions to our topics.
fn subscriptions(fleet: &str, region: Region, seen: &RegionSnapshot) -> Vec<(Key, Owned)> {
    let topics = seen.topics.iter().filter_map(|(name, sight)| Some((name, sight.seen()?)));
    let ours = topics.filter(|(_, topic)| topic.tags.owner() == Some(fleet));
    ours.flat_map(|(name, topic)| {
        let functions = topic.subscriptions.iter().flatten().filter(|one| one.protocol == "lambda");
        functions.filter_map(move |one| {
            let function = arn::last_segment(&one.endpoint);
            let observed = seen.functions.get(function)?.seen()?;
            let arn = one.arn.clone().filter(|_| observed.tags.owner() == Some(fleet))?;
            let key = Key::new(Kind::Subscription, region, format!("{name}/{function}"));
            Some((key, Owned::Ours(Some(arn))))
        })
    })
    .collect()
}

fn configurations(fleet: &str, snapshot: &Snapshot) -> Vec<(Key, Owned)> {
    let all = snapshot.global.as_ref().and_then(|global| global.configurations.seen());
    let ours = all.into_iter().flatten().filter(|one| one.tags.owner() == Some(fleet));
    ours.map(|one| {
        let key = Key::new(Kind::ChatConfiguration, Location::Global, &one.name);
        (key, Owned::Ours(Some(one.arn.clone())))
    })
    .collect()
}
