//! A leg: one pipeline's rules in one Region of one account, and where they
//! lead. A pipeline with a hub has a leg in each of its members' Regions, which
//! leads to the hub's bus, and one in the hub, which leads to the room.

use std::collections::BTreeSet;

use crate::events::parts::{Form, Origin, Part, Request, parts};
use crate::fleet::spec::{Chatbot, DestinationRoom, Hub, Pipeline, Via, When};
use crate::model::desired::RouteEnd;
use crate::model::{AccountId, EventFamily, Key, Partition, Region, rule};

use super::expand::Scope;
use super::{names, room};

/// One pipeline's rules in one Region of one account.
#[derive(Clone, Copy)]
pub(super) struct Leg<'a> {
    pub scope: &'a Scope<'a>,
    pub pipeline: &'a Pipeline,
    pub region: Region,
    pub side: Side<'a>,
}

/// On which side of a hub a leg is.
#[derive(Clone, Copy)]
pub(super) enum Side<'a> {
    /// There is no hub.
    Alone,
    /// It forwards to the hub.
    Member(&'a Hub),
    /// It is the hub's own.
    Hub(&'a Hub),
}

/// Where the rules of a leg send events.
pub(super) struct Endpoint {
    /// The id of the target.
    pub id: &'static str,
    pub arn: String,
    pub role_arn: Option<String>,
    /// What must be there before the target.
    pub needs: Vec<Key>,
}

impl Leg<'_> {
    /// Whether it can be built at all: every ARN of AWS Chatbot's service model
    /// is in the partition `aws`, and events don't cross partitions. Elsewhere
    /// the route stands for itself, so that it shows as broken.
    pub(super) fn is_built(&self) -> bool {
        let account = self.scope.account.partition();
        let end = match self.side {
            Side::Alone => account,
            Side::Member(hub) | Side::Hub(hub) => hub.region.partition(),
        };
        let exists = !matches!(self.pipeline.via, Via::Chatbot(_)) || end == Partition::Aws;
        account == end && exists
    }

    /// The families that it carries: all, or those that nobody hears yet.
    pub(super) fn families(&self) -> BTreeSet<EventFamily> {
        let mut families = self.pipeline.families();
        if self.pipeline.when == When::Unheard
            && let Some(heard) = self.scope.inputs.heard.get(&self.pipeline.name)
        {
            families.retain(|family| !heard.contains(&(self.region, *family)));
        }
        families
    }

    /// The rules that it needs.
    pub(super) fn parts(&self) -> Vec<Part> {
        let origin = match self.side {
            Side::Hub(hub) => Origin::Organization { partition: hub.region.partition() },
            Side::Alone | Side::Member(_) => Origin::Account(self.scope.account),
        };
        parts(&Request {
            origin,
            region: self.region,
            pipeline: &self.pipeline.name,
            families: &self.families(),
            patterns: &self.pipeline.patterns(),
            clusters: &self.pipeline.clusters,
            canary: self.pipeline.canary,
            form: self.form(),
        })
    }

    fn form(&self) -> Form {
        match self.side {
            Side::Member(_) => Form::Event,
            Side::Alone | Side::Hub(_) => form(&self.pipeline.via),
        }
    }

    /// What its queue and its alarms are named after. In the hub's account both
    /// sides may stand beside each other; no pipeline's name holds `_`.
    pub(super) fn label(&self) -> String {
        match self.side {
            Side::Alone | Side::Member(_) => self.pipeline.name.clone(),
            Side::Hub(_) => format!("{}_hub", self.pipeline.name),
        }
    }

    /// The bus that its rules are on; `None` for the default one.
    pub(super) fn bus(&self) -> Option<String> {
        match self.side {
            Side::Alone | Side::Member(_) => None,
            Side::Hub(_) => Some(names::bus(&self.pipeline.name)),
        }
    }

    /// The place of the rule of a part.
    pub(super) fn rule_place(&self, part: &Part) -> String {
        rule::place(self.bus().as_deref(), &names::rule(&self.pipeline.name, part.suffix))
    }

    /// The places of all its rules.
    pub(super) fn rule_places(&self, parts: &[Part]) -> Vec<String> {
        parts.iter().map(|part| self.rule_place(part)).collect()
    }

    /// The id of its account.
    pub(super) fn account_id(&self) -> &AccountId {
        &self.scope.account.id
    }

    /// Where the pipeline ends.
    pub(super) fn end(&self) -> RouteEnd {
        match &self.pipeline.via {
            Via::Chatbot(chatbot) => RouteEnd::Channel(room::channel(chatbot)),
            Via::ApiDestination(destination) => RouteEnd::Destination {
                name: names::destination(&self.pipeline.name),
                room: destination.room.service(),
            },
            Via::Lambda(_) => RouteEnd::Function(names::function(&self.pipeline.name)),
        }
    }
}

/// What the room of a pipeline takes.
pub(super) fn form(via: &Via) -> Form {
    match via {
        Via::Chatbot(Chatbot::Slack(_)) => Form::ChatbotSlack,
        Via::Chatbot(Chatbot::Teams(_)) => Form::ChatbotTeams,
        Via::ApiDestination(destination) => match destination.room {
            DestinationRoom::Slack(_) => Form::SlackBlocks,
            DestinationRoom::GoogleChat(_) => Form::GoogleChatCard,
        },
        Via::Lambda(_) => Form::Event,
    }
}
