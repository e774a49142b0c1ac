#!/usr/bin/env python3
"""Writes what follows from the chart: the table of values in its README, and manifests/kubernetes.

    python3 charts/generate.py           writes them
    python3 charts/generate.py --check   ends with 1 if one is not as it would be written

Needs PyYAML and helm-python-sdk (tests/requirements.txt has the versions).
"""

import json
import pathlib
import sys

import helm_python
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
CHART = ROOT / "charts/foghorn"
MANIFESTS = ROOT / "manifests/kubernetes"
RELEASE = NAMESPACE = "foghorn"

TABLE_BEGINS = "<!-- values: written by charts/generate.py from the comments of values.yaml -->\n"
TABLE_ENDS = "<!-- end of values -->\n"

# Labels that only Helm has a use for.
LABELS_OF_HELM = ("app.kubernetes.io/managed-by:", "helm.sh/chart:")

POD_IDENTITY = {"serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": None}}}
DEPLOYMENT = {"kind": "Deployment"}

# What whoever applies a workload as it is must know.
WORKLOAD = (
    "# Two things are yours to change, there or in a copy: `image`, for nothing is published\n"
    "# under this name, and what it may do, for this looks and never writes (`mode: plan`).\n"
)

# Each manifest: the templates that it is made of, the values beside values.yaml,
# and how its heading says them.
PIECES = {
    "service-account-irsa.yaml": (["serviceaccount"], {}, ""),
    "service-account-pod-identity.yaml": (["serviceaccount"], POD_IDENTITY, " but without the annotation"),
    "fleet.yaml": (["fleet"], {}, ""),
    "network-policy.yaml": (["networkpolicy"], {}, ""),
    "cronjob.yaml": (["cronjob"], {}, ""),
    "deployment.yaml": (["deployment", "service"], DEPLOYMENT, " and `kind: Deployment`"),
}


def described(node, path=""):
    """Every value with the comment right above it: its path, its node, the comment.

    A mapping that is written as a block is taken apart.
    """
    for key, value in node.value:
        name = f"{path}.{key.value}".lstrip(".")
        yield name, value, comment_above(key.start_mark)
        if is_block(value):
            yield from described(value, name)


def is_block(node):
    """Whether a node is a mapping of a line for each key."""
    return isinstance(node, yaml.MappingNode) and not node.flow_style


def comment_above(mark):
    """The comment that ends on the line before a key, as one line."""
    lines = mark.buffer.split("\n")[: mark.line]
    comment = []
    while lines and lines[-1].strip().startswith("#"):
        comment.insert(0, lines.pop().strip().lstrip("#").strip())
    return " ".join(comment)


def default(node):
    """The default of a value as one line of YAML; nothing where its keys say theirs."""
    if is_block(node):
        return ""
    return f"`{json.dumps(yaml.safe_load(yaml.serialize(node)), ensure_ascii=False)}`"


def table():
    """The table of all values."""
    rows = ["| value | default | means |", "|---|---|---|"]
    for name, node, comment in described(yaml.compose((CHART / "values.yaml").read_text())):
        if comment or not is_block(node):
            rows.append(f"| `{name}` | {default(node)} | {comment} |")
    return "\n".join(rows) + "\n"


def readme():
    """The chart's README with the table as the values are now."""
    path = CHART / "README.md"
    before, _, rest = path.read_text().partition(TABLE_BEGINS)
    _, _, after = rest.partition(TABLE_ENDS)
    return path, before + TABLE_BEGINS + table() + TABLE_ENDS + after


def merged(values, others):
    """Values with others laid over them, as Helm does it."""
    result = dict(values)
    for key, value in others.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result


def without_labels_of_helm(manifest):
    """A manifest for those who do not use Helm."""
    lines = manifest.strip().split("\n")
    return "\n".join(line for line in lines if not line.strip().startswith(LABELS_OF_HELM)) + "\n"


def manifests():
    """Each manifest of manifests/kubernetes that is rendered, with its text."""
    values = yaml.safe_load((MANIFESTS / "values.yaml").read_text())
    with helm_python.Chart.load(CHART) as chart:
        for name, (templates, others, words) in PIECES.items():
            rendered = chart.render(merged(values, others), name=RELEASE, namespace=NAMESPACE)
            parts = [without_labels_of_helm(rendered[f"foghorn/templates/{part}.yaml"]) for part in templates]
            heading = (
                f"# Rendered from charts/foghorn with manifests/kubernetes/values.yaml{words}\n"
                "# by charts/generate.py: change those, not this.\n"
            )
            if {"cronjob", "deployment"} & set(templates):
                heading += WORKLOAD
            yield MANIFESTS / name, heading + "---\n".join(parts)


def main():
    """Writes what is not as it should be, or says so."""
    stale = [(path, text) for path, text in [readme(), *manifests()] if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv[1:]:
        for path, _ in stale:
            print(f"{path.relative_to(ROOT)} is not up to date: run charts/generate.py", file=sys.stderr)
        return 1 if stale else 0
    for path, text in stale:
        path.write_text(text)
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
