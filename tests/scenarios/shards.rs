//! Several processes that share a run: one report, one message, whatever becomes
//! of any of them.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use foghorn::model::{AccountId, Shard};
use foghorn::sim::ecs::Service;
use foghorn::sim::faults::{Effect, Fault};
use foghorn::sim::rooms::Message;
use foghorn::sim::rooms::webhooks::Kind;
use foghorn::sim::seed::Seed;
use foghorn::sim::simulator::MANAGEMENT_ACCOUNT;
use serde_json::{Value, json};

use super::kill::wait_until;
use super::support::{DEV, IRELAND, PIPELINE, PROD, Run, Stage, bootstrapped, one_region, services};

/// Many accounts, with a room that is told of every run.
struct Organisation {
    stage: Stage,
    accounts: usize,
    /// Where the shards meet.
    sets: PathBuf,
}

impl Organisation {
    /// All of them have services whose circuit breakers are off.
    fn new(accounts: usize) -> Self {
        Self::with_services(accounts, 1)
    }

    /// The same with services in one account of so many, for speed.
    fn with_services(accounts: usize, one_of: usize) -> Self {
        let stage = Stage::new(|world| {
            let seed = Seed {
                accounts,
                regions: vec![IRELAND.to_owned()],
                clusters: 0,
                services: 0,
                role: "foghorn".to_owned(),
                external_id: None,
            };
            seed.fill(world);
            for id in (0..accounts).step_by(one_of).map(Seed::account_id) {
                services(
                    world,
                    &id,
                    IRELAND,
                    [Service::named("web"), Service::named("api").breaker(true, false)],
                );
            }
        });
        let webhook = stage.webhook(Kind::Slack, "drift");
        stage.store_secret(MANAGEMENT_ACCOUNT, "us-east-1", "room", &webhook);
        let sets = stage.fleet("").with_file_name(".foghorn").join("acme/shards");
        Self { stage, accounts, sets }
    }

    fn ids(&self) -> impl Iterator<Item = AccountId> + use<> {
        (0..self.accounts).map(|index| Seed::account_id(index).parse().expect("an account id"))
    }

    fn fleet(&self) -> String {
        let accounts: String =
            self.ids().map(|id| format!("    - {{ id: \"{id}\", name: a{id} }}\n")).collect();
        format!(
            "apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata: {{ name: acme }}\nspec:\n  access: {{ roleName: \
             foghorn }}\n  regions: [eu-west-1]\n  store: {{ lockExpiry: 1s }}\n  report:\n    when: always\n    to: [{{ \
             slack: {{ webhook: {{ secretsManager: room }} }} }}]\n  accounts:\n{accounts}"
        )
    }

    /// The accounts that belong to a shard.
    fn taken(&self, shard: &str) -> Vec<String> {
        let shard: Shard = shard.parse().expect("a shard");
        self.ids().filter(|id| shard.takes(id)).map(|id| id.to_string()).collect()
    }

    /// `foghorn plan` as this shard of a set.
    fn plan(&self, set: &str, shard: &str, more: &[&str]) -> Command {
        self.plan_of(&self.fleet(), set, shard, more)
    }

    /// The same for another fleet file.
    fn plan_of(&self, fleet: &str, set: &str, shard: &str, more: &[&str]) -> Command {
        let arguments = ["plan", "--output", "json", "--shard-set", set, "--shard", shard];
        self.stage.command(fleet, &[&arguments[..], more].concat())
    }

    /// All shards of a set, started at once.
    fn start_all(&self, set: &str, count: usize, more: &[&str]) -> Vec<Process> {
        let shards = (0..count).map(|index| self.plan(set, &format!("{index}/{count}"), more));
        let commands: Vec<Command> = shards.collect();
        commands.into_iter().map(Process::start).collect()
    }

    /// Two of three shards, the second of which waits for the third no longer.
    fn start_two_of_three(&self) -> [Process; 2] {
        let [first, second] = [("0/3", "10m"), ("1/3", "1s")]
            .map(|(shard, wait)| self.plan("nightly", shard, &["--shard-wait", wait]));
        let first = Process::start(first);
        let part = self.sets.join("nightly/0-of-3.json.gz");
        wait_until(|| part.exists());
        [first, Process::start(second)]
    }

