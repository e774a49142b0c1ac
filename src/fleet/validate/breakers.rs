//! What is asked of circuit breakers, and of which services less is asked.

use time::Date;

use super::Verdict;
use super::names;
use crate::fleet::spec::{Exemption, Fleet};

pub(super) fn check(fleet: &Fleet, today: Date, verdict: &mut Verdict) {
    for (index, exemption) in fleet.spec.breakers.exempt.iter().enumerate() {
        one(&format!("spec.breakers.exempt[{index}]"), exemption, today, verdict);
    }
}

fn one(path: &str, exemption: &Exemption, today: Date, verdict: &mut Verdict) {
    verdict.text(format!("{path}.cluster"), names::ecs_glob(&exemption.cluster, "cluster"));
    verdict.text(format!("{path}.service"), names::ecs_glob(&exemption.service, "service"));
    if exemption.reason.trim().is_empty() {
        verdict
            .error(format!("{path}.reason"), "the reason is empty: say why, for those who read the report");
    }
    if let Some(until) = exemption.until.filter(|_| !exemption.holds_on(today)) {
        verdict.warning(
            format!("{path}.until"),
            format!("expired on {until}: it no longer exempts; remove it or set a later day"),
        );
    }
}
