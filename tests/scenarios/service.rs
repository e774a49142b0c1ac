//! The controller as a service: what it answers, what it repairs, how it ends.

use std::time::Duration;

use foghorn::sim::ecs::Service;
use foghorn::sim::faults::{Denial, Effect, Fault};
use foghorn::sim::simulator::{ACCESS_KEY, SECRET_KEY};
use serde_json::{Value, json};

use super::served::Served;
use super::support::{
    BREAKERS, DEV, PIPELINE, PROD, SEOUL, Stage, account, bootstrapped, one_region, services,
};

/// One account with a pipeline in one Region.
fn fleet() -> String {
    one_region(PIPELINE)
}

/// Two accounts of which circuit breakers are asked.
fn two_accounts() -> String {
    BREAKERS.replace(
        "    - { id: \"111111111111\", name: dev }\n",
        "    - { id: \"111111111111\", name: dev }\n    - { id: \"222222222222\", name: prod }\n",
    )
}

fn two() -> Stage {
    Stage::new(|world| {
        account(world, DEV, "dev");
        account(world, PROD, "prod");
    })
}

const SWEPT: &str = "foghorn_sweeps_total{outcome=\"done\"}";

#[test]
fn nothing_is_ready_before_the_first_sweep_and_everything_is_after_it() {
    let stage = Stage::bootstrapped();
    stage.simulator.faults.add(Fault::new(Effect::Hang).operation("ListClusters"));
    let served = Served::start(&stage, &fleet(), &["--plan-only"]);
    assert_eq!(served.get("/healthz").status, 200);
    assert_eq!([served.get("/readyz").status, served.get("/report.json").status], [503, 503]);
    assert!(served.get("/").body.contains("The first sweep is not over"));
    stage.simulator.faults.clear();
    let served = served.ready();
    let report = served.get("/report.json").json();
    assert_eq!((&report["kind"], &report["metadata"]["mode"]), (&json!("Report"), &json!("plan")));
    let page = served.get("/");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("acme") && page.body.contains("next sweep 20"), "{}", page.body);
    assert_eq!((served.figure("foghorn_accounts"), served.figure(SWEPT)), (Some(1.0), Some(1.0)));
    let calls = "foghorn_calls_total{service=\"ecs\",operation=\"ListClusters\",outcome=\"answered\"}";
    assert!(served.figure(calls).is_some_and(|calls| calls >= 1.0));
    assert_eq!(stage.writes(), [""; 0], "a service that only looks writes nothing");
}

#[test]
fn every_answer_tells_browsers_to_keep_nothing_and_to_load_nothing() {
    let stage = Stage::bootstrapped();
    let served = Served::start(&stage, &fleet(), &["--plan-only"]).ready();
    for path in ["/", "/healthz", "/metrics", "/report.json", "/nothing"] {
        let headers = served.get(path).headers;
        for header in ["cache-control: no-store", "x-content-type-options: nosniff", "default-src 'none'"] {
            assert!(headers.contains(header), "{path}: {headers}");
        }
    }
}

#[test]
fn what_drifts_is_repaired_by_the_sweep_that_somebody_asks_for() {
    let stage = Stage::bootstrapped();
    let served = Served::start(&stage, &fleet(), &[]).ready();
    let heard = format!("foghorn_paths{{account=\"{DEV}\",state=\"heard\"}}");
    assert_eq!(served.figure(&heard), Some(1.0), "the first sweep has built it");
    stage.by_hand(DEV, SEOUL, "events:DisableRule", json!({ "Name": "foghorn-deploys" }));
    assert_eq!(served.reconcile(), 202);
    served.wait_until(|served| served.figure(SWEPT) == Some(2.0));
    let rule = stage.by_hand(DEV, SEOUL, "events:DescribeRule", json!({ "Name": "foghorn-deploys" }));
    assert_eq!(rule["State"], "ENABLED");
    let applied = format!("foghorn_changes{{account=\"{DEV}\",action=\"update\",outcome=\"applied\"}}");
    assert_eq!(served.figure(&applied), Some(1.0));
    assert_eq!(served.reconcile(), 202);
    served.wait_until(|served| served.figure(SWEPT) == Some(3.0));
    assert_eq!(served.figure(&applied), Some(0.0), "what is over goes to 0");
}

