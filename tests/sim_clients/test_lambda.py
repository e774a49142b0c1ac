"""Functions that run, and the secrets that they read, through boto3 and the AWS CLI."""

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request
import uuid
import zipfile

import pytest
from botocore.exceptions import ClientError
from conftest import ACCOUNT

REGION = "eu-west-1"

# Answers with the event and the secret that it names; fails at "fail".
PROGRAM = """#!/usr/bin/python3
import datetime, hashlib, hmac, json, os, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime"

def secret(name):
    scope = "20260101/" + os.environ["AWS_REGION"] + "/secretsmanager/aws4_request"
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=" + os.environ["AWS_ACCESS_KEY_ID"] + "/" + scope
        + ", SignedHeaders=host, Signature=0",
        "X-Amz-Date": now, "X-Amz-Security-Token": os.environ["AWS_SESSION_TOKEN"],
        "X-Amz-Target": "secretsmanager.GetSecretValue", "Content-Type": "application/x-amz-json-1.1",
    }
    body = json.dumps({"SecretId": name}).encode()
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], body, headers)
    return json.loads(urllib.request.urlopen(request).read())["SecretString"]

while True:
    with urllib.request.urlopen(api + "/invocation/next") as answer:
        id, event = answer.headers["Lambda-Runtime-Aws-Request-Id"], json.loads(answer.read())
    print("took", json.dumps(event), flush=True)
    if event.get("fail"):
        end, body = "error", {"errorType": "Refused", "errorMessage": "no room"}
    else:
        print(json.dumps({"_aws": {"Timestamp": event.get("at", 0), "CloudWatchMetrics": [{
            "Namespace": "Foghorn", "Dimensions": [["Room"]],
            "Metrics": [{"Name": "Delivered", "Unit": "Count"}]}]},
            "Room": event.get("room", "none"), "Delivered": 1}), flush=True)
        named = event.get("secret")
        end, body = "response", {"event": event, "secret": secret(named) if named else None}
    urllib.request.urlopen(
        urllib.request.Request(api + "/invocation/" + id + "/" + end, json.dumps(body).encode())).read()
"""


def zipped(program):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o100755 << 16
        archive.writestr(entry, program)
    return buffer.getvalue()


def posted(organisation, path, document=None):
    body = b"" if document is None else json.dumps(document).encode()
    request = urllib.request.Request(organisation.url + path, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return response.read().decode()


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture
def functions(organisation):
    return organisation.member("lambda", REGION)


@pytest.fixture
def name(organisation, functions):
    """A function that is there for one test."""
    posted(organisation, "/_foghorn/roles", {"account": ACCOUNT, "name": "foghorn-notify"})
    name = "notify-" + uuid.uuid4().hex[:8]
    functions.create_function(
        FunctionName=name, Runtime="provided.al2023", Handler="bootstrap", Timeout=20,
        Role=f"arn:aws:iam::{ACCOUNT}:role/foghorn-notify", Code={"ZipFile": zipped(PROGRAM)},
        Environment={"Variables": {"ROOMS": "deploys"}}, Tags={"owner": "foghorn"},
    )
    yield name
    functions.delete_function(FunctionName=name)


def test_a_function_is_made_shown_changed_and_waited_for(functions, name):
    functions.get_waiter("function_active_v2").wait(FunctionName=name)
    shown = functions.get_function(FunctionName=name)
    configuration = shown["Configuration"]
    digest = base64.b64encode(hashlib.sha256(zipped(PROGRAM)).digest()).decode()
    assert (configuration["CodeSha256"], configuration["State"]) == (digest, "Active")
    assert configuration["Environment"]["Variables"] == {"ROOMS": "deploys"}
    assert (configuration["Architectures"], shown["Tags"]) == (["x86_64"], {"owner": "foghorn"})
    with urllib.request.urlopen(shown["Code"]["Location"]) as code:
        assert code.read() == zipped(PROGRAM)
    changed = functions.update_function_configuration(FunctionName=name, Timeout=30, Description="d")
    assert (changed["LastUpdateStatus"], changed["Timeout"], changed["Handler"]) == ("InProgress", 30, "bootstrap")
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    updated = functions.update_function_code(FunctionName=name, ZipFile=zipped(PROGRAM + "\n"))
    assert updated["CodeSha256"] != digest


def test_functions_are_listed_page_by_page(functions, name):
    pages = functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1})
    assert name in [function["FunctionName"] for page in pages for function in page["Functions"]]


def test_tags_policies_and_settings_go_round(functions, name):
    arn = functions.get_function_configuration(FunctionName=name)["FunctionArn"]
    functions.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
    functions.untag_resource(Resource=arn, TagKeys=["a", "owner"])
    assert functions.list_tags(Resource=arn)["Tags"] == {"b": "2"}
    permission = {
        "FunctionName": name, "StatementId": "sns", "Action": "lambda:InvokeFunction",
        "Principal": "sns.amazonaws.com", "SourceArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:room",
    }
    statement = json.loads(functions.add_permission(**permission)["Statement"])
    policy = json.loads(functions.get_policy(FunctionName=name)["Policy"])
    assert policy["Statement"] == [statement]
    assert refusal(functions.add_permission, **permission) == ("ResourceConflictException", 409)
    functions.remove_permission(FunctionName=name, StatementId="sns")
    assert refusal(functions.get_policy, FunctionName=name) == ("ResourceNotFoundException", 404)
    functions.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1)
    settings = functions.get_function_event_invoke_config(FunctionName=name)
    assert (settings["MaximumRetryAttempts"], settings["LastModified"].year > 2000) == (1, True)
    functions.delete_function_event_invoke_config(FunctionName=name)
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=5)
    assert functions.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 5
    functions.delete_function_concurrency(FunctionName=name)
    assert "ReservedConcurrentExecutions" not in functions.get_function_concurrency(FunctionName=name)


