//! The commands that print IAM: the bootstrap stack and policies.

use std::process::Command;

use serde_json::Value;

use super::support::{BREAKERS, DEV, PIPELINE, Run, Stage, bootstrapped};

#[test]
fn the_template_comes_with_the_parameters_that_fit_the_fleet() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let fleet = PIPELINE.replace("roleName: foghorn", "roleName: horn, externalId: do-not-show");
    let run = stage.run(&fleet, &["bootstrap"]).ended(0);
    for parameter in
        ["RoleName=horn", "Regions=ap-northeast-2,eu-west-1,us-east-1", "Slack=true", "Functions=false"]
    {
        assert!(run.stdout.contains(&format!("#     {parameter}")), "{parameter}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("do-not-show"));
    assert_eq!(stage.simulator.record.total(), 0);
}

#[test]
fn the_template_is_printed_without_a_fleet_too() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foghorn"));
    let run = Run::of(command.arg("bootstrap").env_clear().output().expect("the binary runs")).ended(0);
    let template: serde_yaml::Value = serde_yaml::from_str(&run.stdout).expect("CloudFormation is YAML");
    assert!(template["Parameters"]["ControllerPrincipalArn"].is_mapping());
}

#[test]
fn the_policy_of_a_fleet_is_printed_without_a_call_and_always_the_same() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let mut printed = Vec::new();
    for (fleet, arguments) in [
        (BREAKERS, ["--mode", "plan", "--for", "member"]),
        (PIPELINE, ["--mode", "apply", "--for", "member"]),
        (PIPELINE, ["--mode", "sound", "--for", "member"]),
        (PIPELINE, ["--mode", "destroy", "--for", "member"]),
        (PIPELINE, ["--mode", "apply", "--for", "controller"]),
    ] {
        let arguments = [&["policy"], &arguments[..]].concat();
        let [one, other] = [0, 1].map(|_| stage.run(fleet, &arguments).ended(0));
        assert_eq!(one.stdout, other.stdout);
        printed.push(format!("$ foghorn {}\n{}", arguments.join(" "), one.stdout));
    }
    assert_eq!(stage.simulator.record.total(), 0);
    insta::assert_snapshot!(printed.join("\n"));
}

#[test]
fn the_binary_prints_the_policy_that_runs_are_held_to() {
    use super::support::allowed::policy;
    use foghorn::policy::{Mode, Role};

    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let today = time::OffsetDateTime::now_utc().date();
    let fleet = foghorn::fleet::parse(PIPELINE, "fleet.yaml", today).expect("a good fleet").fleet;
    let run = stage.run(PIPELINE, &["policy", "--mode", "apply"]).ended(0);
    assert_eq!(run.stdout, policy(&fleet, Mode::Apply, Role::Member).to_json().expect("JSON"));
}

#[test]
fn a_policy_can_be_had_for_one_account_of_the_organisation_that_the_file_does_not_name() {
    let stage = Stage::new(|world| bootstrapped(world, DEV, "dev"));
    let fleet =
        PIPELINE.replace("  accounts:\n    - { id: \"111111111111\", name: dev }\n", "  organization: {}\n");
    let run = stage.run(&fleet, &["policy", "--mode", "plan", "--account", "444444444444"]).ended(0);
    let policy: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(policy["Version"], "2012-10-17");
    assert!(run.stdout.contains("arn:aws:sns:*:444444444444:*"), "{}", run.stdout);
    let unknown = stage.run(PIPELINE, &["policy", "--mode", "plan", "--account", "nobody"]).ended(1);
    assert!(unknown.stderr.contains("no account of the fleet matches"), "{}", unknown.stderr);
}

#[test]
fn a_fleet_is_told_of_no_step_by_hand_and_no_parameter_that_it_has_no_use_for() {
    let head = |fleet: &str| {
        let stage = Stage::bootstrapped();
        let run = stage.run(fleet, &["bootstrap"]).ended(0);
        run.stdout.lines().take_while(|line| line.starts_with('#')).collect::<Vec<_>>().join("\n")
    };
    assert!(head(PIPELINE).contains("let it into your Slack workspace"));
    let own = head(&PIPELINE.replace("  access: { roleName: foghorn }\n", ""));
    assert!(
        own.contains("Foghorn assumes no role") && own.contains("ControllerPrincipalArn=none \\"),
        "{own}"
    );
    assert!(own.contains("Slack=true") && own.contains("--for controller -f"), "{own}");
    assert!(!own.contains("RoleName=") && !own.contains("Mode="), "{own}");
    let nothing = head(&BREAKERS.replace("  access: { roleName: foghorn }\n", ""));
    assert!(
        nothing.contains("no stack is needed") && !nothing.contains("cloudformation deploy"),
        "{nothing}"
    );
    let without = head(BREAKERS);
    assert!(without.contains("ControllerPrincipalArn="), "{without}");
    assert!(!without.contains("Slack workspace") && !without.contains("ExternalId="), "{without}");
}

#[test]
fn what_holds_for_every_account_region_and_pipeline_is_not_printed_for_some() {
    let stage = Stage::bootstrapped();
    for (arguments, why) in [
        (&["bootstrap", "--account", "dev"][..], "every account gets the same stack"),
        (&["policy", "--mode", "plan", "--pipeline", "drift"], "a role is the same in every Region"),
        (&["policy", "--mode", "plan", "--region", "eu-west-1"], "a role is the same in every Region"),
    ] {
        let run = stage.run(PIPELINE, arguments).ended(1);
        assert!(run.stderr.contains(why) && run.stdout.is_empty(), "{}{}", run.stderr, run.stdout);
    }
}

#[test]
fn a_policy_too_long_for_a_managed_one_says_so() {
    let stage = Stage::bootstrapped();
    let note = "as an inline policy of a role it fits (10240), as a managed policy it does not (6144)";
    let by_function = "    - name: impaired\n      events: [serviceImpaired]\n      via: { lambda: { topic: true, googleChat: { \
                       webhook: { secretsManager: foghorn/google } } } }\n";
    let fleet = format!("{PIPELINE}{by_function}");
    for (mode, is_long) in [("plan", false), ("apply", true)] {
        let run = stage.run(&fleet, &["policy", "--mode", mode]).ended(0);
        assert_eq!(run.stderr.contains(note), is_long, "{}", run.stderr);
    }
}
