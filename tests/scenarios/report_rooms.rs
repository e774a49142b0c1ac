//! Rooms that are told of a report: each transport into the simulator's rooms,
//! and what becomes of the others when one can't be told.

use std::collections::BTreeSet;
use std::process::Stdio;

use foghorn::sim::chatbot::authorise_workspace;
use foghorn::sim::ecs::Service;
use foghorn::sim::faults::{Effect, Fault as AwsFault};
use foghorn::sim::rooms::webhooks::{self, Fault, Kind};
use foghorn::sim::rooms::{Message, bots};
use foghorn::sim::simulator::MANAGEMENT_ACCOUNT;
use serde_json::json;

use super::kill::{end, signal, wait_until};
use super::served::Served;
use super::support::{DEV, IRELAND, PIPELINE, PROD, Run, SEOUL, Stage, account, one_region, services};

const VIRGINIA: &str = "us-east-1";

/// Two teams' accounts; the services of `dev` lack their circuit breakers.
const FLEET: &str = r#"
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [ap-northeast-2]
  accounts:
    - { id: "111111111111", name: dev, labels: { team: apps } }
    - { id: "222222222222", name: prod, labels: { team: core } }
"#;

/// One room by an incoming webhook of Slack.
const SLACK: &str = "slack: { webhook: { env: ROOM } }";

fn fleet(when: &str, rooms: &[&str]) -> String {
    let rooms: String = rooms.iter().map(|room| format!("      - {{ {room} }}\n")).collect();
    format!("{FLEET}  report:\n    when: {when}\n    timeout: 5s\n    to:\n{rooms}")
}

fn stage_with(breaker: bool) -> Stage {
    Stage::new(|world| {
        account(world, DEV, "dev");
        account(world, PROD, "prod");
        let service = |name: &str| Service::named(name).breaker(breaker, breaker);
        services(world, DEV, SEOUL, [service("web"), service("api")]);
        services(world, PROD, SEOUL, [Service::named("core").breaker(true, true)]);
    })
}

/// A fleet with drift.
fn stage() -> Stage {
    stage_with(false)
}

/// Runs the binary with rooms in its environment.
fn run(stage: &Stage, fleet: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = stage.command(fleet, arguments);
    command.env("FOGHORN_SLACK_API_URL", format!("{}{}", stage.url(), bots::PATH));
    command.envs(environment.iter().copied());
    Run::of(command.output().expect("the binary runs"))
}

fn plan(stage: &Stage, fleet: &str, environment: &[(&str, &str)]) -> Run {
    run(stage, fleet, &["plan"], environment)
}

/// What stands in a room.
fn said(stage: &Stage, workspace: &str, room: &str) -> Vec<Message> {
    let messages = |world: &mut foghorn::sim::world::World| {
        world.rooms.get(workspace, room).map(|room| room.messages.clone()).unwrap_or_default()
    };
    stage.simulator.with_world(messages)
}

fn title(message: &Message) -> &str {
    message.title.as_deref().unwrap_or_default()
}

fn misbehave(stage: &Stage, kind: Kind, room: &str, fault: Fault, times: u32) {
    assert!(stage.simulator.with_world(|world| webhooks::misbehave(world, kind, room, fault, times)));
}

fn bot(stage: &Stage, channel: &str) -> String {
    stage.simulator.with_world(|world| {
        let token = bots::install(world);
        bots::invite(world, &token, channel);
        token
    })
}

fn assert_tells(message: &Message) {
    let text = format!("{} {} {:?}", title(message), message.description, message.fields);
    for said in
        ["acme", "a failed deployment may go unheard in dev", "2 services", "111111111111", "prod/web"]
    {
        assert!(text.contains(said), "no `{said}` in {text}");
    }
    let page = "https://ap-northeast-2.console.aws.amazon.com/ecs/v2/clusters/prod/services/web";
    let is_linked = message.links.iter().any(|link| link.url.starts_with(page));
    assert!(is_linked || message.description.contains(page), "{message:?}");
}

