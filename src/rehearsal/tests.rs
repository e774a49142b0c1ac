use serde_json::{Value, json};
use time::macros::date;

use super::event::Event;
use super::{rehearse, sample};
use crate::events::samples::{self, Scene};
use crate::fleet::{self, Filter, Fleet};
use crate::model::rehearsal::{Delivery, NotTaken, RehearsalOutcome};
use crate::model::{EventFamily, Region};

const CHATBOT: &str = "chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } }";
const NOTIFIER: &str = "lambda: { teams: { webhook: { secretsManager: teams } } }";

/// A fleet of one listed account, dev, and one pipeline.
fn fleet(spec: &str, pipeline: &str, via: &str) -> Fleet {
    let text = format!(
        "apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata: {{ name: acme }}\nspec:\n  access: {{ roleName: \
         foghorn }}\n  accounts: [{{ id: \"111111111111\", name: dev, labels: {{ team: web }} }}]\n{spec}\n  \
         pipelines:\n    - name: main\n{pipeline}\n      via: {{ {via} }}\n"
    );
    fleet::parse(&text, "fleet.yaml", date!(2026 - 11 - 21)).expect("a fleet").fleet
}

const REGIONS: &str = "  regions: [eu-west-1, ap-northeast-2]";

fn outcome(fleet: &Fleet, event: &Event) -> RehearsalOutcome {
    let pipelines: Vec<_> = fleet.spec.pipelines.iter().collect();
    rehearse(fleet, &pipelines, event).pipelines.remove(0).outcome
}

/// Why the fleet's only pipeline does not take an event.
fn why(fleet: &Fleet, event: &Event) -> (NotTaken, String) {
    match outcome(fleet, event) {
        RehearsalOutcome::NotTaken { reason, message } => (reason, message),
        RehearsalOutcome::Taken { deliveries } => panic!("it is taken: {deliveries:?}"),
    }
}

fn delivery(fleet: &Fleet, event: &Event) -> Delivery {
    match outcome(fleet, event) {
        RehearsalOutcome::Taken { mut deliveries } => deliveries.remove(0),
        RehearsalOutcome::NotTaken { message, .. } => panic!("it is not taken: {message}"),
    }
}

/// A sample in cluster prod of the account dev in eu-west-1, changed.
fn event(name: &str, change: impl FnOnce(&mut Value)) -> Event {
    let account = "111111111111".parse().expect("an id");
    let region: Region = "eu-west-1".parse().expect("a Region");
    let scene = Scene { account: &account, region, cluster: "prod", time: "2026-01-01T00:00:00Z" };
    let mut body = samples::sample(name, &scene).expect("a sample").event;
    change(&mut body);
    Event::of(body, None).expect("an event")
}

fn set(field: &'static str, value: impl Into<Value>) -> impl FnOnce(&mut Value) {
    let value = value.into();
    move |body| *body.pointer_mut(field).expect("the field") = value
}

#[test]
fn a_pipeline_that_does_not_stand_where_the_event_arises_says_so() {
    let failed = "      events: [deploymentFailed]";
    let of_prod = "      match: { labels: { env: prod } }\n      events: [deploymentFailed]";
    let discovered = "  regions: [eu-west-1]\n  organization: { exclude: [\"333333333333\"] }";
    let with_tags = "  regions: [eu-west-1]\n  organization: { labelsFromTags: [env] }";
    let elsewhere = |id: &'static str| event("deployment-failed", set("/account", id));
    let here = || event("deployment-failed", |_| ());
    for (spec, pipeline, event, reason, words) in [
        (
            REGIONS,
            failed,
            elsewhere("222222222222"),
            NotTaken::AccountNotInFleet,
            "222222222222 is not one of",
        ),
        (discovered, failed, elsewhere("333333333333"), NotTaken::AccountNotInFleet, "which excludes it"),
        (REGIONS, of_prod, here(), NotTaken::AccountNotSelected, "asks for env=prod, and account dev (1111"),
        (REGIONS, of_prod, here(), NotTaken::AccountNotSelected, "has team=web"),
        (discovered, of_prod, elsewhere("222222222222"), NotTaken::AccountNotSelected, "has no label"),
        (with_tags, of_prod, elsewhere("222222222222"), NotTaken::LabelsUnknown, "AWS Organizations alone"),
        (
            with_tags,
            of_prod,
            here(),
            NotTaken::LabelsUnknown,
            "whether account dev (111111111111) has that tag",
        ),
        (
            REGIONS,
            failed,
            event("deployment-failed", set("/region", "us-east-1")),
            NotTaken::RegionNotInFleet,
            "which has ap-northeast-2, eu-west-1",
        ),
    ] {
        let (found, message) = why(&fleet(spec, pipeline, CHATBOT), &event);
        assert_eq!(found, reason, "{message}");
        assert!(message.contains(words), "{words}: {message}");
    }
}

