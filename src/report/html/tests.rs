//! What a browser is given. What it makes of it is tested in a real one.

use proptest::prelude::*;
use serde_json::json;
use time::macros::datetime;

use super::*;
use crate::model::{Action, Check, CoverageState, Kind, Mode, Severity};
use crate::report::fixtures::{
    HOSTILE, all_fine, fine, hostile, mixed, narrowed, pass, remembered, report, thousand_breakers,
};

fn page(report: &Report) -> String {
    render(report, &[], None).expect("a page")
}

/// The page without its style and script, which are files of their own, and
/// the policy, which has their hashes.
fn body(report: &Report, history: &[Moment]) -> String {
    let page = render(report, history, None).expect("a page");
    page.replace(STYLE, "…").replace(SCRIPT, "…").replace(&escaped_policy(), "…")
}

fn escaped_policy() -> String {
    policy::policy(STYLE, SCRIPT).replace('\'', "&#x27;").replace('/', "&#x2f;")
}

fn moments() -> Vec<Moment> {
    (1..9_usize)
        .map(|day| Moment {
            run: format!("run-{day}"),
            mode: Mode::Plan,
            finished_at: datetime!(2026-11-10 09:00 UTC) + time::Duration::days(day as i64),
            accounts: 8,
            error: 20 - day,
            warning: day % 3,
            heard: 10 + day,
            broken: 8 - day,
            unknown: 1,
            unread: usize::from(day == 4),
        })
        .collect()
}

#[test]
fn the_whole_form_is_kept() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!("remembered_html", body(&remembered(), &moments()));
    });
}

#[test]
fn a_page_about_a_part_of_the_fleet_says_so_in_its_answer() {
    let page = page(&narrowed());
    let answer = "1 of 4 accounts looked at (--account dev): the only account would be heard.";
    assert!(page.contains(&format!("<h1 id=\"answer\">{answer}</h1>")), "{}", &page[..9000]);
}

#[test]
fn conflicts_and_withheld_changes_have_figures_of_their_own() {
    let page = page(&mixed());
    for figure in ["<b>12</b> changes due", "<b>1</b> in conflict", "<b>4</b> withheld"] {
        assert!(page.contains(figure), "{figure}");
    }
}

#[test]
fn the_answer_comes_first() {
    assert!(page(&all_fine()).contains("<h1 id=\"answer\">All 2 accounts would be heard.</h1>"));
    let page = page(&mixed());
    assert!(
        page.contains("<h1 id=\"answer\">3 of 8 accounts would be heard; 1 could not be read.</h1>"),
        "{}",
        &page[..9000]
    );
}

#[test]
fn whoever_must_act_reads_what_the_findings_say_before_what_their_check_means() {
    let deny = "a statement that someone else put into its policy denies it";
    let muted = |id: &str, name: &str, message: &str| {
        fine(id, name).finding(Severity::Error, Check::PathBroken, "us-east-1", "deploys", message)
    };
    let alike = |id: &str, name: &str| muted(id, name, &format!("in account {id}: {deny}"));
    let passes = vec![
        alike("111111111111", "dev"),
        alike("222222222222", "prod"),
        muted("333333333333", "shop", "the rule is DISABLED"),
    ];
    let page = page(&report(Mode::Plan, passes));
    let act =
        page.split("id=\"act\"").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap_or_default();
    let at = |text: &str| act.find(text).unwrap_or_else(|| panic!("{text} in {act}"));
    assert!(at(deny) < at("(2 alike)") && at("(2 alike)") < at("the rule is DISABLED"));
    assert!(at("the rule is DISABLED") < at("What to do."));
    assert_eq!(act.matches(deny).count(), 1, "{act}");
}

