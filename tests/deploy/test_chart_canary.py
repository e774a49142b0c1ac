"""The canary of the chart: a second CronJob that runs `foghorn sound`, beside either kind."""

import pytest

from chart import CASES, FLEET, container, environment, objects, of_kind, only, pod, pods, render

ON = {"canary": {"enabled": True}}
SERVICE = {"fleet": FLEET, "kind": "Deployment", **ON}


def canary(values, **options):
    """The canary of a release."""
    return of_kind(objects(values, **options), "CronJob")["foghorn-canary"]


def job(cronjob):
    """The Job that a CronJob makes."""
    return cronjob["spec"]["jobTemplate"]["spec"]


def test_no_room_gets_a_canary_unless_it_is_asked_for():
    for values in ({"fleet": FLEET}, CASES["sharded"]):
        assert list(of_kind(objects(values), "CronJob")) == ["foghorn"]
        assert "sound" not in str([container(each) for each in of_kind(objects(values), "CronJob").values()])


@pytest.mark.parametrize("kind", ["CronJob", "Deployment"])
def test_a_canary_is_sounded_in_working_hours_beside_either_kind(kind):
    found = canary({"fleet": FLEET, "kind": kind, **ON})
    assert container(found)["args"] == ["sound", "--file", "/etc/foghorn/fleet.yaml", "--timeout", "5m", "--tolerate="]
    assert (found["spec"]["schedule"], found["spec"]["timeZone"]) == ("0 9 * * 1", "Etc/UTC")


def test_the_canary_has_the_time_zone_of_the_runs_unless_it_has_one_of_its_own():
    zoned = {"fleet": FLEET, "cronJob": {"timeZone": "Asia/Seoul"}}
    assert canary({**zoned, **ON})["spec"]["timeZone"] == "Asia/Seoul"
    own = {"canary": {"enabled": True, "timeZone": "Europe/Berlin"}}
    assert canary({**zoned, **own})["spec"]["timeZone"] == "Europe/Berlin"


def test_a_canary_is_sent_while_the_runs_are_suspended():
    found = of_kind(objects({"fleet": FLEET, "cronJob": {"suspend": True}, **ON}), "CronJob")
    assert {name: each["spec"]["suspend"] for name, each in found.items()} == {"foghorn": True, "foghorn-canary": False}


def test_what_is_meant_for_the_runs_alone_does_not_reach_the_canary():
    values = {"fleet": FLEET, "mode": "apply", "prune": True, "extraArgs": ["--notifier", "/usr/local/bin/n"]}
    narrowed = {"canary": {"enabled": True, "timeout": "9m", "extraArgs": ["--pipeline", "deploys"]}}
    args = container(canary({**values, **narrowed}))["args"]
    assert args == ["sound", "--file", "/etc/foghorn/fleet.yaml", "--timeout", "9m", "--tolerate=", "--pipeline", "deploys"]


def test_a_canary_that_is_not_heard_is_a_failed_job_whatever_is_tolerated_of_the_runs():
    by_hand = [{"name": "FOGHORN_TOLERATE", "value": "drift"}]
    for values in ({"tolerate": ["drift", "incomplete"]}, {"tolerate": [], "env": by_hand}):
        values = {"fleet": FLEET, **values, **ON}
        assert "FOGHORN_TOLERATE" in environment(of_kind(objects(values), "CronJob")["foghorn"])
        # What is typed wins over what a variable says.
        assert "--tolerate=" in container(canary(values))["args"]


def test_rooms_are_not_told_again_of_a_canary_that_was_not_heard():
    rules = job(canary(SERVICE))["podFailurePolicy"]["rules"]
    assert {"action": "FailJob", "onExitCodes": {"containerName": "foghorn", "operator": "In", "values": [2, 3]}} in rules
    assert canary(SERVICE)["spec"]["concurrencyPolicy"] == "Forbid"


