//! One run at a time, and none for ever.

use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::throttle::{ThrottleConfig, ThrottledStore};
use tokio::time::{Instant, sleep};

use super::*;
use crate::store::Clock;
use crate::store::fixtures::{Hands, START, store_of};

const EXPIRY: Duration = Duration::from_secs(120);

fn holder(run: &str) -> Holder {
    Holder { run: run.to_owned(), user: "ana".to_owned(), host: "laptop".to_owned(), process: 7 }
}

/// A clock that goes with the runtime's, which a test may let run ahead.
fn clock() -> Clock {
    let begun = Instant::now();
    Arc::new(move || START + begun.elapsed())
}

fn store_with(objects: Arc<dyn ObjectStore>, clock: Clock) -> Store {
    Store { clock, ..store_of(objects, 5, &Hands::new()) }
}

fn in_memory() -> Store {
    store_with(Arc::new(InMemory::new()), clock())
}

async fn taken(store: &Store, run: &str) -> Lock {
    take(store, run).await.unwrap_or_else(|error| panic!("{run}: {error}"))
}

async fn take(store: &Store, run: &str) -> Result<Lock, LockError> {
    store.lock(holder(run), CancellationToken::new()).await
}

async fn refusal(store: &Store, run: &str) -> String {
    take(store, run).await.err().expect("the lock is taken").to_string()
}

