//! Who uses what, by what was read: nothing goes before its users.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::destination::name_in;
use crate::model::rule::{ObservedRule, bus_and_name};
use crate::model::snapshot::RegionSnapshot;
use crate::model::{AccountId, Key, Kind, Location, Region, Snapshot, arn};

/// The users of each thing.
pub(super) fn users(account: &AccountId, snapshot: &Snapshot) -> BTreeMap<Key, BTreeSet<Key>> {
    let mut uses: Vec<(Key, Key)> = Vec::new();
    for (region, seen) in &snapshot.regions {
        for (place, rule) in &seen.rules {
            uses.extend(rule.seen().into_iter().flat_map(|rule| of_rule(account, *region, place, rule)));
        }
        for (name, rule) in seen.other_rules.seen().into_iter().flatten() {
            uses.extend(of_rule(account, *region, name, rule));
        }
        uses.extend(of_others(account, *region, seen));
    }
    for one in snapshot.global.iter().filter_map(|global| global.configurations.seen()).flatten() {
        let user = Key::new(Kind::ChatConfiguration, Location::Global, &one.name);
        let topics = one.topics.iter().filter_map(|topic| key_of(account, topic));
        uses.extend(topics.map(|topic| (user.clone(), topic)));
    }
    let mut users: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
    for (user, used) in uses {
        users.entry(used).or_default().insert(user);
    }
    users
}

/// What a rule and its targets use.
fn of_rule(account: &AccountId, region: Region, place: &str, rule: &ObservedRule) -> Vec<(Key, Key)> {
    let own = Key::new(Kind::Rule, region, place);
    let bus = bus_and_name(place).0.map(|bus| (own.clone(), Key::new(Kind::EventBus, region, bus)));
    let targets = rule.targets.seen().into_iter().flatten().flat_map(|target| {
        let user = Key::new(Kind::Target, region, format!("{place}/{}", target.id));
        let settings = &target.settings;
        let arns = [Some(&settings.arn), settings.dead_letter_arn.as_ref()];
        let used = arns.into_iter().flatten().filter_map(|arn| key_of(account, arn));
        used.chain([own.clone()]).map(move |used| (user.clone(), used)).collect::<Vec<_>>()
    });
    bus.into_iter().chain(targets).collect()
}

/// What functions, their subscriptions and API destinations use.
fn of_others(account: &AccountId, region: Region, seen: &RegionSnapshot) -> Vec<(Key, Key)> {
    let mut uses = Vec::new();
    for (name, function) in seen.functions.iter().filter_map(|(name, sight)| Some((name, sight.seen()?))) {
        let queue = function.settings.dead_letter_arn.as_deref().and_then(|arn| key_of(account, arn));
        uses.extend(queue.map(|queue| (Key::new(Kind::Function, region, name), queue)));
    }
    for (name, one) in seen.destinations.iter().filter_map(|(name, sight)| Some((name, sight.seen()?))) {
        let connection = name_in(&one.connection_arn).map(|name| Key::new(Kind::Connection, region, name));
        uses.extend(connection.map(|one| (Key::new(Kind::ApiDestination, region, name), one)));
    }
    for (name, topic) in seen.topics.iter().filter_map(|(name, sight)| Some((name, sight.seen()?))) {
        for one in topic.subscriptions.iter().flatten().filter(|one| one.protocol == "lambda") {
            let function = arn::last_segment(&one.endpoint);
            let user = Key::new(Kind::Subscription, region, format!("{name}/{function}"));
            uses.push((user.clone(), Key::new(Kind::Topic, region, name)));
            uses.extend(key_of(account, &one.endpoint).map(|function| (user, function)));
        }
    }
    uses
}

/// The key of a thing of this account by its ARN.
pub(super) fn key_of(account: &AccountId, arn: &str) -> Option<Key> {
    let ["arn", _, service, region, owner, resource] = arn.splitn(6, ':').collect::<Vec<_>>()[..] else {
        return None;
    };
    let region: Region = region.parse().ok()?;
    let (kind, name) = match service {
        "sns" => (Kind::Topic, resource),
        "sqs" => (Kind::Queue, resource),
        "lambda" => (Kind::Function, resource.strip_prefix("function:")?.split(':').next()?),
        "events" => match resource.split_once('/')? {
            ("api-destination", rest) => (Kind::ApiDestination, rest.split('/').next()?),
            ("event-bus", bus) => (Kind::EventBus, bus),
            _ => return None,
        },
        _ => return None,
    };
    (owner == account.as_str()).then(|| Key::new(kind, region, name))
}
