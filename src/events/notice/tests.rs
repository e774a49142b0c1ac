use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::events::samples::{self, Scene};
use crate::model::notice::FailedContainer;
use crate::model::{AccountId, Region};

fn nobody(_: &str) -> Option<(String, BTreeMap<String, String>)> {
    None
}

fn sample(name: &str) -> Value {
    let account: AccountId = "111111111111".parse().expect("an id");
    let scene =
        Scene { account: &account, region: Region::US_EAST_1, cluster: "prod", time: "2026-11-20T10:00:00Z" };
    samples::sample(name, &scene).expect("a sample").event
}

fn of(name: &str) -> Notice {
    notice(&sample(name), &nobody)
}

fn fact(notice: &Notice, label: &str) -> Option<String> {
    notice.facts.iter().find(|fact| fact.label == label).map(|fact| fact.value.clone())
}

#[test]
fn a_failed_task_is_told_with_all_that_helps_to_find_out_why() {
    let notice = of("task-out-of-memory");
    assert_eq!((notice.level, notice.title.as_str()), (NoticeLevel::Error, "Task failed: prod/web"));
    for (label, value) in [
        ("Cluster", "prod"),
        ("Service", "web"),
        ("Task", "00000000000000000000000000000002"),
        ("Task definition", "web:42"),
        ("Stop code", "EssentialContainerExited"),
    ] {
        assert_eq!(fact(&notice, label).as_deref(), Some(value), "{label}");
    }
    assert_eq!(notice.reason.as_deref(), Some("Essential container in task exited"));
    assert_eq!(
        notice.failed_containers,
        [FailedContainer {
            name: "app".to_owned(),
            exit_code: Some(137),
            reason: Some("OutOfMemoryError: Container killed due to memory usage".to_owned()),
        }]
    );
}

#[test]
fn a_container_that_never_ran_is_told_with_the_agent_s_reason() {
    let containers = of("task-image-not-pulled").failed_containers;
    assert_eq!(containers.len(), 1);
    assert_eq!((containers[0].name.as_str(), containers[0].exit_code), ("app", None));
}

#[test]
fn a_link_opens_the_page_of_the_thing_itself() {
    let console = "https://us-east-1.console.aws.amazon.com/ecs/v2/clusters";
    for (name, page) in [
        ("deployment-failed", "/prod/services/web/health"),
        ("service-start-impaired", "/prod/services/web/health"),
        ("task-exited", "/prod/tasks/00000000000000000000000000000001/configuration"),
    ] {
        let link = of(name).link.expect("a link");
        assert_eq!(link.url, format!("{console}{page}?region=us-east-1"), "{name}");
    }
    let mut event = sample("deployment-failed");
    event["region"] = json!("cn-north-1");
    let link = notice(&event, &nobody).link.expect("a link");
    assert!(link.url.starts_with("https://cn-north-1.console.amazonaws.cn/ecs/v2/"), "{}", link.url);
    event["region"] = json!("evil.example/");
    assert_eq!(notice(&event, &nobody).link, None);
}

#[test]
fn what_a_service_and_its_tasks_tell_stands_in_one_thread() {
    let thread = Some("111111111111/us-east-1/prod/web".to_owned());
    for name in ["deployment-failed", "service-start-impaired", "task-exited"] {
        assert_eq!(of(name).thread, thread, "{name}");
    }
    assert_ne!(of("batch-failed").thread, thread);
}

#[test]
fn a_deployment_of_a_service_with_an_old_arn_still_names_the_service() {
    let mut event = sample("deployment-failed");
    event["resources"] = json!(["arn:aws:ecs:us-east-1:111111111111:service/web"]);
    let notice = notice(&event, &nobody);
    assert_eq!(notice.title, "Deployment failed: web");
    assert_eq!(
        notice.link.expect("a link").url,
        "https://us-east-1.console.aws.amazon.com/ecs/v2/clusters?region=us-east-1"
    );
}

#[test]
fn an_account_is_called_by_the_name_that_people_know() {
    let names = |id: &str| {
        assert_eq!(id, "111111111111");
        Some(("shop-prod".to_owned(), BTreeMap::from([("env".to_owned(), "prod".to_owned())])))
    };
    let place = notice(&sample("deployment-failed"), &names).place;
    assert_eq!((place.account_name.as_str(), place.labels["env"].as_str()), ("shop-prod", "prod"));
    assert_eq!(of("deployment-failed").place.account_name, "111111111111");
}

#[test]
fn nothing_but_a_failure_is_told_as_one() {
    for (name, level) in [
        ("deployment-failed", NoticeLevel::Error),
        ("deployment-completed", NoticeLevel::Info),
        ("service-start-impaired", NoticeLevel::Warning),
        ("task-exited", NoticeLevel::Error),
        ("task-scaled-in", NoticeLevel::Info),
        ("batch-ended", NoticeLevel::Info),
    ] {
        assert_eq!(of(name).level, level, "{name}");
    }
    let entry = canary::entry("deploys", None, "01RUN");
    let notice = notice(&entry.event("1", "111111111111", "us-east-1", "2026-11-20T10:00:00Z"), &nobody);
    assert_eq!(notice.level, NoticeLevel::Info);
    assert!(notice.title.contains("nobody needs to act"), "{}", notice.title);
}

#[test]
fn an_alarm_s_message_is_told_with_its_state_and_reason() {
    let message = json!({
        "AlarmName": "foghorn deploys", "AlarmDescription": "EventBridge could not deliver",
        "AWSAccountId": "111111111111", "NewStateValue": "ALARM", "OldStateValue": "OK",
        "NewStateReason": "Threshold Crossed", "StateChangeTime": "2026-11-20T10:00:00.000+0000",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:foghorn deploys"
    });
    let notice = notice(&message, &nobody);
    assert_eq!((notice.level, notice.title.as_str()), (NoticeLevel::Error, "Alarm foghorn deploys is ALARM"));
    assert_eq!(notice.place.region, "eu-west-1");
    let url = notice.link.expect("a link").url;
    assert!(url.ends_with("#alarmsV2:alarm/foghorn%20deploys"), "{url}");
}

#[test]
fn the_same_event_has_the_same_id_even_where_it_carries_none() {
    let mut event = sample("task-exited");
    assert_eq!(notice(&event, &nobody).id, event["id"].as_str().expect("an id"));
    event.as_object_mut().expect("an object").remove("id");
    assert_eq!(notice(&event, &nobody).id, notice(&event.clone(), &nobody).id);
    assert!(!notice(&event, &nobody).id.is_empty());
}

/// Any JSON at all, in which names of ECS come up often.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "(?s).{0,20}".prop_map(Value::from),
        prop_oneof![
            Just(TASK),
            Just(DEPLOYMENT),
            Just("STOPPED"),
            Just("arn:aws:ecs:us-east-1:1:service/a/b"),
            Just("::")
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let name = prop_oneof![
            Just("detail-type"),
            Just("detail"),
            Just("resources"),
            Just("containers"),
            Just("exitCode"),
            Just("clusterArn"),
            Just("lastStatus"),
            Just("region"),
            Just("AlarmName"),
            Just("id"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.prop_map(str::to_owned), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_comes_becomes_a_notice_whose_facts_are_short_lines(event in anything()) {
        let notice = notice(&event, &nobody);
        prop_assert!(!notice.id.is_empty());
        for fact in notice.facts {
            prop_assert!(fact.value.chars().count() <= FACT_LIMIT + 1);
            prop_assert!(!fact.value.chars().any(char::is_control));
        }
    }
}