    /// What the room was told.
    fn told(&self) -> Vec<Message> {
        self.stage.simulator.with_world(|world| {
            world.rooms.get("slack", "drift").map(|room| room.messages.clone()).unwrap_or_default()
        })
    }

    /// Keeps the pass over an account from its end.
    fn hold_up(&self, account: &str) {
        self.stage.simulator.faults.add(Fault::new(Effect::Hang).account(account));
    }

    fn is_held_up(&self, account: &str) -> bool {
        self.stage.simulator.record.entries().iter().any(|entry| entry.account == account)
    }
}

/// A process that runs; what it says is read as it comes.
struct Process {
    id: u32,
    run: Option<JoinHandle<Run>>,
}

impl Process {
    fn start(mut command: Command) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let id = child.id();
        let run = std::thread::spawn(|| Run::of(child.wait_with_output().expect("the binary ends")));
        Self { id, run: Some(run) }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.id.to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    fn end(mut self) -> Run {
        self.run.take().expect("it ends once").join().expect("no panic")
    }
}

impl Drop for Process {
    /// A test that failed leaves nobody waiting.
    fn drop(&mut self) {
        if self.run.as_ref().is_some_and(|run| !run.is_finished()) {
            self.signal("KILL");
        }
    }
}

/// Waits for many accounts on a machine that may have other work.
fn wait_long(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(180), "it never came to be");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How processes of one set ended: the one that reported, and the others.
fn reported(processes: impl IntoIterator<Item = Process>) -> (Run, Vec<Run>) {
    let runs: Vec<Run> = processes.into_iter().map(Process::end).collect();
    let told: Vec<&str> = runs.iter().map(|run| run.stderr.as_str()).collect();
    let told = told.join("\n");
    let (mut reporters, others): (Vec<Run>, Vec<Run>) =
        runs.into_iter().partition(|run| !run.stdout.is_empty());
    assert_eq!(reporters.len(), 1, "one process reports\n{told}");
    for other in &others {
        assert!(other.stderr.contains("which another shard reported"), "{}", other.stderr);
    }
    (reporters.remove(0), others)
}

/// What two reports of the same fleet have in common, whoever made them.
fn timeless(run: &Run) -> Value {
    let mut report = run.report();
    for member in ["run", "startedAt", "finishedAt"] {
        report["metadata"].as_object_mut().expect("metadata").remove(member);
    }
    report["summary"].as_object_mut().expect("a summary").remove("calls");
    for pass in report["passes"].as_array_mut().expect("passes") {
        for condition in pass["conditions"].as_array_mut().expect("conditions") {
            condition.as_object_mut().expect("a condition").remove("lastTransitionTime");
        }
    }
    report
}

#[test]
fn eight_shards_report_what_one_process_does_also_if_one_of_them_is_killed_and_started_again() {
    let organisation = Organisation::with_services(1000, 10);
    let stage = &organisation.stage;
    let alone = organisation.fleet().replace("store: { lockExpiry: 1s }", "store: none");
    let whole = stage.run(&alone, &["plan", "--no-post", "--output", "json"]).ended(2);
    stage.forget_calls();
    let held_up = organisation.taken("3/8")[7].clone();
    organisation.hold_up(&held_up);
    let again = organisation.plan("nightly", "3/8", &[]);
    let mut shards = organisation.start_all("nightly", 8, &[]);
    let folder = organisation.sets.join("nightly");
    let parts = || {
        let files = fs::read_dir(&folder).ok()?.filter_map(Result::ok);
        Some(files.filter(|file| file.file_name().to_string_lossy().ends_with("-of-8.json.gz")).count())
    };
    wait_long(|| parts() == Some(7));
    assert!(organisation.is_held_up(&held_up) && !folder.join("3-of-8.json.gz").exists());
    let killed = shards.remove(3);
    killed.signal("KILL");
    assert_eq!(killed.end().code, -1);
    stage.simulator.faults.clear();
    shards.push(Process::start(again));
    let (reporter, others) = reported(shards);
    assert_eq!(timeless(&reporter), timeless(&whole));
    assert_eq!(reporter.code, 2);
    assert!(others.iter().all(|other| other.code == 2), "each has findings in its own part");
    assert_eq!(organisation.told().len(), 1, "{:?}", organisation.told());
    let kept = stage.run(&organisation.fleet(), &["report", "--output", "json"]).ended(2);
    assert_eq!(kept.stdout, reporter.stdout);
}

