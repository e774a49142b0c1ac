//! The hops that a canary meets, from what the fleet asks for.

use std::collections::BTreeMap;

use crate::events::canary::{self, Entry};
use crate::model::desired::{Desired, Route, RouteEnd};
use crate::model::rule::{bus_and_name, place};
use crate::model::sounding::HopKind;
use crate::model::target::Target;
use crate::model::{Account, AccountId, HubAddress, HubSight, Kind, Region, Resource, arn};

/// The way of one canary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The account in which the canary is sent.
    pub account: Account,
    /// The pipeline's way from the Region in which it is sent.
    pub route: Route,
    /// Which of the pipeline's parts the canary is for; `None` for the first.
    pub part: Option<String>,
    /// The pipeline's rules: those of the account and, behind them, the hub's.
    pub legs: Vec<Leg>,
    /// The hops in order.
    pub stops: Vec<Stop>,
}

/// The rules of which each event is to match one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// The account.
    pub account: AccountId,
    /// The Region.
    pub region: Region,
    /// The places of the rules.
    pub rules: Vec<String>,
}

/// A hop whose passing AWS counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stop {
    /// What kind of hop it is.
    pub kind: HopKind,
    /// Whose metrics count it.
    pub account: AccountId,
    /// Where the metrics are.
    pub region: Region,
    /// What the metrics know it by: the place of a rule, or a name.
    pub name: String,
    /// What people know it by.
    pub subject: String,
    /// The queue that keeps what a target did not take.
    pub dead_letters: Option<String>,
}

impl Course {
    /// The place of the rule that is to take the canary.
    pub fn rule(&self) -> &str {
        self.stops.first().map_or("", |stop| &stop.name)
    }

    /// The canary of one run.
    pub fn canary(&self, run: &str) -> Entry {
        canary::entry(&self.route.pipeline, self.part.as_deref(), run)
    }
}

/// The courses of all pipelines that an account carries. `sights` are of the
/// account itself and of all hubs.
pub fn courses(account: &Account, sights: &BTreeMap<AccountId, HubSight>) -> Vec<Course> {
    let Some(sight) = sights.get(&account.id) else { return Vec::new() };
    sight.desired.routes.iter().map(|route| course(account, &sight.desired, route, sights)).collect()
}

fn course(
    account: &Account,
    desired: &Desired,
    route: &Route,
    sights: &BTreeMap<AccountId, HubSight>,
) -> Course {
    let own = Place { account: &account.id, region: route.region, desired };
    let rules: Vec<String> = route.rules.iter().map(|key| key.name.clone()).collect();
    let mut legs = vec![Leg { account: account.id.clone(), region: route.region, rules: rules.clone() }];
    let mut stops = own.rule(rules.first(), [HopKind::Rule, HopKind::Target]);
    let (mut taking, mut last) = (rules.first().cloned(), Some(own));
    if let Some(hub) = &route.hub {
        last = sights.get(&hub.account).map(|sight| Place::of_hub(hub, &sight.desired));
        let rules = last.map(|place| place.rules_on(&hub.bus)).unwrap_or_default();
        taking = rules.first().cloned();
        let kinds = [HopKind::HubRule, HopKind::HubTarget];
        let of_hub = last.map(|place| place.rule(rules.first(), kinds));
        stops.extend(of_hub.unwrap_or_else(|| vec![hidden_hub(hub)]));
        legs.push(Leg { account: hub.account.clone(), region: hub.region, rules });
    }
    if let Some(place) = last {
        stops.extend(place.topic(taking.as_deref()));
        stops.extend(place.end(&route.end));
    }
    let part = taking.as_deref().and_then(|place| bus_and_name(place).1.split_once('.'));
    let part = part.map(|(_, suffix)| suffix.to_owned());
    Course { account: account.clone(), route: route.clone(), part, legs, stops }
}

/// A Region of an account, with what the fleet asks for in the account.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    account: &'a AccountId,
    region: Region,
    desired: &'a Desired,
}

