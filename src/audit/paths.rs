//! Every way from an ECS event to its room, walked hop by hop in the snapshot.

use std::collections::BTreeSet;

use serde_json::json;

use super::denials::{Denial, denial};
use super::finding;
use crate::model::chat::{Channel, ChatConfiguration, ObservedChatConfiguration, SlackChannel, Workspace};
use crate::model::desired::{Desired, Route, RouteEnd};
use crate::model::pass::{Hop, Path, PathState};
use crate::model::rule::{ObservedRule, Rule};
use crate::model::target::{ObservedTarget, Target};
use crate::model::topic::{ObservedTopic, Topic};
use crate::model::{
    Check, EventFamily, FieldChange, Finding, Key, Kind, Partition, RegionSnapshot, Resource, Severity,
    Sight, Snapshot, Tags, arn,
};

/// The hop from a topic to AWS Chatbot, which AWS makes in its own time.
pub const SUBSCRIPTION: &str = "subscription";

/// The verdict on every pipeline's every event family in every Region.
pub fn walk(fleet: &str, desired: &Desired, snapshot: &Snapshot) -> Vec<Path> {
    let walk = |route| Walk { fleet, desired, snapshot, route }.paths();
    desired.routes.iter().flat_map(walk).collect()
}

/// A finding for every pipeline and Region whose path is broken.
pub(super) fn check(paths: &[Path]) -> Vec<Finding> {
    let mut told = BTreeSet::new();
    paths
        .iter()
        .filter(|path| path.state == PathState::Broken)
        .filter(|path| told.insert((&path.pipeline, path.location, path.broken_at)))
        .map(broken)
        .collect()
}

fn broken(path: &Path) -> Finding {
    let at = path.broken_at.unwrap_or_default();
    let why = path.why.clone().unwrap_or_default();
    finding(
        Check::PathBroken,
        Severity::Error,
        path.location,
        &path.pipeline,
        format!("a failure here would not reach the room; the path stops at {at}: {why}"),
        [("brokenAt", json!(at)), ("event", json!(path.event))],
    )
}

/// Whether a hop carries an event on; where it does not, why.
enum Step {
    Carries,
    Stops(String),
    Unseen,
    /// It was seen, and nobody can tell from it.
    Doubtful(String),
}

/// One route through one snapshot.
struct Walk<'a> {
    fleet: &'a str,
    desired: &'a Desired,
    snapshot: &'a Snapshot,
    route: &'a Route,
}