#[test]
fn of_shards_that_are_done_at_once_one_reports() {
    let organisation = Organisation::new(8);
    for round in 1..=5 {
        let (report, _) = reported(organisation.start_all(&format!("round-{round}"), 4, &[]));
        assert_eq!(report.ended(2).report()["summary"]["accounts"], 8);
        assert_eq!(organisation.told().len(), round);
    }
}

#[test]
fn accounts_of_a_shard_that_is_lost_are_said_to_be_unseen_and_waited_for_no_longer_than_asked() {
    let organisation = Organisation::new(12);
    let (report, others) = reported(organisation.start_two_of_three());
    let report = report.ended(3);
    assert_eq!(others[0].code, 2, "the code of its own part");
    assert!(report.stderr.contains("shard 2/3 did not report within 1s"), "{}", report.stderr);
    let lost = organisation.taken("2/3");
    assert!(!lost.is_empty());
    for account in &lost {
        let coverage = report.coverage(account, IRELAND);
        assert_eq!(coverage["state"], "skipped", "{coverage}");
        assert!(coverage["detail"].as_str().is_some_and(|detail| detail.contains("shard 2/3")), "{coverage}");
        assert_eq!(report.condition(account, "BreakersOn"), "Unknown");
    }
    let summary = &report.report()["summary"];
    assert_eq!(summary["accounts"], 12);
    assert_eq!(summary["coverage"]["skipped"], lost.len());
    assert_eq!(organisation.told().len(), 1);
    // It begins when all is over: a set is reported once.
    let late = Process::start(organisation.plan("nightly", "2/3", &[])).end().ended(1);
    assert!(late.stderr.contains("shard 2/3 was late: run "), "{}", late.stderr);
    assert_eq!((late.stdout.as_str(), organisation.told().len()), ("", 1));
}

#[test]
fn a_shard_that_ends_after_the_others_reported_says_so_and_what_it_saw() {
    let organisation = Organisation::new(12);
    let held_up = organisation.taken("2/3")[0].clone();
    organisation.hold_up(&held_up);
    let late = Process::start(organisation.plan("nightly", "2/3", &[]));
    wait_until(|| organisation.is_held_up(&held_up));
    let (report, _) = reported(organisation.start_two_of_three());
    assert_eq!(report.code, 3);
    organisation.stage.simulator.faults.clear();
    let late = late.end().ended(1);
    assert!(late.stderr.contains("shard 2/3 was late: run "), "{}", late.stderr);
    assert_eq!(late.report()["summary"]["accounts"], organisation.taken("2/3").len());
    assert_eq!(organisation.told().len(), 1);
}

#[test]
fn another_shard_reports_in_place_of_one_that_died_in_the_middle_of_it() {
    let organisation = Organisation::new(12);
    let faults = &organisation.stage.simulator.faults;
    faults.add(Fault::new(Effect::Hang).operation("GetSecretValue"));
    let shards = organisation.start_all("nightly", 3, &[]);
    let asks = || organisation.stage.simulator.record.entries();
    wait_until(|| asks().iter().any(|entry| entry.operation == "GetSecretValue"));
    let claims = fs::read_dir(organisation.sets.join("nightly").join("merge")).expect("a folder");
    let claim = claims.map(|file| file.expect("a file").path()).max().expect("a claim");
    let claim: Value = serde_json::from_slice(&fs::read(claim).expect("a file")).expect("JSON");
    let reporter = claim["content"]["holder"]["process"].as_u64();
    let (died, alive): (Vec<Process>, Vec<Process>) =
        shards.into_iter().partition(|process| Some(u64::from(process.id)) == reporter);
    died[0].signal("KILL");
    faults.clear();
    let (report, _) = reported(alive);
    assert_eq!(report.ended(2).report()["summary"]["accounts"], 12);
    assert_eq!(organisation.told().len(), 1);
}

