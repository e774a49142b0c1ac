//! What could not be read.

use crate::model::digest::{AccountDigest, Item, Level, Section};
use crate::model::{Location, Pass, Report};
use crate::report::text::coverage::{Blindness, blindness, word};
use crate::report::text::names::listed;
use crate::report::text::standing::Standing;

use super::chapters::section;

/// The account's gaps, those of one reason together.
pub(super) fn items(pass: &Pass) -> Vec<Item> {
    let gaps = blindness(pass);
    let mut items: Vec<Item> = gaps.iter().map(|gap| item(says(pass, gap), gap.locations.len())).collect();
    if items.is_empty() && pass.is_incomplete() {
        items.push(item("part of the way to a room could not be read".to_owned(), 1));
    }
    items
}

fn item(text: String, count: usize) -> Item {
    Item { level: Level::Unknown, text, subjects: Vec::new(), count, noun: "location", new: None }
}

fn says(pass: &Pass, gap: &Blindness<'_>) -> String {
    let first = gap.detail.split("; ").next().unwrap_or_default();
    let place = match Standing::of(pass) {
        Standing::Unread if gap.locations.len() == pass.coverage.len() => {
            "nothing of it could be read".to_owned()
        }
        _ => format!("not read in full: {}", places(&gap.locations)),
    };
    format!("{place} ({}): {first}", word(gap.state))
}

fn places(locations: &[Location]) -> String {
    let names: Vec<String> = locations.iter().map(Location::to_string).collect();
    listed(&names)
}

/// Every gap with all that is known of it.
pub(super) fn sections(report: &Report, accounts: &[AccountDigest]) -> Vec<Section> {
    let line =
        |gap: &Blindness<'_>| format!("{} in {}: {}", word(gap.state), places(&gap.locations), gap.detail);
    let told = |pass: &Pass| blindness(pass).iter().map(|gap| line(gap).into()).collect();
    accounts.iter().filter_map(|account| section(report, account, told)).collect()
}
