//! What is kept, what is compared with it, and what is deleted.

use super::*;
use crate::model::{Check, Pass};
use crate::store::fixtures::{pass, report, run_id, store};

const IRELAND: &str = "eu-west-1";

fn dev() -> Pass {
    pass("111111111111", &[IRELAND])
}

fn broken() -> Pass {
    dev().with(Check::BreakerDisabled, IRELAND, "web")
}

fn whole() -> Scope {
    Scope::default()
}

fn part() -> Scope {
    Scope { chosen_places: true, ..Scope::default() }
}

async fn save(store: &Store, report: &Report, scope: &Scope) {
    store.save(report, scope).await.expect("a store that works");
}

/// The hour of the run that the run of this hour is compared with.
async fn compared_with(store: &Store, hour: u8) -> Option<String> {
    let mut report = report(hour, vec![dev()]);
    store.compare(&mut report, &whole()).await.expect("a store that works");
    report.comparison.map(|comparison| comparison.previous.run)
}

async fn hours(store: &Store) -> Vec<String> {
    let history = store.history().await.expect("a history");
    history.into_iter().map(|name| name.run).collect()
}

#[tokio::test]
async fn the_first_run_of_a_fleet_has_nothing_to_be_compared_with() {
    let mut first = report(1, vec![broken()]);
    store(5).compare(&mut first, &whole()).await.expect("an empty store");
    assert_eq!((first.comparison.is_some(), &first.passes[0].findings[0].age), (false, &None));
}

#[tokio::test]
async fn a_report_is_read_back_as_it_was_with_its_news() {
    let store = store(5);
    save(&store, &report(1, vec![broken()]), &whole()).await;
    let mut second = report(2, vec![dev()]);
    store.compare(&mut second, &whole()).await.expect("a comparison");
    save(&store, &second, &whole()).await;
    assert_eq!(store.find(None).await, Ok(second.clone()));
    assert_eq!(store.find(Some(&run_id(2).to_lowercase())).await, Ok(second));
    assert_eq!(store.find(Some(&run_id(1))).await, Ok(report(1, vec![broken()])));
    let missing = store.find(Some("01K")).await.expect_err("no such run").to_string();
    assert_eq!(missing, "there is no report of run 01K in file:.foghorn");
}

#[tokio::test]
async fn a_run_that_ends_after_a_later_one_does_not_hide_it() {
    let store = store(5);
    save(&store, &report(5, vec![dev()]), &whole()).await;
    save(&store, &report(3, vec![dev()]), &whole()).await;
    assert_eq!(compared_with(&store, 6).await, Some(run_id(5)));
}

#[tokio::test]
async fn a_part_of_the_fleet_and_a_removal_are_kept_and_nothing_is_compared_with_them() {
    let store = store(5);
    save(&store, &report(1, vec![dev()]), &whole()).await;
    save(&store, &report(2, vec![dev()]), &part()).await;
    let mut removal = report(3, vec![dev()]);
    removal.metadata.mode = Mode::Destroy;
    store.compare(&mut removal, &whole()).await.expect("a comparison");
    assert_eq!(removal.comparison, None);
    save(&store, &removal, &whole()).await;
    assert_eq!(compared_with(&store, 4).await, Some(run_id(1)));
    assert_eq!(store.find(None).await, Ok(removal));
    assert_eq!(hours(&store).await, [1, 2, 3].map(run_id));
}

#[tokio::test]
async fn a_run_of_which_nobody_was_told_takes_no_news_from_anybody() {
    let store = store(5);
    save(&store, &report(1, vec![dev()]), &whole()).await;
    let unannounced = Scope { unannounced: true, ..Scope::default() };
    save(&store, &report(2, vec![broken()]), &unannounced).await;
    assert_eq!(compared_with(&store, 3).await, Some(run_id(1)));
}

#[tokio::test]
async fn what_a_later_run_took_the_place_of_goes_also_where_nobody_was_told_of_it() {
    let store = store(5);
    let unannounced = Scope { unannounced: true, ..Scope::default() };
    for (hour, scope) in [(1, whole()), (2, unannounced)] {
        save(&store, &report(hour, vec![dev()]), &scope).await;
        store.forget(&run_id(hour)).await.expect("a store that works");
    }
    assert_eq!(hours(&store).await, [""; 0]);
}

