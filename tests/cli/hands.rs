//! What helps people at the terminal: a first fleet file, completions, the manual.

use std::path::Path;
use std::process::Command;

use super::support::Run;

const ANSWERS: &[&str] = &[
    "--name",
    "acme",
    "--accounts",
    "111111111111=dev,222222222222",
    "--regions",
    "ap-northeast-2,us-east-1",
    "--via",
    "chatbot-slack",
    "--channel",
    "T0123ABCD/C0123ABCD",
];

fn foghorn(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foghorn"));
    Run::of(command.args(arguments).current_dir(folder).env_clear().output().expect("the binary runs"))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

#[test]
fn a_first_fleet_file_is_written_that_validate_finds_good() {
    let folder = folder();
    let run = foghorn(folder.path(), &[&["init"], ANSWERS].concat()).ended(0);
    assert!(run.stdout.contains("next: `foghorn validate -f fleet.yaml`"), "{}", run.stdout);
    let run = foghorn(folder.path(), &["validate", "-f", "fleet.yaml"]).ended(0);
    assert!(run.stdout.contains("fleet acme is valid: 2 accounts, 1 pipeline"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[test]
fn accounts_and_regions_are_separated_by_commas_or_by_spaces() {
    let folder = folder();
    let spaced = ["init", "--name", "acme", "--accounts", "111111111111=dev", "222222222222", "--regions"];
    let rest = ["us-east-1", "eu-west-1", "--via", "chatbot-slack", "--channel", "T0123ABCD/C0123ABCD"];
    foghorn(folder.path(), &[&spaced[..], &rest[..]].concat()).ended(0);
    let run = foghorn(folder.path(), &["validate", "-f", "fleet.yaml"]).ended(0);
    assert!(run.stdout.contains("2 accounts"), "{}", run.stdout);
}

#[test]
fn a_file_that_is_there_is_not_written_over_unless_asked() {
    let folder = folder();
    let file = folder.path().join("fleet.yaml");
    std::fs::write(&file, "mine").expect("a file");
    let run = foghorn(folder.path(), &[&["init"], ANSWERS].concat()).ended(1);
    assert!(run.stderr.contains("fleet.yaml is there already"), "{}", run.stderr);
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(&file).ok().as_deref(), Some("mine"));
    foghorn(folder.path(), &[&["init", "--force"], ANSWERS].concat()).ended(0);
    assert!(std::fs::read_to_string(&file).is_ok_and(|text| text.contains("name: acme")));
}

#[test]
fn without_a_terminal_open_questions_are_named_by_their_flags() {
    let folder = folder();
    let run = foghorn(folder.path(), &["init", "--name", "acme"]).ended(1);
    assert!(run.stderr.contains("--accounts or --organization, --regions, --via"), "{}", run.stderr);
    assert!(!folder.path().join("fleet.yaml").exists());
}

#[test]
fn answers_that_make_no_fleet_are_refused_and_nothing_is_written() {
    let folder = folder();
    for (flag, answer, why) in [
        ("--name", "Acme Inc", "name"),
        ("--accounts", "1111", "not an account id"),
        ("--regions", "ap-norteast-2", "did you mean `ap-northeast-2`"),
        ("--channel", "C0123ABCD", "WORKSPACE/CHANNEL"),
        ("--events", "taskFialed", "taskFailed"),
    ] {
        let mut arguments: Vec<&str> = [&["init"], ANSWERS].concat();
        match arguments.iter().position(|argument| *argument == flag) {
            Some(index) => arguments[index + 1] = answer,
            None => arguments.extend([flag, answer]),
        }
        let run = foghorn(folder.path(), &arguments).ended(1);
        assert!(run.stderr.contains(why), "{flag}: {}", run.stderr);
        assert!(!folder.path().join("fleet.yaml").exists());
    }
}

#[test]
fn a_first_fleet_file_can_be_printed_for_an_organisation() {
    let folder = folder();
    let arguments = [
        "init",
        "--file",
        "-",
        "--name",
        "acme",
        "--organization",
        "--regions",
        "eu-west-1",
        "--via",
        "lambda-google-chat",
        "--secret",
        "foghorn/google-chat",
        "--events",
        "taskFailed",
    ];
    let run = foghorn(folder.path(), &arguments).ended(0);
    for line in ["organization:", "roleName: foghorn", "events: [taskFailed]", "lambda: { googleChat:"] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    assert!(!folder.path().join("fleet.yaml").exists());
}

#[test]
fn every_shell_gets_completions_that_know_every_command() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = foghorn(folder.path(), &["completions", shell]).ended(0);
        for command in ["plan", "apply", "test-event", "init"] {
            assert!(run.stdout.contains(command), "{shell}: {command}");
        }
    }
    let script = foghorn(folder.path(), &["completions", "bash"]).stdout;
    std::fs::write(folder.path().join("foghorn.bash"), script).expect("a file");
    let completes = "source ./foghorn.bash; COMP_WORDS=(foghorn test); COMP_CWORD=1; _foghorn foghorn test foghorn; \
                     echo \"${COMPREPLY[@]}\"";
    let bash =
        Command::new("bash").args(["-c", completes]).current_dir(folder.path()).output().expect("bash");
    assert_eq!(String::from_utf8_lossy(&bash.stdout).trim(), "test-event");
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = folder();
    let run = foghorn(folder.path(), &["man"]).ended(0);
    assert!(run.stdout.contains(".TH foghorn 1") && run.stdout.contains("Exit codes"), "{}", run.stdout);
    foghorn(folder.path(), &["man", "pages"]).ended(0);
    for page in ["foghorn.1", "foghorn-plan.1", "foghorn-test-event.1"] {
        assert!(folder.path().join("pages").join(page).exists(), "{page}");
    }
}

#[test]
fn every_check_can_be_explained_and_a_mistyped_one_is_met_with_the_nearest() {
    let folder = folder();
    let run = foghorn(folder.path(), &["explain"]).ended(0);
    for check in ["pathBroken", "breakerDisabled", "orphan"] {
        assert!(run.stdout.contains(check), "{}", run.stdout);
    }
    let run = foghorn(folder.path(), &["explain", "pathbroken"]).ended(0);
    assert!(
        run.stdout.starts_with("pathBroken (error)") && run.stdout.contains("What to do"),
        "{}",
        run.stdout
    );
    let run = foghorn(folder.path(), &["explain", "pathBrokn"]).ended(1);
    assert!(run.stderr.contains("did you mean `pathBroken`?"), "{}", run.stderr);
}