#[test]
fn a_slack_channel_is_told_by_its_webhook_in_one_message() {
    let stage = stage();
    let url = stage.webhook(Kind::Slack, "drift");
    let run = plan(&stage, &fleet("drift", &[SLACK]), &[("ROOM", &url)]).ended(2);
    let [message] = &said(&stage, "slack", "drift")[..] else { panic!("one message\n{}", run.stderr) };
    assert_tells(message);
    assert!(message.description.contains("Findings"), "the details stand in it too: {message:?}");
}

#[test]
fn a_slack_bot_puts_the_details_into_the_message_s_thread() {
    let stage = stage();
    let token = bot(&stage, "C0DRIFT");
    let room = "slack: { token: { env: TOKEN }, channelId: C0DRIFT }";
    plan(&stage, &fleet("drift", &[room]), &[("TOKEN", &token)]).ended(2);
    let messages = said(&stage, "slack", "C0DRIFT");
    assert!(messages.len() > 1, "{messages:?}");
    assert_tells(&messages[0]);
    let threads: BTreeSet<_> = messages.iter().map(|message| message.thread.as_deref()).collect();
    assert!(threads.len() == 1 && !threads.contains(&None), "{threads:?}");
    assert!(messages[1].description.contains("Findings"), "{messages:?}");
}

#[test]
fn a_google_chat_space_gets_one_thread_a_run() {
    let stage = stage();
    let url = stage.webhook(Kind::GoogleChat, "drift");
    let fleet = fleet("drift", &["googleChat: { webhook: { env: ROOM } }"]);
    plan(&stage, &fleet, &[("ROOM", &url)]).ended(2);
    plan(&stage, &fleet, &[("ROOM", &url)]).ended(2);
    let messages = said(&stage, "google-chat", "drift");
    assert_tells(&messages[0]);
    let threads: BTreeSet<_> = messages.iter().filter_map(|message| message.thread.as_deref()).collect();
    assert_eq!((messages.len(), threads.len()), (4, 2), "{messages:?}");
}

#[test]
fn a_teams_channel_gets_one_card_with_the_details_folded_away() {
    let stage = stage();
    let url = stage.webhook(Kind::Teams, "drift");
    plan(&stage, &fleet("drift", &["teams: { webhook: { env: ROOM } }"]), &[("ROOM", &url)]).ended(2);
    let [message] = &said(&stage, "teams", "drift")[..] else { panic!("one message") };
    assert_tells(message);
    assert!(message.raw.contains("Action.ToggleVisibility"), "{}", message.raw);
}

/// A topic of the caller's account that AWS Chatbot listens to.
fn chatbot_topic(stage: &Stage) -> String {
    let topic = stage.by_hand(MANAGEMENT_ACCOUNT, IRELAND, "sns:CreateTopic", json!({ "Name": "drift" }));
    let arn = topic["TopicArn"].as_str().expect("an ARN").to_owned();
    stage.simulator.with_world(|world| {
        authorise_workspace(world, MANAGEMENT_ACCOUNT, "T0123ABCD", "acme");
        let account = world.accounts.entry(MANAGEMENT_ACCOUNT.to_owned()).or_default();
        account.roles.insert("chat".to_owned(), foghorn::sim::world::Role::default());
    });
    let configuration = json!({
        "SlackTeamId": "T0123ABCD", "SlackChannelId": "C0DRIFT", "ConfigurationName": "drift",
        "IamRoleArn": format!("arn:aws:iam::{MANAGEMENT_ACCOUNT}:role/chat"), "SnsTopicArns": [arn],
    });
    stage.by_hand(MANAGEMENT_ACCOUNT, "us-east-2", "chatbot:CreateSlackChannelConfiguration", configuration);
    arn
}