#[test]
fn a_shard_that_is_stopped_hands_in_nothing_half_and_does_its_part_when_it_is_started_again() {
    let organisation = Organisation::new(12);
    let held_up = organisation.taken("0/2")[0].clone();
    organisation.hold_up(&held_up);
    let mut shards = organisation.start_all("nightly", 2, &[]);
    wait_until(|| organisation.is_held_up(&held_up));
    let stopped = shards.remove(0);
    stopped.signal("TERM");
    let stopped = stopped.end().ended(1);
    assert!(stopped.stderr.contains("its part was not handed in"), "{}", stopped.stderr);
    assert!(stopped.stderr.contains("exit 1: this is the shard's own part"), "{}", stopped.stderr);
    organisation.stage.simulator.faults.clear();
    shards.push(Process::start(organisation.plan("nightly", "0/2", &[])));
    assert_eq!(reported(shards).0.ended(2).report()["summary"]["coverage"]["skipped"], 0);
}

#[test]
fn a_shard_that_is_started_again_though_its_part_is_there_looks_at_nothing_again() {
    let organisation = Organisation::new(12);
    let first = Process::start(organisation.plan("nightly", "0/2", &[]));
    let part = organisation.sets.join("nightly").join("0-of-2.json.gz");
    wait_until(|| part.exists());
    first.signal("TERM");
    let first = first.end().ended(1);
    assert!(first.stderr.contains("its part is handed in"), "{}", first.stderr);
    let calls = |account: &str| {
        organisation.stage.simulator.record.entries().iter().filter(|entry| entry.account == account).count()
    };
    let one = organisation.taken("0/2")[0].clone();
    let before = calls(&one);
    let (report, _) = reported(organisation.start_all("nightly", 2, &[]));
    assert_eq!(report.ended(2).report()["summary"]["accounts"], 12);
    assert_eq!(calls(&one), before);
    // Once more, when all is over.
    let again = Process::start(organisation.plan("nightly", "0/2", &[])).end().ended(2);
    assert!(again.stderr.contains("which another shard reported"), "{}", again.stderr);
    assert_eq!((calls(&one), organisation.told().len()), (before, 1));
}

#[test]
fn the_name_of_an_earlier_run_is_no_name_for_a_later_one() {
    let organisation = Organisation::new(4);
    let refused = |set: &str, file: &str, member: &str, told: &str| {
        let path = organisation.sets.join(set).join(file);
        let mut document: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
        document["content"][member] = json!("2026-01-01T00:00:00Z");
        fs::write(&path, document.to_string()).expect("a file");
        let again = Process::start(organisation.plan(set, "0/2", &[])).end().ended(1);
        assert!(again.stderr.contains(told) && again.stderr.contains("next: "), "{}", again.stderr);
    };
    let (report, _) = reported(organisation.start_all("weekly", 2, &[]));
    report.ended(2);
    refused("weekly", "merged.json", "at", "set weekly was merged at 2026-01-01T00:00:00Z");
    let first = Process::start(organisation.plan("daily", "0/2", &[]));
    let part = organisation.sets.join("daily/0-of-2.json.gz");
    wait_until(|| part.exists());
    first.signal("TERM");
    first.end().ended(1);
    refused("daily", "set.json", "begunAt", "set daily was begun at 2026-01-01T00:00:00Z and never merged");
    assert_eq!(organisation.told().len(), 1);
}

#[test]
fn shards_that_were_asked_for_different_things_are_kept_apart() {
    let organisation = Organisation::new(12);
    Process::start(organisation.plan("nightly", "0/2", &["--shard-wait", "0s"])).end().ended(3);
    for (shard, more, told) in [
        ("1/3", &[][..], "set nightly is `plan` in 2 shards, and this shard was asked to `plan` in 3 shards"),
        ("1/2", &["--prune"], "`plan --prune` in 2 shards"),
        ("1/2", &["--region", "eu-west-1"], "`plan --region eu-west-1` in 2 shards"),
    ] {
        let other = Process::start(organisation.plan("nightly", shard, more)).end().ended(1);
        assert!(other.stderr.contains(told), "{}", other.stderr);
    }
}

