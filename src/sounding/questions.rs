//! The metrics that count at each hop.

use std::collections::BTreeMap;

use super::course::Stop;
use crate::model::rule::bus_and_name;
use crate::model::sounding::HopKind;
use crate::model::{AccountId, Region};

/// One metric of one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// Whose metric it is.
    pub account: AccountId,
    /// Where it is.
    pub region: Region,
    /// `AWS/Events` say.
    pub namespace: &'static str,
    /// `Invocations` say.
    pub metric: &'static str,
    /// The dimensions, which must be exactly those that it is published with.
    pub dimensions: BTreeMap<&'static str, String>,
}

/// What is counted where a rule takes an event, and where it hands it on
/// (EventBridge user guide, monitoring).
const RULE: &[&str] = &["TriggeredRules"];
const TARGET: &[&str] = &["Invocations", "FailedInvocations", "InvocationsSentToDlq"];

/// Amazon SNS developer guide, monitoring topics with CloudWatch.
const TOPIC: &[&str] =
    &["NumberOfMessagesPublished", "NumberOfNotificationsDelivered", "NumberOfNotificationsFailed"];

/// AWS Chatbot administrator guide, monitoring.
const CHATBOT: &[&str] =
    &["EventsProcessed", "UnsupportedEvents", "EventsThrottled", "MessageDeliveryFailure"];

/// AWS Lambda developer guide, function metrics.
const FUNCTION: &[&str] = &["Invocations", "Errors"];

/// What the notifier itself counts.
const NOTIFIER: &[&str] = &["CanariesPosted", "MessagesFailed"];

/// What to ask about a hop.
pub fn questions(stop: &Stop) -> Vec<Question> {
    let ask = |namespace: &'static str, metrics: &[&'static str]| -> Vec<Question> {
        let question = |metric: &&'static str| Question {
            account: stop.account.clone(),
            region: stop.region,
            namespace,
            metric,
            dimensions: dimensions(stop),
        };
        metrics.iter().map(question).collect()
    };
    match stop.kind {
        HopKind::Rule | HopKind::HubRule => ask("AWS/Events", RULE),
        HopKind::Target | HopKind::HubTarget => ask("AWS/Events", TARGET),
        HopKind::Topic => ask("AWS/SNS", TOPIC),
        HopKind::Chatbot => ask("AWS/Chatbot", CHATBOT),
        HopKind::Function => [ask("AWS/Lambda", FUNCTION), ask("Foghorn", NOTIFIER)].concat(),
    }
}

/// A rule on a custom bus is counted by both, one on the default bus by its
/// name alone (EventBridge user guide, monitoring).
fn dimensions(stop: &Stop) -> BTreeMap<&'static str, String> {
    let name = |dimension| BTreeMap::from([(dimension, stop.name.clone())]);
    match stop.kind {
        HopKind::Rule | HopKind::Target | HopKind::HubRule | HopKind::HubTarget => {
            let (bus, rule) = bus_and_name(&stop.name);
            let bus = bus.map(|bus| ("EventBusName", bus.to_owned()));
            bus.into_iter().chain([("RuleName", rule.to_owned())]).collect()
        }
        HopKind::Topic => name("TopicName"),
        HopKind::Chatbot => name("ConfigurationName"),
        HopKind::Function => name("FunctionName"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sounding::fixtures::stop;

    #[test]
    fn a_rule_is_asked_for_by_its_bus_only_where_the_bus_is_not_the_default_one() {
        let asked = |name| questions(&stop(HopKind::Target, name)).remove(1);
        let question = asked("foghorn-deploys");
        assert_eq!((question.namespace, question.metric), ("AWS/Events", "FailedInvocations"));
        assert_eq!(question.dimensions, BTreeMap::from([("RuleName", "foghorn-deploys".to_owned())]));
        let hub = asked("foghorn-deploys/foghorn-deploys.tasks").dimensions;
        let expected = [("EventBusName", "foghorn-deploys"), ("RuleName", "foghorn-deploys.tasks")];
        assert_eq!(hub, expected.map(|(name, value)| (name, value.to_owned())).into());
    }

    #[test]
    fn what_the_notifier_counts_is_asked_for_beside_what_lambda_counts() {
        let asked = questions(&stop(HopKind::Function, "foghorn-tasks"));
        let names: Vec<(&str, &str)> = asked.iter().map(|one| (one.namespace, one.metric)).collect();
        let expected = [
            ("AWS/Lambda", "Invocations"),
            ("AWS/Lambda", "Errors"),
            ("Foghorn", "CanariesPosted"),
            ("Foghorn", "MessagesFailed"),
        ];
        assert_eq!(names, expected);
    }
}
