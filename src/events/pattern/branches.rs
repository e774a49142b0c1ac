//! One alternative of a pattern, and whether an event satisfies it.

use std::collections::BTreeMap;

use super::fields::{Fields, Membership};
use super::matcher::Matcher;

/// Required fields by their path; each is satisfied by any of its matchers.
pub(super) type Branch = BTreeMap<String, Vec<Matcher>>;

/// Whether every required field has a value that satisfies it, chosen so that
/// no two values come from different elements of the same array.
pub(super) fn matches(branch: &Branch, fields: &Fields<'_>) -> bool {
    let mut constrained = Vec::new();
    for (path, matchers) in branch {
        let candidates = candidates(path, matchers, fields);
        if candidates.is_empty() {
            return false;
        }
        if candidates.iter().all(|membership| !membership.is_empty()) {
            constrained.push(candidates);
        }
    }
    independent_groups(constrained).into_iter().all(|mut group| {
        group.sort_by_key(Vec::len);
        consistent(&group, &Membership::new())
    })
}

/// The places in arrays where the field has a satisfying value. Absence, and a
/// value outside any array, put no constraint on other fields.
fn candidates(path: &str, matchers: &[Matcher], fields: &Fields<'_>) -> Vec<Membership> {
    let found = fields.get(path).map_or(&[][..], Vec::as_slice);
    if found.is_empty() && matchers.iter().any(Matcher::accepts_absence) {
        return vec![Membership::new()];
    }
    let mut places: Vec<Membership> = found
        .iter()
        .filter(|field| matchers.iter().any(|matcher| matcher.accepts(field.value)))
        .map(|field| field.membership.clone())
        .collect();
    places.dedup();
    places
}

/// Splits the required fields into groups that share no array, so that the
/// search below never multiplies choices that cannot contradict each other.
fn independent_groups(fields: Vec<Vec<Membership>>) -> Vec<Vec<Vec<Membership>>> {
    let mut groups: Vec<Vec<Vec<Membership>>> = Vec::new();
    for field in fields {
        let (joined, apart): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|other| share_array(other, &field)));
        let mut merged: Vec<Vec<Membership>> = joined.into_iter().flatten().collect();
        merged.push(field);
        groups = apart;
        groups.push(merged);
    }
    groups
}

fn share_array(left: &[Membership], right: &[Membership]) -> bool {
    left.iter().any(|places| right.iter().any(|others| places.keys().any(|array| others.contains_key(array))))
}

fn consistent(fields: &[Vec<Membership>], chosen: &Membership) -> bool {
    let Some((field, rest)) = fields.split_first() else { return true };
    field.iter().any(|places| {
        let agrees = places.iter().all(|(array, index)| chosen.get(array).is_none_or(|other| other == index));
        agrees && {
            let mut together = chosen.clone();
            together.extend(places);
            consistent(rest, &together)
        }
    })
}
