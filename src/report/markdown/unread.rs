//! What could not be read and why, same reasons together.

use crate::model::Report;
use crate::report::text::counts::counted;
use crate::report::text::coverage::word;
use crate::report::text::names::listed;
use crate::report::unread::{Unread, reasons};

use super::escape::{code, words};
use super::page::{Page, Part};

/// How many accounts are named for one reason.
const MOST_NAMES: usize = 12;

pub(super) fn show(report: &Report, page: &mut Page) {
    let part = Part {
        head: "### ❔ Not read\n\n".to_owned(),
        items: reasons(report).iter().map(item).collect(),
        tail: "\n".to_owned(),
        more: |count| format!("- … and {}\n", counted(count, "more reason")),
    };
    page.list(15, part);
}

/// One line: how it was refused, whose it is, and in what words.
fn item(unread: &Unread<'_>) -> String {
    let accounts = unread.accounts();
    let mut names: Vec<String> =
        accounts.iter().take(MOST_NAMES).map(|(pass, _)| code(&pass.account.name)).collect();
    names.extend((accounts.len() > MOST_NAMES).then(|| format!("{} more", accounts.len() - MOST_NAMES)));
    let places = match accounts.as_slice() {
        [(_, locations)] => {
            let locations: Vec<String> = locations.iter().map(ToString::to_string).collect();
            format!(" · {}", listed(&locations))
        }
        accounts => format!(" ({})", counted(accounts.len(), "account")),
    };
    format!("- **{}**: {}{places}: {}\n", word(unread.state), listed(&names), words(unread.why))
}
