//! What a user is told about a fleet file that is not good.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use time::Date;
use time::macros::date;

use super::source::LARGEST_FILE;
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
        ("slack: { work", "discord: { work"),
        ("team: sre", "team: sre, team: ops"),
        ("kind: Fleet", "kind: Fleet\nkind: Fleet"),
        ("{ env: dev }", "{ <<: { env: dev }, <<: { env: prod } }"),
        ("  guard: { deny", "  guard: { <<: *x, deny"),
        ("{ deny: [\"222222222222\"] }", "{ deny: [\"222222222222\"], <<: {} }"),
    ]);
    insta::assert_snapshot!(golden);
}

#[test]
fn a_store_that_is_no_place_is_met_with_position_field_and_reason() {
    let tags = "  tags: { team: sre }\n";
    let with = |store: &str| format!("{tags}  store: {store}\n");
    let stores = [
        ".foghorn",
        "\"file:\"",
        "file:~/reports",
        "s3://Acme/reports",
        "https://acme.s3.amazonaws.com/secret",
        "7",
        "[s3://acme]",
        "{ uri: s3://acme }",
        "{ url: s3://acme/a b }",
        "{ url: file:x, region: eu-west-1 }",
        "{ url: s3://acme, region: eu-wst-1 }",
        "{ keep: 0, lockExpiry: 2h }",
        "{ lockExpiry: 120 }",
    ];
    let written = stores.map(with);
    let cases: Vec<(&str, &str)> = written.iter().map(|store| (tags, store.as_str())).collect();
    insta::assert_snapshot!(golden(&cases));
}

#[test]
fn a_store_is_written_in_short_or_in_full() {
    let tags = "  tags: { team: sre }\n";
    for (text, url, keep, seconds) in [
        ("", "file:.foghorn", 30, 120),
        ("store: none", "none", 30, 120),
        ("store: s3://acme/reports", "s3://acme/reports", 30, 120),
        ("store: { keep: 7 }", "file:.foghorn", 7, 120),
        ("store: { url: s3://acme, region: eu-west-1, keep: 7, lockExpiry: 5m }", "s3://acme", 7, 300),
    ] {
        let loaded = parse(&GOOD.replacen(tags, &format!("  {text}\n"), 1), "fleet.yaml", TODAY).expect(text);
        let store = loaded.fleet.spec.store;
        assert_eq!(
            (store.url.as_str(), store.keep, store.lock_expiry.as_secs()),
            (url, keep, seconds),
            "{text}"
        );
    }
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
fn a_label_that_no_discovered_account_can_get_is_told_of() {
    let discovered = |organization: &str, label: &str| {
        let good =
            GOOD.replace("match: { labels: { env: prod }", &format!("match: {{ labels: {{ {label} }}"));
        lines(&good.replace("  regions: [us", &format!("  organization: {organization}\n  regions: [us")))
    };
    for (organization, labels) in [
        ("{}", "env: prod"),
        ("{ labelsFromTags: [env] }", "env: test"),
        ("{ labelsFromTags: [team] }", "env: prod, team: pay"),
    ] {
        assert_eq!(discovered(organization, labels), "", "{organization} {labels}");
    }
    for (organization, labels, told) in [
        ("{}", "env: test", "`env: test`"),
        ("{}", "env: prod, tier: one", "`env: prod` with `tier: one`"),
        ("{ labelsFromTags: [env] }", "env: prod, team: pay", "`team: pay`"),
    ] {
        let lines = discovered(organization, labels);
        assert!(lines.starts_with("warning: fleet.yaml:17:"), "{lines}");
        assert!(lines.contains(&format!("no account can get {told}, so")), "{lines}");
    }
}

const SLACK: &str = "via: { chatbot: { slack: { workspaceId: T0123, channelId: C0123 } } }";

#[test]
fn every_way_to_a_room_can_be_asked_for() {
    for way in [
        "chatbot: { teams: { tenantId: 11111111-2222-3333-4444-555555555555, teamId: \
         66666666-7777-8888-9999-000000000000, channelId: 19%3Aab12%40thread.tacv2 } }",
        "apiDestination: { slack: { webhook: { env: SLACK_WEBHOOK } } }",
        "apiDestination: { googleChat: { webhook: { file: /run/secrets/google } }, ratePerSecond: 5 }",
        "apiDestination: { slack: { webhook: { secretsManager: foghorn/slack } } }",
        "lambda: { googleChat: { webhook: { secretsManager: foghorn/google } } }",
        "lambda: { teams: { webhook: { secretsManager: \
         \"arn:aws:secretsmanager:eu-west-1:111111111111:secret:t-a1b2c3\" } }, topic: true }",
    ] {
        assert_eq!(told(SLACK, &format!("via: {{ {way} }}")), "", "{way}");
        assert_valid(&GOOD.replace(SLACK, &format!("via: {{ {way} }}")));
    }
    for more in [
        "hub: { account: \"111111111111\", region: eu-west-1 }",
        "hub: { account: \"222222222222\", region: eu-west-1, organizationId: o-exampleorgid }",
        "when: unheard",
        "canary: false",
    ] {
        assert_eq!(told(SLACK, &format!("{SLACK}\n      {more}")), "", "{more}");
        assert_valid(&GOOD.replace(SLACK, &format!("{SLACK}\n      {more}")));
    }
    for events in ["taskFailed, taskStopped", "{ pattern: { source: [aws.ecs] } }"] {
        assert_eq!(told("deploymentFailed, serviceImpaired", events), "", "{events}");
        assert_valid(&GOOD.replace("deploymentFailed, serviceImpaired", events));
    }
}

fn assert_valid(text: &str) {
    let validator = jsonschema::validator_for(&super::schema()).expect("the schema is one");
    let errors: Vec<String> =
        validator.iter_errors(&load::json(text)).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0], "{text}");
}

