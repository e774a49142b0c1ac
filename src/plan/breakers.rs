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
