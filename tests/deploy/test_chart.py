"""The chart: what it renders to is what Kubernetes takes, and what each value promises.

A real API server can't be had offline, so objects are held to the API's own schemas,
version by version. Objects of the Prometheus Operator are not in those.
"""

import re

import helm_python
import kubernetes_validate
import pytest
import yaml

from chart import (
    CASES,
    CHART,
    FLEET,
    KUBERNETES_VERSIONS,
    container,
    environment,
    matrix,
    objects,
    of_kind,
    only,
    pod,
    pods,
    render,
)

FLEET_ON_S3 = {"fleet": FLEET}


@pytest.mark.parametrize("name", CASES)
def test_lint_has_no_complaint(name):
    report = helm_python.lint(CHART, CASES[name], strict=True)
    assert report["errors"] == []
    assert [each for each in report["messages"] if each["severity"] > 1] == []


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
def test_every_supported_version_of_kubernetes_knows_all_that_is_rendered(version):
    for name, values in matrix().items():
        for each in objects(values, version):
            if each["apiVersion"].startswith("monitoring.coreos.com/"):
                continue
            kubernetes_validate.validate(each, version, strict=True)
            assert each["metadata"]["namespace"] == "foghorn", (name, each["metadata"])


def test_the_oldest_kubernetes_that_the_chart_takes_is_the_oldest_that_is_tested():
    # -0 lets suffixes in, such as EKS's: v1.27.3-eks-a5565ad.
    wanted = yaml.safe_load((CHART / "Chart.yaml").read_text())["kubeVersion"]
    assert wanted == f">={KUBERNETES_VERSIONS[0]}.0-0"


@pytest.mark.parametrize("values", matrix().values(), ids=matrix())
def test_every_pod_keeps_to_the_restricted_pod_security_standard(values):
    found = pods(objects(values))
    assert found
    for each in found:
        spec = each["spec"]
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
        allowed = {"configMap", "emptyDir", "persistentVolumeClaim", "secret"}
        assert all(set(volume) - {"name"} <= allowed for volume in spec["volumes"])
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] == 65532
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for one in spec["containers"]:
            assert one["securityContext"]["allowPrivilegeEscalation"] is False
            assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert one["securityContext"]["readOnlyRootFilesystem"] is True


@pytest.mark.parametrize("values", matrix().values(), ids=matrix())
def test_no_pod_holds_a_token_of_kubernetes(values):
    found = objects(values)
    assert all(each["spec"]["automountServiceAccountToken"] is False for each in pods(found))
    assert all(each["automountServiceAccountToken"] is False for each in of_kind(found, "ServiceAccount").values())


def test_a_first_installation_writes_nothing():
    assert container(only(objects(FLEET_ON_S3), "CronJob"))["args"] == ["plan", "--file", "/etc/foghorn/fleet.yaml"]
    service = container(only(objects({**FLEET_ON_S3, "kind": "Deployment"}), "Deployment"))
    assert "--plan-only" in service["args"]


def test_apply_does_not_ask():
    args = container(only(objects({**FLEET_ON_S3, "mode": "apply", "prune": True}), "CronJob"))["args"]
    assert args == ["apply", "--file", "/etc/foghorn/fleet.yaml", "--yes", "--prune"]


def test_two_runs_never_overlap():
    for values in matrix().values():
        found = objects(values)
        assert all(each["spec"]["concurrencyPolicy"] == "Forbid" for each in of_kind(found, "CronJob").values())
        for each in of_kind(found, "Deployment").values():
            assert (each["spec"]["replicas"], each["spec"]["strategy"]) == (1, {"type": "Recreate"})