impl Walk<'_> {
    fn paths(&self) -> Vec<Path> {
        let steps = self.steps();
        // A hop that is known to stop the event settles it, whatever a gap hides.
        let stop = steps.iter().find(|(_, _, step)| matches!(step, Step::Stops(_)));
        let first = stop.or_else(|| steps.iter().find(|(_, _, step)| !matches!(step, Step::Carries)));
        let (state, why) = match first.map(|(_, _, step)| step) {
            None => (PathState::Heard, None),
            Some(Step::Stops(why)) => (PathState::Broken, Some(why.clone())),
            Some(Step::Doubtful(why)) => (PathState::Unknown, Some(why.clone())),
            Some(_) => (PathState::Unknown, Some("it could not be read; the coverage says why".to_owned())),
        };
        let broken_at = first.map(|(name, _, _)| *name);
        let hops: Vec<Hop> = steps.iter().map(|(name, subject, step)| hop(name, subject, step)).collect();
        let path = |event: &EventFamily| Path {
            pipeline: self.route.pipeline.clone(),
            event: event.name().to_owned(),
            location: self.route.region.into(),
            state,
            broken_at,
            why: why.clone(),
            hops: hops.clone(),
        };
        self.route.events.iter().map(path).collect()
    }

    /// The hops in the order in which an event meets them.
    fn steps(&self) -> Vec<(&'static str, String, Step)> {
        if let Some(step) = self.partition_has_no_chatbot() {
            return vec![("room", self.channel_name(), step)];
        }
        let (rule, channel) = (self.rule_name(), self.channel_name());
        vec![
            ("rule", rule.to_owned(), self.rule_enabled()),
            ("pattern", rule.to_owned(), self.pattern_takes()),
            ("target", format!("{rule}/topic"), self.target_leads_to_topic()),
            ("transformer", format!("{rule}/topic"), self.message_is_accepted()),
            ("topic", rule.to_owned(), self.topic_exists()),
            ("topicKey", rule.to_owned(), self.key_lets_through()),
            ("topicPolicy", rule.to_owned(), self.policy_lets_through()),
            ("chatConfiguration", channel.to_string(), self.configuration_is_fed()),
            (SUBSCRIPTION, rule.to_owned(), self.chatbot_listens()),
            ("room", channel.to_string(), self.room_is_authorised()),
        ]
    }

    fn rule_name(&self) -> &str {
        self.route.rules.first().map_or("", |rule| &rule.name)
    }

    fn channel(&self) -> Option<&Channel> {
        match &self.route.end {
            RouteEnd::Channel(channel) => Some(channel),
            RouteEnd::Destination(_) | RouteEnd::Function(_) => None,
        }
    }

    fn channel_name(&self) -> String {
        self.channel().map(ToString::to_string).unwrap_or_default()
    }

    fn partition_has_no_chatbot(&self) -> Option<Step> {
        let partition = self.route.region.partition();
        (partition != Partition::Aws)
            .then(|| Step::Stops(format!("AWS Chatbot does not exist in the partition {partition}")))
    }

    fn region(&self) -> Option<&RegionSnapshot> {
        self.snapshot.regions.get(&self.route.region)
    }

    /// The desired rule beside the observed one, or where the walk ends.
    fn rule(&self) -> Result<(&Rule, &ObservedRule), Step> {
        let Some(Resource::Rule(rule)) = self.route.rules.first().and_then(|rule| self.wanted(rule)) else {
            return Err(Step::Unseen);
        };
        let sight = self.region().and_then(|region| region.rules.get(&rule.name));
        let observed = owned(self.fleet, Kind::Rule, sight, |observed| &observed.tags)?;
        Ok((rule, observed))
    }

    fn rule_enabled(&self) -> Step {
        let (_, observed) = match self.rule() {
            Ok(pair) => pair,
            Err(step) => return step,
        };
        // The state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS takes all that
        // ENABLED does, and more (service model).
        carries(observed.state.starts_with("ENABLED"), || format!("the rule is {}", observed.state))
    }

    fn pattern_takes(&self) -> Step {
        let (rule, observed) = match self.rule() {
            Ok(pair) => pair,
            Err(step) => return step,
        };
        let differs = touches(&rule.diff(observed), &["/pattern"]);
        carries(!differs, || {
            "the rule's pattern is not the pipeline's, so it may not take these events".to_owned()
        })
    }

    fn target(&self) -> Result<(&Target, &ObservedTarget), Step> {
        let Some(Resource::Target(target)) =
            self.wanted(&Key::new(Kind::Target, self.route.region, format!("{}/topic", self.rule_name())))
        else {
            return Err(Step::Unseen);
        };
        match &self.rule()?.1.targets {
            Sight::Unknown => Err(Step::Unseen),
            Sight::Absent => Err(Step::Stops("the rule has no target".to_owned())),
            Sight::Seen(targets) => match targets.iter().find(|observed| observed.id == target.id) {
                Some(observed) => Ok((target, observed)),
                None => Err(Step::Stops("the rule has no target that leads to the topic".to_owned())),
            },
        }
    }

    fn target_leads_to_topic(&self) -> Step {
        let (target, observed) = match self.target() {
            Ok(pair) => (&pair.0.settings, &pair.1.settings),
            Err(step) => return step,
        };
        if target.arn != observed.arn {
            return Step::Stops(format!("the target leads to {} instead of the topic", observed.arn));
        }
        // With a role, the topic's policy is not what lets the event through.
        let role = observed.role_arn.clone().unwrap_or_default();
        carries(target.role_arn == observed.role_arn, || {
            format!("the target publishes with the role {role}, of which nobody knows whether it may")
        })
    }

    fn message_is_accepted(&self) -> Step {
        let (target, observed) = match self.target() {
            Ok(pair) => pair,
            Err(step) => return step,
        };
        let differs = touches(&target.diff(observed), &["/transformer", "/input", "/inputPath"]);
        carries(!differs, || {
            "the message is not the one that AWS Chatbot accepts; it drops what it does not support"
                .to_owned()
        })
    }

    fn topic(&self) -> Result<(&Topic, &ObservedTopic), Step> {
        let Some(Resource::Topic(topic)) =
            self.wanted(&Key::new(Kind::Topic, self.route.region, self.rule_name()))
        else {
            return Err(Step::Unseen);
        };
        let sight = self.region().and_then(|region| region.topics.get(&topic.name));
        let observed = owned(self.fleet, Kind::Topic, sight, |observed| &observed.tags)?;
        Ok((topic, observed))
    }

    fn topic_exists(&self) -> Step {
        self.topic().map_or_else(|step| step, |_| Step::Carries)
    }

    /// The key that AWS manages for SNS lets no other service in, and says so to
    /// nobody; whether another key does stands in a policy that is not read
    /// (EventBridge user guide, troubleshooting).
    fn key_lets_through(&self) -> Step {
        let key = match self.topic() {
            Ok((_, observed)) => observed.kms_key.as_deref(),
            Err(step) => return step,
        };
        match key {
            None => Step::Carries,
            Some(key) if key.ends_with("alias/aws/sns") => Step::Stops(
                "the topic is encrypted with the key alias/aws/sns, which lets no rule publish; take a customer key \
                 that allows events.amazonaws.com, or none"
                    .to_owned(),
            ),
            Some(key) => Step::Doubtful(format!(
                "the topic is encrypted with the key {key}, and nobody can tell here whether it lets EventBridge publish"
            )),
        }
    }

    fn policy_lets_through(&self) -> Step {
        let (topic, observed) = match self.topic() {
            Ok(pair) => pair,
            Err(step) => return step,
        };
        if touches(&topic.diff(observed), &["/policy"]) {
            return Step::Stops("the topic's policy does not let this rule publish".to_owned());
        }
        let denial = |policy| denial(policy, "events.amazonaws.com", "sns:Publish");
        match observed.policy.as_ref().map_or(Denial::None, denial) {
            Denial::None => Step::Carries,
            Denial::Certain => {
                Step::Stops("a statement of the topic's policy denies what ours allows".to_owned())
            }
            Denial::Possible => Step::Doubtful(
                "a statement of the topic's policy may deny what ours allows, under a condition of its own"
                    .to_owned(),
            ),
        }
    }

    fn chatbot_listens(&self) -> Step {
        match self.topic().map(|(_, observed)| observed.feeds_chatbot()) {
            Ok(Some(true)) => Step::Carries,
            Ok(Some(false)) => Step::Stops(
                "AWS Chatbot has no confirmed subscription on the topic: remove the topic from the channel's \
                 configuration in the AWS Chatbot console, save, and add it again"
                    .to_owned(),
            ),
            Ok(None) => Step::Unseen,
            Err(step) => step,
        }
    }

    fn configuration_is_fed(&self) -> Step {
        let Some(global) = &self.snapshot.global else { return Step::Unseen };
        let configurations = match &global.configurations {
            Sight::Unknown => return Step::Unseen,
            Sight::Absent => return self.no_configuration(),
            Sight::Seen(configurations) => configurations,
        };
        match configurations.iter().find(|observed| Some(&observed.channel) == self.channel()) {
            None => self.no_configuration(),
            Some(observed) => self.configuration_takes(observed),
        }
    }

    /// Why there is no configuration: none can be made before a person has let
    /// AWS Chatbot into the workspace.
    fn no_configuration(&self) -> Step {
        match self.room_is_authorised() {
            Step::Stops(why) => Step::Stops(format!("the channel has no AWS Chatbot configuration: {why}")),
            Step::Carries | Step::Unseen | Step::Doubtful(_) => {
                not_built("the channel has no AWS Chatbot configuration")
            }
        }
    }

    fn configuration_takes(&self, observed: &ObservedChatConfiguration) -> Step {
        let Some(topic) = self.topic_arn() else { return Step::Unseen };
        if !observed.topics.contains(&topic) {
            return Step::Stops(format!("the configuration {} is not fed by the topic", observed.name));
        }
        let enabled = observed.state.as_deref().is_none_or(|state| state == "ENABLED");
        carries(enabled, || {
            let reason = observed.state_reason.clone().unwrap_or_default();
            format!("the configuration {} is disabled: {reason}", observed.name)
        })
    }

    /// The topic's ARN, as the channel's configuration lists it.
    fn topic_arn(&self) -> Option<String> {
        self.desired.resources.values().find_map(|wanted| match &wanted.resource {
            Resource::ChatConfiguration(ChatConfiguration { channel, topics, .. })
                if Some(channel) == self.channel() =>
            {
                let is_ours = |topic: &&String| {
                    arn::region_of(topic) == Some(self.route.region.as_str())
                        && arn::last_segment(topic) == self.rule_name()
                };
                topics.iter().find(is_ours).cloned()
            }
            _ => None,
        })
    }

    fn room_is_authorised(&self) -> Step {
        let Some(Channel::Slack(SlackChannel { workspace, .. })) = self.channel() else {
            return Step::Unseen;
        };
        let workspaces: &[Workspace] = match self.snapshot.global.as_ref().map(|global| &global.workspaces) {
            None | Some(Sight::Unknown) => return Step::Unseen,
            Some(Sight::Absent) => &[],
            Some(Sight::Seen(workspaces)) => workspaces,
        };
        match workspaces.iter().find(|one| one.id == *workspace) {
            None => Step::Stops(format!("nobody has authorised Slack workspace {workspace} in this account")),
            Some(one) => carries(one.is_authorised(), || {
                format!("Slack workspace {workspace} is disabled in this account")
            }),
        }
    }

    fn wanted(&self, key: &Key) -> Option<&Resource> {
        self.desired.resources.get(key).map(|wanted| &wanted.resource)
    }
}

