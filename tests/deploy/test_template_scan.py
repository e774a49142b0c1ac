"""A scanner that others wrote finds nothing to complain of in the CloudFormation templates and the Terraform modules
but what tests/deploy/checkov-templates.yaml gives a reason for.

It has an environment of its own: FOGHORN_CHECKOV names its program. Without it the tests are
skipped, or fail if FOGHORN_REQUIRE_CHECKOV is set.
"""

import json
import os
import pathlib
import re
import subprocess

import pytest

from emulators import ROOT

CONFIGURATION = pathlib.Path(__file__).with_name("checkov-templates.yaml")
FOLDERS = {"cloudformation": "manifests/cloudformation", "terraform": "manifests/terraform"}


def report(framework):
    program = os.environ.get("FOGHORN_CHECKOV")
    if not program:
        assert not os.environ.get("FOGHORN_REQUIRE_CHECKOV"), "FOGHORN_CHECKOV names no program"
        pytest.skip("FOGHORN_CHECKOV names no program")
    folder = ROOT / FOLDERS[framework]
    options = ["--skip-download", "--framework", framework, "--output", "json", "--directory", str(folder)]
    # Nothing of the environment: a key of its vendor's would make it call home.
    ended = subprocess.run(
        [program, *options], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    return json.loads(ended.stdout)


@pytest.fixture(scope="module")
def reports():
    return {framework: report(framework) for framework in FOLDERS}


def failed(reports):
    """What it complains of, and where."""
    return {
        (check["check_id"], check["resource"])
        for report in reports.values()
        for check in report["results"]["failed_checks"]
    }


def excepted():
    return set(re.findall(r"(?m)^  - (\w+)$", CONFIGURATION.read_text()))


def test_the_scanner_complains_of_nothing_without_a_reason(reports):
    assert {(check, where) for check, where in failed(reports) if check not in excepted()} == set()
    for report in reports.values():
        assert report["summary"]["passed"] > 50 and report["summary"]["parsing_errors"] == 0


def test_every_exception_is_still_needed(reports):
    assert excepted() - {check for check, _ in failed(reports)} == set()
