//! The AWS SDK for Rust must take the simulator for AWS, in its trouble too.
#![cfg(feature = "demo")]

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_ecs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ecs::types::{DeploymentCircuitBreaker, DeploymentConfiguration};
use foghorn::sim::ecs::Service;
use foghorn::sim::faults::{Denial, Effect, Fault, Kill, Manner};
use foghorn::sim::simulator::{ACCESS_KEY, SECRET_KEY};
use foghorn::sim::{Server, Simulator, start};

const ACCOUNT: &str = "111111111111";
const REGION: &str = "eu-west-1";

/// How long an answer may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A simulator with one member account, one cluster and one service.
struct Stage {
    simulator: Arc<Simulator>,
    server: Server,
}

impl Stage {
    async fn new() -> Stage {
        let simulator = Simulator::new();
        simulator.with_world(|world| {
            world.add_account(ACCOUNT, "dev", "foghorn", None);
            world.region(ACCOUNT, REGION).ecs.add_service("prod", Service::named("web"));
        });
        let server = start(Arc::clone(&simulator), 0).await.unwrap();
        Stage { simulator, server }
    }

    async fn config(&self, credentials: Credentials) -> SdkConfig {
        let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(10));
        aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(self.server.url())
            .credentials_provider(credentials)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts.build())
            .disable_clock_skew_correction(true)
            .load()
            .await
    }

    async fn tooling(&self) -> SdkConfig {
        self.config(Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "tests")).await
    }

    async fn member(&self) -> SdkConfig {
        let sts = aws_sdk_sts::Client::new(&self.tooling().await);
        let role = format!("arn:aws:iam::{ACCOUNT}:role/foghorn");
        let answer = sts.assume_role().role_arn(role).role_session_name("tests").send().await;
        let given = answer.unwrap().credentials.unwrap();
        self.config(Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            Some(given.session_token),
            None,
            "tests",
        ))
        .await
    }

    async fn ecs(&self) -> aws_sdk_ecs::Client {
        aws_sdk_ecs::Client::new(&self.member().await)
    }
}

/// The code of a refusal; `None` if there was no answer that the SDK could read.
fn code<T, E: ProvideErrorMetadata>(answer: Result<T, E>) -> Option<String> {
    answer.err().expect("a failure").code().map(str::to_owned)
}

fn breaker_on() -> DeploymentConfiguration {
    let breaker = DeploymentCircuitBreaker::builder().enable(true).rollback(true);
    DeploymentConfiguration::builder().deployment_circuit_breaker(breaker.build()).build()
}

#[tokio::test]
async fn services_are_listed_described_and_updated_from_the_account_of_the_role() {
    let stage = Stage::new().await;
    let ecs = stage.ecs().await;
    let listed = ecs.list_services().cluster("prod").send().await.unwrap();
    assert_eq!(listed.service_arns(), ["arn:aws:ecs:eu-west-1:111111111111:service/prod/web"]);
    let update = ecs.update_service().cluster("prod").service("web");
    update.deployment_configuration(breaker_on()).send().await.unwrap();
    let described = ecs.describe_services().cluster("prod").services("web").send().await.unwrap();
    let configuration = described.services()[0].deployment_configuration().unwrap();
    assert!(configuration.deployment_circuit_breaker().unwrap().rollback());

    let writes = stage.simulator.record.writes();
    assert_eq!(writes.len(), 1);
    assert_eq!((writes[0].account.as_str(), writes[0].operation.as_str()), (ACCOUNT, "UpdateService"));
    assert_eq!(writes[0].status, Some(200));
    stage.server.stop().await;
}

#[tokio::test]
async fn accounts_are_listed_for_the_management_account_alone() {
    let stage = Stage::new().await;
    let organizations = aws_sdk_organizations::Client::new(&stage.tooling().await);
    let listed = organizations.list_accounts().send().await.unwrap();
    assert_eq!(listed.accounts().len(), 2);
    let organizations = aws_sdk_organizations::Client::new(&stage.member().await);
    let refused = organizations.list_accounts().send().await;
    assert_eq!(code(refused).as_deref(), Some("AccessDeniedException"));
}

#[tokio::test]
async fn trouble_comes_in_each_services_own_words() {
    let stage = Stage::new().await;
    let (ecs, sts) = (stage.ecs().await, aws_sdk_sts::Client::new(&stage.tooling().await));
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&stage.member().await);
    let faults = &stage.simulator.faults;

    faults.add(Fault::new(Effect::Throttle).times(3));
    assert_eq!(code(ecs.list_clusters().send().await).as_deref(), Some("ThrottlingException"));
    assert_eq!(code(sts.get_caller_identity().send().await).as_deref(), Some("Throttling"));
    assert_eq!(code(cloudwatch.describe_alarms().send().await).as_deref(), Some("Throttling"));

    faults.add(Fault::new(Effect::Deny(Denial::ServiceControlPolicy)).account(ACCOUNT).times(1));
    let denied = ecs.list_clusters().send().await.unwrap_err();
    assert_eq!(denied.code(), Some("AccessDeniedException"));
    let message = denied.message().unwrap();
    assert!(message.ends_with("with an explicit deny in a service control policy"), "{message}");

    faults.add(Fault::new(Effect::ServerError(503)).service("ecs").times(1));
    assert_eq!(code(ecs.list_clusters().send().await).as_deref(), Some("ServerException"));
    assert!(ecs.list_clusters().send().await.is_ok());
}

