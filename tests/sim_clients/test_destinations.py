"""Buses, connections, API destinations and webhook rooms through boto3 and HTTP."""

import itertools
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError
from conftest import ACCOUNT, ROLE

REGION = "eu-west-1"
OTHER_ACCOUNT = "100000000002"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
API_KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "unused"}}
numbers = itertools.count(1)


def unique(name):
    return f"{name}-{next(numbers)}"


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def post(url, body, headers=None):
    """Posts JSON, or bytes as they are; returns status, headers and text."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data=data, headers={"content-type": "application/json", **(headers or {})}
    )
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


@pytest.fixture(scope="module")
def credentials(url):
    from conftest import Organisation

    organisation = Organisation(url)
    return {account: organisation.credentials(account, REGION) for account in (ACCOUNT, OTHER_ACCOUNT)}


@pytest.fixture
def events(organisation, credentials):
    return organisation.client("events", REGION, credentials[ACCOUNT])


@pytest.fixture
def elsewhere(organisation, credentials):
    return organisation.client("events", REGION, credentials[OTHER_ACCOUNT])


def open_room(organisation, kind, name):
    _, _, text = post(organisation.url + "/_foghorn/rooms/webhooks", {"kind": kind, "name": name})
    return json.loads(text)["url"]


def disturb(organisation, kind, name, fault, times=1):
    body = {"kind": kind, "name": name, "fault": fault, "times": times}
    return post(organisation.url + "/_foghorn/rooms/webhooks/misbehave", body)[0]


def said(organisation, kind, name):
    rooms = json.loads(organisation.get("/_foghorn/rooms"))["rooms"]
    found = [room for room in rooms if (room["workspace"], room["channel"]) == (kind, name)]
    return [message["description"] for room in found for message in room["messages"]]


def destination(events, name, url):
    connection = events.create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=API_KEY)
    return events.create_api_destination(
        Name=name, ConnectionArn=connection["ConnectionArn"], InvocationEndpoint=url,
        HttpMethod="POST", InvocationRateLimitPerSecond=1,
    )["ApiDestinationArn"]


# --- connections and API destinations


def test_a_connection_has_the_members_of_the_model_and_keeps_its_key(events):
    name = unique("connection")
    made = events.create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=API_KEY)
    assert made["ConnectionState"] == "AUTHORIZED"
    described = events.describe_connection(Name=name)
    assert described["ConnectionArn"] == made["ConnectionArn"]
    assert described["AuthParameters"] == {"ApiKeyAuthParameters": {"ApiKeyName": "x-key"}}
    assert f":secret:events!connection/{name}/" in described["SecretArn"]
    assert described["LastAuthorizedTime"] == described["CreationTime"]
    assert name in [one["Name"] for one in events.list_connections()["Connections"]]


def test_a_destination_is_active_while_its_connection_is_authorised(events):
    name = unique("destination")
    arn = destination(events, name, "https://example.com/hook")
    described = events.describe_api_destination(Name=name)
    assert described["ApiDestinationArn"] == arn
    assert (described["ApiDestinationState"], described["InvocationRateLimitPerSecond"]) == ("ACTIVE", 1)
    assert events.deauthorize_connection(Name=name)["ConnectionState"] == "DEAUTHORIZED"
    assert events.describe_api_destination(Name=name)["ApiDestinationState"] == "INACTIVE"
    events.update_connection(Name=name, AuthParameters=API_KEY)
    assert events.describe_api_destination(Name=name)["ApiDestinationState"] == "ACTIVE"
    assert events.delete_connection(Name=name)["ConnectionState"] == "DELETING"
    events.delete_api_destination(Name=name)
    assert name not in [one["Name"] for one in events.list_api_destinations()["ApiDestinations"]]


def test_connections_and_destinations_are_refused_with_the_codes_of_the_model(events):
    name = unique("refused")
    destination(events, name, "https://example.com/hook")
    connection = events.describe_connection(Name=name)["ConnectionArn"]
    arguments = {"Name": name, "AuthorizationType": "API_KEY", "AuthParameters": API_KEY}
    assert refusal(events.create_connection, **arguments) == "ResourceAlreadyExistsException"
    assert refusal(events.describe_connection, Name="gone") == "ResourceNotFoundException"
    assert refusal(events.describe_api_destination, Name="gone") == "ResourceNotFoundException"
    fine = {
        "Name": unique("refused"), "ConnectionArn": connection, "HttpMethod": "POST",
        "InvocationEndpoint": "https://example.com",
    }
    for change, code in [
        ({"ConnectionArn": connection + "0"}, "ResourceNotFoundException"),
        ({"InvocationEndpoint": "http://example.com"}, "ValidationException"),
        ({"HttpMethod": "SEND"}, "ValidationException"),
        ({"Name": name}, "ResourceAlreadyExistsException"),
    ]:
        assert refusal(events.create_api_destination, **{**fine, **change}) == code


def test_the_cli_makes_a_connection(organisation, credentials):
    given = credentials[ACCOUNT]
    environment = {
        **os.environ, "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": given["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": given["aws_secret_access_key"],
        "AWS_SESSION_TOKEN": given["aws_session_token"],
    }
    command = [
        sys.executable, "-m", "awscli", "--endpoint-url", organisation.url, "--output", "json",
        "events", "create-connection", "--name", unique("cli"), "--authorization-type", "API_KEY",
        "--auth-parameters", json.dumps(API_KEY),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ConnectionState"] == "AUTHORIZED"


# --- delivery


class Path:
    """A rule of its own whose target posts into a Slack room of its own."""

    def __init__(self, organisation, events):
        self.organisation, self.events, self.name = organisation, events, unique("path")
        self.source = f"custom.{self.name}"
        arn = destination(events, self.name, open_room(organisation, "slack", self.name))
        events.put_rule(Name=self.name, EventPattern=json.dumps({"source": [self.source]}))
        transformer = {"InputPathsMap": {"t": "$.detail.text"}, "InputTemplate": '{"text": <t>}'}
        target = {"Id": "room", "Arn": arn, "RoleArn": ROLE_ARN, "InputTransformer": transformer}
        events.put_targets(Rule=self.name, Targets=[target])

    def send(self, text):
        entry = {"Source": self.source, "DetailType": "t", "Detail": json.dumps({"text": text})}
        assert self.events.put_events(Entries=[entry])["FailedEntryCount"] == 0

    def said(self):
        return said(self.organisation, "slack", self.name)


def test_a_custom_event_is_read_in_a_webhook_room(organisation, events):
    path = Path(organisation, events)
    path.send("hello")
    assert path.said() == ["hello"]


def test_a_limited_service_is_tried_again_and_a_refusing_one_is_not(organisation, events):
    path = Path(organisation, events)
    limited = {"status": {"code": 429, "retryAfter": 1}}
    assert disturb(organisation, "slack", path.name, limited, times=2) == 204
    path.send("after two tries")
    assert path.said() == ["after two tries"]
    assert disturb(organisation, "slack", path.name, {"status": {"code": 404}}) == 204
    path.send("lost")
    assert path.said() == ["after two tries"]


# --- webhook rooms


def test_a_slack_room_answers_as_slack_does(organisation):
    name = unique("room")
    url = open_room(organisation, "slack", name)
    assert post(url, {"text": "hello"})[::2] == (200, "ok")
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    assert post(url, {"blocks": [section] * 4})[::2] == (200, "ok")
    assert post(url, {"blocks": [section] * 5})[::2] == (400, "msg_blocks_too_long")
    assert post(url, {"blocks": [section] * 51})[::2] == (400, "invalid_blocks")
    assert post(url, {})[::2] == (400, "no_text")
    assert post(url, b"{")[::2] == (400, "invalid_payload")
    assert post(url + "0", {"text": "hello"})[::2] == (404, "no_service")
    assert said(organisation, "slack", name)[0] == "hello"


def test_a_google_chat_room_answers_as_google_does(organisation):
    name = unique("room")
    url = open_room(organisation, "google-chat", name)
    threaded = url + "&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"
    body = {"text": "hello", "thread": {"threadKey": "web"}}
    threads = set()
    for _ in range(2):
        status, _, text = post(threaded, body)
        assert status == 200
        threads.add(json.loads(text)["thread"]["name"])
    assert len(threads) == 1
    status, _, text = post(url, {"text": "hello", "colour": "red"})
    assert (status, json.loads(text)["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert post(url, {"text": "x" * 32_000})[0] == 400
    status, _, text = post(url.replace("token=", "token=x"), {"text": "hello"})
    assert (status, json.loads(text)["error"]["code"]) == (404, 404)


def test_a_teams_workflow_answers_as_teams_does(organisation):
    def envelope(text, **change):
        block = {"type": "TextBlock", "text": text}
        card = {"type": "AdaptiveCard", "version": "1.4", "body": [block], **change}
        kind = "application/vnd.microsoft.card.adaptive"
        return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}

    name = unique("room")
    url = open_room(organisation, "teams", name)
    assert post(url, envelope("hello"))[::2] == (202, "")
    assert post(url, envelope("x" * 28 * 1024))[0] == 413
    assert post(url, envelope("hello", body=[{"type": "Poem"}]))[0] == 400
    assert post(url, envelope("hello", version="9"))[0] == 400
    assert post(url, {"text": "hello"})[0] == 400
    assert post(url.replace("sig=", "sig=x"), envelope("hello"))[0] == 404
    assert said(organisation, "teams", name) == ["hello"]


def test_a_room_misbehaves_over_http_as_it_was_told(organisation):
    name = unique("room")
    url = open_room(organisation, "slack", name)
    disturb(organisation, "slack", name, {"status": {"code": 429, "retryAfter": 7}})
    disturb(organisation, "slack", name, "html")
    disturb(organisation, "slack", name, "hang")
    status, headers, _ = post(url, {"text": "a"})
    assert (status, headers["retry-after"]) == (429, "7")
    status, headers, text = post(url, {"text": "a"})
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8") and "<title>" in text
    request = urllib.request.Request(url, data=b"{}", headers={"content-type": "application/json"})
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(request, timeout=1)
    assert post(url, {"text": "a"})[0] == 200
    assert disturb(organisation, "slack", "no-such-room", "hang") == 404


def test_the_page_shows_the_rooms_and_not_their_addresses(organisation):
    name = unique("room")
    url = open_room(organisation, "teams", name)
    page = organisation.get("/rooms")
    assert f"#{name}" in page and "Microsoft Teams" in page
    assert url.split("sig=")[1] not in page + organisation.get("/_foghorn/rooms")


# --- buses


def test_a_bus_has_rules_events_and_tags_of_its_own(events):
    name = unique("bus")
    arn = events.create_event_bus(Name=name, Tags=[{"Key": "a", "Value": "1"}])["EventBusArn"]
    rule = events.put_rule(Name="r", EventPattern='{"source":["s"]}', EventBusName=arn)["RuleArn"]
    assert rule.endswith(f":rule/{name}/r")
    assert [one["Name"] for one in events.list_rules(EventBusName=name)["Rules"]] == ["r"]
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "1"}]
    assert name in [bus["Name"] for bus in events.list_event_buses()["EventBuses"]]
    assert refusal(events.create_event_bus, Name=name) == "ResourceAlreadyExistsException"
    assert refusal(events.delete_event_bus, Name=name) == "ValidationException"
    events.delete_rule(Name="r", EventBusName=name)
    events.delete_event_bus(Name=name)
    assert refusal(events.describe_event_bus, Name=name) == "ResourceNotFoundException"


def test_an_event_crosses_accounts_where_the_policy_lets_it(organisation, events, elsewhere):
    name = unique("central")
    bus = elsewhere.create_event_bus(Name=name)["EventBusArn"]
    source = f"custom.{name}"
    pattern = json.dumps({"source": [source]})
    arn = destination(elsewhere, name, open_room(organisation, "slack", name))
    elsewhere.put_rule(Name="post", EventPattern=pattern, EventBusName=name)
    transformer = {"InputPathsMap": {"a": "$.account"}, "InputTemplate": '{"text": <a>}'}
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/{ROLE}"
    target = {"Id": "room", "Arn": arn, "RoleArn": role, "InputTransformer": transformer}
    elsewhere.put_targets(Rule="post", EventBusName=name, Targets=[target])
    events.put_rule(Name=name, EventPattern=pattern)
    forward = {"Id": "central", "Arn": bus, "RoleArn": ROLE_ARN}
    changed = {**forward, "InputPath": "$.detail"}
    assert refusal(events.put_targets, Rule=name, Targets=[changed]) == "ValidationException"
    events.put_targets(Rule=name, Targets=[forward])

    entry = {"Source": source, "DetailType": "t", "Detail": "{}"}
    events.put_events(Entries=[entry])
    assert said(organisation, "slack", name) == []
    condition = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-simulated0"}
    statement = {"StatementId": "fleet", "Action": "events:PutEvents", "Principal": "*"}
    elsewhere.put_permission(EventBusName=name, Condition=condition, **statement)
    policy = json.loads(elsewhere.describe_event_bus(Name=name)["Policy"])
    assert policy["Statement"][0]["Resource"] == bus
    events.put_events(Entries=[entry])
    assert said(organisation, "slack", name) == [ACCOUNT]

    elsewhere.remove_permission(EventBusName=name, StatementId="fleet")
    assert "Policy" not in elsewhere.describe_event_bus(Name=name)
    straight = [{**entry, "EventBusName": bus}]
    assert refusal(events.put_events, Entries=straight) == "AccessDeniedException"
