//! Holds every call of a run to the policies that `foghorn policy` prints for it.

use std::collections::BTreeMap;

use foghorn::fleet::{Filter, Fleet, parse};
use foghorn::model::Account;
use foghorn::policy::{Accounts, Document, Mode, Role, document};
use foghorn::sim::authorization::Authorization;
use foghorn::sim::record::Entry;
use iam_rs::{
    Arn, Context, ContextValue, Decision, IAMPolicy, IAMRequest, PolicyEvaluator, Principal, PrincipalId,
};
use time::OffsetDateTime;

/// The ARN that stands for "no resource": only `*` matches it.
const NO_RESOURCE: &str = "arn:aws:none:none:000000000000:none";

/// The policies under which one run of the binary goes on.
pub struct Watch {
    /// What the run was called with, for messages.
    told: String,
    /// The role in any account, and in each that the file names.
    member: PolicyEvaluator,
    members: BTreeMap<String, PolicyEvaluator>,
    /// Whoever runs the binary.
    controller: PolicyEvaluator,
}

impl Watch {
    /// The policies for a command; `None` where it has none, or the file no fleet.
    pub fn of(fleet: &str, arguments: &[&str]) -> Option<Self> {
        let mode = arguments.iter().find_map(|argument| mode(argument, arguments))?;
        let today = OffsetDateTime::now_utc().date();
        let fleet = parse(fleet, "fleet.yaml", today).ok()?.fleet;
        let known = fleet.accounts(Vec::new(), &Filter::default()).ok()?;
        let and_more = fleet.spec.organization.is_some();
        let of = |known: &[Account], and_more, role| {
            evaluator(&document(&fleet, Accounts { known, and_more }, mode, role))
        };
        let members = known.iter().map(|account| {
            let own = of(std::slice::from_ref(account), false, Role::Member);
            (account.id.to_string(), own)
        });
        Some(Self {
            told: arguments.join(" "),
            members: members.collect(),
            member: of(&known, and_more, Role::Member),
            controller: of(&known, and_more, Role::Controller),
        })
    }

    /// What of a call the policies do not allow.
    pub fn denied(&self, entry: &Entry) -> Vec<String> {
        let mut policies = Vec::new();
        if is_member(entry) {
            policies.push(("the member role", &self.member));
            // Labels of the organisation may add to those of the file.
            policies.extend(self.members.get(&entry.account).map(|own| ("the role of this account", own)));
        } else {
            policies.push(("the controller's role", &self.controller));
        }
        let asked =
            entry.authorizations.iter().flat_map(|one| policies.iter().map(move |policy| (one, policy)));
        asked
            .filter(|(one, (_, policy))| !allows(policy, one, &entry.region))
            .map(|(one, (whose, _))| {
                format!("foghorn {}: {whose} may not {one:?} in {}", self.told, entry.region)
            })
            .collect()
    }
}

/// Whether a call was made as the member role. Somebody who starts Foghorn with a
/// session of their own, of the role `admin`, is not one.
pub fn is_member(entry: &Entry) -> bool {
    entry.principal.contains(":assumed-role/") && !entry.principal.contains(":assumed-role/admin/")
}

/// The mode that a word of the command line stands for.
pub fn mode(word: &str, arguments: &[&str]) -> Option<Mode> {
    match word {
        "run" if arguments.contains(&"--plan-only") => Some(Mode::Plan),
        "plan" | "report" => Some(Mode::Plan),
        "apply" | "run" => Some(Mode::Apply),
        "sound" => Some(Mode::Sound),
        "destroy" => Some(Mode::Destroy),
        _ => None,
    }
}

/// The policy for all of a fleet's accounts.
pub fn policy(fleet: &Fleet, mode: Mode, role: Role) -> Document {
    let known = fleet.accounts(Vec::new(), &Filter::default()).expect("accounts");
    document(fleet, Accounts { known: &known, and_more: fleet.spec.organization.is_some() }, mode, role)
}

/// A policy as another's library evaluates it.
pub fn evaluator(document: &Document) -> PolicyEvaluator {
    let text = document.to_json().expect("JSON");
    let policy: IAMPolicy = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    PolicyEvaluator::with_policies(vec![policy])
}

/// Whether a policy allows what IAM is asked about a call in a Region.
pub fn allows(policy: &PolicyEvaluator, asked: &Authorization, region: &str) -> bool {
    let resource = if asked.resource == "*" { NO_RESOURCE } else { &asked.resource };
    let resource = Arn::parse(resource).unwrap_or_else(|error| panic!("{error}: {asked:?}"));
    let mut context = Context::new();
    context.insert("aws:RequestedRegion".to_owned(), ContextValue::String(region.to_owned()));
    for (key, value) in &asked.conditions {
        context.insert(key.clone(), ContextValue::String(value.clone()));
    }
    let principal = Principal::Aws(PrincipalId::String("arn:aws:iam::111111111111:role/foghorn".to_owned()));
    let request = IAMRequest::new_with_context(principal, asked.action.clone(), resource, context);
    let result = policy.evaluate(&request).unwrap_or_else(|error| panic!("{error}: {asked:?}"));
    result.decision == Decision::Allow
}
