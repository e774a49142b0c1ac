//! Desired × observed → changes. What a gap hides is withheld, what others own
//! is a conflict, and what needs either of those is withheld too.

use std::collections::{BTreeMap, BTreeSet};

use crate::fleet::spec::Fleet;
use crate::model::chat::{Channel, ChatConfiguration, ObservedChatConfiguration, SlackChannel};
use crate::model::desired::{Desired, Wanted};
use crate::model::snapshot::GlobalSnapshot;
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
                self.sight(rule.region, |region| region.rules.get(&rule.name)),
                |observed| (&observed.tags, rule.diff(observed), resource.clone()),
            ),
            Resource::Alarm(alarm) => self.compare(
                resource,
                self.sight(alarm.region, |region| region.alarms.get(&alarm.name)),
                |observed| (&observed.tags, alarm.diff(observed), Resource::Alarm(alarm.over(observed))),
            ),
            Resource::Target(target) => self.judge_target(target),
            Resource::ChatConfiguration(configuration) => self.judge_configuration(configuration),
            Resource::EventBus(_)
            | Resource::Connection(_)
            | Resource::ApiDestination(_)
            | Resource::Function(_)
            | Resource::Subscription(_) => self.unseen(),
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
    let Channel::Slack(SlackChannel { workspace, .. }) = &configuration.channel else {
        return withheld("teams".to_owned());
    };
    match &global.workspaces {
        Sight::Unknown => withheld(format!("whether workspace {workspace} is authorised could not be read")),
        Sight::Seen(known) if known.iter().any(|one| one.id == *workspace && one.is_authorised()) => {
            Verdict::Create(resource)
        }
        Sight::Seen(_) | Sight::Absent => {
            withheld(format!("Slack workspace {workspace} is not yet authorised in this account"))
        }
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
