//! The ways from a failed deployment to a room, one of each kind.

use foghorn::events::samples::{Scene, samples};
use foghorn::model::EventFamily;
use foghorn::sim::chatbot::authorise_team;
use foghorn::sim::rooms::webhooks::Kind;
use foghorn::sim::world::World;
use serde_json::Value;

use super::super::support::{CHANNEL, DEV, PROD, SEOUL, Stage, WORKSPACE, bootstrapped};
use super::breaks::{Break, RULE, SCHEDULE, TOPIC};
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

/// One end of a way: an account's part of it, and what can be broken there.
pub struct End {
    pub account: &'static str,
    pub bus: Option<&'static str>,
    pub breaks: Vec<&'static [Break]>,
}

impl Way {
    pub const ALL: [Self; 7] = [
        Self::ChatbotSlack,
        Self::ChatbotTeams,
        Self::DestinationSlack,
        Self::DestinationGoogleChat,
        Self::Function,
        Self::FunctionByTopic,
        Self::Hub,
    ];

    /// A fleet with this way alone, in these Regions.
    pub fn fleet(self, regions: &[&str]) -> String {
        let prod = match self {
            Self::Hub => "\n    - { id: \"222222222222\", name: prod }",
            _ => "",
        };
        format!(
            r#"
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: {{ name: acme }}
spec:
  access: {{ roleName: foghorn }}
  regions: [{}]
  accounts:
    - {{ id: "111111111111", name: dev, labels: {{ env: dev }} }}{prod}
  pipelines:
    - name: deploys
      match: {{ labels: {{ env: dev }} }}
      events: [deploymentFailed]
      via: {}{}
"#,
            regions.join(", "),
            self.via(),
            if self == Self::Hub {
                "\n      hub: { account: \"222222222222\", region: ap-northeast-2 }"
            } else {
                ""
            },
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

    /// Where the fleet's accounts are, with nothing built.
    pub fn stage(self, regions: &[&str]) -> Stage {
        let stage = Stage::new(|world| {
            for (account, name) in [(DEV, "dev"), (PROD, "prod")] {
                bootstrapped(world, account, name);
                authorise_team(world, account, TENANT, TEAM, "Platform");
            }
        });
        let webhook = stage.webhook(self.webhook(), ROOM);
        for region in regions {
            stage.store_secret(DEV, region, SECRET, &webhook);
        }
        stage
    }

    /// The same, with the way built.
    pub fn built(self) -> Stage {
        let stage = self.stage(&[SEOUL]);
        let run = stage.apply(&self.fleet(&[SEOUL])).ended(0);
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

    /// Its ends, and what can be broken there.
    pub fn ends(self) -> Vec<End> {
        let here = |breaks| End { account: DEV, bus: None, breaks };
        match self {
            Self::ChatbotSlack => vec![here(vec![&RULE, &[SCHEDULE], &TOPIC, &CHATBOTS, &SLACK])],
            Self::ChatbotTeams => vec![here(vec![&RULE, &TOPIC, &CHATBOTS, &TEAMS])],
            Self::DestinationSlack | Self::DestinationGoogleChat => vec![here(vec![&RULE, &DESTINATION])],
            Self::Function => vec![here(vec![&RULE, &FUNCTION, &DIRECT])],
            Self::FunctionByTopic => vec![here(vec![&RULE, &TOPIC, &FUNCTION, &SUBSCRIBED])],
            Self::Hub => {
                let hub = vec![&BUS[..], &RULE, &TOPIC, &CHATBOTS, &SLACK];
                vec![here(vec![&RULE, &FORWARD]), End { account: PROD, bus: Some(NAME), breaks: hub }]
            }
        }
    }

    /// A person's hands at one end.
    pub fn hands<'w>(self, world: &'w mut World, end: &End, region: &'w str) -> Hands<'w> {
        let (webhook, refused) = (self.webhook(), Vec::new());
        Hands { world, account: end.account, region, bus: end.bus, webhook, refused }
    }
}

/// Every event by which ECS tells of a failed deployment in a Region.
pub fn failures(region: &str) -> Vec<Value> {
    let account = DEV.parse().expect("an account id");
    let region = region.parse().expect("a Region");
    let scene = Scene { account: &account, region, cluster: "prod", time: "2026-11-21T08:00:00Z" };
    let samples = samples(&scene).into_iter().filter(|sample| sample.is_of(EventFamily::DeploymentFailed));
    samples.map(|sample| sample.event).collect()
}