#[test]
fn a_room_of_aws_chatbot_is_told_through_a_topic_without_any_webhook() {
    let stage = stage();
    let arn = chatbot_topic(&stage);
    plan(&stage, &fleet("drift", &[&format!("sns: {{ topicArn: \"{arn}\" }}")]), &[]).ended(2);
    let messages = said(&stage, "T0123ABCD", "C0DRIFT");
    assert!(messages.len() > 1, "{messages:?}");
    assert_tells(&messages[0]);
    let threads: BTreeSet<_> = messages.iter().map(|message| message.thread.as_deref()).collect();
    assert!(threads.len() == 1 && !threads.contains(&None), "{threads:?}");
}

#[test]
fn a_topic_that_may_not_be_published_to_is_said_with_what_to_do() {
    let stage = stage();
    let topic = stage.by_hand(PROD, IRELAND, "sns:CreateTopic", json!({ "Name": "drift" }));
    let room = format!("name: core, sns: {{ topicArn: {} }}", topic["TopicArn"]);
    let run = plan(&stage, &fleet("drift", &[&room]), &[]).ended(1);
    assert!(run.stderr.contains("error: room core was not told"), "{}", run.stderr);
    assert!(run.stderr.contains("sns:Publish"), "{}", run.stderr);
    let last = "\nexit 1: 1 room was not told (the report alone would end with 2)\n";
    assert!(run.stdout.contains("\nexit 2: ") && run.stderr.ends_with(last), "{}", run.stderr);
}

#[test]
fn a_topic_that_is_throttled_is_published_to_all_the_same() {
    let stage = stage();
    let arn = chatbot_topic(&stage);
    let throttled = Effect::Error { code: "Throttled".to_owned(), status: 429 };
    stage.simulator.faults.add(AwsFault::new(throttled).operation("Publish").times(2));
    plan(&stage, &fleet("drift", &[&format!("sns: {{ topicArn: \"{arn}\" }}")]), &[]).ended(2);
    assert_tells(&said(&stage, "T0123ABCD", "C0DRIFT")[0]);
}

#[test]
fn a_room_that_is_busy_or_out_of_order_for_a_while_is_told_all_the_same() {
    let stage = stage();
    let url = stage.webhook(Kind::Slack, "drift");
    let token = bot(&stage, "C0DRIFT");
    let busy = Fault::Status { code: 429, retry_after: Some(1) };
    misbehave(&stage, Kind::Slack, "drift", busy.clone(), 1);
    misbehave(&stage, Kind::Slack, "drift", Fault::Status { code: 503, retry_after: None }, 1);
    stage.simulator.with_world(|world| {
        bots::misbehave(world, "C0DRIFT", busy, 1);
        bots::misbehave(world, "C0DRIFT", Fault::Status { code: 500, retry_after: None }, 1);
    });
    let bot_room = "slack: { token: { env: TOKEN }, channelId: C0DRIFT }";
    let fleet = fleet("drift", &[SLACK, bot_room]);
    plan(&stage, &fleet, &[("ROOM", &url), ("TOKEN", &token)]).ended(2);
    assert_eq!(said(&stage, "slack", "drift").len(), 1);
    assert_tells(&said(&stage, "slack", "C0DRIFT")[0]);
}

