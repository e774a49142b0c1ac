"""Starts the simulator for clients that others wrote: boto3 and the AWS CLI.

FOGHORN_SIM_URL names one that already runs, started with ARGUMENTS below;
otherwise FOGHORN_SIM_BIN names the binary to start, or cargo builds it.
"""

import json
import os
import pathlib
import subprocess
import urllib.request

import boto3
import pytest
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT = "100000000001"
ROLE = "foghorn"
EXTERNAL_ID = "an-external-id"
ARGUMENTS = [
    "--accounts", "45", "--clusters", "2", "--services", "25",
    "--regions", "us-east-1,eu-west-1,cn-north-1,us-gov-west-1",
    "--disabled-regions", "ap-east-1", "--events-per-service", "3",
    "--external-id", EXTERNAL_ID,
]
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"


def built_binary():
    """Builds the example and returns the path that cargo names."""
    command = ["cargo", "build", "--example", "simulator", "--message-format", "json"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    messages = [json.loads(line) for line in output.splitlines()]
    return next(
        message["executable"]
        for message in messages
        if message.get("executable") and message["target"]["name"] == "simulator"
    )


def running(*arguments):
    """Starts a simulator; returns the process and its URL."""
    binary = os.environ.get("FOGHORN_SIM_BIN") or built_binary()
    process = subprocess.Popen([binary, *arguments], stdout=subprocess.PIPE, text=True)
    name, url = process.stdout.readline().strip().split("=", 1)
    assert name == "AWS_ENDPOINT_URL", name
    return process, url


@pytest.fixture(scope="session")
def url():
    given = os.environ.get("FOGHORN_SIM_URL")
    if given:
        yield given
        return
    process, address = running(*ARGUMENTS)
    yield address
    process.terminate()
    process.wait(timeout=10)


class Organisation:
    """Makes clients of the simulator, as callers of one account or another."""

    def __init__(self, url):
        self.url = url

    def client(self, service, region="us-east-1", credentials=None, **config):
        own = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": "simulated"}
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            config=Config(retries={"max_attempts": 1, "mode": "standard"}, **config),
            **(credentials or own),
        )

    def credentials(self, account=ACCOUNT, region="us-east-1", partition="aws", **more):
        answer = self.client("sts", region).assume_role(
            RoleArn=f"arn:{partition}:iam::{account}:role/{ROLE}",
            RoleSessionName="clients",
            ExternalId=EXTERNAL_ID,
            **more,
        )
        given = answer["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    def member(self, service, region="us-east-1", account=ACCOUNT, partition="aws"):
        return self.client(service, region, self.credentials(account, region, partition))

    def get(self, path):
        with urllib.request.urlopen(self.url + path) as response:
            return response.read().decode()


@pytest.fixture
def organisation(url):
    return Organisation(url)
