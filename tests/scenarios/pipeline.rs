//! The chatbot pipeline from nothing to a message in the room.

use foghorn::sim::cloudwatch::evaluate;
use foghorn::sim::ecs::{Service, fail_deployment};
use foghorn::sim::routing::Outcome;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::support::{
    CHANNEL, DEV, IRELAND, PIPELINE, SEOUL, Stage, WORKSPACE, bootstrapped, one_region, services,
};

/// Everything that the fleet needs in the account, and not a thing more.
const MADE: [&str; 13] = [
    "ap-northeast-2 alarm foghorn-deploys-failed-invocations",
    "ap-northeast-2 queue foghorn-deploys-dead-letters",
    "ap-northeast-2 rule foghorn-deploys",
    "ap-northeast-2 topic foghorn-T0123ABCD-C0123ABCD-alarms",
    "ap-northeast-2 topic foghorn-deploys",
    "eu-west-1 alarm foghorn-deploys-failed-invocations",
    "eu-west-1 queue foghorn-deploys-dead-letters",
    "eu-west-1 rule foghorn-deploys",
    "eu-west-1 topic foghorn-T0123ABCD-C0123ABCD-alarms",
    "eu-west-1 topic foghorn-deploys",
    "global configuration foghorn-T0123ABCD-C0123ABCD",
    "us-east-1 alarm foghorn-T0123ABCD-C0123ABCD-unsupported-events",
    "us-east-1 topic foghorn-T0123ABCD-C0123ABCD-alarms",
];

/// The fleet with both event families, which together are one team's rule for
/// everything that is not as usual.
fn both_families() -> String {
    one_region(PIPELINE).replace("[deploymentFailed]", "[deploymentFailed, serviceImpaired]")
}

/// An event as ECS puts it on the bus.
fn ecs_event(detail_type: &str, cluster: &str, service: &str, detail: &Value) -> Value {
    json!({
        "version": "0",
        "id": "ddca6449-b258-46c0-8653-e0e3a6d0468b",
        "detail-type": detail_type,
        "source": "aws.ecs",
        "account": DEV,
        "time": "2026-11-21T08:00:00Z",
        "region": SEOUL,
        "resources": [format!("arn:aws:ecs:{SEOUL}:{DEV}:service/{cluster}/{service}")],
        "detail": detail,
    })
}

fn service_action(event_type: &str, event_name: &str, cluster: &str) -> Value {
    let detail = json!({
        "eventType": event_type,
        "eventName": event_name,
        "clusterArn": format!("arn:aws:ecs:{SEOUL}:{DEV}:cluster/{cluster}"),
        "createdAt": "2026-11-21T08:00:00.000Z",
    });
    ecs_event("ECS Service Action", cluster, "web", &detail)
}

fn deployment_state(event_type: &str, event_name: &str, cluster: &str) -> Value {
    let detail = json!({
        "eventType": event_type,
        "eventName": event_name,
        "deploymentId": "ecs-svc/123",
        "updatedAt": "2026-11-21T08:00:00.000Z",
        "reason": "ECS deployment circuit breaker: tasks failed to start.",
    });
    ecs_event("ECS Deployment State Change", cluster, "web", &detail)
}

/// Lets a deployment fail in ECS; the event goes on the bus.
fn fail(stage: &Stage, region: &str, service: &str, reason: &str, at: OffsetDateTime) {
    let event = stage.simulator.with_world(|world| {
        fail_deployment(world, DEV, region, "prod", service, reason, at).expect("the service is there")
    });
    let deliveries = stage.event(&event);
    assert_eq!(deliveries.len(), 1, "{event}");
    assert_eq!(deliveries[0].outcome, Outcome::Delivered, "{event}");
}

fn with_services() -> Stage {
    Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        for region in [SEOUL, IRELAND] {
            let on = |name| Service::named(name).breaker(true, true);
            services(world, DEV, region, [on("web"), on("api")]);
        }
    })
}

#[test]
fn an_apply_makes_everything_and_a_second_one_writes_nothing() {
    let stage = Stage::bootstrapped();
    let run = stage.apply(PIPELINE).ended(0);
    assert!(run.is_heard(), "{}", run.stdout);
    for condition in ["Reachable", "PipelineReady", "Heard", "AlarmsQuiet"] {
        assert_eq!(run.condition(DEV, condition), "True", "{condition}");
    }
    let inventory = stage.inventory(DEV);
    let made: Vec<&str> = inventory.keys().map(String::as_str).collect();
    assert_eq!(made, MADE);
    stage.forget_calls();
    stage.apply(PIPELINE).ended(0);
    let run = stage.plan(PIPELINE).ended(0);
    assert_eq!(run.changes(), [""; 0]);
    assert_eq!(stage.writes(), [""; 0]);
    assert_eq!(stage.inventory(DEV), inventory);
}