#[test]
fn one_room_that_can_not_be_told_keeps_the_report_from_no_other() {
    for (fault, says) in [
        (Fault::Html, "a web page"),
        (Fault::Hang, "did not answer"),
        (Fault::Status { code: 500, retry_after: None }, "HTTP 500"),
        (Fault::Status { code: 429, retry_after: Some(600) }, "HTTP 429"),
        (Fault::Status { code: 404, retry_after: None }, "revoked"),
    ] {
        let stage = stage();
        let (broken, fine) = (stage.webhook(Kind::Slack, "broken"), stage.webhook(Kind::Teams, "fine"));
        misbehave(&stage, Kind::Slack, "broken", fault.clone(), 100);
        let rooms =
            ["name: on-call, slack: { webhook: { env: BROKEN } }", "teams: { webhook: { env: FINE } }"];
        let run = plan(&stage, &fleet("drift", &rooms), &[("BROKEN", &broken), ("FINE", &fine)]).ended(1);
        assert!(run.stdout.contains("breakerDisabled"), "the report is printed: {}", run.stdout);
        assert!(run.stderr.contains("error: room on-call was not told"), "{fault:?}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{fault:?}: {}", run.stderr);
        assert!(run.stderr.contains("next: "), "{}", run.stderr);
        let again = "within 5 s (next: `foghorn report --post -f …` tells the rooms once more, later)";
        assert!(fault != Fault::Hang || run.stderr.contains(again), "{}", run.stderr);
        assert!(!run.stderr.contains("teams-2"), "{}", run.stderr);
        assert_eq!(said(&stage, "teams", "fine").len(), 1);
    }
}

#[test]
fn what_slack_says_to_a_bot_is_said_with_what_to_do() {
    let stage = stage();
    let token = bot(&stage, "C0DRIFT");
    stage.simulator.with_world(|world| {
        bots::make_channel(world, "C0OTHERS");
        bots::invite(world, &token, "C0ATTIC");
        bots::archive(world, "C0ATTIC");
    });
    let revoked = stage.simulator.with_world(|world| {
        let revoked = bots::install(world);
        bots::revoke(world, &revoked);
        revoked
    });
    for (channel, token, says, does) in [
        ("C0OTHERS", &token, "not_in_channel", "invite the bot"),
        ("C0NOWHERE", &token, "channel_not_found", "check channelId"),
        ("C0ATTIC", &token, "is_archived", "unarchive"),
        ("C0DRIFT", &revoked, "invalid_auth", "install the app again"),
    ] {
        let room = format!("slack: {{ token: {{ env: TOKEN }}, channelId: {channel} }}");
        let run = plan(&stage, &fleet("drift", &[&room]), &[("TOKEN", token)]).ended(1);
        assert!(run.stderr.contains(says) && run.stderr.contains(does), "{}", run.stderr);
    }
}

#[test]
fn a_room_whose_secret_can_not_be_had_is_said_before_the_run_and_the_others_are_told() {
    let stage = stage();
    let url = stage.webhook(Kind::Slack, "drift");
    for (room, says) in [
        ("slack: { webhook: { env: NOWHERE } }", "NOWHERE is not set"),
        ("teams: { webhook: { file: /nowhere/webhook } }", "could not read the file /nowhere/webhook"),
        (
            "googleChat: { webhook: { secretsManager: nowhere } }",
            "the secret nowhere is missing in us-east-1",
        ),
        ("teams: { webhook: { env: OLD } }", "make a Workflow"),
        ("slack: { token: { env: OLD }, channelId: C0DRIFT }", "this is no token of Slack"),
    ] {
        let rooms = [&format!("name: lost, {room}")[..], SLACK];
        let old = "https://acme.webhook.office.com/sesame";
        let run = plan(&stage, &fleet("drift", &rooms), &[("ROOM", &url), ("OLD", old)]).ended(1);
        assert!(run.stderr.contains("warning: room lost can't be told"), "{}", run.stderr);
        assert!(run.stderr.contains(says), "{}", run.stderr);
        assert!(!run.stderr.contains("sesame"), "{}", run.stderr);
    }
    assert_eq!(said(&stage, "slack", "drift").len(), 5, "the other room is told each time");
}

#[test]
fn a_room_that_can_not_be_told_is_no_failure_where_there_is_nothing_to_tell() {
    let stage = stage_with(true);
    let run = plan(&stage, &fleet("drift", &[SLACK]), &[]).ended(0);
    assert!(run.stderr.contains("warning: room slack-1 can't be told"), "{}", run.stderr);
    plan(&stage, &fleet("always", &[SLACK]), &[]).ended(1);
}

