//! The notice of a deployment or of a service action.

use super::event::{Event, last_segment, resource};
use super::{Names, blank, facts, link, short};
use crate::model::notice::Notice;

/// What event names mean in plain words.
const WORDS: &[(&str, &str)] = &[
    ("ECS_OPERATION_THROTTLED", "ECS is throttled"),
    ("SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED", "Daemon tasks break a placement constraint"),
    ("SERVICE_DEPLOYMENT_COMPLETED", "Deployment completed"),
    ("SERVICE_DEPLOYMENT_FAILED", "Deployment failed"),
    ("SERVICE_DEPLOYMENT_IN_PROGRESS", "Deployment in progress"),
    ("SERVICE_DISCOVERY_INSTANCE_UNHEALTHY", "Unhealthy in service discovery"),
    ("SERVICE_DISCOVERY_OPERATION_THROTTLED", "Service discovery is throttled"),
    ("SERVICE_STEADY_STATE", "Steady state"),
    ("SERVICE_TASK_CONFIGURATION_FAILURE", "Tasks cannot be configured"),
    ("SERVICE_TASK_PLACEMENT_FAILURE", "Tasks cannot be placed"),
    ("SERVICE_TASK_START_IMPAIRED", "Tasks fail to start"),
    ("VPC_LATTICE_TARGET_UNHEALTHY", "Unhealthy in VPC Lattice"),
];

pub(super) fn notice(event: Event<'_>, names: &Names<'_>) -> Notice {
    let (cluster, service) = (cluster(event), service(event));
    let whole = if cluster.is_empty() { service.clone() } else { format!("{cluster}/{service}") };
    Notice {
        level: event.level(),
        title: format!("{}: {whole}", what(event)),
        facts: facts(&[
            ("Cluster", cluster.clone()),
            ("Service", service.clone()),
            ("Event", event.short("/detail/eventName")),
            ("Deployment", event.short("/detail/deploymentId")),
        ]),
        reason: event.optional_text("/detail/reason"),
        link: link::service(event.text("/region"), &cluster, &service),
        thread: (!service.is_empty()).then(|| thread(event, &cluster, &service)),
        ..blank(event, names)
    }
}

/// What keeps together what is told about one service. The tasks of a service
/// know its name and not its ARN, so the key is made of names.
pub(super) fn thread(event: Event<'_>, cluster: &str, service: &str) -> String {
    let place = [event.text("/account"), event.text("/region")].map(short).join("/");
    format!("{place}/{cluster}/{service}")
}

fn what(event: Event<'_>) -> String {
    let name = event.short("/detail/eventName");
    match WORDS.iter().find(|(known, _)| *known == name) {
        Some((_, words)) => (*words).to_owned(),
        None if name.is_empty() => event.short("/detail-type"),
        None => name,
    }
}

/// The name in `detail.clusterArn`, which a deployment lacks; the service's
/// ARN has it too, unless it is of the old short format.
fn cluster(event: Event<'_>) -> String {
    let own = last_segment(event.text("/detail/clusterArn"));
    match resource(event.text("/resources/0"))[..] {
        _ if !own.is_empty() => short(own),
        ["service", cluster, _] => short(cluster),
        _ => String::new(),
    }
}

fn service(event: Event<'_>) -> String {
    short(last_segment(event.text("/resources/0")))
}
