//! Desired × observed → changes. What a gap hides is withheld, what others own
//! is a conflict, and what needs either of those is withheld too.

use std::collections::{BTreeMap, BTreeSet};

use crate::fleet::spec::Fleet;
use crate::model::chat::{Channel, ChatConfiguration, ObservedChatConfiguration, Team, Workspace};
use crate::model::desired::{Desired, Wanted};
use crate::model::destination::{ApiDestination, Connection, owner_of};
use crate::model::snapshot::GlobalSnapshot;
use crate::model::subscription::FunctionSubscription;
use crate::model::tags::OWNER;
use crate::model::target::Target;
use crate::model::{
    Action, Change, FieldChange, Key, Kind, Location, Region, RegionSnapshot, Resource, Sight, Snapshot, Tags,
};

/// The changes that the desired resources need.
pub(super) fn changes(fleet: &Fleet, desired: &Desired, snapshot: &Snapshot) -> Vec<Change> {
    let differ = Differ { fleet: &fleet.metadata.name, desired, snapshot };
    let mut verdicts: BTreeMap<Key, Verdict> = BTreeMap::new();
    for (key, wanted) in &desired.resources {
        let verdict = differ.verdict(key, wanted, &verdicts);
        verdicts.insert(key.clone(), verdict);
    }
    let needs = |key: &Key| desired.resources.get(key).map(|wanted| wanted.needs.clone()).unwrap_or_default();
    verdicts.into_iter().filter_map(|(key, verdict)| verdict.into_change(needs(&key), key)).collect()
}

/// What holding one resource against the snapshot came to.
enum Verdict {
    /// It is as it shall be.
    InSync,
    /// It must be made.
    Create(Resource),
    /// It must be changed.
    Update(Resource, Vec<FieldChange>),
    /// It must not be touched.
    Blocked(Action, Vec<FieldChange>, String),
    /// Its whole location could not be read; the coverage says why.
    Unseen,
}

impl Verdict {
    fn into_change(self, needs: Vec<Key>, key: Key) -> Option<Change> {
        match self {
            Self::InSync | Self::Unseen => None,
            Self::Create(resource) => Some(Change::write(Action::Create, resource, Vec::new(), needs)),
            Self::Update(resource, fields) => Some(Change::write(Action::Update, resource, fields, needs)),
            Self::Blocked(action, fields, why) => Some(Change::blocked(action, key, fields, why)),
        }
    }

    fn is_write(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Update(..))
    }

    fn stops_dependents(&self) -> bool {
        matches!(self, Self::Blocked(..) | Self::Unseen)
    }
}

/// Why a resource can't be made for want of another. A configuration needs no
/// single one of its topics: it is fed by those that can be had.
fn blocked_need(wanted: &Wanted, verdicts: &BTreeMap<Key, Verdict>) -> Option<String> {
    if matches!(wanted.resource, Resource::ChatConfiguration(_)) {
        return None;
    }
    let blocked = wanted.needs.iter().find(|need| verdicts.get(need).is_some_and(Verdict::stops_dependents));
    blocked.map(|need| format!("it needs {need}, which can't be had"))
}

fn without_blocked_topics(wanted: &Wanted, verdicts: &BTreeMap<Key, Verdict>) -> Resource {
    let Resource::ChatConfiguration(configuration) = &wanted.resource else { return wanted.resource.clone() };
    let blocked: BTreeSet<(&str, &str)> = wanted
        .needs
        .iter()
        .filter(|need| verdicts.get(need).is_some_and(Verdict::stops_dependents))
        .filter_map(|need| match &need.location {
            Location::Region(region) => Some((region.as_str(), need.name.as_str())),
            Location::Global => None,
        })
        .collect();
    let is_blocked = |topic: &String| {
        let mut parts = topic.split(':').skip(3);
        let place = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
        blocked.contains(&place)
    };
    let mut configuration = configuration.clone();
    configuration.topics.retain(|topic| !is_blocked(topic));
    Resource::ChatConfiguration(configuration)
}

/// The desired state of one account beside what was read there.
struct Differ<'a> {
    fleet: &'a str,
    desired: &'a Desired,
    snapshot: &'a Snapshot,
}

