//! Circuit breakers to switch on, where the fleet asks for that and it is safe.

use crate::fleet::judgement::{Judgement, judge};
use crate::fleet::spec::{BreakerRequirement, Breakers};
use crate::model::breaker::Breaker;
use crate::model::service::Service;
use crate::model::{Action, Change, FieldChange, Region, Resource, Snapshot};

/// One change for every service whose breaker lacks something.
pub(super) fn changes(breakers: &Breakers, snapshot: &Snapshot, today: time::Date) -> Vec<Change> {
    if !breakers.remediate {
        return Vec::new();
    }
    let services = snapshot
        .regions
        .iter()
        .flat_map(|(region, snapshot)| snapshot.services.iter().map(|service| (*region, service)));
    services
        .filter(|(_, service)| matches!(judge(breakers, service, today).0, Judgement::Lacking { .. }))
        .map(|(region, service)| change(region, service, breakers.require))
        .collect()
}

fn change(region: Region, service: &Service, require: BreakerRequirement) -> Change {
    let rollback = require.rollback || service.breaker.rollback;
    let breaker = Breaker {
        region,
        cluster_arn: service.cluster_arn.clone(),
        service_arn: service.arn.clone(),
        // What is not detected can't be rolled back.
        enable: require.enable || service.breaker.enable || rollback,
        rollback,
    };
    let fields = [
        FieldChange::between("/enable", &service.breaker.enable, &breaker.enable),
        FieldChange::between("/rollback", &service.breaker.rollback, &breaker.rollback),
    ];
    let fields = fields.into_iter().flatten().collect();
    match danger(service) {
        Some(why) => Change::blocked(Action::Withheld, breaker.key(), fields, why),
        None => Change::write(Action::Update, Resource::Breaker(breaker), fields, Vec::new()),
    }
}

/// Why writing this service back would not be safe, if it would not.
fn danger(service: &Service) -> Option<String> {
    if service.deploying {
        return Some("a deployment is under way, and AWS does not say what a change does to it".to_owned());
    }
    if !service.unknown_members.is_empty() {
        return Some(format!(
            "its deployment configuration has members that this version would drop: {}",
            service.unknown_members.join(", ")
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::spec::Exemption;
    use crate::model::RegionSnapshot;
    use crate::model::service::{BreakerSettings, Controller, Scheduling, Strategy};
    use crate::plan::fixtures::{TODAY, region, service};

    fn remediating() -> Breakers {
        Breakers { remediate: true, ..Breakers::default() }
    }

    fn planned(breakers: &Breakers, service: Service) -> Vec<Change> {
        let region = region("eu-west-1");
        let seen = RegionSnapshot { services: vec![service], ..RegionSnapshot::default() };
        let snapshot = Snapshot { regions: [(region, seen)].into(), global: None };
        changes(breakers, &snapshot, TODAY)
    }

    fn web() -> Service {
        service(region("eu-west-1"), "web")
    }

    #[test]
    fn a_breaker_that_is_off_is_switched_on_only_where_the_fleet_asks_for_that() {
        assert_eq!(planned(&Breakers::default(), web()), []);
        let [change] = &planned(&remediating(), web())[..] else { panic!("one change") };
        let Some(Resource::Breaker(breaker)) = &change.resource else { panic!("a write: {change:?}") };
        assert_eq!((breaker.enable, breaker.rollback), (true, true));
        let paths: Vec<&str> = change.fields.iter().map(|field| field.path.as_str()).collect();
        assert_eq!(paths, ["/enable", "/rollback"]);
    }

    #[test]
    fn a_service_that_is_not_safe_to_write_back_is_withheld_with_the_reason() {
        for (service, why) in [
            (Service { deploying: true, ..web() }, "a deployment is under way"),
            (Service { unknown_members: vec!["mood".to_owned()], ..web() }, "mood"),
        ] {
            let [change] = &planned(&remediating(), service)[..] else { panic!("one change") };
            assert_eq!((change.action, change.resource.as_ref()), (Action::Withheld, None));
            assert!(change.why.as_deref().is_some_and(|given| given.contains(why)), "{change:?}");
            assert_eq!(change.fields.len(), 2, "what would change is told all the same");
        }
    }

    #[test]
    fn a_service_that_is_fine_or_exempt_or_not_judged_is_left_alone() {
        let on = BreakerSettings { enable: true, rollback: true };
        for service in [
            Service { breaker: on, ..web() },
            Service { controller: Controller::CodeDeploy, ..web() },
            Service { controller: Controller::External, ..web() },
            Service { controller: Controller::Other("NEW".to_owned()), ..web() },
            Service { scheduling: Scheduling::Daemon, ..web() },
            Service { strategy: Strategy::Other("BLUE_GREEN".to_owned()), ..web() },
            Service { classic_load_balancer: true, ..web() },
        ] {
            assert_eq!(planned(&remediating(), service.clone()), [], "{service:?}");
        }
        let (cluster, service, reason) = ("prod".to_owned(), "w*".to_owned(), "batch".to_owned());
        let exempt = vec![Exemption { cluster, service, reason, until: None }];
        assert_eq!(planned(&Breakers { exempt, ..remediating() }, web()), []);
    }

    #[test]
    fn a_breaker_never_loses_what_it_has_and_never_rolls_back_what_it_does_not_detect() {
        let rollback = BreakerRequirement { enable: false, rollback: true };
        let require = |require| Breakers { require, ..remediating() };
        let [change] = &planned(&require(rollback), web())[..] else { panic!("one change") };
        let Some(Resource::Breaker(breaker)) = &change.resource else { panic!("a write: {change:?}") };
        assert_eq!((breaker.enable, breaker.rollback), (true, true));
        let detection = BreakerRequirement { enable: true, rollback: false };
        let rolls_back = BreakerSettings { enable: false, rollback: true };
        let [change] = &planned(&require(detection), Service { breaker: rolls_back, ..web() })[..] else {
            panic!("one change")
        };
        let Some(Resource::Breaker(breaker)) = &change.resource else { panic!("a write: {change:?}") };
        assert_eq!((breaker.enable, breaker.rollback), (true, true));
    }
}
