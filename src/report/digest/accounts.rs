//! The accounts of which there is something to tell, worst first.

use std::cmp::Reverse;

use crate::model::digest::{AccountDigest, Item, Level, Part};
use crate::model::{Pass, Report};

use super::{changes, findings, unread};

/// How many things of one account are told before the details.
const MOST_ITEMS: usize = 6;

/// What is told of each account, if anything is.
pub(super) fn worst_first(report: &Report, part: &Part) -> Vec<AccountDigest> {
    let is_compared = report.comparison.is_some();
    let told = report.passes.iter().filter_map(|pass| of(pass, part, is_compared));
    let mut accounts: Vec<AccountDigest> = told.collect();
    accounts.sort_by(|one, other| order(one).cmp(&order(other)));
    accounts
}

fn order(one: &AccountDigest) -> impl Ord + '_ {
    (one.level, Reverse(one.new), Reverse(one.count), &one.account.name, &one.account.id)
}

fn of(pass: &Pass, part: &Part, is_compared: bool) -> Option<AccountDigest> {
    let mut items = findings::items(pass, part, is_compared);
    let (count, new) = (sum(&items, |item| item.count), sum(&items, |item| item.new.unwrap_or(0)));
    items.extend(unread::items(pass));
    items.extend(changes::items(pass, part));
    items.sort_by(|one, other| item_order(one).cmp(&item_order(other)));
    let level = items.first()?.level;
    let more = sum(items.get(MOST_ITEMS..).unwrap_or_default(), |item| item.count);
    items.truncate(MOST_ITEMS);
    Some(AccountDigest { account: pass.account.clone(), level, items, more, count, new })
}

fn item_order(item: &Item) -> impl Ord + '_ {
    (item.level, Reverse(item.new), Reverse(item.count), &item.text)
}

fn sum(items: &[Item], figure: impl Fn(&Item) -> usize) -> usize {
    items.iter().map(figure).sum()
}

/// The accounts whose worst is this bad.
pub(super) fn at(accounts: &[AccountDigest], level: Level) -> Vec<&AccountDigest> {
    accounts.iter().filter(|account| account.level == level).collect()
}