impl Differ<'_> {
    /// A thing that is as it shall be needs nothing; only a write waits for
    /// what it needs.
    fn verdict(&self, key: &Key, wanted: &Wanted, verdicts: &BTreeMap<Key, Verdict>) -> Verdict {
        if self.is_blank(key) {
            return Verdict::Unseen;
        }
        let verdict = self.judge(&without_blocked_topics(wanted, verdicts));
        match blocked_need(wanted, verdicts).filter(|_| verdict.is_write()) {
            Some(why) => Verdict::Blocked(Action::Withheld, Vec::new(), why),
            None => verdict,
        }
    }

    fn judge(&self, resource: &Resource) -> Verdict {
        match resource {
            Resource::Queue(queue) => self.compare(
                resource,
                self.sight(queue.region, |region| region.queues.get(&queue.name)),
                |observed| (&observed.tags, queue.diff(observed), Resource::Queue(queue.over(observed))),
            ),
            Resource::Topic(topic) => self.compare(
                resource,
                self.sight(topic.region, |region| region.topics.get(&topic.name)),
                |observed| (&observed.tags, topic.diff(observed), Resource::Topic(topic.over(observed))),
            ),
            Resource::Rule(rule) => self.compare(
                resource,
                self.sight(rule.region, |region| region.rules.get(&rule.key().name)),
                |observed| (&observed.tags, rule.diff(observed), resource.clone()),
            ),
            Resource::Alarm(alarm) => self.compare(
                resource,
                self.sight(alarm.region, |region| region.alarms.get(&alarm.name)),
                |observed| (&observed.tags, alarm.diff(observed), Resource::Alarm(alarm.over(observed))),
            ),
            Resource::Target(target) => self.judge_target(target),
            Resource::ChatConfiguration(configuration) => self.judge_configuration(configuration),
            Resource::EventBus(bus) => self.compare(
                resource,
                self.sight(bus.region, |region| region.buses.get(&bus.name)),
                |observed| (&observed.tags, bus.diff(observed), Resource::EventBus(bus.over(observed))),
            ),
            Resource::Connection(connection) => self.judge_connection(resource, connection),
            Resource::ApiDestination(destination) => self.judge_destination(resource, destination),
            Resource::Function(function) => without(
                function.code.as_ref().err(),
                self.compare(
                    resource,
                    self.sight(function.region, |region| region.functions.get(&function.name)),
                    |observed| (&observed.tags, function.diff(observed), resource.clone()),
                ),
            ),
            Resource::Subscription(subscription) => self.judge_subscription(subscription),
            // Breakers are judged service by service, not desired by name.
            Resource::Breaker(_) => Verdict::InSync,
        }
    }

    fn sight<T>(
        &self,
        region: Region,
        find: impl Fn(&RegionSnapshot) -> Option<&Sight<T>>,
    ) -> Option<&Sight<T>> {
        self.snapshot.regions.get(&region).and_then(find)
    }

    /// Holds a taggable resource against what was seen under its name.
    fn compare<T>(
        &self,
        resource: &Resource,
        sight: Option<&Sight<T>>,
        compare: impl Fn(&T) -> (&Tags, Vec<FieldChange>, Resource),
    ) -> Verdict {
        match sight {
            None | Some(Sight::Unknown) => self.unseen(),
            Some(Sight::Absent) => Verdict::Create(resource.clone()),
            Some(Sight::Seen(observed)) => {
                let (tags, fields, over) = compare(observed);
                match taken(self.fleet, tags) {
                    Some(why) => Verdict::Blocked(Action::Conflict, Vec::new(), why),
                    None => update(over, fields),
                }
            }
        }
    }

    /// A target has no tags: it is owned through its rule.
    fn judge_target(&self, target: &Target) -> Verdict {
        let resource = Resource::Target(target.clone());
        let targets = match self.sight(target.region, |region| region.rules.get(&target.rule)) {
            None | Some(Sight::Unknown) => return self.unseen(),
            Some(Sight::Absent) => return Verdict::Create(resource),
            Some(Sight::Seen(rule)) => &rule.targets,
        };
        match targets {
            Sight::Unknown => self.unseen(),
            Sight::Absent => Verdict::Create(resource),
            Sight::Seen(targets) => match targets.iter().find(|observed| observed.id == target.id) {
                None => Verdict::Create(resource),
                Some(observed) => update(resource, target.diff(observed)),
            },
        }
    }

    fn judge_connection(&self, resource: &Resource, connection: &Connection) -> Verdict {
        let sight = self.sight(connection.region, |region| region.connections.get(&connection.name));
        self.compare_marked(resource, sight, |observed| {
            (observed.description.as_deref(), connection.diff(observed))
        })
    }

    fn judge_destination(&self, resource: &Resource, destination: &ApiDestination) -> Verdict {
        let sight = self.sight(destination.region, |region| region.destinations.get(&destination.name));
        let connection =
            self.sight(destination.region, |region| region.connections.get(&destination.connection));
        let connection = connection.unwrap_or(&Sight::Unknown);
        let verdict = self.compare_marked(resource, sight, |observed| {
            let lost = destination.rebinding(observed, connection);
            let fields = destination.diff(observed).into_iter().chain(lost).collect();
            (observed.description.as_deref(), fields)
        });
        without(destination.endpoint.as_ref().err(), verdict)
    }

    /// Holds a thing that takes no tags against what was seen under its name.
    fn compare_marked<T>(
        &self,
        resource: &Resource,
        sight: Option<&Sight<T>>,
        compare: impl Fn(&T) -> (Option<&str>, Vec<FieldChange>),
    ) -> Verdict {
        match sight {
            None | Some(Sight::Unknown) => self.unseen(),
            Some(Sight::Absent) => Verdict::Create(resource.clone()),
            Some(Sight::Seen(observed)) => match compare(observed) {
                (description, fields) if owner_of(description) == Some(self.fleet) => {
                    update(resource.clone(), fields)
                }
                (description, _) => {
                    let why = owner_of(description).map_or_else(
                        || "its description does not name this fleet, so someone else made it".to_owned(),
                        |owner| format!("it belongs to the fleet {owner}"),
                    );
                    Verdict::Blocked(Action::Conflict, Vec::new(), why)
                }
            },
        }
    }

    /// A subscription has no tags: it is owned through its topic.
    fn judge_subscription(&self, subscription: &FunctionSubscription) -> Verdict {
        let resource = Resource::Subscription(subscription.clone());
        match self.sight(subscription.region, |region| region.topics.get(&subscription.topic)) {
            None | Some(Sight::Unknown) => self.unseen(),
            Some(Sight::Absent) => Verdict::Create(resource),
            Some(Sight::Seen(topic)) => match &topic.subscriptions {
                None => self.unseen(),
                Some(all) => match all.iter().find(|observed| subscription.is(observed)) {
                    None => Verdict::Create(resource),
                    Some(observed) => {
                        let existing =
                            FunctionSubscription { arn: observed.arn.clone(), ..subscription.clone() };
                        update(Resource::Subscription(existing), subscription.diff(observed))
                    }
                },
            },
        }
    }

    fn judge_configuration(&self, configuration: &ChatConfiguration) -> Verdict {
        let resource = Resource::ChatConfiguration(configuration.clone());
        let Some(global) = &self.snapshot.global else { return self.unseen() };
        let observed = match &global.configurations {
            Sight::Unknown => return self.unseen(),
            Sight::Absent => &Vec::new(),
            Sight::Seen(configurations) => configurations,
        };
        match observed.iter().find(|observed| observed.channel == configuration.channel) {
            Some(observed) => self.judge_existing(configuration, observed),
            None if observed.iter().any(|observed| observed.name == configuration.name) => {
                let why = "a configuration of this name exists for another channel, and a name is given once";
                Verdict::Blocked(Action::Conflict, Vec::new(), why.to_owned())
            }
            None => create_configuration(resource, configuration, global),
        }
    }

    fn judge_existing(
        &self,
        configuration: &ChatConfiguration,
        observed: &ObservedChatConfiguration,
    ) -> Verdict {
        if observed.tags.owner() == Some(self.fleet) {
            let fields = configuration.diff(observed);
            return update(Resource::ChatConfiguration(configuration.over(observed)), fields);
        }
        if self.desired.rooms.get(&configuration.channel).is_some_and(|room| room.adopt) {
            let fed = fed(configuration, observed);
            let fields = fed.diff(observed);
            return update(Resource::ChatConfiguration(fed.over(observed)), fields);
        }
        let why = format!(
            "channel {} already has the configuration {}, which this fleet does not own, and a channel has one \
             configuration an account: set `adopt: true` on the pipeline to feed that one",
            configuration.channel, observed.name
        );
        Verdict::Blocked(Action::Conflict, Vec::new(), why)
    }

    /// Whether nothing at all could be read where the resource lives.
    fn is_blank(&self, key: &Key) -> bool {
        self.snapshot.gaps(key.location).iter().any(|gap| gap.whole)
    }

    fn unseen(&self) -> Verdict {
        let why = "it could not be read, so nobody knows whether it is there or whose it is";
        Verdict::Blocked(Action::Withheld, Vec::new(), why.to_owned())
    }
}