#[test]
fn where_aws_chatbot_does_not_exist_nothing_is_built_to_take_an_event() {
    let mut fleet = fleet(REGIONS, "      events: [deploymentFailed]", CHATBOT);
    fleet.spec.accounts[0].regions = Some(vec!["cn-north-1".parse().expect("a Region")]);
    let (reason, message) = why(&fleet, &event("deployment-failed", set("/region", "cn-north-1")));
    assert_eq!(reason, NotTaken::NotBuilt);
    assert!(message.contains("nothing is built in cn-north-1"), "{message}");
}

#[test]
fn what_an_event_lacks_is_told_by_the_first_thing_that_fails() {
    let own = |pattern: Value| format!("      events: [{{ pattern: {pattern} }}]");
    let of = |families: &str| format!("      events: [{families}]");
    let in_web = "      events: [deploymentFailed, serviceImpaired]\n      clusters: [\"web-*\"]".to_owned();
    let exited = |code: Value| own(json!({ "detail": { "containers": { "exitCode": [code] } } }));
    let unchanged = |_: &mut Value| ();
    for (pipeline, event, reason, words) in [
        (
            of("deploymentFailed"),
            event("deployment-failed", set("/source", "my.app")),
            NotTaken::Source,
            "source is \"my.app\", and must be \"aws.ecs\"",
        ),
        (
            of("deploymentFailed, serviceImpaired"),
            event("task-exited", unchanged),
            NotTaken::DetailType,
            "detail-type is \"ECS Task State Change\", and must be \"ECS Deployment State Change\" or \"ECS Service \
             Action\"",
        ),
        (
            of("deploymentFailed, taskFailed"),
            event("deployment-completed", unchanged),
            NotTaken::Field,
            "detail.eventName is \"SERVICE_DEPLOYMENT_COMPLETED\", and must be \"SERVICE_DEPLOYMENT_FAILED\"",
        ),
        (
            of("taskStopped"),
            event("task-running", unchanged),
            NotTaken::Field,
            "detail.lastStatus is \"RUNNING\", and must be \"STOPPED\"",
        ),
        (
            of("taskFailed"),
            event("task-stopped-by-a-person", unchanged),
            NotTaken::Field,
            "detail.stopCode is \"UserInitiated\", and must be \"TaskFailedToStart\" or ",
        ),
        (
            of("taskFailed"),
            event("task-scaled-in", unchanged),
            NotTaken::Field,
            "must be a text that begins with \"Task failed ELB health checks\" or ",
        ),
        (
            exited(json!({ "numeric": [">", 0] })),
            event("task-exited", set("/detail/containers/0/exitCode", "1")),
            NotTaken::Field,
            "exitCode is \"1\" and 0, a text and not a number, and must be a number > 0",
        ),
        (
            exited(json!(1)),
            event("task-not-initialised", unchanged),
            NotTaken::FieldAbsent,
            "detail.containers.exitCode is absent, and must be 1",
        ),
        (
            own(json!({ "detail": { "containers": { "name": ["app"], "exitCode": [0] } } })),
            event("task-exited", unchanged),
            NotTaken::Field,
            "no single element",
        ),
        (
            in_web.clone(),
            event("deployment-failed", unchanged),
            NotTaken::Cluster,
            "cluster prod is not among `clusters`: web-*",
        ),
        (
            in_web.clone(),
            event("service-start-impaired", unchanged),
            NotTaken::Cluster,
            "cluster prod is not among `clusters`: web-*",
        ),
        (
            in_web,
            event("deployment-failed", set("/resources/0", "arn:aws:ecs:eu-west-1:111111111111:service/web")),
            NotTaken::Cluster,
            "from before the long ARN format",
        ),
    ] {
        for via in [CHATBOT, NOTIFIER] {
            let (found, message) = why(&fleet(REGIONS, &pipeline, via), &event);
            assert_eq!(found, reason, "{message}");
            assert!(message.contains(words), "{words}: {message}");
            assert!(!message.contains("anary"), "{message}");
        }
    }
}

#[test]
fn a_sample_is_taken_by_a_pipeline_of_its_family_and_every_room_would_show_it() {
    let slack = "apiDestination: { slack: { webhook: { env: ROOM } } }";
    let google_chat = "apiDestination: { googleChat: { webhook: { file: room } } }";
    let lambdas = ["slack", "googleChat", "teams"]
        .map(|room| format!("lambda: {{ {room}: {{ webhook: {{ secretsManager: room }} }} }}"));
    let vias = [CHATBOT, slack, google_chat, &lambdas[0], &lambdas[1], &lambdas[2]];
    for (via, family) in vias.iter().flat_map(|via| EventFamily::ALL.map(|family| (via, family))) {
        let fleet = fleet(REGIONS, &format!("      events: [{}]", family.name()), via);
        for name in samples::names() {
            let event = event(name, |_| ());
            let account = "111111111111".parse().expect("an id");
            let scene = Scene { account: &account, region: event.region, cluster: "prod", time: "" };
            let is_taken = samples::sample(name, &scene).expect("a sample").is_of(family);
            match outcome(&fleet, &event) {
                RehearsalOutcome::Taken { deliveries } => {
                    assert!(is_taken, "{name} by {} {via}", family.name());
                    assert_eq!(deliveries.len(), 1, "{name} by {} {via}", family.name());
                    assert_eq!(deliveries[0].refused, None, "{name} by {} {via}", family.name());
                    assert!(deliveries[0].text.lines().count() > 3, "{}", deliveries[0].text);
                }
                RehearsalOutcome::NotTaken { message, .. } => {
                    assert!(!is_taken, "{name} by {} {via}: {message}", family.name());
                    assert!(message.contains("must be"), "{message}");
                }
            }
        }
    }
}

