//! A pipeline's events divided into parts: one rule each.
//!
//! EventBridge escapes nothing that it puts into a message and leaves a gap
//! where an event lacks a field (EventBridge user guide, input
//! transformation), so a message that is written by a transformer fits one
//! shape of event. Events of several shapes need several rules, and no event
//! may be taken by two of them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::canary;
use super::families::{self, DEPLOYMENT, Place, SERVICE_ACTION, TASK, Whose};
use super::message::{self, Heading, Shape};
use super::names::DETAIL_TYPES;
use super::split::{self, Types};
use crate::model::target::Transformer;
use crate::model::{Account, EventFamily, Partition, Region};

/// What a rule's target takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The event itself: a function, or another bus.
    Event,
    /// A custom notification of AWS Chatbot for Slack.
    ChatbotSlack,
    /// A custom notification of AWS Chatbot for Microsoft Teams.
    ChatbotTeams,
    /// The body of a post to an incoming webhook of Slack.
    SlackBlocks,
    /// The body of a post to an incoming webhook of Google Chat.
    GoogleChatCard,
}

/// Whose events a rule sees.
#[derive(Debug, Clone, Copy)]
pub enum Origin<'a> {
    /// One account's own.
    Account(&'a Account),
    /// Those that many accounts and Regions forward to a hub.
    Organization {
        /// The partition that all of them lie in.
        partition: Partition,
    },
}

/// What a pipeline asks for in one place.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Whose events.
    pub origin: Origin<'a>,
    /// The Region of the rules.
    pub region: Region,
    /// The pipeline's name.
    pub pipeline: &'a str,
    /// The families of events.
    pub families: &'a BTreeSet<EventFamily>,
    /// Patterns of the user's own.
    pub patterns: &'a [Value],
    /// Globs of cluster names, which the families heed and the user's own
    /// patterns do not; none for every cluster.
    pub clusters: &'a [String],
    /// Whether canaries are taken too.
    pub canary: bool,
    /// What the target takes.
    pub form: Form,
}

/// One rule's share of a pipeline's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What tells the rule's name from that of the pipeline's first rule.
    pub suffix: Option<&'static str>,
    /// The families whose events come.
    pub families: BTreeSet<EventFamily>,
    /// The rule's pattern.
    pub pattern: Value,
    /// How an event becomes a message; none where the target takes the event.
    pub transformer: Option<Transformer>,
}

/// The rules that a request needs: none where it asks for nothing.
pub fn parts(request: &Request<'_>) -> Vec<Part> {
    let wanted = request.wanted();
    slots(request.form).iter().filter_map(|slot| part(request, slot, &wanted)).collect()
}

/// The most characters that a pattern of the request comes to. What EventBridge
/// takes is [`families::PATTERN_LIMIT`].
pub fn pattern_length(request: &Request<'_>) -> usize {
    let length = |part: &Part| part.pattern.to_string().chars().count();
    parts(request).iter().map(length).max().unwrap_or_default()
}

/// A pattern and the family that it stands for, if any.
type Wanted = (Option<EventFamily>, Map<String, Value>);

impl Request<'_> {
    /// The patterns of what is asked for, before they are divided.
    fn wanted(&self) -> Vec<Wanted> {
        let families = families::branches(self.families, &self.place()).into_iter();
        let own = self.patterns.iter().filter_map(Value::as_object).cloned();
        families.map(|(family, branch)| (Some(family), branch)).chain(own.map(|own| (None, own))).collect()
    }

    fn place(&self) -> Place<'_> {
        let whose = match self.origin {
            Origin::Account(account) => Whose::Account(self.region, &account.id),
            Origin::Organization { partition } => Whose::Anyone(partition),
        };
        Place { clusters: self.clusters.iter().map(String::as_str).collect(), whose }
    }
}

/// A rule that a form may need, and the events that it takes.
struct Slot {
    suffix: Option<&'static str>,
    shape: Shape,
    sides: &'static [Side],
}

/// Events that one rule takes: those of some detail-types, and of a field as
/// it has to be.
struct Side {
    types: Types<'static>,
    field: Option<(&'static [&'static str], Has)>,
}

/// What a side asks of a field.
#[derive(Debug, Clone, Copy)]
enum Has {
    /// That it is there.
    Value,
    /// That it is not.
    Nothing,
    /// That it holds an angle bracket.
    Bracket,
    /// That it holds none, or is not there.
    NoBracket,
}

const SERVICES: Types<'static> = Types::Of(&[DEPLOYMENT, SERVICE_ACTION]);
const TASKS: Types<'static> = Types::Of(&[TASK]);
const OTHERS: Types<'static> = Types::NoneOf(&[DEPLOYMENT, SERVICE_ACTION, TASK, canary::DETAIL_TYPE]);
const REASON: &[&str] = &["detail", "reason"];
const STOPPED_REASON: &[&str] = &["detail", "stoppedReason"];

