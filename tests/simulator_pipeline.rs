//! The AWS SDK for Rust must take the simulator's event services for AWS.
#![cfg(feature = "demo")]

use std::sync::Arc;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_chatbot::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    ComparisonOperator, Dimension, Metric, MetricDataQuery, MetricStat, StateValue, Statistic,
};
use aws_sdk_eventbridge::types::{DeadLetterConfig, Target};
use aws_sdk_sqs::types::QueueAttributeName;
use foghorn::sim::simulator::{ACCESS_KEY, MANAGEMENT_ACCOUNT, SECRET_KEY};
use foghorn::sim::world::Role;
use foghorn::sim::{Server, Simulator, chatbot, cloudwatch, routing, start};
use serde_json::json;
use time::OffsetDateTime;

const REGION: &str = "eu-west-1";

/// A simulator whose tooling account has a Slack workspace and a role for it.
struct Stage {
    simulator: Arc<Simulator>,
    server: Server,
}

impl Stage {
    async fn new() -> Stage {
        let simulator = Simulator::new();
        simulator.with_world(|world| {
            chatbot::authorise_workspace(world, MANAGEMENT_ACCOUNT, "T0123", "acme");
            let account = world.accounts.entry(MANAGEMENT_ACCOUNT.to_owned()).or_default();
            account.roles.insert("foghorn-chat".to_owned(), Role::default());
        });
        let server = start(Arc::clone(&simulator), 0).await.unwrap();
        Stage { simulator, server }
    }

    async fn config(&self) -> SdkConfig {
        aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(self.server.url())
            .credentials_provider(Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "tests"))
            .retry_config(RetryConfig::disabled())
            .load()
            .await
    }

    /// Emits the event of a failed deployment.
    fn fail_deployment(&self) -> Vec<routing::Delivery> {
        let event = json!({
            "version": "0", "id": "1", "detail-type": "ECS Deployment State Change", "source": "aws.ecs",
            "account": MANAGEMENT_ACCOUNT, "region": REGION, "time": "2026-11-20T10:00:00Z", "resources": [],
            "detail": {"eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "reason": "x"},
        });
        let now = OffsetDateTime::now_utc();
        self.simulator
            .with_world(|world| routing::publish_event(world, MANAGEMENT_ACCOUNT, REGION, &event, now))
    }
}

fn rule_dimension() -> Dimension {
    Dimension::builder().name("RuleName").value("deploys").build()
}

