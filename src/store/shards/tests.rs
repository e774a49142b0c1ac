//! Several processes, one run.

use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;

use super::*;
use crate::store::fixtures::{Hands, START, pass, report, run_id, store, store_of};

fn terms(hour: u8) -> Terms {
    let begun_at = START + time::Duration::hours(i64::from(hour));
    let [asked, fleet, version] = ["plan", "0123abcd", "0.1.0"].map(str::to_owned);
    Terms { run: run_id(hour), begun_at, shards: 3, asked, fleet, version }
}

fn shard(index: usize) -> Shard {
    Shard::new(index, 3).expect("a shard")
}

fn holder(run: &str) -> Holder {
    Holder { run: run.to_owned(), user: "ana".to_owned(), host: "laptop".to_owned(), process: 7 }
}

/// Stores of every kind that a test can have, with the folder of the one that
/// has any.
fn stores(keep: usize, hands: &Hands) -> (tempfile::TempDir, [Store; 2]) {
    let folder = tempfile::tempdir().expect("a folder");
    let files =
        LocalFileSystem::new_with_prefix(folder.path()).expect("a folder").with_automatic_cleanup(true);
    let kinds: [Arc<dyn ObjectStore>; 2] = [Arc::new(files), Arc::new(InMemory::new())];
    (folder, kinds.map(|objects| store_of(objects, keep, hands)))
}

async fn set(store: &Store, name: &str, hour: u8) -> ShardSet {
    store.shard_set(name, terms(hour)).await.expect("a set")
}

#[tokio::test]
async fn all_shards_of_a_set_take_the_run_and_the_terms_of_the_first() {
    let store = store(5);
    let first = set(&store, "nightly", 1).await;
    let later = set(&store, "nightly", 2).await;
    let other = set(&store, "hourly", 2).await;
    assert_eq!((first.terms(), later.terms(), other.terms()), (&terms(1), &terms(1), &terms(2)));
}

#[tokio::test]
async fn whoever_writes_is_counted_until_it_says_that_it_does_no_more() {
    let (_folder, stores) = stores(5, &Hands::new());
    for store in stores {
        let set = set(&store, "nightly", 1).await;
        for (index, run) in [(0, run_id(1)), (1, run_id(2)), (1, run_id(3)), (1, run_id(3))] {
            assert_eq!(set.begin_to_write(shard(index), &run).await, Ok(()));
        }
        assert_eq!(set.progress().await, Ok(Progress { writers: 3, ..Progress::default() }));
        for run in [run_id(1), run_id(3), run_id(3)] {
            assert_eq!(set.end_to_write(&run).await, Ok(()));
        }
        assert_eq!(set.progress().await, Ok(Progress { writers: 1, ..Progress::default() }));
    }
}

#[tokio::test]
async fn a_part_is_handed_in_once_and_the_first_one_counts() {
    let (_folder, stores) = stores(5, &Hands::new());
    for store in stores {
        let set = set(&store, "nightly", 1).await;
        let [first, second] =
            ["1", "2"].map(|digit| report(1, vec![pass(&digit.repeat(12), &["eu-west-1"])]));
        assert_eq!(set.part(shard(1)).await, Ok(None));
        assert_eq!(set.progress().await, Ok(Progress::default()));
        assert_eq!(set.hand_in(shard(1), &first).await, Ok(true));
        assert_eq!(set.hand_in(shard(1), &second).await, Ok(false));
        assert_eq!(set.part(shard(1)).await, Ok(Some(first)));
        assert_eq!(set.hand_in(shard(2), &second).await, Ok(true));
        let progress = set.progress().await.expect("a list");
        assert_eq!((progress.parts, progress.is_merged), ([1, 2].into(), false));
    }
}

#[tokio::test]
async fn one_merges_at_a_time_and_another_takes_over_from_one_that_died() {
    let hands = Hands::new();
    let (_folder, stores) = stores(5, &hands);
    for store in stores {
        let set = set(&store, "nightly", 1).await;
        let claim =
            async |run: &str| set.claim(holder(run), CancellationToken::new()).await.expect("a store");
        let died = claim("one").await.expect("a free claim");
        assert!(claim("two").await.is_none());
        drop(died);
        assert!(claim("two").await.is_none());
        hands.advance(Duration::from_secs(120));
        let merging = claim("two").await.expect("a claim that ran out");
        assert_eq!(set.merged().await, Ok(None));
        let merged = Merged { parts: [0, 2].into(), at: START };
        set.conclude(&merged).await.expect("a store");
        merging.release().await;
        assert_eq!(set.merged().await, Ok(Some(merged)));
        assert!(set.progress().await.expect("a list").is_merged);
        assert!(claim("three").await.is_some(), "whoever takes it looks whether it was merged");
    }
}

#[tokio::test]
async fn a_merging_locks_nobody_out_who_writes() {
    let store = store(5);
    let set = set(&store, "nightly", 1).await;
    let _claim = set.claim(holder("one"), CancellationToken::new()).await.expect("a store");
    let lock = store.lock(holder("two"), CancellationToken::new()).await;
    lock.unwrap_or_else(|error| panic!("{error}")).release().await;
}

#[tokio::test]
async fn as_many_sets_are_kept_as_runs_and_the_oldest_go() {
    let (folder, stores) = stores(2, &Hands::new());
    for store in stores {
        // By name the oldest would be the last.
        for (name, hour) in [("d", 1), ("c", 2), ("b", 3), ("a", 4)] {
            let set = set(&store, name, hour).await;
            set.hand_in(shard(0), &report(hour, vec![])).await.expect("a store");
            let claim = set.claim(holder("one"), CancellationToken::new()).await.expect("a store");
            set.conclude(&Merged { parts: [0].into(), at: START }).await.expect("a store");
            claim.expect("a free claim").release().await;
        }
        store.forget_old_sets().await.expect("a store");
        assert_eq!(store.objects.folders(FOLDER).await, Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(store.objects.list_below("shards/d").await, Ok(vec![]));
        assert_eq!(
            store.objects.list_below("shards/a").await,
            Ok(["0-of-3.json.gz", "merge/00000000000000000002.json", "merged.json", "set.json"]
                .map(str::to_owned)
                .to_vec())
        );
    }
    assert!(!folder.path().join("acme/shards/d").exists(), "no empty folder stays behind");
}

#[tokio::test]
async fn a_part_that_was_damaged_is_told_from_one_that_is_missing() {
    let store = store(5);
    let set = set(&store, "nightly", 1).await;
    assert_eq!(store.objects.create("shards/nightly/0-of-3.json.gz", b"garbage".to_vec()).await, Ok(true));
    let error = set.part(shard(0)).await.expect_err("garbage");
    assert!(matches!(error, StoreError::Garbage { .. }), "{error}");
}
