//! What can't be read is said, in its place and in plain words; all the rest is
//! done, and nothing is written on the strength of a gap.

use std::collections::BTreeSet;
use std::time::Duration;

use foghorn::sim::faults::{Denial, Effect, Fault};
use foghorn::sim::simulator::MANAGEMENT_ACCOUNT;
use foghorn::sim::world::World;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::support::{BREAKERS, DEV, IRELAND, PIPELINE, PROD, Run, SEOUL, Stage, bootstrapped, one_region};

/// Two accounts and two Regions, with little patience.
fn fleet() -> String {
    let prod = "    - { id: \"111111111111\", name: dev }\n    - { id: \"222222222222\", name: prod }\n";
    let fleet = PIPELINE.replace("    - { id: \"111111111111\", name: dev }\n", prod);
    format!("{fleet}  limits: {{ callTimeout: 1s, accountTimeout: 20s }}\n")
}

/// The locations of an account: Chatbot's metrics are in us-east-1.
const LOCATIONS: [&str; 4] = ["global", SEOUL, IRELAND, "us-east-1"];

fn two_accounts(world: &mut World) {
    bootstrapped(world, DEV, "dev");
    bootstrapped(world, PROD, "prod");
}

fn with_fault(fault: Fault) -> Stage {
    let stage = Stage::new(two_accounts);
    stage.simulator.faults.add(fault);
    stage
}

/// The run is incomplete in these locations of the second account alone, each
/// in this state and with these words; every location of both stands once.
fn gap_in(run: &Run, locations: &[&str], state: &str, words: &[&str]) {
    assert_eq!(run.code, 3, "{}\n{}", run.stdout, run.stderr);
    assert_eq!(run.all("coverage").len(), 8);
    for account in [DEV, PROD] {
        for location in LOCATIONS {
            let coverage = run.coverage(account, location);
            if account == DEV || !locations.contains(&location) {
                assert_eq!(coverage["state"], "seen", "{account}: {coverage}");
                continue;
            }
            assert_eq!(coverage["state"], state, "{coverage}");
            let detail = coverage["detail"].as_str().unwrap_or_default();
            for word in words {
                assert!(detail.contains(word), "{word}: {detail}");
            }
        }
    }
}

fn count(stage: &Stage, account: &str) -> usize {
    stage.inventory(account).len()
}

#[test]
fn an_account_that_denies_everything_is_one_gap_and_the_other_one_is_built() {
    let stage = with_fault(Fault::new(Effect::Deny(Denial::Identity)).account(PROD));
    let run = stage.apply(&fleet());
    gap_in(&run, &LOCATIONS, "denied", &["no identity-based policy allows"]);
    assert_eq!((count(&stage, DEV), count(&stage, PROD)), (13, 0));
    assert_eq!(run.condition(PROD, "Reachable"), "False");
    for condition in ["PipelineReady", "Heard", "AlarmsQuiet"] {
        assert_eq!(run.condition(PROD, condition), "Unknown", "{condition}");
        assert_eq!(run.condition(DEV, condition), "True", "{condition}");
    }
}

#[test]
fn a_role_that_is_missing_is_said_with_what_makes_it() {
    let stage = Stage::new(|world| {
        two_accounts(world);
        world.accounts.entry(PROD.to_owned()).or_default().roles.remove("foghorn");
    });
    let words = ["arn:aws:iam::222222222222:role/foghorn", "bootstrap stack", "externalId"];
    gap_in(&stage.apply(&fleet()), &LOCATIONS, "denied", &words);
    assert_eq!((count(&stage, DEV), count(&stage, PROD)), (13, 0));
}

#[test]
fn a_wrong_external_id_is_said_without_the_id() {
    let stage = Stage::new(|world| {
        two_accounts(world);
        let roles = &mut world.accounts.entry(PROD.to_owned()).or_default().roles;
        roles.get_mut("foghorn").expect("the role").external_id = Some("the-right-one".to_owned());
    });
    let run =
        stage.apply(&fleet().replace("roleName: foghorn", "roleName: foghorn, externalId: wrong-one-1"));
    gap_in(&run, &LOCATIONS, "denied", &["spec.access.externalId may be wrong"]);
    assert!(!format!("{}{}", run.stdout, run.stderr).contains("wrong-one-1"));
}

