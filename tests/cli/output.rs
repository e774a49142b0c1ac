//! What a person reads: the text of a plan over a mixed organisation.

use foghorn::sim::ecs::Service;
use foghorn::sim::faults::{Denial, Effect, Fault};
use serde_json::json;

use super::support::{
    DEV, IRELAND, PIPELINE, PROD, SEOUL, Stage, account, bootstrapped, one_region, services,
};

fn fleet() -> String {
    let one = "    - { id: \"111111111111\", name: dev }\n";
    let all = format!(
        "{one}    - {{ id: \"222222222222\", name: prod }}\n    - {{ id: \"333333333333\", name: new }}\n    \
         - {{ id: \"444444444444\", name: closed }}\n"
    );
    PIPELINE.replace(one, &all)
}

/// One account that drifted, one in order, one that is new and whose workspace
/// nobody let in, one that denies everything.
fn mixed() -> Stage {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        bootstrapped(world, PROD, "prod");
        account(world, "333333333333", "new");
        account(world, "444444444444", "closed");
        let on = |name| Service::named(name).breaker(true, true);
        services(
            world,
            DEV,
            SEOUL,
            [on("web"), Service::named("worker"), Service::named("api").breaker(true, false)],
        );
        services(world, PROD, IRELAND, [on("web"), Service::named("blue").strategy("BLUE_GREEN")]);
    });
    stage.simulator.faults.add(Fault::new(Effect::Deny(Denial::Identity)).account("444444444444"));
    let built = ["apply", "--yes", "--account", "dev", "--account", "prod"];
    stage.run(&fleet(), &built).ended(2);
    stage.by_hand(DEV, SEOUL, "events:DisableRule", json!({ "Name": "foghorn-deploys" }));
    let names = json!({ "AlarmNames": ["foghorn-deploys-failed-invocations"] });
    stage.by_hand(DEV, IRELAND, "cloudwatch:DisableAlarmActions", names);
    let keys = json!(["foghorn.dev/fleet"]);
    let topic = format!("arn:aws:sns:{IRELAND}:{DEV}:foghorn-deploys");
    stage.by_hand(DEV, IRELAND, "sns:UntagResource", json!({ "ResourceArn": topic, "TagKeys": keys }));
    stage
}

/// The text without what differs from one run to the next: how many calls it
/// took, and how long, which run it is compared with, and how many minutes ago
/// that was. Ports have no place in it at all.
fn steady(stage: &Stage, text: &str) -> String {
    let port = stage.url().rsplit(':').next().unwrap_or_default().to_owned();
    assert!(!text.contains(&format!(":{port}")), "{text}");
    let line = |line: &str| match line.split_once("): ") {
        _ if line.starts_with("  calls ") => "  calls     <calls>\n".to_owned(),
        _ if line.starts_with("resolved since ") => "resolved since <time>\n".to_owned(),
        Some((_, news)) if line.starts_with("  since ") => {
            format!("  since     <time> (run <run>): {news}\n")
        }
        _ => format!("{line}\n"),
    };
    let text: String = text.lines().map(line).collect();
    (2..10).fold(text, |text, minutes| text.replace(&format!("(for {minutes} minutes)"), "(for 1 minute)"))
}

#[test]
fn a_plan_over_a_mixed_organisation_reads_well() {
    let stage = mixed();
    let run = stage.run(&fleet(), &["plan"]).ended(3);
    assert_eq!(run.stderr, "");
    insta::assert_snapshot!("plan", steady(&stage, &run.stdout));
    let run = stage.run(&fleet(), &["plan", "-v", "--account", "dev"]).ended(2);
    insta::assert_snapshot!("plan_verbose", steady(&stage, &run.stdout));
}

#[test]
fn an_apply_and_a_clean_plan_read_well() {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        services(world, DEV, SEOUL, [Service::named("web").breaker(true, true)]);
    });
    let run = stage.run(PIPELINE, &["apply", "--yes"]).ended(0);
    insta::assert_snapshot!("apply", steady(&stage, &run.stdout));
    let run = stage.run(PIPELINE, &["plan"]).ended(0);
    insta::assert_snapshot!("clean", steady(&stage, &run.stdout));
}

