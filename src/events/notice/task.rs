//! The notice of a task's change of state.

use std::collections::BTreeSet;

use serde_json::Value;

use super::event::{Event, last_segment};
use super::service::thread;
use super::{Names, blank, facts, link, short};
use crate::events::families::{Place, Whose, branches};
use crate::events::pattern::Pattern;
use crate::model::notice::{FailedContainer, Notice, NoticeLevel};
use crate::model::{EventFamily, Partition};

/// The most containers that a notice names; a task definition holds ten
/// (Amazon ECS service quotas).
const CONTAINERS_LIMIT: usize = 10;

pub(super) fn notice(event: Event<'_>, names: &Names<'_>) -> Notice {
    let cluster = short(last_segment(event.text("/detail/clusterArn")));
    let (task, group) = (task(event), event.short("/detail/group"));
    let service = group.strip_prefix("service:").unwrap_or_default().to_owned();
    let of = [&service, &group, &task].into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default();
    let failed = has_failed(event.0);
    Notice {
        level: if failed { NoticeLevel::Error } else { NoticeLevel::Info },
        title: format!("{}: {}", what(event, failed), [cluster.as_str(), &of].join("/")),
        facts: facts(&[
            ("Cluster", cluster.clone()),
            ("Service", service.clone()),
            ("Group", if service.is_empty() { group.clone() } else { String::new() }),
            ("Task", task.clone()),
            ("Task definition", short(last_segment(event.text("/detail/taskDefinitionArn")))),
            ("Stop code", event.short("/detail/stopCode")),
            ("Launch type", event.short("/detail/launchType")),
            ("Availability Zone", event.short("/detail/availabilityZone")),
        ]),
        reason: event.optional_text("/detail/stoppedReason"),
        failed_containers: failed_containers(event),
        link: link::task(event.text("/region"), &cluster, &task),
        thread: (!of.is_empty()).then(|| thread(event, &cluster, &of)),
        ..blank(event, names)
    }
}

fn task(event: Event<'_>) -> String {
    let own = event.text("/detail/taskArn");
    short(last_segment(if own.is_empty() { event.text("/resources/0") } else { own }))
}

fn what(event: Event<'_>, failed: bool) -> String {
    match event.text("/detail/lastStatus") {
        "STOPPED" if failed => "Task failed".to_owned(),
        "STOPPED" => "Task stopped".to_owned(),
        status => short(&format!("Task {}", status.to_lowercase())),
    }
}

/// Whether the event is one that the family of failed tasks takes.
fn has_failed(event: &Value) -> bool {
    let place = Place { clusters: BTreeSet::new(), whose: Whose::Anyone(Partition::Aws) };
    branches(&BTreeSet::from([EventFamily::TaskFailed]), &place)
        .into_iter()
        .filter_map(|(_, branch)| Pattern::parse(&Value::Object(branch)).ok())
        .any(|pattern| pattern.matches(event))
}

/// Containers that ended with another code than 0, and those that never ran and
/// have something to say about it.
fn failed_containers(event: Event<'_>) -> Vec<FailedContainer> {
    let containers = event.list("/detail/containers").iter().map(Event);
    let failed = containers.filter_map(|container| {
        let exit_code = container.0.get("exitCode").and_then(Value::as_i64);
        let reason = container.optional_text("/reason").map(|reason| short(&reason));
        let is_failed = exit_code.map_or(reason.is_some(), |code| code != 0);
        is_failed.then(|| FailedContainer { name: container.short("/name"), exit_code, reason })
    });
    failed.take(CONTAINERS_LIMIT).collect()
}