#[test]
fn shards_of_one_set_read_the_same_fleet_file_and_are_of_the_same_version() {
    let organisation = Organisation::new(12);
    Process::start(organisation.plan("nightly", "0/2", &["--shard-wait", "0s"])).end().ended(3);
    let second = |fleet: &str| {
        let run = Process::start(organisation.plan_of(fleet, "nightly", "1/2", &[])).end().ended(1);
        assert_eq!(run.stdout, "", "nothing was looked at");
        run.stderr
    };
    let fleet = organisation.fleet();
    let other = second(&fleet.replace("name: a100000000001 }", "name: renamed }"));
    assert!(other.contains("set nightly was begun with another fleet file"), "{other}");
    let same = second(&format!("# What is said by the way\n{fleet}"));
    assert!(same.contains("shard 1/2 was late"), "{same}");
    let set = organisation.sets.join("nightly/set.json");
    let mut document: Value = serde_json::from_slice(&fs::read(&set).expect("a file")).expect("JSON");
    document["content"]["version"] = json!("0.0.9");
    fs::write(&set, document.to_string()).expect("a file");
    let other = second(&fleet);
    assert!(other.contains("set nightly was begun by version 0.0.9 of Foghorn"), "{other}");
}

#[test]
fn an_account_that_joined_after_its_shard_had_begun_is_said_to_be_unseen() {
    let organisation = Organisation::new(4);
    let fleet = organisation.fleet();
    let (head, _) = fleet.split_once("  accounts:").expect("accounts");
    let fleet = format!("{head}  organization: {{ exclude: [\"{MANAGEMENT_ACCOUNT}\"] }}\n");
    let first = Process::start(organisation.plan_of(&fleet, "nightly", "0/2", &[]));
    let part = organisation.sets.join("nightly/0-of-2.json.gz");
    wait_until(|| part.exists());
    first.signal("TERM");
    first.end().ended(1);
    let shard: Shard = "0/2".parse().expect("a shard");
    let mut ids = (organisation.accounts..).map(Seed::account_id);
    let joined = ids.find(|id| shard.takes(&id.parse().expect("an account id"))).expect("one of many");
    organisation.stage.simulator.with_world(|world| world.add_account(&joined, "newcomer", "foghorn", None));
    let report = Process::start(organisation.plan_of(&fleet, "nightly", "1/2", &[])).end().ended(3);
    let coverage = report.coverage(&joined, IRELAND);
    assert_eq!(coverage["state"], "skipped", "{coverage}");
    assert!(coverage["detail"].as_str().is_some_and(|detail| detail.contains("shard 0/2")), "{coverage}");
    assert_eq!(report.report()["summary"]["accounts"], 5);
    assert!(report.stderr.contains("accounts that nobody looked at: 1"), "{}", report.stderr);
}

#[test]
fn a_shard_without_accounts_is_a_shard_all_the_same() {
    let organisation = Organisation::new(1);
    let (report, others) = reported(organisation.start_all("nightly", 3, &[]));
    assert_eq!(report.ended(2).report()["summary"]["accounts"], 1);
    assert!(others.iter().any(|other| other.code == 0), "an empty part is clean");
}

/// Two accounts that belong to different shards of two, each with its pipeline.
fn two_pipelines() -> (Stage, String) {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        bootstrapped(world, PROD, "prod");
    });
    let dev = "    - { id: \"111111111111\", name: dev }\n";
    let fleet = one_region(PIPELINE).replace(dev, &format!("{dev}    - {{ id: \"{PROD}\", name: prod }}\n"));
    (stage, fleet)
}

fn apply(stage: &Stage, fleet: &str, set: &str) -> [Command; 2] {
    let shards = ["0/2", "1/2"];
    let arguments = |shard| ["apply", "--yes", "--output", "json", "--shard-set", set, "--shard", shard];
    shards.map(|shard| stage.command(fleet, &arguments(shard)))
}

