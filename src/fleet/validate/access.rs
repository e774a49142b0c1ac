//! How Foghorn gets into the accounts.

use super::Verdict;
use super::names;
use crate::fleet::spec::{Access, Fleet};

/// The Regions of AWS Chatbot's endpoints (AWS General Reference, Amazon Q
/// Developer in chat applications endpoints and quotas).
const CHATBOT_REGIONS: [&str; 4] = ["us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1"];

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    let spec = &fleet.spec;
    match &spec.access {
        Some(access) => one(access, verdict),
        None if spec.organization.is_some() => verdict.error(
            "spec.organization",
            "discovered accounts can only be entered through a role: set spec.access.roleName",
        ),
        None if spec.accounts.len() > 1 => verdict.error(
            "spec.accounts",
            "the caller's own credentials open one account only: set spec.access.roleName for several",
        ),
        None => {}
    }
}

fn one(access: &Access, verdict: &mut Verdict) {
    verdict.text("spec.access.roleName", role_name(&access.role_name));
    if let Some(external_id) = &access.external_id {
        verdict.text("spec.access.externalId", external_id_of(external_id));
    }
    let elsewhere = access.chatbot_region.filter(|region| !CHATBOT_REGIONS.contains(&region.as_str()));
    if let Some(region) = elsewhere {
        let regions = CHATBOT_REGIONS.join(", ");
        verdict.error(
            "spec.access.chatbotRegion",
            format!("AWS Chatbot cannot be called in {region}: choose one of {regions}"),
        );
    }
}

/// The letters and length are IAM's (IAM API reference, CreateRole).
fn role_name(name: &str) -> Result<(), String> {
    if name.starts_with("arn:") || name.contains('/') {
        let last = name.rsplit('/').next().unwrap_or(name);
        return Err(format!(
            "give the role's name alone, `{last}` say: it is looked for in every account, without a path"
        ));
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter);
    names::of(name, "role name", 1, 64, allowed, "letters, digits and any of _+=,.@-")
}

/// The letters and length are those of the STS API reference, AssumeRole. The
/// value is not repeated: some treat it as a secret.
fn external_id_of(id: &str) -> Result<(), String> {
    names::length(id, "external id", 2, 1224)?;
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_+=,.@:/-".contains(letter);
    if id.chars().all(allowed) {
        return Ok(());
    }
    Err("an external id takes letters, digits and any of _+=,.@:/- only".to_owned())
}
