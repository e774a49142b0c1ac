//! Failed deployments in Slack, through AWS Chatbot.

use foghorn::model::EventFamily;
use foghorn::sim::chatbot::authorise_workspace;
use foghorn::sim::ecs::Service;
use serde_json::json;

use super::{Example, Place, bootstrapped, own_credentials};
use crate::support::{DEV, SEOUL, Stage, services};

const FLEET: &str = include_str!("../../../manifests/fleets/slack-chatbot.yaml");
const ROOM: (&str, &str) = ("TXXXXXXXXXX", "CXXXXXXXXXX");
const RULE: &str = "foghorn-deploys";

/// One account with the roles and the workspace, whose services roll back.
fn example() -> Example {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "main", None);
        authorise_workspace(world, DEV, ROOM.0, "acme");
        services(world, DEV, SEOUL, [Service::named("web").breaker(true, true)]);
    });
    let place = Place { account: DEV, region: SEOUL, cluster: "prod", elsewhere: None, room: ROOM };
    let environment = own_credentials(&stage, DEV);
    Example { environment, ..Example::new(stage, FLEET, &[EventFamily::DeploymentFailed], vec![place]) }
}

#[test]
fn slack_by_chatbot_is_planned_and_built_once() {
    example().is_built_once("slack_chatbot");
}

#[test]
fn slack_by_chatbot_tells_each_failure_once_and_nothing_else() {
    let example = example().applied();
    example.failures_are_told("slack_chatbot");
    example.others_are_not_told();
}

#[test]
fn slack_by_chatbot_is_mended_whatever_somebody_did_to_it() {
    let example = example().applied();
    let place = &example.places[0];
    example.is_mended(
        place,
        &[("events:DisableRule", json!({ "Name": RULE }))],
        &["update Rule foghorn-deploys @ ap-northeast-2"],
    );
    example.is_mended(
        place,
        &[("events:RemoveTargets", json!({ "Rule": RULE, "Ids": ["topic"] }))],
        &["create Target foghorn-deploys/topic @ ap-northeast-2"],
    );
    let whole = json!({ "InputTransformer": null });
    example.is_mended(
        place,
        &[("events:PutTargets", example.target(place, RULE, &whole))],
        &["update Target foghorn-deploys/topic @ ap-northeast-2"],
    );
    let configuration =
        format!("arn:aws:chatbot::{DEV}:chat-configuration/slack-channel/foghorn-{}-{}", ROOM.0, ROOM.1);
    example.is_mended(
        place,
        &[("chatbot:DeleteSlackChannelConfiguration", json!({ "ChatConfigurationArn": configuration }))],
        &["create ChatConfiguration foghorn-TXXXXXXXXXX-CXXXXXXXXXX @ global"],
    );
}

#[test]
fn slack_by_chatbot_makes_its_topic_again_and_says_what_only_a_person_can_do() {
    let example = example().applied();
    let place = &example.places[0];
    let topic = format!("arn:aws:sns:{SEOUL}:{DEV}:{RULE}");
    example.damage(place, &[("sns:DeleteTopic", json!({ "TopicArn": topic }))]);
    let apply = example.run(&["apply", "--yes"]).ended(2);
    assert_eq!(apply.changes(), ["create Topic foghorn-deploys @ ap-northeast-2: applied"]);
    let why = apply.all("paths")[0]["why"].as_str().unwrap_or_default().to_owned();
    assert!(why.contains("the next foghorn apply adds it again"), "{why}");
    let name = "global configuration foghorn-TXXXXXXXXXX-CXXXXXXXXXX";
    let room = example.stage.inventory(DEV)[name].clone();
    let arn = &room["ChatConfigurationArn"];
    let input = json!({ "ChatConfigurationArn": arn, "SlackChannelId": ROOM.1, "SnsTopicArns": [] });
    example.damage(place, &[("chatbot:UpdateSlackChannelConfiguration", input)]);
    example.run(&["apply", "--yes"]).ended(0);
    example.is_heard(place);
    assert_eq!(example.run(&["plan"]).ended(0).changes(), [""; 0]);
}

#[test]
fn slack_by_chatbot_tells_of_services_that_fail_in_silence() {
    let example = example().applied();
    example.stage.simulator.with_world(|world| services(world, DEV, SEOUL, [Service::named("silent")]));
    let findings = example.run(&["plan"]).ended(2).findings("breakerDisabled");
    assert_eq!(findings.len(), 1);
    assert!(findings[0]["subject"].to_string().contains("service/prod/silent"), "{}", findings[0]);
}

#[test]
fn slack_by_chatbot_leaves_nothing_behind() {
    example().leaves_nothing();
}
