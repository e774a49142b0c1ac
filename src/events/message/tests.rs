use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn account(name: &str) -> Account {
    Account {
        id: "111111111111".parse().unwrap(),
        name: name.to_owned(),
        labels: BTreeMap::new(),
        regions: vec![Region::US_EAST_1],
    }
}

fn template_for(name: &str) -> String {
    transformer(&account(name), Region::US_EAST_1, &BTreeSet::from([EventFamily::DeploymentFailed])).template
}

#[test]
fn the_reason_is_never_inside_a_quoted_string() {
    let template = template_for("prod");
    assert!(template.contains("\"nextSteps\":[<reason>]"), "{template}");
    assert_eq!(template.matches("<reason>").count(), 1);
}

#[test]
fn a_message_stays_valid_json_where_the_event_has_no_reason() {
    let template = template_for("prod").replace("<reason>", "");
    serde_json::from_str::<serde_json::Value>(&template).unwrap();
}

#[test]
fn an_account_name_cannot_break_the_message() {
    let template = template_for("a\"b\\c<reason>\nd");
    assert_eq!(template.matches("<reason>").count(), 1);
    serde_json::from_str::<serde_json::Value>(&template.replace("<reason>", "")).unwrap();
    assert!(template.contains("a'b/c(reason) d"), "{template}");
}

#[test]
fn a_message_template_is_within_the_limit_of_eventbridge() {
    assert!(template_for(&"n".repeat(300)).len() <= 8192);
}

fn sent(name: &str, families: &BTreeSet<EventFamily>, event: &Value) -> Value {
    let transformer = transformer(&account(name), Region::US_EAST_1, families);
    let checked = crate::events::transformer::Transformer::new(&transformer.paths, &transformer.template)
        .expect("EventBridge takes it");
    let invocation = crate::events::transformer::Invocation {
        rule_arn: "arn:aws:events:us-east-1:111111111111:rule/foghorn-deploys",
        rule_name: "foghorn-deploys",
        ingestion_time: "2026-11-20T10:00:01Z",
    };
    let text = checked.render(event, &invocation);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

fn event(reason: Option<&str>) -> Value {
    let mut event = json!({
        "detail-type": "ECS Deployment State Change", "source": "aws.ecs",
        "time": "2026-11-20T10:00:00Z",
        "resources": ["arn:aws:ecs:us-east-1:111111111111:service/prod/web"],
        "detail": { "eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED" }
    });
    if let Some(reason) = reason {
        event["detail"]["reason"] = json!(reason);
    }
    event
}

/// Holds a message to the schema of a custom notification and its limits
/// (AWS Chatbot administrator guide, custom notifications).
fn assert_is_custom_notification(message: &Value) {
    assert_eq!((&message["version"], &message["source"]), (&json!("1.0"), &json!("custom")));
    let length = |value: &Value| value.as_str().expect("a text").chars().count();
    assert!(length(&message["content"]["title"]) <= 250);
    assert!((1..=8_000).contains(&length(&message["content"]["description"])));
    assert_eq!(message["content"]["textType"], "client-markdown");
    for list in [&message["content"]["nextSteps"], &message["metadata"]["relatedResources"]] {
        assert!(list.as_array().expect("a list").iter().all(Value::is_string), "{list}");
    }
    for name in ["threadId", "summary", "eventType"] {
        assert!(message["metadata"][name].is_string(), "{name}");
    }
}

#[test]
fn whatever_the_reason_the_room_gets_it_whole_in_a_message_that_it_accepts() {
    let families = BTreeSet::from([EventFamily::DeploymentFailed, EventFamily::ServiceImpaired]);
    for reason in [
        "ECS deployment circuit breaker: task failed to start.",
        "(service web) said \"no\"",
        "line one\nline two\r\n\ttabbed",
        "C:\\app\\run.exe \\",
        "<service> & <!channel>",
        "🔥 사과 \u{2028} \u{7}",
        "",
    ] {
        let message = sent("prod", &families, &event(Some(reason)));
        assert_is_custom_notification(&message);
        assert_eq!(message["content"]["nextSteps"], json!([reason]));
    }
}

#[test]
fn an_event_without_a_reason_is_still_a_message_that_the_room_accepts() {
    let message = sent("prod", &BTreeSet::from([EventFamily::ServiceImpaired]), &event(None));
    assert_is_custom_notification(&message);
    assert!(message["content"]["title"].as_str().expect("a title").contains("SERVICE_DEPLOYMENT_FAILED"));
}

#[test]
fn a_message_says_which_service_of_which_account_failed_where_and_when() {
    let families = BTreeSet::from([EventFamily::DeploymentFailed]);
    let message = sent("prod", &families, &event(Some("why")));
    let description = message["content"]["description"].as_str().expect("a text");
    for part in ["service/prod/web", "prod (111111111111)", "us-east-1", "2026-11-20T10:00:00Z"] {
        assert!(description.contains(part), "{part} in {description}");
    }
    assert_eq!(message["metadata"]["threadId"], "arn:aws:ecs:us-east-1:111111111111:service/prod/web");
}

proptest! {
    #[test]
    fn no_name_of_an_account_and_no_reason_breaks_the_message(
        name in "(?s).{0,80}",
        reason in proptest::option::of("(?s).{0,60}"),
    ) {
        let families = BTreeSet::from([EventFamily::ServiceImpaired]);
        assert_is_custom_notification(&sent(&name, &families, &event(reason.as_deref())));
    }
}

/// The message of one sample, as it is kept beside this file.
fn golden(name: &str, form: Form, shape: Shape, sample: &str) {
    let mut account = account("shop-prod");
    account.labels =
        BTreeMap::from([("env".to_owned(), "prod".to_owned()), ("team".to_owned(), "web".to_owned())]);
    let families = match shape {
        Shape::Task => BTreeSet::from([EventFamily::TaskFailed]),
        _ => BTreeSet::from([EventFamily::DeploymentFailed]),
    };
    let heading =
        Heading { origin: Origin::Account(&account), region: Region::US_EAST_1, families: &families };
    let scene = crate::events::samples::Scene {
        account: &account.id,
        region: Region::US_EAST_1,
        cluster: "prod",
        time: "2026-11-20T10:00:00Z",
    };
    let event = crate::events::samples::sample(sample, &scene).expect("a sample").event;
    let transformer = of_shape(form, shape, &heading).expect("a transformer");
    let checked = crate::events::transformer::Transformer::new(&transformer.paths, &transformer.template)
        .expect("EventBridge takes it");
    let invocation =
        crate::events::transformer::Invocation { rule_arn: "", rule_name: "", ingestion_time: "" };
    let message: Value = serde_json::from_str(&checked.render(&event, &invocation)).expect("JSON");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_json_snapshot!(name, message);
    });
}