/// The observed resource, where it exists and is the fleet's own.
fn owned<'a, T>(
    fleet: &str,
    kind: Kind,
    sight: Option<&'a Sight<T>>,
    tags: impl Fn(&T) -> &Tags,
) -> Result<&'a T, Step> {
    match sight {
        None | Some(Sight::Unknown) => Err(Step::Unseen),
        Some(Sight::Absent) => {
            Err(not_built(&format!("there is no such {}", kind.to_string().to_lowercase())))
        }
        Some(Sight::Seen(observed)) if tags(observed).owner() == Some(fleet) => Ok(observed),
        Some(Sight::Seen(_)) => {
            Err(Step::Stops("its name is taken by something that the fleet does not own".into()))
        }
    }
}

fn not_built(what: &str) -> Step {
    Step::Stops(format!("{what} yet; foghorn apply makes it"))
}

fn touches(fields: &[FieldChange], paths: &[&str]) -> bool {
    fields.iter().any(|field| paths.contains(&field.path.as_str()))
}

fn carries(does: bool, why: impl FnOnce() -> String) -> Step {
    if does { Step::Carries } else { Step::Stops(why()) }
}

fn hop(name: &'static str, subject: &str, step: &Step) -> Hop {
    let carries = match step {
        Step::Carries => Some(true),
        Step::Stops(_) => Some(false),
        Step::Unseen | Step::Doubtful(_) => None,
    };
    Hop { name, subject: subject.to_owned(), carries }
}

#[cfg(test)]
mod tests;