#[test]
fn a_plan_writes_nothing_however_much_there_is_to_do() {
    let stage = Stage::bootstrapped();
    let run = stage.plan(PIPELINE).ended(2);
    assert_eq!(run.changes().len(), 15, "{:?}", run.changes());
    assert!(run.changes().iter().all(|change| change.starts_with("create") && change.ends_with("planned")));
    assert_eq!(stage.writes(), [""; 0]);
    assert!(stage.inventory(DEV).is_empty());
}

#[test]
fn everything_that_is_made_says_whose_it_is() {
    let stage = Stage::applied(&PIPELINE.replace("  pipelines:", "  tags: { team: sre }\n  pipelines:"));
    for (name, thing) in stage.inventory(DEV) {
        let tags = thing["Tags"].to_string();
        assert!(tags.contains("foghorn.dev/fleet") && tags.contains("acme"), "{name}: {tags}");
        assert!(tags.contains("team") && tags.contains("sre"), "{name}: {tags}");
    }
}

#[test]
fn a_failed_deployment_arrives_with_its_place_and_its_reason_whole() {
    let stage = with_services();
    stage.apply(PIPELINE).ended(0);
    let reasons = [
        "ECS deployment circuit breaker: tasks failed to start.",
        "CannotPullContainerError: \"manifest for \\\"web\\\" unknown\"",
        "line one\nline two\r\n\ttabbed",
        "C:\\temp\\new \\u0041 \\",
        "<service> <b>bold</b> <aws.events.event> &amp;",
        "the ship sinks 🚢💥 한국어",
        "",
    ];
    let start = OffsetDateTime::now_utc() - Duration::minutes(1);
    for (number, reason) in (1..).zip(reasons) {
        fail(&stage, IRELAND, "web", reason, start + Duration::seconds(number));
        let messages = stage.messages();
        let message = messages.last().expect("a message");
        assert_eq!(messages.len(), usize::try_from(number).unwrap(), "one message an event");
        let title = message.title.clone().unwrap_or_default();
        assert!(title.contains("ECS SERVICE_DEPLOYMENT_FAILED in dev, eu-west-1"), "{title}");
        for word in [
            "arn:aws:ecs:eu-west-1:111111111111:service/prod/web",
            "dev (111111111111)",
            "*Region:* eu-west-1",
        ] {
            assert!(message.description.contains(word), "{word}: {}", message.description);
        }
        assert_eq!(message.next_steps, [reason]);
    }
}

#[test]
fn the_failures_of_one_service_stand_in_one_thread() {
    let stage = with_services();
    stage.apply(PIPELINE).ended(0);
    let now = OffsetDateTime::now_utc();
    for (region, service) in [(SEOUL, "web"), (SEOUL, "api"), (SEOUL, "web"), (IRELAND, "web")] {
        fail(&stage, region, service, "tasks failed to start", now);
    }
    stage.simulator.with_world(|world| {
        let room = world.rooms.get(WORKSPACE, CHANNEL).expect("the room");
        let sizes: Vec<usize> = room.threads().iter().map(|thread| thread.messages.len()).collect();
        assert_eq!(sizes, [2, 1, 1]);
        let summary = room.threads()[0].summary.unwrap_or_default().to_owned();
        assert!(summary.contains("service/prod/web"), "{summary}");
    });
}

