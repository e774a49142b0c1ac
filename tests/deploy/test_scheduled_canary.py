"""scheduled-task.yaml and the Terraform module send canaries where that is asked for, and tell of one that is unheard."""

import json
import re
import socket
import subprocess

import pytest

import cloudformation
import terraform
from emulators import Account
from scheduled_task import CANARY, NEVER_STARTED, STACK, Deployed, ended, stopped
from test_terraform import ALARM, NAME, PROVIDER

SCHEDULE = "cron(30 9 ? * MON *)"
FLEET = """
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  accounts: [{ id: "111111111111", name: dev }]
  access: { roleName: foghorn }
  regions: [eu-west-1]
  pipelines:
    - name: deploys
      events: [deploymentFailed]
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }
"""


@pytest.fixture(scope="module")
def disabled(ministack):
    """With canaries and one task a run, and not to be started."""
    return Deployed(ministack, "270000000001", CanarySchedule=SCHEDULE, ScheduleState="DISABLED")


@pytest.fixture(scope="module")
def narrowed(ministack):
    """With canaries for some accounts alone."""
    return Deployed(ministack, "270000000003", CanarySchedule=SCHEDULE, CanaryArguments=",".join(NARROW))


NARROW = ["--account", "prod-*", "--pipeline", "deploys"]
MADE = {"Canary", "CanaryUnheard", "NewsOfCanariesUndelivered"}


def overrides(schedule):
    """What a schedule tells ECS of the container, and ECS in turn the rule."""
    return {"overrides": json.loads(schedule["Target"]["Input"])}


def test_no_canary_is_sent_unless_asked(deployed, full):
    assert MADE <= full.resources()
    assert cloudformation.load("scheduled-task")["Parameters"]["CanarySchedule"]["Default"] == ""
    assert deployed.canary() is None and deployed.rule("CanaryUnheard") is None
    assert "CanaryFailedInvocations" not in deployed.alarms()
    assert not MADE & deployed.resources()
    assert all("UnheardCanaries" not in statements for statements in deployed.allowed())