impl<'a> Place<'a> {
    fn of_hub(hub: &'a HubAddress, desired: &'a Desired) -> Self {
        Self { account: &hub.account, region: hub.region, desired }
    }

    /// The rule that is to take the canary, and its target.
    fn rule(self, rule: Option<&String>, [took, passed_on]: [HopKind; 2]) -> Vec<Stop> {
        let Some(rule) = rule else { return Vec::new() };
        let whose = if took == HopKind::HubRule { " of the hub" } else { "" };
        let mut stops = vec![self.stop(took, rule, format!("rule {}{whose}", bus_and_name(rule).1))];
        if let Some(target) = self.target(rule) {
            let mut stop = self.stop(passed_on, rule, target_in_words(&target.settings.arn));
            let queue = target.settings.dead_letter_arn.as_deref();
            stop.dead_letters = queue.map(|queue| arn::last_segment(queue).to_owned());
            stops.push(stop);
        }
        stops
    }

    /// The topic that the rule leads to, if it leads to one.
    fn topic(self, rule: Option<&str>) -> Option<Stop> {
        let target = self.target(rule?)?;
        let (service, name) = service_and_name(&target.settings.arn);
        (service == "sns").then(|| self.stop(HopKind::Topic, name, format!("topic {name}")))
    }

    /// Where the pipeline ends. EventBridge posts to a webhook by itself, which
    /// its target counts already.
    fn end(self, end: &RouteEnd) -> Option<Stop> {
        match end {
            RouteEnd::Channel(channel) => {
                let named = self.desired.resources.values().find_map(|wanted| match &wanted.resource {
                    Resource::ChatConfiguration(one) if one.channel == *channel => Some(&one.name),
                    _ => None,
                })?;
                let subject = format!("AWS Chatbot configuration {named}");
                // AWS Chatbot's metrics are there and nowhere else (AWS Chatbot
                // administrator guide, monitoring).
                let home = Self { region: Region::US_EAST_1, ..self };
                Some(home.stop(HopKind::Chatbot, named, subject))
            }
            RouteEnd::Function(name) => Some(self.stop(HopKind::Function, name, format!("function {name}"))),
            RouteEnd::Destination { .. } => None,
        }
    }

    fn stop(self, kind: HopKind, name: &str, subject: String) -> Stop {
        let (account, name) = (self.account.clone(), name.to_owned());
        Stop { kind, account, region: self.region, name, subject, dead_letters: None }
    }

    fn target(self, rule: &str) -> Option<&'a Target> {
        self.desired.resources.values().find_map(|wanted| match &wanted.resource {
            Resource::Target(target) if target.region == self.region && target.rule == rule => Some(target),
            _ => None,
        })
    }

    /// The places of the rules on a bus.
    fn rules_on(self, bus: &str) -> Vec<String> {
        let keys = self.desired.resources.keys().filter(|key| key.kind == Kind::Rule);
        let here = keys.filter(|key| key.location == self.region.into());
        here.map(|key| key.name.clone()).filter(|place| bus_and_name(place).0 == Some(bus)).collect()
    }
}

/// A hub of which nothing is known.
fn hidden_hub(hub: &HubAddress) -> Stop {
    Stop {
        kind: HopKind::HubRule,
        account: hub.account.clone(),
        region: hub.region,
        name: place(Some(&hub.bus), &hub.bus),
        subject: format!("bus {} of account {}", hub.bus, hub.account),
        dead_letters: None,
    }
}

/// A target as people know it.
fn target_in_words(target: &str) -> String {
    let (service, name) = service_and_name(target);
    match (service, target.contains(":api-destination/")) {
        ("sns", _) => format!("topic {name}"),
        ("lambda", _) => format!("function {name}"),
        (_, true) => format!("webhook of API destination {name}"),
        _ => format!("bus {name} of account {}", target.split(':').nth(4).unwrap_or_default()),
    }
}

