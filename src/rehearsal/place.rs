//! Whether a pipeline stands where an event arises: the account, its labels,
//! the Region.

use crate::fleet::spec::Pipeline;
use crate::model::Account;
use crate::model::rehearsal::NotTaken;

use super::Why;
use super::way::Ground;

/// The event's account, if the pipeline is built there.
///
/// # Errors
/// Why it is not.
pub(super) fn check<'a>(ground: &Ground<'a>, pipeline: &Pipeline) -> Result<&'a Account, Why> {
    let (event, fleet) = (ground.event, ground.fleet);
    let Some(account) = ground.accounts.get(&event.account) else {
        let excluded = if fleet.spec.organization.is_some() { ", which excludes it" } else { "" };
        let message = format!("account {} is not one of the fleet's{excluded}", event.account);
        return Err((NotTaken::AccountNotInFleet, message));
    };
    selected(ground, pipeline, account)?;
    if !account.regions.contains(&event.region) {
        let regions: Vec<&str> = account.regions.iter().map(|region| region.as_str()).collect();
        let message = format!(
            "{} is not a Region of the fleet in {}, which has {}",
            event.region,
            named(account),
            regions.join(", ")
        );
        return Err((NotTaken::RegionNotInFleet, message));
    }
    Ok(account)
}

fn selected(ground: &Ground<'_>, pipeline: &Pipeline, account: &Account) -> Result<(), Why> {
    if pipeline.selector.selects(account) {
        return Ok(());
    }
    let wanted: Vec<String> = pipeline
        .selector
        .labels
        .iter()
        .filter(|(key, value)| account.labels.get(*key) != Some(value))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let wanted = format!("`match` asks for {}", wanted.join(" and "));
    if may_have_more_labels(ground, pipeline, account) {
        let message = format!(
            "{wanted}, and whether {} has that tag is known to AWS Organizations alone: list it under spec.accounts \
             with its labels to try it",
            named(account)
        );
        return Err((NotTaken::LabelsUnknown, message));
    }
    Err((NotTaken::AccountNotSelected, format!("{wanted}, and {} has {}", named(account), labels(account))))
}

/// Whether every label that is lacking may come from the organisation.
fn may_have_more_labels(ground: &Ground<'_>, pipeline: &Pipeline, account: &Account) -> bool {
    let Some(organization) = &ground.fleet.spec.organization else { return false };
    let mut lacking =
        pipeline.selector.labels.iter().filter(|(key, value)| account.labels.get(*key) != Some(value));
    lacking.all(|(key, _)| !account.labels.contains_key(key) && organization.labels_from_tags.contains(key))
}

fn labels(account: &Account) -> String {
    let labels: Vec<String> = account.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if labels.is_empty() { "no label".to_owned() } else { labels.join(", ") }
}

/// `account dev (111111111111)`, or the id alone where it has no other name.
pub(super) fn named(account: &Account) -> String {
    if account.name == account.id.as_str() {
        return format!("account {}", account.id);
    }
    format!("account {} ({})", account.name, account.id)
}
