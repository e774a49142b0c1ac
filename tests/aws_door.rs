//! The door to AWS, over the simulator's wire.
#![cfg(feature = "demo")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use foghorn::aws::{
    Access, AccountDoor, Aws, AwsError, Class, DiscoveredAccount, Discovery, FixedCaller, Options,
};
use foghorn::model::breaker::Breaker;
use foghorn::model::snapshot::{GlobalInterest, Interest, RegionInterest};
use foghorn::model::{
    Account, Action, Cause, Change, Gap, Location, Region, RegionSnapshot, Resource, Snapshot,
};
use foghorn::sim::ecs::Service;
use foghorn::sim::faults::{Denial, Effect, Fault};
use foghorn::sim::seed::Seed;
use foghorn::sim::simulator::{ACCESS_KEY, MANAGEMENT_ACCOUNT, SECRET_KEY};
use foghorn::sim::{Server, Simulator, start};
use time::OffsetDateTime;

const MEMBER: &str = "111111111111";
const REGIONS: [&str; 3] = ["ap-northeast-2", "eu-west-1", "us-east-1"];

struct Stage {
    simulator: Arc<Simulator>,
    server: Server,
}

impl Stage {
    /// An organisation with one member: a cluster `prod` with a service `web`
    /// in each of three Regions.
    async fn new() -> Self {
        let stage = Self::empty().await;
        stage.simulator.with_world(|world| {
            world.add_account(MEMBER, "dev", "foghorn", Some("7f0c"));
            for region in REGIONS {
                world.region(MEMBER, region).ecs.add_service("prod", Service::named("web"));
            }
        });
        stage
    }

    async fn empty() -> Self {
        let simulator = Simulator::new();
        let server = start(Arc::clone(&simulator), 0).await.unwrap();
        Self { simulator, server }
    }

    fn options(&self) -> Options {
        Options {
            endpoint_url: Some(self.server.url()),
            access: Some(access("7f0c")),
            calls_in_flight: 64,
            call_timeout: Duration::from_millis(1500),
        }
    }

    async fn aws(&self) -> Aws {
        connect(self.options()).await
    }

    fn fault(&self, fault: Fault) {
        self.simulator.faults.add(fault);
    }

    fn count(&self, service: &str, operation: &str) -> u64 {
        self.simulator.record.count(service, operation)
    }
}

fn access(external_id: &str) -> Access {
    Access {
        role_name: "foghorn".into(),
        external_id: Some(external_id.into()),
        sts_region: None,
        chatbot_region: None,
    }
}

async fn connect(options: Options) -> Aws {
    let caller = FixedCaller {
        access_key_id: ACCESS_KEY.into(),
        secret_access_key: SECRET_KEY.into(),
        region: region("us-east-1"),
    };
    Aws::connect_as(caller, options).await.unwrap()
}

fn region(name: &str) -> Region {
    name.parse().unwrap()
}

fn account(id: &str) -> Account {
    Account {
        id: id.parse().unwrap(),
        name: id.into(),
        labels: BTreeMap::new(),
        regions: REGIONS.iter().map(|name| region(name)).collect(),
    }
}

/// The services of these Regions.
fn services_of(regions: &[&str]) -> Interest {
    let interest = RegionInterest { services: true, ..RegionInterest::default() };
    let regions = regions.iter().map(|name| (region(name), interest.clone()));
    Interest { regions: regions.collect(), global: None }
}

/// Something of everything, in all three Regions and in AWS Chatbot.
fn everything() -> Interest {
    let name = || BTreeSet::from(["deploys".to_owned()]);
    let interest = RegionInterest {
        services: true,
        unknown_members: true,
        queues: name(),
        topics: name(),
        rules: name(),
        alarms: name(),
        ..RegionInterest::default()
    };
    let regions = REGIONS.iter().map(|name| (region(name), interest.clone()));
    Interest { regions: regions.collect(), global: Some(GlobalInterest::default()) }
}

async fn observe(aws: &Aws, interest: &Interest) -> Snapshot {
    aws.account(&account(MEMBER))
        .observe(interest, OffsetDateTime::now_utc(), std::time::Duration::from_secs(120))
        .await
}

/// The services of one Region alone.
async fn look(aws: &Aws) -> RegionSnapshot {
    let mut snapshot = observe(aws, &services_of(&["eu-west-1"])).await;
    snapshot.regions.remove(&region("eu-west-1")).unwrap()
}