#[test]
fn secrets_come_from_a_file_or_from_the_caller_s_own_secrets_manager() {
    let stage = stage();
    let url = stage.webhook(Kind::Slack, "drift");
    let token = bot(&stage, "C0DRIFT");
    stage.store_secret(MANAGEMENT_ACCOUNT, VIRGINIA, "hook", &json!({ "url": url }).to_string());
    stage.store_secret(MANAGEMENT_ACCOUNT, VIRGINIA, "token", &json!({ "token": token }).to_string());
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), format!("{url}\n")).expect("a webhook");
    let rooms = [
        "slack: { webhook: { secretsManager: hook } }",
        "slack: { token: { secretsManager: token }, channelId: C0DRIFT }",
        &format!("slack: {{ webhook: {{ file: \"{}\" }} }}", file.path().display()),
    ];
    plan(&stage, &fleet("drift", &rooms), &[]).ended(2);
    assert_eq!(said(&stage, "slack", "drift").len(), 2);
    assert!(!said(&stage, "slack", "C0DRIFT").is_empty());
}

#[test]
fn each_team_is_told_of_its_own_accounts_and_of_nothing_it_did_not_ask_for() {
    let stage = stage();
    let (apps, core) = (stage.webhook(Kind::Slack, "apps"), stage.webhook(Kind::Slack, "core"));
    let rooms = [
        "slack: { webhook: { env: APPS } }, match: { labels: { team: apps } }",
        "slack: { webhook: { env: CORE } }, match: { labels: { team: core } }",
    ];
    let environment = [("APPS", apps.as_str()), ("CORE", core.as_str())];
    plan(&stage, &fleet("drift", &rooms), &environment).ended(2);
    assert_tells(&said(&stage, "slack", "apps")[0]);
    assert_eq!(said(&stage, "slack", "core"), [], "there is nothing to tell that team");
    plan(&stage, &fleet("always", &rooms), &environment).ended(2);
    let [all_clear] = &said(&stage, "slack", "core")[..] else { panic!("an all-clear") };
    assert!(title(all_clear).contains("🟢 acme: prod is in sync"), "{all_clear:?}");
    assert!(!all_clear.raw.contains("111111111111"), "{}", all_clear.raw);
}

#[test]
fn rooms_are_told_always_or_of_drift_or_of_what_changed() {
    for (breakers_on, when, is_told) in [
        (true, "always", true),
        (true, "drift", false),
        (true, "change", false),
        (false, "always", true),
        (false, "drift", true),
        // Without the memory of an earlier report all that is wrong is news.
        (false, "change", true),
    ] {
        let stage = stage_with(breakers_on);
        let url = stage.webhook(Kind::Slack, "drift");
        let code = if breakers_on { 0 } else { 2 };
        plan(&stage, &fleet(when, &[SLACK]), &[("ROOM", &url)]).ended(code);
        assert_eq!(said(&stage, "slack", "drift").len(), usize::from(is_told), "{when} {breakers_on}");
    }
}

#[test]
fn an_account_that_could_not_be_read_is_told_and_never_as_fine() {
    let stage = stage_with(true);
    let url = stage.webhook(Kind::Slack, "drift");
    stage.simulator.with_world(|world| {
        world.accounts.entry(PROD.to_owned()).or_default().roles.remove("foghorn");
    });
    let room = format!("{SLACK}, severity: error");
    plan(&stage, &fleet("drift", &[&room]), &[("ROOM", &url)]).ended(3);
    let [message] = &said(&stage, "slack", "drift")[..] else { panic!("one message") };
    assert_eq!(title(message), "❓ acme: nobody can tell of prod");
    assert!(message.description.contains("nothing of it could be read (denied)"), "{message:?}");
}

