//! Failed batches in Slack, through the notifier alone.

use foghorn::model::EventFamily;
use foghorn::sim::faults::{Effect, Fault};
use foghorn::sim::rooms::webhooks::Kind;
use serde_json::json;

use super::{Example, Place, bootstrapped, own_credentials};
use crate::support::{DEV, Stage};

const FLEET: &str = include_str!("../../../manifests/fleets/slack-lambda.yaml");
const TOKYO: &str = "ap-northeast-1";

/// One account with the roles, and the webhook in its secret.
fn example() -> Example {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "main", None));
    let webhook = stage.webhook(Kind::Slack, "alerts");
    stage.store_secret(DEV, TOKYO, "foghorn/slack", &webhook);
    let place = |cluster| Place {
        account: DEV,
        region: TOKYO,
        cluster,
        elsewhere: Some("web"),
        room: ("slack", "alerts"),
    };
    let places = ["crawlers", "reports"].map(place);
    let environment = own_credentials(&stage, DEV);
    Example { environment, ..Example::new(stage, FLEET, &[EventFamily::TaskFailed], places.into()) }
}

#[test]
fn slack_by_lambda_is_planned_and_built_once() {
    example().is_built_once("slack_lambda");
}

#[test]
fn slack_by_lambda_is_built_even_if_the_function_is_made_by_a_call_whose_answer_is_lost() {
    let example = example();
    let lost = Fault::new(Effect::LoseAnswer).service("lambda").operation("CreateFunction").times(1);
    example.stage.simulator.faults.add(lost);
    example.is_built_once("slack_lambda");
}

#[test]
fn slack_by_lambda_tells_each_failure_once_and_nothing_else() {
    let example = example().applied();
    example.failures_are_told("slack_lambda");
    example.others_are_not_told();
}

#[test]
fn slack_by_lambda_tells_which_messages_belong_together_and_posts_no_event_twice() {
    let example = example().applied();
    example.threads_are_kept();
    example.duplicates_are_dropped();
}

#[test]
fn slack_by_lambda_is_mended_whatever_somebody_did_to_it() {
    let example = example().applied();
    let place = &example.places[0];
    let name = "foghorn-batches";
    example.is_mended(
        place,
        &[
            ("events:DisableRule", json!({ "Name": name })),
            ("events:PutTargets", example.target(place, name, &json!({ "InputPath": "$.detail" }))),
        ],
        &[
            "update Rule foghorn-batches @ ap-northeast-1",
            "update Target foghorn-batches/function @ ap-northeast-1",
        ],
    );
    example.is_mended(
        place,
        &[
            ("events:RemoveTargets", json!({ "Rule": name, "Ids": ["function"] })),
            ("lambda:DeleteFunction", json!({ "FunctionName": name })),
        ],
        &[
            "create Function foghorn-batches @ ap-northeast-1",
            "create Target foghorn-batches/function @ ap-northeast-1",
        ],
    );
}

#[test]
fn slack_by_lambda_leaves_nothing_behind() {
    example().leaves_nothing();
}
