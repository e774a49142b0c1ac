//! What became of a canary before anything could be counted.

use std::collections::BTreeMap;

use super::course::Course;
use crate::fleet::spec::Fleet;
use crate::model::rule::{ObservedRule, bus_and_name};
use crate::model::sounding::SentCanary;
use crate::model::{AccountId, HubSight, Key, Kind, Sight};
use crate::plan::guard;

/// What became of a canary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The pipeline takes none.
    Off,
    /// It was not sent, for this reason.
    NotSent(String),
    /// Nobody knows whether there is a rule that would take it.
    Unread(String),
    /// It was sent, or may have been.
    Sent(SentCanary),
}

/// Why a canary must not be sent, or not yet; `None` if it may.
pub fn obstacle(fleet: &Fleet, course: &Course, sights: &BTreeMap<AccountId, HubSight>) -> Option<Fate> {
    let pipeline = fleet.spec.pipelines.iter().find(|pipeline| pipeline.name == course.route.pipeline);
    if pipeline.is_some_and(|pipeline| !pipeline.canary) {
        return Some(Fate::Off);
    }
    if let Some(why) = guard::forbidden(&fleet.spec.guard, &course.account) {
        return Some(Fate::NotSent(format!("a canary is a write, and {why}")));
    }
    let rule = bus_and_name(course.rule()).1;
    match sight_of_rule(course, sights) {
        Some(Sight::Seen(_)) => None,
        Some(Sight::Unknown) => Some(Fate::Unread(format!("the rule {rule} could not be read"))),
        Some(Sight::Absent) => {
            Some(Fate::NotSent(format!("there is no rule {rule} yet: `foghorn apply` makes it")))
        }
        None => Some(Fate::NotSent("the pipeline can't be built here".to_owned())),
    }
}

/// What was read of the rule that is to take a canary; `None` where the fleet
/// asks for no such rule.
fn sight_of_rule<'a>(
    course: &Course,
    sights: &'a BTreeMap<AccountId, HubSight>,
) -> Option<&'a Sight<ObservedRule>> {
    let sight = sights.get(&course.account.id)?;
    let region = course.route.region;
    let key = Key::new(Kind::Rule, region, course.rule());
    let read = sight.snapshot.regions.get(&region).and_then(|region| region.rules.get(course.rule()));
    sight.desired.resources.contains_key(&key).then(|| read.unwrap_or(&Sight::Unknown))
}

#[cfg(test)]
mod tests {
    use crate::model::Snapshot;
    use crate::plan::fixtures::{account, bare, desired, fleet, pipeline, settled};
    use crate::sounding::course::courses;

    use super::*;

    /// The obstacle in an account where this was read.
    fn found(fleet: &Fleet, read: impl Fn(&Fleet) -> Snapshot) -> Option<Fate> {
        let account = account(&["eu-west-1"]);
        let desired = desired(fleet, &account, &Snapshot::default());
        let sight = HubSight { desired, snapshot: read(fleet), ..HubSight::default() };
        let sights = BTreeMap::from([(account.id.clone(), sight)]);
        obstacle(fleet, &courses(&account, &sights)[0], &sights)
    }

    fn built(fleet: &Fleet) -> Snapshot {
        settled(fleet, &account(&["eu-west-1"]))
    }

    #[test]
    fn a_canary_is_sent_where_its_rule_stands_and_nothing_forbids_it() {
        let mut fleet = fleet(vec![pipeline("deploys")]);
        assert_eq!(found(&fleet, built), None);
        fleet.spec.guard.deny = vec!["222222222222".parse().expect("an account id")];
        assert_eq!(found(&fleet, built), None);
    }

    #[test]
    fn the_guard_forbids_canaries_like_every_other_write() {
        let mut frozen = fleet(vec![pipeline("deploys")]);
        frozen.spec.guard.freeze = true;
        let mut denied = fleet(vec![pipeline("deploys")]);
        denied.spec.guard.deny = vec![account(&[]).id];
        for (fleet, word) in [(frozen, "freeze"), (denied, "deny")] {
            let fate = found(&fleet, built);
            assert!(matches!(&fate, Some(Fate::NotSent(why)) if why.contains(word)), "{fate:?}");
        }
    }

    #[test]
    fn no_canary_is_sent_where_no_rule_would_take_it() {
        let fleet = fleet(vec![pipeline("deploys")]);
        let fate = found(&fleet, |fleet| bare(fleet, &account(&["eu-west-1"])));
        assert!(
            matches!(&fate, Some(Fate::NotSent(why)) if why.contains("no rule foghorn-deploys")),
            "{fate:?}"
        );
        let fate = found(&fleet, |_| Snapshot::default());
        assert!(matches!(&fate, Some(Fate::Unread(why)) if why.contains("foghorn-deploys")), "{fate:?}");
        let mut off = fleet;
        off.spec.pipelines[0].canary = false;
        assert_eq!(found(&off, built), Some(Fate::Off));
    }
}
