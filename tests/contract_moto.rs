//! The contract of the whole binary with an AWS that others wrote: moto,
//! `pip install 'moto[server]'`, which has AWS Organizations, many accounts
//! and Amazon ECS, but no AWS Chatbot.
//!
//! Runs where `FOGHORN_MOTO_URL` says where it listens. With
//! `FOGHORN_REQUIRE_EMULATORS=1` not to say so is a failure.

mod moto;

use std::collections::{BTreeMap, BTreeSet};

use moto::containers::{Breaker, Cluster, configured};
use moto::organization::Organization;
use moto::run::Run;
use moto::{Entrance, IRELAND, url};
use serde_json::{Value, json};

const SEOUL: &str = "ap-northeast-2";

/// More accounts than one page of AWS Organizations holds, which is 20.
const MORE_THAN_A_PAGE: usize = 21;

/// A fleet; `more` is what its spec says besides.
fn fleet(more: &Value) -> String {
    let mut fleet = json!({
        "apiVersion": "foghorn.dev/v1alpha1",
        "kind": "Fleet",
        "metadata": { "name": "acme" },
        "spec": { "access": { "roleName": "foghorn" }, "regions": [IRELAND] }
    });
    for (member, value) in more.as_object().into_iter().flatten() {
        fleet["spec"][member] = value.clone();
    }
    // JSON is YAML.
    fleet.to_string()
}

/// The accounts that a run was about: names and labels by id.
fn accounts(run: &Run) -> BTreeMap<String, Value> {
    let account = |pass: &Value| {
        let account = &pass["account"];
        let id = account["id"].as_str().unwrap_or_default().to_owned();
        (id, json!({ "name": account["name"], "labels": account["labels"] }))
    };
    let found: BTreeMap<String, Value> = run.passes().iter().map(account).collect();
    assert_eq!(found.len(), run.passes().len(), "an account has two passes");
    found
}

/// Asserts that every account was read once and whole, in these Regions.
fn assert_seen(run: &Run, regions: &[&str]) {
    let seen = |region: &&str| json!({ "location": region, "state": "seen", "detail": null });
    let expected: Vec<Value> = regions.iter().map(seen).collect();
    for pass in run.passes() {
        assert_eq!(pass["coverage"], json!(expected), "{}", pass["account"]);
    }
}

/// Adds an account with one service, whose circuit breaker is off; tells the
/// account's id and the service's ARN.
async fn account_with_service(organization: &Organization, parent: &str, name: &str) -> (String, String) {
    let id = organization.account(parent, name).await;
    let entrance = organization.management.enter(&id).await;
    let service = Cluster::new(&entrance, IRELAND).await.service(name, Breaker::Off).await;
    (id, service)
}

#[tokio::test]
async fn exactly_the_accounts_that_the_fleet_names_by_unit_and_id_are_audited() {
    let Some(url) = url() else { return };
    let organization = Organization::new(&url).await;
    let workloads = organization.unit(&organization.root, "workloads").await;
    let production = organization.unit(&workloads, "production").await;
    let sandbox = organization.unit(&workloads, "sandbox").await;
    let (mut expected, mut services) = (BTreeMap::new(), BTreeSet::new());
    for number in 0..MORE_THAN_A_PAGE {
        let name = format!("production-{number:02}");
        let (id, service) = account_with_service(&organization, &production, &name).await;
        let team = format!("team-{}", number % 3);
        organization.tag(&id, "team", &team).await;
        organization.tag(&id, "cost-centre", "4711").await;
        expected.insert(id, json!({ "name": name, "labels": { "team": team } }));
        services.insert(service);
    }
    for (parent, name) in [(&workloads, "untagged"), (&organization.root, "named-by-id")] {
        let (id, service) = account_with_service(&organization, parent, name).await;
        expected.insert(id, json!({ "name": name, "labels": {} }));
        services.insert(service);
    }
    let named = expected.iter().find(|(_, account)| account["name"] == "named-by-id");
    let named = named.map(|(id, _)| id.clone()).expect("the account was made");
    let (left_out, _) = account_with_service(&organization, &production, "left-out").await;
    account_with_service(&organization, &sandbox, "below-a-unit-left-out").await;
    account_with_service(&organization, &organization.root, "never-named").await;
    let (closed, _) = account_with_service(&organization, &workloads, "closed").await;
    organization.close(&closed).await;

    let fleet = fleet(&json!({ "organization": {
        "include": [workloads, named],
        "exclude": [sandbox, left_out],
        "labelsFromTags": ["team"]
    } }));
    let run = organization.management.plan(&fleet).await.ended(2);
    assert_eq!(accounts(&run), expected);
    assert_seen(&run, &[IRELAND]);
    assert_eq!(run.subjects("breakerDisabled"), services);
    assert_eq!(run.summary()["services"], services.len());
    assert_eq!(run.summary()["locations"], expected.len());
}

