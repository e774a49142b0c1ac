//! What a fleet owns in a Region, whatever its names: the Resource Groups
//! Tagging API, which knows tags, and EventBridge's own lists of what takes no
//! tags.

use std::collections::BTreeSet;

use aws_sdk_resourcegroupstagging::types::TagFilter;

use super::answer::every_page;
use super::door::{ApiGroup, Door};
use super::error::AwsError;
use super::eventbridge;
use crate::model::destination::owner_of;
use crate::model::resource::{Key, Kind};
use crate::model::snapshot::RegionInterest;
use crate::model::tags::OWNER;
use crate::model::{Region, RegionSnapshot, Sight, Tags};

/// The largest page of GetResources (service model).
const PAGE: i32 = 100;

/// With what the names of the fleet's own things without tags begin.
pub(super) const OWN: &str = "foghorn-";

/// Everything that may be the fleet's. Whether it is, its own tags or its
/// description tell: the index of tags follows them with a delay (Resource
/// Groups Tagging API reference, GetResources).
///
/// What takes no tags stands beside what does, so that it is looked for only
/// there, unless `removes` says that not a thing is to be left.
///
/// # Errors
/// The first list that can't be read.
pub(super) async fn candidates(
    door: &Door,
    region: Region,
    fleet: &str,
    removes: bool,
) -> Result<BTreeSet<Key>, AwsError> {
    let tagged = list_tagged(door, region, fleet).await?;
    let mut keys: BTreeSet<Key> = tagged.into_iter().filter_map(|arn| key_of(region, &arn)).collect();
    if removes || !keys.is_empty() {
        keys.extend(untagged(door, region).await?);
    }
    Ok(keys)
}

async fn untagged(door: &Door, region: Region) -> Result<Vec<Key>, AwsError> {
    let (connections, destinations) = tokio::join!(
        Box::pin(eventbridge::list_connections(door, region, OWN)),
        Box::pin(eventbridge::list_destinations(door, region, OWN)),
    );
    let connections = connections?.into_iter().map(|name| Key::new(Kind::Connection, region, name));
    let destinations = destinations?.into_iter().map(|name| Key::new(Kind::ApiDestination, region, name));
    Ok(connections.chain(destinations).collect())
}

async fn list_tagged(door: &Door, region: Region, fleet: &str) -> Result<Vec<String>, AwsError> {
    let client = door.tagging(region);
    let filter = TagFilter::builder().key(OWNER).values(fleet).build();
    let page = |token| {
        let request = client
            .get_resources()
            .tag_filters(filter.clone())
            .resources_per_page(PAGE)
            .set_pagination_token(token);
        let tried = format!("list what the fleet {fleet} owns by its tag");
        async move {
            let answer = door.call(region, ApiGroup::Tagging, tried, request.send()).await?;
            Ok((answer.resource_tag_mapping_list.unwrap_or_default(), answer.pagination_token))
        }
    };
    Ok(every_page(page).await?.into_iter().filter_map(|mapping| mapping.resource_arn).collect())
}

/// What an ARN names, if it is of a kind that a fleet makes.
fn key_of(region: Region, arn: &str) -> Option<Key> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, service, _, _, resource] = parts[..] else { return None };
    let (kind, name) = match service {
        "sns" if !resource.contains(':') => (Kind::Topic, resource),
        "sqs" => (Kind::Queue, resource),
        "events" => match resource.split_once('/')? {
            ("rule", place) => (Kind::Rule, place),
            ("event-bus", name) => (Kind::EventBus, name),
            _ => return None,
        },
        "cloudwatch" => (Kind::Alarm, resource.strip_prefix("alarm:")?),
        "lambda" => (Kind::Function, resource.strip_prefix("function:")?),
        _ => return None,
    };
    Some(Key::new(kind, region, name))
}

/// The same interest in these things as well.
pub(super) fn with(interest: &RegionInterest, keys: &BTreeSet<Key>) -> RegionInterest {
    let mut wider = interest.clone();
    for key in keys {
        let names = match key.kind {
            Kind::Queue => &mut wider.queues,
            Kind::Topic => &mut wider.topics,
            Kind::EventBus => &mut wider.buses,
            Kind::Connection => &mut wider.connections,
            Kind::ApiDestination => &mut wider.destinations,
            Kind::Function => &mut wider.functions,
            Kind::Rule => &mut wider.rules,
            Kind::Alarm => &mut wider.alarms,
            // These are found through what they belong to.
            Kind::Subscription | Kind::Target | Kind::ChatConfiguration | Kind::Breaker => continue,
        };
        names.insert(key.name.clone());
    }
    wider
}

