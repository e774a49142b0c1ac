"""The role of the scheduled task is the policy that `foghorn policy --for controller` prints."""

import json
import subprocess

import pytest

from emulators import ROOT
from scheduled_task import Deployed
from test_terraform import plain

FLEET = """
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: {{ name: acme }}
spec:
  access: {{ roleName: foghorn }}
  organization: {organization}
  regions: [eu-west-1]
  store: s3://{bucket}
  pipelines:
    - name: deploys
      events: [deploymentFailed]
      via: {{ chatbot: {{ slack: {{ workspaceId: T0123ABCD, channelId: C0123ABCD }} }} }}
"""
SECRET = "arn:aws:secretsmanager:eu-west-1:240000000004:secret:foghorn/drift-a1b2c3"
TOPIC = "arn:aws:sns:eu-west-1:240000000004:drift"
ROOMS = f"""
  report:
    when: change
    to:
      - {{ name: drift, slack: {{ webhook: {{ secretsManager: "{SECRET}" }} }} }}
      - {{ name: platform, sns: {{ topicArn: "{TOPIC}" }} }}
"""
SHAPES = {
    "240000000001": ("{ include: [] }", {}),
    "240000000002": ("{ include: [ou-ab12-11111111] }", {"DiscoverAccounts": "units"}),
    "240000000003": (
        '{ include: [ou-ab12-11111111, "111111111111"], labelsFromTags: [env] }',
        {"DiscoverAccounts": "units", "LookUpAccounts": "true", "ReadAccountTags": "true"},
    ),
    "240000000004": ("{ include: [] }", {"ReportSecretArns": SECRET, "ReportTopicArns": TOPIC}),
}


def printed(foghorn, file, mode):
    ended = subprocess.run(
        [foghorn, "policy", "--mode", mode, "--for", "controller", "--file", file],
        env={}, capture_output=True, text=True, check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def by_id(document):
    return {statement["Sid"]: statement for statement in plain(document)}


@pytest.mark.parametrize("account", SHAPES)
def test_the_tasks_role_is_the_policy_that_is_printed(account, foghorn, ministack, tmp_path):
    organization, parameters = SHAPES[account]
    stack = Deployed(ministack, account, **parameters)
    file = tmp_path / "fleet.yaml"
    rooms = ROOMS if "ReportTopicArns" in parameters else ""
    file.write_text(FLEET.format(organization=organization, bucket=stack.bucket) + rooms)
    made = {"Statement": list(stack.statements("foghorn-controller").values())}
    assert by_id(made) == by_id(printed(foghorn, file, "apply"))
    assert by_id(made).items() >= by_id(printed(foghorn, file, "sound")).items(), "a canary needs no more"


def test_the_fleet_file_of_the_example_is_valid(foghorn):
    example = ROOT / "manifests" / "terraform" / "examples" / "scheduled-task" / "fleet.yaml"
    ended = subprocess.run([foghorn, "validate", "--file", example], env={}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
