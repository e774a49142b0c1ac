//! One account gathers the events of all the others and has the one room.

use std::collections::BTreeMap;

use foghorn::sim::chatbot::authorise_team;
use foghorn::sim::rooms::webhooks::Kind;
use foghorn::sim::routing::{Delivery, Outcome};
use foghorn::sim::world::{Role, World};
use serde_json::{Value, json};

use super::inventory::Inventory;
use super::support::{DEV, IRELAND, PROD, SEOUL, Stage, account, bootstrapped};

/// A third member.
const SHOP: &str = "333333333333";
/// The account that the others forward to.
const HUB: &str = "444444444444";
/// An account that is none of the fleet's.
const STRANGER: &str = "555555555555";
/// The members.
const MEMBERS: [(&str, &str); 3] = [(DEV, "dev"), (PROD, "prod"), (SHOP, "shop")];

const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const TEAM: &str = "4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f";

/// One way from the hub to the room.
const SLACK_CHATBOT: &str = "chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } }";
const TEAMS_CHATBOT: &str = "chatbot: { teams: { tenantId: 11111111-2222-3333-4444-555555555555, teamId: \
                             4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f, channelId: \"19%3Aab12%40thread.tacv2\" } }";
const SLACK_DESTINATION: &str = "apiDestination: { slack: { webhook: { secretsManager: foghorn/slack } } }";
const GOOGLE_CHAT_FUNCTION: &str =
    "lambda: { googleChat: { webhook: { secretsManager: foghorn/google-chat } } }";

/// Every way from the hub to the room.
const WAYS: [&str; 4] = [SLACK_CHATBOT, TEAMS_CHATBOT, SLACK_DESTINATION, GOOGLE_CHAT_FUNCTION];

