//! What a user is told about a fleet file that is not good.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use time::Date;
use time::macros::date;

use super::load::LARGEST_FILE;
use super::{load, parse};

const TODAY: Date = date!(2026 - 11 - 21);

const GOOD: &str = r##"apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn, externalId: "7f0c" }
  regions: [us-east-1, eu-west-1]
  accounts:
    - { id: "111111111111", name: dev, labels: { env: dev } }
    - { id: "222222222222", name: prod, labels: { env: prod } }
  guard: { deny: ["222222222222"] }
  breakers:
    exempt:
      - { cluster: "batch-*", reason: short jobs, until: 2027-03-31 }
  pipelines:
    - name: deploys
      match: { labels: { env: prod } }
      events: [deploymentFailed, serviceImpaired]
      clusters: ["prod-*"]
      via: { chatbot: { slack: { workspaceId: T0123, channelId: C0123 } } }
      alarms: { failedInvocations: { threshold: 1 }, notify: ["arn:aws:sns:{region}:{account}:calls"] }
  tags: { team: sre }
  limits: { accountsInFlight: 4, accountTimeout: 120s, callTimeout: 10s }
"##;

/// What a user sees after changing `from` to `to` in a good fleet.
fn told(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` must stand exactly once in the good fleet");
    lines(&GOOD.replacen(from, to, 1))
}

fn lines(text: &str) -> String {
    match parse(text, "fleet.yaml", TODAY) {
        Ok(loaded) => loaded
            .warnings
            .iter()
            .map(|problem| format!("warning: {}", problem.line("fleet.yaml")))
            .collect::<Vec<_>>()
            .join("\n"),
        Err(errors) => errors.to_string(),
    }
}

/// One change a case, with what is told of it below.
fn golden(cases: &[(&str, &str)]) -> String {
    cases.iter().fold(String::new(), |mut golden, (from, to)| {
        let _ = writeln!(golden, "{from}\n  -> {to}\n{}\n", told(from, to));
        golden
    })
}

const SECOND_PIPELINE: &str = r#"
    - name: NAME
      events: [deploymentFailed]
      via: { chatbot: { slack: { workspaceId: T0123, channelId: C0123 } } }
  tags: { team: sre }"#;

#[test]
fn the_good_fleet_raises_nothing() {
    assert_eq!(lines(GOOD), "");
}

#[test]
fn a_file_that_cannot_be_typed_is_met_with_position_field_and_plain_words() {
    let golden = golden(&[
        ("  regions: [us", "  region: [us"),
        ("  regions: [us", "  hub: {}\n  regions: [us"),
        ("name: dev, ", "nmae: dev, "),
        ("apiVersion: foghorn.dev/v1alpha1", "apiVersion: foghorn.dev/v1"),
        ("kind: Fleet", "kind: Deployment"),
        ("metadata: { name: acme }", "metadata: {}"),
        ("metadata: { name: acme }\n", ""),
        ("\"111111111111\"", "111111111111"),
        ("\"111111111111\"", "\"11111111111\""),
        ("[us-east-1, eu-west-1]", "[us-east-1, eu-wst-1]"),
        ("[us-east-1, eu-west-1]", "us-east-1"),
        ("labels: { env: dev }", "labels: [env]"),
        ("access: { roleName: foghorn, externalId: \"7f0c\" }", "access: foghorn"),
        ("threshold: 1", "threshold: many"),
        ("threshold: 1", "threshold: -1"),
        ("accountsInFlight: 4", "accountsInFlight: 1.5"),
        ("120s", "120"),
        ("2027-03-31", "31.3.2027"),
        ("reason: short jobs, ", ""),
        ("deploymentFailed, ", "deploymentFail, "),
        ("deploymentFailed, ", "{ pattern: {} }, "),
        ("breakers:", "breakers:\n  x-breakers:"),
        ("slack: { work", "teams: { work"),
        ("team: sre", "team: sre, team: ops"),
        ("kind: Fleet", "kind: Fleet\nkind: Fleet"),
        ("{ env: dev }", "{ <<: { env: dev }, <<: { env: prod } }"),
        ("  guard: { deny", "  guard: { <<: *x, deny"),
        ("{ deny: [\"222222222222\"] }", "{ deny: [\"222222222222\"], <<: {} }"),
    ]);
    insta::assert_snapshot!(golden);
}

#[test]
fn a_text_that_is_not_one_yaml_document_is_met_with_what_it_is() {
    let cases = [
        ("empty", ""),
        ("blank", "\n  \n"),
        ("only comments", "# a fleet\n# to come\n"),
        ("only a document start", "---\n"),
        ("null", "~\n"),
        ("a list", "- a\n"),
        ("a text", "fleet\n"),
        ("two documents", "kind: Fleet\n---\nkind: Fleet\n"),
        ("a tab", "kind: Fleet\nspec:\n\tregions: []\n"),
        ("a tab at the start", "\tkind: Fleet\n"),
        ("an open quote", "kind: \"Fleet\n"),
        ("an open list", "spec: { regions: [us-east-1\n"),
        ("bad indentation", "spec:\n    regions: []\n  accounts: []\n"),
        ("an unknown alias", "kind: *fleet\n"),
        ("an alias of itself", "spec: &spec { accounts: *spec }\n"),
    ];
    let golden = cases.iter().fold(String::new(), |mut golden, (name, text)| {
        let _ = writeln!(golden, "{name}\n{}\n", lines(text));
        golden
    });
    insta::assert_snapshot!(golden);
}

#[test]
fn a_fleet_that_makes_no_sense_is_met_with_position_field_and_reason() {
    let of_name = |name: &str| SECOND_PIPELINE.replace("NAME", name);
    let twin = of_name("deploys");
    let disagreeing = of_name("others").replace("C0123 }", "C0123, adopt: true }");
    let golden = golden(&[
        ("name: acme", "name: Acme_1"),
        ("name: acme", "name: ''"),
        ("222222222222\", name: prod", "111111111111\", name: prod"),
        ("regions: [us-east-1, eu-west-1]", "regions: []"),
        ("[us-east-1, eu-west-1]", "[us-east-1, eu-west-1, us-east-1]"),
        ("[us-east-1, eu-west-1]", "[us-east-1, cn-north-1]"),
        ("{ env: prod } }\n  guard", "{ env: prod }, regions: [cn-north-1] }\n  guard"),
        ("  access: { roleName: foghorn, externalId: \"7f0c\" }\n", ""),
        ("  access: { roleName: foghorn, externalId: \"7f0c\" }\n", "  organization: {}\n"),
        ("roleName: foghorn", "roleName: arn:aws:iam::111111111111:role/tools/foghorn"),
        ("roleName: foghorn", "roleName: fog horn"),
        ("\"7f0c\"", "x"),
        ("\"7f0c\"", "\"no spaces\""),
        ("\"7f0c\"", "\"7f0c\", chatbotRegion: us-east-1"),
        ("222222222222\"] }", "999999999999\"] }"),
        ("2027-03-31", "2026-11-20"),
        ("reason: short jobs", "reason: ' '"),
        ("batch-*", "batch-[a-z]"),
        ("name: deploys", "name: deploys-of-every-service-in-production"),
        ("name: deploys", "name: Deploys"),
        ("  tags: { team: sre }", &twin[1..]),
        ("  tags: { team: sre }", &disagreeing[1..]),
        ("[deploymentFailed, serviceImpaired]", "[]"),
        ("serviceImpaired", "deploymentFailed"),
        ("match: { labels: { env: prod } }", "match: { labels: { env: live } }"),
        ("prod-*", "prod-**"),
        ("prod-*", "prod-?"),
        ("prod-*", "arn:aws:ecs:us-east-1:111111111111:cluster/prod"),
        ("T0123", "acme"),
        ("C0123", "\"#deploys\""),
        ("C0123", "deploys!"),
        ("threshold: 1", "threshold: 0"),
        ("arn:aws:sns:{region}:{account}:calls", "calls"),
        ("arn:aws:sns:{region}:{account}:calls", "arn:aws:sns:{Region}:{account}:calls"),
        ("team: sre", "aws:team: sre"),
        ("team: sre", "foghorn.dev/fleet: sre"),
        ("team: sre", "'': sre"),
        ("accountsInFlight: 4", "accountsInFlight: 0"),
        ("accountTimeout: 120s", "accountTimeout: 2h"),
        ("callTimeout: 10s", "callTimeout: 10ms"),
        ("accountTimeout: 120s", "accountTimeout: 5s"),
        (
            "  regions: [us",
            "  organization: { include: [ou-1, r-ab12, \"3\"], labelsFromTags: [''] }\n  regions: [us",
        ),
    ]);
    insta::assert_snapshot!(golden);
}

#[test]
fn a_fleet_without_accounts_is_refused() {
    let text = "apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata: { name: a }\nspec: {}\n";
    assert_eq!(
        lines(text),
        "fleet.yaml:4:7: spec: the fleet has no accounts: list them in accounts, or set organization"
    );
}

#[test]
fn everything_that_makes_no_sense_is_told_at_once_in_the_order_of_the_text() {
    let text = GOOD
        .replace("T0123", "lower")
        .replace("name: acme", "name: ACME")
        .replace("222222222222\", name", "111111111111\", name");
    insta::assert_snapshot!(lines(&text), @"
    fleet.yaml:3:19: metadata.name: `A` may not be in a name, which takes lower-case letters, digits and hyphens only: `ACME`
    fleet.yaml:9:13: spec.accounts[1].id: account 111111111111 is listed already, as spec.accounts[0]
    fleet.yaml:19:47: spec.pipelines[0].via.chatbot.slack.workspaceId: `lower` is not a workspace id: capital letters and digits, T0123ABC say
    ");
}

#[test]
fn a_problem_behind_an_alias_is_told_where_its_anchor_is() {
    let text = GOOD
        .replace("{ env: dev }", "{ env: dev }, regions: &mine [us-east-1, us-east-1]")
        .replace("{ env: prod } }\n  guard", "{ env: prod }, regions: *mine }\n  guard");
    insta::assert_snapshot!(lines(&text), @"
    fleet.yaml:8:89: spec.accounts[0].regions[1]: us-east-1 is listed twice
    fleet.yaml:8:89: spec.accounts[1].regions[1]: us-east-1 is listed twice
    ");
    let text = GOOD.replace("name: dev, labels: { env: dev }", "name: &dev dev, labels: *dev");
    assert_eq!(lines(&text), "fleet.yaml:8:35: spec.accounts[0].labels: expected a mapping, found \"dev\"");
}

#[test]
fn an_event_that_no_pipeline_can_carry_yet_is_refused_where_it_stands() {
    let text = GOOD.replace("[deploymentFailed", "[taskFailed, deploymentFailed");
    assert!(text.contains("taskFailed"), "{text}");
    let told = lines(&text);
    assert!(told.contains("spec.pipelines[0].events[0]: taskFailed can't be carried"), "{told}");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    assert_eq!(lines(&format!("\u{feff}{}", GOOD.replace('\n', "\r\n"))), "");
}

/// What a user sees of a file with these bytes.
fn told_of_file(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fleet.yaml");
    fs::write(&path, bytes).expect("a file");
    told_of(&path).replace(&folder.path().display().to_string(), "")
}

fn told_of(path: &Path) -> String {
    load(path, TODAY).expect_err("the file is bad").to_string()
}

#[test]
fn a_good_file_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fleet.yaml");
    fs::write(&path, GOOD).expect("a file");
    assert_eq!(load(&path, TODAY).map(|loaded| loaded.fleet.metadata.name), Ok("acme".to_owned()));
}

#[test]
fn a_file_that_cannot_be_read_is_met_with_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let origin = folder.path().display().to_string();
    assert_eq!(told_of(folder.path()), format!("{origin}: cannot read the fleet file: it is a directory"));
    let missing = told_of(&folder.path().join("none.yaml"));
    assert!(
        missing.ends_with("/none.yaml: cannot read the fleet file: No such file or directory (os error 2)")
    );
    assert_eq!(
        told_of_file(b"kind: \xff\xfe"),
        "/fleet.yaml: the file is not UTF-8 text: byte 6 does not belong"
    );
}

#[test]
fn five_megabytes_of_aliases_are_refused_unread() {
    let text = format!("a: &a [x]\nb: [{}]\n", "*a, ".repeat(5 << 18));
    assert!(text.len() as u64 > LARGEST_FILE);
    assert_eq!(
        told_of_file(text.as_bytes()),
        "/fleet.yaml: the file is larger than 4 MiB, which no fleet needs"
    );
}

#[test]
fn aliases_that_unfold_into_millions_of_accounts_are_refused() {
    let labels = (0..1000).map(|index| format!("k{index}: v")).collect::<Vec<_>>().join(", ");
    let aliases = "*account, ".repeat(100_000);
    let account = format!("&account {{ id: \"111111111111\", labels: {{ {labels} }} }}");
    let text = GOOD.replacen("  guard:", &format!("  accounts: [{account}, {aliases}]\n  guard:"), 1);
    assert!(lines(&text).contains("holds more than 1000000 values"), "{}", lines(&text));
}

/// Pieces of YAML, of fleets and of neither.
fn piece() -> impl Strategy<Value = String> {
    let known: Vec<String> = GOOD.split_inclusive([' ', '\n']).map(str::to_owned).collect();
    prop_oneof![
        4 => prop::sample::select(known),
        2 => prop::sample::select(vec![
            "&a ", "*a", "? ", ": ", "- ", "[", "]", "{", "}", ",", "|\n", ">\n", "\n", "\t", "  ", "---\n",
            "...\n", "!!binary ", "!x ", "%YAML 1.2\n", "'", "\"", "#", "<<: ", "~", "\u{feff}", "\0", "é",
        ])
        .prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

/// A good fleet with some of its text replaced.
fn damaged() -> impl Strategy<Value = String> {
    (0..GOOD.len(), 0..40_usize, piece()).prop_map(|(start, length, piece)| {
        let mut bytes = GOOD.as_bytes().to_vec();
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, piece.into_bytes());
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(pieces in prop::collection::vec(piece(), 0..60)) {
        let _ = lines(&pieces.concat());
    }

    #[test]
    fn whatever_the_damage_every_error_is_one_line_that_names_the_file(text in damaged()) {
        if let Err(errors) = parse(&text, "fleet.yaml", TODAY) {
            prop_assert!(!errors.problems.is_empty());
            prop_assert_eq!(errors.to_string().lines().count(), errors.problems.len());
            prop_assert!(errors.to_string().lines().all(|line| line.starts_with("fleet.yaml:")));
        }
    }
}
