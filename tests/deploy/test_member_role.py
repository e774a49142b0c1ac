"""The member role that the shipped template makes is the policy that `foghorn policy` prints."""

import ast
import functools
import itertools
import json
import os
import pathlib
import re
import subprocess
import urllib.parse

import boto3
import pytest

ROOT = pathlib.Path(__file__).parents[2]
TEMPLATE = ROOT / "manifests" / "cloudformation" / "bootstrap.yaml"
# The account that moto takes every caller to be of.
ACCOUNT = "123456789012"
CONTROLLER = "arn:aws:iam::999999999999:role/foghorn-controller"

HEAD = f"""
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: {{ name: acme }}
spec:
  access: {{ roleName: foghorn-under-test }}
  regions: [eu-west-1, ap-northeast-2]
  accounts: [{{ id: "{ACCOUNT}", name: dev }}]
"""

SLACK = "chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } }"
TEAMS = (
    "chatbot: { teams: { tenantId: 11111111-2222-3333-4444-555555555555, "
    'teamId: 4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f, channelId: "19%3Aab12%40thread.tacv2" } }'
)
POSTS = "apiDestination: { slack: { webhook: { secretsManager: foghorn/hook } } }"
BY_FUNCTION = "lambda: { googleChat: { webhook: { secretsManager: foghorn/hook } } }"
BY_TOPIC = "lambda: { googleChat: { webhook: { secretsManager: foghorn/hook } }, topic: true }"
HUB = f'hub: {{ account: "{ACCOUNT}", region: eu-west-1 }}'


def fleet(*pipelines, more=""):
    """A fleet file of pipelines, each given as its `via` with what else it says."""
    lines = [f"    - {{ name: p{number}, events: [taskFailed], {text} }}" for number, text in enumerate(pipelines)]
    body = "  pipelines:\n" + "\n".join(lines) + "\n" if lines else ""
    return HEAD + more + body


def via(way, *more):
    return ", ".join([f"via: {{ {way} }}", *more])


FLEETS = {
    "breakers alone": fleet(),
    "breakers mended": fleet(more="  breakers: { remediate: true }\n"),
    "nothing required": fleet(via(SLACK), more="  breakers: { require: { enable: false, rollback: false } }\n"),
    "slack": fleet(via(SLACK)),
    "slack, adopted": fleet(via(SLACK.replace("C0123ABCD }", "C0123ABCD, adopt: true }"))),
    "teams": fleet(via(TEAMS)),
    "posts": fleet(via(POSTS)),
    "a function": fleet(via(BY_FUNCTION)),
    "a function behind a topic": fleet(via(BY_TOPIC)),
    "no dead letters, no canaries": fleet(via(POSTS, "deadLetter: false", "canary: false")),
    "where nobody hears": fleet(via(BY_FUNCTION, "when: unheard")),
    "a hub": fleet(via(BY_FUNCTION, HUB)),
    "webhooks of unlike names": fleet(
        via(POSTS.replace("foghorn/hook", "google-chat")), via(BY_FUNCTION.replace("foghorn/hook", "slack-hook"))
    ),
    "all ways": fleet(via(SLACK), via(TEAMS), via(POSTS), via(BY_TOPIC, HUB)),
}


@functools.cache
def binary():
    if named := os.environ.get("FOGHORN_BIN"):
        return named
    built = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "foghorn"
    if not built.exists():
        subprocess.run(["cargo", "build", "--quiet"], cwd=ROOT, check=True)
    return str(built)


