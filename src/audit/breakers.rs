//! Whether every service has the circuit breaker that the fleet requires.

use std::collections::BTreeMap;

use serde_json::json;

use super::finding;
use crate::fleet::judgement::{Judgement, judge};
use crate::fleet::spec::{Breakers, Exemption};
use crate::model::service::Service;
use crate::model::{Check, Finding, Region, Severity, Snapshot};

pub(super) fn check(breakers: &Breakers, snapshot: &Snapshot, today: time::Date) -> Vec<Finding> {
    snapshot
        .regions
        .iter()
        .flat_map(|(region, snapshot)| check_region(breakers, *region, &snapshot.services, today))
        .collect()
}

fn check_region(
    breakers: &Breakers,
    region: Region,
    services: &[Service],
    today: time::Date,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut expired: BTreeMap<(&str, &str), (&Exemption, usize)> = BTreeMap::new();
    for service in services {
        let (judgement, run_out) = judge(breakers, service, today);
        findings.extend(judged(region, service, &judgement));
        if let Some(exemption) = run_out {
            expired.entry((&exemption.cluster, &exemption.service)).or_insert((exemption, 0)).1 += 1;
        }
    }
    findings.extend(expired.into_values().map(|(exemption, count)| run_out(region, exemption, count)));
    findings
}

fn judged(region: Region, service: &Service, judgement: &Judgement<'_>) -> Option<Finding> {
    let (check, severity, message) = match judgement {
        Judgement::Fine | Judgement::Exempt(_) => return None,
        Judgement::NotApplicable(why) => {
            (Check::BreakerNotApplicable, Severity::Info, format!("no circuit breaker applies: {why}"))
        }
        Judgement::NotJudged(why) => (Check::BreakerNotJudged, Severity::Info, format!("not judged: {why}")),
        Judgement::Lacking { detection: true, .. } => (
            Check::BreakerDisabled,
            Severity::Error,
            "the deployment circuit breaker is off: a failed deployment is neither detected nor announced"
                .to_owned(),
        ),
        Judgement::Lacking { .. } => (
            Check::RollbackDisabled,
            Severity::Warning,
            "the circuit breaker announces a failed deployment but does not roll it back".to_owned(),
        ),
    };
    let evidence = [
        ("cluster", json!(service.cluster())),
        ("enable", json!(service.breaker.enable)),
        ("rollback", json!(service.breaker.rollback)),
    ];
    Some(finding(check, severity, region, &service.arn, message, evidence))
}

fn run_out(region: Region, exemption: &Exemption, services: usize) -> Finding {
    let until = exemption.until.map(|day| day.to_string()).unwrap_or_default();
    let noun = if services == 1 { "service" } else { "services" };
    finding(
        Check::ExemptionExpired,
        Severity::Warning,
        region,
        &format!("{}/{}", exemption.cluster, exemption.service),
        format!(
            "the exemption \"{}\" ran out on {until} and covers {services} {noun} no more",
            exemption.reason
        ),
        [("until", json!(until)), ("services", json!(services))],
    )
}