/// Members by account id, with the way from the hub to the room.
fn fleet(members: &[(&str, &str)], via: &str) -> String {
    let entries: Vec<String> = members
        .iter()
        .map(|(id, name)| format!("    - {{ id: \"{id}\", name: {name}, labels: {{ carries: \"yes\" }} }}\n"))
        .collect();
    format!(
        "apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: {{ name: acme }}
spec:
  access: {{ roleName: foghorn }}
  limits: {{ callTimeout: 60s }}
  regions: [ap-northeast-2, eu-west-1]
  accounts:
{}    - {{ id: \"{HUB}\", name: tools, regions: [ap-northeast-2] }}
  pipelines:
    - name: deploys
      match: {{ labels: {{ carries: \"yes\" }} }}
      events: [deploymentFailed]
      hub: {{ account: \"{HUB}\", region: ap-northeast-2 }}
      via: {{ {via} }}
",
        entries.concat()
    )
}

/// Members that can forward and no more, and the hub, which alone has the rooms
/// and their secrets.
fn stage() -> Stage {
    let stage = Stage::new(|world| {
        for (id, name) in MEMBERS.into_iter().chain([(STRANGER, "stranger")]) {
            member(world, id, name);
        }
        bootstrapped(world, HUB, "tools");
        authorise_team(world, HUB, TENANT, TEAM, "Platform");
    });
    for (kind, name) in [(Kind::Slack, "foghorn/slack"), (Kind::GoogleChat, "foghorn/google-chat")] {
        stage.stored_webhook(HUB, kind, "deploys", name);
    }
    stage
}

fn member(world: &mut World, id: &str, name: &str) {
    account(world, id, name);
    let roles = &mut world.accounts.entry(id.to_owned()).or_default().roles;
    roles.insert("foghorn-forward".to_owned(), Role::default());
}

fn everything(stage: &Stage) -> Vec<Inventory> {
    let members = MEMBERS.iter().map(|(id, _)| *id);
    members.chain([HUB]).map(|account| stage.inventory(account)).collect()
}

/// A deployment fails in the account.
fn fail(stage: &Stage, account: &str, region: &str, service: &str) -> Vec<Delivery> {
    // The notifier tells an event once: no two share an id.
    let number = heard(stage).len();
    let deliveries = stage.event(&json!({
        "version": "0", "id": format!("00000000-0000-4000-8000-{number:012}"),
        "detail-type": "ECS Deployment State Change", "source": "aws.ecs",
        "account": account, "time": "2026-11-21T08:00:00Z", "region": region,
        "resources": [format!("arn:aws:ecs:{region}:{account}:service/prod/{service}")],
        "detail": {
            "eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "deploymentId": "ecs-svc/123",
            "updatedAt": "2026-11-21T08:00:00Z",
            "reason": "ECS deployment circuit breaker: tasks failed to start.",
        },
    }));
    stage.settle();
    deliveries
}

/// What stands in all rooms, each message as text.
fn heard(stage: &Stage) -> Vec<String> {
    stage.simulator.with_world(|world| {
        let messages = world.rooms.iter().flat_map(|room| &room.messages);
        messages.map(|message| json!(message).to_string()).collect()
    })
}

/// A failure in every one of these accounts and Regions is heard once, with its
/// place.
fn every_failure_is_heard(stage: &Stage, accounts: &[&str], what: &str) {
    for account in accounts {
        for region in [SEOUL, IRELAND] {
            let before = heard(stage).len();
            fail(stage, account, region, "web");
            let now = heard(stage);
            assert_eq!(now.len(), before + 1, "{what}: {account} {region}");
            let message = &now[before];
            let said = |word: &str| message.contains(word);
            assert!(said(account) && said(region) && said("tasks failed to start"), "{what}: {message}");
        }
    }
}

/// The ids of accounts that a run's changes are in.
fn changed_accounts(report: &Value) -> Vec<String> {
    let passes = report["passes"].as_array().cloned().unwrap_or_default();
    let changed = passes.iter().filter(|pass| !pass["changes"].as_array().is_none_or(Vec::is_empty));
    changed.map(|pass| pass["account"]["id"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn whatever_the_way_every_member_is_heard_once_in_the_hubs_one_room_and_destroy_leaves_nothing() {
    for via in WAYS {
        let stage = stage();
        let fleet = fleet(&MEMBERS, via);
        let before = everything(&stage);
        stage.plan(&fleet).ended(2);
        assert_eq!(everything(&stage), before, "{via}: a plan writes nothing");
        let run = stage.apply(&fleet).ended(0);
        assert!(run.is_heard(), "{via}: {}", run.stdout);
        assert_eq!(run.all("paths").len(), 6, "{via}");
        let plan = stage.plan(&fleet).ended(0);
        assert_eq!(plan.changes(), [""; 0], "{via}");
        every_failure_is_heard(&stage, &MEMBERS.map(|(id, _)| id), via);
        stage.destroy(&fleet).ended(0);
        assert_eq!(everything(&stage), before, "{via}");
    }
}

#[test]
fn the_hub_is_written_before_the_members_that_lead_to_it() {
    let stage = stage();
    stage.apply(&fleet(&MEMBERS, SLACK_CHATBOT)).ended(0);
    let writes = stage.simulator.record.writes();
    let is_of_hub = |account: &str| account == HUB;
    let last = writes.iter().rposition(|write| is_of_hub(&write.account));
    let first = writes.iter().position(|write| !is_of_hub(&write.account));
    assert!(last < first, "{last:?} {first:?}");
}

#[test]
fn a_hub_that_is_a_member_as_well_hears_its_own_failures() {
    let stage = stage();
    let fleet = fleet(&MEMBERS, TEAMS_CHATBOT)
        .replace("name: tools, regions: [ap-northeast-2]", "name: tools, labels: { carries: \"yes\" }");
    let before = everything(&stage);
    stage.apply(&fleet).ended(0);
    assert_eq!(stage.plan(&fleet).ended(0).changes(), [""; 0]);
    every_failure_is_heard(&stage, &[HUB, DEV, PROD, SHOP], "with the hub's own");
    stage.destroy(&fleet).ended(0);
    assert_eq!(everything(&stage), before);
}

/// What a stranger does to be heard: a rule of its own to the hub's bus.
fn forward_from_stranger(stage: &Stage) {
    let rule = json!({ "Name": "theirs", "EventPattern": r#"{"source":["aws.ecs"]}"# });
    stage.by_hand(STRANGER, SEOUL, "events:PutRule", rule);
    let target = json!({
        "Id": "bus",
        "Arn": format!("arn:aws:events:{SEOUL}:{HUB}:event-bus/foghorn-deploys"),
        "RoleArn": format!("arn:aws:iam::{STRANGER}:role/foghorn-forward"),
    });
    stage.by_hand(STRANGER, SEOUL, "events:PutTargets", json!({ "Rule": "theirs", "Targets": [target] }));
}

#[test]
fn an_account_that_is_none_of_the_fleets_is_not_let_onto_the_bus() {
    let stage = stage();
    stage.apply(&fleet(&MEMBERS, SLACK_CHATBOT)).ended(0);
    forward_from_stranger(&stage);
    let deliveries = fail(&stage, STRANGER, SEOUL, "web");
    assert!(
        matches!(deliveries[0].outcome, Outcome::Failed { code: "NO_PERMISSIONS", .. }),
        "{deliveries:?}"
    );
    assert_eq!(heard(&stage), [""; 0]);
}

#[test]
fn an_organisations_bus_lets_in_every_account_of_it_and_no_other_organisations() {
    let stage = stage();
    let organization =
        stage.simulator.with_world(|world| world.organization.organization_of(DEV)).expect("an organisation");
    let of = |id: &str| {
        let hub = "region: ap-northeast-2 }";
        let with_id = format!("region: ap-northeast-2, organizationId: {id} }}");
        fleet(&MEMBERS, SLACK_CHATBOT).replace(hub, &with_id)
    };
    stage.apply(&of(organization)).ended(0);
    assert_eq!(stage.plan(&of(organization)).ended(0).changes(), [""; 0]);
    every_failure_is_heard(&stage, &MEMBERS.map(|(id, _)| id), "by organisation");
    forward_from_stranger(&stage);
    fail(&stage, STRANGER, SEOUL, "web");
    assert_eq!(heard(&stage).len(), 7, "the stranger is of the organisation");

    // Nobody tells Foghorn whose organisation is whose, but what is lost shows.
    stage.apply(&of("o-another0rg")).ended(0);
    fail(&stage, DEV, SEOUL, "web");
    assert_eq!(heard(&stage).len(), 7);
    let plan = stage.plan(&of("o-another0rg")).ended(2);
    assert_eq!(plan.findings("deadLetters").len(), 1, "{}", plan.stdout);
}

#[test]
fn a_new_member_changes_its_own_account_and_the_hubs_bus_policy_and_nothing_else() {
    let stage = stage();
    stage.apply(&fleet(&MEMBERS[..2], SLACK_CHATBOT)).ended(0);
    let before = everything(&stage);
    let fleet = fleet(&MEMBERS, SLACK_CHATBOT);
    let plan = stage.plan(&fleet).ended(2);
    assert_eq!(changed_accounts(&plan.report()), [SHOP, HUB]);
    let of_hub: Vec<String> =
        plan.changes().into_iter().filter(|change| !change.starts_with("create")).collect();
    assert_eq!(of_hub, [format!("update EventBus foghorn-deploys @ {SEOUL}: planned")]);
    stage.apply(&fleet).ended(0);
    let after = everything(&stage);
    assert_eq!((&after[0], &after[1]), (&before[0], &before[1]));
    every_failure_is_heard(&stage, &[DEV, PROD, SHOP], "with the new member");
}

#[test]
fn a_member_that_leaves_is_no_longer_let_in() {
    let stage = stage();
    stage.apply(&fleet(&MEMBERS, SLACK_CHATBOT)).ended(0);
    stage.apply(&fleet(&MEMBERS[..2], SLACK_CHATBOT)).ended(0);
    let deliveries = fail(&stage, SHOP, SEOUL, "web");
    assert!(matches!(deliveries[0].outcome, Outcome::Failed { .. }), "{deliveries:?}");
    every_failure_is_heard(&stage, &[DEV, PROD], "without the one that left");
}

fn roles(world: &mut World) -> &mut BTreeMap<String, Role> {
    &mut world.accounts.entry(HUB.to_owned()).or_default().roles
}

/// Takes the role away by which Foghorn enters the hub.
fn lock(stage: &Stage) -> Role {
    stage.simulator.with_world(|world| roles(world).remove("foghorn")).expect("the role")
}

#[test]
fn members_are_built_while_the_hub_cannot_be_entered_and_the_next_apply_finishes() {
    let stage = stage();
    let fleet = fleet(&MEMBERS, SLACK_CHATBOT);
    let role = lock(&stage);
    let run = stage.apply(&fleet).ended(3);
    for path in run.all("paths") {
        assert_eq!(path["state"], "unknown", "{path}");
        let why = path["why"].as_str().unwrap_or_default();
        assert!(why.contains(HUB), "{why}");
    }
    assert_eq!(run.all("paths").len(), 6);
    let withheld: Vec<String> =
        run.changes().into_iter().filter(|change| change.contains("withheld")).collect();
    assert_eq!(withheld, [""; 0]);
    assert!(stage.inventory(DEV).contains_key("eu-west-1 rule foghorn-deploys"));
    assert!(stage.inventory(HUB).is_empty());

    stage.simulator.with_world(|world| roles(world).insert("foghorn".to_owned(), role));
    stage.apply(&fleet).ended(0);
    assert_eq!(stage.plan(&fleet).ended(0).changes(), [""; 0]);
    every_failure_is_heard(&stage, &MEMBERS.map(|(id, _)| id), "once the hub is back");
}

#[test]
fn a_run_about_one_member_reads_the_hub_and_writes_nothing_there() {
    let stage = stage();
    let fleet = fleet(&MEMBERS, SLACK_CHATBOT);
    stage.apply(&fleet).ended(0);
    stage.by_hand(DEV, SEOUL, "events:DisableRule", json!({ "Name": "foghorn-deploys" }));
    stage.by_hand(
        HUB,
        SEOUL,
        "events:DisableRule",
        json!({ "Name": "foghorn-deploys", "EventBusName": "foghorn-deploys" }),
    );
    let alone = stage.run(&fleet, &["plan", "--account", "prod", "-o", "json"]).ended(2);
    assert_eq!(alone.all("paths")[0]["state"], "broken", "{}", alone.stdout);
    assert_eq!(changed_accounts(&alone.report()), [""; 0]);

    stage.by_hand(
        HUB,
        SEOUL,
        "events:EnableRule",
        json!({ "Name": "foghorn-deploys", "EventBusName": "foghorn-deploys" }),
    );
    stage.run(&fleet, &["plan", "--account", "prod", "-o", "json"]).ended(0);
    stage.forget_calls();
    let apply = stage.run(&fleet, &["apply", "--yes", "--account", "dev", "-o", "json"]).ended(0);
    assert!(apply.is_heard(), "{}", apply.stdout);
    assert_eq!(stage.writes(), ["events:PutRule"]);
    let writes = stage.simulator.record.writes();
    assert!(writes.iter().all(|write| write.account == DEV), "{writes:?}");
}

#[test]
fn a_run_about_one_member_says_so_where_the_hub_cannot_be_read() {
    let stage = stage();
    let fleet = fleet(&MEMBERS, SLACK_CHATBOT);
    stage.apply(&fleet).ended(0);
    lock(&stage);
    let run = stage.run(&fleet, &["plan", "--account", "prod", "-o", "json"]).ended(3);
    let path = &run.all("paths")[0];
    assert_eq!(path["state"], "unknown", "{path}");
    assert!(path["why"].as_str().unwrap_or_default().contains(HUB), "{path}");
}

#[test]
fn a_hub_that_is_none_of_the_fleets_accounts_is_said_before_anything_is_read() {
    let stage = stage();
    let entry = format!("    - {{ id: \"{HUB}\", name: tools, regions: [ap-northeast-2] }}\n");
    let fleet = fleet(&MEMBERS, SLACK_CHATBOT).replace(&entry, "");
    for arguments in [&["validate"][..], &["plan"]] {
        let run = stage.run(&fleet, arguments).ended(1);
        assert!(run.stderr.contains(&format!("account {HUB} is not in this fleet")), "{}", run.stderr);
        assert!(run.stderr.contains("fleet.yaml:"), "{}", run.stderr);
    }
    assert_eq!(stage.simulator.record.total(), 0);
}

#[test]
fn a_hub_that_discovery_does_not_find_is_said_and_nothing_is_built() {
    let stage = stage();
    let (head, rest) = fleet(&MEMBERS, SLACK_CHATBOT)
        .split_once("  accounts:\n")
        .map(|(head, rest)| (head.to_owned(), rest.to_owned()))
        .expect("accounts");
    let pipelines = rest.split_once("  pipelines:\n").map(|(_, text)| text.to_owned()).expect("pipelines");
    let pipelines = pipelines.replace("      match: { labels: { carries: \"yes\" } }\n", "");
    let fleet = format!("{head}  organization: {{ exclude: [\"{HUB}\"] }}\n  pipelines:\n{pipelines}");
    let run = stage.apply(&fleet).ended(1);
    assert!(run.stderr.contains(&format!("account {HUB} is not in this fleet")), "{}", run.stderr);
    assert!(run.stderr.contains("spec.pipelines[0].hub.account"), "{}", run.stderr);
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn a_hub_that_is_repaired_is_heard_by_members_of_which_nothing_was_due() {
    let stage = stage();
    let fleet = fleet(&MEMBERS, SLACK_CHATBOT);
    stage.apply(&fleet).ended(0);
    let rule = json!({ "Name": "foghorn-deploys", "EventBusName": "foghorn-deploys" });
    stage.by_hand(HUB, SEOUL, "events:DisableRule", rule);
    let plan = stage.plan(&fleet).ended(2);
    assert!(plan.all("paths").iter().all(|path| path["state"] == "broken"), "{}", plan.stdout);
    let run = stage.apply(&fleet).ended(0);
    assert!(run.is_heard(), "{}", run.stdout);
}