#[test]
fn what_is_not_as_usual_arrives_once_and_good_news_nowhere() {
    let stage = Stage::applied(&both_families());
    let loud = [
        service_action("WARN", "SERVICE_TASK_START_IMPAIRED", "prod"),
        service_action("WARN", "SERVICE_TASK_CONFIGURATION_FAILURE", "prod"),
        service_action("ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", "prod"),
        service_action("ERROR", "SERVICE_DEPLOYMENT_FAILED", "prod"),
        deployment_state("ERROR", "SERVICE_DEPLOYMENT_FAILED", "prod"),
    ];
    for (number, event) in (1..).zip(&loud) {
        let deliveries = stage.event(event);
        assert_eq!(deliveries.len(), 1, "{event}");
        let messages = stage.messages();
        assert_eq!(messages.len(), number, "{event}");
        let name = event["detail"]["eventName"].as_str().unwrap_or_default();
        assert!(messages[number - 1].description.contains(name), "{event}");
    }
    for event in [
        service_action("INFO", "SERVICE_STEADY_STATE", "prod"),
        service_action("INFO", "CAPACITY_PROVIDER_STEADY_STATE", "prod"),
        service_action("INFO", "SERVICE_DESIRED_COUNT_UPDATED", "prod"),
        deployment_state("INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS", "prod"),
        deployment_state("INFO", "SERVICE_DEPLOYMENT_COMPLETED", "prod"),
    ] {
        assert_eq!(stage.event(&event), [], "{event}");
    }
    assert_eq!(stage.messages().len(), loud.len());
}

#[test]
fn an_event_of_no_reason_is_still_a_message_that_chatbot_accepts() {
    let stage = Stage::applied(&both_families());
    stage.event(&service_action("WARN", "SERVICE_TASK_START_IMPAIRED", "prod"));
    let messages = stage.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].next_steps.concat(), "");
}

#[test]
fn a_failure_without_a_circuit_breaker_is_heard_as_an_impaired_service() {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        services(world, DEV, SEOUL, [Service::named("web")]);
    });
    // The breaker that is off is a finding of its own.
    stage.apply(&both_families()).ended(2);
    fail(&stage, SEOUL, "web", "no capacity", OffsetDateTime::now_utc());
    assert_eq!(stage.messages().len(), 1);
}

#[test]
fn only_events_of_the_named_clusters_are_carried() {
    let fleet = both_families().replace("      via:", "      clusters: [\"prod-*\", edge]\n      via:");
    let stage = Stage::applied(&fleet);
    for (cluster, carried) in
        [("prod-web", 1), ("prod-", 1), ("edge", 1), ("edge-2", 0), ("dev", 0), ("nonprod-x", 0), ("prod", 0)]
    {
        for event in [
            service_action("ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", cluster),
            deployment_state("ERROR", "SERVICE_DEPLOYMENT_FAILED", cluster),
        ] {
            assert_eq!(stage.event(&event).len(), carried, "{event}");
        }
    }
    assert_eq!(stage.messages().len(), 6);
}

/// Two pipelines that end in one channel.
fn two_pipelines() -> String {
    format!(
        "{}    - name: impaired
      events: [serviceImpaired]
      via: {{ chatbot: {{ slack: {{ workspaceId: T0123ABCD, channelId: C0123ABCD }} }} }}
      alarms: {{ unsupportedEvents: {{ threshold: 5 }} }}
",
        one_region(PIPELINE)
    )
}

