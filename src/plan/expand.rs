//! Fleet × account → the resources that the account should hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::events::families;
use crate::events::parts::{Form, Origin, Request, pattern_length};
use crate::fleet::spec::{Fleet, Pipeline, When};
use crate::model::chat::{Channel, ObservedChatConfiguration};
use crate::model::desired::{Desired, Wanted};
use crate::model::{Account, AccountId, Key, Partition, Region, Resource, Sight, Snapshot, Tags};

use super::leg::{Leg, Side, form};
use super::{Inputs, Intent, pipeline, room};

/// What one account carries, and of that what was selected.
pub(super) struct Scope<'a> {
    pub inputs: &'a Inputs<'a>,
    pub account: &'a Account,
    pub tags: Tags,
    /// Every pipeline whose room is the account's.
    pub ending: Vec<&'a Pipeline>,
    /// Configurations that exist, by channel.
    pub configurations: BTreeMap<Channel, String>,
}

/// What the fleet asks for in one account: nothing, where all is to go.
pub fn desired(inputs: &Inputs<'_>) -> Desired {
    let scope = Scope::of(inputs);
    let Inputs { fleet, account, pipelines, intent, .. } = *inputs;
    let require = fleet.spec.breakers.require;
    let converges = intent != Intent::Destroy;
    let services = converges && (require.enable || require.rollback);
    let mut desired = Desired {
        regions: account.regions.iter().copied().collect(),
        services,
        // What others use is not removed.
        other_rules: services || asks_who_hears(&scope) || intent != Intent::Converge,
        other_rooms: asks_who_hears(&scope) && account.partition() == Partition::Aws,
        // A run about some pipelines leaves services alone.
        remediate: converges && fleet.spec.breakers.remediate && pipelines.is_none(),
        orphans_of: is_whole(inputs).then(|| fleet.metadata.name.clone()),
        removes: intent != Intent::Converge,
        orphan_regions: orphan_regions(inputs),
        ..Desired::default()
    };
    if converges {
        build(&scope, &mut desired);
    }
    desired
}

/// Whether a pipeline is built only where nobody hears.
fn asks_who_hears(scope: &Scope<'_>) -> bool {
    let Inputs { fleet, account, intent, .. } = *scope.inputs;
    let asks = |pipeline: &Pipeline| pipeline.when == When::Unheard && pipeline.selector.selects(account);
    intent != Intent::Destroy && fleet.spec.pipelines.iter().any(asks)
}

fn build(scope: &Scope<'_>, desired: &mut Desired) {
    let legs = legs(scope);
    for leg in &legs {
        pipeline::expand(leg, desired);
    }
    desired.routes.sort_by(|one, other| (one.region, &one.pipeline).cmp(&(other.region, &other.pipeline)));
    let channels: Vec<Channel> = desired.rooms.keys().cloned().collect();
    for channel in &channels {
        room::expand(scope, &legs, channel, desired);
    }
}

/// Whether the run is about all of the account. Only then does it show what
/// the fleet no longer asks for: what is shared belongs to several Regions and
/// pipelines.
fn is_whole(inputs: &Inputs<'_>) -> bool {
    let known = inputs.accounts.iter().find(|account| account.id == inputs.account.id);
    inputs.pipelines.is_none() && known.is_none_or(|account| account.regions == inputs.account.regions)
}

/// Where things of the fleet may stand beside the account's own Regions: those
/// of rooms and of hubs that it has.
fn orphan_regions(inputs: &Inputs<'_>) -> BTreeSet<Region> {
    if inputs.intent == Intent::Converge {
        return BTreeSet::new();
    }
    let hubs = inputs.fleet.spec.pipelines.iter().filter_map(|pipeline| pipeline.hub.as_ref());
    let hubs = hubs.filter(|hub| hub.account == inputs.account.id).map(|hub| hub.region);
    let partition = inputs.account.partition();
    let rooms = (partition == Partition::Aws).then_some(room::METRICS_REGION);
    hubs.filter(|region| region.partition() == partition).chain(rooms).collect()
}

