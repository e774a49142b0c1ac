//! The way of an event through the rules that the plan wants built: the rule
//! that takes it, the hub that takes it on, and the room.

use serde_json::Value;

use crate::events::pattern::{Pattern, Prepared};
use crate::fleet::Fleet;
use crate::fleet::spec::Pipeline;
use crate::model::desired::Desired;
use crate::model::hub::HubAddress;
use crate::model::materials::Materials;
use crate::model::rehearsal::{Delivery, NotTaken, RulePlace};
use crate::model::rule::Rule;
use crate::model::target::Target;
use crate::model::{Account, Region, Resource};
use crate::plan::{self, Heard, Inputs, Intent};

use super::accounts::Accounts;
use super::event::Event;
use super::{Why, message, why};

/// What an event is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'a> {
    pub fleet: &'a Fleet,
    pub accounts: &'a Accounts,
    pub event: &'a Event,
}

/// What the plan wants in one place, and who is there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    pub account: &'a Account,
    pub region: Region,
    pub desired: &'a Desired,
}

/// A rule that takes the event, and one of its targets.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    pub rule: &'a Rule,
    pub target: &'a Target,
    pub place: RulePlace,
}

impl Ground<'_> {
    /// What the plan wants of one pipeline in an account. Webhooks and the
    /// notifier are not brought along: no rule and no message follows from them.
    fn desired(&self, pipeline: &Pipeline, account: &Account) -> Desired {
        plan::desired(&Inputs {
            fleet: self.fleet,
            account,
            accounts: &self.accounts.all,
            pipelines: Some(std::slice::from_ref(&pipeline.name)),
            snapshot: None,
            materials: &Materials::default(),
            heard: &Heard::new(),
            intent: Intent::Converge,
        })
    }
}

/// What the pipeline's room gets of the event, which arises in this account.
///
/// # Errors
/// Why the pipeline does not take it.
pub(super) fn deliveries(
    ground: &Ground<'_>,
    pipeline: &Pipeline,
    account: &Account,
) -> Result<Vec<Delivery>, Why> {
    let desired = ground.desired(pipeline, account);
    let site = Site { account, region: ground.event.region, desired: &desired };
    let hub = desired.routes.iter().find(|route| route.region == site.region && route.hub.is_some());
    let taken = taken(ground, pipeline, &site, None)?;
    match hub.and_then(|route| route.hub.as_ref()) {
        None => Ok(taken.iter().map(|one| delivery(ground, pipeline, &site, one, None)).collect()),
        Some(address) => through_hub(ground, pipeline, address, &taken),
    }
}

/// Every event that a member's rules take comes to the hub's bus once a rule.
fn through_hub(
    ground: &Ground<'_>,
    pipeline: &Pipeline,
    address: &HubAddress,
    forwarded: &[Taken<'_>],
) -> Result<Vec<Delivery>, Why> {
    let Some(account) = ground.accounts.get(&address.account) else {
        let message = format!("the hub's account {} is not one of the fleet's", address.account);
        return Err((NotTaken::Hub, message));
    };
    let desired = ground.desired(pipeline, account);
    let site = Site { account, region: address.region, desired: &desired };
    let at_hub = taken(ground, pipeline, &site, Some(&address.bus))
        .map_err(|(_, message)| (NotTaken::Hub, format!("the hub does not take it on: {message}")))?;
    let each = forwarded.iter().flat_map(|member| at_hub.iter().map(move |hub| (member, hub)));
    Ok(each.map(|(member, hub)| delivery(ground, pipeline, &site, hub, Some(&member.place))).collect())
}

/// The delivery by a rule, or by the hub's rule after a member's.
fn delivery(
    ground: &Ground<'_>,
    pipeline: &Pipeline,
    site: &Site<'_>,
    taken: &Taken<'_>,
    member: Option<&RulePlace>,
) -> Delivery {
    let written = message::written(ground, pipeline, site, taken);
    let (rule, hub) = match member {
        Some(member) => (member.clone(), Some(taken.place.clone())),
        None => (taken.place.clone(), None),
    };
    Delivery {
        rule,
        hub,
        room: message::room(pipeline),
        text: written.text,
        message: written.message,
        refused: written.refused,
    }
}

/// The rules on a bus that take the event, each with its target.
fn taken<'a>(
    ground: &Ground<'_>,
    pipeline: &Pipeline,
    site: &Site<'a>,
    bus: Option<&str>,
) -> Result<Vec<Taken<'a>>, Why> {
    let rules: Vec<(&Rule, Pattern)> = rules(site, bus)
        .map(|rule| Pattern::parse(&rule.pattern).map(|pattern| (rule, pattern)))
        .collect::<Result<_, _>>()
        .map_err(|error| (NotTaken::NotBuilt, format!("EventBridge would refuse its rule: {error}")))?;
    if rules.is_empty() {
        return Err((NotTaken::NotBuilt, nothing_built(site)));
    }
    let body: &Value = &ground.event.body;
    let prepared = Prepared::new(body);
    let matching = rules.iter().filter(|(_, pattern)| pattern.matches_prepared(&prepared));
    let taken: Vec<Taken<'a>> =
        matching.flat_map(|(rule, _)| with_targets(site, rule, rules.len())).collect();
    if taken.is_empty() {
        let patterns: Vec<&Pattern> = rules.iter().map(|(_, pattern)| pattern).collect();
        return Err(why::not_taken(pipeline, &patterns, body));
    }
    Ok(taken)
}

fn rules<'a>(site: &Site<'a>, bus: Option<&str>) -> impl Iterator<Item = &'a Rule> {
    let region = site.region;
    let all = site.desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Rule(rule) => Some(rule),
        _ => None,
    });
    let bus = bus.map(str::to_owned);
    all.filter(move |rule| rule.region == region && rule.bus == bus)
}

fn with_targets<'a>(site: &Site<'a>, rule: &'a Rule, of: usize) -> Vec<Taken<'a>> {
    let key = rule.key().name;
    let place = RulePlace {
        account: site.account.id.clone(),
        region: rule.region,
        bus: rule.bus.clone(),
        name: rule.name.clone(),
        of,
    };
    let targets = site.desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Target(target) if target.region == rule.region && target.rule == key => Some(target),
        _ => None,
    });
    targets.map(|target| Taken { rule, target, place: place.clone() }).collect()
}

/// Why the plan wants no rule in a place that the pipeline is about.
fn nothing_built(site: &Site<'_>) -> String {
    format!(
        "nothing is built in {}: AWS Chatbot exists in the partition aws alone, and events don't cross from one \
         partition to another",
        site.region
    )
}