#[test]
fn a_page_of_what_was_not_read_calls_nothing_free_of_findings_and_changes() {
    let (dev, prod) = (fine("111111111111", "dev"), fine("222222222222", "prod"));
    let denied = prod.unseen_everywhere(CoverageState::Denied, "no");
    let part = page(&report(Mode::Plan, vec![dev, denied.clone()]));
    assert!(part.contains("Nothing was found in what was read.") && part.contains("None in what was read."));
    let none = page(&report(Mode::Plan, vec![denied]));
    assert_eq!(none.matches("Unknown: nothing was read.").count(), 2);
    for page in [part, none] {
        assert!(!page.contains("AWS is as the fleet file says"));
    }
    assert!(page(&all_fine()).contains("None. AWS is as the fleet file says."));
}

#[test]
fn every_account_and_location_has_its_cell() {
    let body = body(&mixed(), &[]);
    for name in ["dev", "prod", "shop", "logs", "data", "ai", "bank", "web"] {
        assert!(body.contains(&format!("<span class=\"name\">{name}</span>")), "{name}");
    }
}

#[test]
fn what_hides_most_comes_first_in_what_could_not_be_read_and_the_rest_is_counted() {
    let dev = pass("111111111111", "dev", &["us-east-1", "eu-west-1"]);
    let partly = (0..60).map(|index| {
        let reason = format!("list clusters of group {index}");
        pass(&format!("3{index:011}"), "part", &["us-east-1", "eu-west-1"]).unseen(
            "us-east-1",
            CoverageState::Partial,
            &reason,
        )
    });
    let blind = pass("999999999999", "blind", &["us-east-1"]);
    let passes = partly.chain([
        dev.unseen("us-east-1", CoverageState::Denied, "a service control policy forbids it"),
        blind.unseen("us-east-1", CoverageState::Unreachable, "no answer came at all"),
    ]);
    let body = body(&report(Mode::Plan, passes.collect()), &[]);
    let section = &body[body.find("<section id=\"unread\"").expect("a section")..];
    let at = |text: &str| section.find(text).unwrap_or_else(|| panic!("{text}: {section}"));
    assert!(at("no answer came at all") < at("a service control policy forbids it"));
    assert!(at("a service control policy forbids it") < at("list clusters of group"));
    assert!(section.contains("And for 12 more reasons, which the JSON report has."), "{section}");
}

#[test]
fn what_left_the_fleet_is_a_line_and_not_called_resolved() {
    let body = body(&remembered(), &[]);
    assert!(body.contains("the last report had 1 finding in accounts or Regions that are no longer part"));
    assert!(!body.contains("prod/legacy"));
    assert!(!body.contains("more reason"), "nothing is left out here");
}

#[test]
fn a_path_is_drawn_with_the_hop_that_stops_it() {
    let body = body(&mixed(), &[]);
    let hop = body.find("<li class=\"hop bad\">").expect("a hop that stops");
    assert!(body[hop..].contains("nobody hears of it"), "{}", &body[hop..hop + 500]);
}

#[test]
fn nothing_may_run_or_be_fetched_but_the_page_s_own_script() {
    let page = page(&mixed());
    assert!(page.contains(&escaped_policy()), "{}", &page[..2000]);
    for forbidden in [
        "<link rel=\"stylesheet",
        "<script src",
        "<iframe",
        "<img",
        "@import",
        " onclick=",
        " onload=",
        " style=\"",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let is_local = |end: &&str| !end.starts_with("http://") && !end.starts_with("//");
    assert!(page.split("src=\"").skip(1).all(|end| is_local(&end)));
}

#[test]
fn without_earlier_runs_nothing_is_drawn_of_them() {
    assert!(!body(&mixed(), &[]).contains("class=\"history\""));
    let own = Moment::of(&mixed());
    assert!(!body(&mixed(), &[own]).contains("class=\"history\""), "a run is not its own history");
    assert!(body(&mixed(), &moments()).contains("Errors in the last 9 runs: 19 at first, 11 now"));
}

#[test]
fn a_live_page_loads_itself_again_and_says_when_the_next_sweep_is() {
    let next_sweep = Some(datetime!(2026-11-21 09:05 UTC));
    let live = Live { refresh_seconds: 30, next_sweep, notes: Vec::new() };
    let page = render(&mixed(), &[], Some(live)).expect("a page");
    assert!(page.contains("<body data-refresh=\"30\">"));
    assert!(page.contains("next sweep 2026-11-21 09:05 UTC"));
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\" content=\"30\"></noscript>"));
}

