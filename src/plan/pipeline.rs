//! One pipeline in one Region: queue, topic, rule, target and alarm.

use std::collections::{BTreeMap, BTreeSet};

use crate::events::{families, message};
use crate::fleet::spec::Pipeline;
use crate::model::alarm::Alarm;
use crate::model::desired::{Desired, Route, RouteEnd};
use crate::model::queue::Queue;
use crate::model::rule::Rule;
use crate::model::target::{RetryPolicy, Target, TargetSettings};
use crate::model::topic::Topic;
use crate::model::{EventFamily, Key, Kind, Region, Resource, arn};

use super::expand::{Scope, channel, is_built, want};
use super::{names, policies, room};

/// Fourteen days, the longest that SQS keeps a message.
const RETENTION_SECONDS: u32 = 1_209_600;

/// EventBridge's own default, written out so that a change of it by hand shows.
const RETRIES: RetryPolicy =
    RetryPolicy { maximum_retry_attempts: 185, maximum_event_age_in_seconds: 86_400 };

pub(super) fn expand(scope: &Scope<'_>, pipeline: &Pipeline, region: Region, desired: &mut Desired) {
    let part = Part { scope, pipeline, region };
    if is_built(scope.account) {
        build(&part, desired);
    }
    desired.routes.push(part.route());
}

fn build(part: &Part<'_>, desired: &mut Desired) {
    let dead_letter = part.pipeline.dead_letter;
    let queue = dead_letter.then(|| want(desired, Resource::Queue(part.queue()), Vec::new()));
    let topic = want(desired, Resource::Topic(part.topic()), Vec::new());
    let rule = want(desired, Resource::Rule(part.rule()), Vec::new());
    let needs = [Some(topic), Some(rule.clone()), queue].into_iter().flatten().collect();
    want(desired, Resource::Target(part.target()), needs);
    let alarm_topic = Key::new(Kind::Topic, part.region, names::alarm_topic(&channel(part.pipeline)));
    want(desired, Resource::Alarm(part.alarm()), vec![alarm_topic, rule]);
}

/// One pipeline in one Region.
struct Part<'a> {
    scope: &'a Scope<'a>,
    pipeline: &'a Pipeline,
    region: Region,
}

impl Part<'_> {
    fn events(&self) -> BTreeSet<EventFamily> {
        self.pipeline.events.iter().copied().collect()
    }

    /// In an order of their own, so that the file's does not matter.
    fn clusters(&self) -> Vec<String> {
        self.pipeline.clusters.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn route(&self) -> Route {
        Route {
            pipeline: self.pipeline.name.clone(),
            events: self.events(),
            region: self.region,
            patterns: 0,
            clusters: self.clusters(),
            rules: vec![self.rule().key()],
            hub: None,
            end: RouteEnd::Channel(channel(self.pipeline)),
        }
    }

    fn rule_name(&self) -> String {
        names::rule(&self.pipeline.name)
    }

    fn queue(&self) -> Queue {
        let name = names::dead_letters(&self.pipeline.name);
        Queue {
            region: self.region,
            policy: policies::dead_letters(self.region, &self.scope.account.id, &name, &self.rule_name()),
            name,
            retention_seconds: RETENTION_SECONDS,
            tags: self.scope.tags.clone(),
        }
    }

    fn topic(&self) -> Topic {
        let name = names::topic(&self.pipeline.name);
        Topic {
            region: self.region,
            policy: policies::event_topic(self.region, &self.scope.account.id, &name, &self.rule_name()),
            name,
            tags: self.scope.tags.clone(),
        }
    }

    fn rule(&self) -> Rule {
        let account = &self.scope.account.id;
        Rule {
            region: self.region,
            bus: None,
            name: self.rule_name(),
            description: format!("Foghorn pipeline {}: ECS failures to Slack", self.pipeline.name),
            pattern: families::pattern(&self.events(), &self.pipeline.clusters, self.region, account),
            tags: self.scope.tags.clone(),
        }
    }

    fn target(&self) -> Target {
        let account = &self.scope.account.id;
        let queue = names::dead_letters(&self.pipeline.name);
        let dead_letter_arn = self.pipeline.dead_letter.then(|| arn::queue(self.region, account, &queue));
        Target {
            region: self.region,
            rule: self.rule_name(),
            id: names::TARGET.to_owned(),
            settings: TargetSettings {
                arn: arn::topic(self.region, account, &names::topic(&self.pipeline.name)),
                role_arn: None,
                transformer: Some(message::transformer(self.scope.account, self.region, &self.events())),
                input: None,
                input_path: None,
                retry_policy: Some(RETRIES),
                dead_letter_arn,
            },
        }
    }

    /// Rules of the default bus publish this metric with the dimension
    /// RuleName alone; an alarm with EventBusName beside it sees no data
    /// (EventBridge user guide, monitoring).
    fn alarm(&self) -> Alarm {
        let channel = channel(self.pipeline);
        let actions = room::alarm_actions(self.scope.account, self.region, &channel, [self.pipeline]);
        Alarm {
            region: self.region,
            name: names::failed_invocations(&self.pipeline.name),
            settings: room::alarm_settings(
                format!("Foghorn pipeline {}: EventBridge could not deliver an event", self.pipeline.name),
                "AWS/Events",
                "FailedInvocations",
                BTreeMap::from([("RuleName".to_owned(), self.rule_name())]),
                self.pipeline.alarms.failed_invocations.threshold,
                actions,
            ),
            ok_actions: BTreeSet::new(),
            insufficient_data_actions: BTreeSet::new(),
            tags: self.scope.tags.clone(),
        }
    }
}
