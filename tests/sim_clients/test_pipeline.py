"""The event pipeline through boto3: rules, topics, queues, alarms, Chatbot."""

import datetime
import itertools
import json
import urllib.request

import pytest
from botocore.exceptions import ClientError
from conftest import ACCOUNT, ROLE

REGION = "eu-west-1"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
PATTERN = json.dumps({"source": ["aws.ecs"], "detail": {"eventType": ["ERROR"]}})
TEMPLATE = (
    '{"version":"1.0","source":"custom","content":'
    '{"title":"Deployment failed","description":"in <region>","nextSteps":[<reason>]},'
    '"metadata":{"threadId":"web"}}'
)
TRANSFORMER = {
    "InputPathsMap": {"reason": "$.detail.reason", "region": "$.region"},
    "InputTemplate": TEMPLATE,
}
numbers = itertools.count(1)


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def post(organisation, path, body):
    request = urllib.request.Request(
        organisation.url + path,
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        text = response.read().decode()
    return json.loads(text) if text else None


class Pipeline:
    """One rule, topic, queue and Slack channel of its own, on a shared account."""

    def __init__(self, organisation):
        self.organisation = organisation
        self.name = f"pipeline-{next(numbers)}"
        self.channel = f"C{next(numbers):04}"
        # One session for all: each client of its own would assume the role again.
        credentials = organisation.credentials(region=REGION)
        for service in ("events", "sns", "sqs", "cloudwatch", "chatbot"):
            setattr(self, service, organisation.client(service, REGION, credentials))
        self.alarms_at_home = organisation.client("cloudwatch", "us-east-1", credentials)
        post(organisation, "/_foghorn/workspaces", {"account": ACCOUNT, "id": "T0123", "name": "acme"})
        self.topic = self.sns.create_topic(Name=self.name)["TopicArn"]

    def let_events_publish(self):
        statement = {
            "Sid": "AllowEventBridge", "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sns:Publish", "Resource": self.topic,
            "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{self.name}"}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.sns.set_topic_attributes(TopicArn=self.topic, AttributeName="Policy", AttributeValue=policy)

    def make_dead_letter_queue(self):
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name}"
        policy = json.dumps({"Statement": [{
            "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage", "Resource": arn,
        }]})
        answer = self.sqs.create_queue(QueueName=self.name, Attributes={"Policy": policy})
        return answer["QueueUrl"], arn

    def make_rule(self, **target):
        self.events.put_rule(Name=self.name, EventPattern=PATTERN)
        answer = self.events.put_targets(
            Rule=self.name, Targets=[{"Id": "room", "Arn": self.topic, **target}]
        )
        assert answer["FailedEntryCount"] == 0

    def make_room(self):
        answer = self.chatbot.create_slack_channel_configuration(
            SlackTeamId="T0123", SlackChannelId=self.channel, SlackChannelName="deploys",
            SnsTopicArns=[self.topic], IamRoleArn=ROLE_ARN, ConfigurationName=self.name,
            Tags=[{"TagKey": "owner", "TagValue": "foghorn"}],
        )
        return answer["ChannelConfiguration"]

    def fail_deployment(self, reason):
        deliveries = post(self.organisation, "/_foghorn/events", {
            "version": "0", "id": f"event-{next(numbers)}", "detail-type": "ECS Deployment State Change",
            "source": "aws.ecs", "account": ACCOUNT, "region": REGION, "time": "2026-11-20T10:00:00Z",
            "resources": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/cluster-01/service-001"],
            "detail": {"eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "reason": reason},
        })
        return next(delivery for delivery in deliveries if delivery["rule"] == self.name)

    def room(self):
        rooms = json.loads(self.organisation.get("/_foghorn/rooms"))["rooms"]
        return [room["messages"] for room in rooms if room["channel"] == self.channel]

    def sum(self, client, namespace, metric, dimension):
        now = datetime.datetime.now(datetime.timezone.utc)
        answer = client.get_metric_data(
            MetricDataQueries=[{
                "Id": "m", "MetricStat": {
                    "Metric": {
                        "Namespace": namespace, "MetricName": metric,
                        "Dimensions": [{"Name": dimension, "Value": self.name}],
                    },
                    "Period": 60, "Stat": "Sum",
                },
            }],
            StartTime=now - datetime.timedelta(hours=1), EndTime=now + datetime.timedelta(minutes=1),
        )
        return sum(answer["MetricDataResults"][0]["Values"])

    def unsupported(self):
        return self.sum(self.alarms_at_home, "AWS/Chatbot", "UnsupportedEvents", "ConfigurationName")

    def failed_invocations(self):
        return self.sum(self.cloudwatch, "AWS/Events", "FailedInvocations", "RuleName")


@pytest.fixture
def pipeline(organisation):
    return Pipeline(organisation)


# --- the path of an event


def test_a_failed_deployment_is_read_in_the_room(pipeline):
    pipeline.let_events_publish()
    pipeline.make_rule(InputTransformer=TRANSFORMER)
    pipeline.make_room()
    assert pipeline.fail_deployment('task "web" failed to start')["error"] is None
    [[message]] = pipeline.room()
    assert message["title"] == "Deployment failed"
    assert message["description"] == f"in {REGION}"
    assert message["nextSteps"] == ['task "web" failed to start']
    assert pipeline.unsupported() == 0
    assert "task &quot;web&quot; failed to start" in pipeline.organisation.get("/rooms")


def test_a_raw_event_is_lost_and_counted(pipeline):
    pipeline.let_events_publish()
    pipeline.make_rule()
    pipeline.make_room()
    assert pipeline.fail_deployment("x")["error"] is None
    assert pipeline.room() == []
    assert pipeline.unsupported() == 1


def test_a_missing_topic_policy_ends_in_the_dead_letter_queue(pipeline):
    url, arn = pipeline.make_dead_letter_queue()
    pipeline.make_rule(DeadLetterConfig={"Arn": arn})
    assert pipeline.fail_deployment("x")["error"] == "NO_PERMISSIONS"
    assert pipeline.failed_invocations() == 1
    [message] = pipeline.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"])["source"] == "aws.ecs"
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    pipeline.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_an_alarm_on_failed_invocations_fires(pipeline):
    pipeline.make_rule()
    watch = pipeline.sns.create_topic(Name=f"{pipeline.name}-watch")["TopicArn"]
    pipeline.chatbot.create_slack_channel_configuration(
        SlackTeamId="T0123", SlackChannelId=pipeline.channel, SnsTopicArns=[watch],
        IamRoleArn=ROLE_ARN, ConfigurationName=pipeline.name,
    )
    put_alarm(pipeline, AlarmActions=[watch])
    pipeline.fail_deployment("x")
    post(pipeline.organisation, "/_foghorn/alarms", {})
    [alarm] = pipeline.cloudwatch.describe_alarms(AlarmNames=[pipeline.name])["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"
    [[message]] = pipeline.room()
    assert message["title"] == f"CloudWatch Alarm | {pipeline.name} | {REGION}"


# --- EventBridge


def test_a_rule_is_described_listed_and_tagged(pipeline):
    pipeline.events.put_rule(
        Name=pipeline.name, EventPattern=PATTERN, Description="d", State="DISABLED",
        Tags=[{"Key": "owner", "Value": "foghorn"}],
    )
    pipeline.events.enable_rule(Name=pipeline.name)
    rule = pipeline.events.describe_rule(Name=pipeline.name)
    assert (rule["State"], rule["Description"], rule["EventBusName"]) == ("ENABLED", "d", "default")
    [listed] = pipeline.events.list_rules(NamePrefix=pipeline.name)["Rules"]
    assert listed["Arn"] == rule["Arn"]
    tags = pipeline.events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]
    assert tags == [{"Key": "owner", "Value": "foghorn"}]
    pipeline.events.delete_rule(Name=pipeline.name)
    assert refusal(pipeline.events.describe_rule, Name=pipeline.name) == ("ResourceNotFoundException", 400)


def test_a_target_comes_back_as_it_was_put(pipeline):
    target = {
        "Id": "room", "Arn": pipeline.topic, "InputTransformer": TRANSFORMER,
        "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 60},
    }
    pipeline.events.put_rule(Name=pipeline.name, EventPattern=PATTERN)
    pipeline.events.put_targets(Rule=pipeline.name, Targets=[target])
    assert pipeline.events.list_targets_by_rule(Rule=pipeline.name)["Targets"] == [target]
    assert refusal(pipeline.events.delete_rule, Name=pipeline.name) == ("ValidationException", 400)
    pipeline.events.remove_targets(Rule=pipeline.name, Ids=["room"])
    pipeline.events.delete_rule(Name=pipeline.name)


def test_patterns_are_tested_and_refused(pipeline):
    event = {
        "id": "1", "account": ACCOUNT, "source": "aws.ecs", "time": "2026-11-20T10:00:00Z",
        "region": REGION, "resources": [], "detail-type": "t", "detail": {"eventType": "ERROR"},
    }
    answer = pipeline.events.test_event_pattern(EventPattern=PATTERN, Event=json.dumps(event))
    assert answer["Result"] is True
    wrong = {"Name": pipeline.name, "EventPattern": '{"source": "aws.ecs"}'}
    assert refusal(pipeline.events.put_rule, **wrong) == ("InvalidEventPatternException", 400)


def test_an_event_in_the_name_of_aws_is_refused_by_itself(pipeline):
    entries = [{"Source": source, "DetailType": "t", "Detail": "{}"} for source in ("aws.ecs", "custom")]
    answer = pipeline.events.put_events(Entries=entries)
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    assert answer["Entries"][1]["EventId"]


# --- SNS


def test_topic_attributes_are_a_map(pipeline):
    attributes = pipeline.sns.get_topic_attributes(TopicArn=pipeline.topic)["Attributes"]
    assert attributes["Owner"] == ACCOUNT
    assert json.loads(attributes["Policy"])["Statement"][0]["Sid"] == "__default_statement_ID"


def test_a_policy_with_all_actions_is_refused(pipeline):
    policy = json.dumps({"Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "sns:*", "Resource": pipeline.topic,
    }]})
    with pytest.raises(pipeline.sns.exceptions.InvalidParameterException, match="out of service scope"):
        pipeline.sns.set_topic_attributes(
            TopicArn=pipeline.topic, AttributeName="Policy", AttributeValue=policy
        )


