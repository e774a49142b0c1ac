//! Fleet × account → the resources that the account should hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::events::families;
use crate::fleet::spec::{Fleet, Pipeline};
use crate::model::chat::{Channel, ObservedChatConfiguration, SlackChannel};
use crate::model::desired::{Desired, Room, Wanted};
use crate::model::{Account, AccountId, GlobalSnapshot, Key, Partition, Region, Resource, Sight, Tags};

use super::{pipeline, room};

/// What one account carries, and of that what was selected.
pub(super) struct Scope<'a> {
    pub account: &'a Account,
    pub tags: Tags,
    /// Every pipeline that the account carries.
    pub carried: Vec<&'a Pipeline>,
    /// Those that this run is about.
    pub selected: Vec<&'a Pipeline>,
    /// Configurations that exist, by channel.
    pub configurations: BTreeMap<Channel, String>,
}

/// What the fleet asks for in one account.
///
/// `pipelines` names those that the run is about; `None` stands for all.
/// `global` is what is known of AWS Chatbot: a channel's configuration may
/// exist under a name of its own, and the alarm must then watch that name.
pub fn desired(
    fleet: &Fleet,
    account: &Account,
    pipelines: Option<&[String]>,
    global: Option<&GlobalSnapshot>,
) -> Desired {
    let scope = Scope::of(fleet, account, pipelines, global);
    let require = fleet.spec.breakers.require;
    let mut desired = Desired {
        regions: account.regions.iter().copied().collect(),
        services: require.enable || require.rollback,
        // A run about some pipelines leaves services alone.
        remediate: fleet.spec.breakers.remediate && pipelines.is_none(),
        ..Desired::default()
    };
    for pipeline in &scope.selected {
        if is_built(account) {
            let adopt = pipeline.via.chatbot.slack.adopt;
            desired.rooms.insert(channel(pipeline), Room { adopt });
        }
        for region in &account.regions {
            pipeline::expand(&scope, pipeline, *region, &mut desired);
        }
    }
    desired.routes.sort_by(|one, other| (one.region, &one.pipeline).cmp(&(other.region, &other.pipeline)));
    let channels: Vec<Channel> = desired.rooms.keys().cloned().collect();
    for channel in &channels {
        room::expand(&scope, channel, &mut desired);
    }
    desired
}

/// Pipelines, by their index in the fleet file, whose pattern EventBridge would
/// not take, each with the most characters that it comes to.
pub fn oversized_patterns(fleet: &Fleet) -> Vec<(usize, usize)> {
    let regions: BTreeSet<Region> =
        fleet.spec.accounts.iter().flat_map(|account| account.regions.iter().flatten()).copied().collect();
    let regions: BTreeSet<Region> = regions.into_iter().chain(fleet.spec.regions.iter().copied()).collect();
    let lengths = fleet.spec.pipelines.iter().map(|pipeline| pattern_length(pipeline, &regions)).enumerate();
    lengths.filter(|(_, length)| *length > families::PATTERN_LIMIT).collect()
}

/// The most characters of a pipeline's pattern. Accounts do not matter: their
/// ids are all of one length.
fn pattern_length(pipeline: &Pipeline, regions: &BTreeSet<Region>) -> usize {
    let events = pipeline.events.iter().copied().collect();
    let account = AccountId::default();
    let length = |region: &Region| {
        let pattern = families::pattern(&events, &pipeline.clusters, *region, &account);
        pattern.to_string().chars().count()
    };
    regions.iter().map(length).max().unwrap_or_default()
}

/// Whether a pipeline can be built in the account at all: every ARN of AWS
/// Chatbot's service model is in the partition `aws`. Elsewhere the route stands
/// for itself, so that it shows as broken.
pub(super) fn is_built(account: &Account) -> bool {
    account.partition() == Partition::Aws
}

/// The room that a pipeline ends in.
pub(super) fn channel(pipeline: &Pipeline) -> Channel {
    let slack = &pipeline.via.chatbot.slack;
    Channel::Slack(SlackChannel { workspace: slack.workspace_id.clone(), channel: slack.channel_id.clone() })
}

impl<'a> Scope<'a> {
    fn of(
        fleet: &'a Fleet,
        account: &'a Account,
        pipelines: Option<&[String]>,
        global: Option<&GlobalSnapshot>,
    ) -> Self {
        let carried: Vec<&Pipeline> =
            fleet.spec.pipelines.iter().filter(|pipeline| pipeline.selector.selects(account)).collect();
        let is_selected = |pipeline: &&Pipeline| pipelines.is_none_or(|names| names.contains(&pipeline.name));
        Self {
            account,
            tags: Tags::owned_by(&fleet.metadata.name, &fleet.spec.tags),
            selected: carried.iter().copied().filter(is_selected).collect(),
            carried,
            configurations: configurations(global),
        }
    }
}

fn configurations(global: Option<&GlobalSnapshot>) -> BTreeMap<Channel, String> {
    match global.map(|global| &global.configurations) {
        Some(Sight::Seen(configurations)) => {
            let name = |one: &ObservedChatConfiguration| (one.channel.clone(), one.name.clone());
            configurations.iter().map(name).collect()
        }
        _ => BTreeMap::new(),
    }
}

/// Adds a resource with what it needs and gives back its key.
pub(super) fn want(desired: &mut Desired, resource: Resource, needs: Vec<Key>) -> Key {
    let key = resource.key();
    desired.resources.insert(key.clone(), Wanted { resource, needs });
    key
}

#[cfg(test)]
mod tests;
