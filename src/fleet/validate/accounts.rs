//! The static accounts, their Regions, and the accounts of the guard.

use std::collections::{BTreeMap, BTreeSet};

use super::Verdict;
use crate::fleet::spec::Fleet;
use crate::model::{AccountId, Partition, Region};

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    if fleet.spec.accounts.is_empty() && fleet.spec.organization.is_none() {
        verdict.error("spec", "the fleet has no accounts: list them in accounts, or set organization");
    }
    duplicates(fleet, verdict);
    fleet_regions(fleet, verdict);
    own_regions(fleet, verdict);
    guard(fleet, verdict);
}

fn duplicates(fleet: &Fleet, verdict: &mut Verdict) {
    let mut first: BTreeMap<&AccountId, usize> = BTreeMap::new();
    for (index, entry) in fleet.spec.accounts.iter().enumerate() {
        if let Some(first) = first.get(&entry.id) {
            verdict.error(
                format!("spec.accounts[{index}].id"),
                format!("account {} is listed already, as spec.accounts[{first}]", entry.id),
            );
        } else {
            first.insert(&entry.id, index);
        }
        if entry.name.as_deref() == Some("") {
            verdict.error(format!("spec.accounts[{index}].name"), "the name is empty: leave it out");
        }
    }
}

/// The fleet's Regions are judged once, not in every account that has them.
fn fleet_regions(fleet: &Fleet, verdict: &mut Verdict) {
    let spec = &fleet.spec;
    twice("spec.regions", &spec.regions, verdict);
    let inherited = spec.organization.is_some() || spec.accounts.iter().any(|entry| entry.regions.is_none());
    if inherited {
        one_partition("spec.regions", &spec.regions, verdict);
    }
    if spec.organization.is_some() && spec.regions.is_empty() {
        verdict.error("spec.organization", "discovered accounts have no Regions: list them in spec.regions");
    }
}

fn own_regions(fleet: &Fleet, verdict: &mut Verdict) {
    for (index, entry) in fleet.spec.accounts.iter().enumerate() {
        if fleet.regions_of(entry).is_empty() {
            verdict.error(
                format!("spec.accounts[{index}]"),
                format!("account {} has no Regions: list them here or in spec.regions", entry.id),
            );
        }
        if let Some(regions) = &entry.regions {
            let path = format!("spec.accounts[{index}].regions");
            twice(&path, regions, verdict);
            one_partition(&path, regions, verdict);
        }
    }
}

fn twice(path: &str, regions: &[Region], verdict: &mut Verdict) {
    let mut seen = BTreeSet::new();
    for (index, region) in regions.iter().enumerate() {
        if !seen.insert(region) {
            verdict.error(format!("{path}[{index}]"), format!("{region} is listed twice"));
        }
    }
}

fn one_partition(path: &str, regions: &[Region], verdict: &mut Verdict) {
    let partitions: BTreeSet<Partition> = regions.iter().map(Region::partition).collect();
    if partitions.len() > 1 {
        let names: Vec<_> = partitions.iter().map(|partition| partition.as_str()).collect();
        verdict.error(
            path,
            format!("an account lives in one partition, but these Regions are of {}", names.join(" and ")),
        );
    }
}

/// An account to be spared that is not in the fleet is probably mistyped, which
/// leaves another unguarded. A discovered one can't be known yet.
fn guard(fleet: &Fleet, verdict: &mut Verdict) {
    if fleet.spec.organization.is_some() {
        return;
    }
    let known: BTreeSet<_> = fleet.spec.accounts.iter().map(|entry| &entry.id).collect();
    for (index, id) in fleet.spec.guard.deny.iter().enumerate() {
        if !known.contains(id) {
            verdict.warning(
                format!("spec.guard.deny[{index}]"),
                format!("account {id} is not in this fleet, so there is nothing to guard"),
            );
        }
    }
}