def test_a_missing_topic_is_not_found(pipeline):
    gone = f"{pipeline.topic}-gone"
    with pytest.raises(pipeline.sns.exceptions.NotFoundException):
        pipeline.sns.get_topic_attributes(TopicArn=gone)
    assert refusal(pipeline.sns.list_tags_for_resource, ResourceArn=gone) == ("ResourceNotFound", 404)


def test_topics_are_tagged_and_listed(pipeline):
    pipeline.sns.tag_resource(ResourceArn=pipeline.topic, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    pipeline.sns.untag_resource(ResourceArn=pipeline.topic, TagKeys=["a"])
    assert pipeline.sns.list_tags_for_resource(ResourceArn=pipeline.topic)["Tags"] == [{"Key": "b", "Value": "2"}]
    pages = pipeline.sns.get_paginator("list_topics").paginate()
    assert pipeline.topic in [topic["TopicArn"] for page in pages for topic in page["Topics"]]


def test_a_queue_hears_a_topic(pipeline):
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{pipeline.name}"
    policy = json.dumps({"Statement": [{
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
        "Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": pipeline.topic}},
    }]})
    url = pipeline.sqs.create_queue(QueueName=pipeline.name, Attributes={"Policy": policy})["QueueUrl"]
    pipeline.sns.subscribe(TopicArn=pipeline.topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
    identity = pipeline.sns.publish(TopicArn=pipeline.topic, Message="hello")["MessageId"]
    [message] = pipeline.sqs.receive_message(QueueUrl=url)["Messages"]
    envelope = json.loads(message["Body"])
    assert (envelope["Message"], envelope["MessageId"]) == ("hello", identity)


# --- SQS


def test_a_queue_is_found_by_name_and_described(pipeline):
    made = pipeline.sqs.create_queue(QueueName=pipeline.name, tags={"a": "1"})["QueueUrl"]
    assert pipeline.sqs.get_queue_url(QueueName=pipeline.name)["QueueUrl"] == made
    attributes = pipeline.sqs.get_queue_attributes(QueueUrl=made, AttributeNames=["QueueArn"])["Attributes"]
    assert attributes == {"QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{pipeline.name}"}
    assert pipeline.sqs.list_queue_tags(QueueUrl=made)["Tags"] == {"a": "1"}
    assert pipeline.sqs.list_queues(QueueNamePrefix=pipeline.name)["QueueUrls"] == [made]
    pipeline.sqs.delete_queue(QueueUrl=made)
    with pytest.raises(pipeline.sqs.exceptions.QueueDoesNotExist):
        pipeline.sqs.get_queue_url(QueueName=pipeline.name)


# --- CloudWatch


def put_alarm(pipeline, **changes):
    alarm = {
        "AlarmName": pipeline.name, "Namespace": "AWS/Events", "MetricName": "FailedInvocations",
        "Dimensions": [{"Name": "RuleName", "Value": pipeline.name}], "Statistic": "Sum", "Period": 300,
        "EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching", **changes,
    }
    pipeline.cloudwatch.put_metric_alarm(**alarm)
    return alarm


def test_an_alarm_is_described_as_it_was_put(pipeline):
    alarm = put_alarm(pipeline, AlarmActions=[pipeline.topic], Tags=[{"Key": "a", "Value": "1"}])
    [shown] = pipeline.cloudwatch.describe_alarms(AlarmNamePrefix=pipeline.name)["MetricAlarms"]
    for member in alarm.keys() - {"Tags"}:
        assert shown[member] == alarm[member], member
    assert shown["StateValue"] == "INSUFFICIENT_DATA"
    assert isinstance(shown["StateUpdatedTimestamp"], datetime.datetime)
    tags = pipeline.cloudwatch.list_tags_for_resource(ResourceARN=shown["AlarmArn"])["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}]
    pipeline.cloudwatch.delete_alarms(AlarmNames=[pipeline.name])
    assert pipeline.cloudwatch.describe_alarms(AlarmNames=[pipeline.name])["MetricAlarms"] == []


def test_an_action_in_another_region_is_refused(pipeline):
    elsewhere = f"arn:aws:sns:us-east-1:{ACCOUNT}:watch"
    with pytest.raises(ClientError, match="Invalid region us-east-1 specified") as caught:
        put_alarm(pipeline, AlarmActions=[elsewhere])
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_an_alarms_actions_are_switched(pipeline):
    put_alarm(pipeline)
    pipeline.cloudwatch.disable_alarm_actions(AlarmNames=[pipeline.name])
    [shown] = pipeline.cloudwatch.describe_alarms(AlarmNames=[pipeline.name])["MetricAlarms"]
    assert shown["ActionsEnabled"] is False
    gone = {"AlarmName": f"{pipeline.name}-gone", "StateValue": "OK", "StateReason": "test"}
    assert refusal(pipeline.cloudwatch.set_alarm_state, **gone) == ("ResourceNotFound", 404)


def test_metric_data_goes_in_and_comes_out(pipeline):
    now = datetime.datetime.now(datetime.timezone.utc)
    data = [{"MetricName": pipeline.name, "Value": 2.5, "Timestamp": now}, {"MetricName": pipeline.name, "Value": 1.0}]
    pipeline.cloudwatch.put_metric_data(Namespace="custom", MetricData=data)
    answer = pipeline.cloudwatch.get_metric_statistics(
        Namespace="custom", MetricName=pipeline.name, Period=3600, Statistics=["Sum", "SampleCount"],
        StartTime=now - datetime.timedelta(hours=1), EndTime=now + datetime.timedelta(hours=1),
    )
    assert sum(point["Sum"] for point in answer["Datapoints"]) == 3.5
    [metric] = pipeline.cloudwatch.list_metrics(Namespace="custom", MetricName=pipeline.name)["Metrics"]
    assert metric["Dimensions"] == []


# --- AWS Chatbot


def test_a_configuration_is_made_changed_and_deleted(pipeline):
    made = pipeline.make_room()
    assert made["SlackTeamName"] == "acme"
    assert made["Tags"] == [{"TagKey": "owner", "TagValue": "foghorn"}]
    [subscription] = pipeline.sns.list_subscriptions_by_topic(TopicArn=pipeline.topic)["Subscriptions"]
    assert subscription["Endpoint"] == "https://global.sns-api.chatbot.amazonaws.com"
    arn = made["ChatConfigurationArn"]
    updated = pipeline.chatbot.update_slack_channel_configuration(
        ChatConfigurationArn=arn, SlackChannelId=pipeline.channel, SnsTopicArns=[]
    )["ChannelConfiguration"]
    assert updated["SnsTopicArns"] == []
    assert pipeline.sns.list_subscriptions_by_topic(TopicArn=pipeline.topic)["Subscriptions"] == []
    pipeline.chatbot.tag_resource(ResourceARN=arn, Tags=[{"TagKey": "a", "TagValue": "1"}])
    pipeline.chatbot.untag_resource(ResourceARN=arn, TagKeys=["owner"])
    assert pipeline.chatbot.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"TagKey": "a", "TagValue": "1"}]
    pipeline.chatbot.delete_slack_channel_configuration(ChatConfigurationArn=arn)
    listed = pipeline.chatbot.describe_slack_channel_configurations(ChatConfigurationArn=arn)
    assert listed["SlackChannelConfigurations"] == []


def test_a_channel_and_a_name_are_taken_once(pipeline):
    pipeline.make_room()
    same = {"SlackTeamId": "T0123", "IamRoleArn": ROLE_ARN}
    create = pipeline.chatbot.create_slack_channel_configuration
    channel_taken = {"SlackChannelId": pipeline.channel, "ConfigurationName": f"{pipeline.name}-again", **same}
    assert refusal(create, **channel_taken) == ("InvalidRequestException", 400)
    name_taken = {"SlackChannelId": "C9999", "ConfigurationName": pipeline.name, **same}
    assert refusal(create, **name_taken) == ("ConflictException", 409)
    unknown = {**channel_taken, "SlackChannelId": "C9999", "SlackTeamId": "T9999"}
    assert refusal(create, **unknown) == ("InvalidRequestException", 400)


def test_chatbot_has_no_endpoint_in_us_east_1(organisation):
    client = organisation.member("chatbot", "us-east-1")
    assert refusal(client.describe_slack_workspaces)[1] == 404
