//! What a fleet remembers from one run to the next, and that only one run writes
//! at a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use foghorn::sim::ecs::Service;
use serde_json::{Value, json};

use super::kill::{end, signal, wait_until};
use super::support::{
    BREAKERS, DEV, PIPELINE, PROD, Run, SEOUL, Stage, account, bootstrapped, one_region, services,
};

/// Breakers of two accounts.
fn two_accounts() -> String {
    let dev = "    - { id: \"111111111111\", name: dev }\n";
    BREAKERS.replace(dev, &format!("{dev}    - {{ id: \"222222222222\", name: prod }}\n"))
}

/// Accounts with a service each whose circuit breaker is off.
fn two_broken_accounts() -> Stage {
    Stage::new(|world| {
        for (id, name) in [(DEV, "dev"), (PROD, "prod")] {
            account(world, id, name);
            services(world, id, SEOUL, [Service::named("web")]);
        }
    })
}

fn pipeline() -> String {
    one_region(PIPELINE)
}

fn mend(stage: &Stage, account: &str, service: &str) {
    let configuration = json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": true } });
    let input = json!({ "cluster": "prod", "service": service, "deploymentConfiguration": configuration });
    stage.by_hand(account, SEOUL, "ecs:UpdateService", input);
}

fn add(stage: &Stage, account: &str, service: &str) {
    stage.simulator.with_world(|world| services(world, account, SEOUL, [Service::named(service)]));
}

/// What is new, still there, resolved and not seen again.
fn news(run: &Run) -> [u64; 4] {
    let comparison = &run.report()["comparison"];
    let many = |member: &str| comparison[member].as_array().map_or(0, Vec::len) as u64;
    let count = |member: &str| comparison[member].as_u64().expect("a count");
    [count("new"), count("still"), many("resolved"), many("unseen")]
}

fn previous(run: &Run) -> Value {
    run.report()["comparison"]["previous"]["run"].clone()
}

fn id(run: &Run) -> Value {
    run.report()["metadata"]["run"].clone()
}

/// The folder of the store that the fleet file asks for or leaves as it is.
fn folder(stage: &Stage) -> PathBuf {
    stage.fleet("").with_file_name(".foghorn").join("acme")
}

/// Every file of the store with what it holds.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else {
            found.push((entry.clone(), fs::read(&entry).expect("a file")));
        }
    }
    found.sort();
    found
}

/// The only file of a folder.
fn only_file(folder: &Path) -> PathBuf {
    let found = files(folder);
    assert_eq!(found.len(), 1, "{folder:?}");
    found[0].0.clone()
}

#[test]
fn a_finding_is_new_then_still_there_then_resolved() {
    let stage = two_broken_accounts();
    let fleet = two_accounts();
    let first = stage.plan(&fleet).ended(2);
    assert_eq!(first.report().get("comparison"), None);
    add(&stage, DEV, "api");
    let second = stage.plan(&fleet).ended(2);
    assert_eq!((news(&second), previous(&second)), ([1, 2, 0, 0], id(&first)));
    let ages = |run: &Run| -> Vec<(String, String)> {
        let findings = run.findings("breakerDisabled");
        let word =
            |finding: &Value, member: &str| finding["age"][member].as_str().unwrap_or_default().to_owned();
        findings.iter().map(|finding| (word(finding, "news"), word(finding, "since"))).collect()
    };
    let since = first.report()["metadata"]["finishedAt"].as_str().unwrap_or_default().to_owned();
    assert_eq!(ages(&second).iter().filter(|age| **age == ("still".to_owned(), since.clone())).count(), 2);
    mend(&stage, DEV, "web");
    let third = stage.plan(&fleet).ended(2);
    assert_eq!((news(&third), previous(&third)), ([0, 2, 1, 0], id(&second)));
    let resolved = &third.report()["comparison"]["resolved"][0];
    assert_eq!(
        (&resolved["account"]["name"], &resolved["finding"]["age"]["since"]),
        (&json!("dev"), &json!(since))
    );
    mend(&stage, DEV, "api");
    mend(&stage, PROD, "web");
    let fourth = stage.plan(&fleet).ended(0);
    assert_eq!(news(&fourth), [0, 0, 2, 0]);
    let text = stage.run(&fleet, &["plan"]).ended(0).stdout;
    assert!(
        text.contains(&format!("(run {}): nothing new\n", id(&fourth).as_str().unwrap_or_default())),
        "{text}"
    );
}

