//! What a reviewer reads below a pull request.

use proptest::prelude::*;

use super::*;
use crate::report::fixtures::{
    all_fine, applied, hostile, mixed, narrowed, pass, remembered, report, thousand_breakers,
};

fn assert_snapshot(name: &str, report: &Report) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!(name, render(report, COMMENT));
    });
}

#[test]
fn what_is_new_and_who_must_act_comes_first() {
    assert_snapshot("remembered_markdown", &remembered());
}

#[test]
fn a_report_of_a_part_says_so_in_its_head() {
    let text = render(&narrowed(), COMMENT);
    assert!(text.starts_with("## ✅ acme: 1 of 4 accounts looked at (--account dev): it is heard"), "{text}");
}

#[test]
fn what_could_not_be_read_is_told_with_its_reason_and_alike_reasons_once() {
    let text = render(&mixed(), COMMENT);
    let section = text.split("### ❔ Not read\n\n").nth(1).unwrap_or_default();
    assert!(
        section.starts_with("- **denied**: `logs` · ap-northeast-2, us-east-1 and global: assume role"),
        "{text}"
    );
    assert!(section.contains("- **throttled**: `data` · us-east-1: list clusters: Throttling"), "{text}");
    let refused = |id: &str, name: &str| {
        let why = format!("assume role arn:aws:iam::{id}:role/foghorn: AccessDenied");
        pass(id, name, &["us-east-1"]).unseen_everywhere(CoverageState::Denied, &why)
    };
    let two = report(Mode::Plan, vec![refused("111111111111", "a"), refused("222222222222", "b")]);
    let text = render(&two, COMMENT);
    assert_eq!(text.matches("AccessDenied").count(), 1, "{text}");
    assert!(text.contains("- **denied**: `a` and `b` (2 accounts): "), "{text}");
}

#[test]
fn conflicts_and_withheld_changes_are_not_called_due() {
    let text = render(&mixed(), COMMENT);
    let row = text.lines().find(|line| line.starts_with("| `shop`")).unwrap_or_default();
    assert!(row.contains("| 1, 1 in conflict, 1 withheld |"), "{row}");
}

#[test]
fn an_apply_says_what_it_did_and_what_failed() {
    assert_snapshot("applied_markdown", &applied());
}

#[test]
fn a_fleet_that_is_fine_is_a_few_lines() {
    let text = render(&all_fine(), COMMENT);
    assert!(text.starts_with("## ✅ acme: both accounts are heard and in sync."), "{text}");
    assert!(text.lines().count() < 15, "{text}");
}

#[test]
fn a_page_is_never_longer_than_it_may_be_and_says_what_it_left_out() {
    for most in [2_000, 8_000, COMMENT, JOB_SUMMARY] {
        for report in [mixed(), thousand_breakers(), hostile()] {
            let text = render(&report, most);
            assert!(text.len() <= most, "{} bytes of {most}", text.len());
        }
    }
    let text = render(&thousand_breakers(), COMMENT);
    assert!(text.contains("Folded to fit into 65536 bytes"), "{text}");
    assert!(text.contains("- … and "), "{text}");
}

#[test]
fn every_block_that_is_opened_is_closed_however_much_is_left_out() {
    for most in [2_000, 4_000, 8_000, 16_000, COMMENT] {
        let text = render(&hostile(), most);
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count(), "{most}");
    }
}

/// The text without code spans, fenced blocks and escaped characters: what is
/// left is Markdown that means something.
fn alive(markdown: &str) -> String {
    let mut alive = String::new();
    let mut rest = markdown;
    while let Some(start) = rest.find(['`', '\\']) {
        alive.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some(after) = rest.strip_prefix('\\') {
            rest = after.char_indices().nth(1).map_or("", |(index, _)| &after[index..]);
            continue;
        }
        let fence = rest.len() - rest.trim_start_matches('`').len();
        let inside = &rest[fence..];
        let end =
            closing(inside, fence).unwrap_or_else(|| panic!("a span of {fence} never ends: {rest:.80}"));
        rest = &inside[end + fence..];
    }
    without_our_links(&(alive + rest))
}

/// The text without the addresses of links, each of which is one of the console.
fn without_our_links(text: &str) -> String {
    let mut parts = text.split("](<");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| {
        let (address, after) = part.split_once(">)").expect("an address that ends");
        let host = address.split('/').nth(2).unwrap_or_default();
        assert!(host.ends_with(".console.aws.amazon.com"), "{address}");
        kept + "]" + after
    })
}

/// Where a run of exactly so many backticks begins.
fn closing(text: &str, fence: usize) -> Option<usize> {
    let mut index = 0;
    while let Some(start) = text[index..].find('`') {
        let start = index + start;
        let run = text[start..].len() - text[start..].trim_start_matches('`').len();
        if run == fence {
            return Some(start);
        }
        index = start + run;
    }
    None
}

fn assert_harmless(text: &str) {
    let alive = alive(text);
    for sign in [
        "@here",
        "@channel",
        "user@",
        "https://example",
        "www.example",
        "](https://example",
        "<script",
        "<img",
        "<!--",
        " #12",
    ] {
        assert!(!alive.contains(sign), "{sign} is alive in {alive}");
    }
}

#[test]
fn nothing_that_others_wrote_comes_alive() {
    assert_harmless(&render(&hostile(), JOB_SUMMARY));
}

proptest! {
    #[test]
    fn no_text_at_all_comes_alive(text in "[\\PC\n`<>@#\\\\|\\]\\[()]{0,60}") {
        let pass = crate::report::fixtures::pass("111111111111", &text, &["us-east-1"])
            .breaker_off("us-east-1", &text)
            .finding(Severity::Warning, Check::AlarmMuted, "us-east-1", &text, &format!("{text}@here <script"));
        assert_harmless(&render(&report(Mode::Plan, vec![pass]), COMMENT));
    }
}

use crate::model::{Check, CoverageState, Severity};
