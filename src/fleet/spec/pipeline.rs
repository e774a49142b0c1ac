//! Pipelines as the fleet file writes them. Their comments are read by users of
//! the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::via::Via;
use crate::model::{AccountId, EventFamily, Region};

/// How one class of events reaches a room.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pipeline {
    /// The name, part of the names of all that is made for it: lower-case
    /// letters, digits and hyphens, at most 32.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,32}$"), example = &"deploys")]
    pub name: String,
    /// Which accounts carry it. Absent: every account.
    #[serde(default, rename = "match")]
    pub selector: Selector,
    /// Which events it carries, at least one kind. No event comes twice, however
    /// many of them hold it.
    #[schemars(length(min = 1), example = ["deploymentFailed", "serviceImpaired"])]
    pub events: Vec<Events>,
    /// Only events of these clusters; `*` stands for any text. Absent: all.
    /// Patterns of your own are not narrowed by it.
    #[serde(default)]
    #[schemars(example = ["prod-*"])]
    pub clusters: Vec<String>,
    /// What carries them, and to which room.
    pub via: Via,
    /// One account whose bus gathers the events of all the others, so that
    /// the room is set up once. Absent: every account has its own way to it.
    pub hub: Option<Hub>,
    /// Whether it is built where somebody else's rules tell of the same events
    /// already. Absent: `always`. It can't be combined with `hub`.
    #[serde(default)]
    pub when: When,
    /// Whether its rules also take the events with which `foghorn sound`
    /// tries the whole way to the room.
    #[serde(default = "yes")]
    pub canary: bool,
    /// The alarms on the pipeline itself.
    #[serde(default)]
    pub alarms: Alarms,
    /// Whether events that cannot be delivered are kept in a queue.
    #[serde(default = "yes")]
    pub dead_letter: bool,
}

fn yes() -> bool {
    true
}

impl Pipeline {
    /// The families that it carries.
    pub fn families(&self) -> BTreeSet<EventFamily> {
        let family = |events: &Events| match events {
            Events::Family(family) => Some(*family),
            Events::Own(_) => None,
        };
        self.events.iter().filter_map(family).collect()
    }

    /// The patterns of the user's own that it carries, in their order.
    pub fn patterns(&self) -> Vec<Value> {
        let pattern = |events: &Events| match events {
            Events::Family(_) => None,
            Events::Own(own) => Some(own.pattern.clone()),
        };
        self.events.iter().filter_map(pattern).collect()
    }
}

/// Events that a pipeline carries: a family, or those of an event pattern.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Events {
    /// A family of ECS events.
    Family(EventFamily),
    /// The events of a pattern of your own.
    Own(OwnPattern),
}

/// An event pattern of your own.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnPattern {
    /// The pattern as EventBridge takes it: `source`, `detail-type`, `detail`
    /// and so on, each with a list of what it may be.
    #[schemars(with = "BTreeMap<String, Value>", example = serde_json::json!({
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": { "lastStatus": ["STOPPED"], "group": [{ "prefix": "family:nightly" }] }
    }))]
    pub pattern: Value,
}

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EventsVisitor)
    }
}

/// Reads a family by its name, and a pattern from a mapping.
struct EventsVisitor;

impl<'de> Visitor<'de> for EventsVisitor {
    type Value = Events;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a family of events, or `pattern`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Events, E> {
        EventFamily::deserialize(StrDeserializer::new(text)).map(Events::Family)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Events, A::Error> {
        OwnPattern::deserialize(MapAccessDeserializer::new(map)).map(Events::Own)
    }
}

/// Which accounts are meant, by their labels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Selector {
    /// Labels that an account must have, all of them and each with this value.
    /// Absent: any account will do.
    #[schemars(example = serde_json::json!({ "env": "prod" }))]
    pub labels: BTreeMap<String, String>,
}

/// An account whose bus gathers the events of all the others.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hub {
    /// The account, which must be one of the fleet's. It need not carry the
    /// pipeline itself.
    pub account: AccountId,
    /// The Region of the bus, and of all that stands behind it.
    pub region: Region,
    /// The organisation whose accounts may put events on the bus. Absent: the
    /// accounts that carry the pipeline, by their ids.
    #[schemars(regex(pattern = "^o-[a-z0-9]{10,32}$"), example = &"o-exampleorgid")]
    pub organization_id: Option<String>,
}

/// When a pipeline is built.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum When {
    /// In every account that carries it.
    #[default]
    Always,
    /// Only for families of events that no rule of somebody else already
    /// takes to a room that hears them.
    Unheard,
}

/// The alarms on a pipeline itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Alarms {
    /// Events that EventBridge, or the function behind it, could not deliver.
    pub failed_invocations: Threshold,
    /// Messages that AWS Chatbot dropped.
    pub unsupported_events: Threshold,
    /// Up to four further SNS topics that hear of these alarms, as ARNs in which
    /// `{region}` and `{account}` stand for where the alarm is.
    #[schemars(example = ["arn:aws:sns:{region}:{account}:on-call"])]
    pub notify: Vec<String>,
}

/// When an alarm goes off.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Threshold {
    /// How many in five minutes.
    #[schemars(range(min = 1))]
    pub threshold: u32,
}

impl Default for Threshold {
    fn default() -> Self {
        Self { threshold: 1 }
    }
}