#[test]
fn no_later_report_is_compared_with_one_of_no_post_though_the_fleet_names_no_room() {
    let stage = two_broken_accounts();
    let fleet = two_accounts();
    let branch = |fleet: &str| stage.run(fleet, &["plan", "--no-post", "--output", "json"]).ended(2);
    for _ in 0..2 {
        assert_eq!(branch(&fleet).report().get("comparison"), None);
    }
    let first = stage.plan(&fleet).ended(2);
    assert_eq!(first.report().get("comparison"), None);
    add(&stage, DEV, "api");
    let on_branch = branch(&fleet);
    assert_eq!((news(&on_branch), previous(&on_branch)), ([1, 2, 0, 0], id(&first)));
    let second = stage.plan(&fleet).ended(2);
    assert_eq!((news(&second), previous(&second)), ([1, 2, 0, 0], id(&first)));
    let list = stage.run(&fleet, &["report", "--list"]).ended(0).stdout;
    assert_eq!(list.lines().filter(|line| line.contains(" plan ")).count(), 5, "all are kept:\n{list}");
}

#[test]
fn where_another_folder_holds_no_report_the_folder_is_named_and_why_it_is_another() {
    let stage = two_broken_accounts();
    let fleet = two_accounts();
    stage.plan(&fleet).ended(2);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let looked_in = elsewhere.path().canonicalize().expect("a folder").join(".foghorn");
    let words = format!(
        "file:.foghorn, which is {} here: a relative path depends on the working directory",
        looked_in.display()
    );
    for (arguments, code) in [(&["report"][..], 1), (&["report", "--list"], 0)] {
        let mut command = stage.command(&fleet, arguments);
        let output = command.current_dir(elsewhere.path()).output();
        let run = Run::of(output.expect("the binary runs")).ended(code);
        assert!(run.stderr.contains(&words), "{}", run.stderr);
    }
    stage.run(&fleet, &["report"]).ended(2);
}

#[test]
fn a_condition_says_since_when_it_is_as_it_is() {
    let stage = two_broken_accounts();
    let fleet = two_accounts();
    let since = |run: &Run, kind: &str| {
        let conditions = run.all("conditions");
        let one = conditions.iter().find(|one| one["type"] == kind).cloned().unwrap_or_default();
        (one["status"].clone(), one["lastTransitionTime"].clone())
    };
    let first = stage.plan(&fleet).ended(2);
    // Times are told to the second.
    std::thread::sleep(Duration::from_millis(1100));
    mend(&stage, DEV, "web");
    let second = stage.plan(&fleet).ended(2);
    assert_eq!(since(&first, "Reachable"), since(&second, "Reachable"));
    let [(was, before), (is, after)] = [&first, &second].map(|run| since(run, "BreakersOn"));
    assert_eq!((was, is), (json!("False"), json!("True")));
    assert_ne!(before, after);
}

#[test]
fn what_could_not_be_read_this_time_is_neither_new_nor_resolved_and_keeps_its_age() {
    use foghorn::sim::faults::{Denial, Effect, Fault};
    let stage = two_broken_accounts();
    let fleet = two_accounts();
    let first = stage.plan(&fleet).ended(2);
    stage.simulator.faults.add(Fault::new(Effect::Deny(Denial::Identity)).account(PROD));
    let blind = stage.plan(&fleet).ended(3);
    assert_eq!(news(&blind), [0, 1, 0, 1]);
    stage.simulator.faults.clear();
    let again = stage.plan(&fleet).ended(2);
    assert_eq!(news(&again), [0, 2, 0, 0]);
    let since = first.report()["metadata"]["finishedAt"].clone();
    assert!(again.findings("breakerDisabled").iter().all(|finding| finding["age"]["since"] == since));
}

#[test]
fn a_run_over_a_part_of_the_fleet_says_what_is_new_there_and_is_not_what_the_next_is_compared_with() {
    let stage = two_broken_accounts();
    let fleet = two_accounts();
    let whole = stage.plan(&fleet).ended(2);
    mend(&stage, DEV, "web");
    let part = stage.run(&fleet, &["plan", "--account", "dev", "--output", "json"]).ended(0);
    assert_eq!((news(&part), previous(&part)), ([0, 0, 1, 1], id(&whole)));
    let next = stage.plan(&fleet).ended(2);
    assert_eq!((news(&next), previous(&next)), ([0, 1, 1, 0], id(&whole)));
}

