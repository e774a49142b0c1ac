//! The tags that the user adds to what Foghorn makes.

use std::collections::BTreeMap;

use super::Verdict;
use super::names;

/// How many tags the user may add. AWS takes 50 on a thing, and Foghorn and
/// others need some.
const MOST: usize = 40;

/// Keys that are not the user's to set.
const RESERVED: [&str; 2] = ["aws:", "foghorn.dev/"];

pub(super) fn check(tags: &BTreeMap<String, String>, verdict: &mut Verdict) {
    if tags.len() > MOST {
        verdict.error("spec.tags", format!("{} tags are given: at most {MOST} are allowed", tags.len()));
    }
    for (key, value) in tags {
        let path = format!("spec.tags.{key}");
        verdict.text(&path, text(key, "tag key", 1, 128));
        verdict.text(&path, text(value, "tag value", 0, 256));
        if let Some(prefix) = RESERVED.iter().find(|prefix| key.to_lowercase().starts_with(**prefix)) {
            verdict.error(&path, format!("keys that begin with `{prefix}` are reserved"));
        }
    }
}

/// The letters are those that every service takes (AWS General Reference,
/// tagging your AWS resources).
fn text(text: &str, what: &str, shortest: usize, longest: usize) -> Result<(), String> {
    let allowed = |letter: char| letter.is_alphanumeric() || letter == ' ' || "_.:/=+-@".contains(letter);
    names::of(text, what, shortest, longest, allowed, "letters, digits, spaces and any of _.:/=+-@")
}