#[test]
fn shards_write_at_the_same_time_and_keep_every_other_run_from_it() {
    let (stage, fleet) = two_pipelines();
    let slow = apply(&stage, &fleet, "nightly");
    stage.simulator.faults.set_latency(Duration::from_millis(100));
    let shards = slow.map(Process::start);
    let has_written =
        |account: &str| stage.simulator.record.writes().iter().any(|entry| entry.account == account);
    wait_until(|| has_written(DEV) && has_written(PROD));
    let other = stage.apply(&fleet).ended(1);
    assert!(other.stderr.contains("another run is writing to this fleet"), "{}", other.stderr);
    let (report, others) = reported(shards);
    let report = report.ended(0);
    assert_eq!(others[0].code, 0);
    assert!(report.is_heard(), "{}", report.stdout);
    assert!(report.changes().iter().all(|change| change.ends_with("applied")), "{:#?}", report.changes());
    stage.simulator.faults.clear();
    // The lock is free at once, and nothing is left to do.
    assert_eq!(stage.apply(&fleet).ended(0).changes(), [""; 0]);
    let removed = ["0/2", "1/2"].map(|shard| {
        stage.command(
            &fleet,
            &["destroy", "--yes", "--output", "json", "--shard-set", "end", "--shard", shard],
        )
    });
    let (removed, _) = reported(removed.map(Process::start));
    assert!(removed.ended(0).changes().iter().all(|change| change.starts_with("delete")));
}

#[test]
fn a_shard_that_was_killed_while_it_wrote_goes_on_under_its_run_s_lock_when_it_is_started_again() {
    let (stage, fleet) = two_pipelines();
    let fleet = format!("{fleet}  store: {{ lockExpiry: 1h }}\n");
    let [first, second] = apply(&stage, &fleet, "nightly");
    let [_, again] = apply(&stage, &fleet, "nightly");
    stage.simulator.faults.add(Fault::new(Effect::Hang).account(PROD).operation("CreateTopic"));
    let part = stage.fleet(&fleet).with_file_name(".foghorn").join("acme/shards/nightly/0-of-2.json.gz");
    let (first, second) = (Process::start(first), Process::start(second));
    let is_writing = || {
        let entries = stage.simulator.record.entries();
        entries.iter().any(|entry| entry.account == PROD && entry.operation == "CreateTopic")
    };
    wait_until(|| part.exists() && is_writing());
    second.signal("KILL");
    assert_eq!(second.end().code, -1);
    stage.simulator.faults.clear();
    let other = stage.apply(&fleet).ended(1);
    assert!(other.stderr.contains("another run is writing to this fleet"), "{}", other.stderr);
    let (report, _) = reported([first, Process::start(again)]);
    assert!(report.ended(0).is_heard());
    assert_eq!(stage.plan(&fleet).ended(0).changes(), [""; 0]);
}

#[test]
fn a_shard_that_ended_in_good_order_and_is_started_again_leaves_the_lock_free_at_the_end() {
    let (stage, fleet) = two_pipelines();
    let fleet = format!("{fleet}  store: {{ lockExpiry: 1h }}\n");
    let [first, stopped] = apply(&stage, &fleet, "nightly");
    let [_, again] = apply(&stage, &fleet, "nightly");
    let [_, late] = apply(&stage, &fleet, "late");
    stage.simulator.faults.set_latency(Duration::from_millis(100));
    let stopped = Process::start(stopped);
    wait_until(|| stage.simulator.record.writes().iter().any(|entry| entry.account == PROD));
    let late_beside = stage.command(&fleet, &["apply", "--yes", "--shard-set", "late", "--shard", "0/2"]);
    for other in [late, late_beside].map(Process::start) {
        let other = other.end().ended(1);
        assert!(other.stderr.contains("another run is writing to this fleet"), "{}", other.stderr);
    }
    stopped.signal("TERM");
    assert_eq!(stopped.end().code, 1);
    stage.simulator.faults.clear();
    let (report, _) = reported([Process::start(first), Process::start(again)]);
    assert!(report.ended(0).is_heard());
    let (report, _) = reported(apply(&stage, &fleet, "late").map(Process::start));
    assert_eq!(report.ended(0).changes(), [""; 0]);
    assert_eq!(stage.apply(&fleet).ended(0).changes(), [""; 0]);
}

