"""The shipped CloudFormation templates, as data."""

import json

from cfnlint.decode import decode

from emulators import ROOT

FOLDER = ROOT / "manifests" / "cloudformation"


def path(name):
    return FOLDER / f"{name}.yaml"


def load(name):
    """A template with its short forms (`!Ref`) written out."""
    template, problems = decode(str(path(name)))
    assert not problems, problems
    return json.loads(json.dumps(template))


def text(name):
    return path(name).read_text()


def without_metric_math(template):
    """The template without alarms on expressions, which ministack's CloudFormation refuses; and these alarms."""
    kept, alarms = {}, {}
    for name, resource in template["Resources"].items():
        body = next(iter(resource[2].values())) if name.startswith("Fn::ForEach::") else resource
        math = body["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in body["Properties"]
        (alarms if math else kept)[name] = resource
    return {**template, "Resources": kept}, alarms


def looped(loop):
    """The resources of a `Fn::ForEach` over a written list, by what they are made for."""
    identifier, values, bodies = loop
    body = next(iter(bodies.values()))
    return {value: resolved(body, {identifier: value}) for value in values}


def resolved(value, names):
    """A value with the given names put in for `Ref` and `Fn::Sub`."""
    if isinstance(value, list):
        return [resolved(member, names) for member in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return names.get(value["Ref"], value)
    if set(value) == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        text = value["Fn::Sub"]
        for name, given in names.items():
            text = text.replace(f"${{{name}}}", str(given))
        return text if "${" not in text else {"Fn::Sub": text}
    return {key: resolved(member, names) for key, member in value.items()}
