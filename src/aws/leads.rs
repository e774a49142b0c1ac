//! What is still to be read of that to which rules of others lead.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::destination::name_in;
use crate::model::rule::ObservedRule;
use crate::model::snapshot::RegionInterest;
use crate::model::{AccountId, Region, RegionSnapshot, Sight, arn};

/// What the rules of others lead to in the same account and Region, directly
/// or through a topic, an API destination or a bus, and the snapshot lacks.
pub(super) fn missing(snapshot: &RegionSnapshot, account: &AccountId, region: Region) -> RegionInterest {
    let mut interest = RegionInterest::default();
    for arn in arns(snapshot) {
        if arn.split(':').nth(3) == Some(region.as_str()) && arn.split(':').nth(4) == Some(account.as_str()) {
            note(&mut interest, arn);
        }
    }
    drop_known(&mut interest.topics, &snapshot.topics);
    drop_known(&mut interest.functions, &snapshot.functions);
    drop_known(&mut interest.destinations, &snapshot.destinations);
    drop_known(&mut interest.connections, &snapshot.connections);
    drop_known(&mut interest.buses, &snapshot.buses);
    interest
}

fn drop_known<T>(names: &mut BTreeSet<String>, known: &BTreeMap<String, Sight<T>>) {
    names.retain(|name| !known.contains_key(name));
}

/// Every ARN that an event may be carried to next.
fn arns(snapshot: &RegionSnapshot) -> impl Iterator<Item = &str> {
    let others = snapshot.other_rules.seen().into_iter().flat_map(BTreeMap::values);
    let on_buses = snapshot.rules.iter().filter(|(place, _)| place.contains('/'));
    let rules = others.chain(on_buses.filter_map(|(_, rule)| rule.seen()));
    let topics = snapshot.topics.values().filter_map(Sight::seen);
    let subscriptions = topics.filter_map(|topic| topic.subscriptions.as_ref()).flatten();
    let functions = subscriptions.filter(|subscription| subscription.protocol == "lambda");
    let destinations = snapshot.destinations.values().filter_map(Sight::seen);
    rules
        .flat_map(targets_of)
        .chain(functions.map(|subscription| subscription.endpoint.as_str()))
        .chain(destinations.map(|destination| destination.connection_arn.as_str()))
}

fn targets_of(rule: &ObservedRule) -> impl Iterator<Item = &str> {
    let targets = rule.targets.seen().into_iter().flatten();
    targets.map(|target| target.settings.arn.as_str())
}

fn note(interest: &mut RegionInterest, target: &str) {
    let parts: Vec<&str> = target.splitn(6, ':').collect();
    let [_, _, service, _, _, resource] = parts[..] else { return };
    let (names, name) = match (service, resource.split('/').next().unwrap_or_default()) {
        ("sns", _) => (&mut interest.topics, Some(resource)),
        // A version or an alias may follow the name.
        ("lambda", _) => (&mut interest.functions, resource.split(':').nth(1)),
        ("events", "api-destination") => (&mut interest.destinations, name_in(target)),
        ("events", "connection") => (&mut interest.connections, name_in(target)),
        // The default bus is no target of a rule on it.
        ("events", "event-bus") => {
            (&mut interest.buses, Some(arn::last_segment(target)).filter(|name| *name != "default"))
        }
        _ => return,
    };
    names.extend(name.map(str::to_owned));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tags;
    use crate::model::target::{ObservedTarget, TargetSettings};

    fn rule(arns: &[&str]) -> ObservedRule {
        let target = |arn: &&str| ObservedTarget {
            id: "t".to_owned(),
            settings: TargetSettings {
                arn: format!("arn:aws:{arn}"),
                role_arn: None,
                transformer: None,
                input: None,
                input_path: None,
                retry_policy: None,
                dead_letter_arn: None,
            },
        };
        ObservedRule {
            description: None,
            pattern: None,
            state: "ENABLED".to_owned(),
            tags: Tags::default(),
            targets: Sight::Seen(arns.iter().map(target).collect()),
        }
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_rules_of_others_lead_to_is_read_where_it_is_in_the_same_account_and_region() {
        let rule = rule(&[
            "sns:us-east-1:111111111111:alerts",
            "sns:us-east-1:111111111111:known",
            "sns:us-east-1:222222222222:elsewhere",
            "sns:eu-west-1:111111111111:elsewhere",
            "lambda:us-east-1:111111111111:function:hook:live",
            "events:us-east-1:111111111111:api-destination/chat",
            "events:us-east-1:111111111111:event-bus/central",
            "logs:us-east-1:111111111111:log-group:/x",
        ]);
        let snapshot = RegionSnapshot {
            other_rules: Sight::Seen([("theirs".to_owned(), rule)].into()),
            topics: [("known".to_owned(), Sight::Absent)].into(),
            ..RegionSnapshot::default()
        };
        let account = "111111111111".parse().unwrap();
        let expected = RegionInterest {
            topics: set(&["alerts"]),
            functions: set(&["hook"]),
            destinations: set(&["chat"]),
            buses: set(&["central"]),
            ..RegionInterest::default()
        };
        assert_eq!(missing(&snapshot, &account, Region::US_EAST_1), expected);
    }
}
