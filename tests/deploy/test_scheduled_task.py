"""scheduled-task.yaml, applied to an emulator that others wrote, makes a task that is run and watched."""

import json
import re

import pytest
from botocore.exceptions import ClientError

import cloudformation
from emulators import ROOT, Account
from scheduled_task import FLEET_FILE, NEVER_STARTED, STACK, Deployed, ended, figures, stopped


def resource(name):
    return cloudformation.load("scheduled-task")["Resources"][name]["Properties"]


def container():
    return resource("TaskDefinition")["ContainerDefinitions"][0]


def test_the_schedule_runs_the_latest_task_on_fargate_and_tries_again(deployed):
    [schedule] = deployed.schedules()
    target = schedule["Target"]
    assert schedule["State"] == "ENABLED"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}
    assert target["Arn"].endswith(f":cluster/{STACK}")
    assert target["EcsParameters"]["TaskDefinitionArn"] == deployed.task()["taskDefinitionArn"]
    assert target["EcsParameters"]["LaunchType"] == "FARGATE"
    assert target["EcsParameters"]["TaskCount"] == 1
    assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
    assert "Input" not in target, "one task needs no shard"


def test_a_run_that_can_not_be_started_goes_to_the_dead_letter_queue(deployed):
    [schedule] = deployed.schedules()
    queue = deployed.outputs["DeadLettersUrl"].rsplit("/", 1)[1]
    assert schedule["Target"]["DeadLetterConfig"]["Arn"].endswith(f":{queue}")
    statement = deployed.statements(deployed.role("SchedulerRole")["RoleName"])["DeadLetters"]
    assert statement["Resource"] == schedule["Target"]["DeadLetterConfig"]["Arn"]
    assert deployed.alarms()["DeadLetters"]["Dimensions"] == [{"Name": "QueueName", "Value": queue}]


def test_each_shard_has_a_schedule_that_tells_it_which_it_is(full):
    environments = []
    for schedule in full.schedules():
        [override] = json.loads(schedule["Target"]["Input"])["containerOverrides"]
        assert override["name"] == "foghorn"
        environments.append({variable["name"]: variable["value"] for variable in override["environment"]})
    assert sorted(one["FOGHORN_SHARD"] for one in environments) == ["0/4", "1/4", "2/4", "3/4"]
    assert {one["FOGHORN_SHARD_SET"] for one in environments} == {"<aws.scheduler.scheduled-time>"}
    assert {schedule["FlexibleTimeWindow"]["Mode"] for schedule in full.schedules()} == {"OFF"}


def test_every_number_of_shards_on_offer_numbers_them_from_0():
    template = cloudformation.load("scheduled-task")
    shards = {int(count): entry["Indices"] for count, entry in template["Mappings"]["Shards"].items()}
    assert sorted(shards) == template["Parameters"]["ShardCount"]["AllowedValues"]
    assert all(indices == [str(index) for index in range(count)] for count, indices in shards.items())


@pytest.mark.parametrize(
    "expression, account", [("rate(1 hour)", "210000000004"), ("at(2027-01-01T00:00:00)", "210000000007")]
)
def test_shards_whose_schedules_would_not_be_told_the_same_time_are_refused(ministack, expression, account):
    with pytest.raises((AssertionError, ClientError), match="MoreThanOneShardNeedsCron"):
        Deployed(ministack, account, ScheduleExpression=expression, ShardCount="2")


@pytest.mark.parametrize("expression, account", [("rate(1 hour)", "210000000005"), ("cron(0 6 * * ? *)", "210000000006")])
def test_one_task_may_have_any_schedule(ministack, expression, account):
    [schedule] = Deployed(ministack, account, ScheduleExpression=expression).schedules()
    assert schedule["ScheduleExpression"] == expression


def test_cron_may_have_as_many_shards_as_are_on_offer_and_all_else_one():
    template = cloudformation.load("scheduled-task")
    allowed = template["Mappings"]["MoreThanOneShardNeedsCron"]
    counts = [str(count) for count in template["Parameters"]["ShardCount"]["AllowedValues"]]
    assert allowed == {"cron": {count: count for count in counts}, "at": {"1": "1"}, "rate": {"1": "1"}}


