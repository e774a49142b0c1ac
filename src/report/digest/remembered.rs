//! What the last report had and this one has not.

use std::collections::BTreeMap;

use crate::model::AccountId;
use crate::model::digest::{Detail, Part, Section};
use crate::model::news::Remembered;

use super::chapters::{MOST_LINES, more};
use super::findings::name;

/// What is remembered and told, by account.
pub(super) fn sections(remembered: &[Remembered], part: &Part) -> Vec<Section> {
    let mut accounts: BTreeMap<(&str, &AccountId), Vec<&Remembered>> = BTreeMap::new();
    for one in remembered.iter().filter(|one| part.tells(one.finding.severity)) {
        accounts.entry((&one.account.name, &one.account.id)).or_default().push(one);
    }
    accounts.into_values().filter_map(|all| of(&all)).collect()
}

fn of(all: &[&Remembered]) -> Option<Section> {
    let account = all.first()?.account.clone();
    let line = |one: &&Remembered| format!("{}: {}", one.finding.check, name(&one.finding)).into();
    let mut details: Vec<Detail> = all.iter().take(MOST_LINES).map(line).collect();
    details.extend((all.len() > MOST_LINES).then(|| more(all.len() - MOST_LINES).into()));
    Some(Section { account, details })
}