def foghorn(*arguments):
    run = subprocess.run([binary(), *arguments], capture_output=True, text=True, env={}, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def policy(path, mode):
    return json.loads(foghorn("policy", "--mode", mode, "--file", str(path)))["Statement"]


def parameters(path):
    """Those that the header of `foghorn bootstrap` gives."""
    lines = itertools.takewhile(lambda line: line.startswith("#"), foghorn("bootstrap", "--file", str(path)).splitlines())
    pairs = [line.lstrip("# ").removesuffix(" \\") for line in lines if line.startswith("#     ") and "=" in line]
    found = dict(pair.split("=", 1) for pair in pairs)
    return {**found, "ControllerPrincipalArn": CONTROLLER, "Mode": "all"}


def as_set(value):
    return frozenset([value] if isinstance(value, str) else value)


def statements(listed):
    """Statements by their ids, each as what it comes to."""
    conditions = lambda one: frozenset(
        (operator, key, as_set(values))
        for operator, keys in one.get("Condition", {}).items()
        for key, values in keys.items()
    )
    assert len({one["Sid"] for one in listed}) == len(listed)
    return {
        one["Sid"]: (one["Effect"], as_set(one["Action"]), as_set(one["Resource"]), conditions(one)) for one in listed
    }


@pytest.fixture(scope="module")
def moto():
    url = os.environ.get("FOGHORN_MOTO_URL")
    if url:
        yield url
        return
    if os.environ.get("FOGHORN_REQUIRE_EMULATORS"):
        pytest.fail("FOGHORN_MOTO_URL names no emulator")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def clients(moto):
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "eu-west-1"}
    return [boto3.client(service, endpoint_url=moto, **keys) for service in ("cloudformation", "iam")]


def template():
    """The template, with references to conditions written at length: moto does not evaluate their short form."""
    return re.sub(r"!Condition (\w+)", r"{ Condition: \1 }", TEMPLATE.read_text())


