//! Which accounts a run is about.

use std::path::Path;
use std::sync::Arc;

use super::args::Global;
use super::error::CliError;
use super::run::filter;
use super::voice;
use crate::aws::{self, Aws};
use crate::fleet::spec::{Pipeline, Reporting, Selector};
use crate::fleet::{Discovered, Filter, Fleet, FleetErrors, Problem};
use crate::model::Account;
use crate::model::extent::Narrowing;
use crate::plan::Intent;

/// Which accounts the fleet has, and which of them a run is about.
#[derive(Clone)]
pub struct Scope {
    /// What is desired.
    pub fleet: Arc<Fleet>,
    /// All accounts of the fleet.
    pub all: Arc<Vec<Account>>,
    /// The accounts that the run is about.
    pub accounts: Vec<Account>,
}

impl Scope {
    /// Finds the accounts of a fleet, those of the organisation among them.
    pub async fn find(global: &Global, file: &Path, fleet: Arc<Fleet>, aws: &Aws) -> Result<Self, CliError> {
        let (all, accounts) = accounts(&fleet, &filter(global), aws).await?;
        has_its_hubs(&fleet, &all, file)?;
        Ok(Self { fleet, all: Arc::new(all), accounts })
    }
}

/// The part of the fleet that was chosen, as a report tells it.
pub fn narrowing(global: &Global, all: &[Account]) -> Option<Narrowing> {
    let narrowing = Narrowing {
        accounts: global.accounts.clone(),
        regions: global.regions.clone(),
        pipelines: global.pipelines.clone(),
        fleet_accounts: all.len(),
    };
    (!narrowing.is_none()).then_some(narrowing)
}

/// All accounts of the fleet, and those of them that were chosen.
async fn accounts(
    fleet: &Fleet,
    filter: &Filter,
    aws: &Aws,
) -> Result<(Vec<Account>, Vec<Account>), CliError> {
    let discovered = match &fleet.spec.organization {
        None => Vec::new(),
        Some(organization) => {
            let request = aws::Discovery {
                include: organization.include.clone(),
                exclude: organization.exclude.clone(),
                labels_from_tags: organization.labels_from_tags.clone(),
            };
            aws.discover(&request).await.map_err(CliError::Discovery)?
        }
    };
    let found: Vec<Discovered> = discovered
        .into_iter()
        .map(|account| Discovered { id: account.id, name: account.name, labels: account.labels })
        .collect();
    let all = fleet.accounts(found.clone(), &Filter::default()).map_err(CliError::Selection)?;
    warn_of_idle(fleet, &all);
    match fleet.accounts(found, filter).map_err(CliError::Selection)? {
        accounts if accounts.is_empty() => Err(CliError::NoAccounts),
        accounts => Ok((all, accounts)),
    }
}

/// A discovered account that is to be a hub may turn out not to be there.
fn has_its_hubs(fleet: &Fleet, accounts: &[Account], file: &Path) -> Result<(), CliError> {
    let problem = |(index, message): (usize, String)| {
        Problem::new(format!("spec.pipelines[{index}].hub.account"), message)
    };
    let problems: Vec<Problem> = fleet.hubs_missing(accounts).into_iter().map(problem).collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(CliError::Fleet(FleetErrors { origin: file.display().to_string(), problems }))
}

/// What a run may remove. While a pipeline of the file matches no account, all
/// that it made looks forgotten; but a label written wrong is no wish to have
/// it removed.
pub fn spared(intent: Intent, fleet: &Fleet, accounts: &[Account]) -> Intent {
    let is_idle = |pipeline: &&Pipeline| !accounts.iter().any(|account| pipeline.selector.selects(account));
    match fleet.spec.pipelines.iter().find(is_idle) {
        Some(idle) if intent == Intent::Prune => {
            voice::warning(&format!(
                "nothing is removed: pipeline {} is in the file and matches no account; correct its match, or take it \
                 out of the file",
                idle.name
            ));
            Intent::Converge
        }
        _ => intent,
    }
}

/// What a label written wrong does not select is not silently left out. Of a
/// list of accounts the fleet file is checked for that already.
fn warn_of_idle(fleet: &Fleet, accounts: &[Account]) {
    let is_idle = |selector: &Selector| !accounts.iter().any(|account| selector.selects(account));
    if fleet.spec.organization.is_none() {
        return;
    }
    for pipeline in fleet.spec.pipelines.iter().filter(|pipeline| is_idle(&pipeline.selector)) {
        voice::warning(&format!("pipeline {} matches no account of the fleet", pipeline.name));
    }
    let recipients = fleet.spec.report.iter().flat_map(Reporting::recipients);
    for (name, _) in recipients.filter(|(_, recipient)| is_idle(&recipient.selector)) {
        voice::warning(&format!("report room {name} matches no account of the fleet, so it is told of none"));
    }
}