@pytest.mark.parametrize("version", ["1.27", "1.37"])
def test_a_canary_is_one_pod_where_runs_are_sharded(version):
    by_hand = [{"name": "FOGHORN_SHARD", "value": "0/2"}, {"name": "FOGHORN_LOG", "value": "foghorn=debug"}]
    found = canary({**CASES["sharded"], **ON, "env": by_hand}, kubernetes=version)
    assert not {"completionMode", "completions", "parallelism", "backoffLimitPerIndex"} & job(found).keys()
    assert job(found)["backoffLimit"] == 1
    assert [name for name in environment(found) if name.startswith("FOGHORN_")] == ["FOGHORN_LOG"]
    runs = of_kind(objects({**CASES["sharded"], **ON}, version), "CronJob")["foghorn"]
    assert (job(runs)["completions"], environment(runs)["FOGHORN_SHARDS"]) == (8, "8")


@pytest.mark.parametrize("kind", ["persistentVolumeClaim", "emptyDir"])
def test_a_canary_never_waits_for_the_volume_of_the_store(kind):
    found = canary({**SERVICE, "store": {"type": kind}})
    assert [volume["name"] for volume in pod(found)["spec"]["volumes"]] == ["fleet"]
    assert "workingDir" not in container(found)


def test_a_canary_is_given_what_finds_the_rooms_and_not_the_token_of_the_service():
    found = objects(CASES["deployment"])
    sounding, service = canary(CASES["deployment"]), only(found, "Deployment")
    mounts = {each["mountPath"] for each in container(sounding)["volumeMounts"]}
    assert mounts == {"/etc/foghorn", "/run/secrets/webhooks"}
    told = environment(service)
    told.pop("FOGHORN_TOLERATE", None)
    assert environment(sounding) == told
    same = ("serviceAccountName", "securityContext", "nodeSelector", "tolerations", "imagePullSecrets")
    for key in same:
        assert pod(sounding)["spec"][key] == pod(service)["spec"][key]
    for key in ("image", "securityContext", "resources"):
        assert container(sounding)[key] == container(service)[key]


def chooses(policy, labels):
    """Whether a NetworkPolicy is about the pods of these labels."""
    selector = policy["spec"]["podSelector"]
    listed = all(labels[one["key"]] in one["values"] for one in selector.get("matchExpressions", []))
    return selector["matchLabels"].items() <= labels.items() and listed


@pytest.mark.parametrize("values", [SERVICE, {"fleet": FLEET, **ON}, {"fleet": FLEET}], ids=["service", "runs", "none"])
def test_the_network_is_open_to_runs_and_canaries_and_to_no_other_pod(values):
    found = objects({**values, "networkPolicy": {"enabled": True}})
    policy = only(found, "NetworkPolicy")
    for each in pods([one for one in found if one["kind"] != "Pod"]):
        assert chooses(policy, each["metadata"]["labels"])
    assert not chooses(policy, only(found, "Pod")["metadata"]["labels"])


def test_neither_the_service_nor_the_deployment_takes_a_canary_for_its_own():
    found, labels = objects(SERVICE), pod(canary(SERVICE))["metadata"]["labels"]
    assert not only(found, "Service")["spec"]["selector"].items() <= labels.items()
    assert not only(found, "Deployment")["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_the_names_of_a_long_release_leave_room_for_the_canary():
    values = {"fleet": FLEET, "nameOverride": "n" * 63, **ON}
    found = of_kind(objects(values, name="a-release-name-of-fifty-three-characters-not-one-more"), "CronJob")
    assert len(found) == 2 and all(len(name) <= 52 for name in found)
    assert all(len(text) <= 63 for each in found.values() for text in pod(each)["metadata"]["labels"].values())


def test_the_notes_say_what_role_a_canary_needs_and_how_the_first_is_sent():
    notes = render(SERVICE)["foghorn/templates/NOTES.txt"]
    assert "must be `all`: no other" in notes and "--from=cronjob/foghorn-canary " in notes
    assert "canar" not in render({"fleet": FLEET})["foghorn/templates/NOTES.txt"].lower()