/// A pattern of the user's own does not take the canaries of other pipelines.
const ANY: Types<'static> = Types::NoneOf(&[canary::DETAIL_TYPE]);

/// Events that go as they are need no division.
const WHOLE: &[Slot] =
    &[Slot { suffix: None, shape: Shape::Other, sides: &[Side { types: ANY, field: None }] }];

/// A custom notification holds the free text as the only element of a list,
/// which stays whole where an event has none. AWS Chatbot hands that list on as
/// the chat service's own markup (AWS Chatbot administrator guide, custom
/// notifications), in which a mention stands in angle brackets. What ECS says of a
/// service is its own words; why a task stopped may be those of whoever stopped
/// it, or of its containers, so that one with a bracket goes without.
const NOTIFICATIONS: &[Slot] = &[
    Slot { suffix: None, shape: Shape::Service, sides: &[Side { types: SERVICES, field: None }] },
    Slot {
        suffix: Some("tasks"),
        shape: Shape::Task,
        sides: &[Side { types: TASKS, field: Some((STOPPED_REASON, Has::NoBracket)) }],
    },
    Slot {
        suffix: Some("marked"),
        shape: Shape::MarkedTask,
        sides: &[Side { types: TASKS, field: Some((STOPPED_REASON, Has::Bracket)) }],
    },
    Slot { suffix: Some("custom"), shape: Shape::Other, sides: &[Side { types: OTHERS, field: None }] },
];

/// Where free text is a value of its own, events without it need a message
/// without it: one for all shapes.
const BODIES: &[Slot] = &[
    Slot {
        suffix: None,
        shape: Shape::Service,
        sides: &[Side { types: SERVICES, field: Some((REASON, Has::Value)) }],
    },
    Slot {
        suffix: Some("tasks"),
        shape: Shape::Task,
        sides: &[Side { types: TASKS, field: Some((STOPPED_REASON, Has::Value)) }],
    },
    Slot {
        suffix: Some("plain"),
        shape: Shape::Other,
        sides: &[
            Side { types: SERVICES, field: Some((REASON, Has::Nothing)) },
            Side { types: TASKS, field: Some((STOPPED_REASON, Has::Nothing)) },
            Side { types: OTHERS, field: None },
        ],
    },
];

fn slots(form: Form) -> &'static [Slot] {
    match form {
        Form::Event => WHOLE,
        Form::ChatbotSlack | Form::ChatbotTeams => NOTIFICATIONS,
        Form::SlackBlocks | Form::GoogleChatCard => BODIES,
    }
}

fn part(request: &Request<'_>, slot: &Slot, wanted: &[Wanted]) -> Option<Part> {
    let mut families = BTreeSet::new();
    let mut branches: Vec<Map<String, Value>> = Vec::new();
    for (family, pattern) in wanted {
        for share in slot.shares(pattern) {
            families.extend(*family);
            if !branches.contains(&share) {
                branches.push(share);
            }
        }
    }
    if branches.is_empty() {
        return None;
    }
    // Whoever hears every stopped task hears the failed ones too.
    let covered = families.contains(&EventFamily::TaskStopped).then_some(EventFamily::TaskFailed);
    families.extend(covered.filter(|family| request.families.contains(family)));
    if request.canary {
        branches.push(slot.canaries(request));
    }
    let heading = Heading { origin: request.origin, region: request.region, families: &families };
    let transformer = message::of_shape(request.form, slot.shape, &heading);
    Some(Part { suffix: slot.suffix, pattern: families::any_of(branches), transformer, families })
}

impl Slot {
    /// What takes the canaries that are for this rule.
    fn canaries(&self, request: &Request<'_>) -> Map<String, Value> {
        match request.form {
            Form::Event => canary::pattern_of_all_parts(request.pipeline),
            _ => canary::pattern(request.pipeline, self.suffix),
        }
    }

    /// What a pattern takes on each side.
    fn shares(&self, pattern: &Map<String, Value>) -> Vec<Map<String, Value>> {
        self.sides.iter().filter_map(|side| side.share(pattern)).collect()
    }
}

impl Side {
    fn share(&self, pattern: &Map<String, Value>) -> Option<Map<String, Value>> {
        let typed = split::by_type(pattern, self.types, DETAIL_TYPES)?;
        match self.field {
            Some((field, Has::Value)) => split::by_presence(&typed, field, true),
            Some((field, Has::Nothing)) => split::by_presence(&typed, field, false),
            Some((field, Has::Bracket)) => split::by_bracket(&typed, field, true),
            Some((field, Has::NoBracket)) => split::by_bracket(&typed, field, false),
            None => Some(typed),
        }
    }
}

#[cfg(test)]
mod tests;
