//! From a rule to the queue of what it could not deliver.

use super::WalkInput;
use super::access::{Request, denial};
use super::sender::Sender;
use crate::model::queue::{ObservedQueue, Queue};
use crate::model::{Resource, arn};

/// Rules that a queue's policy keeps out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Shut {
    /// The rules, by place.
    pub(in crate::audit) rules: Vec<String>,
    /// Why, and what to do.
    pub(in crate::audit) why: String,
}

/// The fleet's rules that a queue's policy denies to leave there what they could
/// not deliver. That the policy lets them in is for the plan to see to; what it
/// denies stays denied.
pub(in crate::audit) fn shut(input: &WalkInput<'_>, queue: &Queue, observed: &ObservedQueue) -> Option<Shut> {
    let policy = observed.policy.as_ref()?;
    let account = &input.account.id;
    let queue_arn = arn::queue(queue.region, account, &queue.name);
    let targets = input.desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Target(target) => Some(target),
        _ => None,
    });
    let rules = targets
        .filter(|target| target.region == queue.region)
        .filter(|target| target.settings.dead_letter_arn.as_deref() == Some(queue_arn.as_str()))
        .map(|target| &target.rule);
    let denials = rules.filter_map(|rule| {
        let source = arn::rule(queue.region, account, rule);
        let request = Request::from_service(
            Sender::Rule.principal(),
            "sqs:SendMessage",
            &queue_arn,
            source,
            account.as_str(),
        );
        Some((rule.clone(), denial(policy, &request)?))
    });
    let (rules, reasons): (Vec<String>, Vec<String>) = denials.unzip();
    Some(Shut { rules, why: reasons.into_iter().next()? })
}
