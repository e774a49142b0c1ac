//! Help, usage, and commands that need no AWS.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::support::{BREAKERS, DEV, PIPELINE, Run, Stage, account, bootstrapped};

fn foghorn(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foghorn"));
    Run::of(command.args(arguments).env_clear().output().expect("the binary runs"))
}

#[test]
fn help_names_every_command_and_every_exit_code() {
    let run = foghorn(&["--help"]).ended(0);
    for word in [
        "plan",
        "apply",
        "report",
        "validate",
        "test-event",
        "schema",
        "bootstrap",
        "demo",
        "Exit codes: 0",
        "2 drift",
        "3 part",
    ] {
        assert!(run.stdout.contains(word), "{word}: {}", run.stdout);
    }
    assert_eq!(run.stderr, "");
    for command in ["plan", "apply", "report", "validate", "test-event", "schema", "bootstrap", "demo"] {
        let run = foghorn(&[command, "--help"]).ended(0);
        assert!(run.stdout.contains("Usage: foghorn"), "{}", run.stdout);
    }
}

#[test]
fn help_offers_the_sharing_of_a_run_to_those_commands_that_can_be_shared() {
    for (command, can_be_shared) in
        [("plan", true), ("apply", true), ("destroy", true), ("run", false), ("sound", false)]
    {
        let run = foghorn(&[command, "--help"]).ended(0);
        assert_eq!(run.stdout.contains("--shard"), can_be_shared, "{}", run.stdout);
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(foghorn(&["--version"]).ended(0).stdout, format!("foghorn {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn what_cannot_be_understood_is_exit_1_and_never_a_code_of_a_report() {
    for arguments in [
        &[][..],
        &["plna"],
        &["plan", "--file"],
        &["plan", "-f", "fleet.yaml", "--frobnicate"],
        &["plan", "-f", "fleet.yaml", "-o", "pdf"],
        &["schema", "extra"],
    ] {
        let run = foghorn(arguments).ended(1);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(run.stderr.contains("--help"), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn the_schema_takes_a_good_fleet_and_refuses_a_bad_one() {
    let schema: Value = serde_json::from_str(&foghorn(&["schema"]).ended(0).stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let as_json = |yaml: &str| serde_yaml::from_str::<Value>(yaml).expect("YAML");
    for fleet in [BREAKERS, PIPELINE] {
        assert!(validator.is_valid(&as_json(fleet)), "{fleet}");
        assert!(!validator.is_valid(&as_json(&fleet.replace("regions:", "region:"))), "{fleet}");
    }
}

#[test]
fn a_good_fleet_file_is_called_valid_without_a_call() {
    let stage = Stage::new(|world| account(world, DEV, "dev"));
    let run = stage.run(PIPELINE, &["validate"]).ended(0);
    assert!(run.stdout.contains("fleet acme is valid: 1 account, 1 pipeline"), "{}", run.stdout);
    assert_eq!(stage.simulator.record.total(), 0);
}

#[test]
fn an_apply_that_nobody_can_be_asked_about_refuses_before_any_call() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let mut command = stage.command(PIPELINE, &["apply"]);
    let run = Run::of(command.stdin(Stdio::null()).output().expect("the binary runs")).ended(1);
    assert!(run.stderr.contains("--yes"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert_eq!(stage.simulator.record.total(), 0);
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    for arguments in [&["plan"][..], &["plan", "-o", "json"], &["validate"]] {
        let mut command = stage.command(PIPELINE, arguments);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        drop(child.stdout.take());
        let run = Run::of(child.wait_with_output().expect("the binary ends"));
        assert!([0, 2].contains(&run.code), "{arguments:?}: {} {}", run.code, run.stderr);
        assert_eq!(run.stderr, "", "{arguments:?}");
    }
    for command in ["schema", "bootstrap", "--help"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_foghorn"))
            .arg(command)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        drop(child.stdout.take());
        let run = Run::of(child.wait_with_output().expect("the binary ends"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{command}");
    }
}

#[test]
fn a_fleet_file_may_come_in_a_variable_where_a_container_has_no_place_for_a_file() {
    let run = foghorn(&["validate"]).ended(1);
    assert!(run.stderr.contains("name a file with -f, or put its text into the variable FOGHORN_FLEET"));
    let validated = |text: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foghorn"));
        command.args(arguments).env_clear().env("FOGHORN_FLEET", text);
        Run::of(command.output().expect("the binary runs"))
    };
    let run = validated(BREAKERS, &["validate"]).ended(0);
    assert_eq!(run.stdout, "env:FOGHORN_FLEET: fleet acme is valid: 1 account, 0 pipelines\n");
    // What a line is about stands in the variable as it stands in a file.
    let run = validated(&BREAKERS.replace("regions:", "region:"), &["validate"]).ended(1);
    assert!(run.stderr.contains("env:FOGHORN_FLEET:7:3: "), "{}", run.stderr);
    // A file that is named wins.
    let run = validated(BREAKERS, &["validate", "-f", "none.yaml"]).ended(1);
    assert!(run.stderr.contains("none.yaml"), "{}", run.stderr);
}

#[test]
fn with_a_log_for_programs_every_word_on_standard_error_is_a_line_of_json() {
    let stage = Stage::new(|world| account(world, DEV, "dev"));
    let json = |arguments: &[&str], code: i32| -> Vec<Value> {
        let run = stage.run(BREAKERS, &[arguments, &["--log-format", "json"]].concat()).ended(code);
        run.stderr.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    };
    stage.run(BREAKERS, &["plan"]);
    std::fs::write(stage.fleet("").with_file_name(".foghorn").join("acme/store.json"), "{}").expect("a file");
    let lines = json(&["plan"], 0);
    let said = |line: &Value| line["message"].as_str().is_some_and(|text| text.contains("without memory"));
    assert!(lines.iter().any(|line| line["level"] == "WARN" && said(line)), "{lines:?}");
    let failed = json(&["report", "--account", "dev"], 1);
    assert_eq!(failed[0]["level"], "ERROR");
    assert!(failed[0]["next"].as_str().is_some_and(|next| next.contains("foghorn plan")), "{failed:?}");
}

#[test]
fn an_endpoint_that_is_none_is_said_with_what_to_do_about_it() {
    let stage = Stage::new(|world| account(world, DEV, "dev"));
    let mut command = stage.command(BREAKERS, &["plan"]);
    let run = Run::of(command.env("AWS_ENDPOINT_URL", "notaurl").output().expect("the binary runs")).ended(1);
    assert!(
        run.stderr.contains("next: correct --endpoint-url or the variable AWS_ENDPOINT_URL"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_is_tolerated_ends_with_0_and_is_shown_all_the_same() {
    let stage = Stage::new(|world| account(world, DEV, "dev"));
    let plan = |arguments: &[&str]| stage.run(PIPELINE, arguments);
    let ended = plan(&["plan"]).code;
    assert!([2, 3].contains(&ended));
    let (told, other) = if ended == 2 { ("drift", "incomplete") } else { ("incomplete", "drift") };
    plan(&["plan", "--tolerate", other]).ended(ended);
    let run = plan(&["plan", "--tolerate", "drift,incomplete"]).ended(0);
    assert!(run.stdout.contains(&format!("exit {ended}:")), "{}", run.stdout);
    let last = format!("exit 0: tolerated (the report alone would end with {ended})\n");
    assert!(run.stderr.ends_with(&last), "{}", run.stderr);
    plan(&["plan", "--tolerate", told]).ended(0);
    let mut by_variable = stage.command(PIPELINE, &["plan"]);
    Run::of(by_variable.env("FOGHORN_TOLERATE", told).output().expect("the binary runs")).ended(0);
    // A template that tolerates nothing, and one that was written with a space.
    for (text, code) in [("", ended), ("drift, incomplete", 0), ("drift,drfit", 1)] {
        let mut command = stage.command(PIPELINE, &["plan"]);
        Run::of(command.env("FOGHORN_TOLERATE", text).output().expect("the binary runs")).ended(code);
    }
    // A failure of Foghorn itself is never tolerated.
    let mut command = stage.command("kind: Nothing", &["plan", "--tolerate", "drift,incomplete"]);
    Run::of(command.output().expect("the binary runs")).ended(1);
}
