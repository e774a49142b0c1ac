//! What was read from one account, with its gaps, and what to read.

use std::collections::{BTreeMap, BTreeSet};

use super::alarm::ObservedAlarm;
use super::bus::ObservedEventBus;
use super::chat::{Channel, ObservedChatConfiguration, Team, Workspace};
use super::coverage::{Gap, Sight};
use super::destination::{ObservedApiDestination, ObservedConnection};
use super::function::ObservedFunction;
use super::queue::ObservedQueue;
use super::region::{Location, Region};
use super::resource::Key;
use super::rule::ObservedRule;
use super::secret::Secret;
use super::service::Service;
use super::topic::ObservedTopic;

/// What to read in an account: what some check or change uses, no more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interest {
    /// By Region.
    pub regions: BTreeMap<Region, RegionInterest>,
    /// In AWS Chatbot; `None` to leave it alone.
    pub global: Option<GlobalInterest>,
}

/// What to read in one Region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionInterest {
    /// Clusters and services.
    pub services: bool,
    /// Whether services may be written back, so that unknown members count.
    pub unknown_members: bool,
    /// Queues, by name.
    pub queues: BTreeSet<String>,
    /// Topics with their subscriptions, by name.
    pub topics: BTreeSet<String>,
    /// Custom event buses, by name.
    pub buses: BTreeSet<String>,
    /// Connections, by name.
    pub connections: BTreeSet<String>,
    /// API destinations, by name.
    pub destinations: BTreeSet<String>,
    /// Functions, by name.
    pub functions: BTreeSet<String>,
    /// Rules with their targets and 24-hour sums of FailedInvocations, by
    /// place; see [`super::rule::place`].
    pub rules: BTreeSet<String>,
    /// Alarms, by name.
    pub alarms: BTreeSet<String>,
    /// Secrets that hold webhook URLs, by name or ARN.
    pub secrets: BTreeSet<String>,
    /// Every other rule of the default bus that may take an ECS event, with
    /// all that its targets lead to.
    pub other_rules: bool,
    /// The fleet whose things are looked for by their tag, whatever their
    /// names, and then read like those that are named above.
    pub owned_by: Option<String>,
    /// Whether what is found of it is to go, so that none may be overlooked.
    pub removes: bool,
}

/// What to read in AWS Chatbot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GlobalInterest {
    /// The channels whose configurations' tags and 24-hour sums of
    /// UnsupportedEvents count.
    pub channels: BTreeSet<Channel>,
    /// Whether Microsoft Teams is asked even where none of the channels is
    /// there, because the fleet may have forgotten something.
    pub teams: bool,
}

/// What was read from one account.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// By Region.
    pub regions: BTreeMap<Region, RegionSnapshot>,
    /// AWS Chatbot, where it was looked at.
    pub global: Option<GlobalSnapshot>,
}

/// What was read in one Region.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RegionSnapshot {
    /// How many clusters were found.
    pub clusters: usize,
    /// The active services, sorted by ARN.
    pub services: Vec<Service>,
    /// Queues, by name.
    pub queues: BTreeMap<String, Sight<ObservedQueue>>,
    /// Topics, by name.
    pub topics: BTreeMap<String, Sight<ObservedTopic>>,
    /// Custom event buses, by name.
    pub buses: BTreeMap<String, Sight<ObservedEventBus>>,
    /// Connections, by name.
    pub connections: BTreeMap<String, Sight<ObservedConnection>>,
    /// API destinations, by name.
    pub destinations: BTreeMap<String, Sight<ObservedApiDestination>>,
    /// Functions, by name.
    pub functions: BTreeMap<String, Sight<ObservedFunction>>,
    /// Rules, by place.
    pub rules: BTreeMap<String, Sight<ObservedRule>>,
    /// The rules of the default bus that others made and that may take an ECS
    /// event, by name. What their targets lead to is among the maps above.
    pub other_rules: Sight<BTreeMap<String, ObservedRule>>,
    /// Alarms, by name.
    pub alarms: BTreeMap<String, Sight<ObservedAlarm>>,
    /// Webhook URLs by the secret that holds them, or why one can't be used:
    /// it is missing, empty or no URL.
    pub secrets: BTreeMap<String, Sight<Result<Secret, String>>>,
    /// What carries the fleet's tag, or its mark where there are no tags.
    pub owned: Sight<BTreeSet<Key>>,
    /// FailedInvocations of the last 24 hours, by rule; no entry where the
    /// sum could not be read.
    pub failed_invocations: BTreeMap<String, f64>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// What was read of AWS Chatbot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GlobalSnapshot {
    /// The Slack workspaces that are authorised.
    pub workspaces: Sight<Vec<Workspace>>,
    /// The Microsoft Teams teams that are authorised.
    pub teams: Sight<Vec<Team>>,
    /// All channel configurations of the account.
    pub configurations: Sight<Vec<ObservedChatConfiguration>>,
    /// UnsupportedEvents of the last 24 hours, by configuration name; no
    /// entry where the sum could not be read.
    pub unsupported_events: BTreeMap<String, f64>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

impl Interest {
    /// Every location that is looked at.
    pub fn locations(&self) -> BTreeSet<Location> {
        let regions = self.regions.keys().copied().map(Location::Region);
        regions.chain(self.global.iter().map(|_| Location::Global)).collect()
    }

    /// The same interest in some of the locations only.
    pub fn within(&self, locations: &BTreeSet<Location>) -> Self {
        let regions =
            self.regions.iter().filter(|(region, _)| locations.contains(&Location::Region(**region)));
        Self {
            regions: regions.map(|(region, interest)| (*region, interest.clone())).collect(),
            global: self.global.clone().filter(|_| locations.contains(&Location::Global)),
        }
    }
}

impl Snapshot {
    /// The gaps of one location; none where it was not looked at.
    pub fn gaps(&self, location: Location) -> &[Gap] {
        match location {
            Location::Region(region) => self.regions.get(&region).map_or(&[], |snapshot| &snapshot.gaps),
            Location::Global => self.global.as_ref().map_or(&[], |snapshot| &snapshot.gaps),
        }
    }

    /// The same snapshot of some of the locations only.
    pub fn within(&self, locations: &BTreeSet<Location>) -> Self {
        let regions =
            self.regions.iter().filter(|(region, _)| locations.contains(&Location::Region(**region)));
        Self {
            regions: regions.map(|(region, snapshot)| (*region, snapshot.clone())).collect(),
            global: self.global.clone().filter(|_| locations.contains(&Location::Global)),
        }
    }

    /// Adds a gap to every location.
    pub fn add_gap(&mut self, gap: &Gap) {
        let gaps = self.regions.values_mut().map(|snapshot| &mut snapshot.gaps);
        gaps.chain(self.global.iter_mut().map(|snapshot| &mut snapshot.gaps))
            .for_each(|gaps| gaps.push(gap.clone()));
    }

    /// Takes every location that the other snapshot has in place of ours.
    pub fn replace_with(&mut self, newer: Self) {
        self.regions.extend(newer.regions);
        self.global = newer.global.or_else(|| self.global.take());
    }

    /// A snapshot in which nothing could be read, for one reason.
    pub fn blank(interest: &Interest, gap: &Gap) -> Self {
        let whole = || vec![Gap { whole: true, ..gap.clone() }];
        let regions = interest.regions.keys();
        Self {
            regions: regions
                .map(|region| (*region, RegionSnapshot { gaps: whole(), ..RegionSnapshot::default() }))
                .collect(),
            global: interest
                .global
                .as_ref()
                .map(|_| GlobalSnapshot { gaps: whole(), ..GlobalSnapshot::default() }),
        }
    }
}
