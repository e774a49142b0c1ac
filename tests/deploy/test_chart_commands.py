"""What the chart starts is what the real binary takes: FOGHORN_BIN, or the one that cargo built."""

import os
import re
import subprocess

import pytest
import yaml

from chart import CASES, MANIFESTS, binary, container, environment, matrix, objects, of_kind

FLEET_PATH = "/etc/foghorn/fleet.yaml"


def run(*args, env=None):
    """The binary with these arguments, and nothing of the caller's environment but the path."""
    surroundings = {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", **(env or {})}
    return subprocess.run(
        [binary(), *args], env=surroundings, capture_output=True, text=True, timeout=60, check=False
    )


def workloads():
    """Every container that is started, by what it is started with."""
    found = {}
    for values in matrix().values():
        for each in objects(values):
            if each["kind"] in ("CronJob", "Deployment", "Pod"):
                own = [name for name in environment(each) if name.startswith("FOGHORN_")]
                found.setdefault(" ".join(own + container(each)["args"]), each)
    return found


def fleets():
    """Every fleet file that is rendered or that stands in a manifest, by the name of its ConfigMap and case."""
    found = {
        f"{case}": text
        for case, values in CASES.items()
        for name, each in of_kind(objects(values), "ConfigMap").items()
        for text in each["data"].values()
        if name.endswith("-fleet")
    }
    found["manifests"] = yaml.safe_load((MANIFESTS / "fleet.yaml").read_text())["data"]["fleet.yaml"]
    return found


@pytest.mark.parametrize("workload", workloads().values(), ids=workloads())
def test_the_binary_takes_the_arguments_and_the_environment(workload, tmp_path):
    token = tmp_path / "token"
    token.write_text("a-token-of-the-test-0123456789")
    paths = {FLEET_PATH: str(tmp_path / "none.yaml"), "/run/secrets/foghorn-token/token": str(token)}
    args = [paths.get(arg, arg) for arg in container(workload)["args"]]
    # What Kubernetes fills in: the Job's name, the key of a Secret, the index of a pod.
    env = {name: value if isinstance(value, str) else "filled-in" for name, value in environment(workload).items()}
    env = {name: value for name, value in env.items() if not name.startswith("OTEL_")}
    if "FOGHORN_SHARDS" in env:
        env["JOB_COMPLETION_INDEX"] = "7"
    ended = run(*args, env=env)
    # Arguments that it does not take end it before it looks for the fleet file.
    assert ended.returncode == 1
    assert "none.yaml" in ended.stderr, ended.stderr
    assert "Usage:" not in ended.stderr


@pytest.mark.parametrize("workload", workloads().values(), ids=workloads())
def test_every_variable_that_is_set_is_one_that_the_command_reads(workload):
    told = run(container(workload)["args"][0], "--help").stdout
    own = {name for name in environment(workload) if name.startswith("FOGHORN_")}
    assert own <= set(re.findall(r"\[env:\s+(\w+)", told)) | {"FOGHORN_LOG"}


def test_the_variables_of_shards_are_those_of_the_command():
    [cronjob] = of_kind(objects(CASES["sharded"]), "CronJob").values()
    own = {name for name in environment(cronjob) if name.startswith("FOGHORN_SHARD")}
    assert own == {"FOGHORN_SHARDS", "FOGHORN_SHARD_SET", "FOGHORN_SHARD_WAIT"}
    assert own <= set(re.findall(r"\[env:\s+(\w+)", run("apply", "--help").stdout))


def test_a_value_of_tolerate_that_is_not_one_is_refused_by_the_binary(tmp_path):
    ended = run("plan", "--file", str(tmp_path / "none.yaml"), env={"FOGHORN_TOLERATE": "failure"})
    assert ended.returncode == 1 and "failure" in ended.stderr and "none.yaml" not in ended.stderr


@pytest.mark.parametrize("text", fleets().values(), ids=fleets())
def test_every_fleet_file_is_valid(text, tmp_path):
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(text)
    ended = run("validate", "--file", str(fleet))
    assert ended.returncode == 0, ended.stderr
