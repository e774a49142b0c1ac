//! Fleet files that can't be used: said with their place, before any call.

use super::support::{BREAKERS, DEV, PIPELINE, Run, Stage, bootstrapped};

/// What is wrong, what is written instead, and the place and words that say so.
struct Fault {
    instead_of: &'static str,
    written: String,
    place: &'static str,
    words: &'static str,
}

fn fault(instead_of: &'static str, written: &str, place: &'static str, words: &'static str) -> Fault {
    Fault { instead_of, written: written.to_owned(), place, words }
}

const ACCOUNT: &str = "    - { id: \"111111111111\", name: dev }\n";
const VIA: &str = "via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }";

fn faults() -> Vec<Fault> {
    let twice = format!("{ACCOUNT}    - {{ id: \"111111111111\", name: again }}\n");
    let same_name = format!("{VIA}\n    - name: deploys\n      events: [serviceImpaired]\n      {VIA}");
    let clusters: Vec<String> =
        (0..40).map(|number| format!("a-cluster-with-a-rather-long-name-{number}")).collect();
    let long_pattern = format!("clusters: [{}]\n      {VIA}", clusters.join(", "));
    vec![
        fault("  regions:", "  region:", "6:3", "did you mean `regions`?"),
        fault("events: [deploymentFailed]", "events: deploymentFailed", "11:15", "list"),
        fault(
            "events: [deploymentFailed]",
            "events: [deploymentFail]",
            "11:16",
            "did you mean `deploymentFailed`?",
        ),
        fault(ACCOUNT, &twice, "9:13", "listed already"),
        fault("\"111111111111\"", "\"11111111111\"", "8:13", "12 digits"),
        fault("\"111111111111\"", "111111111111", "8:13", "in quotes"),
        fault("eu-west-1", "eu-west-9", "6:29", "unknown Region"),
        fault(VIA, &same_name, "13:13", "there already"),
        fault("name: deploys", "name: deploys-of-every-service-in-production", "10:13", "too long"),
        fault(VIA, &long_pattern, "12:17", "2048"),
    ]
}

fn refused(stage: &Stage, fleet: &str, place: &str, words: &str) {
    for arguments in [&["validate"][..], &["plan"], &["plan", "-o", "json"], &["apply", "--yes"]] {
        let run = stage.run(fleet, arguments).ended(1);
        assert_eq!(run.stdout, "", "{words}");
        let said = run.stderr.lines().any(|line| line.contains(place) && line.contains(words));
        assert!(said, "{place} {words}:\n{}", run.stderr);
    }
    assert_eq!(stage.simulator.record.total(), 0, "{words}");
}

#[test]
fn every_fault_of_a_file_is_said_with_line_and_column_and_no_call_is_made() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let good = PIPELINE.trim_start();
    for Fault { instead_of, written, place, words } in faults() {
        assert!(good.contains(instead_of), "{instead_of}");
        let place = format!("fleet.yaml:{place}: ");
        refused(&stage, &good.replacen(instead_of, &written, 1), &place, words);
    }
}

#[test]
fn a_text_that_is_no_fleet_is_said_to_be_so() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    let padding = format!("# {}\n", "x".repeat(5 << 20));
    for (text, words) in [
        ("", "empty"),
        ("\n# nothing\n", "empty"),
        ("[1, 2]", "fleet.yaml"),
        ("a: [", "this is not YAML"),
        (&bomb, "fleet.yaml"),
        (&format!("{padding}{bomb}"), "larger than 4 MiB"),
    ] {
        refused(&stage, text, "fleet.yaml", words);
    }
}

#[test]
fn a_file_of_many_aliases_is_refused_at_once() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let aliases = "*a, ".repeat((3 << 20) / 4);
    let text = format!("a: &a [x, x, x, x]\nb: [{aliases}]\n{}", BREAKERS.trim_start());
    let start = std::time::Instant::now();
    stage.run(&text, &["validate"]).ended(1);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    for path in ["/nowhere/fleet.yaml", "/"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_foghorn"))
            .args(["plan", "--file", path])
            .env_clear()
            .output();
        let run = Run::of(output.expect("the binary runs")).ended(1);
        assert!(run.stderr.contains(&format!("{path}: cannot read the fleet file")), "{}", run.stderr);
        assert!(run.stderr.contains("next: `foghorn init` writes a first fleet file"), "{}", run.stderr);
    }
}

#[test]
fn what_is_odd_but_usable_is_a_warning_with_its_place() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let idle = "name: deploys\n      match: { labels: { env: prod } }";
    let expired = "  breakers: { exempt: [ { reason: legacy, until: 2020-01-31 } ] }\n  pipelines:";
    for (instead_of, written, place, words) in [
        ("name: deploys", idle, "11:14", "matches no account"),
        ("  pipelines:", expired, "9:50", "expired on 2020-01-31"),
    ] {
        let run = stage.run(&PIPELINE.trim_start().replacen(instead_of, written, 1), &["validate"]).ended(0);
        let warning = format!("fleet.yaml:{place}: ");
        let said =
            |line: &str| line.starts_with("warning: ") && line.contains(&warning) && line.contains(words);
        assert!(run.stderr.lines().any(said), "{words}: {}", run.stderr);
    }
}
