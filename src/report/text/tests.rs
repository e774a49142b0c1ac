//! What people read, as golden files.

use super::*;
use crate::model::extent::Stop;
use crate::model::{
    Action, Check, Condition, ConditionStatus, ConditionType, CoverageState, Kind, Mode, Outcome,
};
use crate::report::fixtures::{self, *};

const TERMINAL: Style = Style { color: false, hyperlinks: false, width: 100, verbose: 0 };

fn golden(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn a_fleet_that_is_fine_is_a_few_lines() {
    golden("all_fine", &render(&all_fine(), &TERMINAL));
}

#[test]
fn a_report_of_a_part_says_of_which_and_what_is_next_is_about_that_part() {
    let text = render(&narrowed(), &TERMINAL);
    let head = "acme, plan: 1 of 4 accounts looked at (--account dev): it is heard and in sync.\n";
    assert!(text.contains(head), "{text}");
    assert!(render_table(&narrowed(), &TERMINAL).contains(head));
    let mut due = narrowed();
    due.passes[0] = due.passes[0].clone().change(Action::Create, Kind::Topic, "us-east-1", "foghorn-deploys");
    let text = render(&due, &TERMINAL);
    assert!(text.contains("next: run `foghorn apply --account dev -f …` to make this change\n"), "{text}");
}

#[test]
fn a_plan_of_more_changes_than_one_run_may_make_is_not_to_be_applied_as_it_is() {
    let mut due = narrowed();
    for name in ["one", "two"] {
        due.passes[0] = due.passes[0].clone().change(Action::Create, Kind::Topic, "us-east-1", name);
    }
    let next = |most: Option<usize>| {
        let mut due = due.clone();
        due.metadata.max_changes = most;
        render(&due, &Style { width: 0, ..TERMINAL })
    };
    for most in [None, Some(2)] {
        assert!(next(most).contains("to make these 2 changes\n"), "{most:?}: {}", next(most));
    }
    let over = next(Some(1));
    let told = "next: `foghorn apply` would change nothing: the plan has 2 changes and spec.guard.maxChanges allows 1: ";
    assert!(over.contains(told) && !over.contains("to make these"), "{over}");
}

#[test]
fn a_run_that_was_stopped_says_so_first_and_is_to_be_run_again() {
    let mut report = applied();
    report.metadata.stopped = Some(Stop::Signal);
    for pass in &mut report.passes {
        pass.changes.iter_mut().for_each(|change| change.outcome = Outcome::Skipped);
    }
    let text = render(&report, &TERMINAL);
    assert!(text.starts_with("acme, apply: stopped by a signal before it was done: "), "{text}");
    let next = "next: run `foghorn apply -f …` again: it goes on where this run was stopped\n";
    assert!(text.contains(next) && !text.contains("mend what failed"), "{text}");
}

#[test]
fn what_was_not_read_is_not_called_free_of_findings_changes_and_news() {
    let figures = |report: Report| {
        let mut report = compared_with(report, &[]);
        report.comparison.iter_mut().for_each(|comparison| comparison.resolved.clear());
        let text = render(&report, &TERMINAL);
        let figure = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(&format!("  {name} "))).unwrap_or_default();
            line.rsplit(": ").next().unwrap_or_default().trim_start().to_owned()
        };
        (figure("findings"), figure("changes"), figure("since"))
    };
    let (good, bad) = (|| fine("111111111111", "dev"), || fine("222222222222", "prod"));
    let states = [CoverageState::Denied, CoverageState::Unreachable, CoverageState::Skipped];
    for state in states {
        let unread = figures(report(Mode::Plan, vec![bad().unseen_everywhere(state, "no")]));
        let unknown = "nothing was read".to_owned();
        assert_eq!(unread, (unknown.clone(), unknown.clone(), unknown), "{state:?}");
        let (findings, changes, since) =
            figures(report(Mode::Apply, vec![good(), bad().unseen_everywhere(state, "no")]));
        assert!(findings.ends_with("none in what was read"), "{state:?}: {findings}");
        assert!(changes.ends_with("none were due in what was read"), "{state:?}: {changes}");
        assert_eq!(since, "nothing new in what was read", "{state:?}");
    }
    let (findings, changes, since) = figures(report(Mode::Plan, vec![good(), bad()]));
    assert!(findings.ends_with(" none") && changes.ends_with(" none due"), "{findings}, {changes}");
    assert_eq!(since, "nothing new");
}