fn service_and_name(target: &str) -> (&str, &str) {
    (target.split(':').nth(2).unwrap_or_default(), arn::last_segment(target))
}

#[cfg(test)]
mod tests {
    use crate::fleet::spec::{Events, Pipeline};
    use crate::model::{EventFamily, Snapshot};
    use crate::plan::fixtures::{account, desired, fleet, hub, pipeline, pipeline_via};

    use super::*;

    /// The part and the hops of a pipeline's canary, sent in account
    /// 111111111111.
    fn course_of(pipeline: Pipeline) -> (Option<String>, Vec<String>) {
        let (fleet, member) = (fleet(vec![pipeline]), account(&["eu-west-1"]));
        let hub = Account { id: "222222222222".parse().expect("an account id"), ..member.clone() };
        let sight = |account: &Account| {
            let desired = desired(&fleet, account, &Snapshot::default());
            (account.id.clone(), HubSight { desired, ..HubSight::default() })
        };
        let sights = BTreeMap::from([sight(&member), sight(&hub)]);
        let mut courses = courses(&member, &sights);
        assert_eq!(courses.len(), 1);
        let course = courses.remove(0);
        let hops = course.stops.iter().map(|stop| format!("{:?}: {}", stop.kind, stop.subject));
        (course.part.clone(), hops.collect())
    }

    #[test]
    fn a_canary_meets_what_its_way_is_made_of() {
        let webhook = "{ webhook: { secretsManager: foghorn/room } }";
        let start = ["Rule: rule foghorn-p"];
        for (via, rest) in [
            (
                "{ chatbot: { slack: { workspaceId: T1, channelId: C1 } } }".to_owned(),
                vec![
                    "Target: topic foghorn-p",
                    "Topic: topic foghorn-p",
                    "Chatbot: AWS Chatbot configuration foghorn-T1-C1",
                ],
            ),
            (
                format!("{{ apiDestination: {{ slack: {webhook} }} }}"),
                vec!["Target: webhook of API destination foghorn-p"],
            ),
            (
                format!("{{ lambda: {{ googleChat: {webhook} }} }}"),
                vec!["Target: function foghorn-p", "Function: function foghorn-p"],
            ),
            (
                format!("{{ lambda: {{ googleChat: {webhook}, topic: true }} }}"),
                vec!["Target: topic foghorn-p", "Topic: topic foghorn-p", "Function: function foghorn-p"],
            ),
        ] {
            let (part, hops) = course_of(pipeline_via("p", &via));
            assert_eq!(
                (part, hops),
                (None, [&start[..], &rest].concat().into_iter().map(str::to_owned).collect())
            );
        }
    }

    #[test]
    fn a_canary_for_a_hub_meets_the_member_s_rule_and_then_all_that_is_the_hub_s() {
        let (_, hops) = course_of(Pipeline { hub: Some(hub("eu-west-1", None)), ..pipeline("deploys") });
        let expected = [
            "Rule: rule foghorn-deploys",
            "Target: bus foghorn-deploys of account 222222222222",
            "HubRule: rule foghorn-deploys of the hub",
            "HubTarget: topic foghorn-deploys",
            "Topic: topic foghorn-deploys",
            "Chatbot: AWS Chatbot configuration foghorn-T1-C1",
        ];
        assert_eq!(hops, expected);
    }

    #[test]
    fn a_canary_is_for_the_part_whose_rule_takes_it() {
        let tasks = vec![Events::Family(EventFamily::TaskStopped)];
        let pipeline = Pipeline { events: tasks, ..pipeline("stops") };
        assert_eq!(course_of(pipeline.clone()).0.as_deref(), Some("tasks"));
        let through_hub = Pipeline { hub: Some(hub("eu-west-1", None)), ..pipeline };
        let (part, hops) = course_of(through_hub);
        assert_eq!(
            (part.as_deref(), hops[2].as_str()),
            (Some("tasks"), "HubRule: rule foghorn-stops.tasks of the hub")
        );
    }
}
