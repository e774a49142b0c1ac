//! Whatever a reason holds, it arrives whole or cut with a note, and is never
//! more than text.

use foghorn::sim::chatbot::authorise_team;
use foghorn::sim::rooms::Message;
use foghorn::sim::rooms::webhooks::Kind;
use foghorn::sim::routing::Outcome;
use serde_json::{Value, json};

use super::support::{DEV, SEOUL, Stage};

const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const TEAM: &str = "4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f";

/// All that could break a message, call somebody or become markup.
const HOSTILE: &str = "say \"no\" to 'C:\\temp\\new' <b>bold</b> & &amp; <a href=\"https://evil.example.invalid/a\">a</a>\n\
                       <https://evil.example.invalid/b|b> [c](https://evil.example.invalid/c) <!channel> <@U0123ABCD> \
                       <users/all> @all @here *bold* _it_ `code` <service> ${x} {{DATE(d)}} \u{7}\u{1b}[31m 🚢💥 한국어\r\n\tend";

/// A way to a room, and where its messages stand.
struct Way {
    name: &'static str,
    via: &'static str,
    room: (&'static str, &'static str),
}

const WAYS: [Way; 7] = [
    Way {
        name: "chatbot_slack",
        via: "chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } }",
        room: ("T0123ABCD", "C0123ABCD"),
    },
    Way {
        name: "chatbot_teams",
        via: "chatbot: { teams: { tenantId: 11111111-2222-3333-4444-555555555555, teamId: \
              4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f, channelId: \"19%3Aab12%40thread.tacv2\" } }",
        room: (TEAM, "19%3Aab12%40thread.tacv2"),
    },
    Way {
        name: "destination_slack",
        via: "apiDestination: { slack: { webhook: { secretsManager: foghorn/slack } } }",
        room: ("slack", "room"),
    },
    Way {
        name: "destination_google_chat",
        via: "apiDestination: { googleChat: { webhook: { secretsManager: foghorn/google-chat } } }",
        room: ("google-chat", "room"),
    },
    Way {
        name: "function_slack",
        via: "lambda: { slack: { webhook: { secretsManager: foghorn/slack } } }",
        room: ("slack", "room"),
    },
    Way {
        name: "function_google_chat",
        via: "lambda: { googleChat: { webhook: { secretsManager: foghorn/google-chat } } }",
        room: ("google-chat", "room"),
    },
    Way {
        name: "function_teams",
        via: "lambda: { teams: { webhook: { secretsManager: foghorn/teams } } }",
        room: ("teams", "room"),
    },
];

