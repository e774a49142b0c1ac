//! Checks of deployment circuit breakers.

use super::Explanation;
use crate::model::Severity;

/// Amazon ECS Developer Guide, deployment circuit breaker.
const BREAKER: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html";

/// Amazon ECS Developer Guide, how deployment failures are detected.
const DETECTION: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-failure-detection.html";

/// Amazon ECS Developer Guide, service deployment events.
const EVENTS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html";

pub(super) const DISABLED: Explanation = Explanation {
    title: "The deployment circuit breaker is off",
    severity: Severity::Error,
    meaning: "A deployment of this service that can't start its tasks is not noticed by ECS. It goes on trying, with \
        the old tasks beside it or none at all, until somebody looks. A pipeline for failed deployments brings no news \
        of it, because the failure is never announced; at best ECS warns that tasks do not start, which \
        serviceImpaired takes.",
    behaviour: "ECS emits SERVICE_DEPLOYMENT_FAILED on the default event bus only for services whose circuit breaker \
        is on, or whose deployment alarms fail the deployment. The breaker is off unless a request asks for it. It \
        trips after half of the desired count failed, but not before 3 tasks and at 200 at the latest, unless the \
        service sets a threshold of its own.",
    source: EVENTS,
    remedy: "Set deploymentConfiguration.deploymentCircuitBreaker to enable and rollback, where the service is \
        defined, so that the next deployment does not undo it. With spec.breakers.remediate, `foghorn apply` does it by \
        UpdateService, which by itself starts no deployment. A service that shall stay without is named under \
        spec.breakers.exempt, with a reason and a day.",
};

pub(super) const ROLLBACK_DISABLED: Explanation = Explanation {
    title: "The circuit breaker does not roll back",
    severity: Severity::Warning,
    meaning: "A failed deployment is noticed and announced, so that somebody hears of it, but the service is left as \
        the failure left it: with fewer healthy tasks than it needs, or with none, until a person deploys again.",
    behaviour: "With rollback, ECS goes back to the newest deployment that was completed. Without it, ECS stops the \
        failed deployment and starts no more tasks. The first deployment of a service has nothing to go back to and \
        stops in both cases.",
    source: BREAKER,
    remedy: "Set rollback beside enable in the service's deploymentCircuitBreaker, or let spec.breakers.remediate do \
        it. Where rolling back is wrong, for a batch service say, ask for spec.breakers.require.rollback: false, or \
        exempt the service with a reason.",
};

pub(super) const NOT_APPLICABLE: Explanation = Explanation {
    title: "No circuit breaker applies to this service",
    severity: Severity::Info,
    meaning: "CodeDeploy or an external controller deploys this service, so that the ECS circuit breaker has no say \
        in it. Whether its failed deployments are heard is decided elsewhere, and Foghorn does not look there.",
    behaviour: "The circuit breaker works with the deployment controller ECS alone. CODE_DEPLOY judges deployments by \
        its own health checks and alarms; with EXTERNAL, the tool that drives the task sets does.",
    source: BREAKER,
    remedy: "Nothing needs to be done here. Make sure that the other controller tells a room when it fails: \
        CodeDeploy has notifications and events of its own. Or move the service to the ECS controller, which has \
        blue/green deployments too.",
};

pub(super) const NOT_JUDGED: Explanation = Explanation {
    title: "Nobody can say whether the circuit breaker covers this service",
    severity: Severity::Info,
    meaning: "AWS's pages contradict each other about services of this kind, so that Foghorn neither calls the \
        service covered nor calls it wrong, and never changes it. Its condition stays Unknown.",
    behaviour: "The page on the circuit breaker, and the API's own documents, say rolling updates only. The page on \
        failure detection says that blue/green deployments are covered too. Neither speaks of linear and canary \
        deployments.",
    source: DETECTION,
    remedy: "Let a deployment of such a service fail once where it harms nobody, and see whether \
        SERVICE_DEPLOYMENT_FAILED is emitted. Deployment alarms and lifecycle hooks are the documented safety nets of \
        blue/green deployments. An exemption with a reason takes the note out of the report.",
};

pub(super) const EXEMPTION_EXPIRED: Explanation = Explanation {
    title: "An exemption from the circuit breaker ran out",
    severity: Severity::Warning,
    meaning: "The fleet file excused these services until a day that has passed. They are judged like all others \
        again, so that a service without a circuit breaker shows as an error of its own.",
    behaviour: "AWS knows nothing of exemptions: they stand in the fleet file alone. A service that is exempt behaves \
        like any other without a circuit breaker, which means that ECS does not announce its failed deployments.",
    source: BREAKER,
    remedy: "Switch the circuit breaker on, or give the exemption under spec.breakers.exempt a new day, with a reason \
        that still holds. Where no service needs it any more, take the exemption out of the file.",
};
