//! Failed tasks in Google Chat, through a topic and the notifier.

use foghorn::model::EventFamily;
use foghorn::sim::rooms::webhooks::Kind;
use serde_json::json;

use super::{Example, Place, bootstrapped};
use crate::support::{SEOUL, Stage};

const FLEET: &str = include_str!("../../../manifests/fleets/google-chat-lambda.yaml");

/// Each environment, which is also its space's name, its account and its
/// cluster.
const ENVIRONMENTS: [(&str, &str, &str); 3] = [
    ("dev-an2d", "111111111111", "dev-an2d-ecs"),
    ("stg-an2s", "222222222222", "stg-an2s-ecs"),
    ("prd-an2p", "333333333333", "prd-an2p-ecs"),
];

/// Three environments with the roles, and the webhook of each in its secret.
fn example() -> Example {
    let stage = Stage::new(|world| {
        for (name, account, _) in ENVIRONMENTS {
            bootstrapped(world, account, name, Some("choose-one-and-keep-it"));
        }
    });
    for (name, account, _) in ENVIRONMENTS {
        let webhook = stage.webhook(Kind::GoogleChat, name);
        stage.store_secret(account, SEOUL, "foghorn/google-chat", &webhook);
    }
    let places = ENVIRONMENTS.map(|(name, account, cluster)| Place {
        account,
        region: SEOUL,
        cluster,
        elsewhere: None,
        room: ("google-chat", name),
    });
    Example::new(stage, FLEET, &[EventFamily::TaskFailed], places.into())
}

#[test]
fn google_chat_by_lambda_is_planned_and_built_once() {
    example().is_built_once("google_chat_lambda");
}

#[test]
fn google_chat_by_lambda_tells_each_failure_once_and_nothing_else() {
    let example = example().applied();
    example.failures_are_told("google_chat_lambda");
    example.others_are_not_told();
}

#[test]
fn google_chat_by_lambda_keeps_a_service_in_one_thread_and_posts_no_event_twice() {
    let example = example().applied();
    example.threads_are_kept();
    example.duplicates_are_dropped();
}

#[test]
fn google_chat_by_lambda_is_mended_whatever_somebody_did_to_it() {
    let example = example().applied();
    let place = &example.places[1];
    let name = "foghorn-tasks";
    let topic = format!("arn:aws:sns:{SEOUL}:{}:{name}", place.account);
    let listed = example.stage.by_hand(
        place.account,
        SEOUL,
        "sns:ListSubscriptionsByTopic",
        json!({ "TopicArn": topic }),
    );
    let subscription = listed["Subscriptions"][0]["SubscriptionArn"].clone();
    example.is_mended(
        place,
        &[
            ("events:DisableRule", json!({ "Name": name })),
            ("events:PutTargets", example.target(place, name, &json!({ "InputPath": "$.detail" }))),
            ("sns:Unsubscribe", json!({ "SubscriptionArn": subscription })),
        ],
        &[
            "create Subscription foghorn-tasks/foghorn-tasks @ ap-northeast-2",
            "update Rule foghorn-tasks @ ap-northeast-2",
            "update Target foghorn-tasks/topic @ ap-northeast-2",
        ],
    );
    example.is_mended(
        place,
        &[
            ("events:RemoveTargets", json!({ "Rule": name, "Ids": ["topic"] })),
            ("lambda:DeleteFunction", json!({ "FunctionName": name })),
            ("sns:DeleteTopic", json!({ "TopicArn": topic })),
        ],
        &[
            "create Topic foghorn-tasks @ ap-northeast-2",
            "create Function foghorn-tasks @ ap-northeast-2",
            "create Subscription foghorn-tasks/foghorn-tasks @ ap-northeast-2",
            "create Target foghorn-tasks/topic @ ap-northeast-2",
        ],
    );
}

#[test]
fn google_chat_by_lambda_leaves_nothing_behind() {
    example().leaves_nothing();
}
