//! Who asks a resource's policy to be let in, and what it says.

use std::collections::BTreeMap;

use super::policy::{Answer, evaluate};
use super::target::Shot;
use super::trail::Step;
use crate::model::policy::Policy;

/// The service that EventBridge calls itself in policies.
const EVENTS: &str = "events.amazonaws.com";

/// A request to a resource, as its policy sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// Who asks: a service's name, or an account's id.
    pub(super) principal: Principal,
    /// What is asked for: `sns:Publish` say.
    pub(super) action: &'static str,
    /// The ARN of the resource.
    pub(super) resource: String,
    /// The condition keys that are known, in lower case.
    pub(super) context: BTreeMap<&'static str, String>,
    /// The condition keys that it is known to lack, in lower case.
    pub(super) lacks: &'static [&'static str],
}

/// No service sends this key any more (SNS developer guide, on
/// `AWS:SourceOwner`).
pub(super) const LACKING: &[&str] = &["aws:sourceowner"];

/// Without a role nobody asks who could be of an organisation.
const LACKING_WITHOUT_ROLE: &[&str] = &["aws:sourceowner", "aws:principalorgid"];

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    Service(&'static str),
    Account(String),
}

impl Request {
    /// What EventBridge asks for a rule.
    pub(super) fn from_rule(shot: &Shot<'_, '_>, action: &'static str, resource: &str) -> Self {
        Self::from_service(EVENTS, action, resource, shot.rule_arn(), shot.ground.account.as_str())
    }

    /// What a service asks on behalf of one of its resources.
    pub(super) fn from_service(
        service: &'static str,
        action: &'static str,
        resource: &str,
        source: String,
        account: &str,
    ) -> Self {
        let context = BTreeMap::from([
            ("aws:sourcearn", source),
            ("aws:sourceaccount", account.to_owned()),
            ("aws:securetransport", "true".to_owned()),
        ]);
        Self {
            principal: Principal::Service(service),
            action,
            resource: resource.to_owned(),
            context,
            lacks: LACKING,
        }
    }

    /// What EventBridge asks of a bus for a rule, in the name of the account that
    /// sends.
    pub(super) fn from_account(shot: &Shot<'_, '_>, action: &'static str, resource: &str) -> Self {
        let account = shot.ground.account.as_str();
        let context = BTreeMap::from([
            ("aws:principalaccount", account.to_owned()),
            ("aws:securetransport", "true".to_owned()),
        ]);
        Self {
            principal: Principal::Account(account.to_owned()),
            action,
            resource: resource.to_owned(),
            context,
            lacks: if shot.settings.role_arn.is_some() { LACKING } else { LACKING_WITHOUT_ROLE },
        }
    }
}

/// What a policy comes to. Our own statements let in under conditions that our
/// own things meet, whether or not that can be judged here.
pub(super) fn judge(
    policy: Option<&Policy>,
    wanted: Option<&Policy>,
    request: &Request,
    closed: &str,
) -> Step {
    let Some(policy) = policy else { return Step::Stops(closed.to_owned()) };
    let answer = evaluate(policy, request);
    let has_ours = wanted.is_some_and(|wanted| policy.contains(wanted));
    match answer {
        Answer::Denied => Step::Stops("a statement that someone else put into its policy denies it: Foghorn leaves that alone, so take it out"
                .to_owned()),
        Answer::Allowed => Step::Carries,
        Answer::PerhapsDenied => Step::Doubtful(
            "a statement of the policy may deny what another allows, under a condition of its own".to_owned(),
        ),
        Answer::PerhapsAllowed if has_ours => Step::Carries,
        Answer::PerhapsAllowed => {
            Step::Doubtful("the policy lets this in under a condition that can't be judged here".to_owned())
        }
        Answer::NotAllowed => Step::Stops(closed.to_owned()),
    }
}
