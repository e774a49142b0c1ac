"""The chart, rendered: what the tests of charts/foghorn and manifests/kubernetes share."""

import functools
import itertools
import json
import os
import pathlib
import re

import helm_python
import yaml
from helm_python import _native

# The same as yaml.SafeLoader, in C where that is there.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "charts/foghorn"
MANIFESTS = ROOT / "manifests/kubernetes"
NAME = NAMESPACE = "foghorn"

# The oldest that Chart.yaml takes, to the newest whose schemas kubernetes-validate has.
KUBERNETES_VERSIONS = [f"1.{minor}" for minor in range(27, 38)]

FLEET = yaml.safe_load((CHART / "ci/plan-values.yaml").read_text())["fleet"]

# Whole sets of values as users have them, by name.
CASES = {path.stem.removesuffix("-values"): yaml.safe_load(path.read_text()) for path in (CHART / "ci").glob("*.yaml")}

# What every release must give besides a fleet.
GIVEN = {"image": {"repository": "registry.example.com/foghorn"}}

# Switches that are combined with each other.
SWITCHES = {
    "kind": ["CronJob", "Deployment"],
    "mode": ["plan", "apply"],
    "store": [{"type": "none"}, {"type": "emptyDir"}, {"type": "persistentVolumeClaim"}],
}


def matrix():
    """CASES, and every combination of SWITCHES, by name."""
    combined = {"sharded-canary": {**CASES["sharded"], "canary": {"enabled": True}}}
    for number, chosen in enumerate(itertools.product(*SWITCHES.values())):
        combined[f"combination-{number}"] = {"fleet": FLEET, **dict(zip(SWITCHES, chosen))}
    return {**CASES, **combined}


def render(values, kubernetes="1.37", name=NAME):
    """Each template with what it renders to, for a version of Kubernetes."""
    return rendered(json.dumps({**GIVEN, **values}), kubernetes, name)


@functools.cache
def rendered(values, kubernetes, name):
    """The same of values as JSON. Nobody may change what it returns."""
    with helm_python.Chart.load(CHART) as chart:
        # Chart.render has no parameter for the version, which the library below it takes.
        options = {"name": name, "namespace": NAMESPACE, "kube_version": f"v{kubernetes}.0"}
        return json.loads(_native.call_string("helm_render", chart._raw(), values, json.dumps(options)))


def objects(values, kubernetes="1.37", name=NAME):
    """The objects of Kubernetes that values render to."""
    templates = render(values, kubernetes, name)
    texts = [text for path, text in sorted(templates.items()) if not path.endswith("NOTES.txt")]
    return [found for text in texts for found in yaml.load_all(text, Loader) if found]


def of_kind(found, kind):
    """The objects of a kind, by name."""
    return {each["metadata"]["name"]: each for each in found if each["kind"] == kind}


def only(found, kind):
    """The one object of a kind."""
    [each] = of_kind(found, kind).values()
    return each


def pod(workload):
    """The template of a workload's pods: metadata and spec."""
    spec = workload["spec"]
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    return {"metadata": workload["metadata"], "spec": spec} if workload["kind"] == "Pod" else spec["template"]


def pods(found):
    """The templates of the pods of all workloads."""
    return [pod(each) for each in found if each["kind"] in ("CronJob", "Deployment", "Pod")]


def container(workload):
    """The one container of a workload."""
    [each] = pod(workload)["spec"]["containers"]
    return each


def environment(workload):
    """The environment of a workload by name: its value, or where that is from."""
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container(workload).get("env", [])}


def binary():
    """The real foghorn."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return os.environ.get("FOGHORN_BIN") or str(target / "debug/foghorn")


def quoted_metrics(path):
    """Names of metrics that stand as strings in a Rust file."""
    return set(re.findall(r'"(foghorn_[a-z_]+)"', (ROOT / path).read_text()))