#[test]
fn where_no_answer_came_the_next_step_tells_a_region_that_is_off_from_a_network_that_is() {
    let next = |detail: &str| {
        let pass = fine("111111111111", "dev").unseen("us-east-1", CoverageState::Unreachable, detail);
        render(&report(Mode::Plan, vec![pass]), &Style { width: 0, ..TERMINAL })
    };
    let off = next("read us-east-1: no (the Region is not switched on in the account: switch it on)");
    let leave_out = "next: where a Region is not switched on, take it out of that account's `regions`";
    let network =
        "next: where AWS was unreachable, see to the reason that stands there, and that AWS's endpoints";
    assert!(off.contains(leave_out) && !off.contains(network), "{off}");
    let silent = next("list services: connection refused");
    assert!(silent.contains(network) && !silent.contains(leave_out), "{silent}");
}

#[test]
fn every_kind_of_trouble_is_told_where_it_is() {
    golden("mixed", &render(&mixed(), &TERMINAL));
}

#[test]
fn the_same_report_fits_a_narrow_terminal() {
    let text = render(&mixed(), &Style { width: 60, ..TERMINAL });
    golden("mixed_narrow", &text);
    let breakable = |line: &&str| line.trim_start().contains(' ') && line.chars().count() > 60;
    let too_long: Vec<&str> = text.lines().filter(breakable).collect();
    assert!(too_long.iter().all(|line| line.split(' ').any(|word| word.len() > 40)), "{too_long:#?}");
}

#[test]
fn colour_marks_what_is_good_bad_and_doubtful() {
    golden("mixed_color", &render(&mixed(), &Style { color: true, ..TERMINAL }));
}

#[test]
fn verbose_shows_every_name_hop_and_note() {
    golden("mixed_verbose", &render(&mixed(), &Style { verbose: 1, ..TERMINAL }));
}

#[test]
fn what_is_new_is_marked_and_the_rest_has_its_age() {
    golden("compared", &render(&compared(), &TERMINAL));
    golden("compared_verbose", &render(&compared(), &Style { verbose: 1, ..TERMINAL }));
}

#[test]
fn what_left_the_fleet_is_counted_and_not_called_resolved() {
    let text = render(&compared(), &Style { width: 200, ..TERMINAL });
    assert!(text.contains("2 resolved, 1 not seen again, 1 left the fleet\n"), "{text}");
    assert!(!text.contains("prod/legacy"), "{text}");
}

#[test]
fn a_run_without_news_says_so() {
    let mut report = compared();
    if let Some(comparison) = &mut report.comparison {
        (comparison.new, comparison.still) = (0, 0);
        comparison.resolved.clear();
        comparison.unseen.clear();
        comparison.left.clear();
    }
    let text = render(&report, &TERMINAL);
    assert!(
        text.contains(
            "since     2026-11-20 09:00 UTC (run 01KAG4JQ000000000000000000): nothing new in what was read\n"
        ),
        "{text}"
    );
    assert!(!text.contains("resolved"), "{text}");
}

#[test]
fn after_an_apply_each_change_says_what_became_of_it() {
    golden("applied", &render(&applied(), &TERMINAL));
}

#[test]
fn a_thousand_findings_of_one_kind_fit_a_screen() {
    let text = render(&thousand_breakers(), &TERMINAL);
    assert!(text.lines().count() <= 24, "{text}");
    golden("thousand_breakers", &text);
}

#[test]
fn verbose_names_all_thousand_services() {
    let text = render(&thousand_breakers(), &Style { verbose: 1, ..TERMINAL });
    assert_eq!(text.matches("service-").count(), 1000);
}

