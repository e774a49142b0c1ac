"""The Terraform modules refuse what can't be right, as far as their variables tell."""

import json
import shutil

import pytest

import terraform
from scheduled_task import IMAGE

CONTROLLER = "arn:aws:iam::230000000009:role/foghorn-controller"
GIVEN = {
    "scheduled-task": {
        "fleet_name": "acme",
        "fleet_file_arn": "arn:aws:ssm:eu-west-1:230000000004:parameter/foghorn/fleet",
        "image": IMAGE,
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1"],
        "store_bucket_name": "acme-foghorn",
    },
    "member-role": {
        "policy_json": json.dumps({"Statement": [{"Effect": "Allow"}]}),
        "controller_principal_arn": CONTROLLER,
    },
}


def checked(folder, module, **values):
    """What Terraform says of values for a module's variables, without the module itself."""
    shutil.copy(terraform.FOLDER / "modules" / module / "variables.tf", folder)
    (folder / "terraform.tfvars.json").write_text(json.dumps({**GIVEN[module], **values}))
    return terraform.run(folder, "plan", "-no-color", "-input=false", check=False)


@pytest.mark.parametrize(
    "module, name, wrong",
    [
        ("scheduled-task", "mode", "destroy"),
        ("scheduled-task", "image", ""),
        ("scheduled-task", "silence_hours", 169),
        ("scheduled-task", "fleet_file_arn", "fleet.yaml"),
        ("scheduled-task", "shard_count", 0),
        ("scheduled-task", "tolerate", ["failure"]),
        ("scheduled-task", "organization_id", "acme"),
        ("scheduled-task", "canary_schedule", "30 9 * * MON"),
        ("scheduled-task", "canary_arguments", ["--account", 'prod"']),
        ("scheduled-task", "canary_arguments", ["--account", "prod\\"]),
        ("scheduled-task", "canary_arguments", [""]),
        ("member-role", "policy_json", "{}"),
        ("member-role", "policy_json", json.dumps({"Statement": ["a" * 10_240]})),
        ("member-role", "controller_principal_arn", "foghorn-controller"),
        ("member-role", "webhook_secrets", ["arn:aws:secretsmanager:*:*:secret:*"]),
        ("member-role", "webhook_secrets", ["foghorn/hook"]),
        ("member-role", "hub_buses", ["arn:aws:events:*:*:event-bus/foghorn-*"]),
    ],
)
def test_a_wrong_value_is_refused_before_anything_is_made(module, name, wrong, tmp_path):
    assert checked(tmp_path, module).returncode == 0
    refused = checked(tmp_path, module, **{name: wrong})
    assert refused.returncode == 1
    assert "Invalid value for variable" in refused.stderr and f"var.{name}" in refused.stderr
