//! What the fleet owns and no longer asks for, and its removal.
//!
//! Nothing is removed on the strength of a gap, nor while something that stays
//! still uses it: the last user goes first, and what can't go says why.

mod feeds;
mod owned;
mod users;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::desired::Desired;
use crate::model::snapshot::RegionSnapshot;
use crate::model::topic::Subscription;
use crate::model::{AccountId, Action, Change, Key, Kind, Location, Region, Sight, Snapshot, arn};

use super::names;
use owned::Owned;
use users::users;

/// What the fleet owns in an account and no longer asks for, as far as it could
/// be read.
pub fn orphans(desired: &Desired, snapshot: &Snapshot) -> Vec<Key> {
    let all = owned::forgotten(desired, snapshot).into_iter();
    all.filter_map(|(key, owned)| matches!(owned, Owned::Ours(_)).then_some(key)).collect()
}

/// The changes together with the removal of all that is no longer asked for.
pub(super) fn pruned(
    account: &AccountId,
    desired: &Desired,
    snapshot: &Snapshot,
    changes: Vec<Change>,
) -> Vec<Change> {
    let forgotten = owned::forgotten(desired, snapshot);
    let changes = feeds::taken_out(account, desired, &forgotten, snapshot, changes);
    let written: BTreeSet<Key> =
        changes.iter().filter(|change| change.is_write()).map(|change| change.key.clone()).collect();
    let fleet = desired.orphans_of.as_deref().unwrap_or_default();
    let mut removal = Removal { fleet, snapshot, users: users(account, snapshot), gone_or_written: written };
    let mut keys: Vec<(Key, Owned)> = forgotten.into_iter().collect();
    // Users are of later kinds than what they use.
    keys.sort_by_key(|(key, _)| (Reverse(key.kind), key.clone()));
    let is_written = |key: &Key| changes.iter().any(|change| change.is_write() && change.key == *key);
    let removals: Vec<Change> = keys
        .into_iter()
        .filter(|(key, _)| !is_written(key))
        .map(|(key, owned)| removal.of(key, owned))
        .collect();
    changes.into_iter().chain(removals).collect()
}

/// What is known when something is to go.
struct Removal<'a> {
    /// Whose things they are.
    fleet: &'a str,
    snapshot: &'a Snapshot,
    /// Who uses a thing, by the thing.
    users: BTreeMap<Key, BTreeSet<Key>>,
    /// What goes itself, or is written so that it uses the thing no longer.
    gone_or_written: BTreeSet<Key>,
}

impl Removal<'_> {
    fn of(&mut self, key: Key, owned: Owned) -> Change {
        let withheld = |key: Key, why: String| Change::blocked(Action::Withheld, key, Vec::new(), why);
        let arn = match owned {
            Owned::Ours(arn) => arn,
            Owned::Unread => {
                let why = "it carries the fleet's mark and could not be read, so it is not removed";
                return withheld(key, why.to_owned());
            }
        };
        if let Some(why) = self.obstacle(&key) {
            return withheld(key, why);
        }
        let users: Vec<Key> = self.users.get(&key).into_iter().flatten().cloned().collect();
        if let Some(user) = users.iter().find(|user| !self.gone_or_written.contains(user)) {
            let why = format!("{user} still uses it, so it is not removed");
            return withheld(key, why);
        }
        self.gone_or_written.insert(key.clone());
        let why = self.lost_with(&key);
        Change { why, ..Change::delete(key, arn, self.fleet, users) }
    }

    /// What goes with a thing.
    fn lost_with(&self, key: &Key) -> Option<String> {
        let (Kind::Queue, Location::Region(region)) = (key.kind, key.location) else { return None };
        let queue = self.snapshot.regions.get(&region)?.queues.get(&key.name)?.seen()?;
        let lost = || format!("undelivered events in it go with it: {}", queue.messages);
        (queue.messages > 0).then(lost)
    }

    /// What forbids removing a thing that is ours.
    fn obstacle(&self, key: &Key) -> Option<String> {
        match (key.kind, key.location) {
            (Kind::Rule, Location::Region(region)) => {
                let rule = self.snapshot.regions.get(&region)?.rules.get(&key.name)?.seen()?;
                let Sight::Seen(targets) = &rule.targets else {
                    return Some("its targets could not be read, so it is not removed".to_owned());
                };
                let foreign = targets.iter().find(|target| !names::TARGETS.contains(&target.id.as_str()))?;
                Some(format!("someone else gave it the target {}, so it is not removed", foreign.id))
            }
            (Kind::ChatConfiguration, _) => feeds::foreign_topic(self.snapshot, &key.name)
                .map(|topic| format!("{topic} feeds it, {}, so it is not removed", self.why_foreign(&topic))),
            (Kind::Topic, Location::Region(region)) => {
                let unread = self.has_unread_targets(key).or_else(|| self.has_subscriber(region, &key.name));
                let global = self.snapshot.global.as_ref();
                let feeds_unread =
                    global.is_some_and(|global| matches!(global.configurations, Sight::Unknown));
                unread.or_else(|| {
                    feeds_unread.then(|| {
                        format!("which chat configurations are fed from {region} could not be read, so it is not removed")
                    })
                })
            }
            (Kind::Queue | Kind::EventBus | Kind::Connection | Kind::ApiDestination | Kind::Function, _) => {
                self.has_unread_targets(key)
            }
            _ => None,
        }
    }

    /// Why a topic is taken for somebody else's.
    fn why_foreign(&self, topic: &str) -> String {
        let region = arn::region_of(topic).and_then(|region| region.parse::<Region>().ok());
        match region.filter(|region| !self.snapshot.regions.contains_key(region)) {
            Some(region) => format!(
                "and whose that is was not looked at, since {region} is no Region of the account in the fleet file"
            ),
            None => "which the fleet does not own".to_owned(),
        }
    }

    /// People and programs that others subscribed. Functions are looked at with
    /// all other users, and AWS Chatbot's own subscription goes by itself.
    fn has_subscriber(&self, region: Region, topic: &str) -> Option<String> {
        let observed = self.snapshot.regions.get(&region)?.topics.get(topic)?.seen()?;
        let Some(subscriptions) = &observed.subscriptions else {
            return Some("its subscriptions could not be read, so it is not removed".to_owned());
        };
        let is_others = |one: &&Subscription| one.protocol != "lambda" && !one.is_chatbots();
        let one = subscriptions.iter().find(is_others)?;
        Some(format!("someone else subscribed to it by {}, so it is not removed", one.protocol))
    }

    /// A rule whose targets could not be read may lead to anything beside it.
    fn has_unread_targets(&self, key: &Key) -> Option<String> {
        let Location::Region(region) = key.location else { return None };
        let RegionSnapshot { rules, other_rules, .. } = self.snapshot.regions.get(&region)?;
        let Sight::Seen(others) = other_rules else {
            return Some("what rules of others lead to could not be read, so it is not removed".to_owned());
        };
        if let Some((rule, _)) = others.iter().find(|(_, rule)| !matches!(rule.targets, Sight::Seen(_))) {
            return Some(format!("where the rule {rule} leads could not be read, so it is not removed"));
        }
        let is_unread = |sight: &Sight<crate::model::rule::ObservedRule>| match sight {
            Sight::Seen(rule) => !matches!(rule.targets, Sight::Seen(_)),
            Sight::Absent => false,
            Sight::Unknown => true,
        };
        let (rule, _) = rules.iter().find(|(_, sight)| is_unread(sight))?;
        Some(format!("where the rule {rule} leads could not be read, so it is not removed"))
    }
}

#[cfg(test)]
mod tests;