#[test]
fn forty_alike_changes_are_told_once() {
    golden("remediated_breakers", &render(&remediated_breakers(), &TERMINAL));
}

#[test]
fn the_question_before_an_apply_shows_the_changes_alone() {
    golden("plan", &render_plan(&mixed().passes, &TERMINAL));
}

#[test]
fn a_plan_without_changes_says_so() {
    assert_eq!(render_plan(&all_fine().passes, &TERMINAL), "Foghorn has nothing to change.\n");
}

#[test]
fn an_account_without_pipelines_is_not_said_to_be_heard() {
    let breakers_only = fixtures::pass("111111111111", "dev", &["us-east-1"]);
    let text = render(&report(Mode::Plan, vec![breakers_only]), &TERMINAL);
    assert!(text.contains("the only account is in sync."), "{text}");
    assert!(!text.contains("heard and in sync."), "{text}");
}

#[test]
fn the_order_of_findings_makes_no_difference() {
    let turned = |mut report: Report| {
        report.passes.iter_mut().for_each(|pass| pass.findings.reverse());
        report
    };
    assert_eq!(render(&turned(mixed()), &TERMINAL), render(&mixed(), &TERMINAL));
}

#[test]
fn without_a_width_no_line_is_wrapped() {
    let text = render(&mixed(), &Style { width: 0, ..TERMINAL });
    let why = "rename the pipeline, or tag the topic to hand it over";
    assert!(
        text.lines().any(|line| line.contains("! Topic foghorn-deploys") && line.ends_with(why)),
        "{text}"
    );
}

#[test]
fn ten_thousand_accounts_are_rendered() {
    let passes = (0..10_000).map(|index| {
        let pass = fixtures::fine(&format!("{index:012}"), &format!("member-{index}"));
        if index % 2 == 0 { pass.breaker_off("us-east-1", "prod/web") } else { pass }
    });
    let text = render(&report(Mode::Plan, passes.collect()), &TERMINAL);
    assert!(text.contains("5000 of 10000 accounts are heard and in sync; 5000 have drift or findings."));
    assert_eq!(text.matches("x breakerDisabled prod/web").count(), 5_000);
}

#[test]
fn an_account_that_denies_all_is_told_in_one_place() {
    let text = render(&mixed(), &Style { width: 0, ..TERMINAL });
    let (_, logs) = text.split_once("logs 444444444444\n").expect("the account");
    let (logs, _) = logs.split_once("\n\n").expect("its end");
    assert!(logs.starts_with("  ? denied in ap-northeast-2, us-east-1 and global: assume role"), "{logs}");
    assert_eq!(logs.lines().count(), 1, "{logs}");
}

#[test]
fn what_is_known_to_be_wrong_stands_before_what_could_not_be_read() {
    let text = render(&mixed(), &TERMINAL);
    let at = |name: &str| text.find(&format!("\n{name} ")).expect("the account");
    assert!(at("bank") < at("data") && at("data") < at("logs") && at("logs") < at("= dev"), "{text}");
}

#[test]
fn a_plan_of_which_nothing_may_be_made_says_so() {
    let bank: Vec<_> = mixed().passes.into_iter().filter(|pass| pass.account.name == "bank").collect();
    let text = render_plan(&bank, &TERMINAL);
    assert!(text.starts_with("Foghorn will change nothing. What is due it must leave alone:\n"), "{text}");
    assert!(text.ends_with("\n2 withheld (?).\n"), "{text}");
}

#[test]
fn many_gaps_of_one_location_are_folded() {
    let gaps: Vec<String> =
        (0..30).map(|index| format!("list services of cluster c{index}: Rate exceeded")).collect();
    let pass =
        fixtures::fine("111111111111", "dev").unseen("us-east-1", CoverageState::Partial, &gaps.join("; "));
    let report = report(Mode::Plan, vec![pass]);
    let text = render(&report, &Style { width: 0, ..TERMINAL });
    assert!(text.contains("cluster c4: Rate exceeded\n        … and 25 more (-v shows all)\n"), "{text}");
    assert!(render(&report, &Style { verbose: 1, ..TERMINAL }).contains("cluster c29"));
}