/// The legs of every pipeline that the run is about.
fn legs<'a>(scope: &'a Scope<'a>) -> Vec<Leg<'a>> {
    let inputs = scope.inputs;
    let is_selected =
        |pipeline: &&Pipeline| inputs.pipelines.is_none_or(|names| names.contains(&pipeline.name));
    inputs.fleet.spec.pipelines.iter().filter(is_selected).flat_map(|one| legs_of(scope, one)).collect()
}

fn legs_of<'a>(scope: &'a Scope<'a>, pipeline: &'a Pipeline) -> Vec<Leg<'a>> {
    let leg = |region, side| Leg { scope, pipeline, region, side };
    let side = pipeline.hub.as_ref().map_or(Side::Alone, Side::Member);
    let carried = pipeline.selector.selects(scope.account);
    let regions = scope.account.regions.iter().filter(|_| carried);
    let hub = pipeline.hub.as_ref().filter(|hub| hub.account == scope.account.id);
    regions.map(|region| leg(*region, side)).chain(hub.map(|hub| leg(hub.region, Side::Hub(hub)))).collect()
}

/// Pipelines, by their index in the fleet file, whose pattern EventBridge would
/// not take, each with the most characters that it comes to.
pub fn oversized_patterns(fleet: &Fleet) -> Vec<(usize, usize)> {
    let regions: BTreeSet<Region> =
        fleet.spec.accounts.iter().flat_map(|account| account.regions.iter().flatten()).copied().collect();
    let regions: BTreeSet<Region> = regions.into_iter().chain(fleet.spec.regions.iter().copied()).collect();
    let lengths = fleet.spec.pipelines.iter().map(|pipeline| longest_pattern(pipeline, &regions)).enumerate();
    lengths.filter(|(_, length)| *length > families::PATTERN_LIMIT).collect()
}

/// The most characters of a pipeline's patterns. Accounts do not matter: their
/// ids are all of one length.
fn longest_pattern(pipeline: &Pipeline, regions: &BTreeSet<Region>) -> usize {
    let account = Account {
        id: AccountId::default(),
        name: String::new(),
        labels: BTreeMap::new(),
        regions: regions.iter().copied().collect(),
    };
    let length = |region: Region, origin: Origin<'_>, form: Form| {
        pattern_length(&Request {
            origin,
            region,
            pipeline: &pipeline.name,
            families: &pipeline.families(),
            patterns: &pipeline.patterns(),
            clusters: &pipeline.clusters,
            canary: pipeline.canary,
            form,
        })
    };
    let form = form(&pipeline.via);
    let own = pipeline.hub.as_ref().map_or(form, |_| Form::Event);
    let hub = pipeline
        .hub
        .as_ref()
        .map(|hub| length(hub.region, Origin::Organization { partition: hub.region.partition() }, form));
    let each = regions.iter().map(|region| length(*region, Origin::Account(&account), own));
    each.chain(hub).max().unwrap_or_default()
}

impl<'a> Scope<'a> {
    fn of(inputs: &'a Inputs<'a>) -> Self {
        let Inputs { fleet, account, .. } = *inputs;
        let ends_here = |pipeline: &&Pipeline| match &pipeline.hub {
            Some(hub) => hub.account == account.id,
            None => pipeline.selector.selects(account),
        };
        Self {
            inputs,
            account,
            tags: Tags::owned_by(&fleet.metadata.name, &fleet.spec.tags),
            ending: fleet.spec.pipelines.iter().filter(ends_here).collect(),
            configurations: configurations(inputs.snapshot),
        }
    }
}

/// A channel's configuration may exist under a name of its own, which can't be
/// changed, and the alarm must then watch that name.
fn configurations(snapshot: Option<&Snapshot>) -> BTreeMap<Channel, String> {
    match snapshot.and_then(|snapshot| snapshot.global.as_ref()).map(|global| &global.configurations) {
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
