//! What the fleet asks for in one account.

use std::collections::{BTreeMap, BTreeSet};

use super::chat::Channel;
use super::event::EventFamily;
use super::hub::HubAddress;
use super::notifier::RoomService;
use super::region::{Partition, Region};
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
    pub rooms: BTreeMap<Channel, Room>,
    /// The Regions of the account, whether or not anything is built there.
    pub regions: BTreeSet<Region>,
    /// Whether clusters and services are looked at.
    pub services: bool,
    /// Whether services may be written back.
    pub remediate: bool,
    /// Secrets that hold the webhook URLs of pipelines, by Region.
    pub secrets: BTreeMap<Region, BTreeSet<String>>,
    /// Whether rules that others made are walked as well.
    pub other_rules: bool,
    /// Whether AWS Chatbot is asked for the rooms of others, because something
    /// is built only where nobody hears.
    pub other_rooms: bool,
    /// The fleet whose forgotten things are looked for; `None` where the run
    /// is about some pipelines only.
    pub orphans_of: Option<String>,
    /// Whether they are to go.
    pub removes: bool,
    /// Regions beside the account's own in which forgotten things may stand.
    pub orphan_regions: BTreeSet<Region>,
}

/// A resource as it shall be, with what must be there first.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The resource.
    pub resource: Resource,
    /// What it needs.
    pub needs: Vec<Key>,
}

/// One way from the events of a Region to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The pipeline's name.
    pub pipeline: String,
    /// Which families it carries.
    pub events: BTreeSet<EventFamily>,
    /// How many patterns of the user's own it carries besides.
    pub patterns: usize,
    /// Globs of the clusters whose events it carries; none for all.
    pub clusters: Vec<String>,
    /// Where the events arise.
    pub region: Region,
    /// The rules that take them there, of which each event matches one.
    pub rules: Vec<Key>,
    /// The hub that carries them on, if one does.
    pub hub: Option<HubAddress>,
    /// Where they end.
    pub end: RouteEnd,
}

/// Where a route ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteEnd {
    /// A channel that AWS Chatbot posts to.
    Channel(Channel),
    /// A webhook that EventBridge posts to.
    Destination {
        /// The API destination's name.
        name: String,
        /// The service that the webhook belongs to.
        room: RoomService,
    },
    /// A webhook that the function of this name posts to.
    Function(String),
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
            region.other_rules = self.other_rules;
        }
        for (region, secrets) in &self.secrets {
            at(&mut interest, *region).secrets.extend(secrets.iter().cloned());
        }
        for wanted in self.resources.values() {
            note(&mut interest, &wanted.resource);
        }
        if self.other_rooms {
            interest.global.get_or_insert_default().teams = true;
        }
        if self.orphans_of.is_some() {
            self.note_orphans(&mut interest);
        }
        interest
    }
}

impl Desired {
    /// What the fleet no longer asks for may be anywhere where it built
    /// something. AWS Chatbot is in the partition `aws` alone, and not asked for
    /// forgotten rooms of accounts without any unless they are to go.
    fn note_orphans(&self, interest: &mut Interest) {
        for region in &self.orphan_regions {
            at(interest, *region);
        }
        for region in interest.regions.values_mut() {
            region.owned_by.clone_from(&self.orphans_of);
            region.removes = self.removes;
            region.other_rules |= self.removes;
        }
        if self.orphan_regions.iter().any(|region| region.partition() == Partition::Aws) {
            interest.global.get_or_insert_default().teams = true;
        }
    }
}

fn note(interest: &mut Interest, resource: &Resource) {
    match resource {
        Resource::Queue(queue) => _ = at(interest, queue.region).queues.insert(queue.name.clone()),
        Resource::Topic(topic) => _ = at(interest, topic.region).topics.insert(topic.name.clone()),
        Resource::EventBus(bus) => _ = at(interest, bus.region).buses.insert(bus.name.clone()),
        Resource::Connection(one) => _ = at(interest, one.region).connections.insert(one.name.clone()),
        Resource::ApiDestination(one) => _ = at(interest, one.region).destinations.insert(one.name.clone()),
        Resource::Function(one) => _ = at(interest, one.region).functions.insert(one.name.clone()),
        Resource::Rule(rule) => _ = at(interest, rule.region).rules.insert(rule.key().name),
        Resource::Alarm(alarm) => _ = at(interest, alarm.region).alarms.insert(alarm.name.clone()),
        Resource::ChatConfiguration(configuration) => {
            let global = interest.global.get_or_insert_with(GlobalInterest::default);
            global.channels.insert(configuration.channel.clone());
        }
        // These are read with their topics, rules and services.
        Resource::Subscription(_) | Resource::Target(_) | Resource::Breaker(_) => {}
    }
}

fn at(interest: &mut Interest, region: Region) -> &mut RegionInterest {
    interest.regions.entry(region).or_default()
}