#[test]
fn a_table_has_a_row_for_every_account_and_fits_the_terminal() {
    golden("mixed_table", &render_table(&mixed(), &TERMINAL));
    golden("compared_table", &render_table(&compared(), &TERMINAL));
    let narrow = render_table(&mixed(), &Style { width: 80, ..TERMINAL });
    let rows: Vec<&str> = narrow.lines().take_while(|line| !line.is_empty()).collect();
    assert!(rows.iter().all(|row| row.chars().count() <= 80), "{narrow}");
    for pass in mixed().passes {
        let word = pass.account.id.to_string();
        assert!(narrow.contains(&word), "{word}: {narrow}");
    }
}

#[test]
fn a_table_breaks_no_id_and_no_heading_on_a_narrow_terminal() {
    let narrow = render_table(&compared(), &Style { width: 60, ..TERMINAL });
    let rows: Vec<&str> = narrow.lines().take_while(|line| !line.is_empty()).collect();
    assert!(rows.iter().all(|row| row.chars().count() <= 60), "{narrow}");
    let headings = ["ACCOUNT", "READ", "BREAKERS", "BUILT", "HEARD", "ALARMS", "FINDINGS", "NEW"];
    let words: Vec<&str> = rows[0].split_whitespace().collect();
    assert_eq!(words, headings, "{narrow}");
    for pass in compared().passes {
        assert!(narrow.contains(pass.account.id.as_str()), "{narrow}");
    }
}

#[test]
fn a_table_tells_what_was_not_asked_for_from_what_nobody_can_tell() {
    let condition = |kind, reason: &'static str| Condition {
        kind,
        status: ConditionStatus::Unknown,
        reason: reason.into(),
        message: String::new(),
        last_transition_time: time::macros::datetime!(2026-11-21 09:00 UTC),
    };
    let mut report = mixed();
    report.passes.retain(|pass| pass.account.name == "logs");
    report.passes[0].conditions = vec![
        condition(ConditionType::BreakersOn, Condition::NOT_REQUIRED),
        condition(ConditionType::PipelineReady, Condition::NO_PIPELINE),
        condition(ConditionType::Heard, "NotAllRead"),
    ];
    let table = render_table(&report, &TERMINAL);
    let row: Vec<&str> = table.lines().nth(1).unwrap_or_default().split_whitespace().collect();
    assert_eq!(row, ["logs", "444444444444", "?", "-", "-", "?", "?", "?", "-"], "{table}");
}

#[test]
fn accounts_that_are_refused_for_alike_reasons_are_told_once() {
    let refused = |index: usize| {
        let id = format!("{}", 100_000_000_001 + index);
        let why = format!("assume role arn:aws:iam::{id}:role/foghorn: AccessDenied: no");
        fixtures::pass(&id, &format!("team-{index:02}"), &["us-east-1", "global"])
            .unseen_everywhere(CoverageState::Denied, &why)
    };
    let report = report(Mode::Plan, (0..37).map(refused).collect());
    let text = render(&report, &TERMINAL);
    assert_eq!(text.matches("AccessDenied").count(), 1, "{text}");
    assert!(text.contains("37 accounts\n") && text.contains("team-00, team-01,"), "{text}");
    let verbose = render(&report, &Style { verbose: 1, ..TERMINAL });
    assert_eq!(verbose.matches("AccessDenied").count(), 37, "{verbose}");
}

#[test]
fn what_is_wrong_links_to_its_page_where_the_terminal_can() {
    let text = render(&mixed(), &Style { hyperlinks: true, ..TERMINAL });
    let links = text.matches("\u{1b}]8;;https://").count();
    assert!(links > 0 && links * 2 == text.matches("\u{1b}]8;;").count(), "{text}");
}

#[test]
fn a_check_is_explained_in_full_and_all_of_them_in_a_table() {
    golden("explanation", &render_explanation(Check::MetricNonZero, &TERMINAL));
    golden("explanations", &render_explanations(&TERMINAL));
}