#[test]
fn a_region_that_is_off_is_a_gap_of_that_region_alone() {
    let stage = Stage::new(|world| {
        two_accounts(world);
        let account = world.accounts.entry(PROD.to_owned()).or_default();
        account.disabled_regions.insert(IRELAND.to_owned());
    });
    let run = stage.apply(&fleet());
    gap_in(&run, &[IRELAND], "unreachable", &["eu-west-1", "not switched on in the account"]);
    assert_eq!((count(&stage, DEV), count(&stage, PROD)), (13, 8));
    let paths = run.all("paths").into_iter().filter(|path| path["state"] != "heard");
    let unknown: Vec<(Value, Value)> =
        paths.map(|path| (path["location"].clone(), path["state"].clone())).collect();
    assert_eq!(unknown, [(json!(IRELAND), json!("unknown"))]);
    assert_eq!(run.findings("pathBroken"), [Value::Null; 0]);
    let text = stage.run(&fleet(), &["plan"]).ended(3).stdout;
    assert!(text.contains("next: where a Region is not switched on, take it out of"), "{text}");
    assert!(!text.contains("explain pathBroken"), "{text}");
}

/// Trouble that never ends is given some time to pass. The waits of several
/// stages are waited out at once.
#[test]
fn trouble_that_never_ends_is_a_gap_in_its_place_and_all_the_rest_is_built() {
    let topic = "get attributes of topic foghorn-deploys";
    let trouble = [
        (Effect::Hang, None, "unreachable", ["list clusters", "no answer in the time allowed"], 8),
        (Effect::Throttle, Some("sns"), "partial", [topic, "Rate exceeded"], 10),
        (Effect::Reset, Some("sns"), "partial", [topic, "connection"], 10),
        (
            Effect::Malformed,
            Some("sns"),
            "partial",
            [topic, "an answer that cannot be understood (HTTP 200)"],
            10,
        ),
        (Effect::ServerError(500), Some("sns"), "partial", [topic, "An internal error occurred"], 10),
    ];
    std::thread::scope(|scope| {
        for (effect, service, state, words, made) in trouble {
            scope.spawn(move || {
                let fault = Fault::new(effect).account(PROD).region(IRELAND);
                let stage = with_fault(match service {
                    Some(service) => fault.service(service),
                    None => fault,
                });
                gap_in(&stage.apply(&fleet()), &[IRELAND], state, &words);
                assert_eq!((count(&stage, DEV), count(&stage, PROD)), (13, made), "{words:?}");
            });
        }
    });
}

#[test]
fn trouble_that_lets_up_is_waited_out() {
    let trouble =
        [Effect::Throttle, Effect::Reset, Effect::Malformed, Effect::ServerError(500), Effect::Hang];
    std::thread::scope(|scope| {
        for effect in trouble {
            scope.spawn(move || {
                let fault = Fault::new(effect.clone()).account(PROD).region(IRELAND).times(8);
                let stage = with_fault(fault);
                let run = stage.apply(&fleet());
                assert_eq!(run.code, 0, "{effect:?} {}", run.stdout);
                assert_eq!((count(&stage, DEV), count(&stage, PROD)), (13, 13));
            });
        }
    });
}

#[test]
fn a_region_that_is_throttled_for_ever_is_called_so() {
    let stage = with_fault(Fault::new(Effect::Throttle).account(PROD).region(IRELAND));
    let fleet = fleet();
    let (spec, _) = fleet.split_once("  pipelines:").expect("a pipeline");
    let run = stage.plan(spec).ended(3);
    assert_eq!(run.coverage(PROD, IRELAND)["state"], "throttled");
    assert!(run.coverage(PROD, IRELAND)["detail"].to_string().contains("Rate exceeded"));
    for (account, location) in [(DEV, SEOUL), (DEV, IRELAND), (PROD, SEOUL)] {
        assert_eq!(run.coverage(account, location)["state"], "seen", "{account} {location}");
    }
}

