//! From a rule to the queue of what it could not deliver.

use super::WalkInput;
use super::access::{Request, denial};
use super::sender::Sender;
use crate::model::queue::{ObservedQueue, Queue};
use crate::model::{Resource, arn};

/// Rules that a queue keeps out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Shut {
    /// The rules, by place.
    pub(in crate::audit) rules: Vec<String>,
    /// Why, and what to do.
    pub(in crate::audit) why: String,
}

/// The fleet's rules that can't leave in a queue what they could not deliver, for
/// its policy denies it or its key does. That the policy lets them in is for the
/// plan to see to; what it denies stays denied.
pub(in crate::audit) fn shut(input: &WalkInput<'_>, queue: &Queue, observed: &ObservedQueue) -> Option<Shut> {
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
        let denied = observed.policy.as_ref().and_then(|policy| denial(policy, &request));
        Some((rule.clone(), denied.or_else(|| locked(observed))?))
    });
    let (rules, reasons): (Vec<String>, Vec<String>) = denials.unzip();
    Some(Shut { rules, why: reasons.into_iter().next()? })
}

/// The key that AWS manages for SQS lets no other service in; whether another key
/// does stands in a policy that is not read (Amazon SQS developer guide, key
/// management).
fn locked(observed: &ObservedQueue) -> Option<String> {
    let key = observed.kms_key.as_deref()?;
    key.ends_with("alias/aws/sqs").then(|| {
        format!(
            "the queue is encrypted with the key alias/aws/sqs, which lets no rule send; take a customer key that \
             allows {}, or none",
            Sender::Rule.principal()
        )
    })
}
