//! Who asks a resource's policy to be let in, and what it says.

use std::collections::BTreeMap;

use super::policy::{Answer, denying, evaluate};
use super::sender::Sender;
use super::target::Shot;
use super::trail::Step;
use crate::model::policy::Policy;

/// So much of the name of a statement is shown; nobody but its author bounds it.
const LONGEST_SID: usize = 64;

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

/// EventBridge does not send this key (SNS developer guide, on
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
    /// What EventBridge asks for a rule, or CloudWatch for an alarm.
    pub(super) fn from_sender(shot: &Shot<'_, '_>, action: &'static str, resource: &str) -> Self {
        let account = shot.ground.account.as_str();
        let request =
            Self::from_service(shot.sender.principal(), action, resource, shot.sender_arn(), account);
        match shot.sender {
            Sender::Rule => request,
            // SNS's own policy of a new topic lets alarms in, and asks for this key.
            Sender::Alarm => Self { lacks: &[], ..request },
        }
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
        Answer::Denied => Step::Stops(denial(policy, request).unwrap_or_else(|| closed.to_owned())),
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

/// Why a policy denies a request, where one of its statements surely does.
pub(super) fn denial(policy: &Policy, request: &Request) -> Option<String> {
    let statement = denying(policy, request)?;
    let subject = statement["Sid"].as_str().and_then(shown_sid).map_or_else(
        || "a statement that someone else put into its policy denies it".to_owned(),
        |sid| format!("the statement \"{sid}\", which someone else put into its policy, denies it"),
    );
    Some(format!("{subject}: Foghorn leaves that alone, so take it out"))
}

/// The name that others gave a statement, without what could garble a report;
/// `None` if nothing is left.
fn shown_sid(sid: &str) -> Option<String> {
    let mut letters = sid.chars().filter(|letter| !letter.is_control());
    let mut shown: String = letters.by_ref().take(LONGEST_SID).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    (!shown.trim().is_empty()).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_that_others_gave_a_statement_cannot_garble_or_swamp_a_report() {
        for (sid, shown) in [
            ("DenyAll", Some("DenyAll".to_owned())),
            ("a\u{1b}[2Jb\n", Some("a[2Jb".to_owned())),
            ("\n ", None),
            (&"x".repeat(65), Some(format!("{}…", "x".repeat(64)))),
        ] {
            assert_eq!(shown_sid(sid), shown, "{sid:?}");
        }
    }
}