#[test]
fn an_account_that_takes_too_long_is_a_gap_that_names_the_limit() {
    let stage =
        with_fault(Fault::new(Effect::Latency(Duration::from_secs(30))).account(PROD).region(IRELAND));
    let fleet =
        fleet().replace("callTimeout: 1s, accountTimeout: 20s", "callTimeout: 3s, accountTimeout: 3s");
    let run = stage.plan(&fleet).ended(3);
    assert_eq!(run.coverage(PROD, IRELAND)["state"], "unreachable");
    assert!(run.coverage(PROD, IRELAND)["detail"].to_string().contains("spec.limits.accountTimeout"));
    assert_eq!(run.coverage(PROD, SEOUL)["state"], "seen");
}

#[test]
fn a_service_control_policy_on_one_service_hides_that_service_alone() {
    let denial = Effect::Deny(Denial::ServiceControlPolicy);
    let stage = with_fault(Fault::new(denial).account(PROD).service("sns"));
    let run = stage.apply(&fleet());
    gap_in(&run, &[SEOUL, IRELAND, "us-east-1"], "partial", &["service control policy"]);
    assert_eq!(count(&stage, DEV), 13);
    let changes = run.changes();
    for line in [
        "withheld Topic foghorn-deploys @ eu-west-1: planned",
        "withheld Target foghorn-deploys/topic @ eu-west-1: planned",
        "create Rule foghorn-deploys @ eu-west-1: applied",
        "create Queue foghorn-deploys-dead-letters @ eu-west-1: applied",
    ] {
        assert!(changes.contains(&line.to_owned()), "{line}: {changes:#?}");
    }
}

#[test]
fn alarms_that_cannot_be_read_are_not_written() {
    let stage = with_fault(Fault::new(Effect::Deny(Denial::Identity)).account(PROD).service("cloudwatch"));
    let run = stage.apply(&fleet());
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert_eq!(run.coverage(PROD, SEOUL)["state"], "partial");
    assert!(!stage.inventory(PROD).keys().any(|name| name.contains(" alarm ")));
    let withheld = run.changes().iter().filter(|change| change.starts_with("withheld Alarm")).count();
    assert_eq!(withheld, 3, "{:#?}", run.changes());
    assert_eq!(run.condition(PROD, "AlarmsQuiet"), "Unknown");
    // The way to the room was seen whole.
    assert!(run.is_heard());
}

/// The read operations of a pass, as the wire has them.
fn read_operations(stage: &Stage, code: i32) -> BTreeSet<(String, String)> {
    stage.forget_calls();
    stage.plan(&one_region(PIPELINE)).ended(code);
    let entries = stage.simulator.record.entries();
    let reads: BTreeSet<_> = entries.into_iter().map(|entry| (entry.service, entry.operation)).collect();
    assert!(reads.len() >= 15, "{reads:?}");
    reads
}

#[test]
fn no_read_that_is_denied_leads_to_a_write_where_all_is_in_sync() {
    let stage = Stage::applied(&one_region(PIPELINE));
    let before = stage.inventory(DEV);
    for (service, operation) in read_operations(&stage, 0) {
        let denial = Effect::Deny(Denial::Identity);
        stage.simulator.faults.add(Fault::new(denial).service(&service).operation(&operation));
        stage.forget_calls();
        let run = stage.apply(&one_region(PIPELINE));
        assert_eq!(run.code, 3, "{service}:{operation} {}", run.stdout);
        assert_eq!(stage.writes(), [""; 0], "{service}:{operation}");
        assert_eq!(stage.inventory(DEV), before, "{service}:{operation}");
        stage.simulator.faults.clear();
    }
}

#[test]
fn no_read_that_is_denied_makes_foghorn_overwrite_what_is_not_its_own() {
    let stage = Stage::applied(&one_region(PIPELINE));
    disown(&stage);
    let operations = read_operations(&stage, 2);
    let before = stage.inventory(DEV);
    for (service, operation) in operations {
        let denial = Effect::Deny(Denial::Identity);
        stage.simulator.faults.add(Fault::new(denial).service(&service).operation(&operation));
        let run = stage.apply(&one_region(PIPELINE));
        assert_eq!(run.code, 3, "{service}:{operation} {}", run.stdout);
        assert_eq!(stage.inventory(DEV), before, "{service}:{operation}");
        stage.simulator.faults.clear();
    }
}

