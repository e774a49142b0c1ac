//! The report for test runners, as JUnit XML: a suite an account; a case each
//! location's coverage, each pipeline there, each check that found something,
//! and the changes that are due. A case fails where the exit code says drift,
//! and errs where something could not be read.

mod cases;

#[cfg(test)]
mod tests;

use quick_junit::{Report as Document, SerializeError, TestCase, TestSuite};

use crate::model::{Pass, Report};

use super::plain::plain;
use super::text::extent;

/// The longest text of a case, in characters.
const LONGEST: usize = 4_000;

/// The report as JUnit XML, in the form that Jenkins describes (its xUnit
/// plug-in, junit-10.xsd). The same report gives the same bytes.
pub fn render(report: &Report) -> Result<String, SerializeError> {
    let extent = extent::of(report);
    let extent = if extent.is_empty() { extent } else { format!(": {extent}") };
    let name = format!("foghorn {}{extent}", report.metadata.fleet);
    let mut document = Document::new(plain(&name, LONGEST));
    let took = (report.metadata.finished_at - report.metadata.started_at).try_into();
    document.set_time(took.unwrap_or_default());
    document.add_test_suites(report.passes.iter().map(suite));
    Ok(conforming(&document.to_string()?))
}

/// The schema counts what was skipped in each suite, and not in all of them.
/// The document's own element comes first, and an attribute's value holds no
/// quotation mark.
fn conforming(document: &str) -> String {
    let Some((before, rest)) = document.split_once(" skipped=\"") else { return document.to_owned() };
    let after = rest.split_once('"').map_or("", |(_, after)| after);
    format!("{before}{after}")
}

fn suite(pass: &Pass) -> TestSuite {
    let name = plain(&pass.account.name, LONGEST);
    let mut suite = TestSuite::new(format!("{name} ({})", pass.account.id));
    suite.add_test_cases(cases::of(pass).into_iter().map(|case| named(case, &name)));
    suite
}

/// A case under its account and location, which test runners show as a class.
fn named(case: cases::Case, account: &str) -> TestCase {
    let mut shown = TestCase::new(case.name, case.status);
    shown.set_classname(format!("{account}.{}", case.location));
    if let Some(text) = case.note {
        shown.set_system_out(plain(&text, LONGEST));
    }
    shown
}