fn names(snapshot: &RegionSnapshot) -> Vec<&str> {
    snapshot.services.iter().map(|service| service.name.as_str()).collect()
}

fn causes(snapshot: &RegionSnapshot) -> Vec<Cause> {
    snapshot.gaps.iter().map(|gap| gap.cause).collect()
}

/// The one gap that stands in every location, whole.
fn gap_everywhere(snapshot: &Snapshot, interest: &Interest) -> (Cause, String) {
    let mut found = BTreeSet::new();
    for location in interest.locations() {
        let [gap] = snapshot.gaps(location) else { panic!("not one gap in {location}: {snapshot:?}") };
        assert!(gap.whole, "{gap:?}");
        found.insert((gap.cause, format!("{}: {}", gap.tried, gap.detail)));
    }
    assert_eq!(found.len(), 1, "{found:?}");
    found.pop_first().unwrap()
}

fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "`{text}` does not say `{word}`");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_accounts_with_2400_services_are_read_with_392_calls() {
    let stage = Stage::empty().await;
    let seed = Seed {
        accounts: 8,
        regions: REGIONS.map(str::to_owned).to_vec(),
        clusters: 5,
        services: 20,
        role: "foghorn".into(),
        external_id: Some("7f0c".into()),
    };
    stage.simulator.with_world(|world| seed.fill(world));
    let aws = stage.aws().await;
    let accounts = (0..8).map(|index| account(&Seed::account_id(index)));
    let interest = services_of(&REGIONS);
    let looks = accounts.map(|account| {
        let (door, interest) = (aws.account(&account), interest.clone());
        tokio::spawn(async move {
            door.observe(&interest, OffsetDateTime::now_utc(), std::time::Duration::from_secs(120)).await
        })
    });
    let looks = futures::future::join_all(looks).await;
    let regions: Vec<_> = looks.into_iter().flat_map(|look| look.unwrap().regions.into_values()).collect();

    assert_eq!(regions.len(), 24);
    assert!(regions.iter().all(|region| region.gaps.is_empty() && region.clusters == 5));
    assert_eq!(regions.iter().map(|region| region.services.len()).sum::<usize>(), 2400);
    assert!(regions.iter().all(|region| region.services.is_sorted_by_key(|service| &service.arn)));
    let on = regions.iter().flat_map(|region| &region.services).filter(|it| it.breaker.enable).count();
    assert_eq!(on, 24 * 5 * 14);
    let calls = BTreeMap::from(
        [
            ("ecs:DescribeServices", 240),
            ("ecs:ListClusters", 24),
            ("ecs:ListServices", 120),
            ("sts:AssumeRole", 8),
        ]
        .map(|(call, count)| (call.to_owned(), count)),
    );
    assert_eq!(aws.calls(), calls);
    assert_eq!(stage.simulator.record.counts(), calls);
    assert_eq!(calls.values().sum::<u64>(), 392);
}

#[tokio::test]
async fn nothing_is_called_before_something_is_asked_for() {
    let stage = Stage::new().await;
    let aws = stage.aws().await;
    assert_eq!(observe(&aws, &Interest::default()).await, Snapshot::default());
    assert_eq!((stage.simulator.record.total(), aws.calls()), (0, BTreeMap::new()));
}

#[tokio::test]
async fn short_pages_and_long_lists_are_read_to_the_end() {
    let stage = Stage::new().await;
    stage.simulator.with_world(|world| {
        world.knobs.short_ecs_pages = true;
        world.knobs.events_per_service = 100;
        let ecs = &mut world.region(MEMBER, "eu-west-1").ecs;
        for number in 0..234 {
            ecs.add_service("big", Service::named(&format!("service-{number:03}")));
        }
        ecs.add_service("prod", Service::named("draining").status("DRAINING"));
    });
    let aws = stage.aws().await;
    let found = look(&aws).await;
    assert_eq!((found.clusters, found.services.len(), found.gaps.len()), (2, 235, 0));
    // Batches are full whatever the pages were: 24 for the one cluster, one for the other.
    assert_eq!(stage.count("ecs", "DescribeServices"), 25);
}