#[test]
fn pipelines_of_one_channel_share_its_one_configuration() {
    let stage = Stage::applied(&two_pipelines());
    let inventory = stage.inventory(DEV);
    let configurations: Vec<_> =
        inventory.iter().filter(|(name, _)| name.contains("configuration")).collect();
    assert_eq!(configurations.len(), 1);
    let topics = configurations[0].1["SnsTopicArns"].to_string();
    for topic in
        ["foghorn-deploys", "foghorn-impaired", "us-east-1:111111111111:foghorn-T0123ABCD-C0123ABCD-alarms"]
    {
        assert!(topics.contains(&format!("{topic}\"")), "{topics}");
    }
    let alarm = &inventory["us-east-1 alarm foghorn-T0123ABCD-C0123ABCD-unsupported-events"];
    assert_eq!(alarm["Threshold"].as_f64(), Some(1.0), "the stricter threshold holds: {alarm}");
    stage.event(&service_action("ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", "prod"));
    stage.event(&deployment_state("ERROR", "SERVICE_DEPLOYMENT_FAILED", "prod"));
    assert_eq!(stage.messages().len(), 2);
    stage.apply(&two_pipelines()).ended(0);
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn one_pipeline_alone_leaves_the_other_one_fed() {
    let stage = Stage::applied(&two_pipelines());
    let before = stage.inventory(DEV);
    stage.run(&two_pipelines(), &["apply", "--yes", "--pipeline", "deploys", "-o", "json"]).ended(0);
    assert_eq!(stage.writes(), [""; 0]);
    assert_eq!(stage.inventory(DEV), before);
}

fn titles(stage: &Stage) -> Vec<String> {
    stage.messages().into_iter().filter_map(|message| message.title).collect()
}

#[test]
fn an_event_that_cannot_be_delivered_rings_the_alarm_in_the_room() {
    let stage = Stage::applied(&one_region(PIPELINE));
    let topic = format!("arn:aws:sns:{SEOUL}:{DEV}:foghorn-deploys");
    stage.by_hand(DEV, SEOUL, "sns:DeleteTopic", json!({ "TopicArn": topic }));
    let deliveries = stage.event(&deployment_state("ERROR", "SERVICE_DEPLOYMENT_FAILED", "prod"));
    assert!(matches!(deliveries[0].outcome, Outcome::Failed { .. }), "{deliveries:?}");
    stage.simulator.with_world(|world| evaluate(world, OffsetDateTime::now_utc()));
    let rung = titles(&stage);
    assert_eq!(rung, ["CloudWatch Alarm | foghorn-deploys-failed-invocations | ap-northeast-2"]);
    let run = stage.plan(&one_region(PIPELINE)).ended(2);
    assert_eq!(run.findings("alarmFiring").len(), 1, "{}", run.stdout);
    assert_eq!(run.findings("metricNonZero").len(), 1, "{}", run.stdout);
    let letters = run.findings("deadLetters");
    assert_eq!(letters[0]["evidence"]["messages"], 1, "{letters:?}");
    assert_eq!(run.condition(DEV, "AlarmsQuiet"), "False");
}

#[test]
fn a_message_that_chatbot_drops_rings_the_alarm_in_the_room() {
    let stage = Stage::applied(&one_region(PIPELINE));
    let topic = format!("arn:aws:sns:{SEOUL}:{DEV}:foghorn-deploys");
    stage.by_hand(DEV, SEOUL, "sns:Publish", json!({ "TopicArn": topic, "Message": "plain words" }));
    assert_eq!(titles(&stage), [""; 0]);
    stage.simulator.with_world(|world| evaluate(world, OffsetDateTime::now_utc()));
    assert_eq!(
        titles(&stage),
        ["CloudWatch Alarm | foghorn-T0123ABCD-C0123ABCD-unsupported-events | us-east-1"]
    );
    let run = stage.plan(&one_region(PIPELINE)).ended(2);
    let counted = run.findings("metricNonZero");
    assert_eq!(counted[0]["evidence"]["metric"], "AWS/Chatbot UnsupportedEvents", "{counted:?}");
}

#[test]
fn a_workspace_that_nobody_let_in_is_said_with_the_steps_and_everything_else_is_built() {
    let stage = Stage::new(|world| super::support::account(world, DEV, "dev"));
    let run = stage.apply(PIPELINE).ended(2);
    let finding = &run.findings("roomNotAuthorised")[0];
    assert_eq!(finding["location"], "global");
    assert!(finding["evidence"]["steps"].to_string().contains("Configure new client"), "{finding}");
    assert!(
        run.changes()
            .contains(&"withheld ChatConfiguration foghorn-T0123ABCD-C0123ABCD @ global: planned".to_owned())
    );
    assert!(stage.inventory(DEV).contains_key("eu-west-1 rule foghorn-deploys"));
    stage.simulator.with_world(|world| bootstrapped(world, DEV, "dev"));
    stage.apply(PIPELINE).ended(0);
}

#[test]
fn a_cluster_that_no_pipeline_takes_is_a_note_and_its_account_is_not_called_heard() {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        services(world, DEV, SEOUL, [Service::named("web").breaker(true, true)]);
    });
    let narrowed = one_region(PIPELINE)
        .replace("    - name: deploys\n", "    - name: deploys\n      clusters: [\"prd-*\"]\n");
    let run = stage.apply(&narrowed).ended(0);
    let left_out = &run.findings("clusterLeftOut")[0];
    let arn = format!("arn:aws:ecs:{SEOUL}:{DEV}:cluster/prod");
    assert_eq!((left_out["subject"].as_str(), left_out["severity"].as_str()), (Some(&*arn), Some("info")));
    assert_eq!(run.condition(DEV, "Heard"), "Unknown");
    for arguments in [&["plan"][..], &["plan", "--prune"]] {
        let told = stage.run(&narrowed, arguments).ended(0);
        assert!(told.stdout.contains("not every account is known to be heard"), "{}", told.stdout);
    }
    let mended = stage.apply(&narrowed.replace("prd-*", "pr*d")).ended(0);
    assert!(mended.findings("clusterLeftOut").is_empty());
    assert_eq!(mended.condition(DEV, "Heard"), "True");
}