#[tokio::test]
async fn an_answer_can_be_garbage_or_break_off_or_never_come() {
    let stage = Stage::new().await;
    let ecs = stage.ecs().await;
    for effect in [Effect::Malformed, Effect::Reset, Effect::Hang] {
        stage.simulator.faults.add(Fault::new(effect.clone()).operation("ListClusters").times(1));
        let patience = if effect == Effect::Hang { Duration::from_millis(500) } else { PATIENCE };
        let waited = tokio::time::timeout(patience, ecs.list_clusters().send());
        match waited.await {
            Ok(answer) => assert_eq!(code(answer), None, "{effect:?}"),
            Err(_elapsed) => assert_eq!(effect, Effect::Hang),
        }
        assert!(ecs.list_clusters().send().await.is_ok(), "after {effect:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_its_effect() {
    let stage = Stage::new().await;
    let ecs = stage.ecs().await;
    stage.simulator.faults.add(Fault::new(Effect::LoseAnswer).times(1));
    assert_eq!(code(ecs.create_cluster().cluster_name("new").send().await), None);
    let listed = ecs.list_clusters().send().await.unwrap();
    assert!(listed.cluster_arns().iter().any(|arn| arn.ends_with("cluster/new")));
}

#[tokio::test]
async fn a_killed_controller_reaches_nothing_until_its_successor_starts() {
    let stage = Stage::new().await;
    let ecs = stage.ecs().await;
    let faults = &stage.simulator.faults;
    faults.kill(Kill { at_write: 2, after_effect: true, manner: Manner::Refuse });
    assert!(ecs.create_cluster().cluster_name("first").send().await.is_ok());
    let killed = Some("Killed".to_owned());
    assert_eq!(code(ecs.create_cluster().cluster_name("second").send().await), killed);
    assert_eq!(code(ecs.create_cluster().cluster_name("third").send().await), killed);
    assert_eq!(code(ecs.list_clusters().send().await), killed);
    faults.revive();
    let listed = ecs.list_clusters().send().await.unwrap();
    let names: Vec<_> = listed.cluster_arns().iter().filter_map(|arn| arn.rsplit('/').next()).collect();
    assert_eq!(names, ["first", "prod", "second"]);
}

#[tokio::test]
async fn a_clock_that_is_off_is_refused_and_an_old_session_is_expired() {
    let stage = Stage::new().await;
    let member = stage.member().await;
    let (ecs, sts) = (aws_sdk_ecs::Client::new(&member), aws_sdk_sts::Client::new(&stage.tooling().await));
    stage.simulator.clock.set_offset(time::Duration::minutes(20));
    assert_eq!(code(ecs.list_clusters().send().await).as_deref(), Some("InvalidSignatureException"));
    let refused = sts.get_caller_identity().send().await;
    assert_eq!(code(refused).as_deref(), Some("SignatureDoesNotMatch"));
    stage.simulator.clock.set_offset(time::Duration::ZERO);
    assert!(ecs.list_clusters().send().await.is_ok());

    stage.simulator.with_world(|world| world.identity.expire_sessions());
    assert_eq!(code(ecs.list_clusters().send().await).as_deref(), Some("ExpiredTokenException"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_answer_does_not_hold_up_the_others() {
    let stage = Stage::new().await;
    let ecs = stage.ecs().await;
    // Time enough for all to be there at once.
    stage.simulator.faults.set_latency(Duration::from_secs(1));
    let calls = (0..20).map(|_| ecs.list_clusters().send());
    assert!(futures::future::join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(stage.simulator.record.peak_in_flight(), 20);
}

#[tokio::test]
async fn published_request_rates_are_kept_when_switched_on() {
    let stage = Stage::new().await;
    let ecs = stage.ecs().await;
    stage.simulator.throttle.set(true);
    let calls = (0..200).map(|_| ecs.list_clusters().send());
    let answers = futures::future::join_all(calls).await;
    let refused = answers.iter().filter(|answer| answer.is_err()).count();
    assert!((50..=150).contains(&refused), "{refused} of 200 refused with a burst of 50");
}

#[tokio::test]
async fn a_stopping_server_ends_the_calls_that_hang() {
    let stage = Stage::new().await;
    let ecs = stage.ecs().await;
    stage.simulator.faults.add(Fault::new(Effect::Hang));
    let hanging = tokio::spawn(async move { ecs.list_clusters().send().await });
    while stage.simulator.record.count("ecs", "ListClusters") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stage.server.stop().await;
    let ended = hanging.await.unwrap();
    assert!(!matches!(ended, Err(SdkError::TimeoutError(_))), "the client gave up before the server did");
    assert_eq!(code(ended), None);
}