#[tokio::test]
async fn what_is_known_of_a_service_is_what_ecs_says() {
    use foghorn::model::service::{Controller, Scheduling, Strategy};
    let stage = Stage::empty().await;
    stage.simulator.with_world(|world| {
        world.add_account(MEMBER, "dev", "foghorn", Some("7f0c"));
        let ecs = &mut world.region(MEMBER, "eu-west-1").ecs;
        ecs.add_service("prod", Service::named("a").without_breaker().without_controller());
        ecs.add_service("prod", Service::named("b").breaker(true, false).code_deploy());
        ecs.add_service("prod", Service::named("c").external());
        ecs.add_service("prod", Service::named("d").strategy("CANARY").daemon());
    });
    let found = look(&stage.aws().await).await;
    let [a, b, c, d] = &found.services[..] else { panic!("{found:?}") };
    assert_eq!((&a.controller, a.breaker.enable, a.cluster()), (&Controller::Ecs, false, "prod"));
    assert_eq!((&b.controller, b.breaker.enable, b.breaker.rollback), (&Controller::CodeDeploy, true, false));
    assert_eq!(c.controller, Controller::External);
    assert_eq!((&d.strategy, &d.scheduling), (&Strategy::Other("CANARY".into()), &Scheduling::Daemon));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_is_assumed_once_however_many_look_at_the_account() {
    let stage = Stage::new().await;
    let aws = stage.aws().await;
    let interest = services_of(&REGIONS);
    let looks = (0..20).map(|_| observe(&aws, &interest));
    futures::future::join_all(looks).await;
    observe(&aws, &interest).await;
    assert_eq!(stage.count("sts", "AssumeRole"), 1);
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_one_call_and_one_reason_in_every_location() {
    let stage = Stage::new().await;
    let aws = connect(Options { access: Some(access("wrong")), ..stage.options() }).await;
    let interest = everything();
    let (cause, words) = gap_everywhere(&observe(&aws, &interest).await, &interest);
    assert_eq!(cause, Cause::Denied);
    says(
        &words,
        &["assume role arn:aws:iam::111111111111:role/foghorn", "AccessDenied", "externalId", "missing"],
    );
    assert_eq!(stage.simulator.record.counts(), BTreeMap::from([("sts:AssumeRole".to_owned(), 1)]));
}

/// Five Regions, each looked at by itself and all at once.
async fn look_apart(door: &AccountDoor) -> Vec<Gap> {
    let regions = ["ap-northeast-2", "eu-west-1", "us-east-1", "us-east-2", "us-west-2"];
    let interests = regions.map(|region| services_of(&[region]));
    let looks = interests.iter().map(|interest| {
        door.observe(interest, OffsetDateTime::now_utc(), std::time::Duration::from_secs(120))
    });
    let looks = futures::future::join_all(looks).await;
    looks.into_iter().flat_map(|look| look.regions.into_values()).flat_map(|region| region.gaps).collect()
}

#[tokio::test]
async fn regions_that_are_looked_at_one_by_one_share_one_refusal_of_the_role() {
    let stage = Stage::new().await;
    let aws = connect(Options { access: Some(access("wrong")), ..stage.options() }).await;
    let door = aws.account(&account(MEMBER));
    for _ in 0..2 {
        let gaps = look_apart(&door).await;
        assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cause::Denied; 5]);
    }
    assert_eq!(stage.count("sts", "AssumeRole"), 1);
}

#[tokio::test]
async fn an_sts_that_never_answers_is_waited_for_once() {
    let stage = Stage::new().await;
    stage.fault(Fault::new(Effect::Hang).service("sts"));
    let options = Options { call_timeout: Duration::from_millis(300), ..stage.options() };
    let door = connect(options).await.account(&account(MEMBER));
    let gaps = look_apart(&door).await;
    assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cause::TimedOut; 5]);
    assert!(stage.count("sts", "AssumeRole") <= 3);
}

#[tokio::test]
async fn an_account_is_entered_again_once_its_role_is_there() {
    let stage = Stage::new().await;
    let aws = stage.aws().await;
    stage.simulator.with_world(|world| {
        world.accounts.get_mut(MEMBER).unwrap().roles.clear();
    });
    assert_eq!(causes(&look(&aws).await), [Cause::Denied]);
    stage.simulator.with_world(|world| world.add_account(MEMBER, "dev", "foghorn", Some("7f0c")));
    assert_eq!(names(&look(&aws).await), ["web"]);
}