/// Gives everything of the fleet to nobody.
fn disown(stage: &Stage) {
    let keys = json!(["foghorn.dev/fleet"]);
    for (name, thing) in stage.inventory(DEV) {
        let (region, action, input) = match name.split(' ').collect::<Vec<_>>()[..] {
            [region, "rule", _] => {
                (region, "events:UntagResource", json!({ "ResourceARN": thing["Arn"], "TagKeys": keys }))
            }
            [region, "topic", topic] => {
                let arn = format!("arn:aws:sns:{region}:{DEV}:{topic}");
                (region, "sns:UntagResource", json!({ "ResourceArn": arn, "TagKeys": keys }))
            }
            [region, "queue", queue] => {
                let url = format!("{}/{DEV}/{queue}", stage.url());
                (region, "sqs:UntagQueue", json!({ "QueueUrl": url, "TagKeys": keys }))
            }
            [region, "alarm", _] => (
                region,
                "cloudwatch:UntagResource",
                json!({ "ResourceARN": thing["AlarmArn"], "TagKeys": keys }),
            ),
            _ => (
                "us-east-2",
                "chatbot:UntagResource",
                json!({ "ResourceARN": thing["ChatConfigurationArn"], "TagKeys": keys }),
            ),
        };
        stage.by_hand(DEV, region, action, input);
    }
}

#[test]
fn a_write_that_is_refused_stops_what_needs_it_and_nothing_else() {
    let denial = Effect::Deny(Denial::ServiceControlPolicy);
    let stage = with_fault(Fault::new(denial).account(PROD).region(IRELAND).operation("CreateQueue"));
    let run = stage.apply(&fleet()).ended(2);
    let failed = |line: &&String| !line.ends_with(": applied");
    assert_eq!(
        run.changes().iter().filter(failed).collect::<Vec<_>>(),
        [
            "create Queue foghorn-deploys-dead-letters @ eu-west-1: failed",
            "create Target foghorn-deploys/topic @ eu-west-1: skipped",
        ]
    );
    let why: Vec<Value> =
        run.all("changes").into_iter().filter(|change| change["outcome"] == "failed").collect();
    assert!(why[0]["why"].as_str().unwrap_or_default().contains("service control policy"), "{why:?}");
    assert_eq!((count(&stage, DEV), count(&stage, PROD)), (13, 12));
    stage.simulator.faults.clear();
    stage.apply(&fleet()).ended(0);
}

/// Runs a plan with the caller's environment changed.
fn plan_as(stage: &Stage, change: impl FnOnce(&mut std::process::Command)) -> Run {
    let mut command = stage.command(&fleet(), &["plan", "--output", "json"]);
    change(&mut command);
    Run::of(command.output().expect("the binary runs"))
}

/// Nothing could be read anywhere, for one reason that is said everywhere.
fn nothing_read(run: &Run, state: &str, words: &[&str]) {
    assert_eq!(run.code, 3, "{}\n{}", run.stdout, run.stderr);
    for account in [DEV, PROD] {
        for location in LOCATIONS {
            let coverage = run.coverage(account, location);
            assert_eq!(coverage["state"], state, "{coverage}");
            let detail = coverage["detail"].as_str().unwrap_or_default();
            assert!(words.iter().all(|word| detail.contains(word)), "{words:?}: {detail}");
        }
    }
}

#[test]
fn no_credentials_at_all_are_one_error_and_no_report() {
    let stage = Stage::new(two_accounts);
    let run = plan_as(&stage, |command| {
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    });
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    let said =
        ["error: no AWS credentials were found\n", "could not load the caller's credentials", "AWS_PROFILE"];
    assert!(said.iter().all(|words| run.stderr.contains(words)), "{}", run.stderr);
    assert!(!run.stderr.contains("bootstrap"), "{}", run.stderr);
    let list = stage.run(&fleet(), &["report", "--list"]).ended(0);
    assert!(list.stdout.contains("No report of acme is kept yet."), "{}", list.stdout);
}

