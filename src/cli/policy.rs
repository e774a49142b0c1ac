//! `foghorn policy`: the least that IAM has to allow for a fleet.

use super::args::{Global, PolicyArguments, PolicyFor, PolicyMode};
use super::error::CliError;
use super::run as output;
use super::voice;
use crate::fleet::{Discovered, Filter, Fleet};
use crate::model::AccountId;
use crate::policy::document::{LARGEST, LARGEST_MANAGED};
use crate::policy::{self, Accounts, Mode, Role};
use crate::report::exit::ExitCode;

/// Prints the policy.
pub fn run(global: &Global, arguments: &PolicyArguments) -> Result<ExitCode, CliError> {
    if !(global.regions.is_empty() && global.pipelines.is_empty()) {
        return Err(CliError::NotToChoose {
            command: "policy",
            flags: "--region and --pipeline",
            reason: "a role is the same in every Region and for every pipeline",
        });
    }
    let fleet = output::fleet(&arguments.fleet.file)?;
    let filter = output::filter(global);
    let and_more = filter.accounts.is_empty() && fleet.spec.organization.is_some();
    let known = fleet.accounts(named(&fleet, &filter), &filter).map_err(CliError::Selection)?;
    let accounts = Accounts { known: &known, and_more };
    let policy = policy::document(&fleet, accounts, mode(arguments.mode), role(arguments.role));
    let length = policy.length().map_err(CliError::Json)?;
    if (LARGEST_MANAGED + 1..=LARGEST).contains(&length) {
        voice::note(&format!(
            "the policy has {length} characters: as an inline policy of a role it fits ({LARGEST}), as a managed \
             policy it does not ({LARGEST_MANAGED})"
        ));
    }
    if length > LARGEST {
        voice::warning(&format!(
            "the policy has {length} characters, and the inline policies of a role may have {LARGEST}: choose \
             accounts with --account, or put the statements into several managed policies"
        ));
    }
    output::write_out(&policy.to_json().map_err(CliError::Json)?)?;
    Ok(ExitCode::Clean)
}

/// Accounts that only the organisation knows, by the ids that were asked for:
/// AWS is not called.
fn named(fleet: &Fleet, filter: &Filter) -> Vec<Discovered> {
    let ids = filter.accounts.iter().filter_map(|name| name.parse::<AccountId>().ok());
    let discovered = ids.filter(|_| fleet.spec.organization.is_some());
    let account = |id: AccountId| Discovered { name: id.to_string(), id, labels: Default::default() };
    discovered.map(account).collect()
}

fn mode(mode: PolicyMode) -> Mode {
    match mode {
        PolicyMode::Plan => Mode::Plan,
        PolicyMode::Apply => Mode::Apply,
        PolicyMode::Sound => Mode::Sound,
        PolicyMode::Destroy => Mode::Destroy,
    }
}

fn role(role: PolicyFor) -> Role {
    match role {
        PolicyFor::Member => Role::Member,
        PolicyFor::Controller => Role::Controller,
    }
}