#[test]
fn an_apply_and_a_frozen_fleet_are_told_of_and_a_part_or_no_post_is_not() {
    let stage = stage();
    let url = stage.webhook(Kind::Slack, "drift");
    let fleet = fleet("drift", &[SLACK]);
    let told = |arguments: &[&str], fleet: &str| {
        let before = said(&stage, "slack", "drift").len();
        let run = run(&stage, fleet, arguments, &[("ROOM", &url)]).ended(2);
        (said(&stage, "slack", "drift").len() - before, run.stderr)
    };
    assert_eq!(told(&["apply", "--yes"], &fleet).0, 1);
    assert!(said(&stage, "slack", "drift")[0].raw.contains("Foghorn apply of acme"));
    let frozen = fleet.replace("  report:", "  guard: { freeze: true }\n  report:");
    assert_eq!(told(&["apply", "--yes"], &frozen).0, 1);
    assert_eq!(told(&["plan", "--no-post"], &fleet).0, 0);
    let (count, stderr) = told(&["plan", "--account", "dev"], &fleet);
    assert_eq!(count, 0);
    assert!(stderr.contains("about a part of the fleet, so no room is told"), "{stderr}");
}

#[test]
fn no_webhook_and_no_token_is_ever_shown_however_much_is_asked_for() {
    let stage = stage();
    let hooks = [Kind::Slack, Kind::GoogleChat, Kind::Teams].map(|kind| stage.webhook(kind, "drift"));
    let token = bot(&stage, "C0DRIFT");
    let rooms = [
        "slack: { webhook: { env: SLACK } }",
        "googleChat: { webhook: { env: GOOGLE } }",
        "teams: { webhook: { env: TEAMS } }",
        "slack: { token: { env: TOKEN }, channelId: C0DRIFT }",
        "slack: { token: { env: TOKEN }, channelId: C0NOWHERE }",
    ];
    for (arguments, log) in
        [(&["plan", "-vv"][..], ""), (&["plan", "-vv", "-o", "json", "--log-format", "json"], "trace")]
    {
        let environment = [
            ("SLACK", hooks[0].as_str()),
            ("GOOGLE", &hooks[1]),
            ("TEAMS", &hooks[2]),
            ("TOKEN", &token),
            ("FOGHORN_LOG", log),
        ];
        let run = run(&stage, &fleet("drift", &rooms), arguments, &environment).ended(1);
        let all = format!("{}{}", run.stdout, run.stderr);
        let secrets = hooks.iter().flat_map(|url| url.split(['/', '=', '&'])).chain(token.split('-'));
        for secret in secrets.filter(|part| part.len() >= 12 && !part.contains("127.0.0.1")) {
            let line = all.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret}");
        }
    }
}

#[test]
fn the_token_of_a_bot_is_not_sent_to_an_address_in_the_clear() {
    let stage = stage();
    let room = "slack: { token: { env: TOKEN }, channelId: C0DRIFT }";
    let mut command = stage.command(&fleet("drift", &[room]), &["plan"]);
    command.env("TOKEN", "xoxb-1-1-sesame").env("FOGHORN_SLACK_API_URL", "http://slack.example/api");
    let run = Run::of(command.output().expect("the binary runs")).ended(1);
    assert!(run.stderr.contains("not https"), "{}", run.stderr);
}

fn switch_on(stage: &Stage, service: &str, is_on: bool) {
    let breaker = json!({ "enable": is_on, "rollback": is_on });
    let configuration = json!({ "deploymentCircuitBreaker": breaker });
    let input = json!({ "cluster": "prod", "service": service, "deploymentConfiguration": configuration });
    stage.by_hand(DEV, SEOUL, "ecs:UpdateService", input);
}