#[test]
fn what_is_forgotten_and_what_is_removed_reads_well() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let one = one_region(PIPELINE);
    let via = "via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }";
    let two = format!("{one}    - name: tasks\n      events: [taskFailed]\n      {via}\n");
    stage.apply(&two).ended(0);
    for (name, words) in [
        ("orphans", ["plan"].as_slice()),
        ("orphans_to_prune", &["plan", "--prune"]),
        ("destroyed", &["destroy", "--yes"]),
    ] {
        let run = stage.run(&one, words).ended(if name == "destroyed" { 0 } else { 2 });
        insta::assert_snapshot!(name, steady(&stage, &run.stdout));
    }
}

#[test]
fn nothing_is_coloured_where_no_terminal_reads_and_progress_stays_silent() {
    let stage = mixed();
    for form in ["text", "json"] {
        let run = stage.run(&fleet(), &["plan", "-o", form]).ended(3);
        assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
        assert_eq!(run.stderr, "");
    }
}

/// A pipeline through a hub, and one that is built where nobody hears.
const HUB: &str = r#"
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [ap-northeast-2]
  accounts:
    - { id: "111111111111", name: dev, labels: { team: web } }
    - { id: "222222222222", name: prod }
  pipelines:
    - name: deploys
      match: { labels: { team: web } }
      events: [deploymentFailed]
      hub: { account: "222222222222", region: ap-northeast-2 }
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }
"#;

/// What a team made itself: a rule that reaches its topic, and one that does
/// not, as the topic's policy lets only the first in.
fn made_by_others(stage: &Stage) {
    let topic = format!("arn:aws:sns:{SEOUL}:{DEV}:team-alerts");
    let allow = json!({
        "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" }, "Action": "sns:Publish",
        "Resource": topic,
        "Condition": { "ArnEquals": { "aws:SourceArn": format!("arn:aws:events:{SEOUL}:{DEV}:rule/team-heard") } },
    });
    let policy = json!({ "Version": "2012-10-17", "Statement": [allow] }).to_string();
    stage.by_hand(DEV, SEOUL, "sns:CreateTopic", json!({ "Name": "team-alerts" }));
    let input = json!({ "TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy });
    stage.by_hand(DEV, SEOUL, "sns:SetTopicAttributes", input);
    let phone = json!({ "TopicArn": topic, "Protocol": "sms", "Endpoint": "+15550100" });
    stage.by_hand(DEV, SEOUL, "sns:Subscribe", phone);
    let pattern = json!({
        "source": ["aws.ecs"], "detail-type": ["ECS Deployment State Change"],
        "detail": { "eventName": ["SERVICE_DEPLOYMENT_FAILED"] },
    });
    for rule in ["team-heard", "team-lost"] {
        let input = json!({ "Name": rule, "EventPattern": pattern.to_string() });
        stage.by_hand(DEV, SEOUL, "events:PutRule", input);
        let targets = json!([{ "Id": "sns", "Arn": topic }]);
        stage.by_hand(DEV, SEOUL, "events:PutTargets", json!({ "Rule": rule, "Targets": targets }));
    }
}

#[test]
fn a_plan_with_a_broken_hub_rules_of_others_and_orphans_reads_well() {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        bootstrapped(world, PROD, "prod");
    });
    let own = "    - name: stops\n      match: { labels: { team: web } }\n      events: [taskStopped]\n      \
               via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }\n";
    stage.apply(&format!("{HUB}{own}")).ended(0);
    made_by_others(&stage);
    let input = json!({ "Name": "foghorn-deploys", "EventBusName": "foghorn-deploys" });
    stage.by_hand(PROD, SEOUL, "events:DisableRule", input);
    let run = stage.run(HUB, &["plan"]).ended(2);
    insta::assert_snapshot!("plan_hub", steady(&stage, &run.stdout));
}
