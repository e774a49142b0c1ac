"""The chart's values: what is wrong or does not go together is refused, and all is described."""

import json
import subprocess
import sys

import helm_python
import jsonschema
import pytest
import yaml

from chart import CASES, CHART, FLEET, ROOT, matrix, render

sys.path.insert(0, str(ROOT / "charts"))
import generate  # noqa: E402

VALUES = (CHART / "values.yaml").read_text()

WRONG_BY_SCHEMA = {
    "a misspelt value": ({"clonJob": {}}, "clonJob"),
    "a misspelt value further down": ({"cronJob": {"shedule": "* * * * *"}}, "shedule"),
    "an unknown kind": ({"kind": "StatefulSet"}, "kind"),
    "an unknown mode": ({"mode": "destroy"}, "mode"),
    "an exit code that can't be tolerated": ({"tolerate": ["failure"]}, "tolerate"),
    "a schedule of four fields": ({"cronJob": {"schedule": "0 * * *"}}, "schedule"),
    "a number for a duration": ({"deployment": {"interval": 15}}, "interval"),
    "a canary's schedule of four fields": ({"canary": {"schedule": "0 9 * *"}}, "schedule"),
    "a canary that is to be tolerated": ({"canary": {"tolerate": ["drift"]}}, "tolerate"),
    "a canary's number for a duration": ({"canary": {"timeout": 5}}, "timeout"),
    "a duration without a unit": ({"sharding": {"wait": "10"}}, "wait"),
    "one shard": ({"sharding": {"enabled": True, "shards": 1}}, "shards"),
    "a role that is none": (
        {"serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "foghorn"}}},
        "role-arn",
    ),
    "a digest that is none": ({"image": {"digest": "0.1.0"}}, "digest"),
    "a Region that is none": ({"aws": {"region": "Frankfurt"}}, "region"),
    "a secret given by its value": ({"envFromSecrets": [{"name": "HOOK", "value": "x"}]}, "envFromSecrets"),
    "a fleet file of something else": ({"fleet": {**FLEET, "kind": "Deployment"}}, "kind"),
    "text that is no boolean": ({"networkPolicy": {"enabled": "yes"}}, "enabled"),
    "too little time to end": ({"terminationGracePeriodSeconds": 5}, "terminationGracePeriodSeconds"),
    "a relative mount": ({"store": {"mountPath": "reports"}}, "mountPath"),
}

SHARDED = {"sharding": {"enabled": True}}


def on(store):
    """The fleet with its reports kept there."""
    return {"fleet": {**FLEET, "spec": {**FLEET["spec"], "store": store}}}


def without(key):
    """The fleet without one of its parts."""
    return {name: part for name, part in FLEET.items() if name != key}


DO_NOT_GO_TOGETHER = {
    "no fleet": ({}, "no fleet: give the fleet file"),
    "two fleets": ({"fleet": FLEET, "fleetFile": "kind: Fleet"}, "fleet and fleetFile are set"),
    "a fleet in two places": (
        {"existingFleet": {"configMap": "a", "secret": "b"}},
        "existingFleet.configMap and existingFleet.secret are set",
    ),
    "the path of a fleet file in place of its text": (
        {"fleetFile": "fleet.yaml"},
        "`--set-file fleetFile=fleet.yaml` reads the file",
    ),
    "a fleet file that is a list": ({"fleetFile": "- kind: Fleet"}, "fleetFile: this is not the text of a fleet file"),
    "a fleet file that is no YAML": ({"fleetFile": "kind: [Fleet"}, "fleetFile: this is not the text of a fleet file"),
    "the file of something else": (
        {"fleetFile": "apiVersion: v1\nkind: Pod"},
        "fleetFile: this is not the text of a fleet file",
    ),
    "a fleet file that ends early": ({"fleetFile": yaml.safe_dump(without("spec"))}, "fleetFile: a fleet file has"),
    "a fleet that is only named": ({"fleet": {"metadata": FLEET["metadata"]}}, "`apiVersion` is missing here"),
    "a fleet without a spec": ({"fleet": without("spec")}, "`spec` is missing here or of the wrong kind"),
    "a fleet without metadata": ({"fleet": without("metadata")}, "`metadata` is missing here"),
    "a spec that is a path": ({"fleet": {**FLEET, "spec": "spec.yaml"}}, "`spec` is missing here or of the wrong kind"),
    "no image": ({"fleet": FLEET, "image": {"repository": ""}}, "push it to a registry of yours"),
    "an image with its tag": (
        {"fleet": FLEET, "image": {"repository": "registry.example.com:5000/foghorn:0.1.0"}},
        "give that as `image.tag` or `image.digest`",
    ),
    "shards with a volume of one node": (
        {**on("file:///srv"), **SHARDED, "store": {"type": "persistentVolumeClaim"}},
        "say [ReadWriteMany]",
    ),
    "a service in shards": ({"fleet": FLEET, "kind": "Deployment", **SHARDED}, "a Deployment is one process"),
    "shards with a store of each its own": (
        {"fleet": FLEET, "store": {"type": "emptyDir"}, **SHARDED},
        "no shard can see the emptyDir of another",
    ),
    "shards with a folder": ({**on("file:.foghorn"), **SHARDED}, "`spec.store: file:.foghorn`"),
    "shards without a store": ({**on("none"), **SHARDED}, "`spec.store: none`"),
    "shards with a folder, said at length": ({**on({"url": "file:///srv"}), **SHARDED}, "`spec.store: file:///srv`"),
    "shards that wait until the Job is over": (
        {"fleet": FLEET, "sharding": {"enabled": True, "wait": "20m1s"}},
        "set cronJob.activeDeadlineSeconds to 1501 or more",
    ),
    "shards that wait longer than a short Job": (
        {"fleet": FLEET, "cronJob": {"activeDeadlineSeconds": 899}, **SHARDED},
        "sharding.wait: 10m and five minutes for the run itself",
    ),
    "shards that wait for hours": (
        {"fleet": FLEET, "sharding": {"enabled": True, "wait": "1h30m500ms"}},
        "set cronJob.activeDeadlineSeconds to 5700 or more",
    ),
    "canaries that are waited for until the Job is over": (
        {"fleet": FLEET, "canary": {"enabled": True, "timeout": "20m1s"}},
        "set canary.activeDeadlineSeconds to 1501 or more",
    ),
    "a monitor of a CronJob": ({"fleet": FLEET, "serviceMonitor": {"enabled": True}}, "a CronJob has none to collect"),
}


@pytest.mark.parametrize(("values", "named"), WRONG_BY_SCHEMA.values(), ids=WRONG_BY_SCHEMA)
def test_a_wrong_value_is_refused_by_its_name(values, named):
    with pytest.raises(helm_python.HelmValuesError, match=named), helm_python.Chart.load(CHART) as chart:
        chart.validate_schema({"fleet": FLEET, **values})


@pytest.mark.parametrize(("values", "words"), DO_NOT_GO_TOGETHER.values(), ids=DO_NOT_GO_TOGETHER)
def test_values_that_do_not_go_together_are_refused_with_the_reason(values, words):
    with pytest.raises(helm_python.HelmRenderError) as refusal:
        render(values)
    assert words in str(refusal.value)


@pytest.mark.parametrize("kind", ["CronJob", "Deployment"])
def test_a_fleet_file_is_taken_in_every_form_that_foghorn_reads(kind):
    text = yaml.safe_dump(FLEET)
    for form in (text, f"---\n{text}", f"# a comment\n{text}", text.replace("\n", "\r\n"), json.dumps(FLEET)):
        assert render({"kind": kind, "fleetFile": form})


@pytest.mark.parametrize("values", matrix().values(), ids=matrix())
def test_good_values_are_taken(values):
    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(values)


def test_shards_may_share_a_bucket_or_a_volume():
    assert render({**on("s3://bucket/prefix"), **SHARDED})
    assert render({**on({"url": "gs://bucket"}), **SHARDED})
    assert render({"fleet": FLEET, **SHARDED, "image": {"repository": "registry.example.com:5000/foghorn"}})
    for claim in ({"accessModes": ["ReadWriteMany"]}, {"existingClaim": "reports"}):
        store = {"type": "persistentVolumeClaim", "persistentVolumeClaim": claim}
        assert render({**on("file:///var/lib/foghorn"), **SHARDED, "store": store})


@pytest.mark.parametrize(("wait", "deadline"), [("10m", 900), ("20m", 1500), ("1200s", 1500), ("1h30m", 5700)])
def test_shards_may_wait_until_five_minutes_before_the_jobs_deadline(wait, deadline):
    values = {"fleet": FLEET, "sharding": {"enabled": True, "wait": wait}}
    assert render({**values, "cronJob": {"activeDeadlineSeconds": deadline}})


def test_a_canary_may_be_waited_for_until_five_minutes_before_its_jobs_deadline():
    long = {"enabled": True, "timeout": "20m", "activeDeadlineSeconds": 1500}
    assert render({"fleet": FLEET, "canary": long})
    # One that is not sent may have any.
    assert render({"fleet": FLEET, "canary": {**long, "enabled": False, "timeout": "2h"}})


def test_the_schema_is_one_and_knows_every_value():
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    assert set(yaml.safe_load(VALUES)) == set(schema["properties"]) - {"global"}
    strict = [name for name, each in schema["properties"].items() if "properties" in each and name != "fleet"]
    assert [name for name in strict if schema["properties"][name].get("additionalProperties") is not False] == []


def test_every_value_is_described():
    found = {name: comment for name, _, comment in generate.described(yaml.compose(VALUES))}
    # Kubernetes' own, whose parents say what they are for.
    by_itself = ("resources.", "podSecurityContext.", "securityContext.")
    silent = [
        name
        for name, comment in found.items()
        if not comment and not name.startswith(by_itself) and not any(other.startswith(f"{name}.") for other in found)
    ]
    assert silent == []


def test_the_readme_and_the_manifests_are_what_the_chart_renders():
    check = subprocess.run(
        [sys.executable, ROOT / "charts/generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stderr) == (0, "")


def test_whole_sets_of_values_cover_every_value_that_is_an_object_of_its_own():
    switched = {name for values in CASES.values() for name in values}
    assert {"serviceMonitor", "prometheusRule", "grafanaDashboard", "networkPolicy", "sharding", "canary"} <= switched