#[test]
fn a_room_that_is_told_of_changes_hears_of_what_came_and_what_went_and_of_nothing_else() {
    let stage = stage();
    let url = stage.webhook(Kind::Slack, "drift");
    let fleet = fleet("change", &[SLACK]);
    let told = |code: i32| {
        let before = said(&stage, "slack", "drift").len();
        plan(&stage, &fleet, &[("ROOM", &url)]).ended(code);
        said(&stage, "slack", "drift").split_off(before)
    };
    assert_eq!(told(2).len(), 1, "nothing is known of before");
    assert_eq!(told(2), [], "nothing changed");
    switch_on(&stage, "web", true);
    let [gone] = &told(2)[..] else { panic!("one message of what went") };
    assert!(gone.description.contains("0 new, 1 resolved, 1 as before"), "{gone:?}");
    assert!(gone.description.contains("Resolved since the last report"), "{gone:?}");
    switch_on(&stage, "web", false);
    let [back] = &told(2)[..] else { panic!("one message of what came") };
    assert!(back.description.contains("1 new, 0 resolved, 1 as before"), "{back:?}");
    let hidden = |world: &mut foghorn::sim::world::World| {
        world.accounts.entry(PROD.to_owned()).or_default().roles.remove("foghorn")
    };
    let role = stage.simulator.with_world(hidden).expect("the role");
    let [unread] = &told(3)[..] else { panic!("one message of what can't be read any more") };
    assert!(unread.description.contains("Newly not read in full: prod"), "{unread:?}");
    assert_eq!(told(3), [], "it is as it was");
    stage.simulator.with_world(|world| {
        world.accounts.entry(PROD.to_owned()).or_default().roles.insert("foghorn".to_owned(), role);
    });
    let [read] = &told(2)[..] else { panic!("one message of what can be read again") };
    assert!(read.description.contains("Now read in full: prod"), "{read:?}");
    switch_on(&stage, "web", true);
    switch_on(&stage, "api", true);
    let [all_clear] = &told(0)[..] else { panic!("an all-clear") };
    assert!(title(all_clear).starts_with("🟢"), "{all_clear:?}");
    assert_eq!(told(0), [], "nothing changed");
}

#[test]
fn a_stored_report_is_told_again_to_every_room_when_a_person_asks_for_it() {
    let stage = stage();
    let (url, other) = (stage.webhook(Kind::Slack, "drift"), stage.webhook(Kind::Teams, "core"));
    let rooms = [SLACK, "teams: { webhook: { env: OTHER } }, match: { labels: { team: core } }"];
    let environment = [("ROOM", url.as_str()), ("OTHER", other.as_str())];
    run(&stage, &fleet("change", &rooms), &["plan", "--no-post"], &environment).ended(2);
    run(&stage, &fleet("change", &rooms), &["report", "--post"], &environment).ended(2);
    assert_tells(&said(&stage, "slack", "drift")[0]);
    assert_eq!(said(&stage, "teams", "core").len(), 1, "an all-clear, since it was asked for");
    let run = run(&stage, FLEET, &["report", "--post"], &[]).ended(1);
    assert!(run.stderr.contains("spec.report"), "{}", run.stderr);
}

#[test]
fn a_stored_report_about_a_part_is_not_told_and_is_said_to_be_about_a_part() {
    let stage = stage();
    let url = stage.webhook(Kind::Slack, "drift");
    let (fleet, environment) = (fleet("always", &[SLACK]), [("ROOM", url.as_str())]);
    let part = run(&stage, &fleet, &["plan", "--account", "dev", "-o", "json"], &environment).ended(2);
    let id = part.report()["metadata"]["run"].as_str().unwrap_or_default().to_owned();
    for wanted in [id.as_str(), "latest"] {
        let refused = run(&stage, &fleet, &["report", "--run", wanted, "--post"], &environment).ended(1);
        let said = ["about a part of the fleet (--account dev)", "next: "];
        assert!(said.iter().all(|words| refused.stderr.contains(words)), "{}", refused.stderr);
        assert_eq!(refused.stdout, "", "nothing is shown either");
    }
    assert!(said(&stage, "slack", "drift").is_empty());
}