#[test]
fn each_form_tells_each_shape_of_event_as_it_is_written_down() {
    for (form, name) in [
        (Form::ChatbotSlack, "chatbot_slack"),
        (Form::ChatbotTeams, "chatbot_teams"),
        (Form::SlackBlocks, "slack_blocks"),
        (Form::GoogleChatCard, "google_chat_card"),
    ] {
        golden(&format!("{name}_service"), form, Shape::Service, "deployment-failed");
        golden(&format!("{name}_task"), form, Shape::Task, "task-exited");
        golden(&format!("{name}_other"), form, Shape::Other, "service-start-impaired");
    }
}

#[test]
fn every_template_is_within_the_limit_of_eventbridge_and_names_an_event_by_its_own_name() {
    let mut account = account(&"n".repeat(300));
    account.labels.insert("l".repeat(200), "v".repeat(200));
    let families = BTreeSet::from(EventFamily::ALL);
    let heading =
        Heading { origin: Origin::Account(&account), region: Region::US_EAST_1, families: &families };
    for form in [Form::ChatbotSlack, Form::ChatbotTeams, Form::SlackBlocks, Form::GoogleChatCard] {
        for (shape, name) in
            [(Shape::Service, "<event>"), (Shape::Task, "<code>"), (Shape::Other, "<type> <event>")]
        {
            let transformer = of_shape(form, shape, &heading).expect("a transformer");
            crate::events::transformer::Transformer::new(&transformer.paths, &transformer.template)
                .expect("EventBridge takes it");
            assert!(transformer.template.contains(&format!("{name} in nnn")), "{}", transformer.template);
        }
    }
}

#[test]
fn a_hub_s_message_names_the_account_and_the_region_of_the_event() {
    let families = BTreeSet::from([EventFamily::DeploymentFailed]);
    let origin = Origin::Organization { partition: crate::model::Partition::Aws };
    let heading = Heading { origin, region: Region::US_EAST_1, families: &families };
    let template = chatbot::slack(Shape::Service, &heading).template;
    assert!(template.contains("ECS <event> in <account>, <region>"), "{template}");
    assert!(!template.contains("us-east-1"), "{template}");
}