#[test]
fn the_newest_report_is_that_of_the_whole_fleet_and_a_part_is_shown_where_it_is_asked_for() {
    let stage = two_broken_accounts();
    let fleet = two_accounts();
    let whole = stage.plan(&fleet).ended(2);
    let part = stage.run(&fleet, &["plan", "--account", "dev", "--output", "json"]).ended(2);
    let named = part.report()["metadata"]["narrowedTo"].clone();
    assert_eq!((&named["accounts"], &named["fleetAccounts"]), (&json!(["dev"]), &json!(2)));
    let latest = stage.run(&fleet, &["report", "--output", "json"]).ended(2);
    assert_eq!(latest.stdout, whole.stdout);
    let note = "the newest report of the whole fleet; the newer run";
    assert!(latest.stderr.contains(note) && latest.stderr.contains("(--account dev)"), "{}", latest.stderr);
    let wanted = id(&part);
    let asked = ["report", "--run", wanted.as_str().unwrap_or_default(), "--output", "json"];
    assert_eq!(stage.run(&fleet, &asked).ended(2).stdout, part.stdout);
    let list = stage.run(&fleet, &["report", "--list"]).ended(0).stdout;
    assert_eq!(list.matches("plan of a part").count(), 1, "{list}");
}

#[test]
fn what_chooses_a_part_is_refused_of_a_report_that_is_kept() {
    let stage = two_broken_accounts();
    let fleet = two_accounts();
    stage.plan(&fleet).ended(2);
    for narrowed in [["--account", "dev"], ["--region", SEOUL], ["--pipeline", "x"], ["--metrics", "emf"]] {
        let refused = stage.run(&fleet, &[&["report"], &narrowed[..]].concat()).ended(1);
        let said = ["error: a report is shown as its run left it", "next: `foghorn plan --account"];
        assert!(said.iter().all(|words| refused.stderr.contains(words)), "{}", refused.stderr);
    }
}