def test_the_task_has_no_public_address_unless_asked_and_nobody_can_call_it():
    parameters = cloudformation.load("scheduled-task")["Parameters"]
    assert parameters["AssignPublicIp"]["Default"] == "DISABLED"
    schedule = next(iter(cloudformation.load("scheduled-task")["Resources"]["Fn::ForEach::Schedules"][2].values()))
    network = schedule["Properties"]["Target"]["EcsParameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == {"Ref": "AssignPublicIp"}
    assert network["Subnets"] == {"Ref": "SubnetIds"}
    assert network["SecurityGroups"] == [{"Fn::GetAtt": ["SecurityGroup", "GroupId"]}]
    group = resource("SecurityGroup")
    assert "SecurityGroupIngress" not in group
    assert {(rule["FromPort"], rule["ToPort"]) for rule in group["SecurityGroupEgress"]} == {(443, 443)}


def test_the_task_runs_as_nobody_and_writes_nothing_to_its_disk(deployed):
    task = deployed.task()
    [runs] = task["containerDefinitions"]
    assert runs["user"] == "65532:65532"
    assert runs["readonlyRootFilesystem"] is True
    assert not runs.get("privileged")
    assert container()["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert task["networkMode"] == "awsvpc"
    assert runs["logConfiguration"]["logDriver"] == "awslogs"


def test_the_task_takes_the_fleet_file_from_the_parameter_or_secret():
    assert container()["Secrets"] == [{"Name": "FOGHORN_FLEET", "ValueFrom": {"Ref": "FleetFileArn"}}]


def test_a_run_looks_unless_it_is_told_to_write_and_gives_the_figures_that_alarms_need(deployed, full):
    assert deployed.task()["containerDefinitions"][0]["command"] == ["plan", "--metrics", "emf"]
    assert full.task()["containerDefinitions"][0]["command"] == ["apply", "--yes", "--metrics", "emf"]
    environment = {entry["Name"]: entry["Value"] for entry in container()["Environment"]}
    assert environment["FOGHORN_TOLERATE"] == {"Ref": "Tolerate"}
    assert cloudformation.load("scheduled-task")["Parameters"]["Tolerate"]["Default"] == "drift,incomplete"


@pytest.mark.parametrize(
    "detail, told",
    [
        (ended(0), False),
        (ended(1), True),
        (ended(2), False),
        (ended(3), False),
        (ended(137), True),
        (NEVER_STARTED, True),
        ({**ended(1), "lastStatus": "RUNNING"}, False),
        ({**ended(1), "family": "other"}, False),
        ({**ended(1), "family": f"{STACK}-two"}, False),
    ],
)
def test_a_failed_run_is_told_and_an_answer_is_not(deployed, detail, told):
    assert deployed.takes(deployed.rule(), stopped(deployed, **detail)) is told


def test_exit_codes_are_numbers_in_the_pattern(deployed):
    [codes, _] = json.loads(deployed.rule()["EventPattern"])["detail"]["$or"]
    assert codes == {"containers": {"exitCode": [{"anything-but": [0, 2, 3]}]}}


def test_a_failed_run_is_told_to_the_topic_or_kept_in_the_dead_letter_queue(deployed):
    [target] = deployed.client("events").list_targets_by_rule(Rule=deployed.rule()["Name"])["Targets"]
    assert target["Arn"] == deployed.outputs["AlarmsTopicArn"]
    assert target["DeadLetterConfig"]["Arn"].endswith(deployed.outputs["DeadLettersUrl"].rsplit("/", 1)[1])
    template = target["InputTransformer"]["InputTemplate"]
    assert json.loads(template.replace("<aws.events.event.json>", stopped(deployed)))["event"]["source"] == "aws.ecs"
    allowed, _ = deployed.allowed()
    assert allowed["FailedTasks"]["Condition"] == {"ArnEquals": {"aws:SourceArn": deployed.rule()["Arn"]}}
    assert allowed["Alarms"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}


def test_whatever_keeps_scheduler_from_starting_a_run_sounds_an_alarm(deployed):
    alarms = deployed.alarms()
    watched = {
        alarm["MetricName"]: alarm["Dimensions"] for alarm in alarms.values() if alarm["Namespace"] == "AWS/Scheduler"
    }
    assert set(watched) == {
        "TargetErrorCount",
        "InvocationDroppedCount",
        "InvocationsSentToDeadLetterCount",
        "InvocationsFailedToBeSentToDeadLetterCount",
    }
    assert all(dimensions == [{"Name": "ScheduleGroup", "Value": STACK}] for dimensions in watched.values())
    assert all(alarm["AlarmActions"] == [deployed.outputs["AlarmsTopicArn"]] for alarm in alarms.values())
    assert all(alarm["TreatMissingData"] == "notBreaching" for alarm in alarms.values())


@pytest.fixture(scope="module")
def judged(moto):
    """What CloudWatch holds once these alarms were put."""
    _, math = cloudformation.without_metric_math(cloudformation.load("scheduled-task"))
    client = Account.assumed(moto, "210000000003").client("cloudwatch")
    for alarm in figures(math).values():
        client.put_metric_alarm(**alarm)
    alarms = client.describe_alarms(AlarmNamePrefix=f"{STACK}-")["MetricAlarms"]
    return {alarm["AlarmName"].removeprefix(f"{STACK}-"): alarm for alarm in alarms}


def test_no_run_for_hours_sounds_an_alarm_for_want_of_figures(judged):
    alarm = judged["Silence"]
    metric = alarm["Metrics"][0]["MetricStat"]
    assert metric["Metric"]["Namespace"] == "Foghorn"
    assert metric["Metric"]["Dimensions"] == [{"Name": "Fleet", "Value": "acme"}]
    assert (metric["Stat"], metric["Period"], alarm["EvaluationPeriods"]) == ("SampleCount", 3600, 3)
    assert alarm["Metrics"][1]["Expression"] == "FILL(runs, 0)"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"


def test_what_a_tolerated_exit_code_does_not_tell_sounds_an_alarm_in_the_end(judged):
    for name in ("Incomplete", "ChangesFailed"):
        alarm = judged[name]
        assert alarm["Metrics"][0]["MetricStat"]["Metric"]["MetricName"] == name
        assert alarm["EvaluationPeriods"] == 24


def test_alarms_look_at_figures_that_foghorn_gives():
    template = cloudformation.load("scheduled-task")
    _, math = cloudformation.without_metric_math(template)
    source = (ROOT / "src" / "report" / "embedded_metrics.rs").read_text()
    given = set(re.findall(r'(?:count\(|name: )"(\w+)"', source))
    watched = {
        alarm["Metrics"][0]["MetricStat"]["Metric"]["MetricName"] for alarm in figures(math).values()
    }
    assert watched and watched <= given
    assert 'const DIMENSION: &str = "Fleet"' in source
    assert 'NAMESPACE: &str = "Foghorn"' in (ROOT / "src" / "model" / "embedded_metric.rs").read_text()


def test_no_alarm_looks_farther_back_than_cloudwatch_can():
    parameters = cloudformation.load("scheduled-task")["Parameters"]
    for name in ("SilenceHours", "TroubleHours"):
        assert parameters[name]["MaxValue"] * 3600 <= 604_800


def test_foghorn_may_only_do_what_the_fleet_needs(deployed, full):
    assert set(deployed.statements("foghorn-controller")) == {
        "EnterAccounts", "ListTheOrganization", "KeepReports", "ListReports",
    }
    everything = full.statements("foghorn-controller")
    assert everything["EnterAccounts"]["Condition"] == {
        "StringEquals": {"aws:ResourceOrgID": "o-abcdefghij"}
    }
    assert len(everything["ReadRoomsSecrets"]["Resource"]) == 2
    assert everything["TellTopics"]["Resource"] == ["arn:aws:sns:eu-west-1:210000000002:news"]
    assert everything["KeepReports"]["Resource"] == f"arn:aws:s3:::{full.bucket}/acme/*"
    few = deployed.statements("foghorn-controller")
    anywhere = [name for name, statement in {**few, **everything}.items() if statement["Resource"] == "*"]
    assert anywhere == ["ListTheOrganization"], "to list all accounts takes no resource"


def test_ecs_may_read_the_fleet_file_and_pull_the_image_and_no_other(deployed, full):
    name = deployed.role("ExecutionRole")["RoleName"]
    few = deployed.statements(name)
    assert set(few) == {"Log", "FleetFile"}
    assert few["FleetFile"]["Action"] == "ssm:GetParameters"
    assert few["FleetFile"]["Resource"] == FLEET_FILE.format(account=deployed.account.id)
    many = full.statements(full.role("ExecutionRole")["RoleName"])
    assert set(many) == {"Log", "FleetFile", "FleetFileKey", "Image", "Registry"}
    assert many["FleetFile"]["Action"] == "secretsmanager:GetSecretValue"


def test_scheduler_may_run_this_task_and_pass_its_roles_and_no_other(deployed):
    role = deployed.role("SchedulerRole")
    statements = deployed.statements(role["RoleName"])
    account = deployed.account.id
    assert statements["Run"]["Resource"] == f"arn:aws:ecs:eu-west-1:{account}:task-definition/{STACK}:*"
    assert statements["Run"]["Condition"]["ArnEquals"]["ecs:cluster"].endswith(f":cluster/{STACK}")
    task = deployed.task()
    assert statements["PassTheTasksRoles"]["Resource"] == [task["taskRoleArn"], task["executionRoleArn"]]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == account
    assert trust["Condition"]["StringEquals"]["aws:SourceArn"].endswith(f":schedule-group/{STACK}")


def test_the_store_is_private_encrypted_and_forgets(deployed):
    client = deployed.client("s3")
    policy = json.loads(client.get_bucket_policy(Bucket=deployed.bucket)["Policy"])
    [statement] = policy["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert client.get_bucket_versioning(Bucket=deployed.bucket)["Status"] == "Enabled"
    bucket = cloudformation.load("scheduled-task")["Resources"]["StoreBucket"]
    assert bucket["DeletionPolicy"] == "Retain"
    assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values())
    [rule] = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert deployed.outputs["StoreUrl"] == f"s3://{deployed.bucket}"


def test_whoever_watches_is_subscribed_only_if_named(deployed, full):
    for stack, expected in ((deployed, []), (full, ["sre@example.com"])):
        client = stack.client("sns")
        listed = client.list_subscriptions_by_topic(TopicArn=stack.outputs["AlarmsTopicArn"])["Subscriptions"]
        assert [subscription["Endpoint"] for subscription in listed] == expected
