//! What the fleet asks for in one account.

use std::collections::{BTreeMap, BTreeSet};

use super::chat::SlackChannel;
use super::event::EventFamily;
use super::region::Region;
use super::resource::{Key, Resource};
use super::snapshot::{GlobalInterest, Interest, RegionInterest};

/// What the fleet asks for in one account, in full: no choice is left to
/// whoever applies it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Desired {
    /// Every resource, in creation order, with what it needs.
    pub resources: BTreeMap<Key, Wanted>,
    /// Every way from an event to a room.
    pub routes: Vec<Route>,
    /// The rooms.
    pub rooms: BTreeMap<SlackChannel, Room>,
    /// The Regions of the account, whether or not anything is built there.
    pub regions: BTreeSet<Region>,
    /// Whether clusters and services are looked at.
    pub services: bool,
    /// Whether services may be written back.
    pub remediate: bool,
}

/// A resource as it shall be, with what must be there first.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The resource.
    pub resource: Resource,
    /// What it needs.
    pub needs: Vec<Key>,
}

/// One way from an event to a room: the resources that carry it, by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The pipeline's name.
    pub pipeline: String,
    /// Which events it carries.
    pub events: BTreeSet<EventFamily>,
    /// Where the events arise.
    pub region: Region,
    /// The rule.
    pub rule: Key,
    /// The target.
    pub target: Key,
    /// The topic.
    pub topic: Key,
    /// The room.
    pub channel: SlackChannel,
}

/// A room, and how its configuration may be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Whether a configuration that someone else made may be fed.
    pub adopt: bool,
}

impl Desired {
    /// What must be read to judge all of this.
    pub fn interest(&self) -> Interest {
        let mut interest = Interest::default();
        for region in &self.regions {
            let region = interest.regions.entry(*region).or_default();
            region.services = self.services;
            region.unknown_members = self.services && self.remediate;
        }
        for wanted in self.resources.values() {
            note(&mut interest, &wanted.resource);
        }
        interest
    }
}

fn note(interest: &mut Interest, resource: &Resource) {
    match resource {
        Resource::Queue(queue) => _ = at(interest, queue.region).queues.insert(queue.name.clone()),
        Resource::Topic(topic) => _ = at(interest, topic.region).topics.insert(topic.name.clone()),
        Resource::Rule(rule) => _ = at(interest, rule.region).rules.insert(rule.name.clone()),
        Resource::Alarm(alarm) => _ = at(interest, alarm.region).alarms.insert(alarm.name.clone()),
        Resource::ChatConfiguration(configuration) => {
            let global = interest.global.get_or_insert_with(GlobalInterest::default);
            global.channels.insert(configuration.channel.clone());
        }
        // Targets are read with their rules, breakers with their services.
        Resource::Target(_) | Resource::Breaker(_) => {}
    }
}

fn at(interest: &mut Interest, region: Region) -> &mut RegionInterest {
    interest.regions.entry(region).or_default()
}
