"""Emulators of AWS that others wrote: those that ./test.sh started, or ones of our own.

An account is told by its id as the access key, so that each test works in one of its own.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import boto3
import pytest
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "eu-west-1"


def program(name):
    """A program of the virtual environment that runs the tests, or of PATH."""
    beside = pathlib.Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def started(command, port, **environment):
    """Starts an emulator, and waits until it answers."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(150):
        if answers(port):
            return process
        time.sleep(0.2)
    process.kill()
    raise RuntimeError(f"{command[0]} did not start")


def running(variable, name, command):
    """The URL of an emulator, which is stopped at the end if it was started here."""
    if url := os.environ.get(variable):
        yield url
        return
    path = program(name)
    if path is None:
        if os.environ.get("FOGHORN_REQUIRE_EMULATORS"):
            raise RuntimeError(f"{name} is not installed")
        pytest.skip(f"{name} is not installed (tests/requirements.txt)")
    port = free_port()
    process = started([path, *command(port)], port, BIND_HOST="127.0.0.1", GATEWAY_PORT=str(port))
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=10)



class Account:
    """Clients of one account of an emulator."""

    def __init__(self, url, account, region=REGION):
        self.url, self.id, self.region = url, account, region
        self.session = boto3.Session(account, "secret", region_name=region)

    @classmethod
    def assumed(cls, url, account, region=REGION):
        """An account of moto, which tells accounts by the roles that are assumed in them."""
        one = cls(url, account, region)
        role = f"arn:aws:iam::{account}:role/tests"
        credentials = one.client("sts").assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
        one.session = boto3.Session(
            credentials["AccessKeyId"],
            credentials["SecretAccessKey"],
            credentials["SessionToken"],
            region_name=region,
        )
        return one

    def client(self, service):
        config = Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"})
        return self.session.client(service, endpoint_url=self.url, config=config)

    def stack(self, name, template, parameters, **options):
        """Makes a stack, and returns what it says of itself when it is done."""
        client = self.client("cloudformation")
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        client.create_stack(
            StackName=name,
            TemplateBody=template,
            Parameters=given,
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            **options,
        )
        for _ in range(100):
            stack = client.describe_stacks(StackName=name)["Stacks"][0]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                break
            time.sleep(0.1)
        failures = [
            event.get("ResourceStatusReason")
            for event in client.describe_stack_events(StackName=name)["StackEvents"]
            if event["ResourceStatus"].endswith("_FAILED")
        ]
        assert stack["StackStatus"] == "CREATE_COMPLETE", failures
        return stack
