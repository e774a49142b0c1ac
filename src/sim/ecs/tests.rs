use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use super::*;

const ACCOUNT: &str = "111111111111";
const REGION: &str = "eu-west-1";
const NOW: OffsetDateTime = datetime!(2026-11-21 09:00 UTC);

fn ask(world: &mut World, operation: &str, input: Value) -> Answer {
    let call = Call {
        account: ACCOUNT,
        region: REGION,
        principal: "arn:aws:sts::111111111111:assumed-role/foghorn/foghorn",
        operation,
        input: &input,
        now: NOW,
    };
    super::call(world, &call)
}

fn code(answer: Answer) -> String {
    answer.unwrap_err().code
}

fn world_with(services: impl IntoIterator<Item = Service>) -> World {
    let mut world = World::default();
    for service in services {
        world.region(ACCOUNT, REGION).ecs.add_service("prod", service);
    }
    world
}

fn describe(world: &mut World, name: &str) -> Value {
    let input = json!({ "cluster": "prod", "services": [name] });
    ask(world, "DescribeServices", input).unwrap()["services"][0].clone()
}

#[test]
fn services_are_listed_ten_a_page_unless_asked_otherwise() {
    let mut world = world_with((0..25).map(|number| Service::named(&format!("s{number:02}"))));
    let mut sizes = Vec::new();
    let mut input = json!({ "cluster": "prod" });
    loop {
        let page = ask(&mut world, "ListServices", input.clone()).unwrap();
        sizes.push(page["serviceArns"].as_array().unwrap().len());
        match page.get("nextToken") {
            Some(token) => input["nextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(sizes, [10, 10, 5]);
    let all = ask(&mut world, "ListServices", json!({ "cluster": "prod", "maxResults": 100 }));
    assert_eq!(all.unwrap()["serviceArns"].as_array().unwrap().len(), 25);
    let refused = ask(&mut world, "ListServices", json!({ "cluster": "prod", "maxResults": 101 }));
    assert_eq!(code(refused), "InvalidParameterException");
}

#[test]
fn pages_are_short_and_still_complete_when_switched_on() {
    let mut world = world_with((0..6).map(|number| Service::named(&format!("s{number}"))));
    world.knobs.short_ecs_pages = true;
    let input = json!({ "cluster": "prod", "maxResults": 6 });
    let page = ask(&mut world, "ListServices", input).unwrap();
    assert_eq!(page["serviceArns"].as_array().unwrap().len(), 3);
    assert!(page["nextToken"].is_string());
}

#[test]
fn a_filter_lists_only_what_it_names() {
    let mut world = world_with([Service::named("web"), Service::named("agent").daemon()]);
    let input = json!({ "cluster": "prod", "schedulingStrategy": "DAEMON" });
    let page = ask(&mut world, "ListServices", input).unwrap();
    assert_eq!(page["serviceArns"], json!(["arn:aws:ecs:eu-west-1:111111111111:service/prod/agent"]));
}

#[test]
fn at_most_ten_services_are_described_and_missing_ones_are_failures() {
    let mut world = world_with([Service::named("web")]);
    let names: Vec<String> = (0..11).map(|number| number.to_string()).collect();
    let refused = ask(&mut world, "DescribeServices", json!({ "cluster": "prod", "services": names }));
    assert_eq!(code(refused), "InvalidParameterException");

    let input = json!({ "cluster": "prod", "services": ["web", "gone"] });
    let answer = ask(&mut world, "DescribeServices", input).unwrap();
    assert_eq!(answer["services"].as_array().unwrap().len(), 1);
    let failure =
        json!({ "arn": "arn:aws:ecs:eu-west-1:111111111111:service/prod/gone", "reason": "MISSING" });
    assert_eq!(answer["failures"], json!([failure]));
}

#[test]
fn a_cluster_that_is_not_named_is_the_default_one() {
    let mut world = World::default();
    assert_eq!(code(ask(&mut world, "ListServices", json!({}))), "ClusterNotFoundException");
    let described = ask(&mut world, "DescribeClusters", json!({})).unwrap();
    assert_eq!(described["failures"][0]["reason"], "MISSING");
    ask(&mut world, "CreateCluster", json!({})).unwrap();
    assert!(ask(&mut world, "ListServices", json!({})).is_ok());
    let described = ask(&mut world, "DescribeClusters", json!({})).unwrap();
    assert_eq!(described["clusters"][0]["clusterName"], "default");
}

#[test]
fn a_deployment_configuration_is_kept_verbatim_and_replaced_member_by_member() {
    let breaker = json!({ "enable": true, "rollback": false, "thresholdConfiguration": { "type": "COUNT", "value": 5 } });
    let service = Service::named("web").with("deploymentCircuitBreaker", breaker);
    let mut world = world_with([service.with("somethingNew", json!([1, 2]))]);
    let update = json!({
        "cluster": "prod", "service": "web",
        "deploymentConfiguration": { "deploymentCircuitBreaker": { "enable": true, "rollback": true } },
    });
    ask(&mut world, "UpdateService", update).unwrap();
    let configuration = &describe(&mut world, "web")["deploymentConfiguration"];
    assert_eq!(configuration["somethingNew"], json!([1, 2]));
    assert_eq!(configuration["maximumPercent"], 200);
    assert_eq!(configuration["deploymentCircuitBreaker"], json!({ "enable": true, "rollback": true }));
}

#[test]
fn a_deployment_configuration_alone_starts_no_deployment() {
    let mut world = world_with([Service::named("web")]);
    let before = describe(&mut world, "web")["deployments"].clone();
    let input =
        json!({ "cluster": "prod", "service": "web", "deploymentConfiguration": { "maximumPercent": 150 } });
    ask(&mut world, "UpdateService", input).unwrap();
    assert_eq!(describe(&mut world, "web")["deployments"], before);
    let input = json!({ "cluster": "prod", "service": "web", "taskDefinition": "web:7" });
    ask(&mut world, "UpdateService", input).unwrap();
    let after = describe(&mut world, "web");
    assert_ne!(after["deployments"], before);
    assert!(after["taskDefinition"].as_str().unwrap().ends_with(":task-definition/web:7"));
}

#[test]
fn a_breaker_needs_both_members_and_the_ecs_controller() {
    let mut world = world_with([
        Service::named("web"),
        Service::named("blue").code_deploy(),
        Service::named("ext").external(),
    ]);
    let mut update = |service: &str, breaker: Value| {
        let configuration = json!({ "deploymentCircuitBreaker": breaker });
        let input =
            json!({ "cluster": "prod", "service": service, "deploymentConfiguration": configuration });
        ask(&mut world, "UpdateService", input)
    };
    let both = json!({ "enable": true, "rollback": true });
    assert_eq!(code(update("web", json!({ "enable": true }))), "InvalidParameterException");
    assert_eq!(code(update("blue", both.clone())), "InvalidParameterException");
    assert_eq!(code(update("ext", both.clone())), "InvalidParameterException");
    assert_eq!(code(update("gone", both.clone())), "ServiceNotFoundException");
    assert!(update("web", both).is_ok());
    let web = world.region(ACCOUNT, REGION).ecs.service("prod", "web").unwrap();
    assert_eq!(web.breaker_state(), (true, true));
}

#[test]
fn a_deleted_service_is_not_listed_but_still_described() {
    let mut world = world_with([Service::named("web")]);
    let input = json!({ "cluster": "prod", "service": "web" });
    assert_eq!(code(ask(&mut world, "DeleteService", input)), "InvalidParameterException");
    let input = json!({ "cluster": "prod", "service": "web", "force": true });
    ask(&mut world, "DeleteService", input.clone()).unwrap();
    let page = ask(&mut world, "ListServices", json!({ "cluster": "prod" })).unwrap();
    assert_eq!(page["serviceArns"], json!([]));
    assert_eq!(describe(&mut world, "web")["status"], "INACTIVE");
    assert_eq!(code(ask(&mut world, "UpdateService", input)), "ServiceNotActiveException");
}

#[test]
fn events_are_made_up_to_the_wanted_number_and_never_more_than_a_hundred() {
    let mut world = world_with([Service::named("web")]);
    world.knobs.events_per_service = 500;
    let text = describe(&mut world, "web")["events"]["$json"].as_str().unwrap().to_owned();
    let events: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(events.len(), 100);
    assert_eq!(events[0]["message"], "(service web) has reached a steady state.");
    let ids: std::collections::BTreeSet<String> =
        events.iter().map(|event| event["id"].to_string()).collect();
    assert_eq!(ids.len(), 100);
}

#[test]
fn tags_are_read_added_and_removed() {
    let mut world = world_with([Service::named("web").tag("env", "prod")]);
    let arn = "arn:aws:ecs:eu-west-1:111111111111:service/prod/web";
    let tag = json!({ "resourceArn": arn, "tags": [{ "key": "team", "value": "a" }] });
    ask(&mut world, "TagResource", tag).unwrap();
    ask(&mut world, "UntagResource", json!({ "resourceArn": arn, "tagKeys": ["env"] })).unwrap();
    let tags = ask(&mut world, "ListTagsForResource", json!({ "resourceArn": arn })).unwrap();
    assert_eq!(tags, json!({ "tags": [{ "key": "team", "value": "a" }] }));
}

#[test]
fn a_shared_cluster_is_changed_only_where_it_is_changed() {
    let mut world = World::default();
    let mut cluster = Cluster::default();
    cluster.add(Service::named("web"));
    let (name, cluster) = (Arc::from("prod"), Arc::new(cluster));
    world.region(ACCOUNT, REGION).ecs.share_cluster(&name, &cluster);
    world.region("222222222222", REGION).ecs.share_cluster(&name, &cluster);
    let configuration = json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": true } });
    let input = json!({ "cluster": "prod", "service": "web", "deploymentConfiguration": configuration });
    ask(&mut world, "UpdateService", input).unwrap();
    let mut state =
        |account| world.region(account, REGION).ecs.service("prod", "web").unwrap().breaker_state();
    assert_eq!(state(ACCOUNT), (true, true));
    assert_eq!(state("222222222222"), (false, false));
}

fn fail(world: &mut World) -> Value {
    let reason = "ECS deployment circuit breaker: task failed to start.";
    fail_deployment(world, ACCOUNT, REGION, "prod", "web", reason, NOW).unwrap()
}

#[test]
fn a_failed_deployment_rolls_back_and_says_so_where_the_breaker_is_on() {
    let mut world = world_with([Service::named("web").breaker(true, true)]);
    let before = describe(&mut world, "web");
    let event = fail(&mut world);
    let failed = event["detail"]["deploymentId"].clone();
    assert_eq!(
        event,
        json!({
            "version": "0", "id": "f0900000-0000-4000-8000-000000000001",
            "detail-type": "ECS Deployment State Change", "source": "aws.ecs",
            "account": ACCOUNT, "time": "2026-11-21T09:00:00Z", "region": REGION,
            "resources": ["arn:aws:ecs:eu-west-1:111111111111:service/prod/web"],
            "detail": {
                "eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "deploymentId": failed,
                "updatedAt": "2026-11-21T09:00:00.000Z",
                "reason": "ECS deployment circuit breaker: task failed to start.",
            },
        })
    );
    let after = describe(&mut world, "web");
    assert_eq!(after["taskDefinition"], before["taskDefinition"]);
    assert_eq!(after["deployments"][1]["id"], failed);
    assert_eq!(after["deployments"][1]["rolloutState"], "FAILED");
    let reason = after["deployments"][0]["rolloutStateReason"].as_str().unwrap();
    assert!(reason.contains(before["deployments"][0]["id"].as_str().unwrap()), "{reason}");
}

#[test]
fn a_failed_deployment_stays_where_the_breaker_does_not_roll_back() {
    let mut world = world_with([Service::named("web").breaker(true, false)]);
    assert_eq!(fail(&mut world)["detail-type"], "ECS Deployment State Change");
    let after = describe(&mut world, "web");
    assert_eq!(after["deployments"][0]["rolloutState"], "FAILED");
    assert!(after["taskDefinition"].as_str().unwrap().ends_with("web:2"));
}

#[test]
fn a_failed_deployment_is_a_service_action_where_the_breaker_is_off() {
    let mut world = world_with([Service::named("web")]);
    let event = fail(&mut world);
    assert_eq!(event["detail-type"], "ECS Service Action");
    assert_eq!(event["detail"]["clusterArn"], "arn:aws:ecs:eu-west-1:111111111111:cluster/prod");
    assert_eq!(describe(&mut world, "web")["deployments"][0]["rolloutState"], "IN_PROGRESS");
}

#[test]
fn a_deployment_of_a_service_that_is_not_there_cannot_fail() {
    let mut world = World::default();
    let missing = fail_deployment(&mut world, ACCOUNT, REGION, "prod", "web", "", NOW);
    assert_eq!(missing.unwrap_err().code, "ServiceNotFoundException");
}