/// What is said where AWS does not take the caller for anybody: one error, and
/// no word of the accounts, whose roles are not to blame.
fn rejected(run: &Run, words: &[&str]) {
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    assert!(run.stderr.contains("error: AWS refused the caller's own credentials"), "{}", run.stderr);
    assert!(words.iter().all(|words| run.stderr.contains(words)), "{}", run.stderr);
    assert!(!run.stderr.contains("bootstrap"), "{}", run.stderr);
}

#[test]
fn credentials_that_have_expired_are_one_error_and_no_report_whatever_is_tolerated() {
    let stage = Stage::new(two_accounts);
    let now = OffsetDateTime::now_utc();
    let session = stage
        .simulator
        .with_world(|world| world.identity.add_session(MANAGEMENT_ACCOUNT, "admin", "me", "aws", (now, now)));
    let run = plan_as(&stage, |command| {
        command
            .env("AWS_ACCESS_KEY_ID", &session.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &session.secret_key)
            .env("AWS_SESSION_TOKEN", &session.token)
            .env("FOGHORN_TOLERATE", "incomplete");
    });
    rejected(&run, &["expired", "log in again"]);
    let list = stage.run(&fleet(), &["report", "--list"]).ended(0);
    assert!(list.stdout.contains("No report of acme is kept yet."), "{}", list.stdout);
}

#[test]
fn canaries_of_a_caller_that_nobody_knows_are_one_error_and_none_is_sent() {
    let stage = Stage::new(two_accounts);
    let mut command = stage.command(&fleet(), &["sound", "--timeout", "1s", "-o", "json"]);
    command.env("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE");
    rejected(&Run::of(command.output().expect("the binary runs")), &["next: log in again"]);
    assert_eq!(stage.writes(), [""; 0]);
}

#[test]
fn credentials_that_nobody_knows_are_one_error_with_access_and_without() {
    let one = one_region(BREAKERS);
    for fleet in [fleet(), one.replace("  access: { roleName: foghorn }\n", "")] {
        let stage = Stage::new(two_accounts);
        for arguments in [&["plan", "-o", "json"][..], &["apply", "--yes", "-o", "json"]] {
            let mut command = stage.command(&fleet, arguments);
            command.env("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE");
            let run = Run::of(command.output().expect("the binary runs"));
            rejected(&run, &["does not know the caller's own credentials", "next: log in again"]);
        }
        // The lock is let go: the next run need not wait.
        stage.apply(&one_region(BREAKERS)).ended(0);
    }
}

#[test]
fn an_endpoint_that_refuses_is_said_of_every_account() {
    let stage = Stage::new(two_accounts);
    let fleet = fleet().replace("callTimeout: 1s, accountTimeout: 20s", "callTimeout: 5s");
    let nowhere = "http://127.0.0.1:1";
    for (option, variable, origin) in
        [(None, nowhere, "AWS_ENDPOINT_URL"), (Some(nowhere), "http://127.0.0.1:2", "--endpoint-url")]
    {
        let mut command = stage.command(&fleet, &["plan", "--output", "json"]);
        command.env("AWS_ENDPOINT_URL", variable);
        command.args(option.map(|url| ["--endpoint-url", url]).into_iter().flatten());
        let run = Run::of(command.output().expect("the binary runs"));
        let advice = format!("check the endpoint {nowhere}, which {origin} names");
        nothing_read(&run, "unreachable", &["refused", &advice]);
    }
}

#[test]
fn a_clock_that_is_wrong_is_allowed_for() {
    for hours in [2, -2] {
        let stage = Stage::new(two_accounts);
        stage.simulator.clock.set_offset(time::Duration::hours(hours));
        stage.apply(&fleet()).ended(0);
        assert_eq!((count(&stage, DEV), count(&stage, PROD)), (13, 13));
        assert!(stage.simulator.record.count("sts", "AssumeRole") < 10, "{hours}");
    }
}
