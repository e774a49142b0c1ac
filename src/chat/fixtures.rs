//! Notices for the tests of this module.

use std::collections::BTreeMap;

use crate::model::notice::{Fact, FailedContainer, Link, Notice, NoticeLevel, Place};

fn notice(level: NoticeLevel, title: &str, facts: &[(&str, &str)]) -> Notice {
    let labels = [("env", "production"), ("team", "payments")];
    let fact =
        |(label, value): &(&str, &str)| Fact { label: (*label).to_owned(), value: (*value).to_owned() };
    Notice {
        id: "e1".to_owned(),
        level,
        title: title.to_owned(),
        place: Place {
            account: "111111111111".to_owned(),
            account_name: "shop-production".to_owned(),
            labels: BTreeMap::from(labels.map(|(name, value)| (name.to_owned(), value.to_owned()))),
            region: "ap-northeast-2".to_owned(),
            time: "2026-11-21T09:00:00Z".to_owned(),
        },
        facts: facts.iter().map(fact).collect(),
        reason: None,
        failed_containers: Vec::new(),
        link: None,
        thread: None,
    }
}

fn console(path: &str) -> Option<Link> {
    let url =
        format!("https://ap-northeast-2.console.aws.amazon.com/ecs/v2/clusters/prod/{path}?region=a&tab=b");
    Some(Link { text: "Open in the AWS console".to_owned(), url })
}

/// A deployment that the circuit breaker rolled back.
pub(super) fn deployment() -> Notice {
    let facts = [("Cluster", "prod"), ("Service", "checkout_service"), ("Deployment", "ecs-svc/1234567890")];
    Notice {
        reason: Some("ECS deployment circuit breaker: tasks failed to start.".to_owned()),
        link: console("services/checkout_service"),
        thread: Some("arn:aws:ecs:ap-northeast-2:111111111111:service/prod/checkout_service".to_owned()),
        ..notice(NoticeLevel::Error, "Deployment of checkout_service failed", &facts)
    }
}

/// A task with two containers that failed.
pub(super) fn task() -> Notice {
    let facts =
        [("Cluster", "prod"), ("Group", "service:checkout_service"), ("Stop code", "TaskFailedToStart")];
    let container = |name: &str, exit_code, reason: &str| FailedContainer {
        name: name.to_owned(),
        exit_code,
        reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
    };
    Notice {
        reason: Some(
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): \"x\" <none> & gone"
                .to_owned(),
        ),
        failed_containers: vec![
            container("app", Some(137), "OutOfMemoryError: container killed due to memory usage"),
            container("sidecar", None, ""),
        ],
        link: console("tasks/0123456789abcdef"),
        thread: Some("arn:aws:ecs:ap-northeast-2:111111111111:service/prod/checkout_service".to_owned()),
        ..notice(NoticeLevel::Error, "A task of checkout_service stopped", &facts)
    }
}

/// A canary.
pub(super) fn canary() -> Notice {
    notice(NoticeLevel::Info, "Canary: failures of this account are heard here", &[("Pipeline", "main")])
}

/// Text that tries to ping people, to be markup, and to garble the message.
pub(super) fn hostile() -> Notice {
    let text = "<!here> <!channel> <@U123> <#C123> @channel @here <users/all> <at>all</at> <b>*bold*</b> _i_ ~s~ \
                `code` [link](https://evil.invalid) {{DATE(2026-01-01T00:00:00Z)}} &lt; \" \\ \u{202E}\u{0}\u{1b}[31m";
    let mut hostile = notice(NoticeLevel::Warning, text, &[(text, text), ("Cluster", text)]);
    hostile.place.account_name = text.to_owned();
    hostile.place.labels.insert(text.to_owned(), text.to_owned());
    hostile.reason = Some(text.to_owned());
    hostile.failed_containers =
        vec![FailedContainer { name: text.to_owned(), exit_code: Some(1), reason: Some(text.to_owned()) }];
    hostile.link =
        Some(Link { text: text.to_owned(), url: "https://console.invalid/<!here>|x?a=1&b=*2*".to_owned() });
    hostile.thread = Some("thread".to_owned());
    hostile
}