def test_drift_is_no_failed_job_unless_it_is_asked_for():
    assert environment(only(objects(FLEET_ON_S3), "CronJob"))["FOGHORN_TOLERATE"] == "drift,incomplete"
    strict = only(objects({**FLEET_ON_S3, "tolerate": []}), "CronJob")
    assert "FOGHORN_TOLERATE" not in environment(strict)
    rules = strict["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert {"action": "FailJob", "onExitCodes": {"containerName": "foghorn", "operator": "In", "values": [2, 3]}} in rules


def test_foghorn_is_given_less_time_to_end_than_its_pod():
    service = only(objects({**FLEET_ON_S3, "kind": "Deployment", "terminationGracePeriodSeconds": 90}), "Deployment")
    args = container(service)["args"]
    assert args[args.index("--grace") + 1] == "80s"
    assert pod(service)["spec"]["terminationGracePeriodSeconds"] == 90


@pytest.mark.parametrize("version", ["1.27", "1.28", "1.29", "1.37"])
def test_each_shard_is_a_pod_of_one_indexed_job_and_knows_its_run(version):
    cronjob = only(objects(CASES["sharded"], version), "CronJob")
    job = cronjob["spec"]["jobTemplate"]["spec"]
    assert (job["completionMode"], job["completions"], job["parallelism"]) == ("Indexed", 8, 8)
    shown = environment(cronjob)
    assert (shown["FOGHORN_SHARDS"], shown["FOGHORN_SHARD_WAIT"]) == ("8", "10m")
    label = "metadata.labels['batch.kubernetes.io/job-name']"
    assert shown["FOGHORN_SHARD_SET"] == {"fieldRef": {"fieldPath": label}}


def test_a_shard_that_fails_leaves_the_others_alone():
    job = only(objects(CASES["sharded"], "1.29"), "CronJob")["spec"]["jobTemplate"]["spec"]
    assert job["backoffLimitPerIndex"] == 1 and "backoffLimit" not in job
    assert [rule["action"] for rule in job["podFailurePolicy"]["rules"]] == ["Ignore", "FailIndex"]
    # Kubernetes before 1.29 has no limit by index: the one of the Job must do for all.
    job = only(objects(CASES["sharded"], "1.28"), "CronJob")["spec"]["jobTemplate"]["spec"]
    assert job["backoffLimit"] == 8 and "backoffLimitPerIndex" not in job
    assert [rule["action"] for rule in job["podFailurePolicy"]["rules"]] == ["Ignore"]


def test_the_fleet_file_is_taken_as_it_is_or_from_where_it_is_kept():
    text = CASES["deployment"]["fleetFile"]
    assert of_kind(objects(CASES["deployment"]), "ConfigMap")["foghorn-fleet"]["data"]["fleet.yaml"].strip() == text.strip()
    inline = of_kind(objects(FLEET_ON_S3), "ConfigMap")["foghorn-fleet"]["data"]["fleet.yaml"]
    assert yaml.safe_load(inline) == FLEET
    found = objects(CASES["existing"])
    assert "ConfigMap" not in {each["kind"] for each in found}
    volume = pod(only(found, "CronJob"))["spec"]["volumes"][0]
    assert volume["secret"]["secretName"] == "acme-fleet"
    assert volume["secret"]["items"] == [{"key": "acme.yaml", "path": "fleet.yaml"}]


@pytest.mark.parametrize("values", matrix().values(), ids=matrix())
def test_every_volume_that_is_mounted_is_there_and_every_other_way_round(values):
    for each in pods(objects(values)):
        spec = each["spec"]
        mounted = {mount["name"] for one in spec["containers"] for mount in one["volumeMounts"]}
        assert mounted == {volume["name"] for volume in spec["volumes"]}
        assert not any("subPath" in mount for one in spec["containers"] for mount in one["volumeMounts"])


def test_webhooks_reach_the_pod_by_reference_alone():
    found = objects(CASES["deployment"])
    service = only(found, "Deployment")
    assert environment(service)["DRIFT_WEBHOOK"] == {"secretKeyRef": {"name": "foghorn-webhooks", "key": "drift"}}
    mounts = {mount["mountPath"]: mount for mount in container(service)["volumeMounts"]}
    assert mounts["/run/secrets/webhooks"]["readOnly"] is True
    assert "Secret" not in {each["kind"] for each in found}


def test_the_role_of_the_node_is_not_used_unless_it_is_asked_for():
    assert environment(only(objects(FLEET_ON_S3), "CronJob"))["AWS_EC2_METADATA_DISABLED"] == "true"
    asked = only(objects({**FLEET_ON_S3, "aws": {"useNodeRole": True}}), "CronJob")
    assert "AWS_EC2_METADATA_DISABLED" not in environment(asked)


def test_irsa_is_an_annotation_and_pod_identity_none():
    irsa = only(objects(CASES["plan"]), "ServiceAccount")
    assert irsa["metadata"]["annotations"] == {
        "eks.amazonaws.com/role-arn": "arn:aws:iam::999999999999:role/foghorn-controller"
    }
    assert "annotations" not in only(objects(FLEET_ON_S3), "ServiceAccount")["metadata"]


def test_the_service_chooses_the_pod_of_the_deployment_and_no_other():
    found = objects(CASES["deployment"])
    selector = only(found, "Service")["spec"]["selector"]
    chosen = [
        each["metadata"]["labels"].get("app.kubernetes.io/name")
        for each in pods(found)
        if selector.items() <= each["metadata"]["labels"].items()
    ]
    assert chosen == ["foghorn"]
    assert selector.items() <= only(found, "Deployment")["spec"]["template"]["metadata"]["labels"].items()


def test_nothing_but_the_kubelet_may_open_the_page_unless_it_is_named():
    closed = only(objects({**FLEET_ON_S3, "kind": "Deployment", "networkPolicy": {"enabled": True}}), "NetworkPolicy")
    assert "Ingress" in closed["spec"]["policyTypes"] and "ingress" not in closed["spec"]
    opened = only(objects(CASES["deployment"]), "NetworkPolicy")["spec"]["ingress"]
    assert opened[0]["from"] == CASES["deployment"]["networkPolicy"]["ingressFrom"]


def plain_http(policy):
    """The addresses that the pods may reach over plain HTTP."""
    rules = [rule for rule in policy["spec"]["egress"] if {"port": 80, "protocol": "TCP"} in rule["ports"]]
    return {peer["ipBlock"]["cidr"] for rule in rules for peer in rule["to"]}


def test_the_network_lets_pods_ask_for_the_role_of_the_node_where_they_use_it_and_nowhere_else():
    guarded = {**FLEET_ON_S3, "networkPolicy": {"enabled": True}}
    pod_identity = {"169.254.170.23/32", "fd00:ec2::23/128"}
    assert plain_http(only(objects(guarded), "NetworkPolicy")) == pod_identity
    allowed = objects({**guarded, "aws": {"useNodeRole": True}})
    for version in KUBERNETES_VERSIONS:
        kubernetes_validate.validate(only(allowed, "NetworkPolicy"), version, strict=True)
    metadata = {"169.254.169.254/32", "fd00:ec2::254/128"}
    assert plain_http(only(allowed, "NetworkPolicy")) == pod_identity | metadata


def test_a_long_release_name_leaves_room_for_what_kubernetes_adds():
    found = objects(FLEET_ON_S3, name="a-release-name-of-fifty-three-characters-not-one-more")
    assert len(only(found, "CronJob")["metadata"]["name"]) <= 52


def test_the_helm_test_validates_the_same_fleet_file():
    found = objects(CASES["plan"])
    hook = only(found, "Pod")
    assert hook["metadata"]["annotations"]["helm.sh/hook"] == "test"
    assert container(hook)["args"] == ["validate", "--file", "/etc/foghorn/fleet.yaml"]
    assert hook["spec"]["volumes"][0] == pod(only(found, "CronJob"))["spec"]["volumes"][0]


@pytest.mark.parametrize("name", CASES)
def test_the_notes_name_the_next_step_by_names_that_exist(name):
    found = objects(CASES[name])
    notes = render(CASES[name])["foghorn/templates/NOTES.txt"]
    for kind, pattern in (("CronJob", r"cronjob/(\S+)"), ("Service", r"svc/(\S+)")):
        assert set(re.findall(pattern, notes)) == set(of_kind(found, kind))
    assert "foghorn bootstrap" in notes and "Slack" in notes


def test_the_notes_say_when_nothing_would_be_remembered():
    forgetful = {"fleet": {**FLEET, "spec": {**FLEET["spec"], "store": "file:.foghorn"}}}
    warning = "nothing is remembered"
    assert warning in render(forgetful)["foghorn/templates/NOTES.txt"]
    kept = {**forgetful, "store": {"type": "persistentVolumeClaim"}}
    assert warning not in render(kept)["foghorn/templates/NOTES.txt"]
    assert warning not in render(FLEET_ON_S3)["foghorn/templates/NOTES.txt"]