#[tokio::test]
async fn what_is_told_once_more_is_of_the_whole_fleet() {
    let store = store(5);
    save(&store, &report(1, vec![dev()]), &whole()).await;
    save(&store, &report(2, vec![dev()]), &part()).await;
    assert_eq!(store.find_whole(None).await, Ok(report(1, vec![dev()])));
    assert!(store.find_whole(Some(&run_id(2))).await.is_err());
}

#[tokio::test]
async fn a_report_that_a_later_one_took_the_place_of_can_be_forgotten() {
    let store = store(5);
    save(&store, &report(1, vec![dev()]), &whole()).await;
    save(&store, &report(2, vec![dev()]), &whole()).await;
    store.forget(&run_id(1)).await.expect("a store that works");
    assert_eq!(hours(&store).await, [run_id(2)]);
}

#[tokio::test]
async fn so_many_runs_are_kept_and_the_last_whole_one_always() {
    let store = store(3);
    for hour in 1..=5 {
        save(&store, &report(hour, vec![dev()]), &whole()).await;
    }
    assert_eq!(hours(&store).await, [3, 4, 5].map(run_id));
    for hour in 6..=9 {
        save(&store, &report(hour, vec![dev()]), &part()).await;
    }
    assert_eq!(hours(&store).await, [5, 7, 8, 9].map(run_id));
    assert_eq!(compared_with(&store, 10).await, Some(run_id(5)));
}

#[tokio::test]
async fn a_damaged_report_is_said_and_the_next_run_begins_anew() {
    let store = store(5);
    let name = RunName { run: run_id(1), aside: false, untold: false }.object();
    store.objects.create(&name, b"garbage".to_vec()).await.expect("an object");
    let mut second = report(2, vec![broken()]);
    let error = store.compare(&mut second, &whole()).await.expect_err("garbage").to_string();
    assert!(error.contains(&name) && error.contains("can't be understood"), "{error}");
    assert_eq!(second, report(2, vec![broken()]));
    save(&store, &second, &whole()).await;
    assert_eq!(compared_with(&store, 3).await, Some(run_id(2)));
}

#[tokio::test]
async fn a_report_of_a_newer_foghorn_is_told_from_a_damaged_one() {
    let store = store(5);
    let name = RunName { run: run_id(1), aside: false, untold: false }.object();
    let mut bytes = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut bytes, br#"{"format":2,"content":"of another shape"}"#).expect("bytes");
    store.objects.create(&name, bytes.finish().expect("bytes")).await.expect("an object");
    let error = store.compare(&mut report(2, Vec::new()), &whole()).await.expect_err("newer");
    assert!(error.is_newer(), "{error}");
}

#[tokio::test]
async fn what_others_put_into_the_folder_is_left_alone() {
    let store = store(1);
    store.objects.create("runs/notes.txt", b"ours".to_vec()).await.expect("an object");
    for hour in 1..=3 {
        save(&store, &report(hour, vec![dev()]), &whole()).await;
    }
    assert_eq!(hours(&store).await, [run_id(3)]);
    assert_eq!(store.objects.get("runs/notes.txt").await, Ok(Some(b"ours".to_vec())));
}

#[tokio::test]
async fn the_line_of_the_past_holds_whole_runs_up_to_one_and_leaves_out_what_is_damaged() {
    let store = store(9);
    for hour in [1, 2, 4, 6] {
        save(&store, &report(hour, vec![broken()]), &whole()).await;
    }
    save(&store, &report(3, vec![dev()]), &part()).await;
    let name = RunName { run: run_id(5), aside: false, untold: false }.object();
    store.objects.create(&name, b"garbage".to_vec()).await.expect("an object");
    let moments = store.moments(&run_id(5)).await.expect("a history");
    let line: Vec<(String, usize)> = moments.into_iter().map(|moment| (moment.run, moment.error)).collect();
    assert_eq!(line, [1, 2, 4].map(|hour| (run_id(hour), 1)));
}
