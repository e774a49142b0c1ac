//! The way through Foghorn's notifier: a Lambda function that posts to the
//! webhook, with or without a topic before it.

use std::collections::BTreeMap;

use crate::events::parts::Part;
use crate::fleet::spec::Lambda;
use crate::model::desired::Desired;
use crate::model::function::{Code, Function, FunctionSettings};
use crate::model::materials::Notifier;
use crate::model::notifier::{AccountName, AccountNames, Settings};
use crate::model::policy::Policy;
use crate::model::subscription::FunctionSubscription;
use crate::model::{Key, Resource, arn};

use super::expand::want;
use super::leg::{Endpoint, Leg, Side};
use super::{alarms, chatbot, names, pipeline, policies};

/// How long one invocation may take: several posts, with the room's own pauses.
const TIMEOUT_SECONDS: i32 = 60;

/// In MiB, the least that Lambda gives (AWS Lambda developer guide, quotas).
const MEMORY: i32 = 128;

pub(super) fn endpoint(leg: &Leg<'_>, parts: &[Part], lambda: &Lambda, desired: &mut Desired) -> Endpoint {
    let (_, secret) = lambda.room.parts();
    // A secret that is missing is told before the function needs it.
    desired.secrets.entry(leg.region).or_default().insert(secret.to_owned());
    let topic = lambda.topic.then(|| Resource::Topic(chatbot::topic(leg, parts)));
    let topic = topic.map(|topic| want(desired, topic, Vec::new()));
    let function = want(desired, Resource::Function(function(leg, parts, lambda)), Vec::new());
    let alarm = alarms::function_errors(leg);
    want(desired, Resource::Alarm(alarm), vec![function.clone()]);
    match topic {
        Some(topic) => through_topic(leg, topic, function, desired),
        None => Endpoint {
            id: names::FUNCTION_TARGET,
            arn: function_arn(leg),
            role_arn: None,
            needs: vec![function],
        },
    }
}

fn through_topic(leg: &Leg<'_>, topic: Key, function: Key, desired: &mut Desired) -> Endpoint {
    let subscription = FunctionSubscription {
        region: leg.region,
        topic: topic.name.clone(),
        function: function.name.clone(),
        topic_arn: topic_arn(leg),
        function_arn: function_arn(leg),
        arn: None,
    };
    want(desired, Resource::Subscription(subscription), vec![topic.clone(), function]);
    Endpoint { id: names::TOPIC_TARGET, arn: topic_arn(leg), role_arn: None, needs: vec![topic] }
}

fn topic_arn(leg: &Leg<'_>) -> String {
    arn::topic(leg.region, leg.account_id(), &names::topic(&leg.pipeline.name))
}

fn function_arn(leg: &Leg<'_>) -> String {
    arn::function(leg.region, leg.account_id(), &names::function(&leg.pipeline.name))
}

fn function(leg: &Leg<'_>, parts: &[Part], lambda: &Lambda) -> Function {
    let account = leg.scope.account;
    let notifier = notifier(leg);
    let environment = BTreeMap::from([(Settings::VARIABLE.to_owned(), settings(leg, lambda).to_json())]);
    Function {
        region: leg.region,
        name: names::function(&leg.pipeline.name),
        description: format!("Foghorn pipeline {}: posts ECS failures to a room", leg.pipeline.name),
        settings: FunctionSettings {
            role_arn: arn::role(account.partition(), &account.id, names::NOTIFIER_ROLE),
            runtime: "provided.al2023".to_owned(),
            handler: "bootstrap".to_owned(),
            architecture: notifier.as_ref().map_or("x86_64", |notifier| &notifier.architecture).to_owned(),
            timeout_seconds: TIMEOUT_SECONDS,
            memory: MEMORY,
            environment,
            dead_letter_arn: pipeline::queue_arn(leg),
        },
        code: notifier.map(|notifier| code(leg, notifier)),
        policy: policy(leg, parts, lambda),
        tags: leg.scope.tags.clone(),
    }
}

fn notifier<'a>(leg: &Leg<'a>) -> Result<&'a Notifier, String> {
    match &leg.scope.inputs.materials.notifier {
        Some(Ok(notifier)) => Ok(notifier),
        Some(Err(why)) => Err(format!("the notifier can't be had: {why}")),
        None => Err("the notifier was not brought along".to_owned()),
    }
}

fn code(leg: &Leg<'_>, notifier: &Notifier) -> Code {
    match leg.side {
        Side::Hub(_) => notifier.hub_code.clone(),
        Side::Alone | Side::Member(_) => notifier.code.clone(),
    }
}

/// A hub's function finds the names of accounts beside its program.
fn settings(leg: &Leg<'_>, lambda: &Lambda) -> Settings {
    let (room, secret) = lambda.room.parts();
    let account = leg.scope.account;
    let accounts = match leg.side {
        Side::Hub(_) => AccountNames::new(),
        Side::Alone | Side::Member(_) => {
            let name = AccountName { name: account.name.clone(), labels: account.labels.clone() };
            AccountNames::from([(account.id.clone(), name)])
        }
    };
    Settings { pipeline: leg.pipeline.name.clone(), room, secret: secret.to_owned(), accounts }
}

fn policy(leg: &Leg<'_>, parts: &[Part], lambda: &Lambda) -> Policy {
    let (account, function) = (leg.account_id(), function_arn(leg));
    if lambda.topic {
        return Policy::of(vec![policies::invocation(
            "FoghornAllowTopic",
            "sns.amazonaws.com",
            &function,
            account,
            &topic_arn(leg),
        )]);
    }
    let statement = |part: &Part| {
        let sid = match part.suffix {
            None => "FoghornAllowRule".to_owned(),
            Some(suffix) => format!("FoghornAllowRule-{suffix}"),
        };
        let rule = arn::rule(leg.region, account, &leg.rule_place(part));
        policies::invocation(&sid, "events.amazonaws.com", &function, account, &rule)
    };
    Policy::of(parts.iter().map(statement).collect())
}
