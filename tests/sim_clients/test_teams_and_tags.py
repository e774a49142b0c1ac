"""Microsoft Teams in AWS Chatbot, the tagging API and filters of subscriptions."""

import itertools
import json
import os
import subprocess
import sys
import urllib.request

import pytest
from botocore.exceptions import ClientError
from conftest import ACCOUNT, ROLE

REGION = "eu-west-1"
TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
TEAM = "22222222-aaaa-4bbb-8ccc-000000000002"
numbers = itertools.count(1)


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def cli(organisation, credentials, *words):
    """Asks through the AWS CLI, as a caller of the member account."""
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": organisation.url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": credentials["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": credentials["aws_secret_access_key"],
        "AWS_SESSION_TOKEN": credentials["aws_session_token"],
    }
    command = [os.path.join(os.path.dirname(sys.executable), "aws"), *words, "--output", "json"]
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return json.loads(output)


@pytest.fixture
def credentials(organisation):
    return organisation.credentials(region=REGION)


@pytest.fixture
def chatbot(organisation, credentials):
    request = urllib.request.Request(
        organisation.url + "/_foghorn/teams",
        data=json.dumps({"account": ACCOUNT, "tenant": TENANT, "id": TEAM, "name": "Platform"}).encode(),
        headers={"content-type": "application/json"},
    )
    urllib.request.urlopen(request).close()
    return organisation.client("chatbot", REGION, credentials)


def channel(name, **changes):
    return {
        "TenantId": TENANT, "TeamId": TEAM, "ChannelId": f"19%3A{name}%40thread.tacv2", "ChannelName": name,
        "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", "ConfigurationName": name, **changes,
    }


def test_a_message_reaches_a_channel_of_teams(organisation, credentials, chatbot):
    name = f"teams{next(numbers)}"
    sns = organisation.client("sns", REGION, credentials)
    topic = sns.create_topic(Name=name)["TopicArn"]
    made = chatbot.create_microsoft_teams_channel_configuration(**channel(name, SnsTopicArns=[topic]))
    arn = made["ChannelConfiguration"]["ChatConfigurationArn"]
    assert arn.endswith(f":chat-configuration/microsoft-teams-channel/{name}")
    notification = {"version": "1.0", "source": "custom", "content": {"description": "hello"}}
    sns.publish(TopicArn=topic, Message=json.dumps(notification))
    rooms = json.loads(organisation.get("/_foghorn/rooms"))["rooms"]
    [room] = [room for room in rooms if room["channelName"] == name]
    assert [message["description"] for message in room["messages"]] == ["hello"]
    got = chatbot.get_microsoft_teams_channel_configuration(ChatConfigurationArn=arn)
    assert got["ChannelConfiguration"] == made["ChannelConfiguration"]
    chatbot.delete_microsoft_teams_channel_configuration(ChatConfigurationArn=arn)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_a_channel_of_teams_is_taken_once_and_needs_a_team(chatbot):
    name = f"teams{next(numbers)}"
    create = chatbot.create_microsoft_teams_channel_configuration
    create(**channel(name))
    assert refusal(create, **channel(name)) == ("ConflictException", 409)
    again = channel(name, ConfigurationName=f"{name}-again")
    assert refusal(create, **again) == ("InvalidRequestException", 400)
    assert refusal(create, **channel(f"{name}b", TeamId=TENANT)) == ("InvalidRequestException", 400)
    update = chatbot.update_microsoft_teams_channel_configuration
    gone = f"arn:aws:chatbot::{ACCOUNT}:chat-configuration/microsoft-teams-channel/gone"
    answer = refusal(update, ChatConfigurationArn=gone, ChannelId=channel(name)["ChannelId"])
    assert answer == ("ResourceNotFoundException", 404)


def test_the_cli_lists_teams(organisation, credentials, chatbot):
    listed = cli(organisation, credentials, "chatbot", "list-microsoft-teams-configured-teams")
    assert {"TenantId": TENANT, "TeamId": TEAM, "TeamName": "Platform", "State": "ENABLED"} in listed["ConfiguredTeams"]


def test_tagged_resources_are_found_page_by_page(organisation, credentials):
    owner = f"owner{next(numbers)}"
    sns = organisation.client("sns", REGION, credentials)
    tags = [{"Key": "owner", "Value": owner}]
    topics = [sns.create_topic(Name=f"{owner}-{number}", Tags=tags)["TopicArn"] for number in range(3)]
    tagging = organisation.client("resourcegroupstaggingapi", REGION, credentials)
    pages = list(tagging.get_paginator("get_resources").paginate(
        TagFilters=[{"Key": "owner", "Values": [owner]}], ResourceTypeFilters=["sns"], ResourcesPerPage=2,
    ))
    found = [resource for page in pages for resource in page["ResourceTagMappingList"]]
    assert [resource["ResourceARN"] for resource in found] == topics
    assert (len(pages), found[0]["Tags"]) == (2, tags)
    both = {"ResourceARNList": topics[:1], "ResourceTypeFilters": ["sns"]}
    assert refusal(tagging.get_resources, **both) == ("InvalidParameterException", 400)
    listed = cli(organisation, credentials, "resourcegroupstaggingapi", "get-resources",
                 "--tag-filters", f"Key=owner,Values={owner}")
    assert len(listed["ResourceTagMappingList"]) == 3


def test_a_filter_on_attributes_holds_messages_back(organisation, credentials):
    name = f"filter{next(numbers)}"
    sns, sqs = (organisation.client(service, REGION, credentials) for service in ("sns", "sqs"))
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    policy = json.dumps({"Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": queue,
    }]})
    url = sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
    topic = sns.create_topic(Name=name)["TopicArn"]
    subscription = sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=queue,
        Attributes={"FilterPolicy": '{"level":["error"]}', "RawMessageDelivery": "true"},
    )["SubscriptionArn"]
    for level in ("info", "error"):
        sns.publish(
            TopicArn=topic, Message=level,
            MessageAttributes={"level": {"DataType": "String", "StringValue": level}},
        )
    [message] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert message["Body"] == "error"
    attributes = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert (attributes["FilterPolicyScope"], attributes["RawMessageDelivery"]) == ("MessageAttributes", "true")
    wrong = {"SubscriptionArn": subscription, "AttributeName": "FilterPolicy", "AttributeValue": "{"}
    assert refusal(sns.set_subscription_attributes, **wrong) == ("InvalidParameter", 400)
    sqs.purge_queue(QueueUrl=url)
    assert refusal(sqs.purge_queue, QueueUrl=url)[1] == 403
