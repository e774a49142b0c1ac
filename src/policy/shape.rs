//! What of a fleet decides which permissions the role of an account needs.

use std::collections::{BTreeMap, BTreeSet};

use super::arns::Arns;
use super::document::Conditions;
use super::permission::{Bound, Ground, Place, condition};
use super::{Accounts, Mode};
use crate::fleet::spec::{
    ApiDestination, Chatbot, DestinationRoom, Fleet, NotifierRoom, Pipeline, SecretReference, Via, When,
};
use crate::model::tags::OWNER;
use crate::model::{Account, AccountId, Partition, Region};

/// With what the names of all that Foghorn makes begin, followed by anything: a
/// new pipeline asks for no new role.
pub(super) const OWN: &str = "foghorn-*";

/// What a fleet asks for in some of its accounts.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// What Foghorn is run for.
    pub mode: Mode,
    /// The fleet's name.
    pub fleet: String,
    /// The accounts in ARNs.
    pub arns: Arns,
    /// Every Region in which something is looked at or made, AWS Chatbot's
    /// endpoint aside.
    pub regions: BTreeSet<Region>,
    /// The endpoint of AWS Chatbot.
    pub chatbot_region: Region,
    /// Whether there is an account that may be written to.
    pub writes: bool,
    /// Whether anything is required of services.
    pub services: bool,
    /// Whether circuit breakers are switched on.
    pub remediates: bool,
    /// Whether any pipeline is carried or ends there.
    pub pipelines: bool,
    /// Whether one is tried with canaries.
    pub canaries: bool,
    /// Whether any pipeline of the fleet asks who else hears.
    pub asks_who_hears: bool,
    /// Whether one keeps what can't be delivered.
    pub dead_letters: bool,
    /// The hubs on whose buses they put events.
    pub hubs: BTreeSet<(Region, AccountId)>,
    /// Whether there is a hub among the accounts.
    pub gathers: bool,
    /// Whether a pipeline ends in a channel of Slack by AWS Chatbot.
    pub slack: bool,
    /// The same of Microsoft Teams.
    pub teams: bool,
    /// Whether configurations of others may be fed.
    pub adopts: bool,
    /// Whether a pipeline ends in an API destination.
    pub destinations: bool,
    /// Whether one ends in a function.
    pub functions: bool,
    /// Whether there is a topic before a function.
    pub topics: bool,
    /// The secrets that hold webhooks.
    pub webhooks: BTreeSet<String>,
}

impl Shape {
    pub fn of(fleet: &Fleet, accounts: Accounts<'_>, mode: Mode) -> Self {
        let spec = &fleet.spec;
        let carried: Vec<&Pipeline> = spec.pipelines.iter().filter(|one| accounts.carry(one)).collect();
        let ending: Vec<&Pipeline> = spec.pipelines.iter().filter(|one| accounts.end(one)).collect();
        let require = spec.breakers.require;
        let ends_in = |is: fn(&Via) -> bool| ending.iter().any(|pipeline| is(&pipeline.via));
        let mut shape = Self {
            mode,
            fleet: fleet.metadata.name.clone(),
            arns: Arns { partitions: accounts.partitions(fleet), account: accounts.only() },
            regions: accounts.regions(fleet),
            chatbot_region: chatbot_region(fleet),
            writes: accounts.and_more || accounts.known.iter().any(|one| !spec.guard.deny.contains(&one.id)),
            services: require.enable || require.rollback,
            remediates: spec.breakers.remediate,
            pipelines: !carried.is_empty() || !ending.is_empty(),
            canaries: carried.iter().any(|pipeline| pipeline.canary),
            asks_who_hears: spec.pipelines.iter().any(|pipeline| pipeline.when == When::Unheard),
            dead_letters: carried.iter().chain(&ending).any(|pipeline| pipeline.dead_letter),
            hubs: carried.iter().filter_map(|pipeline| hub(pipeline)).collect(),
            gathers: ending.iter().any(|pipeline| pipeline.hub.is_some()),
            slack: ends_in(|via| matches!(via, Via::Chatbot(Chatbot::Slack(_)))),
            teams: ends_in(|via| matches!(via, Via::Chatbot(Chatbot::Teams(_)))),
            adopts: ends_in(adopts),
            destinations: ends_in(|via| matches!(via, Via::ApiDestination(_))),
            functions: ends_in(|via| matches!(via, Via::Lambda(_))),
            topics: ends_in(|via| matches!(via, Via::Lambda(function) if function.topic)),
            webhooks: ending.iter().filter_map(|pipeline| webhook(&pipeline.via)).collect(),
        };
        if shape.arns.partitions.contains(&Partition::Aws) {
            // AWS Chatbot counts there what it dropped (AWS Chatbot
            // administrator guide, monitoring), and whoever removes looks there
            // for alarms of forgotten rooms.
            shape.regions.insert(Region::US_EAST_1);
        }
        shape
    }

    /// Whether AWS Chatbot is asked. Who removes looks for forgotten rooms too,
    /// and a plan says what would be removed.
    pub fn looks_at_rooms(&self) -> bool {
        let prunes = self.mode != Mode::Sound;
        let has_service = self.arns.partitions.contains(&Partition::Aws);
        has_service && (prunes || self.slack || self.teams || self.asks_who_hears)
    }