#[tokio::test]
async fn sts_that_is_off_in_a_region_is_told_with_the_way_out() {
    let stage = Stage::new().await;
    stage.simulator.with_world(|world| {
        world.accounts.get_mut(MEMBER).unwrap().disabled_regions.insert("us-east-1".into());
    });
    let interest = services_of(&REGIONS);
    let (cause, words) = gap_everywhere(&observe(&stage.aws().await, &interest).await, &interest);
    assert_eq!(cause, Cause::RegionOff);
    says(&words, &["RegionDisabledException", "STS", "us-east-1", "stsRegion"]);

    let access = Access { sts_region: Some(region("eu-west-1")), ..access("7f0c") };
    let aws = connect(Options { access: Some(access), ..stage.options() }).await;
    assert_eq!(names(&look(&aws).await), ["web"]);
}

#[tokio::test]
async fn a_region_that_is_off_is_told_from_bad_credentials_and_hides_no_other() {
    let stage = Stage::new().await;
    stage.simulator.with_world(|world| {
        world.accounts.get_mut(MEMBER).unwrap().disabled_regions.insert("ap-northeast-2".into());
    });
    let snapshot = observe(&stage.aws().await, &everything()).await;
    let off = &snapshot.regions[&region("ap-northeast-2")];
    assert!(!off.gaps.is_empty());
    assert!(off.gaps.iter().all(|gap| gap.whole && gap.cause == Cause::RegionOff), "{:?}", off.gaps);
    assert_eq!(names(&snapshot.regions[&region("eu-west-1")]), ["web"]);
}

#[tokio::test]
async fn without_a_role_the_callers_own_account_is_read_and_no_other() {
    let stage = Stage::new().await;
    stage.simulator.with_world(|world| {
        world.region(MANAGEMENT_ACCOUNT, "eu-west-1").ecs.add_service("tools", Service::named("own"));
    });
    let aws = connect(Options { access: None, ..stage.options() }).await;
    let interest = services_of(&["eu-west-1"]);
    let own = aws
        .account(&account(MANAGEMENT_ACCOUNT))
        .observe(&interest, OffsetDateTime::now_utc(), std::time::Duration::from_secs(120))
        .await;
    assert_eq!(names(&own.regions[&region("eu-west-1")]), ["own"]);

    let (cause, words) = gap_everywhere(&observe(&aws, &interest).await, &interest);
    assert_eq!(cause, Cause::Credentials);
    says(&words, &["enter account 111111111111", "credentials are of account 999999999999"]);
    let refused = aws.account(&account(MEMBER)).apply(&switch_on("web")).await;
    assert_eq!(class_of(refused), Class::Failed(Cause::Credentials));
    assert_eq!(stage.count("sts", "GetCallerIdentity"), 1);
    assert_eq!(stage.count("sts", "AssumeRole"), 0);
}

