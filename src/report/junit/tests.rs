//! What a test runner is told.

use proptest::prelude::*;

use super::*;
use crate::model::{CoverageState, Mode};
use crate::report::exit::{ExitCode, exit_code};
use crate::report::fixtures::{all_fine, applied, fine, hostile, mixed, narrowed, report};

fn text(report: &Report) -> String {
    render(report).expect("a report")
}

fn counts(report: &Report) -> (usize, usize, usize) {
    let document = Document::deserialize_from_str(&text(report)).expect("JUnit XML");
    (document.tests, document.failures, document.errors)
}

#[test]
fn the_whole_form_is_kept() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!("mixed_junit", text(&mixed()));
        insta::assert_snapshot!("applied_junit", text(&applied()));
    });
}

#[test]
fn a_document_about_a_part_of_the_fleet_is_named_so() {
    let text = text(&narrowed());
    assert!(text.contains("name=\"foghorn acme: 1 of 4 accounts looked at (--account dev)\""), "{text}");
}

#[test]
fn a_run_passes_as_a_test_where_its_exit_code_is_clean() {
    for report in [all_fine(), mixed(), applied(), hostile()] {
        let (tests, failures, errors) = counts(&report);
        assert!(tests > 0);
        assert_eq!(failures + errors == 0, exit_code(&report) == ExitCode::Clean);
        assert_eq!(errors > 0, exit_code(&report) == ExitCode::Incomplete);
    }
}

#[test]
fn what_was_not_tried_is_skipped_and_the_run_is_not_green_for_it() {
    let pass = fine("111111111111", "dev").unseen("us-east-1", CoverageState::Skipped, "stopped");
    let text = text(&report(Mode::Plan, vec![pass]));
    assert!(text.contains("skipped=\"1\""), "{text}");
}

#[test]
fn a_text_of_others_is_read_back_as_it_was_less_what_xml_cannot_hold() {
    let document = Document::deserialize_from_str(&text(&hostile())).expect("JUnit XML");
    for (suite, pass) in document.test_suites.iter().zip(&hostile().passes) {
        let name = plain(&pass.account.name, LONGEST);
        let (id, named) = (&pass.account.id, suite.name.as_str());
        // Attributes hold a line feed as a space (XML 1.0, 3.3.3).
        assert_eq!(named.replace('\n', " "), format!("{name} ({id})").replace('\n', " "));
    }
}

proptest! {
    #[test]
    fn no_text_at_all_breaks_the_document(text in "[\\PC<>\"'&\\]\n]{0,60}") {
        let pass = crate::report::fixtures::pass("111111111111", &text, &["us-east-1"])
            .breaker_off("us-east-1", &format!("{text}]]><testcase/>"))
            .broken(&text, &text, "us-east-1", "rule", &text);
        let (tests, failures, errors) = counts(&report(Mode::Plan, vec![pass]));
        prop_assert_eq!((tests, failures, errors), (3, 2, 0));
    }
}