impl Way {
    fn fleet(&self) -> String {
        format!(
            "apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: {{ name: acme }}
spec:
  access: {{ roleName: foghorn }}
  limits: {{ callTimeout: 60s }}
  regions: [ap-northeast-2]
  accounts:
    - {{ id: \"{DEV}\", name: dev }}
  pipelines:
    - name: news
      events: [deploymentFailed, taskStopped]
      via: {{ {} }}
",
            self.via
        )
    }

    fn stage(&self) -> Stage {
        let stage = Stage::bootstrapped();
        stage.simulator.with_world(|world| authorise_team(world, DEV, TENANT, TEAM, "Platform"));
        for (kind, name) in
            [(Kind::Slack, "slack"), (Kind::GoogleChat, "google-chat"), (Kind::Teams, "teams")]
        {
            let webhook = stage.webhook(kind, "room");
            stage.store_secret(DEV, SEOUL, &format!("foghorn/{name}"), &webhook);
        }
        stage.apply(&self.fleet()).ended(0);
        stage
    }

    fn messages(&self, stage: &Stage) -> Vec<Message> {
        stage.simulator.with_world(|world| {
            world.rooms.get(self.room.0, self.room.1).map(|room| room.messages.clone()).unwrap_or_default()
        })
    }

    /// What the room gets of an event.
    fn heard(&self, stage: &Stage, event: &Value) -> Message {
        let before = self.messages(stage).len();
        let deliveries = stage.event(event);
        stage.settle();
        assert_eq!(deliveries.len(), 1, "{}: {deliveries:?}", self.name);
        assert_eq!(deliveries[0].outcome, Outcome::Delivered, "{}", self.name);
        let messages = self.messages(stage);
        assert_eq!(messages.len(), before + 1, "{}", self.name);
        messages[before].clone()
    }
}

fn event(id: usize, detail_type: &str, resource: &str, detail: &Value) -> Value {
    json!({
        "version": "0", "id": format!("00000000-0000-4000-8000-{id:012}"), "detail-type": detail_type,
        "source": "aws.ecs", "account": DEV, "time": "2026-11-21T08:00:00Z", "region": SEOUL,
        "resources": [format!("arn:aws:ecs:{SEOUL}:{DEV}:{resource}")], "detail": detail,
    })
}

fn deployment(id: usize, reason: &str) -> Value {
    let detail = json!({
        "eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "deploymentId": "ecs-svc/123",
        "updatedAt": "2026-11-21T08:00:00Z", "reason": reason,
    });
    event(id, "ECS Deployment State Change", "service/prod/web", &detail)
}

fn task(id: usize, reason: &str) -> Value {
    let task = format!("arn:aws:ecs:{SEOUL}:{DEV}:task/prod/0123456789abcdef0123456789abcdef");
    let detail = json!({
        "clusterArn": format!("arn:aws:ecs:{SEOUL}:{DEV}:cluster/prod"), "taskArn": task,
        "taskDefinitionArn": format!("arn:aws:ecs:{SEOUL}:{DEV}:task-definition/web:1"),
        "group": "service:web", "launchType": "FARGATE", "availabilityZone": "ap-northeast-2a",
        "lastStatus": "STOPPED", "desiredStatus": "STOPPED", "stopCode": "UserInitiated",
        "stoppedReason": reason, "containers": [{ "name": "app", "exitCode": 1, "reason": reason }],
    });
    event(id, "ECS Task State Change", "task/prod/0123456789abcdef0123456789abcdef", &detail)
}

/// All that a person reads in a message.
fn read(message: &Message) -> String {
    let fields = message.fields.iter().map(|(name, value)| format!("{name}: {value}"));
    let title = message.title.clone().unwrap_or_default();
    let parts = [title, message.description.clone()].into_iter().chain(message.next_steps.clone());
    parts.chain(fields).collect::<Vec<_>>().join("\n")
}

/// Text as a room may show it: without control characters, spaces alike.
fn words(text: &str) -> String {
    let kept: String = text.chars().filter(|letter| letter.is_whitespace() || !letter.is_control()).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Nothing that a stranger wrote leads anywhere.
fn leads_nowhere(message: &Message, name: &str) {
    let evil: Vec<_> = message.links.iter().filter(|link| link.url.contains("evil")).collect();
    assert!(evil.is_empty(), "{name}: {evil:?}");
}

#[test]
fn a_hostile_reason_arrives_as_text_and_nothing_but_text() {
    for way in &WAYS {
        let stage = way.stage();
        for (id, event) in [deployment(1, HOSTILE), task(2, HOSTILE)].iter().enumerate() {
            let message = way.heard(&stage, event);
            leads_nowhere(&message, way.name);
            assert!(words(&read(&message)).contains(&words(HOSTILE)), "{}: {}", way.name, read(&message));
            let raw: Value = serde_json::from_str(&message.raw).expect("JSON");
            insta::assert_snapshot!(
                format!("{}_{}", way.name, ["deployment", "task"][id]),
                format!("{}\n\n{}", read(&message), serde_json::to_string_pretty(&raw).expect("JSON"))
            );
        }
    }
}

#[test]
fn a_reason_of_ten_thousand_characters_arrives_whole_or_cut_with_a_note() {
    let long = "a \"long\" story\\\n& no end ".repeat(500);
    let long: String = long.chars().take(10_000).collect();
    for way in &WAYS {
        let stage = way.stage();
        for (id, event) in [deployment(1, &long), task(2, &long)].iter().enumerate() {
            let message = way.heard(&stage, event);
            leads_nowhere(&message, way.name);
            let read = words(&read(&message));
            let is_whole = read.contains(&words(&long));
            assert!(is_whole || read.contains("… (cut, "), "{} {id}: {read}", way.name);
        }
    }
}
