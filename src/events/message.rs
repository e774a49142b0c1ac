//! The message that AWS Chatbot posts: its custom notification, made by an
//! input transformer out of the event.
//!
//! EventBridge does not escape what it puts into a template (EventBridge user
//! guide, input transformation). So only values that cannot hold a quote
//! stand inside strings: ARNs, event names and times. The free text of
//! `reason` stands bare, where EventBridge writes it as a JSON string of its
//! own; and it is the only element of a list, which stays valid JSON where an
//! event has no reason and EventBridge writes nothing at all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::model::target::Transformer;
use crate::model::{Account, EventFamily, Region};

/// Stands for the bare placeholder while the rest is written as JSON. It can
/// come from nowhere else: names lose their control characters.
const BARE_REASON: &str = "\u{1}reason";

/// The most characters of an account's name that a message shows; titles hold
/// 250 (AWS Chatbot administrator guide, custom notifications).
const NAME_LIMIT: usize = 60;

/// The transformer that makes a custom notification of these families' events.
pub fn transformer(account: &Account, region: Region, families: &BTreeSet<EventFamily>) -> Transformer {
    let paths = [
        ("event", "$.detail.eventName"),
        ("reason", "$.detail.reason"),
        ("service", "$.resources[0]"),
        ("time", "$.time"),
    ];
    Transformer {
        paths: paths
            .into_iter()
            .map(|(name, path)| (name.to_owned(), path.to_owned()))
            .collect::<BTreeMap<_, _>>(),
        template: template(account, region, families),
    }
}

fn template(account: &Account, region: Region, families: &BTreeSet<EventFamily>) -> String {
    let name = plain(&account.name);
    let title = if families.contains(&EventFamily::ServiceImpaired) {
        format!(":warning: ECS <event> in {name}, {region}")
    } else {
        format!(":rotating_light: ECS deployment failed in {name}, {region}")
    };
    let notification = json!({
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": title,
            "description": description(account, &name, region),
            "nextSteps": [BARE_REASON],
        },
        "metadata": {
            "threadId": "<service>",
            "summary": "ECS failures of <service>",
            "eventType": "<event>",
            "relatedResources": ["<service>"],
        },
    });
    let bare = json!(BARE_REASON).to_string();
    notification.to_string().replace(&bare, "<reason>")
}

/// AWS Chatbot shows the list of next steps below this text, so its last line
/// introduces the reason that stands there.
fn description(account: &Account, name: &str, region: Region) -> String {
    let console = region.partition().console_domain();
    [
        "*Service:* <service>".to_owned(),
        "*Event:* <event>".to_owned(),
        format!("*Account:* {name} ({})", account.id),
        format!("*Region:* {region}"),
        "*Time:* <time>".to_owned(),
        format!("*Console:* https://{region}.{console}/ecs/v2/clusters?region={region}"),
        "*Reason given by ECS:*".to_owned(),
    ]
    .join("\n")
}

/// A name without what has a meaning in JSON or in a template: a template
/// can't escape `<` and `>`.
fn plain(name: &str) -> String {
    let plain = name.chars().take(NAME_LIMIT).map(|character| match character {
        '<' => '(',
        '>' => ')',
        '"' => '\'',
        '\\' => '/',
        character if character.is_control() => ' ',
        character => character,
    });
    plain.collect()
}

#[cfg(test)]
mod tests {
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
        transformer(&account(name), Region::US_EAST_1, &BTreeSet::from([EventFamily::DeploymentFailed]))
            .template
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
}
