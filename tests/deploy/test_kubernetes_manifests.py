"""manifests/kubernetes: complete, for those who do not use Helm."""

import kubernetes_validate
import pytest
import yaml

from chart import KUBERNETES_VERSIONS, MANIFESTS, container

# In place of one of kustomization.yaml, as it says itself.
VARIANTS = {
    "service-account-pod-identity.yaml": "service-account-irsa.yaml",
    "deployment.yaml": "cronjob.yaml",
}


def kustomization():
    return yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text())


def loaded(names):
    return [each for name in names for each in yaml.safe_load_all((MANIFESTS / name).read_text())]


def variants():
    """Every set of files that can be applied."""
    resources = kustomization()["resources"]
    sets = [resources]
    for other, usual in VARIANTS.items():
        sets += [[other if name == usual else name for name in each] for each in sets]
    return sets


def test_every_manifest_is_part_of_a_variant():
    files = {path.name for path in MANIFESTS.glob("*.yaml")} - {"kustomization.yaml", "values.yaml"}
    assert files == {name for each in variants() for name in each}
    heading = (MANIFESTS / "kustomization.yaml").read_text().partition("apiVersion")[0]
    assert all(name in heading for name in VARIANTS)


@pytest.mark.parametrize("names", variants(), ids=" ".join)
def test_each_variant_is_whole(names):
    found = loaded(names)
    kinds = [each["kind"] for each in found]
    assert kinds.count("CronJob") + kinds.count("Deployment") == 1
    assert len({(each["kind"], each["metadata"]["name"]) for each in found}) == len(found)
    named = {(each["kind"], each["metadata"]["name"]) for each in found}
    workload = next(each for each in found if each["kind"] in ("CronJob", "Deployment"))
    template = workload["spec"].get("jobTemplate", workload)["spec"]["template"]["spec"]
    assert ("ServiceAccount", template["serviceAccountName"]) in named
    assert ("ConfigMap", template["volumes"][0]["configMap"]["name"]) in named
    assert all(each["metadata"].get("namespace", "foghorn") == "foghorn" for each in found)
    assert not any("helm" in text for each in found for text in yaml.safe_dump(each["metadata"]).lower().split())


@pytest.mark.parametrize("name", ["cronjob.yaml", "deployment.yaml"])
def test_a_manifest_that_is_applied_as_it_is_makes_no_changes_in_aws(name):
    args = container(loaded([name])[0])["args"]
    assert args[0] == "plan" or "--plan-only" in args


@pytest.mark.parametrize("name", ["cronjob.yaml", "deployment.yaml", "kustomization.yaml"])
def test_the_heading_says_that_image_and_mode_are_to_be_changed(name):
    heading = (MANIFESTS / name).read_text().partition("apiVersion")[0]
    assert "image" in heading and "never write" in heading


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS[2:])
def test_every_manifest_is_one_that_kubernetes_takes(version):
    for names in variants():
        for each in loaded(names):
            kubernetes_validate.validate(each, version, strict=True)


def test_the_namespace_takes_restricted_pods_alone():
    [namespace] = loaded(["namespace.yaml"])
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert namespace["metadata"]["name"] == kustomization()["namespace"]


def test_only_the_variant_of_irsa_names_a_role():
    [irsa] = loaded(["service-account-irsa.yaml"])
    [pod_identity] = loaded(["service-account-pod-identity.yaml"])
    assert "eks.amazonaws.com/role-arn" in irsa["metadata"].pop("annotations")
    assert irsa == pod_identity