#[test]
fn a_live_page_says_what_is_the_matter_with_the_service_and_no_markup_of_others() {
    let notes = vec!["unknown field `<img src=x>`".to_owned()];
    let live = Live { refresh_seconds: 30, next_sweep: None, notes };
    let page = render(&mixed(), &[], Some(live)).expect("a page");
    assert!(page.contains("<li>unknown field `&lt;img src=x&gt;`</li>"));
    assert!(page.contains("a sweep is under way"));
}

/// Whatever the page holds that is not ours begins no element and ends none.
fn assert_harmless(page: &str) {
    let ours = page.replace(STYLE, "").replace(SCRIPT, "");
    assert_eq!(ours.matches("<script").count(), 2, "the data and the script");
    assert_eq!(ours.matches("</script").count(), 2);
    for sign in ["<img", "<!--", "onerror=alert(1)>", "alert(1)</", "javascript:"] {
        assert!(!ours.contains(sign), "{sign}");
    }
}

#[test]
fn nothing_that_others_wrote_comes_alive() {
    let page = page(&hostile());
    assert_harmless(&page);
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "what was written is still to be read");
    assert!(page.contains("{{ policy }}"), "a template of others is a text");
    assert!(!page.contains(['\u{202e}', '\u{1b}']), "nothing steers how it is shown");
    assert!(page.contains("🚨 경보") && HOSTILE.len() > 10);
}

proptest! {
    #[test]
    fn no_text_at_all_comes_alive(text in "[\\PC<>\"'&/\n]{0,60}") {
        let hostile = format!("{text}<script>{text}</script>");
        let pass = pass("111111111111", &hostile, &["us-east-1"])
            .label(&hostile, &hostile)
            .breaker_off("us-east-1", &hostile)
            .broken(&hostile, &hostile, "us-east-1", "rule", &hostile);
        assert_harmless(&page(&report(Mode::Plan, vec![pass])));
    }
}

#[test]
fn a_page_has_a_bound_whatever_is_in_the_report() {
    let text = |index: usize| format!("<{index}>{}", "결\"&".repeat(400));
    let passes = (0..2_000).map(|index| {
        let text = text(index);
        pass(&format!("3{index:011}"), &text, &["us-east-1", "eu-west-1"])
            .label("team", &text)
            .unseen("eu-west-1", CoverageState::Partial, &text)
            .finding(Severity::Error, Check::NameTaken, "us-east-1", &format!("a{text}"), &format!("b{text}"))
            .finding(Severity::Error, Check::NameTaken, "eu-west-1", &format!("c{text}"), &format!("d{text}"))
            .change(Action::Update, Kind::Rule, "us-east-1", &text)
            .field("/description", json!(text), json!("x"))
            .because(&text)
            .broken(&text, &text, "us-east-1", "rule", &text)
    });
    let page = page(&report(Mode::Plan, passes.collect()));
    assert!(page.len() < 10_000_000, "{} bytes", page.len());
    let is_counted = !page.contains("\"hidden_findings\":0");
    assert!(page.contains("\"hidden_findings\":") && is_counted, "what was left out is counted");
}

#[test]
fn a_long_list_stands_in_the_page_as_data_and_not_as_rows() {
    let page = page(&thousand_breakers());
    assert!(page.matches("<li class=\"finding").count() <= 50);
    assert!(page.contains("950 more findings follow."), "the rest is said");
    assert!(page.len() < 200_000, "{} bytes", page.len());
}