#[test]
fn a_run_that_was_stopped_tells_no_room_and_is_compared_with_nothing() {
    let stage = stage();
    let url = stage.webhook(Kind::Slack, "drift");
    let fleet = fleet("always", &[SLACK]);
    stage.simulator.faults.add(AwsFault::new(Effect::Hang).account(PROD));
    let mut command = stage.command(&fleet, &["plan"]);
    command.env("ROOM", &url).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the binary runs");
    wait_until(|| stage.simulator.record.entries().iter().any(|entry| entry.account == PROD));
    signal(&child, "TERM");
    let stopped = end(child).ended(3);
    let head = "acme, plan: stopped by a signal before it was done: ";
    assert!(stopped.stdout.starts_with(head), "{}", stopped.stdout);
    assert!(stopped.stdout.contains("next: run `foghorn plan -f …` again"), "{}", stopped.stdout);
    assert!(stopped.stderr.contains("no room is told of it"), "{}", stopped.stderr);
    assert!(said(&stage, "slack", "drift").is_empty());
    stage.simulator.faults.clear();
    let next = run(&stage, &fleet, &["plan", "-o", "json"], &[("ROOM", &url)]).ended(2).report();
    assert_eq!(next.get("comparison"), None);
    let list = stage.run(&fleet, &["report", "--list"]).ended(0).stdout;
    assert!(list.contains("plan, stopped"), "{list}");
}

#[test]
fn a_service_tells_its_rooms_after_a_sweep() {
    let stage = stage();
    let url = stage.webhook(Kind::Slack, "drift");
    let mut command =
        stage.command(&fleet("drift", &[SLACK]), &["run", "--listen", "127.0.0.1:0", "--plan-only"]);
    command.env("ROOM", &url);
    let served = Served::spawn(command).ready();
    served.wait_until(|_| !said(&stage, "slack", "drift").is_empty());
    assert_tells(&said(&stage, "slack", "drift")[0]);
    assert!(!served.log().contains(&url), "{}", served.log());
}

#[test]
fn a_service_says_on_its_page_and_in_its_log_which_room_was_not_told_and_why() {
    let stage = stage();
    let url = stage.webhook(Kind::Slack, "drift");
    misbehave(&stage, Kind::Slack, "drift", Fault::Status { code: 404, retry_after: None }, 100);
    let room = "name: on-call, slack: { webhook: { env: ROOM } }";
    let mut command =
        stage.command(&fleet("drift", &[room]), &["run", "--listen", "127.0.0.1:0", "--plan-only"]);
    command.env("ROOM", &url);
    let served = Served::spawn(command).ready();
    let says = "room on-call was not told";
    served.wait_until(|served| served.get("/").body.contains(says));
    assert!(served.get("/").body.contains("the webhook was revoked"), "{}", served.get("/").body);
    served.logs(says);
    assert!(!served.log().contains("standard error says"), "{}", served.log());
}

#[test]
fn a_room_that_is_told_of_changes_hears_of_what_a_run_mended_and_of_nothing_else() {
    let stage = Stage::bootstrapped();
    let url = stage.webhook(Kind::Slack, "drift");
    let rooms = format!("      - {{ {SLACK} }}\n");
    let fleet = format!("{}  report:\n    when: change\n    to:\n{rooms}", one_region(PIPELINE));
    let environment = [("ROOM", url.as_str())];
    let apply = || run(&stage, &fleet, &["apply", "--yes"], &environment).ended(0);
    let told = || said(&stage, "slack", "drift");
    apply();
    assert_eq!(told().len(), 1, "of what was built");
    apply();
    assert_eq!(told().len(), 1, "nothing was changed");
    stage.by_hand(DEV, SEOUL, "events:DisableRule", json!({ "Name": "foghorn-deploys" }));
    apply();
    let last = format!("{:?}", told().pop().expect("a message"));
    assert!(
        last.contains("This run made 1 change: update Rule foghorn-deploys in ap-northeast-2 of dev"),
        "{last}"
    );
}
