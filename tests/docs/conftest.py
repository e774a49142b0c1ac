"""The organisation and the folder in which the commands of a page are run.

FOGHORN_BIN and FOGHORN_SIM_BIN name the binaries; otherwise those that cargo has
built are taken, and built where there are none.
"""

import json
import os
import pathlib
import shutil
import subprocess
import urllib.request

import pytest

from pages import ROOT

TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")

# What the organisation holds: two accounts with the roles of the bootstrap stack, Slack
# let in, and in each Region three good services and one without a circuit breaker.
ORGANISATION = [
    "--accounts", "0", "--regions", "us-east-1,ap-northeast-2",
    "--member", "111111111111=dev", "--member", "222222222222=prod",
]

# Variables under which pages find webhooks, and the service of each.
WEBHOOKS = {
    "SLACK_WEBHOOK": "slack",
    "STOPS_WEBHOOK": "slack",
    "DRIFT_WEBHOOK": "slack",
    "SHOP_ROOM": "google-chat",
    "GOOGLE_CHAT_WEBHOOK": "google-chat",
    "TEAMS_WEBHOOK": "teams",
}

FLEET = """\
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [ap-northeast-2, us-east-1]
  accounts:
    - { id: "111111111111", name: dev, labels: { env: dev } }
    - { id: "222222222222", name: prod, labels: { env: prod } }
  pipelines:
    - name: deploys
      events: [deploymentFailed, serviceImpaired]
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }
    - name: stops
      match: { labels: { env: prod } }
      events: [taskStopped]
      via: { apiDestination: { slack: { webhook: { env: STOPS_WEBHOOK } } } }
  report:
    when: change
    to:
      - { name: platform, slack: { webhook: { env: DRIFT_WEBHOOK } } }
"""

EVENT = {
    "version": "0",
    "id": "ddca6449-b258-46c0-8653-e0e3a6d0468b",
    "detail-type": "ECS Deployment State Change",
    "source": "aws.ecs",
    "account": "222222222222",
    "time": "2026-11-21T20:00:00Z",
    "region": "us-east-1",
    "resources": ["arn:aws:ecs:us-east-1:222222222222:service/prod/api"],
    "detail": {
        "eventType": "ERROR",
        "eventName": "SERVICE_DEPLOYMENT_FAILED",
        "deploymentId": "ecs-svc/1234567890123456789",
        "updatedAt": "2026-11-21T20:00:00Z",
        "reason": "ECS deployment circuit breaker: task failed to start.",
    },
}

# What pages speak of by paths from the repository's root.
PARTS = ["manifests", "charts", "docs"]


def built(variable, path, *arguments):
    """The binary that the variable names, or cargo's."""
    binary = pathlib.Path(os.environ.get(variable) or TARGET / "debug" / path)
    if not binary.exists():
        subprocess.run(["cargo", "build", "--quiet", *arguments], cwd=ROOT, check=True)
    return binary.resolve()


@pytest.fixture(scope="session")
def foghorn():
    return built("FOGHORN_BIN", "foghorn")


@pytest.fixture(scope="session")
def simulator():
    return built("FOGHORN_SIM_BIN", "examples/simulator", "--example", "simulator")


def webhook(url, kind, name):
    """Opens a room and returns its address, which is a secret."""
    body = json.dumps({"kind": kind, "name": name}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/_foghorn/rooms/webhooks", body, headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)["url"]


@pytest.fixture
def organisation(simulator):
    """A fresh organisation; gives its address."""
    process = subprocess.Popen([simulator, *ORGANISATION], stdout=subprocess.PIPE, text=True)
    try:
        name, url = process.stdout.readline().strip().split("=", 1)
        assert name == "AWS_ENDPOINT_URL", name
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def folder(tmp_path, foghorn):
    """A fresh folder with a fleet file, an event, and what the repository has for users."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "fleet.yaml").write_text(FLEET)
    (work / "event.json").write_text(json.dumps(EVENT))
    for part in PARTS:
        if (ROOT / part).exists():
            shutil.copytree(ROOT / part, work / part)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "foghorn").symlink_to(foghorn)
    return work


@pytest.fixture
def environment(organisation, folder):
    """The variables under which commands run: nobody's own AWS configuration."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TERM") if name in os.environ}
    rooms = {name: webhook(organisation, kind, name.lower()) for name, kind in WEBHOOKS.items()}
    return {
        **kept,
        **rooms,
        "PATH": f"{folder.parent / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder.parent),
        "AWS_ENDPOINT_URL": organisation,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "simulated",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "NO_COLOR": "1",
    }
