//! What a person reads of a sounding.

use foghorn::sim::rooms::webhooks::{self, Kind};
use serde_json::json;

use super::support::{CHANNEL, DEV, PROD, SEOUL, Stage, WORKSPACE, bootstrapped};

/// One pipeline of each kind, and one without canaries.
const FLEET: &str = r#"
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [ap-northeast-2]
  accounts:
    - { id: "111111111111", name: dev, labels: { env: dev } }
    - { id: "222222222222", name: prod, labels: { env: prod } }
  pipelines:
    - name: deploys
      events: [deploymentFailed]
      hub: { account: "222222222222", region: ap-northeast-2 }
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }
    - name: stops
      match: { labels: { env: dev } }
      events: [taskStopped]
      via: { apiDestination: { slack: { webhook: { secretsManager: foghorn/slack } } } }
    - name: tasks
      match: { labels: { env: dev } }
      events: [taskFailed]
      via: { lambda: { googleChat: { webhook: { secretsManager: foghorn/google-chat } }, topic: true } }
    - name: quiet
      match: { labels: { env: prod } }
      events: [serviceImpaired]
      canary: false
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }
"#;

fn stage() -> Stage {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        bootstrapped(world, PROD, "prod");
    });
    for (kind, name) in [(Kind::GoogleChat, "google-chat"), (Kind::Slack, "slack")] {
        stage.stored_webhook(DEV, kind, "room", &format!("foghorn/{name}"));
    }
    stage.apply(FLEET).ended(0);
    stage
}

/// The text without what differs from one run to the next: ids, times and how
/// many calls it took.
fn steady(text: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
        let is_id = |length: usize| {
            bare.len() == length && bare.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        };
        if is_id(36) {
            word.replace(bare, "<id>")
        } else if is_id(26) && bare.starts_with("01") {
            word.replace(bare, "<run>")
        } else {
            word.to_owned()
        }
    };
    let line = |line: &str| {
        if line.starts_with("  calls ") {
            return "  calls     <calls>\n".to_owned();
        }
        let words: Vec<String> = line.split(' ').map(word).collect();
        let text = words.join(" ");
        match text.split_once("<run> in ") {
            Some((before, _)) => format!("{before}<run> in <time>\n"),
            None => format!("{text}\n"),
        }
    };
    text.lines().map(line).collect()
}

#[test]
fn a_sounding_where_all_is_well_reads_well() {
    let stage = stage();
    let run = stage.run(FLEET, &["sound"]).ended(0);
    stage.settle();
    assert_eq!(run.stderr, "");
    insta::assert_snapshot!("sound", steady(&run.stdout));
}

#[test]
fn a_sounding_where_something_stops_canaries_says_where_and_why() {
    let stage = stage();
    let rule = json!({ "Name": "foghorn-deploys", "EventBusName": "foghorn-deploys" });
    stage.by_hand(PROD, SEOUL, "events:DisableRule", rule);
    stage.simulator.with_world(|world| webhooks::close(world, Kind::Slack, "room"));
    let topic = json!({ "TopicArn": format!("arn:aws:sns:{SEOUL}:{DEV}:foghorn-tasks") });
    let listed = stage.by_hand(DEV, SEOUL, "sns:ListSubscriptionsByTopic", topic);
    let subscription = json!({ "SubscriptionArn": listed["Subscriptions"][0]["SubscriptionArn"] });
    stage.by_hand(DEV, SEOUL, "sns:Unsubscribe", subscription);
    let pattern =
        json!({ "source": ["aws.ecs"], "detail-type": ["ECS Deployment State Change"] }).to_string();
    stage.by_hand(PROD, SEOUL, "events:PutRule", json!({ "Name": "foghorn-quiet", "EventPattern": pattern }));
    let run = stage.run(FLEET, &["sound", "--timeout", "3s"]).ended(2);
    insta::assert_snapshot!("sound_broken", steady(&run.stdout));
    let room = stage.simulator.with_world(|world| world.rooms.get(WORKSPACE, CHANNEL).is_some());
    assert!(!room, "nothing came through the hub");
}

#[test]
fn a_time_that_is_none_is_a_fault_of_usage() {
    let stage = Stage::bootstrapped();
    let run = stage.run(FLEET, &["sound", "--timeout", "soon"]);
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("--timeout"), "{}", run.stderr);
    assert_eq!(stage.simulator.record.total(), 0);
}