/// Someone else's configuration, as it is, fed by our topics as well.
fn fed(configuration: &ChatConfiguration, observed: &ObservedChatConfiguration) -> ChatConfiguration {
    ChatConfiguration { settings: observed.settings.clone(), tags: None, ..configuration.clone() }
}

fn create_configuration(
    resource: Resource,
    configuration: &ChatConfiguration,
    global: &GlobalSnapshot,
) -> Verdict {
    let withheld = |why: String| Verdict::Blocked(Action::Withheld, Vec::new(), why);
    let (room, is_authorised) = match &configuration.channel {
        Channel::Slack(channel) => {
            let is_this = |one: &Workspace| one.id == channel.workspace && one.is_authorised();
            (format!("Slack workspace {}", channel.workspace), any(&global.workspaces, is_this))
        }
        Channel::Teams(channel) => {
            let is_this =
                |one: &Team| one.tenant == channel.tenant && one.team == channel.team && one.is_authorised();
            (format!("Microsoft Teams team {}", channel.team), any(&global.teams, is_this))
        }
    };
    match is_authorised {
        None => withheld(format!("whether {room} is authorised could not be read")),
        Some(true) => Verdict::Create(resource),
        Some(false) => withheld(format!("{room} is not yet authorised in this account")),
    }
}