/// Those that are the fleet's, as they were read. What could not be read is
/// still one of them if it was listed by its tag.
pub(super) fn confirmed(keys: BTreeSet<Key>, fleet: &str, snapshot: &RegionSnapshot) -> BTreeSet<Key> {
    keys.into_iter().filter(|key| is_owned(key, fleet, snapshot)).collect()
}

fn is_owned(key: &Key, fleet: &str, snapshot: &RegionSnapshot) -> bool {
    fn tagged<T>(sight: Option<&Sight<T>>, fleet: &str, tags: impl Fn(&T) -> &Tags) -> bool {
        match sight {
            Some(Sight::Seen(thing)) => tags(thing).owner() == Some(fleet),
            Some(Sight::Absent) => false,
            Some(Sight::Unknown) | None => true,
        }
    }
    let name = &key.name;
    match key.kind {
        Kind::Queue => tagged(snapshot.queues.get(name), fleet, |queue| &queue.tags),
        Kind::Topic => tagged(snapshot.topics.get(name), fleet, |topic| &topic.tags),
        Kind::EventBus => tagged(snapshot.buses.get(name), fleet, |bus| &bus.tags),
        Kind::Function => tagged(snapshot.functions.get(name), fleet, |function| &function.tags),
        Kind::Rule => tagged(snapshot.rules.get(name), fleet, |rule| &rule.tags),
        Kind::Alarm => tagged(snapshot.alarms.get(name), fleet, |alarm| &alarm.tags),
        Kind::Connection => snapshot
            .connections
            .get(name)
            .and_then(Sight::seen)
            .is_some_and(|connection| owner_of(connection.description.as_deref()) == Some(fleet)),
        Kind::ApiDestination => snapshot
            .destinations
            .get(name)
            .and_then(Sight::seen)
            .is_some_and(|destination| owner_of(destination.description.as_deref()) == Some(fleet)),
        Kind::Subscription | Kind::Target | Kind::ChatConfiguration | Kind::Breaker => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_a_fleet_makes_is_known_by_its_arn_and_no_other_is() {
        let region = Region::US_EAST_1;
        for (resource, expected) in [
            ("sns:us-east-1:111111111111:t", Some((Kind::Topic, "t"))),
            ("sqs:us-east-1:111111111111:q", Some((Kind::Queue, "q"))),
            ("events:us-east-1:111111111111:rule/r", Some((Kind::Rule, "r"))),
            ("events:us-east-1:111111111111:rule/b/r", Some((Kind::Rule, "b/r"))),
            ("events:us-east-1:111111111111:event-bus/b", Some((Kind::EventBus, "b"))),
            ("cloudwatch:us-east-1:111111111111:alarm:a:b", Some((Kind::Alarm, "a:b"))),
            ("lambda:us-east-1:111111111111:function:f", Some((Kind::Function, "f"))),
            ("ecs:us-east-1:111111111111:cluster/c", None),
            ("events:us-east-1:111111111111:archive/a", None),
        ] {
            let expected = expected.map(|(kind, name)| Key::new(kind, region, name));
            assert_eq!(key_of(region, &format!("arn:aws:{resource}")), expected);
        }
    }

    #[test]
    fn what_the_index_still_lists_but_is_gone_or_anothers_is_not_owned() {
        let key = |name: &str| Key::new(Kind::EventBus, Region::US_EAST_1, name);
        let bus = |owner: &str| {
            let tags = Tags::owned_by(owner, &Default::default());
            Sight::Seen(crate::model::bus::ObservedEventBus { policy: None, tags })
        };
        let buses = [
            ("gone", Sight::Absent),
            ("ours", bus("acme")),
            ("theirs", bus("other")),
            ("hidden", Sight::Unknown),
        ];
        let snapshot = RegionSnapshot {
            buses: buses.map(|(name, sight)| (name.to_owned(), sight)).into(),
            ..RegionSnapshot::default()
        };
        let keys = ["gone", "ours", "theirs", "hidden"].map(key).into();
        assert_eq!(confirmed(keys, "acme", &snapshot), [key("hidden"), key("ours")].into());
    }
}