#[test]
fn an_account_that_left_the_fleet_file_is_told_as_that_and_not_as_resolved() {
    let stage = two_broken_accounts();
    stage.plan(&two_accounts()).ended(2);
    let next = stage.plan(BREAKERS).ended(2);
    assert_eq!(news(&next), [0, 1, 0, 0]);
    assert_eq!(next.report()["comparison"]["left"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_removal_is_kept_and_what_follows_is_compared_with_what_was_before_it() {
    let stage = Stage::bootstrapped();
    let applied = stage.apply(&pipeline()).ended(0);
    let removed = stage.destroy(&pipeline()).ended(0);
    assert_eq!(removed.report().get("comparison"), None);
    let plan = stage.plan(&pipeline()).ended(2);
    assert_eq!((news(&plan), previous(&plan)), ([1, 0, 0, 0], id(&applied)));
    let list = stage.run(&pipeline(), &["report", "--list", "--output", "json"]).ended(0).report();
    let modes: Vec<&Value> = list["runs"].as_array().into_iter().flatten().map(|run| &run["mode"]).collect();
    assert_eq!(modes, ["plan", "destroy", "apply"]);
}

#[test]
fn a_report_that_is_kept_is_shown_again_as_it_was_without_a_call() {
    let stage = two_broken_accounts();
    let fleet = two_accounts();
    let first = stage.plan(&fleet).ended(2);
    mend(&stage, DEV, "web");
    mend(&stage, PROD, "web");
    let second = stage.plan(&fleet).ended(0);
    stage.forget_calls();
    let first_id = id(&first);
    let shown = |more: &[&str]| stage.run(&fleet, &[&["report", "--output", "json"], more].concat());
    assert_eq!(shown(&[]).ended(0).stdout, second.stdout);
    assert_eq!(shown(&["--run", "latest"]).ended(0).stdout, second.stdout);
    assert_eq!(shown(&["--run", first_id.as_str().unwrap_or_default()]).ended(2).stdout, first.stdout);
    let text = stage.run(&fleet, &["report"]).ended(0).stdout;
    assert!(text.contains("): 2 resolved\n"), "{text}");
    let list = stage.run(&fleet, &["report", "--list"]).ended(0).stdout;
    assert_eq!(list.lines().count(), 3, "{list}");
    assert!(
        list.contains("2: drift or findings") && list.contains("0: in sync; not every account is known"),
        "{list}"
    );
    let missing = stage.run(&fleet, &["report", "--run", "01K"]).ended(1);
    assert!(
        missing.stderr.contains("no report of run 01K") && missing.stderr.contains("--list"),
        "{}",
        missing.stderr
    );
    assert_eq!(stage.simulator.record.total(), 0);
}

#[test]
fn a_fleet_that_keeps_nothing_leaves_nothing_behind() {
    let stage = Stage::bootstrapped();
    let fleet = format!("{}  store: none\n", pipeline());
    for _ in 0..2 {
        assert_eq!(stage.apply(&fleet).ended(0).report().get("comparison"), None);
    }
    assert!(!folder(&stage).exists());
    let run = stage.run(&fleet, &["report"]).ended(1);
    assert!(run.stderr.contains("store: none"), "{}", run.stderr);
}

/// An apply that is in the middle of its writing, slowly.
fn writing(stage: &Stage, fleet: &str) -> Child {
    stage.simulator.faults.set_latency(Duration::from_millis(200));
    let mut command = stage.command(fleet, &["apply", "--yes", "--output", "json"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    wait_until(|| stage.simulator.record.total_writes() > 0);
    child
}

/// Asserts that a run was kept from writing, and by whom.
fn assert_locked_out(run: &Run, holder: u32) {
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    assert!(run.stderr.contains("another run is writing to this fleet"), "{}", run.stderr);
    let told = format!("(process {holder} of somebody on ");
    assert!(
        run.stderr.contains(&told) && run.stderr.contains("holds the lock of file:.foghorn until 20"),
        "{}",
        run.stderr
    );
}

#[test]
fn of_two_runs_at_once_one_writes_and_the_other_says_who_does() {
    let stage = Stage::bootstrapped();
    let first = writing(&stage, &pipeline());
    let holder = first.id();
    assert_locked_out(&stage.apply(&pipeline()), holder);
    assert_locked_out(&stage.destroy(&pipeline()), holder);
    let code = stage.plan(&pipeline()).code;
    assert!(code == 0 || code == 2, "a run that writes nothing needs no lock: {code}");
    assert_eq!(end(first).code, 0);
    let creations = stage.writes().iter().filter(|write| *write == "sns:CreateTopic").count();
    stage.simulator.faults.clear();
    stage.apply(&pipeline()).ended(0);
    assert_eq!(stage.writes().iter().filter(|write| *write == "sns:CreateTopic").count(), creations);
}

#[test]
fn a_run_that_was_killed_blocks_others_until_its_lock_runs_out_and_no_longer() {
    let stage = Stage::bootstrapped();
    let fleet = format!("{}  store: {{ lockExpiry: 1h }}\n", pipeline());
    let mut child = writing(&stage, &fleet);
    let holder = child.id();
    child.kill().expect("a process to kill");
    assert_eq!(end(child).code, -1);
    stage.simulator.faults.clear();
    stage.forget_calls();
    assert_locked_out(&stage.apply(&fleet), holder);
    assert_eq!(stage.writes(), [""; 0]);
    // The hour goes by.
    let lock = only_file(&folder(&stage).join("lock"));
    let text = fs::read_to_string(&lock).expect("a lock");
    let mut claim: Value = serde_json::from_str(&text).expect("JSON");
    claim["content"]["expiresAt"] = json!("2026-01-01T00:00:00Z");
    fs::write(&lock, claim.to_string()).expect("a lock");
    assert!(stage.apply(&fleet).ended(0).is_heard());
    stage.apply(&fleet).ended(0);
}

#[test]
fn a_run_that_is_stopped_by_a_signal_releases_its_lock() {
    for name in ["TERM", "INT"] {
        let stage = Stage::bootstrapped();
        let child = writing(&stage, &pipeline());
        signal(&child, name);
        let run = end(child);
        assert!(run.code == 2 || run.code == 3, "{name}: {} {}", run.code, run.stderr);
        stage.simulator.faults.clear();
        let next = stage.apply(&pipeline()).ended(0);
        assert_eq!(previous(&next), Value::Null, "nothing is compared with a run that was stopped");
    }
}

#[test]
fn a_lock_is_renewed_while_a_long_run_goes_on() {
    let stage = Stage::bootstrapped();
    let fleet = format!("{}  store: {{ lockExpiry: 1s }}\n", pipeline());
    let child = writing(&stage, &fleet);
    let holder = child.id();
    std::thread::sleep(Duration::from_millis(1500));
    assert_locked_out(&stage.apply(&fleet), holder);
    assert_eq!(end(child).code, 0);
}

#[test]
fn a_run_whose_lock_is_taken_over_stops_writing() {
    let stage = Stage::bootstrapped();
    let fleet = format!("{}  store: {{ lockExpiry: 1s }}\n", pipeline());
    let child = writing(&stage, &fleet);
    let lock = folder(&stage).join("lock");
    let theirs = json!({ "format": 1, "content": {
        "holder": { "run": "01KAG4JQ000000000000000000", "user": "ana", "host": "laptop", "process": 7 },
        "held": true, "expiresAt": "2099-01-01T00:00:00Z"
    } });
    fs::write(lock.join(format!("{:020}.json", 1000)), theirs.to_string()).expect("a lock");
    let run = end(child);
    assert!(run.code == 2 || run.code == 3, "{} {}", run.code, run.stderr);
    assert!(run.stderr.contains("the lock of the store is lost"), "{}", run.stderr);
    assert!(run.changes().iter().any(|change| change.ends_with("skipped")), "{:#?}", run.changes());
    stage.simulator.faults.clear();
    let next = stage.apply(&fleet).ended(1);
    assert!(next.stderr.contains("(process 7 of ana on laptop)"), "{}", next.stderr);
}

#[test]
fn a_store_that_can_t_be_written_is_said_and_the_run_goes_on() {
    // A file stands where a folder should be: nobody, root included, can write there.
    for (broken, told) in [
        (".foghorn", "without memory of earlier ones and without a lock"),
        (".foghorn/acme", "without memory of earlier ones and without a lock"),
        (".foghorn/acme/lock", "without a lock"),
        (".foghorn/acme/runs", "the report is not kept"),
    ] {
        let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
        let path = stage.fleet("").with_file_name(broken);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, "").expect("a file");
        let run = stage.apply(&pipeline()).ended(0);
        assert!(run.is_heard(), "{broken}");
        assert!(run.stderr.contains("warning: ") && run.stderr.contains(told), "{broken}: {}", run.stderr);
        let next = "(next: see that the place under spec.store can be reached, read and written from here)";
        assert!(run.stderr.contains(next), "{broken}: {}", run.stderr);
        stage.plan(&pipeline()).ended(0);
    }
}

#[test]
fn a_store_that_turns_read_only_between_two_runs_is_said_and_the_run_goes_on() {
    let stage = Stage::bootstrapped();
    stage.apply(&pipeline()).ended(0);
    for name in ["runs", "lock"] {
        let path = folder(&stage).join(name);
        fs::remove_dir_all(&path).expect("a folder");
        fs::write(&path, "").expect("a file");
    }
    let run = stage.apply(&pipeline()).ended(0);
    for told in ["the run goes on without a lock", "the report is not kept"] {
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
    }
}

#[test]
fn a_report_that_was_damaged_is_said_and_the_next_run_begins_anew() {
    for garbage in [&b""[..], b"garbage", b"\x1f\x8b\x08\x00garbage"] {
        let stage = two_broken_accounts();
        let fleet = two_accounts();
        stage.plan(&fleet).ended(2);
        fs::write(only_file(&folder(&stage).join("runs")), garbage).expect("a file");
        let run = stage.plan(&fleet).ended(2);
        assert!(
            run.stderr.contains("nobody can tell what is new") && run.stderr.contains("can't be understood"),
            "{}",
            run.stderr
        );
        assert_eq!(run.report().get("comparison"), None);
        let next = stage.plan(&fleet).ended(2);
        assert_eq!((news(&next), next.stderr.as_str()), ([0, 2, 0, 0], ""));
    }
}

#[test]
fn a_store_of_a_newer_or_an_older_foghorn_is_said_and_not_touched() {
    for (format, told) in [(2, "which a newer Foghorn wrote"), (0, "which this Foghorn no longer reads")] {
        let stage = Stage::bootstrapped();
        stage.apply(&pipeline()).ended(0);
        let mark = json!({ "format": format, "content": { "of": "another shape" } });
        fs::write(folder(&stage).join("store.json"), mark.to_string()).expect("a file");
        let before = files(&folder(&stage));
        let run = stage.apply(&pipeline()).ended(0);
        assert!(run.stderr.contains(told), "{}", run.stderr);
        let next = "name another place under spec.store";
        assert!(run.stderr.contains("(next: ") && run.stderr.contains(next), "{}", run.stderr);
        assert_eq!(run.report().get("comparison"), None);
        assert_eq!(files(&folder(&stage)), before);
        let shown = stage.run(&pipeline(), &["report"]).ended(1);
        assert!(shown.stderr.contains(told), "{}", shown.stderr);
    }
}