def deployed(clients, given):
    """The member role of a stack with these parameters, and the names of the stack's other roles."""
    cloudformation, iam = clients
    listed = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    cloudformation.create_stack(
        StackName="foghorn-under-test",
        TemplateBody=template(),
        Parameters=listed,
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    try:
        name = given["RoleName"]
        role = iam.get_role(RoleName=name)["Role"]
        policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
        documents = [iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"] for one in policies]
        found = [statement for document in map(decoded, documents) for statement in document["Statement"]]
        resources = cloudformation.list_stack_resources(StackName="foghorn-under-test")["StackResourceSummaries"]
        # moto lists what a condition leaves out as well, without a name.
        others = {one["LogicalResourceId"] for one in resources} - {"MemberRole", ""}
        return statements(found), decoded(role["AssumeRolePolicyDocument"]), others
    finally:
        cloudformation.delete_stack(StackName="foghorn-under-test")


def service_role(clients, given, name):
    """Who may take up a role of the stack that is a service's, and its statements."""
    cloudformation, iam = clients
    cloudformation.create_stack(
        StackName="foghorn-under-test",
        TemplateBody=template(),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    try:
        role = iam.get_role(RoleName=name)["Role"]
        [policy_name] = iam.list_role_policies(RoleName=name)["PolicyNames"]
        document = iam.get_role_policy(RoleName=name, PolicyName=policy_name)["PolicyDocument"]
        [trusted] = decoded(role["AssumeRolePolicyDocument"])["Statement"]
        return trusted, decoded(document)["Statement"]
    finally:
        cloudformation.delete_stack(StackName="foghorn-under-test")


def decoded(document):
    """A policy document. moto keeps one of a role's own as Python writes it, with None where AWS leaves a member out."""
    if isinstance(document, str):
        text = urllib.parse.unquote(document)
        document = ast.literal_eval(text) if text.startswith("{'") else json.loads(text)
    return without_none(document)


def without_none(value):
    if isinstance(value, dict):
        return {key: without_none(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [without_none(one) for one in value if one is not None]
    return value


@pytest.mark.parametrize("name", FLEETS)
@pytest.mark.parametrize("mode", ["plan", "apply", "sound", "destroy", "all"])
def test_the_role_that_comes_out_is_the_policy_that_is_printed(clients, tmp_path, name, mode):
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEETS[name])
    role, _, _ = deployed(clients, {**parameters(path), "Mode": mode})
    modes = ["apply", "sound"] if mode == "all" else [mode]
    printed = [statement for one in modes for statement in statements(policy(path, one)).items()]
    assert role == dict(printed)
    assert set(role.items()) == set(printed), "what two modes share is the same in both"


def test_a_role_for_all_holds_what_every_mode_asks_for(clients, tmp_path):
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEETS["all ways"])
    role, _, _ = deployed(clients, parameters(path))
    for mode in ("plan", "apply", "sound", "destroy"):
        printed = statements(policy(path, mode))
        assert {sid: role.get(sid) for sid in printed} == printed, mode


def test_the_other_roles_are_made_only_where_a_pipeline_takes_them(clients, tmp_path):
    expected = {
        "breakers alone": set(),
        "slack": {"ChatRole"},
        "posts": {"InvokeRole"},
        "a function": {"NotifierRole"},
        "a hub": {"NotifierRole", "ForwardRole"},
    }
    for name, roles in expected.items():
        path = tmp_path / "fleet.yaml"
        path.write_text(FLEETS[name])
        _, _, others = deployed(clients, parameters(path))
        assert others == roles, name


@pytest.mark.parametrize("external_id", ["", "some-external-id"])
@pytest.mark.parametrize("organization", ["", "o-a1b2c3d4e5"])
def test_the_role_trusts_the_controller_alone_within_what_is_asked(clients, tmp_path, external_id, organization):
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEETS["slack"])
    given = {**parameters(path), "ExternalId": external_id, "OrganizationId": organization}
    _, trust, _ = deployed(clients, given)
    [statement] = trust["Statement"]
    assert statement["Principal"] == {"AWS": CONTROLLER}
    asked = {"sts:ExternalId": external_id, "aws:PrincipalOrgID": organization}
    asked = {key: value for key, value in asked.items() if value}
    assert statement.get("Condition", {}).get("StringEquals", {}) == asked


def test_the_notifier_reads_the_webhooks_of_the_file_and_no_other_secret(clients, tmp_path):
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEETS["webhooks of unlike names"])
    _, allowed = service_role(clients, parameters(path), "foghorn-notifier")
    [resources] = [one["Resource"] for one in allowed if one["Action"] == "secretsmanager:GetSecretValue"]
    names = {resource.removeprefix(f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:") for resource in resources}
    assert names == {"google-chat-??????", "slack-hook-??????"}


def test_events_go_to_the_hubs_of_the_file_and_to_no_other_account(clients, tmp_path):
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEETS["a hub"])
    _, [allowed] = service_role(clients, parameters(path), "foghorn-forward")
    assert as_set(allowed["Resource"]) == {f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/foghorn-*"}


@pytest.mark.parametrize("fleet, role", [("posts", "foghorn-invoke"), ("a hub", "foghorn-forward")])
def test_only_rules_of_this_account_act_as_eventbridge_s_roles(clients, tmp_path, fleet, role):
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEETS[fleet])
    trusted, _ = service_role(clients, parameters(path), role)
    assert trusted["Principal"] == {"Service": "events.amazonaws.com"}
    assert trusted["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_a_template_without_a_fleet_s_parameters_lets_foghorn_look_and_no_more(clients):
    role, _, others = deployed(clients, {"ControllerPrincipalArn": CONTROLLER, "RoleName": "foghorn-under-test"})
    actions = {action for effect, actions, _, _ in role.values() if effect == "Allow" for action in actions}
    writes = {action for action in actions if not re.match(r"^[a-z]+:(Get|List|Describe)", action)}
    assert writes == set() and "secretsmanager:GetSecretValue" not in actions
    assert "ForwardRole" not in others


def test_a_template_with_the_mode_and_what_the_file_alone_knows_lets_every_fleet_work(clients, tmp_path):
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEETS["all ways"])
    known = {name: value for name, value in parameters(path).items() if name in ("WebhookSecrets", "HubBuses")}
    given = {"ControllerPrincipalArn": CONTROLLER, "RoleName": "foghorn-under-test", "Mode": "all", "Hub": "true"}
    role, _, _ = deployed(clients, {**given, **known})
    for mode in ("plan", "apply", "sound", "destroy"):
        for sid, (effect, actions, _, _) in statements(policy(path, mode)).items():
            assert role[sid][:2] == (effect, actions), sid


def test_a_fleet_that_assumes_no_role_gets_the_roles_of_its_pipelines_and_no_member_role(clients, tmp_path):
    cloudformation, iam = clients
    path = tmp_path / "fleet.yaml"
    path.write_text(fleet(via(SLACK)).replace("  access: { roleName: foghorn-under-test }\n", ""))
    given = {name: value for name, value in parameters(path).items() if name != "Mode"}
    given["ControllerPrincipalArn"] = "none"
    cloudformation.create_stack(
        StackName="foghorn-under-test",
        TemplateBody=template(),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    try:
        assert {role["RoleName"] for role in iam.list_roles()["Roles"]} == {"foghorn-chat"}
    finally:
        cloudformation.delete_stack(StackName="foghorn-under-test")