#[test]
fn a_message_that_the_room_would_not_show_is_not_heard() {
    let fleet = fleet(REGIONS, "      events: [taskStopped]", CHATBOT);
    let event = event("task-exited", set("/detail/stopCode", "x".repeat(300)));
    let refused = delivery(&fleet, &event).refused.expect("a refusal");
    assert!(refused.contains("`title` of more than 250 characters"), "{refused}");
    let pipelines: Vec<_> = fleet.spec.pipelines.iter().collect();
    assert!(!rehearse(&fleet, &pipelines, &event).is_heard());
}

#[test]
fn an_account_that_the_organisation_would_find_is_taken_by_its_id_and_that_is_said() {
    let spec = "  regions: [eu-west-1]\n  organization: {}";
    let fleet = fleet(spec, "      events: [deploymentFailed]", NOTIFIER);
    let event = event("deployment-failed", set("/account", "222222222222"));
    let pipelines: Vec<_> = fleet.spec.pipelines.iter().collect();
    let rehearsal = rehearse(&fleet, &pipelines, &event);
    assert!(rehearsal.is_heard());
    assert!(rehearsal.notes[0].contains("account 222222222222 is not listed"), "{:?}", rehearsal.notes);
    assert!(delivery(&fleet, &event).text.contains("Account: 222222222222"));
}

#[test]
fn a_hub_that_the_organisation_would_find_takes_the_event_on_and_one_that_it_excludes_does_not() {
    let pipeline =
        "      events: [deploymentFailed]\n      hub: { account: \"333333333333\", region: us-east-1 }";
    let event = event("deployment-failed", |_| ());
    let found = fleet("  regions: [eu-west-1]\n  organization: {}", pipeline, NOTIFIER);
    let delivery = delivery(&found, &event);
    let hub = delivery.hub.expect("the hub's rule");
    assert_eq!((hub.account.as_str(), hub.region), ("333333333333", Region::US_EAST_1));
    assert_eq!((delivery.rule.bus, hub.bus.as_deref()), (None, Some("foghorn-main")));
    assert!(delivery.text.contains("Account: dev (111111111111)"), "{}", delivery.text);
    let excluded = "  regions: [eu-west-1]\n  organization: { exclude: [\"333333333333\"] }";
    let (reason, message) = why(&fleet(excluded, pipeline, NOTIFIER), &event);
    assert_eq!(reason, NotTaken::Hub);
    assert!(message.contains("333333333333"), "{message}");
}

#[test]
fn a_pipeline_that_is_built_where_nobody_hears_is_taken_as_built_and_that_is_said() {
    let fleet = fleet(REGIONS, "      when: unheard\n      events: [deploymentFailed]", CHATBOT);
    let pipelines: Vec<_> = fleet.spec.pipelines.iter().collect();
    let rehearsal = rehearse(&fleet, &pipelines, &event("deployment-failed", |_| ()));
    assert!(rehearsal.is_heard());
    assert!(rehearsal.pipelines[0].notes[0].contains("taken as built"));
}

#[test]
fn samples_happen_where_most_pipelines_hear_and_in_a_cluster_of_theirs() {
    let accounts = "  regions: [eu-west-1]\n  guard: {}";
    let mut fleet = fleet(accounts, "      events: [taskFailed]\n      clusters: [\"web-*\"]", CHATBOT);
    let mut prod = fleet.spec.accounts[0].clone();
    prod.id = "222222222222".parse().expect("an id");
    prod.labels.insert("env".to_owned(), "prod".to_owned());
    fleet.spec.accounts.push(prod);
    let place = |fleet: &Fleet| {
        let pipelines: Vec<_> = fleet.spec.pipelines.iter().collect();
        let accounts = fleet.accounts(Vec::new(), &Filter::default()).expect("accounts");
        let event = sample::named(sample::all(&accounts, &pipelines), "task-exited").expect("a sample");
        assert!(event.body["detail"]["clusterArn"].as_str().is_some_and(|arn| arn.ends_with("/web-sample")));
        event.account.to_string()
    };
    assert_eq!(place(&fleet), "111111111111");
    fleet.spec.pipelines[0].selector.labels.insert("env".to_owned(), "prod".to_owned());
    assert_eq!(place(&fleet), "222222222222");
    let unknown = sample::named(sample::all(&[], &[]), "task-exit").expect_err("no such sample");
    assert!(unknown.to_string().contains("no sample `task-exit`; there are deployment-failed,"), "{unknown}");
}
