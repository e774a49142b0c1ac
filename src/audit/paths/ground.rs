//! Where a walk stands: one account's Region, with what was read there and
//! what is asked for.

use std::collections::BTreeMap;

use super::WalkInput;
use super::trail::Step;
use crate::model::chat::Channel;
use crate::model::desired::Desired;
use crate::model::{
    AccountId, Change, HubSight, Key, Kind, Plan, Region, RegionSnapshot, Resource, Sight, Snapshot, Tags,
};

/// Whose a thing on the way is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The fleet's: one of another owner under its name is not it.
    Ours,
    /// Anybody's: what rules of others lead to.
    Anybodys,
}

/// One account's Region.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) fleet: &'a str,
    pub(super) account: &'a AccountId,
    pub(super) region: Region,
    pub(super) desired: &'a Desired,
    pub(super) snapshot: &'a Snapshot,
    pub(super) plan: &'a Plan,
    pub(super) hubs: &'a BTreeMap<AccountId, HubSight>,
    pub(super) whose: Whose,
}

impl<'a> Ground<'a> {
    /// Where events of a Region arise.
    pub(super) fn of(input: &WalkInput<'a>, region: Region) -> Self {
        Self {
            fleet: input.fleet,
            account: &input.account.id,
            region,
            desired: input.desired,
            snapshot: input.snapshot,
            plan: input.plan,
            hubs: input.hubs,
            whose: Whose::Ours,
        }
    }

    /// The same ground, walked by rules of others.
    pub(super) fn of_others(self) -> Self {
        Self { whose: Whose::Anybodys, ..self }
    }

    /// What was read here.
    pub(super) fn seen(&self) -> Option<&'a RegionSnapshot> {
        self.snapshot.regions.get(&self.region)
    }

    /// Whether nothing at all could be read here, as where the Region is not
    /// switched on: nobody knows then whether anything runs that could fail.
    pub(super) fn is_blank(&self) -> bool {
        self.seen().is_none_or(|seen| seen.gaps.iter().any(|gap| gap.whole))
    }

    /// What is asked for under a key.
    pub(super) fn wanted(&self, kind: Kind, name: &str) -> Option<&'a Resource> {
        let key = Key::new(kind, self.region, name);
        self.desired.resources.get(&key).map(|wanted| &wanted.resource)
    }

    /// The key of the configuration that the fleet asks for in a channel.
    pub(super) fn configuration_key(&self, channel: &Channel) -> Option<Key> {
        let is_of = |resource: &Resource| match resource {
            Resource::ChatConfiguration(configuration) => configuration.channel == *channel,
            _ => false,
        };
        let mut all = self.desired.resources.iter().filter(|(_, wanted)| is_of(&wanted.resource));
        all.next().map(|(key, _)| key.clone())
    }

    /// What the plan holds for a key: a write, if there is one among what keeps
    /// it from another.
    pub(super) fn planned(&self, key: &Key) -> Option<&'a Change> {
        let of_key = self.plan.changes.iter().filter(|change| change.key == *key);
        of_key.max_by_key(|change| change.is_write())
    }

    /// What the fleet asks for and is not there, with what the plan makes of it.
    pub(super) fn not_built(&self, what: &str, key: Option<&Key>) -> Step {
        Step::Stops(match key.and_then(|key| self.planned(key)) {
            Some(change) if change.is_write() => format!("{what} yet; foghorn apply makes it"),
            Some(Change { why: Some(why), .. }) => format!("{what}, and foghorn apply can't make it: {why}"),
            Some(_) | None => format!("{what}, and no change that is due makes it"),
        })
    }

    /// What was read of a thing, if it is there and whose it is to be.
    pub(super) fn find<T>(
        &self,
        (kind, name): (Kind, &str),
        sight: Option<&'a Sight<T>>,
        is_ours: impl Fn(&T) -> bool,
    ) -> Result<&'a T, Step> {
        let noun = noun(kind);
        match (sight, self.whose) {
            (None | Some(Sight::Unknown), _) => Err(Step::Unseen),
            (Some(Sight::Absent), Whose::Ours) => {
                let key = Key::new(kind, self.region, name);
                Err(self.not_built(&format!("there is no such {noun}"), Some(&key)))
            }
            (Some(Sight::Absent), Whose::Anybodys) => Err(Step::Stops(format!("there is no such {noun}"))),
            (Some(Sight::Seen(observed)), Whose::Ours) if !is_ours(observed) => {
                Err(Step::Stops("its name is taken by something that the fleet does not own".to_owned()))
            }
            (Some(Sight::Seen(observed)), _) => Ok(observed),
        }
    }

    /// Whether tags say that the fleet owns a thing.
    pub(super) fn owns(&self, tags: &Tags) -> bool {
        tags.owner() == Some(self.fleet)
    }
}

/// What a person calls a thing of a kind.
fn noun(kind: Kind) -> String {
    match kind {
        Kind::ApiDestination => "API destination".to_owned(),
        Kind::EventBus => "event bus".to_owned(),
        other => other.to_string().to_lowercase(),
    }
}
