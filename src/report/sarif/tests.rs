//! What code scanning is told.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::report::fixtures::{applied, hostile, mixed, remembered, thousand_breakers};

fn log(report: &Report) -> Value {
    serde_json::from_str(&render(report).expect("a report")).expect("JSON")
}

fn results(report: &Report) -> Vec<Value> {
    log(report)["runs"][0]["results"].as_array().expect("results").clone()
}

#[test]
fn the_whole_form_is_kept() {
    let mut log = log(&remembered());
    // The rules are our own words, which change with them.
    log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("rules").truncate(1);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!("remembered_sarif", serde_json::to_string_pretty(&log).expect("JSON"));
    });
}

#[test]
fn every_finding_is_a_result_of_the_rule_that_is_named() {
    let log = log(&mixed());
    let rules = &log["runs"][0]["tool"]["driver"]["rules"];
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), mixed().passes.iter().map(|pass| pass.findings.len()).sum::<usize>());
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn a_finding_has_the_same_fingerprint_in_every_run_and_no_other_has_it() {
    let fingerprints = |report: &Report| -> Vec<Value> {
        results(report).iter().map(|result| result["partialFingerprints"]["foghorn/v1"].clone()).collect()
    };
    let mut later = mixed();
    for finding in later.passes.iter_mut().flat_map(|pass| &mut pass.findings) {
        finding.message.push_str(", as before");
    }
    assert_eq!(fingerprints(&mixed()), fingerprints(&later));
    let all = fingerprints(&thousand_breakers());
    let different: BTreeSet<String> = all.iter().map(Value::to_string).collect();
    assert_eq!(different.len(), all.len());
}

#[test]
fn two_breaks_of_one_pipeline_have_fingerprints_that_do_not_depend_on_each_other() {
    let broken = |hops: &[&str]| {
        let pass = crate::report::fixtures::pass("111111111111", "dev", &["us-east-1"]);
        let pass = hops.iter().fold(pass, |pass, hop| {
            let proof = [("brokenAt", json!(hop))];
            pass.proven(Severity::Error, Check::PathBroken, "us-east-1", ("deploys", "it stops"), &proof)
        });
        let results = results(&crate::report::fixtures::report(crate::model::Mode::Plan, vec![pass]));
        results.iter().map(|one| one["partialFingerprints"]["foghorn/v1"].to_string()).collect::<Vec<_>>()
    };
    let (both, only) = (broken(&["rule", "target"]), broken(&["target"]));
    assert_eq!(both.len(), 2);
    assert!(both.contains(&only[0]), "{only:?} once {both:?}");
}

#[test]
fn what_is_new_is_told_only_where_an_earlier_report_is_known() {
    assert!(results(&mixed()).iter().all(|result| result.get("baselineState").is_none()));
    let states: BTreeSet<String> =
        results(&remembered()).iter().map(|result| result["baselineState"].to_string()).collect();
    assert_eq!(states.into_iter().collect::<Vec<_>>(), ["\"new\"", "\"unchanged\""]);
}

#[test]
fn what_could_not_be_read_is_a_notification_and_not_silence() {
    let log = log(&mixed());
    let notifications = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let texts = notifications.to_string();
    assert!(texts.contains("logs (444444444444), global could not be read in full: assume role"), "{texts}");
    assert!(texts.contains("data (555555555555), us-east-1"), "{texts}");
}

#[test]
fn a_message_holds_no_link_and_no_placeholder_of_others() {
    assert_harmless(&hostile());
}

fn assert_harmless(report: &Report) {
    for result in results(report) {
        let text = result["message"]["text"].as_str().expect("a text").to_owned();
        assert!(!text.replace("\\]", "").contains("]("), "{text}");
        let braces = text.replace("{{", "").replace("}}", "");
        assert!(!braces.contains(['{', '}']), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_at_all_becomes_a_link_or_a_placeholder(text in "[\\PC{}\\[\\]()\\\\\n]{0,60}") {
        let pass = crate::report::fixtures::pass("111111111111", &text, &["us-east-1"])
            .finding(Severity::Error, Check::NameTaken, "us-east-1", &text, &format!("{text}[a](b){text}"));
        assert_harmless(&crate::report::fixtures::report(crate::model::Mode::Plan, vec![pass]));
    }
}

#[test]
fn a_clean_run_has_no_result_and_every_rule() {
    let log = log(&applied());
    assert_eq!(log["runs"][0]["results"], json!([]));
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(Check::ALL.len()));
}