#[test]
fn a_way_to_a_room_that_can_t_be_is_met_with_position_field_and_reason() {
    let via = |way: &str| format!("via: {{ {way} }}");
    let after = |more: &str| format!("{SLACK}\n      {more}");
    let destination = |webhook: &str| via(&format!("apiDestination: {{ slack: {{ webhook: {webhook} }} }}"));
    let cases = [
        via(""),
        via("lamda: {}"),
        via("chatbot: {}"),
        via("chatbot: { slack: { workspaceId: T1, channelId: C1 } }, lambda: { topic: true }"),
        via("chatbot: { teams: { tenantId: acme, teamId: b, channelId: 'General Channel' } }"),
        via("apiDestination: { teams: { webhook: { env: TEAMS } } }"),
        via("apiDestination: { ratePerSecond: 1 }"),
        via("apiDestination: { slack: { webhook: { env: A } }, googleChat: { webhook: { env: B } } }"),
        via("apiDestination: { slack: { webhook: { env: A } }, ratePerSecond: 301 }"),
        destination("https://example.invalid/hook/very-secret"),
        destination("{}"),
        destination("{ env: A, file: b }"),
        destination("{ env: https://example.invalid/hook/very-secret }"),
        destination("{ file: https://example.invalid/hook/very-secret }"),
        destination("{ secretsManager: https://example.invalid/hook/very-secret }"),
        destination("{ env: 'not a name' }"),
        destination("{ secret: a }"),
        via("apiDestination: { slack: https://example.invalid/hook/very-secret }"),
        via("apiDestination: https://example.invalid/hook/very-secret"),
        via("lambda: { slack: { webhook: { env: SLACK } } }"),
        via("lambda: { slack: { webhook: https://example.invalid/hook/very-secret } }"),
        via("lambda: { slack: { webhook: { secretsManager: 'a b' } } }"),
        via("lambda: { topic: true }"),
        after("hub: { account: \"999999999999\", region: eu-west-1 }"),
        after("hub: { account: \"111111111111\", region: cn-north-1 }"),
        after("hub: { account: \"111111111111\", region: eu-west-1, organizationId: acme }"),
        after("hub: { account: \"111111111111\" }"),
        after("hub: { account: \"111111111111\", region: eu-west-1 }\n      when: unheard"),
        after("when: sometimes"),
        after("canary: perhaps"),
    ];
    let cases: Vec<(&str, &str)> = cases.iter().map(|case| (SLACK, case.as_str())).collect();
    let golden = golden(&cases);
    let told: String = golden.lines().filter(|line| line.contains("fleet.yaml:")).collect();
    assert!(!told.contains("very-secret"), "{told}");
    insta::assert_snapshot!(golden);
}

fn report(to: &str) -> String {
    format!("tags: {{ team: sre }}\n  report:\n    {to}")
}