#[test]
fn while_a_process_may_still_write_for_a_shard_that_another_one_did_every_other_run_is_kept_out() {
    let (stage, fleet) = two_pipelines();
    let fleet = format!("{fleet}  store: {{ lockExpiry: 12s }}\n");
    let [first, slow] = apply(&stage, &fleet, "nightly");
    let [_, again] = apply(&stage, &fleet, "nightly");
    let hangs = Fault::new(Effect::Hang).account(PROD).operation("CreateTopic").times(1);
    stage.simulator.faults.add(hangs);
    let slow = Process::start(slow);
    let is_writing = || {
        let entries = stage.simulator.record.entries();
        entries.iter().any(|entry| entry.account == PROD && entry.operation == "CreateTopic")
    };
    wait_until(is_writing);
    let (report, _) = reported([Process::start(first), Process::start(again)]);
    assert!(report.ended(0).is_heard());
    let other = stage.apply(&fleet).ended(1);
    assert!(other.stderr.contains("another run is writing to this fleet"), "{}", other.stderr);
    slow.signal("KILL");
    assert_eq!(slow.end().code, -1);
    // Nobody renews the lock any more.
    wait_long(|| stage.apply(&fleet).code == 0);
}

#[test]
fn shards_that_can_t_take_the_lock_write_nothing() {
    let (stage, fleet) = two_pipelines();
    let locks = stage.fleet(&fleet).with_file_name(".foghorn").join("acme/lock");
    fs::create_dir_all(&locks).expect("a folder");
    fs::write(locks.join("00000000000000000001.json"), "damaged").expect("a file");
    for shard in apply(&stage, &fleet, "nightly").map(Process::start) {
        let shard = shard.end().ended(1);
        assert!(shard.stderr.contains("the store in which shards meet can't be used"), "{}", shard.stderr);
    }
    assert_eq!(stage.simulator.record.total_writes(), 0);
}

#[test]
fn shards_make_no_more_changes_together_than_one_run_may() {
    let (stage, fleet) = two_pipelines();
    let planned = stage.plan(&fleet).ended(2).changes().len();
    let fleet = |most: usize| format!("{fleet}  guard: {{ maxChanges: {most} }}\n");
    let (report, _) = reported(apply(&stage, &fleet(planned - 1), "one").map(Process::start));
    let why = "in each of 2 shards";
    assert!(report.ended(2).all("changes").iter().any(|change| change["why"].to_string().contains(why)));
    let written = stage.simulator.record.total_writes();
    assert_eq!(written, 0, "both have as many changes, which is more than half of what the run may make");
    let (report, _) = reported(apply(&stage, &fleet(planned), "two").map(Process::start));
    assert_eq!(report.ended(0).changes().len(), planned);
}