def test_the_canary_starts_the_task_of_the_run_with_the_same_role_retries_and_dead_letter_queue(disabled):
    [run] = disabled.schedules()
    canary = disabled.canary()
    assert {key: value for key, value in canary["Target"].items() if key != "Input"} == run["Target"]
    assert canary["ScheduleExpression"] == SCHEDULE
    assert canary["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_the_canary_is_in_the_time_zone_of_the_run():
    # From the template: the emulator makes every stack's schedule in UTC.
    resources = cloudformation.load("scheduled-task")["Resources"]
    [run] = resources["Fn::ForEach::Schedules"][2].values()
    for schedule in (run, resources["Canary"]):
        assert schedule["Properties"]["ScheduleExpressionTimezone"] == {"Ref": "ScheduleTimezone"}


def test_whoever_disables_the_run_disables_the_canary(disabled, full):
    assert {schedule["State"] for schedule in disabled.all_schedules().values()} == {"DISABLED"}
    assert {schedule["State"] for schedule in full.all_schedules().values()} == {"ENABLED"}


def test_the_canary_is_one_task_that_is_told_of_no_shard_where_runs_have_several(full):
    assert len(full.schedules()) == 4
    assert [name for name in full.all_schedules() if name == CANARY] == [CANARY]
    [override] = overrides(full.canary())["overrides"]["containerOverrides"]
    assert override["name"] == "foghorn"
    assert "environment" not in override, "sound refuses to be a shard"
    given = {entry["name"] for entry in full.task()["containerDefinitions"][0]["environment"]}
    assert given == {"AWS_REGION", "FOGHORN_TOLERATE"}


def command(schedule):
    """What a schedule gives the container for arguments."""
    [override] = overrides(schedule)["overrides"]["containerOverrides"]
    return override["command"]


def test_a_canary_is_for_the_accounts_and_pipelines_that_are_chosen(narrowed):
    assert command(narrowed.canary()) == ["sound", "--tolerate=", *NARROW]


def test_a_canary_for_which_nothing_is_chosen_gets_no_further_argument_not_even_an_empty_one(full):
    assert cloudformation.load("scheduled-task")["Parameters"]["CanaryArguments"]["Default"] == ""
    assert command(full.canary()) == ["sound", "--tolerate="]


def test_what_is_chosen_for_the_canary_is_not_told_to_the_runs(narrowed):
    assert narrowed.task()["containerDefinitions"][0]["command"] == ["plan", "--metrics", "emf"]
    assert all(not schedule["Target"].get("Input") for schedule in narrowed.schedules())


@pytest.mark.parametrize("code", [2, 3])
def test_a_canary_of_chosen_accounts_that_was_not_heard_is_told_as_well(narrowed, code):
    event = stopped(narrowed, **{**overrides(narrowed.canary()), **ended(code)})
    assert narrowed.takes(narrowed.rule("CanaryUnheard"), event)


def test_arguments_that_would_end_the_text_they_stand_in_are_refused():
    pattern = cloudformation.load("scheduled-task")["Parameters"]["CanaryArguments"]["AllowedPattern"]
    for good in ("", *NARROW, "--account=111111111111", "Größe & mehr", "<${a}>"):
        assert re.search(pattern, good), good
        assert json.loads(f'["{good}"]') == [good]
    for wrong in ('"', 'prod"], "x": ["', "prod\\", "prod\ttwo", "prod\ntwo"):
        assert not re.search(pattern, wrong), wrong


def sounded(foghorn, stack, command):
    """How Foghorn ends with the task's variables and a command, where nothing of AWS answers."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        variables = stack.task()["containerDefinitions"][0]["environment"]
        environment = {
            **{variable["name"]: variable["value"] for variable in variables},
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{nobody.getsockname()[1]}",
            "FOGHORN_FLEET": FLEET,
        }
        return subprocess.run([foghorn, *command], env=environment, capture_output=True, text=True, check=False)


def test_a_canary_of_which_nothing_is_known_is_no_good_run_whatever_the_task_tolerates(foghorn, disabled):
    [override] = overrides(disabled.canary())["overrides"]["containerOverrides"]
    told = sounded(foghorn, disabled, override["command"])
    assert told.returncode == 3, told.stderr
    assert sounded(foghorn, disabled, ["sound"]).returncode == 0, "the task tolerates it"


def test_foghorn_understands_the_command_of_a_canary_of_chosen_accounts(foghorn, narrowed):
    # The fleet has one account, which is not among those that are chosen.
    told = sounded(foghorn, narrowed, command(narrowed.canary()))
    assert told.returncode == 1 and "prod-*" in told.stderr, told.stderr


@pytest.mark.parametrize(
    "detail, told",
    [
        (ended(0), False),
        (ended(1), False),
        (ended(2), True),
        (ended(3), True),
        (ended(137), False),
        (NEVER_STARTED, False),
        ({**ended(2), "lastStatus": "RUNNING"}, False),
        ({**ended(2), "family": "other"}, False),
        ({**ended(2), "family": f"{STACK}-two"}, False),
    ],
)
def test_a_canary_that_was_not_heard_is_told_and_one_that_failed_is_told_as_any_run(full, detail, told):
    event = stopped(full, **{**overrides(full.canary()), **detail})
    assert full.takes(full.rule("CanaryUnheard"), event) is told
    failed = detail in (ended(1), ended(137), NEVER_STARTED)
    assert full.takes(full.rule(), event) is failed, "nobody is told twice, and of all but a heard one once"


def other(command):
    return {"overrides": {"containerOverrides": [{"name": "foghorn", "command": command}]}}


@pytest.mark.parametrize("code", [2, 3])
def test_a_plan_with_drift_or_gaps_is_no_unheard_canary(full, code):
    runs = [overrides(schedule) for schedule in full.schedules()]
    alone = {"overrides": {"containerOverrides": [{"name": "foghorn"}]}}
    by_hand = [other(["destroy", "--yes"]), other(["plan", "--pipeline", "foghorn-sound"])]
    for what in (*runs, alone, {"overrides": {"containerOverrides": []}}, {}, *by_hand):
        assert not full.takes(full.rule("CanaryUnheard"), stopped(full, **ended(code), **what)), what


def test_exit_codes_of_a_canary_are_numbers_in_the_pattern(full):
    pattern = json.loads(full.rule("CanaryUnheard")["EventPattern"])
    assert pattern["detail"]["containers"] == {"exitCode": [2, 3]}
    assert pattern["detail"]["overrides"] == {"containerOverrides": {"command": ["sound"]}}


def test_an_unheard_canary_is_told_to_the_topic_or_kept_in_the_dead_letter_queue(full):
    rule = full.rule("CanaryUnheard")
    [target] = full.client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"] == full.outputs["AlarmsTopicArn"]
    assert target["DeadLetterConfig"]["Arn"].endswith(full.outputs["DeadLettersUrl"].rsplit("/", 1)[1])
    template = target["InputTransformer"]["InputTemplate"]
    message = json.loads(template.replace("<aws.events.event.json>", stopped(full)))
    assert message["event"]["source"] == "aws.ecs" and full.outputs["LogGroupName"] in message["what"]
    for statements, action in zip(full.allowed(), ("sns:Publish", "sqs:SendMessage")):
        for name, part in (("FailedTasks", "TaskFailed"), ("UnheardCanaries", "CanaryUnheard")):
            assert statements[name]["Action"] == action
            assert statements[name]["Condition"] == {"ArnEquals": {"aws:SourceArn": full.rule(part)["Arn"]}}


def test_news_of_an_unheard_canary_that_could_not_be_delivered_sounds_an_alarm(full):
    alarm = full.alarms()["CanaryFailedInvocations"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Events", "FailedInvocations")
    assert alarm["Dimensions"] == [{"Name": "RuleName", "Value": full.rule("CanaryUnheard")["Name"]}]
    assert alarm["AlarmActions"] == [full.outputs["AlarmsTopicArn"]]


def test_the_schedule_of_canaries_is_an_expression_of_scheduler_or_empty():
    pattern = cloudformation.load("scheduled-task")["Parameters"]["CanarySchedule"]["AllowedPattern"]
    for good in ("", SCHEDULE, "rate(7 days)", "at(2027-01-01T00:00:00)"):
        assert re.search(pattern, good), good
    for wrong in ("30 9 * * MON", "cron()", "weekly", " "):
        assert not re.search(pattern, wrong), wrong


@pytest.fixture(scope="module")
def applied(ministack, tmp_path_factory):
    """The example in Terraform with canaries, by the real provider, in an account of its own."""
    terraform.need_provider()
    account = Account(ministack, "270000000002")
    variables = {
        "region": "eu-west-1",
        "image": "registry.example.com/foghorn:0.1.0",
        "vpc_id": account.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"],
        "subnet_ids": ["subnet-1", "subnet-2"],
        "store_bucket_name": f"acme-foghorn-{account.id}",
    }
    chosen = f'  canary_schedule = "{SCHEDULE}"\n  canary_arguments = {json.dumps(NARROW)}\n'
    canaries = f'module "foghorn" {{\n{chosen}}}\n'
    override = PROVIDER.format(account=account.id) + canaries
    folder = tmp_path_factory.mktemp("canaries")
    work = terraform.Work(folder, "examples/scheduled-task", variables, override, AWS_ENDPOINT_URL=ministack)
    work.prepared(provider=True).applied()
    return account


def test_terraform_sends_the_same_canary_as_cloudformation(applied, narrowed):
    client = applied.client("scheduler")
    run, canary = (client.get_schedule(Name=f"{NAME}-{which}", GroupName=NAME) for which in ("0", "canary"))
    of_target = lambda schedule: {key: value for key, value in schedule["Target"].items() if key != "Input"}
    assert of_target(canary) == of_target(run)
    for key in ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State"):
        assert canary[key] == narrowed.canary()[key], key
    assert overrides(canary) == overrides(narrowed.canary())


def test_terraform_tells_of_an_unheard_canary_as_cloudformation_does(applied, full):
    client = applied.client("events")
    name = f"{NAME}-canary-unheard"
    rule = client.describe_rule(Name=name)
    event = json.loads(stopped(full, **ended(2), **overrides(full.canary())))
    event["detail"]["taskDefinitionArn"] = f"arn:aws:ecs:eu-west-1:{applied.id}:task-definition/{NAME}:7"
    assert client.test_event_pattern(EventPattern=rule["EventPattern"], Event=json.dumps(event))["Result"]
    [target] = client.list_targets_by_rule(Rule=name)["Targets"]
    [same] = full.client("events").list_targets_by_rule(Rule=full.rule("CanaryUnheard")["Name"])["Targets"]
    assert target["Arn"].endswith(f":{NAME}-alarms")
    assert target["DeadLetterConfig"]["Arn"].endswith(f":{NAME}-dead-letters")
    assert target["InputTransformer"]["InputTemplate"] == same["InputTransformer"]["InputTemplate"].replace(STACK, NAME)
    alarm = applied.client("cloudwatch").describe_alarms(AlarmNames=[f"{NAME}-CanaryFailedInvocations"])["MetricAlarms"][0]
    assert alarm["Dimensions"] == [{"Name": "RuleName", "Value": name}]
    wanted = full.alarms()["CanaryFailedInvocations"]
    assert {key: alarm.get(key) for key in ALARM} == {key: wanted.get(key) for key in ALARM}