#[test]
fn every_room_of_a_report_can_be_asked_for() {
    for to in [
        "to: [{ slack: { webhook: { env: HOOK } } }]",
        "to: [{ slack: { token: { secretsManager: foghorn/bot }, channelId: C0123 }, name: on-call }]",
        "to: [{ googleChat: { webhook: { file: /run/secrets/google } }, match: { labels: { env: prod } } }]",
        "to: [{ teams: { webhook: { env: HOOK } }, severity: info }]",
        "to: [{ sns: { topicArn: \"arn:aws:sns:eu-west-1:111111111111:drift\" }, severity: error }]",
        "when: always\n    timeout: 30s\n    to: [{ teams: { webhook: { env: A } } }, { teams: { webhook: { env: B } } }]",
    ] {
        assert_eq!(told("tags: { team: sre }", &report(to)), "", "{to}");
        assert_valid(&GOOD.replace("tags: { team: sre }", &report(to)));
    }
}

#[test]
fn a_room_of_a_report_that_can_t_be_is_met_with_position_field_and_reason() {
    let room = |room: &str| report(&format!("to: [{{ {room} }}]"));
    let cases = [
        report("when: change"),
        report("when: sometimes\n    to: []"),
        report("timeout: 1ms\n    to: [{ slack: { webhook: { env: A } } }]"),
        room(""),
        room("slak: { webhook: { env: A } }"),
        room("slack: { webhook: { env: A } }, teams: { webhook: { env: B } }"),
        room("slack: {}"),
        room("slack: { webhook: { env: A }, channelId: C1 }"),
        room("slack: { token: { env: A } }"),
        room("slack: { channelId: C1 }"),
        room("slack: { webhook: { env: A }, token: { env: B } }"),
        room("slack: { token: xoxb-1-very-secret, channelId: C1 }"),
        room("slack: { token: { env: xoxb-1-very-secret }, channelId: C1 }"),
        room("slack: { token: { env: A }, channelId: xoxb-1-very-secret }"),
        room("slack: { token: { env: A }, channelId: \"#drift\" }"),
        room("teams: { webhook: https://example.invalid/hook/very-secret }"),
        room("googleChat: { webhook: { env: https://example.invalid/hook/very-secret } }"),
        room("sns: { topicArn: drift }"),
        room("sns: { topicArn: \"arn:aws:sns:eu-west-1:111111111111:drift.fifo\" }"),
        room("sns: { topicArn: \"arn:aws-cn:sns:cn-north-1:111111111111:drift\" }"),
        room("sns: { topicArn: \"arn:aws:sns:eu-west-1:111111111111:drift\", region: eu-west-1 }"),
        room("teams: { webhook: { env: A } }, severity: fatal"),
        room("teams: { webhook: { env: A } }, name: On Call"),
        room("teams: { webhook: { env: A } }, match: { labels: { env: live } }"),
        report(
            "to: [{ name: a, teams: { webhook: { env: A } } }, { name: a, teams: { webhook: { env: B } } }]",
        ),
        report("to: [{ name: teams-2, teams: { webhook: { env: A } } }, { teams: { webhook: { env: B } } }]"),
    ];
    let cases: Vec<(&str, &str)> = cases.iter().map(|case| ("tags: { team: sre }", case.as_str())).collect();
    let golden = golden(&cases);
    let told: String = golden.lines().filter(|line| line.contains("fleet.yaml:")).collect();
    assert!(!told.contains("very-secret"), "{told}");
    insta::assert_snapshot!(golden);
}

#[test]
fn a_pattern_that_is_refused_or_never_matches_is_told_of_with_its_position() {
    let golden = golden(&[
        ("serviceImpaired", "{ pattern: {} }"),
        ("serviceImpaired", "{ pattern: { source: aws.ecs } }"),
        ("serviceImpaired", "{ pattern: { source: [{ prefx: aws }] } }"),
        ("serviceImpaired", "{ pattern: { source: [aws.ec2] } }"),
        (
            "serviceImpaired",
            "{ pattern: { source: [aws.ecs], detail-type: [ECS Deployment State Changed] } }",
        ),
        ("serviceImpaired", "{ patern: {} }"),
    ]);
    insta::assert_snapshot!(golden);
}

#[test]
fn a_hub_that_is_none_of_the_accounts_found_is_told_of() {
    let hub = "hub: { account: \"333333333333\", region: eu-west-1 }";
    let text = GOOD
        .replace(SLACK, &format!("{SLACK}\n      {hub}"))
        .replace("  regions: [us", "  organization: {}\n  regions: [us");
    let fleet = parse(&text, "fleet.yaml", TODAY).expect("a good fleet").fleet;
    let accounts: Vec<_> = fleet.entries().collect();
    let [(index, why)] = &fleet.hubs_missing(&accounts)[..] else { panic!("one hub is missing") };
    assert_eq!(*index, 0);
    assert!(why.contains("333333333333"), "{why}");
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
