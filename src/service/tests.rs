//! The loop, with time that passes only where it waits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use time::macros::datetime;

use super::*;
use crate::aws::watch::{Attempt, CallOutcome, CallWatcher};
use crate::model::report::Metadata;
use crate::model::{Account, AccountId, Mode, Outcome, Pass};
use crate::reconcile::Judged;
use crate::report::fixtures::mixed_with_conditions as mixed;

const MINUTE: Duration = Duration::from_secs(60);

/// What happens, in order, and when: whole seconds since the beginning.
type Diary = Arc<Mutex<Vec<(u64, String)>>>;

/// Work that is told beforehand how it goes.
struct Script {
    diary: Diary,
    begun: Instant,
    observer: Arc<Observer>,
    /// How long a look takes.
    takes: Duration,
    /// Sweeps that fail, from the first.
    failing: usize,
    /// Rounds after which one account is worth another look.
    unsettled: usize,
    /// Whether the fleet file can be used.
    is_usable: bool,
}

impl Script {
    fn note(&self, what: &str) {
        let mut diary = self.diary.lock().unwrap();
        diary.push((self.begun.elapsed().as_secs(), what.to_owned()));
    }
}

impl Work for Script {
    async fn reload(&mut self) -> Result<(), Fault> {
        self.note("reload");
        if self.is_usable { Ok(()) } else { Err("it is broken".into()) }
    }

    async fn look(&mut self, due: &Due) -> Result<Report, Fault> {
        self.note(match due {
            Due::Sweep => "sweep",
            Due::Accounts(_) => "again",
        });
        tokio::time::sleep(self.takes).await;
        if self.failing > 0 {
            self.failing -= 1;
            return Err("there are no credentials".into());
        }
        let mut report = mixed();
        if let Due::Accounts(accounts) = due {
            report.passes.retain(|pass| accounts.contains(&pass.account.id));
        }
        for pass in &report.passes {
            let is_worth_another_pass = self.unsettled > 0 && pass.account.id == first();
            let summary = pass.account.clone();
            let account =
                Account { id: summary.id, name: summary.name, labels: summary.labels, regions: Vec::new() };
            let judged = Judged { pass: pass.clone(), hub: None, is_worth_another_pass };
            crate::controller::Watcher::finished(&*self.observer, &account, &judged);
        }
        self.unsettled = self.unsettled.saturating_sub(1);
        Ok(Report::of(metadata(), report.passes, report.summary.calls.by_operation))
    }

    async fn conclude(&mut self, report: Report, _: &Due) -> Concluded {
        self.note(&format!("conclude {}", report.passes.len()));
        Concluded { report, trouble: None }
    }
}

fn first() -> AccountId {
    mixed().passes[0].account.id.clone()
}

fn metadata() -> Metadata {
    Metadata {
        fleet: "acme".into(),
        run: "01".into(),
        mode: Mode::Plan,
        started_at: datetime!(2026-11-21 09:00 UTC),
        finished_at: datetime!(2026-11-21 09:01 UTC),
        version: "0.1.0".into(),
        narrowed_to: None,
        stopped: None,
        max_changes: None,
    }
}