/// Whether any is this one; `None` where they could not be read.
fn any<T>(all: &Sight<Vec<T>>, is_this: impl Fn(&T) -> bool) -> Option<bool> {
    match all {
        Sight::Seen(all) => Some(all.iter().any(is_this)),
        Sight::Absent => Some(false),
        Sight::Unknown => None,
    }
}

/// The same verdict, or, where something that the thing needs can't be had,
/// that nothing can be done or said of it.
fn without(lacking: Option<&String>, verdict: Verdict) -> Verdict {
    match (lacking, verdict) {
        (Some(why), Verdict::Create(_) | Verdict::InSync) => {
            Verdict::Blocked(Action::Withheld, Vec::new(), why.clone())
        }
        (Some(why), Verdict::Update(_, fields)) => Verdict::Blocked(Action::Withheld, fields, why.clone()),
        (_, verdict) => verdict,
    }
}

fn update(resource: Resource, fields: Vec<FieldChange>) -> Verdict {
    if fields.is_empty() { Verdict::InSync } else { Verdict::Update(resource, fields) }
}

/// Why a thing is not ours, if it is not.
fn taken(fleet: &str, tags: &Tags) -> Option<String> {
    match tags.owner() {
        Some(owner) if owner == fleet => None,
        Some(owner) => Some(format!("it belongs to the fleet {owner}")),
        None => Some(format!("it exists without the tag {OWNER}, so someone else made it")),
    }
}

/// Kinds sort in creation order, so the loop above meets a need before what
/// needs it.
const _: () =
    assert!((Kind::Topic as u8) < (Kind::Target as u8) && (Kind::Topic as u8) < (Kind::Alarm as u8));

#[cfg(test)]
mod tests;