#[test]
fn a_frozen_fleet_is_written_nowhere_however_long_it_runs() {
    let stage = Stage::bootstrapped();
    let frozen = format!("{}  guard: {{ freeze: true }}\n", fleet());
    let served = Served::start(&stage, &frozen, &["--interval", "1s"]);
    served.wait_until(|served| served.figure(SWEPT) >= Some(2.0));
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn a_broken_new_fleet_file_keeps_the_one_before_it_until_it_is_mended() {
    let stage = Stage::bootstrapped();
    let served = Served::start(&stage, &fleet(), &["--plan-only"]).ready();
    stage.fleet(&fleet().replace("regions:", "regoins:"));
    served.wait_until(|served| served.figure("foghorn_fleet_file_valid") == Some(0.0));
    assert!(served.get("/").body.contains("regoins"), "{}", served.get("/").body);
    served.logs("the one before it stays in use");
    assert_eq!(served.reconcile(), 202);
    served.wait_until(|served| served.figure(SWEPT) == Some(2.0));
    assert_eq!(served.get("/report.json").json()["summary"]["accounts"], 1);
    stage.fleet(&fleet().replace("name: acme", "name: mended"));
    served.wait_until(|served| served.get("/report.json").json()["metadata"]["fleet"] == "mended");
    assert_eq!(served.figure("foghorn_fleet_file_valid"), Some(1.0));
    assert!(!served.get("/").body.contains("regoins"));
}

#[test]
fn an_account_that_fails_is_looked_at_again_before_the_next_sweep() {
    let stage = two();
    stage.simulator.faults.add(Fault::new(Effect::Hang).account(PROD).operation("ListClusters"));
    let fleet = format!("{}  limits: {{ accountTimeout: 1s, callTimeout: 1s }}\n", two_accounts());
    let served = Served::start(&stage, &fleet, &["--interval", "60s"]).ready();
    let seen = format!("foghorn_locations{{account=\"{PROD}\",state=\"seen\"}}");
    assert_eq!(served.figure("foghorn_accounts_requeued"), Some(1.0));
    assert!(served.figure(&seen).unwrap_or_default() < 1.0);
    stage.simulator.faults.clear();
    served.wait_until(|served| served.figure(&seen) >= Some(1.0));
    assert_eq!(served.figure(SWEPT), Some(1.0), "the others were not looked at again");
    assert_eq!(served.get("/report.json").json()["summary"]["accounts"], 2);
    served.wait_until(|served| served.figure("foghorn_accounts_requeued") == Some(0.0));
}

#[test]
fn a_change_that_fails_is_tried_again_before_the_next_sweep() {
    let stage = Stage::bootstrapped();
    stage.simulator.faults.add(Fault::new(Effect::Deny(Denial::Identity)).operation("PutRule"));
    let served = Served::start(&stage, &fleet(), &["--interval", "60s"]).ready();
    assert_eq!(served.figure("foghorn_accounts_requeued"), Some(1.0));
    stage.simulator.faults.clear();
    let heard = format!("foghorn_paths{{account=\"{DEV}\",state=\"heard\"}}");
    served.wait_until(|served| served.figure(&heard) == Some(1.0));
    assert_eq!(served.figure(SWEPT), Some(1.0));
}

#[test]
fn a_sweep_that_can_t_begin_is_said_and_tried_again() {
    let stage = two();
    let discovered = "apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata: { name: acme }\nspec:\n  access: { \
                      roleName: foghorn }\n  regions: [ap-northeast-2]\n  organization: {}\n";
    stage.simulator.faults.add(Fault::new(Effect::Deny(Denial::Identity)).service("organizations"));
    let served = Served::start(&stage, discovered, &["--plan-only", "--interval", "10s"]);
    served.wait_until(|served| served.figure("foghorn_sweeps_total{outcome=\"failed\"}") >= Some(1.0));
    assert_eq!([served.get("/healthz").status, served.get("/readyz").status], [200, 503]);
    assert!(served.get("/").body.contains("could not be discovered"), "{}", served.get("/").body);
    served.logs("no account could be looked at");
    stage.simulator.faults.clear();
    served.ready();
}

#[test]
fn a_sweep_without_credentials_is_a_failed_one_and_tried_again_until_there_are_some() {
    let stage = two();
    let mut command = stage
        .command(&two_accounts(), &["run", "--listen", "127.0.0.1:0", "--plan-only", "--interval", "10s"]);
    let credentials = stage.fleet(&two_accounts()).with_file_name("credentials");
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    command.env("AWS_SHARED_CREDENTIALS_FILE", &credentials);
    let served = Served::spawn(command);
    served.wait_until(|served| served.figure("foghorn_sweeps_total{outcome=\"failed\"}") >= Some(2.0));
    assert_eq!([served.get("/readyz").status, served.get("/report.json").status], [503, 503]);
    assert!(served.get("/").body.contains("no AWS credentials were found"), "{}", served.get("/").body);
    let keys = format!("[default]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n");
    std::fs::write(credentials, keys).expect("a file of credentials");
    served.ready();
}

#[test]
fn a_sweep_whose_credentials_are_refused_is_a_failed_one_and_tried_again_with_others() {
    let stage = two();
    let profile = stage.fleet(&two_accounts()).with_file_name("credentials");
    let keys = |key: &str| {
        let text = format!("[default]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET_KEY}\n");
        std::fs::write(&profile, text).expect("a file of credentials");
    };
    keys("AKIAI44QH8DHBEXAMPLE");
    let mut command =
        stage.command(&two_accounts(), &["run", "--listen", "127.0.0.1:0", "--interval", "10s"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let served = Served::spawn({
        command.env("AWS_SHARED_CREDENTIALS_FILE", &profile);
        command
    });
    served.wait_until(|served| served.figure("foghorn_sweeps_total{outcome=\"failed\"}") >= Some(1.0));
    assert_eq!([served.get("/readyz").status, served.get("/report.json").status], [503, 503]);
    let page = served.get("/").body;
    assert!(page.contains("AWS refused the caller") && !page.contains("bootstrap"), "{page}");
    keys(ACCESS_KEY);
    let served = served.ready();
    assert_eq!(served.get("/report.json").json()["summary"]["coverage"]["denied"], 0);
}

#[test]
fn what_an_earlier_sweep_found_is_known_in_the_next() {
    let stage = Stage::bootstrapped();
    let served = Served::start(&stage, &fleet(), &["--plan-only"]).ready();
    assert_eq!(served.get("/report.json").json()["comparison"], Value::Null);
    assert_eq!(served.reconcile(), 202);
    served.wait_until(|served| served.figure(SWEPT) == Some(2.0));
    let comparison = &served.get("/report.json").json()["comparison"];
    assert_eq!(comparison["new"], 0, "{comparison}");
    assert!(comparison["still"].as_u64() > Some(0), "{comparison}");
}

#[test]
fn a_service_writes_nothing_while_another_run_does_and_begins_once_that_has_ended() {
    let stage = Stage::bootstrapped();
    stage.simulator.faults.add(Fault::new(Effect::Hang).operation("CreateQueue"));
    let mut other = Served::start(&stage, &fleet(), &[]);
    other.wait_until(|_| stage.simulator.record.total_writes() > 0);
    let served = Served::start(&stage, &fleet(), &["--interval", "10s"]);
    served.wait_until(|served| served.figure("foghorn_sweeps_total{outcome=\"failed\"}") >= Some(1.0));
    assert_eq!([served.get("/healthz").status, served.get("/readyz").status], [200, 503]);
    assert!(served.get("/").body.contains("holds the lock"), "{}", served.get("/").body);
    stage.simulator.faults.clear();
    other.signal("TERM");
    assert_eq!(other.end(), 0, "{}", other.log());
    let heard = format!("foghorn_paths{{account=\"{DEV}\",state=\"heard\"}}");
    served.wait_until(|served| served.figure(&heard) == Some(1.0));
}

#[test]
fn a_signal_in_the_middle_of_the_writing_finishes_what_is_in_hand() {
    for name in ["TERM", "INT"] {
        let stage = Stage::bootstrapped();
        stage.simulator.faults.set_latency(Duration::from_millis(100));
        let mut served = Served::start(&stage, &fleet(), &["--output", "json"]);
        served.wait_until(|_| stage.simulator.record.total_writes() > 0);
        served.signal(name);
        assert_eq!(served.end(), 0, "{name}: {}", served.log());
        assert!(!served.log().contains("cut off"), "{}", served.log());
        let report: Value = serde_json::from_str(served.output().trim()).expect("one report");
        let changes = report["passes"][0]["changes"].as_array().cloned().unwrap_or_default();
        assert!(
            !changes.is_empty() && changes.iter().all(|change| change["outcome"] == "applied"),
            "{changes:#?}"
        );
        stage.simulator.faults.clear();
        stage.plan(&fleet()).ended(0);
    }
}

#[test]
fn a_signal_during_a_sweep_begins_no_other_account() {
    let stage = two();
    // Whichever is the first is still at it when the signal comes.
    for account in [DEV, PROD] {
        stage.simulator.faults.add(Fault::new(Effect::Latency(Duration::from_secs(2))).account(account));
    }
    let fleet = format!("{}  limits: {{ accountsInFlight: 1 }}\n", two_accounts());
    let mut served = Served::start(&stage, &fleet, &["--output", "json"]);
    let is_begun = |id: &str| stage.simulator.record.entries().iter().any(|entry| entry.account == id);
    served.wait_until(|_| is_begun(DEV) || is_begun(PROD));
    let other = if is_begun(DEV) { PROD } else { DEV };
    served.signal("TERM");
    assert_eq!(served.end(), 0, "{}", served.log());
    assert!(!is_begun(other), "{}", served.log());
    let report: Value = serde_json::from_str(served.output().trim()).expect("one report");
    let state = |id: &str| {
        let passes = report["passes"].as_array().cloned().unwrap_or_default();
        let pass = passes.into_iter().find(|pass| pass["account"]["id"] == id).unwrap_or_default();
        pass["coverage"][0]["state"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!([state(if other == PROD { DEV } else { PROD }), state(other)], ["seen", "skipped"]);
}

#[test]
fn a_service_that_can_t_end_within_its_grace_says_so_and_a_second_signal_ends_it_at_once() {
    for (grace, signals, code) in [("1s", 1, 1), ("60s", 2, 130)] {
        let stage = Stage::bootstrapped();
        stage.simulator.faults.add(Fault::new(Effect::Hang).operation("CreateQueue"));
        let mut served = Served::start(&stage, &fleet(), &["--grace", grace]);
        served.wait_until(|_| stage.simulator.record.total_writes() > 0);
        for _ in 0..signals {
            served.signal("TERM");
            served.logs("the passes in hand are finished");
        }
        assert_eq!(served.end(), code, "{}", served.log());
        assert_eq!(served.log().contains("the grace period is over"), code == 1, "{}", served.log());
    }
}

#[test]
fn only_this_machine_may_ask_for_a_sweep_and_no_page_of_another_site() {
    let stage = Stage::bootstrapped();
    let served = Served::start(&stage, &fleet(), &["--plan-only"]).ready();
    let host = served.address();
    let asked = |headers: &[(&str, &str)]| served.ask("POST", "/reconcile", headers).status;
    assert_eq!(asked(&[("Host", host), ("Origin", "https://evil.example")]), 403);
    assert_eq!(asked(&[("Host", host), ("Sec-Fetch-Site", "cross-site")]), 403);
    assert_eq!(asked(&[("Host", "evil.example")]), 403);
    assert_eq!(served.ask("GET", "/report.json", &[("Host", "evil.example")]).status, 403);
    assert_eq!(served.get("/reconcile").status, 405);
    assert_eq!(served.figure(SWEPT), Some(1.0), "nothing of that was a sweep");
    assert_eq!(asked(&[("Host", host), ("Origin", &format!("http://{host}"))]), 202);
}

#[test]
fn with_a_token_only_whoever_knows_it_may_ask_and_two_requests_are_one_sweep() {
    let stage = Stage::bootstrapped();
    stage.simulator.faults.add(Fault::new(Effect::Hang).operation("ListClusters"));
    let mut command = stage.command(&fleet(), &["run", "--plan-only", "--listen", "127.0.0.1:0"]);
    command.env("FOGHORN_TOKEN", "sesame");
    let served = Served::spawn(command);
    let host = ("Host", served.address());
    let asked = |token: &str| served.ask("POST", "/reconcile", &[host, ("Authorization", token)]);
    assert_eq!(served.reconcile(), 401);
    let refused = asked("Bearer sesam");
    assert_eq!((refused.status, refused.headers.contains("www-authenticate: bearer")), (401, true));
    served.wait_until(|_| {
        stage.simulator.record.entries().iter().any(|entry| entry.operation == "ListClusters")
    });
    assert_eq!([asked("Bearer sesame").status, asked("Bearer sesame").status], [202, 409]);
    assert!(!served.log().contains("sesame"), "{}", served.log());
}

#[test]
fn a_service_with_too_broad_a_plan_withholds_it() {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        services(world, DEV, SEOUL, [Service::named("web")]);
    });
    let capped = format!("{}  guard: {{ maxChanges: 2 }}\n", fleet());
    let served = Served::start(&stage, &capped, &[]).ready();
    let changes = &served.get("/report.json").json()["summary"]["changes"];
    assert!(changes["withheld"].as_u64() > Some(2) && changes["applied"] == 0, "{changes}");
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn a_service_whose_store_does_not_work_goes_on_and_says_so_until_it_does() {
    let stage = Stage::bootstrapped();
    let store = stage.fleet("").with_file_name("store");
    std::fs::write(&store, "").expect("a file where the folder should be");
    let fleet = format!("{}  store: file://{}\n", fleet(), store.display());
    let served = Served::start(&stage, &fleet, &[]).ready();
    let heard = format!("foghorn_paths{{account=\"{DEV}\",state=\"heard\"}}");
    assert_eq!(served.figure(&heard), Some(1.0), "it works without memory");
    assert_eq!(served.figure("foghorn_store_working"), Some(0.0));
    assert!(served.get("/").body.contains("goes on without memory"), "{}", served.get("/").body);
    std::fs::remove_file(&store).expect("a file to remove");
    assert_eq!(served.reconcile(), 202);
    served.wait_until(|served| served.figure(SWEPT) == Some(2.0));
    assert_eq!(served.figure("foghorn_store_working"), Some(1.0));
    assert!(!served.get("/").body.contains("had trouble"), "{}", served.get("/").body);
}
