"""Emulators, and what is deployed in them once for all tests."""

import os
import pathlib
import subprocess

import pytest

import emulators
from scheduled_task import Deployed


@pytest.fixture(scope="session")
def ministack():
    yield from emulators.running("FOGHORN_MINISTACK_URL", "ministack", lambda port: [])


@pytest.fixture(scope="session")
def moto():
    command = lambda port: ["-H", "127.0.0.1", "-p", str(port)]
    yield from emulators.running("FOGHORN_MOTO_URL", "moto_server", command)


@pytest.fixture(scope="session")
def foghorn():
    """The program that the Rust tests have built."""
    built = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", emulators.ROOT / "target")) / "debug" / "foghorn"
    path = pathlib.Path(os.environ.get("FOGHORN_BIN", built))
    if not path.exists():
        subprocess.run(["cargo", "build", "--quiet"], cwd=emulators.ROOT, check=True)
    return path


@pytest.fixture(scope="session")
def deployed(ministack):
    return Deployed(ministack, "210000000001")


@pytest.fixture(scope="session")
def full(ministack):
    """With all that can be asked for."""
    account = "210000000002"
    return Deployed(
        ministack,
        account,
        Mode="apply",
        ShardCount="4",
        CanarySchedule="cron(30 9 ? * MON *)",
        OrganizationId="o-abcdefghij",
        DiscoverAccounts="units",
        LookUpAccounts="true",
        ReadAccountTags="true",
        FleetFileArn=f"arn:aws:secretsmanager:eu-west-1:{account}:secret:fleet-a1b2c3",
        FleetFileKeyArn=f"arn:aws:kms:eu-west-1:{account}:key/1",
        ImageRepositoryArn=f"arn:aws:ecr:eu-west-1:{account}:repository/foghorn",
        ReportSecretArns=f"arn:aws:secretsmanager:eu-west-1:{account}:secret:one-a1b2c3,"
        f"arn:aws:secretsmanager:eu-west-1:{account}:secret:two-a1b2c3",
        ReportSecretsKeyArn=f"arn:aws:kms:eu-west-1:{account}:key/2",
        ReportTopicArns=f"arn:aws:sns:eu-west-1:{account}:news",
        AlarmEmail="sre@example.com",
    )
