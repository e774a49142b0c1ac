//! Failed tasks in Slack, posted by EventBridge itself.

use foghorn::model::EventFamily;
use foghorn::sim::rooms::webhooks::Kind;
use serde_json::json;

use super::{Example, Place, bootstrapped, own_credentials};
use crate::support::{DEV, Stage};

const FLEET: &str = include_str!("../../../manifests/fleets/slack-api-destination.yaml");
const TOKYO: &str = "ap-northeast-1";
const VARIABLE: &str = "SLACK_WEBHOOK_URL";
const RULE: &str = "foghorn-stops.tasks";

/// One account with the roles, and the webhook in the environment.
fn example() -> Example {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "main", None));
    let mut environment = own_credentials(&stage, DEV);
    environment.push((VARIABLE, stage.webhook(Kind::Slack, "alerts")));
    let place = Place {
        account: DEV,
        region: TOKYO,
        cluster: "demo",
        elsewhere: Some("demo-2"),
        room: ("slack", "alerts"),
    };
    Example { environment, ..Example::new(stage, FLEET, &[EventFamily::TaskFailed], vec![place]) }
}

#[test]
fn slack_by_api_destination_is_planned_and_built_once() {
    example().is_built_once("slack_api_destination");
}

#[test]
fn slack_by_api_destination_tells_each_failure_once_and_nothing_else() {
    let example = example().applied();
    example.failures_are_told("slack_api_destination");
    example.others_are_not_told();
}

#[test]
fn slack_by_api_destination_carries_a_reason_whatever_stands_in_it() {
    let example = example().applied();
    let place = &example.places[0];
    for reason in ["said \"no\" to C:\\app", "line one\nline two", "<!channel> & <b>", "한국어 🚢"] {
        let mut event = example.failures(place)[0].event.clone();
        event["detail"]["stoppedReason"] = json!(reason);
        let message = example.heard(place, &event);
        let sent: serde_json::Value = serde_json::from_str(&message.raw).expect("JSON");
        let block = &sent["attachments"][1]["blocks"][0];
        assert_eq!(block["elements"][1]["elements"][0]["text"], reason);
    }
}

#[test]
fn slack_by_api_destination_is_not_built_without_its_webhook() {
    let mut example = example();
    example.environment.retain(|(name, _)| *name != VARIABLE);
    let run = example.run(&["apply", "--yes"]);
    assert!(run.code != 0 && run.stdout.contains(VARIABLE), "{}\n{}", run.stdout, run.stderr);
    assert_eq!(example.stage.event(&example.failures(&example.places[0])[0].event), []);
}

#[test]
fn slack_by_api_destination_is_mended_whatever_somebody_did_to_it() {
    let example = example().applied();
    let place = &example.places[0];
    example.is_mended(
        place,
        &[("events:DisableRule", json!({ "Name": RULE }))],
        &["update Rule foghorn-stops.tasks @ ap-northeast-1"],
    );
    example.is_mended(
        place,
        &[("events:RemoveTargets", json!({ "Rule": RULE, "Ids": ["destination"] }))],
        &["create Target foghorn-stops.tasks/destination @ ap-northeast-1"],
    );
    let spliced = json!({ "InputTransformer": {
        "InputPathsMap": { "reason": "$.detail.stoppedReason" },
        "InputTemplate": "{\"text\": \"A task stopped: <reason>\"}",
    } });
    example.is_mended(
        place,
        &[("events:PutTargets", example.target(place, RULE, &spliced))],
        &["update Target foghorn-stops.tasks/destination @ ap-northeast-1"],
    );
    example.is_mended(
        place,
        &[("events:DeleteApiDestination", json!({ "Name": "foghorn-stops" }))],
        // Made anew, it has another ARN.
        &[
            "create ApiDestination foghorn-stops @ ap-northeast-1",
            "update Target foghorn-stops.plain/destination @ ap-northeast-1",
            "update Target foghorn-stops.tasks/destination @ ap-northeast-1",
        ],
    );
}

#[test]
fn slack_by_api_destination_leaves_nothing_behind() {
    example().leaves_nothing();
}