#[test]
fn whatever_does_not_say_which_part_of_which_run_is_refused_before_any_call() {
    let organisation = Organisation::new(1);
    let stage = &organisation.stage;
    let set = ("FOGHORN_SHARD_SET", "nightly");
    for (command, environment, told) in [
        ("plan", &[("FOGHORN_SHARD", "3/8")][..], "which run this shard belongs to"),
        ("plan", &[("FOGHORN_SHARD", "8/8"), set], "counted from 0 to 7"),
        ("plan", &[("FOGHORN_SHARD", "3"), set], "INDEX/COUNT"),
        ("plan", &[("FOGHORN_SHARD", "0/8"), ("FOGHORN_SHARDS", "8"), set], "both --shard and --shards"),
        ("plan", &[("FOGHORN_SHARDS", "8"), set], "JOB_COMPLETION_INDEX is not set"),
        ("plan", &[("FOGHORN_SHARDS", "many"), set], "no number of shards"),
        ("plan", &[("FOGHORN_SHARDS", "8"), ("JOB_COMPLETION_INDEX", "8"), set], "counted from 0 to 7"),
        ("plan", &[("JOB_COMPLETION_INDEX", "3")], "into how many shards the fleet is cut"),
        ("plan", &[("FOGHORN_SHARD", "0/8"), ("FOGHORN_SHARD_SET", "<time>")], "the name of a set of shards"),
        (
            "plan",
            &[("FOGHORN_SHARD", "0/8"), ("FOGHORN_SHARD_SET", "../runs")],
            "the name of a set of shards",
        ),
        ("run", &[("FOGHORN_SHARD", "0/8"), set], "`run` is one process"),
        ("sound", &[("FOGHORN_SHARD", "0/8"), set], "`sound` is one process"),
        ("sound", &[("FOGHORN_SHARDS", "8"), ("JOB_COMPLETION_INDEX", "3")], "`sound` is one process"),
    ] {
        let mut process = stage.command(&organisation.fleet(), &[command]);
        let run =
            Run::of(process.envs(environment.iter().copied()).output().expect("the binary runs")).ended(1);
        assert!(run.stderr.contains(told) && run.stderr.contains("next: "), "{told}: {}", run.stderr);
    }
    assert!(
        stage.run(&organisation.fleet(), &["sound", "--shard", "0/8"]).ended(1).stderr.contains("'--shard'")
    );
    assert_eq!(stage.simulator.record.total(), 0);
    let nothing_kept = organisation.fleet().replace("store: { lockExpiry: 1s }", "store: none");
    let run = stage.run(&nothing_kept, &["plan", "--shard", "0/8", "--shard-set", "nightly"]).ended(1);
    assert!(run.stderr.contains("`store: none`") && run.stderr.contains("next: "), "{}", run.stderr);
}

#[test]
fn a_pod_of_an_indexed_job_knows_its_shard_and_one_shard_is_the_whole_fleet() {
    let organisation = Organisation::new(12);
    let pod = |index: &str, shards: &str| {
        let mut command = organisation.stage.command(&organisation.fleet(), &["plan", "--output", "json"]);
        command.envs([("JOB_COMPLETION_INDEX", index), ("FOGHORN_SHARDS", shards), ("FOGHORN_SHARD", "")]);
        command.env("FOGHORN_SHARD_SET", "foghorn-29384750");
        command
    };
    let pods = [pod("0", "2"), pod("1", "2")];
    assert_eq!(reported(pods.map(Process::start)).0.ended(2).report()["summary"]["accounts"], 12);
    let alone = Process::start(pod("0", "1")).end().ended(2);
    assert_eq!(alone.report()["summary"]["accounts"], 12);
    assert_eq!(alone.report()["comparison"]["new"], json!(0));
}

/// A hub that belongs to the second shard of two, as the second member does.
const HUB: &str = "444444444444";

#[test]
fn accounts_that_lead_to_a_hub_of_another_shard_are_heard_in_the_run_that_makes_it() {
    let stage = Stage::new(|world| {
        for (id, name) in [(DEV, "dev"), (PROD, "prod"), (HUB, "tools")] {
            bootstrapped(world, id, name);
        }
    });
    let account = |id: &str, name: &str, carries: &str| {
        format!("    - {{ id: \"{id}\", name: {name}, labels: {{ carries: \"{carries}\" }} }}\n")
    };
    let accounts = [account(DEV, "dev", "yes"), account(PROD, "prod", "yes"), account(HUB, "tools", "no")];
    let fleet = one_region(PIPELINE)
        .replace("    - { id: \"111111111111\", name: dev }\n", &accounts.concat())
        .replace("      events:", "      match: { labels: { carries: \"yes\" } }\n      events:")
        + &format!("      hub: {{ account: \"{HUB}\", region: ap-northeast-2 }}\n");
    let heard = |set: &str| {
        let run = reported(apply(&stage, &fleet, set).map(Process::start)).0.ended(0);
        assert!(run.is_heard(), "{}", run.stdout);
        run.changes().len()
    };
    assert!(heard("first") > 0);
    assert_eq!(heard("second"), 0);
    // What is mended at the hub is heard by members of both shards in the same run.
    let rule = json!({ "Name": "foghorn-deploys", "EventBusName": "foghorn-deploys" });
    stage.by_hand(HUB, "ap-northeast-2", "events:DisableRule", rule);
    assert_eq!(heard("third"), 1);
}