/// A service on a script, and what is needed to look at it from outside.
struct Stage {
    service: Service<Script>,
    diary: Diary,
    drain: CancellationToken,
    requests: mpsc::Sender<()>,
    live: Arc<Live>,
    metrics: Arc<Metrics>,
    path: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

fn stage(change: impl FnOnce(&mut Script)) -> Stage {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fleet.yaml");
    std::fs::write(&path, "one").expect("a file");
    let now = Instant::now();
    let live = Arc::new(Live::new(10 * MINUTE, now));
    let metrics = Arc::new(Metrics::new("0.1.0"));
    let observer = Arc::new(Observer::new(Arc::clone(&live), Arc::clone(&metrics)));
    let diary = Diary::default();
    let mut work = Script {
        diary: Arc::clone(&diary),
        begun: now,
        observer: Arc::clone(&observer),
        takes: Duration::from_secs(10),
        failing: 0,
        unsettled: 0,
        is_usable: true,
    };
    change(&mut work);
    let (sender, requests) = mpsc::channel(1);
    let drain = CancellationToken::new();
    let service = Service {
        work,
        schedule: Schedule::new(15 * MINUTE, Box::new(|| 0.5), now),
        file: WatchedFile::new(path.clone()),
        live: Arc::clone(&live),
        metrics: Arc::clone(&metrics),
        observer,
        requests,
        drain: drain.clone(),
        clock: || datetime!(2026-11-21 09:00 UTC),
    };
    Stage { service, diary, drain, requests: sender, live, metrics, path, _folder: folder }
}

impl Stage {
    /// Lets the service work for so long, while something else happens, then
    /// ends it and gives its diary.
    async fn played(self, time: Duration, meanwhile: impl Future<Output = ()>) -> Vec<(u64, String)> {
        let running = self.service.run();
        let ending = async {
            tokio::join!(tokio::time::sleep(time), meanwhile);
            self.drain.cancel();
        };
        tokio::join!(running, ending);
        self.diary.lock().unwrap().clone()
    }
}

fn at(diary: &[(u64, String)], what: &str) -> Vec<u64> {
    diary.iter().filter(|(_, one)| one == what).map(|(second, _)| *second).collect()
}

#[tokio::test(start_paused = true)]
async fn every_account_is_looked_at_at_the_beginning_and_at_every_interval() {
    let stage = stage(|_| {});
    let diary = stage.played(40 * MINUTE, async {}).await;
    assert_eq!(at(&diary, "sweep"), [0, 900, 1800]);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_fails_is_looked_at_sooner_and_the_report_is_of_the_whole_fleet() {
    let stage = stage(|script| script.unsettled = 2);
    let live = Arc::clone(&stage.live);
    let diary = stage.played(10 * MINUTE, async {}).await;
    // Half a minute after the sweep's end, then a minute after that one's.
    assert_eq!((at(&diary, "sweep"), at(&diary, "again")), (vec![0], vec![40, 110]));
    let whole = mixed().passes.len();
    assert_eq!(at(&diary, &format!("conclude {whole}")), [10, 50, 120]);
    assert_eq!(live.report().map(|report| report.passes.len()), Some(whole));
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_comes_to_nothing_is_said_and_tried_again_with_backoff() {
    let stage = stage(|script| script.failing = 2);
    let (live, metrics) = (Arc::clone(&stage.live), Arc::clone(&stage.metrics));
    let looked = async {
        tokio::time::sleep(MINUTE / 2).await;
        assert_eq!(live.status().trouble.as_deref(), Some("there are no credentials"));
        assert!(live.report().is_none());
    };
    let diary = stage.played(10 * MINUTE, looked).await;
    assert_eq!(at(&diary, "sweep"), [0, 40, 110]);
    assert_eq!(live.status().trouble, None);
    assert!(metrics.render().contains("foghorn_sweeps_total{outcome=\"failed\"} 2"), "{}", metrics.render());
}

#[test]
fn a_wait_is_told_in_whole_seconds_and_never_as_none() {
    for (millis, told) in [(0, 1), (1, 1), (999, 1), (1000, 1), (1001, 2), (29_500, 30), (60_000, 60)] {
        assert_eq!(whole_seconds(Duration::from_millis(millis)), Duration::from_secs(told), "{millis}ms");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_for_a_sweep_gets_one_at_once() {
    let stage = stage(|_| {});
    let requests = stage.requests.clone();
    let asked = async {
        tokio::time::sleep(5 * MINUTE).await;
        requests.try_send(()).expect("a place for a request");
    };
    assert_eq!(at(&stage.played(6 * MINUTE, asked).await, "sweep"), [0, 300]);
}

#[tokio::test(start_paused = true)]
async fn a_new_fleet_file_is_taken_up_and_every_account_looked_at() {
    let stage = stage(|_| {});
    let path = stage.path.clone();
    let written = async {
        tokio::time::sleep(5 * MINUTE).await;
        std::fs::write(&path, "two").expect("a file");
    };
    let diary = stage.played(6 * MINUTE, written).await;
    let reloaded = at(&diary, "reload");
    assert_eq!(at(&diary, "sweep")[1..], reloaded);
    assert!((301..=306).contains(&reloaded[0]), "{diary:?}");
}

#[tokio::test(start_paused = true)]
async fn a_broken_fleet_file_keeps_the_one_before_it_and_says_so() {
    let stage = stage(|script| script.is_usable = false);
    let (path, live, metrics) = (stage.path.clone(), Arc::clone(&stage.live), Arc::clone(&stage.metrics));
    let written = async {
        tokio::time::sleep(5 * MINUTE).await;
        std::fs::write(&path, "two").expect("a file");
    };
    let diary = stage.played(16 * MINUTE, written).await;
    assert_eq!((at(&diary, "reload").len(), at(&diary, "sweep")), (1, vec![0, 900]));
    assert_eq!(live.status().fleet_problem.as_deref(), Some("it is broken"));
    let shown = metrics.render();
    assert!(shown.contains("foghorn_fleet_file_valid 0"), "{shown}");
    assert!(shown.contains("foghorn_fleet_reloads_total{outcome=\"refused\"} 1"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn what_is_in_hand_at_the_end_is_finished_and_nothing_else_begun() {
    let stage = stage(|script| script.takes = 5 * MINUTE);
    let diary = stage.played(MINUTE, async {}).await;
    let whole = mixed().passes.len();
    assert_eq!(diary, [(0, "sweep".to_owned()), (300, format!("conclude {whole}"))]);
}

#[test]
fn a_report_on_some_accounts_is_merged_into_that_of_all() {
    let before = mixed();
    let mut pass = before.passes[0].clone();
    pass.findings.clear();
    let new = Report::of(
        Metadata { run: "02".into(), ..metadata() },
        vec![pass],
        [("ecs:ListClusters".into(), 7)].into(),
    );
    let merged = merge::merged(&before, new);
    assert_eq!(merged.passes.len(), before.passes.len());
    assert!(merged.passes[0].findings.is_empty());
    assert_eq!(merged.passes[1..], before.passes[1..]);
    assert_eq!((merged.metadata.run.as_str(), merged.summary.calls.total), ("02", 7));
    assert_eq!(merged.summary.accounts, before.summary.accounts);
}

#[test]
fn what_an_earlier_sweep_has_made_is_no_change_of_a_later_look() {
    let mut before = mixed();
    let (again, kept) = (before.passes[0].clone(), &mut before.passes[1..]);
    let changes: usize = kept.iter().map(|pass| pass.changes.len()).sum();
    assert!(changes > 0);
    for change in kept.iter_mut().flat_map(|pass| &mut pass.changes) {
        change.outcome = Outcome::Applied;
    }
    let new = Report::of(metadata(), vec![Pass { changes: Vec::new(), ..again }], [].into());
    assert_eq!(merge::merged(&before, new).summary.changes.applied, 0);
}

#[test]
fn what_led_to_a_failure_is_told_with_it() {
    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);
    assert_eq!(told(&Outer(std::io::Error::other("inner"))), "outer: inner");
}

/// Metrics of which each was counted once.
fn counted() -> Metrics {
    let metrics = Metrics::new("0.1.0");
    metrics.looked(&Due::Sweep, &mixed(), MINUTE);
    metrics.looked(&Due::Accounts(BTreeSet::from([first()])), &mixed(), MINUTE);
    metrics.told("slack", true);
    let (outcome, took) = (CallOutcome::Throttled, Duration::from_millis(30));
    metrics.attempted(&Attempt { service: "ecs", operation: "ListClusters", outcome, took });
    metrics
}

#[test]
fn figures_that_belong_together_are_never_seen_in_part() {
    let metrics = Metrics::new("0.1.0");
    let both = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        let rendered = scope.spawn(|| {
            both.wait();
            metrics.render()
        });
        metrics.at_once(|| {
            metrics.reloaded(false);
            both.wait();
            // Time enough for a rendering that waits for nobody.
            std::thread::sleep(Duration::from_millis(50));
            metrics.rest(7);
        });
        let rendered = rendered.join().expect("a text");
        for line in ["foghorn_fleet_file_valid 0", "foghorn_accounts_requeued 7"] {
            assert!(rendered.lines().any(|one| one == line), "{line}\n{rendered}");
        }
    });
}

#[tokio::test(start_paused = true)]
async fn a_report_is_shown_together_with_its_figures_and_how_the_service_stands_since() {
    let stage = stage(|script| script.unsettled = 1);
    let (live, metrics) = (Arc::clone(&stage.live), Arc::clone(&stage.metrics));
    let (begins, begun) = std::sync::mpsc::channel();
    let seen = std::thread::spawn(move || {
        let early = metrics.steadily(|| {
            begins.send(()).expect("the service waits");
            // Time enough for a round that waits for nobody.
            std::thread::sleep(Duration::from_millis(50));
            live.report()
        });
        while live.report().is_none() {
            std::thread::yield_now();
        }
        (early.is_none(), live.shown().status, metrics.render())
    });
    begun.recv().expect("the reader begins");
    stage.played(MINUTE / 4, async {}).await;
    let (was_none, status, figures) = seen.join().expect("a reader");
    assert_eq!((was_none, status.requeued, status.next_sweep.is_some()), (true, 1, true));
    assert!(figures.contains("\nfoghorn_accounts_requeued 1\n"), "{figures}");
}

/// Every family in the text, with its type.
fn families(text: &str) -> BTreeMap<&str, &str> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.filter_map(|line| line.split_once(' ')).collect()
}

#[test]
fn every_metric_has_help_a_type_and_a_name_by_prometheus_s_conventions() {
    let text = counted().render();
    let families = families(&text);
    assert!(families.len() > 15, "{families:?}");
    for (name, kind) in &families {
        assert!(name.starts_with("foghorn_"), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        assert_eq!(text.matches(&format!("# TYPE {name} ")).count(), 1, "{name} is declared once");
        assert_eq!(text.matches(&format!("# HELP {name} ")).count(), 1, "{name} is explained once");
        assert_eq!(*kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        assert_eq!(*kind == "histogram", name.ends_with("_duration_seconds"), "{name} is a {kind}");
        for other in ["millis", "minutes", "_ms", "percent", "_count", "_sum", "_bucket"] {
            assert!(!name.contains(other), "{name}: base units, and no suffix of Prometheus's own");
        }
    }
}

#[test]
fn the_documents_name_exactly_the_metrics_that_there_are() {
    let text = counted().render();
    let documented = include_str!("../../docs/running.md");
    let named: BTreeSet<&str> = documented
        .lines()
        .filter_map(|line| line.strip_prefix("| `foghorn_"))
        .filter_map(|line| line.split(['`', '{']).next())
        .collect();
    let exposed: BTreeSet<&str> =
        families(&text).into_keys().filter_map(|name| name.strip_prefix("foghorn_")).collect();
    assert_eq!(named, exposed);
}

#[test]
fn a_call_is_counted_and_timed_by_operation_and_a_throttle_apart() {
    let text = counted().render();
    for line in [
        "foghorn_calls_total{service=\"ecs\",operation=\"ListClusters\",outcome=\"throttled\"} 1",
        "foghorn_throttles_total{service=\"ecs\",operation=\"ListClusters\"} 1",
        "foghorn_call_duration_seconds_bucket{service=\"ecs\",operation=\"ListClusters\",le=\"0.025\"} 0",
        "foghorn_call_duration_seconds_bucket{service=\"ecs\",operation=\"ListClusters\",le=\"0.05\"} 1",
        "foghorn_sweep_duration_seconds_bucket{le=\"60\"} 1",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
}
