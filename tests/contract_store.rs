//! The contract of the store with buckets of Amazon S3 that others wrote: those
//! of moto and of ministack, which both know conditional writes.
//!
//! Runs where `FOGHORN_MOTO_URL` and `FOGHORN_MINISTACK_URL` say where they
//! listen. With `FOGHORN_REQUIRE_EMULATORS=1` not to say so is a failure.

use std::collections::BTreeSet;
use std::env;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use foghorn::model::report::Metadata;
use foghorn::model::secret::Secret;
use foghorn::model::{AccessKeys, Mode, Report, Shard};
use foghorn::store::{BucketAccess, Holder, LockError, Merged, Scope, Settings, Store, StoreError, Terms};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

/// Where the emulators listen.
const URLS: [&str; 2] = ["FOGHORN_MOTO_URL", "FOGHORN_MINISTACK_URL"];

/// Set where a missing emulator is a failure.
const REQUIRED: &str = "FOGHORN_REQUIRE_EMULATORS";

/// Both emulators take any key. A key of twelve digits is an account to them.
const KEY: &str = "123456789012";

/// How long a lock holds here.
const EXPIRY: Duration = Duration::from_secs(60);

/// A bucket of an emulator.
struct Bucket {
    url: String,
    name: String,
}

/// The emulators that listen, each with a bucket of its own for the scenario.
async fn buckets(scenario: &str) -> Vec<Bucket> {
    let mut buckets = Vec::new();
    for variable in URLS {
        match env::var(variable) {
            Ok(url) => buckets.push(Bucket::make(url, scenario).await),
            Err(_) if env::var(REQUIRED).is_ok_and(|value| value == "1") => {
                panic!("{REQUIRED}=1, but {variable} does not say where an emulator listens")
            }
            Err(_) => eprintln!("{scenario}: not played, because {variable} is not set"),
        }
    }
    buckets
}

impl Bucket {
    async fn make(url: String, scenario: &str) -> Self {
        let name = format!("{scenario}-{}", OffsetDateTime::now_utc().unix_timestamp_nanos());
        // CreateBucket (Amazon S3 API reference) is a PUT on the bucket. Neither
        // emulator checks the signature; both take the account and the Region
        // from its scope.
        let scope = format!("{KEY}/20261121/us-east-1/s3/aws4_request");
        let signature = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00");
        let request = reqwest::Client::new().put(format!("{url}/{name}")).header("Authorization", signature);
        let answer = request.send().await.expect("an emulator that answers");
        assert!(answer.status().is_success(), "{url}: {}", answer.status());
        Self { url, name }
    }

    fn access(&self, keys: Result<&'static str, &'static str>) -> BucketAccess {
        let keys =
            keys.map(|id| AccessKeys { id: id.to_owned(), secret: Secret::new("anything"), token: None });
        let keys = keys.map_err(str::to_owned);
        let keys = Arc::new(move || {
            let keys = keys.clone();
            let answer: std::pin::Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(async move { keys });
            answer
        });
        BucketAccess { keys, region: None, endpoint: Some(self.url.clone()) }
    }

    async fn open_with(
        &self,
        keys: Result<&'static str, &'static str>,
        hands: &Hands,
    ) -> Result<Option<Store>, StoreError> {
        let hands = hands.clone();
        let address = format!("s3://{}/sre/foghorn", self.name).parse().expect("an address");
        let clock = Arc::new(move || hands.now());
        let (fleet, bucket) = ("acme".to_owned(), self.access(keys));
        Store::open(Settings { address, fleet, keep: 3, lock_expiry: EXPIRY, bucket, clock }).await
    }

    async fn open(&self, hands: &Hands) -> Store {
        self.open_with(Ok(KEY), hands).await.expect("a bucket").expect("a store")
    }
}

/// A clock that a test sets.
#[derive(Clone)]
struct Hands(Arc<Mutex<OffsetDateTime>>);

impl Hands {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(OffsetDateTime::now_utc())))
    }

    fn advance(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A report without an account.
fn report(hour: i64) -> Report {
    let moment = OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000) + time::Duration::hours(hour);
    let milliseconds = u64::try_from(moment.unix_timestamp()).expect("a time after 1970") * 1000;
    let metadata = Metadata {
        fleet: "acme".to_owned(),
        run: ulid::Ulid::from_parts(milliseconds, 7).to_string(),
        mode: Mode::Plan,
        started_at: moment,
        finished_at: moment,
        version: "0.1.0".into(),
        narrowed_to: None,
        stopped: None,
        max_changes: None,
    };
    Report::of(metadata, Vec::new(), Default::default())
}