#[tokio::test]
async fn an_organisation_without_include_is_taken_whole_page_by_page() {
    let Some(url) = url() else { return };
    let organization = Organization::new(&url).await;
    let mut expected = BTreeSet::from([organization.management.account.clone()]);
    for number in 0..MORE_THAN_A_PAGE {
        expected.insert(organization.account(&organization.root, &format!("account-{number:02}")).await);
    }
    let run = organization.management.plan(&fleet(&json!({ "organization": {} }))).await.ended(0);
    assert_eq!(accounts(&run).into_keys().collect::<BTreeSet<_>>(), expected);
    assert_seen(&run, &[IRELAND]);
    assert_eq!(run.calls("organizations:ListAccounts"), 2);
    assert_eq!(run.calls("organizations:ListTagsForResource"), 0);
}

/// Two accounts that stand alone.
async fn two_accounts(url: &str) -> [Entrance; 2] {
    let dev = Entrance::fresh(url).await;
    [dev, Entrance::fresh(url).await]
}

/// A fleet of these accounts in two Regions.
fn fleet_of(accounts: &[&Entrance], remediate: bool) -> String {
    let accounts: Vec<Value> = accounts.iter().map(|entrance| json!({ "id": entrance.account })).collect();
    fleet(&json!({
        "regions": [SEOUL, IRELAND],
        "accounts": accounts,
        "breakers": { "remediate": remediate }
    }))
}

#[tokio::test]
async fn a_breaker_is_judged_by_what_it_is_in_its_own_account_and_region() {
    let Some(url) = url() else { return };
    let [dev, prod] = two_accounts(&url).await;
    let (mut off, mut detects, mut others) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    // The same names everywhere, each time with other settings.
    let settings = [Breaker::Off, Breaker::Unset, Breaker::Detects, Breaker::On];
    for (turn, (entrance, region)) in
        [(&dev, SEOUL), (&dev, IRELAND), (&prod, SEOUL), (&prod, IRELAND)].into_iter().enumerate()
    {
        let cluster = Cluster::new(entrance, region).await;
        // More services than one DescribeServices takes, which is 10.
        for number in 0..12 {
            let breaker = settings[(number + turn) % settings.len()];
            let service = cluster.service(&format!("service-{number:02}"), breaker).await;
            match breaker {
                Breaker::Off | Breaker::Unset => off.insert(service),
                Breaker::Detects => detects.insert(service),
                Breaker::On => false,
            };
        }
        others.insert(cluster.deployed_by_code_deploy("by-code-deploy").await);
    }
    let run = dev.plan(&fleet_of(&[&dev, &prod], false)).await.ended(2);
    assert_eq!(run.subjects("breakerDisabled"), off);
    assert_eq!(run.subjects("rollbackDisabled"), detects);
    assert_eq!(run.subjects("breakerNotApplicable"), others);
    assert_eq!(run.summary()["services"], 52);
    assert_eq!(run.summary()["clusters"], 4);
    assert_seen(&run, &[SEOUL, IRELAND]);
}

#[tokio::test]
async fn remediation_switches_breakers_on_once_and_keeps_everything_else() {
    let Some(url) = url() else { return };
    let [dev, prod] = two_accounts(&url).await;
    let mut clusters = Vec::new();
    for (entrance, region) in [(&dev, SEOUL), (&dev, IRELAND), (&prod, SEOUL), (&prod, IRELAND)] {
        let cluster = Cluster::new(entrance, region).await;
        cluster.service("off", Breaker::Off).await;
        cluster.service("unset", Breaker::Unset).await;
        cluster.service("detects", Breaker::Detects).await;
        cluster.service("on", Breaker::On).await;
        clusters.push(cluster);
    }
    let stranger = Entrance::fresh(&url).await;
    let strangers = Cluster::new(&stranger, IRELAND).await;
    strangers.service("off", Breaker::Off).await;

    let fleet = fleet_of(&[&dev, &prod], true);
    let first = dev.apply(&fleet).await.ended(0);
    assert_eq!(first.changes(), ["update applied"; 12]);
    assert_eq!(first.calls("ecs:UpdateService"), 12);
    // moto puts the deployment configuration that is sent in the place of the
    // whole one, so a member that was not sent back would be gone.
    for cluster in &clusters {
        for name in ["off", "unset", "detects", "on"] {
            assert_eq!(cluster.configuration(name).await, configured(Breaker::On), "{name}");
        }
    }
    assert_eq!(strangers.configuration("off").await, configured(Breaker::Off));

    let second = dev.apply(&fleet).await.ended(0);
    assert_eq!(second.changes(), [""; 0]);
    assert_eq!(second.calls("ecs:UpdateService"), 0);
    dev.plan(&fleet).await.ended(0);
}

#[tokio::test]
async fn remediation_leaves_a_service_alone_while_its_deployment_is_under_way() {
    let Some(url) = url() else { return };
    let dev = Entrance::fresh(&url).await;
    let cluster = Cluster::new(&dev, IRELAND).await;
    let service = cluster.deploying("busy", Breaker::Off).await;
    let run = dev.apply(&fleet_of(&[&dev], true)).await.ended(2);
    assert_eq!(run.changes(), ["withheld planned"]);
    assert_eq!(run.calls("ecs:UpdateService"), 0);
    assert_eq!(run.subjects("breakerDisabled"), BTreeSet::from([service]));
    assert_eq!(cluster.configuration("busy").await, configured(Breaker::Off));
}
