"""Prometheus's own parser must be content with what the service exposes.

FOGHORN_BIN names the binary to start; otherwise cargo builds it.
"""

import json
import os
import pathlib
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from conftest import ACCESS_KEY, ACCOUNT, EXTERNAL_ID, ROLE
from prometheus_client.parser import text_string_to_metric_families

ROOT = pathlib.Path(__file__).resolve().parents[2]

FLEET = f"""
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: {{ name: acme }}
spec:
  access: {{ roleName: {ROLE}, externalId: {EXTERNAL_ID} }}
  regions: [us-east-1]
  accounts: [{{ id: "{ACCOUNT}", name: "a \\"quoted\\\\name\\" of two\\nlines" }}]
"""


def built_binary():
    command = ["cargo", "build", "--bin", "foghorn", "--message-format", "json"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    messages = [json.loads(line) for line in output.splitlines()]
    return next(message["executable"] for message in messages if message.get("executable"))


@pytest.fixture
def service(url, tmp_path):
    """The address of a service whose first sweep is over."""
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(FLEET)
    environment = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": "simulated",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    process = subprocess.Popen(
        [os.environ.get("FOGHORN_BIN") or built_binary()]
        + ["run", "--plan-only", "--listen", "127.0.0.1:0", "--file", str(fleet)],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = next(line["address"] for line in map(json.loads, process.stderr) if "address" in line)
    until_ready(address)
    yield address
    process.terminate()
    process.communicate(timeout=30)


def until_ready(address):
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://{address}/readyz").close()
            return
        except urllib.error.HTTPError as error:
            assert error.code == 503
        time.sleep(0.1)
    raise AssertionError("the first sweep never ended")


def scraped(address):
    with urllib.request.urlopen(f"http://{address}/metrics") as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return answer.read().decode()


def test_prometheus_reads_every_line_of_the_metrics(service):
    text = scraped(service)
    families = list(text_string_to_metric_families(text))
    samples = [sample for family in families for sample in family.samples]
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(samples) == len(lines) > 50
    assert len({family.name for family in families}) == len(families), "each family stands in one place"
    assert all(family.documentation for family in families)
    assert {family.type for family in families} == {"counter", "gauge", "histogram"}
    series = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in samples]
    assert len(set(series)) == len(series), "each series stands there once"


def test_a_histogram_adds_up(service):
    families = {family.name: family for family in text_string_to_metric_families(scraped(service))}
    samples = families["foghorn_call_duration_seconds"].samples
    of_call = [sample for sample in samples if sample.labels["operation"] == "ListClusters"]
    buckets = [sample.value for sample in of_call if sample.name.endswith("_bucket")]
    count = next(sample.value for sample in of_call if sample.name.endswith("_count"))
    assert buckets == sorted(buckets) and buckets[-1] == count > 0
    assert any(sample.labels.get("le") == "+Inf" for sample in of_call)


def test_a_name_with_quotes_and_line_ends_breaks_no_line(service):
    families = {family.name: family for family in text_string_to_metric_families(scraped(service))}
    (sample,) = families["foghorn_account_info"].samples
    assert sample.labels["account_name"] == 'a "quoted\\name" of two\nlines'
