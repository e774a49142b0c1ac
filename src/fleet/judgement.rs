//! What the fleet makes of one service's circuit breaker.

use time::Date;

use super::spec::{Breakers, Exemption};
use crate::model::service::{Controller, Scheduling, Service, Strategy};

/// How a service's circuit breaker stands to what the fleet requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement<'a> {
    /// It has all that is required.
    Fine,
    /// The fleet asks nothing of it.
    Exempt(&'a Exemption),
    /// No circuit breaker applies to it, for this reason.
    NotApplicable(&'static str),
    /// Nobody can tell whether one applies, for this reason.
    NotJudged(&'static str),
    /// It lacks what is required.
    Lacking {
        /// Whether failed deployments go undetected.
        detection: bool,
        /// Whether they are not rolled back.
        rollback: bool,
    },
}

/// Judges a service. The second answer is an exemption that would have covered
/// it, had it not run out before `today`.
pub fn judge<'a>(
    breakers: &'a Breakers,
    service: &Service,
    today: Date,
) -> (Judgement<'a>, Option<&'a Exemption>) {
    let lacking = lacking(breakers, service);
    if lacking == Judgement::Fine {
        return (lacking, None);
    }
    let covering = || breakers.exempt.iter().filter(|one| one.covers(service.cluster(), &service.name));
    if let Some(exemption) = covering().find(|exemption| exemption.holds_on(today)) {
        return (Judgement::Exempt(exemption), None);
    }
    let judgement = inapplicable(service).or_else(|| unsure(service)).unwrap_or(lacking);
    let is_lacking = matches!(judgement, Judgement::Lacking { .. });
    (judgement, covering().next().filter(|_| is_lacking))
}

fn lacking(breakers: &Breakers, service: &Service) -> Judgement<'static> {
    let detection = breakers.require.enable && !service.breaker.enable;
    let rollback = breakers.require.rollback && !service.breaker.rollback;
    if detection || rollback { Judgement::Lacking { detection, rollback } } else { Judgement::Fine }
}

/// The circuit breaker works with the ECS controller only (ECS developer
/// guide, deployment circuit breaker).
fn inapplicable(service: &Service) -> Option<Judgement<'static>> {
    match service.controller {
        Controller::Ecs => None,
        Controller::CodeDeploy => {
            Some(Judgement::NotApplicable("AWS CodeDeploy deploys it and has failure handling of its own"))
        }
        Controller::External => {
            Some(Judgement::NotApplicable("an external controller deploys it, out of reach of ECS"))
        }
        Controller::Other(_) => {
            Some(Judgement::NotJudged("its deployment controller is one that this version does not know"))
        }
    }
}

/// Where AWS's own pages disagree or are silent.
fn unsure(service: &Service) -> Option<Judgement<'static>> {
    if let Strategy::Other(_) = service.strategy {
        return Some(Judgement::NotJudged(
            "AWS's pages disagree on whether the circuit breaker covers deployment strategies other than rolling",
        ));
    }
    if service.scheduling != Scheduling::Replica {
        return Some(Judgement::NotJudged(
            "AWS's pages do not say whether the circuit breaker covers services that are not of type REPLICA",
        ));
    }
    service.classic_load_balancer.then_some(Judgement::NotJudged(
        "AWS's pages exclude services behind a Classic Load Balancer in one place and not in another",
    ))
}