    /// Whether services are looked at. A sounding looks only where it has to know
    /// what rules of others tell already.
    pub fn looks_at_services(&self) -> bool {
        match self.mode {
            Mode::Plan | Mode::Apply => self.services,
            Mode::Sound => self.services && self.asks_who_hears,
            Mode::Destroy => false,
        }
    }

    /// Whether anything may be made.
    pub fn makes(&self) -> bool {
        self.mode == Mode::Apply && self.writes
    }

    /// The buses on which pipelines put events.
    pub fn hub_buses(&self) -> impl Iterator<Item = String> {
        self.hubs.iter().map(|(region, account)| {
            format!("arn:{}:events:{region}:{account}:event-bus/{OWN}", region.partition())
        })
    }

    /// Whether anything may be removed.
    pub fn removes(&self) -> bool {
        self.mode.removes() && self.writes
    }
}

impl Ground for Shape {
    fn arns(&self, place: Place) -> Vec<String> {
        match place {
            Place::Any => vec!["*".to_owned()],
            Place::In(service, resource) => self.arns.regional(service, resource),
            Place::Global(service, resource) => self.arns.global(service, resource),
            Place::Webhooks => self.webhooks.iter().flat_map(|given| self.arns.secret(given)).collect(),
            Place::Rooms => {
                let name = if self.adopts { "*".to_owned() } else { format!("*/{OWN}") };
                self.arns.global("chatbot", &format!("chat-configuration/{name}"))
            }
            Place::MemberRoles
            | Place::ReportSecrets
            | Place::ReportTopics
            | Place::Bucket
            | Place::Objects => Vec::new(),
        }
    }

    fn conditions(&self, bound: Bound) -> Conditions {
        let is = |key: &str, value: &str| condition("StringEquals", key, vec![value.to_owned()]);
        match bound {
            Bound::None => BTreeMap::new(),
            Bound::Owned => {
                condition("StringLike", format!("aws:ResourceTag/{OWNER}"), vec![self.fleet.clone()])
            }
            Bound::ChatbotEndpoint => is("aws:RequestedRegion", self.chatbot_region.as_str()),
            Bound::PassedTo(service) => is("iam:PassedToService", service),
            Bound::MadeFor(service) => is("iam:AWSServiceName", service),
            Bound::Canary => is("events:source", "foghorn.canary"),
        }
    }
}

impl Accounts<'_> {
    /// Whether an account may carry a pipeline. Labels that only the organisation
    /// knows may be any.
    fn carry(&self, pipeline: &Pipeline) -> bool {
        self.and_more || self.known.iter().any(|account| pipeline.selector.selects(account))
    }

    /// Whether a pipeline may end in an account.
    fn end(&self, pipeline: &Pipeline) -> bool {
        let is_known = |id| self.known.iter().any(|account| account.id == id);
        match &pipeline.hub {
            Some(hub) => self.and_more || is_known(hub.account.clone()),
            None => self.carry(pipeline),
        }
    }

    /// The account, if there is but one.
    fn only(&self) -> Option<AccountId> {
        match self.known {
            [account] if !self.and_more => Some(account.id.clone()),
            _ => None,
        }
    }

    fn partitions(&self, fleet: &Fleet) -> BTreeSet<Partition> {
        let more = fleet.spec.regions.iter().filter(|_| self.and_more).map(Region::partition);
        self.known.iter().map(Account::partition).chain(more).collect()
    }

    /// The Regions of the accounts, and of the hubs among them.
    fn regions(&self, fleet: &Fleet) -> BTreeSet<Region> {
        let more = fleet.spec.regions.iter().filter(|_| self.and_more);
        let ending = fleet.spec.pipelines.iter().filter(|pipeline| self.end(pipeline));
        let hubs = ending.filter_map(|pipeline| pipeline.hub.as_ref()).map(|hub| hub.region);
        let own = self.known.iter().flat_map(|account| &account.regions).chain(more).copied();
        own.chain(hubs).collect()
    }
}

fn chatbot_region(fleet: &Fleet) -> Region {
    let asked = fleet.spec.access.as_ref().and_then(|access| access.chatbot_region);
    asked.unwrap_or(Region::US_EAST_2)
}

fn hub(pipeline: &Pipeline) -> Option<(Region, AccountId)> {
    pipeline.hub.as_ref().map(|hub| (hub.region, hub.account.clone()))
}

fn adopts(via: &Via) -> bool {
    match via {
        Via::Chatbot(Chatbot::Slack(slack)) => slack.adopt,
        Via::Chatbot(Chatbot::Teams(teams)) => teams.adopt,
        Via::ApiDestination(_) | Via::Lambda(_) => false,
    }
}

/// The secret of Secrets Manager that holds a pipeline's webhook.
fn webhook(via: &Via) -> Option<String> {
    let reference = match via {
        Via::Chatbot(_) => return None,
        Via::Lambda(function) => {
            let (NotifierRoom::Slack(room) | NotifierRoom::GoogleChat(room) | NotifierRoom::Teams(room)) =
                &function.room;
            return Some(room.webhook.secrets_manager.clone());
        }
        Via::ApiDestination(ApiDestination { room, .. }) => match room {
            DestinationRoom::Slack(room) | DestinationRoom::GoogleChat(room) => &room.webhook,
        },
    };
    match reference {
        SecretReference::SecretsManager(given) => Some(given.clone()),
        SecretReference::Env(_) | SecretReference::File(_) => None,
    }
}