#[tokio::test]
async fn an_event_that_its_topic_refuses_lies_in_the_dead_letter_queue() {
    let stage = Stage::new().await;
    let config = stage.config().await;
    let (events, sqs) = (aws_sdk_eventbridge::Client::new(&config), aws_sdk_sqs::Client::new(&config));
    let topic = aws_sdk_sns::Client::new(&config).create_topic().name("room").send().await.unwrap();
    let queue_arn = format!("arn:aws:sqs:{REGION}:{MANAGEMENT_ACCOUNT}:dead");
    let policy = json!({"Statement": [{
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage", "Resource": queue_arn,
    }]});
    let queue = sqs
        .create_queue()
        .queue_name("dead")
        .attributes(QueueAttributeName::Policy, policy.to_string())
        .send()
        .await
        .unwrap();
    events.put_rule().name("deploys").event_pattern(r#"{"source":["aws.ecs"]}"#).send().await.unwrap();
    let target = Target::builder()
        .id("room")
        .arn(topic.topic_arn().unwrap())
        .dead_letter_config(DeadLetterConfig::builder().arn(&queue_arn).build())
        .build()
        .unwrap();
    events.put_targets().rule("deploys").targets(target.clone()).send().await.unwrap();
    let listed = events.list_targets_by_rule().rule("deploys").send().await.unwrap();
    assert_eq!(listed.targets(), [target]);
    assert_eq!(stage.fail_deployment().len(), 1);
    let received = sqs
        .receive_message()
        .queue_url(queue.queue_url().unwrap())
        .message_attribute_names("All")
        .send()
        .await;
    let received = received.unwrap();
    let attributes = received.messages()[0].message_attributes().unwrap();
    assert_eq!(attributes["ERROR_CODE"].string_value(), Some("NO_PERMISSIONS"));
    let gone = sqs.get_queue_url().queue_name("gone").send().await.unwrap_err();
    assert!(gone.into_service_error().is_queue_does_not_exist());
}

#[tokio::test]
async fn an_alarm_and_its_metric_are_read_over_cbor() {
    let stage = Stage::new().await;
    let client = aws_sdk_cloudwatch::Client::new(&stage.config().await);
    let put = client
        .put_metric_alarm()
        .alarm_name("failed")
        .namespace("AWS/Events")
        .metric_name("FailedInvocations")
        .dimensions(rule_dimension())
        .statistic(Statistic::Sum)
        .period(300)
        .evaluation_periods(1)
        .threshold(0.0)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold);
    put.clone().send().await.unwrap();
    let elsewhere = format!("arn:aws:sns:us-east-1:{MANAGEMENT_ACCOUNT}:watch");
    let refused = put.alarm_actions(elsewhere).send().await.unwrap_err();
    assert!(refused.message().unwrap().contains("Invalid region us-east-1"));
    let now = OffsetDateTime::now_utc();
    stage.simulator.with_world(|world| {
        let dimensions = [("RuleName", "deploys")];
        cloudwatch::add_metric(
            world,
            MANAGEMENT_ACCOUNT,
            REGION,
            "AWS/Events",
            "FailedInvocations",
            &dimensions,
            2.0,
            now,
        );
        cloudwatch::evaluate(world, now);
    });
    let described = client.describe_alarms().alarm_names("failed").send().await.unwrap();
    let alarm = &described.metric_alarms()[0];
    assert_eq!((alarm.state_value(), alarm.threshold()), (Some(&StateValue::Alarm), Some(0.0)));
    assert_eq!(alarm.dimensions(), [rule_dimension()]);
    assert!(alarm.state_updated_timestamp().unwrap().secs() > 0);
    let metric = Metric::builder()
        .namespace("AWS/Events")
        .metric_name("FailedInvocations")
        .dimensions(rule_dimension());
    let stat = MetricStat::builder().metric(metric.build()).period(60).stat("Sum").build();
    let data = client
        .get_metric_data()
        .metric_data_queries(MetricDataQuery::builder().id("failed").metric_stat(stat).build())
        .start_time(DateTime::from_secs(now.unix_timestamp() - 600))
        .end_time(DateTime::from_secs(now.unix_timestamp() + 60))
        .send()
        .await
        .unwrap();
    assert_eq!(data.metric_data_results()[0].values(), [2.0]);
    assert_eq!(data.next_token(), None);
}

#[tokio::test]
async fn a_slack_channel_is_configured_changed_and_given_back() {
    let stage = Stage::new().await;
    let client = aws_sdk_chatbot::Client::new(&stage.config().await);
    let workspaces = client.describe_slack_workspaces().send().await.unwrap();
    assert_eq!(workspaces.slack_workspaces()[0].slack_team_id(), "T0123");
    let create = client
        .create_slack_channel_configuration()
        .slack_team_id("T0123")
        .slack_channel_id("C0123")
        .configuration_name("deploys")
        .iam_role_arn(format!("arn:aws:iam::{MANAGEMENT_ACCOUNT}:role/foghorn-chat"));
    let made = create.clone().send().await.unwrap();
    let arn = made.channel_configuration().unwrap().chat_configuration_arn().to_owned();
    let again = create.send().await.unwrap_err();
    assert!(again.into_service_error().is_conflict_exception());
    let update =
        client.update_slack_channel_configuration().chat_configuration_arn(&arn).slack_channel_id("C0123");
    update.logging_level("ERROR").send().await.unwrap();
    let listed = client.describe_slack_channel_configurations().send().await.unwrap();
    assert_eq!(listed.slack_channel_configurations()[0].logging_level(), Some("ERROR"));
    client.delete_slack_channel_configuration().chat_configuration_arn(&arn).send().await.unwrap();
    let gone = client.list_tags_for_resource().resource_arn(&arn).send().await.unwrap_err();
    assert!(gone.into_service_error().is_resource_not_found_exception());
}