#[tokio::test]
async fn an_endpoint_that_refuses_connections_is_unreachable() {
    let stage = Stage::new().await;
    let options = stage.options();
    stage.server.stop().await;
    let interest = services_of(&REGIONS);
    let (cause, words) = gap_everywhere(&observe(&connect(options).await, &interest).await, &interest);
    assert_eq!(cause, Cause::Unreachable);
    says(&words, &["assume role", "refused", "check the endpoint", "--endpoint-url"]);
    for secret in ["ExternalId", "7f0c", "Request {", "x-amz-", "authorization", SECRET_KEY] {
        assert!(!words.contains(secret), "{words}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_no_url_is_refused_at_once() {
    for url in ["localhost:4566", "ftp://x", "http://", "https://a b"] {
        let refused = Aws::connect(Options { endpoint_url: Some(url.into()), ..Options::default() }).await;
        let error = refused.unwrap_err();
        says(&error.to_string(), &["could not use the endpoint", url]);
    }
}

#[tokio::test]
async fn a_wrong_clock_is_named_as_such() {
    let stage = Stage::new().await;
    let skewed = Effect::Error { code: "SignatureDoesNotMatch".into(), status: 403 };
    stage.fault(Fault::new(skewed).service("sts"));
    let interest = services_of(&REGIONS);
    let (cause, words) = gap_everywhere(&observe(&stage.aws().await, &interest).await, &interest);
    assert_eq!(cause, Cause::Credentials);
    says(&words, &["SignatureDoesNotMatch", "clock"]);
}

#[tokio::test]
async fn a_clock_twenty_minutes_off_is_made_up_for() {
    let stage = Stage::new().await;
    for minutes in [20, -20] {
        stage.simulator.clock.set_offset(time::Duration::minutes(minutes));
        let found = look(&stage.aws().await).await;
        assert_eq!((names(&found), causes(&found)), (vec!["web"], vec![]), "{minutes} minutes");
    }
}

#[tokio::test]
async fn trouble_that_passes_leaves_no_gap() {
    let stage = Stage::new().await;
    let aws = stage.aws().await;
    for effect in [Effect::Throttle, Effect::ServerError(503), Effect::Reset] {
        stage.fault(Fault::new(effect.clone()).service("ecs").times(1));
        let found = look(&aws).await;
        assert_eq!((names(&found), causes(&found)), (vec!["web"], vec![]), "{effect:?}");
    }
    // Every attempt is counted, those that failed too.
    assert_eq!(aws.calls(), stage.simulator.record.counts());
}

#[tokio::test]
async fn throttling_answers_slow_the_calls_that_follow() {
    let stage = Stage::new().await;
    let aws = stage.aws().await;
    stage.fault(Fault::new(Effect::Throttle).operation("ListClusters").times(3));
    assert_eq!(causes(&look(&aws).await), [Cause::Throttled]);
    let start = Instant::now();
    assert_eq!(names(&look(&aws).await), ["web"]);
    // 20 a second, halved three times, with three seconds at most to recover.
    assert!(start.elapsed() > Duration::from_millis(150), "{:?}", start.elapsed());
}

#[tokio::test]
async fn trouble_that_stays_is_a_gap_of_its_own_cause() {
    let stage = Stage::new().await;
    let aws = stage.aws().await;
    look(&aws).await;
    let deny = Effect::Deny(Denial::ServiceControlPolicy);
    for (effect, cause, words) in [
        (Effect::Throttle, Cause::Throttled, "ThrottlingException"),
        (deny, Cause::Denied, "service control policy"),
        (Effect::Hang, Cause::TimedOut, "no answer"),
        (Effect::Reset, Cause::Unreachable, ""),
        (Effect::Malformed, Cause::Malformed, "cannot be understood"),
        (Effect::ServerError(500), Cause::Unreachable, "ServerException"),
        (Effect::Error { code: "ExpiredTokenException".into(), status: 400 }, Cause::Credentials, "Expired"),
    ] {
        stage.simulator.faults.clear();
        stage.fault(Fault::new(effect.clone()).service("ecs").operation("ListClusters"));
        let found = look(&aws).await;
        assert_eq!(causes(&found), [cause], "{effect:?}: {:?}", found.gaps);
        assert!(found.gaps[0].whole);
        says(&found.gaps[0].detail, &[words]);
    }
}

#[tokio::test]
async fn a_region_that_hangs_holds_up_no_other_and_not_for_ever() {
    let stage = Stage::new().await;
    let aws = connect(Options { call_timeout: Duration::from_millis(300), ..stage.options() }).await;
    stage.fault(Fault::new(Effect::Hang).region("eu-west-1").service("ecs"));
    let snapshot = observe(&aws, &services_of(&REGIONS)).await;
    assert_eq!(causes(&snapshot.regions[&region("eu-west-1")]), [Cause::TimedOut]);
    assert_eq!(names(&snapshot.regions[&region("us-east-1")]), ["web"]);
}

#[tokio::test]
async fn a_cluster_that_is_denied_hides_no_other() {
    let stage = Stage::new().await;
    stage.simulator.with_world(|world| {
        for cluster in ["a", "b"] {
            world.region(MEMBER, "eu-west-1").ecs.add_service(cluster, Service::named(cluster));
        }
    });
    stage.fault(Fault::new(Effect::Deny(Denial::Identity)).operation("ListServices").times(1));
    let found = look(&stage.aws().await).await;
    assert_eq!((found.clusters, found.services.len()), (3, 2));
    assert_eq!(causes(&found), [Cause::Denied]);
    assert!(!found.gaps[0].whole);
    says(&found.gaps[0].tried, &["list services of cluster"]);
}

#[tokio::test]
async fn denied_services_hide_no_pipeline() {
    let stage = Stage::new().await;
    stage.fault(Fault::new(Effect::Deny(Denial::Identity)).service("ecs"));
    let snapshot = observe(&stage.aws().await, &everything()).await;
    let found = &snapshot.regions[&region("eu-west-1")];
    let denied: Vec<_> = found.gaps.iter().filter(|gap| gap.tried == "list clusters").collect();
    assert!(matches!(denied[..], [gap] if !gap.whole && gap.cause == Cause::Denied), "{:?}", found.gaps);
}

#[tokio::test]
async fn a_session_that_a_service_calls_expired_is_made_anew_by_the_next_look() {
    let stage = Stage::new().await;
    let aws = stage.aws().await;
    look(&aws).await;
    stage.simulator.with_world(|world| world.identity.expire_sessions());
    assert_eq!(causes(&look(&aws).await), [Cause::Credentials]);
    assert_eq!(names(&look(&aws).await), ["web"]);
    assert_eq!(stage.count("sts", "AssumeRole"), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_calls_are_in_flight_than_allowed() {
    let stage = Stage::new().await;
    stage.simulator.with_world(|world| {
        for number in 0..40 {
            let cluster = format!("cluster-{number:02}");
            world.region(MEMBER, "eu-west-1").ecs.add_service(&cluster, Service::named("web"));
        }
    });
    stage.simulator.faults.set_latency(Duration::from_millis(5));
    let aws = connect(Options { calls_in_flight: 7, ..stage.options() }).await;
    assert_eq!(look(&aws).await.services.len(), 41);
    let peak = stage.simulator.record.peak_in_flight();
    assert!((2..=7).contains(&peak), "{peak} in flight");
}

#[tokio::test]
async fn published_request_rates_are_kept_so_that_nothing_is_throttled() {
    let stage = Stage::new().await;
    stage.simulator.throttle.set(true);
    stage.simulator.with_world(|world| {
        for number in 0..70 {
            let cluster = format!("cluster-{number:02}");
            world.region(MEMBER, "eu-west-1").ecs.add_service(&cluster, Service::named("web"));
        }
    });
    let found = look(&stage.aws().await).await;
    assert_eq!((found.services.len(), found.gaps.len()), (71, 0));
    let refused = stage.simulator.record.entries().into_iter().filter(|call| call.status != Some(200));
    assert_eq!(refused.count(), 0);
}

fn switch_on(service: &str) -> Change {
    let arn = |kind: &str, name: &str| format!("arn:aws:ecs:eu-west-1:{MEMBER}:{kind}/{name}");
    let breaker = Breaker {
        region: region("eu-west-1"),
        cluster_arn: arn("cluster", "prod"),
        service_arn: arn("service", &format!("prod/{service}")),
        enable: true,
        rollback: true,
    };
    Change::write(Action::Update, Resource::Breaker(breaker), Vec::new(), Vec::new())
}

fn class_of(result: Result<(), AwsError>) -> Class {
    result.expect_err("a refusal").class
}

async fn apply(aws: &Aws, change: &Change) -> Result<(), AwsError> {
    aws.account(&account(MEMBER)).apply(change).await
}

/// The deployment configuration of a service of the cluster `prod`.
fn configuration(stage: &Stage, service: &str) -> serde_json::Value {
    stage.simulator.with_world(|world| {
        let ecs = &world.region(MEMBER, "eu-west-1").ecs;
        ecs.service("prod", service).unwrap().configuration().clone()
    })
}

#[tokio::test]
async fn a_breaker_is_switched_on_and_all_else_is_kept() {
    let stage = Stage::new().await;
    let before = serde_json::json!({
        "enable": false, "rollback": false, "resetOnHealthyTask": false,
        "thresholdConfiguration": { "type": "COUNT", "value": 7 },
    });
    let alarms = serde_json::json!({ "alarmNames": ["slow"], "enable": true, "rollback": true });
    stage.simulator.with_world(|world| {
        let service = Service::named("api")
            .with("deploymentCircuitBreaker", before.clone())
            .with("alarms", alarms.clone())
            .with("maximumPercent", 150.into());
        world.region(MEMBER, "eu-west-1").ecs.add_service("prod", service);
    });
    let mut expected = configuration(&stage, "api");
    expected["deploymentCircuitBreaker"]["enable"] = true.into();
    expected["deploymentCircuitBreaker"]["rollback"] = true.into();

    let aws = stage.aws().await;
    assert_eq!(apply(&aws, &switch_on("api")).await, Ok(()));
    assert_eq!(configuration(&stage, "api"), expected);
    assert_eq!(stage.simulator.record.total_writes(), 1);

    // What is on already is not written again.
    assert_eq!(apply(&aws, &switch_on("api")).await, Ok(()));
    assert_eq!(stage.simulator.record.total_writes(), 1);
}

#[tokio::test]
async fn a_service_that_could_be_harmed_is_not_written() {
    let stage = Stage::new().await;
    stage.simulator.with_world(|world| {
        let ecs = &mut world.region(MEMBER, "eu-west-1").ecs;
        ecs.add_service("prod", Service::named("newer").with("newMember", true.into()));
        ecs.add_service("prod", Service::named("codedeploy").code_deploy());
        ecs.add_service("prod", Service::named("external").external());
        ecs.add_service("prod", Service::named("bluegreen").strategy("BLUE_GREEN"));
        ecs.add_service("prod", Service::named("draining").status("DRAINING"));
        ecs.add_service("prod", Service::named("deploying"));
        let now = OffsetDateTime::now_utc();
        foghorn::sim::ecs::fail_deployment(world, MEMBER, "eu-west-1", "prod", "deploying", "slow", now)
            .unwrap();
    });
    let aws = stage.aws().await;
    for (service, words) in [
        ("newer", "/newMember"),
        ("codedeploy", "CodeDeploy"),
        ("external", "somebody else"),
        ("bluegreen", "BLUE_GREEN"),
        ("draining", "deleted or gone"),
        ("deploying", "in progress"),
        ("vanished", "gone"),
    ] {
        let error = apply(&aws, &switch_on(service)).await.expect_err(service);
        assert_eq!(error.class, Class::Failed(Cause::Other), "{error}");
        says(&error.to_string(), &[service, words]);
    }
    assert_eq!(stage.simulator.record.total_writes(), 0);
}

#[tokio::test]
async fn members_newer_than_the_sdk_are_found_where_services_may_be_written() {
    let stage = Stage::new().await;
    stage.simulator.with_world(|world| {
        let service = Service::named("newer").with("newMember", serde_json::json!({ "deep": 1 }));
        world.region(MEMBER, "eu-west-1").ecs.add_service("prod", service);
    });
    let aws = stage.aws().await;
    for (wanted, expected) in [(true, vec!["/newMember".to_owned()]), (false, vec![])] {
        let mut interest = services_of(&["eu-west-1"]);
        interest.regions.values_mut().for_each(|interest| interest.unknown_members = wanted);
        let snapshot = observe(&aws, &interest).await;
        let [newer, web] = &snapshot.regions[&region("eu-west-1")].services[..] else {
            panic!("{snapshot:?}")
        };
        assert_eq!((&newer.unknown_members, &web.unknown_members), (&expected, &vec![]));
    }
}

#[tokio::test]
async fn a_change_that_is_no_write_is_refused_without_a_call() {
    let stage = Stage::new().await;
    let aws = stage.aws().await;
    let conflict = Change::blocked(Action::Conflict, switch_on("web").key, Vec::new(), "taken");
    assert_eq!(class_of(apply(&aws, &conflict).await), Class::Failed(Cause::Other));
    assert_eq!(stage.simulator.record.total(), 0);
}

/// An organisation of two units, one in the other, and four members.
async fn organization() -> Stage {
    let stage = Stage::empty().await;
    stage.simulator.with_world(|world| {
        let organization = &mut world.organization;
        let root = organization.root();
        organization.add_unit("ou-sim0-11111111", "workloads", root);
        organization.add_unit("ou-sim0-22222222", "prod", "ou-sim0-11111111");
        for (id, name, parent) in [
            ("111111111111", "dev", "ou-sim0-11111111"),
            ("222222222222", "prod", "ou-sim0-22222222"),
            ("333333333333", "closed", "ou-sim0-22222222"),
            ("444444444444", "sandbox", root),
        ] {
            organization.add_account(id, name);
            organization.move_account(id, parent);
        }
        organization.set_account_state("333333333333", "SUSPENDED");
        organization.tag_account("222222222222", "env", "prod");
        organization.tag_account("222222222222", "cost", "high");
    });
    stage
}

async fn discover(
    stage: &Stage,
    include: &[&str],
    exclude: &[&str],
    tags: &[&str],
) -> Vec<DiscoveredAccount> {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let request =
        Discovery { include: owned(include), exclude: owned(exclude), labels_from_tags: owned(tags) };
    stage.aws().await.discover(&request).await.unwrap()
}

fn ids(accounts: &[DiscoveredAccount]) -> Vec<&str> {
    accounts.iter().map(|account| &account.id.as_str()[..4]).collect()
}

#[tokio::test]
async fn the_whole_organisation_is_its_active_accounts() {
    let stage = organization().await;
    let found = discover(&stage, &[], &[], &[]).await;
    assert_eq!(ids(&found), ["1111", "2222", "4444", "9999"]);
    assert_eq!((found[1].name.as_str(), found[1].labels.len()), ("prod", 0));
    assert_eq!(
        stage.simulator.record.counts(),
        BTreeMap::from([("organizations:ListAccounts".to_owned(), 1)])
    );
}

#[tokio::test]
async fn units_are_taken_and_left_out_with_all_below_them() {
    let stage = organization().await;
    for (include, exclude, expected) in [
        (vec!["ou-sim0-11111111"], vec![], vec!["1111", "2222"]),
        (vec!["ou-sim0-22222222"], vec![], vec!["2222"]),
        (vec!["r-sim0"], vec!["ou-sim0-22222222", MANAGEMENT_ACCOUNT], vec!["1111", "4444"]),
        (vec![], vec!["ou-sim0-11111111"], vec!["4444", "9999"]),
        (vec!["ou-sim0-22222222", "444444444444", "222222222222"], vec![], vec!["2222", "4444"]),
        (vec!["222222222222", "333333333333"], vec![], vec!["2222"]),
        (vec!["222222222222"], vec!["ou-sim0-11111111"], vec![]),
    ] {
        assert_eq!(
            ids(&discover(&stage, &include, &exclude, &[]).await),
            expected,
            "{include:?} {exclude:?}"
        );
    }
}

#[tokio::test]
async fn an_account_is_left_out_by_its_id_without_being_looked_up() {
    let stage = organization().await;
    let found = discover(&stage, &[], &["111111111111", "000000000000"], &[]).await;
    assert_eq!(ids(&found), ["2222", "4444", "9999"]);
    assert_eq!(stage.count("organizations", "DescribeAccount"), 0);
}

#[tokio::test]
async fn empty_pages_lose_no_account() {
    let stage = organization().await;
    stage.simulator.with_world(|world| {
        world.knobs.empty_organization_pages = true;
        for number in 0..60 {
            world.organization.add_account(&format!("5555555555{number:02}"), "more");
        }
    });
    assert_eq!(discover(&stage, &[], &[], &[]).await.len(), 64);
    assert_eq!(discover(&stage, &["r-sim0"], &[], &[]).await.len(), 64);
}

#[tokio::test]
async fn wanted_tags_become_labels_at_one_call_an_account() {
    let stage = organization().await;
    let found = discover(&stage, &["ou-sim0-11111111"], &[], &["env", "team"]).await;
    assert_eq!(found[0].labels, BTreeMap::new());
    assert_eq!(found[1].labels, BTreeMap::from([("env".to_owned(), "prod".to_owned())]));
    assert_eq!(stage.count("organizations", "ListTagsForResource"), 2);
}

#[tokio::test]
async fn an_organisation_that_cannot_be_read_in_full_is_an_error() {
    let stage = organization().await;
    let aws = stage.aws().await;
    stage.fault(Fault::new(Effect::Deny(Denial::Identity)).operation("ListTagsForResource").times(1));
    let request = Discovery { labels_from_tags: vec!["env".into()], ..Discovery::default() };
    let error = aws.discover(&request).await.unwrap_err();
    assert_eq!(error.class, Class::Failed(Cause::Denied));
    says(&error.to_string(), &["list the tags of account", "management account"]);

    let request = Discovery { include: vec!["ou-sim0-99999999".into()], ..Discovery::default() };
    let error = aws.discover(&request).await.unwrap_err();
    assert_eq!(error.class, Class::NotFound);
    says(&error.to_string(), &["ou-sim0-99999999"]);
}

#[tokio::test]
async fn looks_and_changes_can_be_handed_to_other_threads() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let stage = Stage::new().await;
    let aws = stage.aws().await;
    let (door, interest) = (aws.account(&account(MEMBER)), services_of(&["eu-west-1"]));
    let snapshot =
        is_send(door.observe(&interest, OffsetDateTime::now_utc(), std::time::Duration::from_secs(120)))
            .await;
    assert!(snapshot.gaps(Location::Region(region("eu-west-1"))).is_empty());
    is_send(door.apply(&switch_on("web"))).await.unwrap();
    is_send(aws.discover(&Discovery::default())).await.unwrap();
}
