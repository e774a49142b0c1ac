"""A scanner that others wrote finds nothing to complain of but what tests/deploy/checkov.yaml gives a reason for.

It has an environment of its own, for it asks for other versions of what this one has:
FOGHORN_CHECKOV names its program. Without it the tests are skipped, or fail if
FOGHORN_REQUIRE_CHECKOV is set.
"""

import json
import os
import pathlib
import subprocess

import pytest
import yaml

from chart import CASES, FLEET, MANIFESTS, objects

CONFIGURATION = pathlib.Path(__file__).with_name("checkov.yaml")


def workloads():
    """All that is rendered, by a file name, but for the pod of `helm test`, which lives for a second."""
    for name, values in {**CASES, "small": {"fleet": FLEET}}.items():
        # To go without a NetworkPolicy is the choice of whoever does.
        guarded = {**values, "networkPolicy": {**values.get("networkPolicy", {}), "enabled": True}}
        yield name, [each for each in objects(guarded, name=name) if each["kind"] != "Pod"]
    for path in MANIFESTS.glob("*.yaml"):
        if path.name not in ("kustomization.yaml", "values.yaml"):
            yield f"manifest-{path.stem}", list(yaml.safe_load_all(path.read_text()))


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """checkov's report."""
    program = os.environ.get("FOGHORN_CHECKOV")
    if not program:
        assert not os.environ.get("FOGHORN_REQUIRE_CHECKOV"), "FOGHORN_CHECKOV names no program"
        pytest.skip("FOGHORN_CHECKOV names no program")
    folder = tmp_path_factory.mktemp("scanned")
    for name, found in workloads():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump_all(found))
    options = ["--skip-download", "--framework", "kubernetes", "--output", "json", "--directory", str(folder)]
    # Nothing of the environment: a key of its vendor's would make it call home.
    ended = subprocess.run(
        [program, *options], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    return json.loads(ended.stdout)


def failed(report):
    """What it complains of, and where."""
    return {(check["check_id"], check["resource"]) for check in report["results"]["failed_checks"]}


def excepted():
    return set(yaml.safe_load(CONFIGURATION.read_text())["skip-check"])


def test_the_scanner_complains_of_nothing_without_a_reason(report):
    assert {(check, where) for check, where in failed(report) if check not in excepted()} == set()
    assert report["summary"]["passed"] > 100 and report["summary"]["parsing_errors"] == 0


def test_every_exception_is_still_needed(report):
    assert excepted() - {check for check, _ in failed(report)} == set()
