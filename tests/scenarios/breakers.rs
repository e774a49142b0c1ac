//! What the audit says of circuit breakers, and what remediation does.

use foghorn::sim::ecs::{Service, fail_deployment};
use serde_json::json;
use time::OffsetDateTime;

use super::support::{BREAKERS, DEV, PIPELINE, SEOUL, Stage, account, bootstrapped, services};

fn stage(given: impl IntoIterator<Item = Service>) -> Stage {
    Stage::new(|world| {
        account(world, DEV, "dev");
        services(world, DEV, SEOUL, given);
    })
}

/// A service with these members in its deployment configuration.
fn configured(service: Service, configuration: &serde_json::Value) -> Service {
    let members = configuration.as_object().expect("an object");
    members.iter().fold(service, |service, (name, value)| service.with(name, value.clone()))
}

fn remediating() -> String {
    format!("{BREAKERS}  breakers: {{ remediate: true }}\n")
}

#[test]
fn a_fleet_whose_breakers_are_all_on_is_clean() {
    let stage = stage([Service::named("web").breaker(true, true)]);
    let run = stage.plan(BREAKERS).ended(0);
    assert_eq!(run.report()["summary"]["services"], 1);
    assert_eq!(run.condition(DEV, "BreakersOn"), "True");
}

#[test]
fn each_state_of_a_breaker_is_told_apart() {
    let stage = stage([
        Service::named("on").breaker(true, true),
        Service::named("off").breaker(false, false),
        Service::named("unset").without_breaker(),
        Service::named("stays").breaker(true, false),
        Service::named("blue").strategy("BLUE_GREEN"),
        Service::named("daemon").daemon(),
        Service::named("codedeploy").code_deploy(),
        Service::named("external").external(),
        Service::named("uncontrolled").without_controller(),
    ]);
    let run = stage.plan(BREAKERS).ended(2);
    let named = |check: &str| -> Vec<String> {
        let findings = run.findings(check);
        let name = |finding: &serde_json::Value| {
            finding["subject"].as_str().and_then(|arn| arn.rsplit('/').next()).unwrap_or_default().to_owned()
        };
        findings.iter().map(name).collect()
    };
    assert_eq!(named("breakerDisabled"), ["off", "uncontrolled", "unset"]);
    assert_eq!(named("rollbackDisabled"), ["stays"]);
    assert_eq!(named("breakerNotJudged"), ["blue", "daemon"]);
    assert_eq!(named("breakerNotApplicable"), ["codedeploy", "external"]);
}

#[test]
fn an_audit_writes_nothing_even_where_everything_is_off() {
    let stage = stage([Service::named("web")]);
    stage.apply(BREAKERS).ended(2);
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn an_exempt_service_is_not_reported_until_the_exemption_runs_out() {
    let stage = stage([Service::named("web")]);
    let exempt = |until: &str| {
        format!(
            "{BREAKERS}  breakers: {{ exempt: [ {{ service: \"w*\", reason: legacy, until: {until} }} ] }}\n"
        )
    };
    stage.plan(&exempt("2999-12-31")).ended(0);
    let run = stage.plan(&exempt("2020-01-31")).ended(2);
    assert_eq!(run.findings("breakerDisabled").len(), 1);
    assert_eq!(run.findings("exemptionExpired").len(), 1);
    assert!(run.stderr.contains("expired") || run.stderr.contains("ran out"), "{}", run.stderr);
}

#[test]
fn remediation_switches_a_breaker_on_and_keeps_everything_else() {
    let configuration = json!({
        "maximumPercent": 150,
        "minimumHealthyPercent": 50,
        "alarms": { "alarmNames": ["latency"], "enable": true, "rollback": true },
        "deploymentCircuitBreaker": { "enable": false, "rollback": false },
        "bakeTimeInMinutes": 5
    });
    let stage = stage([configured(Service::named("web"), &configuration)]);
    let run = stage.apply(&remediating()).ended(0);
    assert_eq!(run.all("changes")[0]["outcome"], "applied");
    assert_eq!(stage.writes(), ["ecs:UpdateService"]);
    let after = stage.simulator.with_world(|world| {
        world.region(DEV, SEOUL).ecs.service("prod", "web").map(|service| service.configuration().clone())
    });
    let after = after.expect("the service is still there");
    for member in ["maximumPercent", "minimumHealthyPercent", "alarms", "bakeTimeInMinutes"] {
        assert_eq!(after[member], configuration[member], "{member}");
    }
    assert_eq!(after["deploymentCircuitBreaker"]["enable"], true);
    assert_eq!(after["deploymentCircuitBreaker"]["rollback"], true);
    stage.forget_calls();
    stage.apply(&remediating()).ended(0);
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn remediation_leaves_alone_what_a_newer_ecs_has_said() {
    let configuration = json!({
        "deploymentCircuitBreaker": { "enable": false, "rollback": false, "mood": "calm" },
        "earthquake": { "magnitude": 7 }
    });
    let stage = stage([configured(Service::named("web"), &configuration)]);
    let run = stage.apply(&remediating()).ended(2);
    let change = &run.all("changes")[0];
    assert_eq!(change["action"], "withheld");
    let why = change["why"].as_str().unwrap_or_default();
    assert!(why.contains("mood") && why.contains("earthquake"), "{why}");
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn a_run_about_one_pipeline_switches_no_breaker_on() {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        services(world, DEV, SEOUL, [Service::named("web")]);
    });
    let fleet = format!("{PIPELINE}  breakers: {{ remediate: true }}\n");
    stage.run(&fleet, &["apply", "--yes", "--pipeline", "deploys", "--output", "json"]).ended(2);
    assert!(stage.writes().contains(&"events:PutRule".to_owned()));
    assert!(!stage.writes().contains(&"ecs:UpdateService".to_owned()));
}

#[test]
fn remediation_waits_for_a_deployment_that_is_under_way() {
    let stage = stage([Service::named("web")]);
    stage.simulator.with_world(|world| {
        // With the breaker off, ECS goes on trying to start the tasks.
        fail_deployment(world, DEV, SEOUL, "prod", "web", "tasks do not start", OffsetDateTime::now_utc())
            .expect("the service is there");
    });
    let run = stage.apply(&remediating()).ended(2);
    assert_eq!(run.all("changes")[0]["action"], "withheld");
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn a_cluster_of_many_services_is_read_in_full_batches() {
    let stage = stage((0..25).map(|number| Service::named(&format!("s{number:02}")).breaker(true, true)));
    let run = stage.plan(BREAKERS).ended(0);
    let calls = &run.report()["summary"]["calls"];
    assert_eq!(calls["byOperation"]["ecs:ListServices"], 1);
    assert_eq!(calls["byOperation"]["ecs:DescribeServices"], 3);
    // One page of rules that others made, and one question for forgotten things.
    assert_eq!(calls["total"], 8, "{calls}");
}