def test_what_lambda_refuses_is_refused(functions, name):
    arguments = {
        "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap",
        "Role": f"arn:aws:iam::{ACCOUNT}:role/foghorn-notify", "Code": {"ZipFile": zipped(PROGRAM)},
    }
    for change, refused in [
        ({}, ("ResourceConflictException", 409)),
        ({"FunctionName": "other", "Role": f"arn:aws:iam::{ACCOUNT}:role/gone"}, ("InvalidParameterValueException", 400)),
        ({"FunctionName": "other", "Code": {"ZipFile": b"no zip"}}, ("InvalidParameterValueException", 400)),
        (
            {"FunctionName": "other", "Environment": {"Variables": {"AA": "x" * 4096}}},
            ("InvalidParameterValueException", 400),
        ),
    ]:
        assert refusal(functions.create_function, **{**arguments, **change}) == refused
    assert refusal(functions.get_function, FunctionName="gone") == ("ResourceNotFoundException", 404)
    assert refusal(functions.invoke, FunctionName=name, Payload="{") == ("InvalidRequestContentException", 400)


def test_a_function_answers_and_reads_a_secret_with_its_role(organisation, functions, name):
    secrets = organisation.member("secretsmanager", REGION)
    secrets.create_secret(Name=f"rooms/{name}", SecretString="the value")
    answer = functions.invoke(
        FunctionName=name, Payload=json.dumps({"secret": f"rooms/{name}"}), LogType="Tail",
    )
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read())["secret"] == "the value"
    assert "took" in base64.b64decode(answer["LogResult"]).decode()
    assert "the value" not in organisation.get("/_foghorn/calls")


def test_a_failure_is_told_to_the_caller(functions, name):
    answer = functions.invoke(FunctionName=name, Payload='{"fail": true}')
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.loads(answer["Payload"].read())["errorMessage"] == "no room"


def test_an_event_that_fails_again_and_again_ends_in_the_queue(organisation, functions, name):
    queues = organisation.member("sqs", REGION)
    url = queues.create_queue(QueueName=name)["QueueUrl"]
    functions.update_function_configuration(
        FunctionName=name, DeadLetterConfig={"TargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"},
    )
    answer = functions.invoke(FunctionName=name, InvocationType="Event", Payload='{"fail": true}')
    assert answer["StatusCode"] == 202
    posted(organisation, "/_foghorn/settle")
    dead = queues.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert [message["Body"] for message in dead] == ['{"fail": true}']
    assert dead[0]["MessageAttributes"]["ErrorMessage"]["StringValue"] == "no room"
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    log = json.loads(organisation.get("/_foghorn/function-log?arn=" + urllib.parse.quote(arn)))
    assert log == ['took {"fail": true}'] * 3


def test_an_embedded_metric_is_counted_at_its_own_time(organisation, functions, name):
    at = 1_795_000_000
    functions.invoke(FunctionName=name, Payload=json.dumps({"room": name, "at": at * 1000}))
    metrics = organisation.member("cloudwatch", REGION)
    data = metrics.get_metric_statistics(
        Namespace="Foghorn", MetricName="Delivered", Dimensions=[{"Name": "Room", "Value": name}],
        StartTime=at - 600, EndTime=at + 600, Period=60, Statistics=["Sum"],
    )["Datapoints"]
    assert [datum["Sum"] for datum in data] == [1.0]


def test_secrets_go_round(organisation):
    secrets = organisation.member("secretsmanager", REGION)
    name = "rooms/" + uuid.uuid4().hex
    made = secrets.create_secret(Name=name, SecretString="one", Tags=[{"Key": "owner", "Value": "foghorn"}])
    secrets.put_secret_value(SecretId=name, SecretString="two")
    assert secrets.get_secret_value(SecretId=made["ARN"])["SecretString"] == "two"
    old = secrets.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
    assert (old["SecretString"], old["VersionId"]) == ("one", made["VersionId"])
    shown = secrets.describe_secret(SecretId=name)
    assert (shown["Tags"], len(shown["VersionIdsToStages"])) == ([{"Key": "owner", "Value": "foghorn"}], 2)
    secrets.update_secret(SecretId=name, Description="d", SecretBinary=b"\x00\x01")
    assert secrets.get_secret_value(SecretId=name)["SecretBinary"] == b"\x00\x01"
    listed = secrets.list_secrets(Filters=[{"Key": "name", "Values": [name]}])["SecretList"]
    assert [secret["ARN"] for secret in listed] == [made["ARN"]]
    assert refusal(secrets.create_secret, Name=name, SecretString="x") == ("ResourceExistsException", 400)
    secrets.delete_secret(SecretId=name)
    assert refusal(secrets.get_secret_value, SecretId=name) == ("InvalidRequestException", 400)
    secrets.restore_secret(SecretId=name)
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    assert refusal(secrets.get_secret_value, SecretId=name) == ("ResourceNotFoundException", 400)
    stranger = organisation.member("secretsmanager", REGION, account="100000000002")
    assert refusal(stranger.get_secret_value, SecretId=made["ARN"]) == ("AccessDeniedException", 400)


def test_the_aws_cli_invokes_a_function(organisation, name, tmp_path):
    credentials = organisation.credentials(region=REGION)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_ENDPOINT_URL": organisation.url,
        "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
        **{key.upper(): value for key, value in credentials.items()},
    }
    output = tmp_path / "answer.json"
    command = [
        sys.executable, "-m", "awscli", "lambda", "invoke", "--function-name", name,
        "--payload", '{"room": "cli"}', str(output),
    ]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout)["StatusCode"] == 200
    assert json.loads(output.read_text())["event"] == {"room": "cli"}