#[tokio::test(start_paused = true)]
async fn the_second_run_is_told_who_holds_the_lock_and_until_when() {
    let store = in_memory();
    let _lock = taken(&store, "one").await;
    assert_eq!(
        refusal(&store, "two").await,
        "run one (process 7 of ana on laptop) holds the lock of file:.foghorn until 2026-11-21T00:02:00Z"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_was_released_is_free_at_once() {
    let store = in_memory();
    for run in ["one", "two", "three"] {
        taken(&store, run).await.release().await;
    }
    let kept = store.objects.list("lock").await.expect("a list");
    assert_eq!(kept.len(), 1, "what means nothing any more is deleted: {kept:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lock_of_a_run_that_died_is_free_when_it_runs_out_and_not_before() {
    let store = in_memory();
    drop(taken(&store, "one").await);
    sleep(EXPIRY - Duration::from_secs(1)).await;
    refusal(&store, "two").await;
    sleep(Duration::from_secs(1)).await;
    let lock = taken(&store, "two").await;
    refusal(&store, "three").await;
    lock.release().await;
}

#[tokio::test(start_paused = true)]
async fn a_lock_is_renewed_for_as_long_as_it_is_held() {
    let store = in_memory();
    let stop = CancellationToken::new();
    let lock = store.lock(holder("one"), stop.clone()).await.unwrap_or_else(|error| panic!("{error}"));
    for _ in 0..50 {
        sleep(EXPIRY / 5).await;
        refusal(&store, "two").await;
    }
    assert!(!stop.is_cancelled());
    lock.release().await;
    taken(&store, "two").await.release().await;
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_lock_was_taken_over_stops_and_leaves_it_to_the_other() {
    let store = in_memory();
    let stop = CancellationToken::new();
    let lock = store.lock(holder("one"), stop.clone()).await.unwrap_or_else(|error| panic!("{error}"));
    let generations = Generations::new(store.objects.clone(), WRITING);
    let theirs = Claim::new(holder("two"), START, EXPIRY * 2);
    assert_eq!(generations.take(2, &theirs).await, Ok(Taken::Yes));
    sleep(EXPIRY / 2).await;
    assert!(stop.is_cancelled());
    lock.release().await;
    assert_eq!(generations.last().await, Ok(Some((2, theirs))));
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_store_goes_away_stops_before_its_lock_runs_out() {
    let objects = Arc::new(ThrottledStore::new(InMemory::new(), ThrottleConfig::default()));
    let store = store_with(objects.clone(), clock());
    let stop = CancellationToken::new();
    let _lock = store.lock(holder("one"), stop.clone()).await.unwrap_or_else(|error| panic!("{error}"));
    objects.config_mut(|config| config.wait_put_per_call = EXPIRY * 100);
    sleep(EXPIRY / 2).await;
    assert!(!stop.is_cancelled(), "one hanging request is no reason to stop");
    let begun = (store.clock)();
    stop.cancelled().await;
    assert!((store.clock)() - begun < EXPIRY / 2);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_comes_back_in_time_costs_no_lock() {
    let objects = Arc::new(ThrottledStore::new(InMemory::new(), ThrottleConfig::default()));
    let store = store_with(objects.clone(), clock());
    let stop = CancellationToken::new();
    let lock = store.lock(holder("one"), stop.clone()).await.unwrap_or_else(|error| panic!("{error}"));
    objects.config_mut(|config| config.wait_put_per_call = EXPIRY * 100);
    sleep(EXPIRY / 2).await;
    objects.config_mut(|config| config.wait_put_per_call = Duration::ZERO);
    sleep(EXPIRY * 3).await;
    assert!(!stop.is_cancelled());
    refusal(&store, "two").await;
    lock.release().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_slept_can_t_take_a_number_that_others_went_past() {
    let store = in_memory();
    let lock = taken(&store, "one").await;
    sleep(EXPIRY * 3).await;
    let generations = Generations::new(store.objects.clone(), WRITING);
    let (last, _) = generations.last().await.expect("a lock").expect("a generation");
    assert!(last > 5, "{last}");
    let late = Claim::new(holder("two"), START + EXPIRY * 3, EXPIRY);
    assert_eq!(generations.take(2, &late).await, Ok(Taken::No));
    lock.release().await;
    taken(&store, "three").await.release().await;
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_answer_was_lost_takes_what_is_its_own() {
    let store = in_memory();
    let generations = Generations::new(store.objects.clone(), WRITING);
    let own = Claim::new(holder("one"), START, EXPIRY);
    assert_eq!(generations.take(1, &own).await, Ok(Taken::Yes));
    taken(&store, "one").await.release().await;
    taken(&store, "two").await.release().await;
}

#[tokio::test(start_paused = true)]
async fn processes_that_share_a_run_hold_its_lock_together_until_the_last_lets_go() {
    let store = in_memory();
    let stop = CancellationToken::new();
    let mut locks = Vec::new();
    for process in 0..8 {
        let holder = Holder { process, ..holder("one") };
        locks.push(store.lock(holder, stop.clone()).await.unwrap_or_else(|error| panic!("{error}")));
    }
    for _ in 0..50 {
        sleep(EXPIRY / 5).await;
        refusal(&store, "two").await;
    }
    let last = locks.pop().expect("a lock");
    for lock in locks {
        drop(lock.rest().await);
    }
    sleep(EXPIRY * 2).await;
    refusal(&store, "two").await;
    assert!(!stop.is_cancelled());
    last.release().await;
    taken(&store, "two").await.release().await;
}

#[tokio::test(start_paused = true)]
async fn a_process_that_goes_on_after_the_lock_was_let_go_for_it_stops() {
    let store = in_memory();
    let stop = CancellationToken::new();
    let _late = store.lock(holder("one"), stop.clone()).await.unwrap_or_else(|error| panic!("{error}"));
    taken(&store, "one").await.release().await;
    taken(&store, "two").await.release().await;
    sleep(EXPIRY).await;
    assert!(stop.is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_can_t_be_understood_is_no_lock_that_is_held() {
    for (content, told) in [("{\"format\":9}", "a newer Foghorn"), ("garbage", "can't be understood")] {
        let store = in_memory();
        let name = format!("lock/{:020}.json", 1);
        assert_eq!(store.objects.create(&name, content.into()).await, Ok(true));
        let error = take(&store, "one").await.err().expect("a refusal");
        assert!(matches!(error, LockError::Store(_)) && error.to_string().contains(told), "{error}");
    }
}

/// How many of many runs at once take the lock of this store.
async fn winners(store: &Store) -> usize {
    let runs = (0..16).map(|number| {
        let store = store.clone();
        tokio::spawn(async move { take(&store, &format!("run-{number}")).await })
    });
    let mut won = Vec::new();
    for run in runs.collect::<Vec<_>>() {
        match run.await.expect("no panic") {
            Ok(lock) => won.push(lock),
            Err(LockError::Held { .. }) => {}
            Err(LockError::Store(error)) => panic!("{error}"),
        }
    }
    won.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_runs_at_once_exactly_one_takes_the_lock() {
    let folder = tempfile::tempdir().expect("a folder");
    let files: Arc<dyn ObjectStore> =
        Arc::new(LocalFileSystem::new_with_prefix(folder.path()).expect("a folder"));
    for objects in [files, Arc::new(InMemory::new())] {
        let hands = Hands::new();
        let store = store_of(objects, 5, &hands);
        for round in 0..10 {
            assert_eq!(winners(&store).await, 1, "round {round}");
            // The winner's lock runs out, and all try to take it over.
            hands.advance(EXPIRY * 2);
        }
    }
}
