//! The ways from a failed deployment to a room, one of each kind.

use std::sync::atomic::{AtomicU64, Ordering};

use foghorn::events::samples::{Scene, samples};
use foghorn::model::EventFamily;
use foghorn::sim::chatbot::authorise_team;
use foghorn::sim::rooms::webhooks::Kind;
use foghorn::sim::world::World;
use serde_json::Value;

use super::super::support::{CHANNEL, PROD, Stage, WORKSPACE, bootstrapped};
use super::breaks::{Break, RULE, SCHEDULE, TOPIC, TOPIC_GONE};
use super::chatbot::{CHATBOTS, SLACK, TEAMS};
use super::destination::DESTINATION;
use super::function::{DIRECT, FUNCTION, SUBSCRIBED};
use super::hands::{Hands, NAME};
use super::hub::{BUS, FORWARD};

/// The tenant, the team and the channel of Microsoft Teams.
pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub const TEAM: &str = "4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f";
pub const TEAMS_CHANNEL: &str = "19%3Aab12%40thread.tacv2";

/// The room of the webhooks, and the secret that holds its address.
pub const ROOM: &str = "deploys";
pub const SECRET: &str = "foghorn/deploys";

/// One kind of way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    ChatbotSlack,
    ChatbotTeams,
    DestinationSlack,
    DestinationGoogleChat,
    Function,
    FunctionByTopic,
    Hub,
}

/// One end of a way, and what can be broken there.
pub struct End {
    /// The hub's account; `None` for the one in which events arise.
    pub account: Option<&'static str>,
    pub bus: Option<&'static str>,
    pub breaks: Vec<Break>,
}

impl Way {
    /// A fleet with this way alone, for events of these accounts and Regions.
    pub fn fleet(self, members: &[&str], regions: &[&str]) -> String {
        let member = |id: &&str| format!("    - {{ id: \"{id}\", name: m{id}, labels: {{ env: dev }} }}\n");
        let members: String = members.iter().map(member).collect();
        let (hub, to_hub) = match self {
            Self::Hub => (
                "    - { id: \"222222222222\", name: prod, regions: [ap-northeast-2] }\n",
                "\n      hub: { account: \"222222222222\", region: ap-northeast-2 }",
            ),
            _ => ("", ""),
        };
        format!(
            r#"
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: {{ name: acme }}
spec:
  access: {{ roleName: foghorn }}
  regions: [{}]
  limits: {{ callTimeout: 60s, accountTimeout: 600s }}
  accounts:
{members}{hub}
  pipelines:
    - name: deploys
      match: {{ labels: {{ env: dev }} }}
      events: [deploymentFailed]
      via: {}{to_hub}
"#,
            regions.join(", "),
            self.via(),
        )
    }

    fn via(self) -> String {
        let webhook = format!("{{ webhook: {{ secretsManager: {SECRET} }} }}");
        match self {
            Self::ChatbotSlack | Self::Hub => {
                format!("{{ chatbot: {{ slack: {{ workspaceId: {WORKSPACE}, channelId: {CHANNEL} }} }} }}")
            }
            Self::ChatbotTeams => format!(
                "{{ chatbot: {{ teams: {{ tenantId: {TENANT}, teamId: {TEAM}, channelId: \"{TEAMS_CHANNEL}\" }} }} }}"
            ),
            Self::DestinationSlack => {
                format!("{{ apiDestination: {{ slack: {webhook}, ratePerSecond: 10 }} }}")
            }
            Self::DestinationGoogleChat => format!("{{ apiDestination: {{ googleChat: {webhook} }} }}"),
            Self::Function => format!("{{ lambda: {{ googleChat: {webhook} }} }}"),
            Self::FunctionByTopic => format!("{{ lambda: {{ teams: {webhook}, topic: true }} }}"),
        }
    }

    /// Where the fleet's accounts are, with the way built.
    pub fn built(self, members: &[&str], regions: &[&str]) -> Stage {
        let stage = Stage::new(|world| {
            for account in members.iter().chain([&PROD]) {
                bootstrapped(world, account, account);
                authorise_team(world, account, TENANT, TEAM, "Platform");
            }
        });
        let webhook = stage.webhook(self.webhook(), ROOM);
        for (account, region) in
            members.iter().flat_map(|account| regions.iter().map(move |region| (account, region)))
        {
            stage.store_secret(account, region, SECRET, &webhook);
        }
        let run = stage.apply(&self.fleet(members, regions)).ended(0);
        assert!(run.is_heard(), "{self:?}: {}", run.stdout);
        stage
    }

    fn webhook(self) -> Kind {
        match self {
            Self::DestinationSlack => Kind::Slack,
            Self::FunctionByTopic => Kind::Teams,
            _ => Kind::GoogleChat,
        }
    }

    /// How many messages stand in its room.
    pub fn messages(self, stage: &Stage) -> usize {
        let (workspace, channel) = match self {
            Self::ChatbotSlack | Self::Hub => (WORKSPACE, CHANNEL),
            Self::ChatbotTeams => (TEAM, TEAMS_CHANNEL),
            _ => (self.webhook().workspace(), ROOM),
        };
        stage
            .simulator
            .with_world(|world| world.rooms.get(workspace, channel).map_or(0, |room| room.messages.len()))
    }

    /// What can be broken where its events arise.
    pub fn near(self) -> End {
        let breaks: Vec<&[Break]> = match self {
            Self::ChatbotSlack => vec![&RULE, &[SCHEDULE], &TOPIC, &CHATBOTS, &SLACK],
            Self::ChatbotTeams => vec![&RULE, &TOPIC, &CHATBOTS, &TEAMS],
            Self::DestinationSlack | Self::DestinationGoogleChat => vec![&RULE, &DESTINATION],
            Self::Function => vec![&RULE, &FUNCTION, &DIRECT],
            Self::FunctionByTopic => vec![&RULE, &TOPIC, &[TOPIC_GONE], &FUNCTION, &SUBSCRIBED],
            Self::Hub => vec![&RULE, &FORWARD],
        };
        End { account: None, bus: None, breaks: breaks.concat() }
    }

    /// What can be broken in its hub, where it has one.
    pub fn far(self) -> Option<End> {
        let breaks = [&BUS[..], &RULE, &TOPIC, &CHATBOTS, &SLACK].concat();
        (self == Self::Hub).then_some(End { account: Some(PROD), bus: Some(NAME), breaks })
    }

    /// A person's hands at one end.
    pub fn hands<'w>(self, world: &'w mut World, end: &End, member: &'w str, region: &'w str) -> Hands<'w> {
        let account = end.account.unwrap_or(member);
        Hands { world, account, region, bus: end.bus, webhook: self.webhook(), refused: Vec::new() }
    }
}

/// Every event by which ECS tells of a failed deployment in an account's Region.
pub fn failures(account: &str, region: &str) -> Vec<Value> {
    let account = account.parse().expect("an account id");
    let region = region.parse().expect("a Region");
    let scene = Scene { account: &account, region, cluster: "prod", time: "2026-11-21T08:00:00Z" };
    let samples = samples(&scene).into_iter().filter(|sample| sample.is_of(EventFamily::DeploymentFailed));
    samples.map(|sample| anew(sample.event)).collect()
}

/// The event with an id that no other has: the notifier posts none twice.
fn anew(mut event: Value) -> Value {
    static EVENTS: AtomicU64 = AtomicU64::new(0);
    let number = EVENTS.fetch_add(1, Ordering::Relaxed);
    event["id"] = format!("00000000-0000-4000-8000-{number:012}").into();
    event
}
