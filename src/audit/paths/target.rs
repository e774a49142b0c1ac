//! From a rule through one of its targets: what is sent, and where to.

use serde_json::Value;

use super::ground::{Ground, Whose};
use super::sender::Sender;
use super::trail::{Ear, Step, Trail};
use super::{bus, destination, function, topic};
use crate::events::transformer::{Invocation, Transformer, value_at};
use crate::model::desired::RouteEnd;
use crate::model::target::TargetSettings;
use crate::model::{Resource, arn};

/// An event on its way from a rule to a target, or what CloudWatch sends for an
/// alarm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shot<'a, 'g> {
    pub(super) ground: &'g Ground<'a>,
    pub(super) sender: Sender,
    /// The rule's place, or the alarm's name.
    pub(super) place: &'g str,
    pub(super) settings: &'g TargetSettings,
    /// The event; `None` where none is known.
    pub(super) event: Option<&'g Value>,
    /// Where the way is to end; `None` where any end will do.
    pub(super) end: Option<&'g RouteEnd>,
}

/// Every way on from a target.
pub(super) fn walk(shot: &Shot<'_, '_>, trail: Trail) -> Vec<Trail> {
    if trail.is_stopped() {
        return vec![trail];
    }
    match Arn::parse(&shot.settings.arn) {
        Some(arn) if arn.service == "sns" => topic::walk(shot, arn, trail),
        Some(arn) if arn.service == "lambda" => function::walk(shot, arn, trail),
        Some(arn) if arn.service == "events" && arn.resource.starts_with("api-destination/") => {
            destination::walk(shot, arn, trail)
        }
        Some(arn) if arn.service == "events" && arn.resource.starts_with("event-bus/") => {
            bus::walk(shot, arn, trail)
        }
        _ => vec![elsewhere(shot, trail)],
    }
}

/// Queues, logs, streams: what reads them is somebody's own business.
fn elsewhere(shot: &Shot<'_, '_>, trail: Trail) -> Trail {
    let target = &shot.settings.arn;
    let step = match shot.ground.whose {
        Whose::Ours => Step::Stops(format!("the target leads to {target}, where nobody is told")),
        Whose::Anybodys => {
            Step::Doubtful(format!("it leads to {target}, and whether that tells anybody can't be seen here"))
        }
    };
    trail.then("room", target, step)
}

/// The parts of an ARN.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arn<'a> {
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':').skip(2);
        let (service, region) = (parts.next()?, parts.next()?);
        Some(Self { service, region, account: parts.next()?, resource: parts.next()? })
    }

    /// Whether it is of the account and Region that was read.
    pub(super) fn is_on(&self, ground: &Ground<'_>) -> bool {
        self.account == ground.account.as_str() && self.region == ground.region.as_str()
    }
}

impl Shot<'_, '_> {
    fn rule_arn(&self) -> String {
        arn::rule(self.ground.region, self.ground.account, self.place)
    }

    /// The ARN of what it is sent for, by which policies know it.
    pub(super) fn sender_arn(&self) -> String {
        match self.sender {
            Sender::Rule => self.rule_arn(),
            Sender::Alarm => arn::alarm(self.ground.region, self.ground.account, self.place),
        }
    }

    /// The text that the target receives; `None` where no event is known.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn text(&self) -> Result<Option<String>, String> {
        let Some(event) = self.event else { return Ok(None) };
        let settings = self.settings;
        if let Some(input) = &settings.input {
            return Ok(Some(input.clone()));
        }
        if let Some(path) = &settings.input_path {
            return Ok(value_at(path, event).map(|value| value.to_string()));
        }
        let Some(transformer) = &settings.transformer else { return Ok(Some(event.to_string())) };
        let transformer = Transformer::new(&transformer.paths, &transformer.template)
            .map_err(|error| format!("the transformer is not valid: {error}"))?;
        let rule_arn = self.rule_arn();
        let invocation = Invocation {
            rule_arn: &rule_arn,
            rule_name: arn::last_segment(&rule_arn),
            ingestion_time: super::route::SOME_TIME,
        };
        Ok(Some(transformer.render(event, &invocation)))
    }

    /// Whether whoever is at the end accepts what is sent.
    pub(super) fn transformer(&self, accepts: impl Fn(&str) -> Result<(), String>) -> Step {
        match self.text() {
            Err(why) => Step::Stops(why),
            Ok(None) => Step::Carries,
            Ok(Some(text)) => match accepts(&text) {
                Ok(()) => Step::Carries,
                Err(why) => Step::Stops(why),
            },
        }
    }

    /// Whether the way may end with this one.
    pub(super) fn may_end_with(&self, ear: &Ear) -> bool {
        match (self.end, ear) {
            (None, _) => true,
            (Some(RouteEnd::Channel(wanted)), Ear::Channel(channel)) => wanted == channel,
            (Some(RouteEnd::Destination { name: wanted, .. }), Ear::Destination(name))
            | (Some(RouteEnd::Function(wanted)), Ear::Function(name)) => wanted == name,
            _ => false,
        }
    }

    /// Whether a role that such a target needs lets the event through. The role
    /// that the fleet passes is made to do so, and is not doubted; nor is that
    /// of others, who can't do without one either.
    pub(super) fn needed_role(&self, without: Step) -> Step {
        match self.role() {
            None => without,
            Some(doubt) if self.ground.whose == Whose::Ours && !self.has_wanted_role() => doubt,
            Some(_) => Step::Carries,
        }
    }

    fn has_wanted_role(&self) -> bool {
        self.ground.desired.resources.values().any(|wanted| match &wanted.resource {
            Resource::Target(target) => {
                target.region == self.ground.region
                    && target.rule == self.place
                    && target.settings.role_arn == self.settings.role_arn
            }
            _ => false,
        })
    }

    /// Whether a role lets the event through, which is then not the target's
    /// policy's business. What a role may do is not read.
    pub(super) fn role(&self) -> Option<Step> {
        let role = self.settings.role_arn.as_ref()?;
        Some(Step::Doubtful(format!(
            "the target is reached with the role {role}, of which nobody knows here whether it may"
        )))
    }
}