#[tokio::test]
async fn reports_are_kept_listed_compared_and_deleted() {
    for bucket in buckets("reports").await {
        let store = bucket.open(&Hands::new()).await;
        assert_eq!(store.history().await, Ok(Vec::new()), "{}", bucket.url);
        for hour in 1..=5 {
            let mut report = report(hour);
            store.compare(&mut report, &Scope::default()).await.expect("a comparison");
            assert_eq!(report.comparison.is_some(), hour > 1);
            store.save(&report, &Scope::default()).await.expect("a report that is kept");
            assert_eq!(store.find(None).await, Ok(report));
        }
        let runs: Vec<String> =
            store.history().await.expect("a list").into_iter().map(|name| name.run).collect();
        assert_eq!(runs, [3, 4, 5].map(|hour| report(hour).metadata.run), "{}", bucket.url);
        // A second write under the same name changes nothing.
        let mut other = report(5);
        other.metadata.mode = Mode::Apply;
        store.save(&other, &Scope::default()).await.expect("a report that is kept");
        assert_eq!(
            store.find(None).await.map(|report| report.metadata.mode),
            Ok(Mode::Plan),
            "{}",
            bucket.url
        );
    }
}

/// How many of some runs at once take the lock, and how many are told who has it.
async fn race(store: &Store, round: u8) -> (usize, usize) {
    let runs = (0..8).map(|number| {
        let store = store.clone();
        let run = format!("run-{round}-{number}");
        let holder = Holder { run, user: "ana".to_owned(), host: "laptop".to_owned(), process: number };
        tokio::spawn(async move { store.lock(holder, CancellationToken::new()).await })
    });
    let (mut won, mut refused) = (0, 0);
    for run in runs.collect::<Vec<_>>() {
        match run.await.expect("no panic") {
            Ok(_) => won += 1,
            Err(LockError::Held { .. }) => refused += 1,
            Err(LockError::Store(error)) => panic!("{error}"),
        }
    }
    (won, refused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_runs_at_once_one_takes_a_free_lock_and_one_takes_over_an_expired_one() {
    for bucket in buckets("lock").await {
        let hands = Hands::new();
        let store = bucket.open(&hands).await;
        for round in 0..5 {
            assert_eq!(race(&store, round).await, (1, 7), "{} round {round}", bucket.url);
            hands.advance(EXPIRY);
        }
        let holder =
            Holder { run: "last".to_owned(), user: "ana".to_owned(), host: "laptop".to_owned(), process: 1 };
        let lock = store.lock(holder, CancellationToken::new()).await;
        lock.unwrap_or_else(|error| panic!("{}: {error}", bucket.url)).release().await;
        assert_eq!(race(&store, 9).await.0, 1, "{}: a lock that was released is free", bucket.url);
    }
}

/// What the first of four shards says of their run.
fn terms_at(begun_at: OffsetDateTime, run: &str) -> Terms {
    let [asked, fleet, version] = ["plan", "0123abcd", "0.1.0"].map(str::to_owned);
    Terms { run: run.to_owned(), begun_at, shards: 4, asked, fleet, version }
}

/// How many of four shards that are done at once find the set complete, and how
/// many of these take the merging upon themselves.
async fn all_at_once(store: &Store, set: &str) -> (usize, usize) {
    let shards = Shard::all(4).map(|shard| {
        let (store, set) = (store.clone(), set.to_owned());
        tokio::spawn(async move {
            let now = OffsetDateTime::now_utc();
            let set = store.shard_set(&set, terms_at(now, &format!("run-{shard}"))).await?;
            let run = set.terms().run.clone();
            assert!(set.hand_in(shard, &report(1)).await?);
            let is_complete = set.progress().await?.parts.len() == 4;
            let process = u32::try_from(shard.index()).unwrap_or_default();
            let (user, host) = ("ana".to_owned(), "laptop".to_owned());
            let holder = Holder { run: format!("merge-{shard}"), user, host, process };
            let claim = if is_complete { set.claim(holder, CancellationToken::new()).await? } else { None };
            Ok::<_, StoreError>((run, is_complete, claim))
        })
    });
    let mut ends = Vec::new();
    for shard in shards.collect::<Vec<_>>() {
        ends.push(shard.await.expect("no panic").expect("a store that works"));
    }
    let runs: BTreeSet<&String> = ends.iter().map(|(run, ..)| run).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    (
        ends.iter().filter(|(_, is_complete, _)| *is_complete).count(),
        ends.iter().filter(|(.., claim)| claim.is_some()).count(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_shards_that_are_done_at_once_one_merges_what_all_of_them_handed_in() {
    for bucket in buckets("shards").await {
        let store = bucket.open(&Hands::new()).await;
        let terms = |run: &str| terms_at(OffsetDateTime::UNIX_EPOCH, run);
        for round in 0..5 {
            let name = format!("2026-11-21T09:0{round}:00Z");
            let (complete, merging) = all_at_once(&store, &name).await;
            assert!(complete >= 1 && merging == 1, "{} {round}: {complete} {merging}", bucket.url);
            let set = store.shard_set(&name, terms("late")).await.expect("a set");
            for shard in Shard::all(4) {
                assert_eq!(set.part(shard).await, Ok(Some(report(1))), "{}", bucket.url);
                assert_eq!(set.hand_in(shard, &report(2)).await, Ok(false), "{}", bucket.url);
            }
            set.conclude(&Merged { parts: (0..4).collect(), at: OffsetDateTime::UNIX_EPOCH })
                .await
                .expect("a set");
            assert!(set.progress().await.expect("a list").is_merged);
        }
        // As many as runs are kept.
        for run in ["zz-98", "zz-99", "zz-97"] {
            store.shard_set(run, terms(run)).await.expect("a set");
        }
        store.forget_old_sets().await.expect("a store");
        assert_eq!(store.shard_set("zz-98", terms("new")).await.expect("a set").terms(), &terms("zz-98"));
        let gone = store.shard_set("2026-11-21T09:00:00Z", terms("new")).await.expect("a set");
        assert_eq!((gone.terms(), gone.merged().await), (&terms("new"), Ok(None)), "{}", bucket.url);
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_there_and_keys_that_are_not_are_said() {
    for mut bucket in buckets("missing").await {
        let hands = Hands::new();
        let why = "no AWS credentials were found";
        let error = bucket.open_with(Err(why), &hands).await.err().expect("no keys").to_string();
        assert!(error.contains(why) && error.contains("store.json of s3://missing-"), "{error}");
        bucket.name = "nobody-made-this-bucket".to_owned();
        // Reading what is not there looks the same in a bucket that is not.
        let Ok(Some(store)) = bucket.open_with(Ok(KEY), &hands).await else { continue };
        let error = store.save(&report(1), &Scope::default()).await.expect_err("no bucket").to_string();
        assert!(error.contains("could not write") && error.contains("nobody-made-this-bucket"), "{error}");
    }
}

/// A run of the real binary over one account, with its reports in the bucket.
fn foghorn(bucket: &Bucket, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let fleet = json!({
        "apiVersion": "foghorn.dev/v1alpha1", "kind": "Fleet", "metadata": { "name": "acme" },
        "spec": {
            "regions": ["eu-west-1"], "accounts": [{ "id": KEY }],
            "store": format!("s3://{}/reports", bucket.name),
        }
    });
    let path = folder.path().join("fleet.yaml");
    std::fs::write(&path, fleet.to_string()).expect("a fleet file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_foghorn"));
    command.args(arguments).args(["--output", "json", "--file"]).arg(path).current_dir(folder.path());
    command.env_clear().env("AWS_ENDPOINT_URL", &bucket.url).env("AWS_REGION", "us-east-1");
    command.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", "anything");
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command.output().expect("the binary runs")
}

#[tokio::test]
async fn the_binary_remembers_in_a_bucket_with_the_caller_s_own_credentials() {
    for bucket in buckets("binary").await {
        let runs = [&["apply", "--yes"][..], &["plan"], &["report"]].map(|arguments| {
            let Output { stdout, stderr, .. } = foghorn(&bucket, arguments);
            let said = String::from_utf8_lossy(&stderr).into_owned();
            let report: Value = serde_json::from_slice(&stdout)
                .unwrap_or_else(|error| panic!("{} {arguments:?}: {error} {said}", bucket.url));
            (report, said)
        });
        let [(first, said), (second, _), (shown, _)] = runs;
        assert_eq!(said, "", "{}", bucket.url);
        assert_eq!(second["comparison"]["previous"]["run"], first["metadata"]["run"], "{}", bucket.url);
        assert_eq!(shown, second);
    }
}
