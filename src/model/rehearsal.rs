//! What would become of an event, pipeline by pipeline. Public interface as
//! JSON; changes are additive only.

use serde::Serialize;
use serde_json::Value;

use super::account::AccountId;
use super::region::Region;
use super::report::API_VERSION;

/// What would become of one event.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rehearsal {
    /// Always [`API_VERSION`].
    pub api_version: &'static str,
    /// Always `TestEvent`.
    pub kind: &'static str,
    /// The fleet's name.
    pub fleet: String,
    /// The event.
    pub event: EventIdentity,
    /// What is taken for granted, because AWS was not asked.
    pub notes: Vec<String>,
    /// Every pipeline that was asked about, in the order of the fleet file.
    pub pipelines: Vec<RehearsedPipeline>,
}

/// What would become of several events.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rehearsals {
    /// Always [`API_VERSION`].
    pub api_version: &'static str,
    /// Always `TestEventList`.
    pub kind: &'static str,
    /// One an event, in the order of the events.
    pub items: Vec<Rehearsal>,
}

/// Which event it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventIdentity {
    /// The name of the sample; none for an event that the user gave.
    pub sample: Option<&'static str>,
    /// The event's source.
    pub source: String,
    /// The event's detail-type.
    pub detail_type: String,
    /// Where it arises.
    pub account: AccountId,
    /// What people call that account.
    pub account_name: String,
    /// Where it arises.
    pub region: Region,
    /// The event itself.
    pub body: Value,
}

/// What would become of the event in one pipeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RehearsedPipeline {
    /// The pipeline's name.
    pub pipeline: String,
    /// What is taken for granted of this pipeline.
    pub notes: Vec<String>,
    /// Whether it takes the event.
    #[serde(flatten)]
    pub outcome: RehearsalOutcome,
}

/// Whether a pipeline takes an event.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RehearsalOutcome {
    /// It does: one delivery for each rule that matches, of which there is one
    /// unless rules overlap.
    Taken {
        /// What the room gets.
        deliveries: Vec<Delivery>,
    },
    /// It does not.
    NotTaken {
        /// The first thing that fails, as a word for programs.
        reason: NotTaken,
        /// The first thing that fails, for people.
        message: String,
    },
}

/// Why a pipeline does not take an event, in the order in which it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum NotTaken {
    /// The account is not one of the fleet's.
    AccountNotInFleet,
    /// The account does not carry the labels that `match` asks for.
    AccountNotSelected,
    /// Which labels the account carries is known to the organisation alone.
    LabelsUnknown,
    /// The account has no rules in the Region.
    RegionNotInFleet,
    /// Nothing can be built there.
    NotBuilt,
    /// The event is of another source.
    Source,
    /// The event is of another detail-type.
    DetailType,
    /// A field of the event has another value than is asked for.
    Field,
    /// A field that is asked for is not there.
    FieldAbsent,
    /// The event is of another cluster than those of `clusters`.
    Cluster,
    /// The hub does not take what is forwarded to it.
    Hub,
}

/// What a room would get of an event.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The rule that takes the event where it arises.
    pub rule: RulePlace,
    /// The rule of the hub that takes it on, where a hub does.
    pub hub: Option<RulePlace>,
    /// The room.
    pub room: RehearsedRoom,
    /// The message as a person would read it, line by line, without colours
    /// and buttons.
    pub text: String,
    /// The message as the room is given it. A text where it is no JSON.
    pub message: Value,
    /// Why the room would not show it; none where it would.
    pub refused: Option<String>,
}

/// A rule and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RulePlace {
    /// The account.
    pub account: AccountId,
    /// The Region.
    pub region: Region,
    /// The custom bus that it is on; none for the default one.
    pub bus: Option<String>,
    /// The name.
    pub name: String,
    /// How many rules the pipeline has there: it needs several where one
    /// template can't fit every event.
    pub of: usize,
}

/// A room and the way to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RehearsedRoom {
    /// The chat service: `Slack` say.
    pub service: String,
    /// `chatbot`, `apiDestination` or `lambda`, as in the fleet file.
    pub via: &'static str,
    /// The channel of AWS Chatbot, or the name of the API destination or of the
    /// function, whose webhook knows the room.
    pub end: String,
}

impl Rehearsal {
    /// The result for an event.
    pub fn new(
        fleet: String,
        event: EventIdentity,
        notes: Vec<String>,
        pipelines: Vec<RehearsedPipeline>,
    ) -> Self {
        Self { api_version: API_VERSION, kind: "TestEvent", fleet, event, notes, pipelines }
    }

    /// Whether a room shows a message about the event.
    pub fn is_heard(&self) -> bool {
        self.pipelines.iter().any(RehearsedPipeline::is_heard)
    }
}

impl Rehearsals {
    /// The results for several events.
    pub fn new(items: Vec<Rehearsal>) -> Self {
        Self { api_version: API_VERSION, kind: "TestEventList", items }
    }

    /// Whether a room shows a message about any of the events.
    pub fn is_heard(&self) -> bool {
        self.items.iter().any(Rehearsal::is_heard)
    }
}

impl RehearsedPipeline {
    /// Whether its room shows a message about the event.
    pub fn is_heard(&self) -> bool {
        match &self.outcome {
            RehearsalOutcome::Taken { deliveries } => deliveries.iter().any(|one| one.refused.is_none()),
            RehearsalOutcome::NotTaken { .. } => false,
        }
    }
}
