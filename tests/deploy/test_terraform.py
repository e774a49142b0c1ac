"""The Terraform modules say the same as the CloudFormation templates, and can be applied."""

import json

import hcl2
import pytest

import cloudformation
import terraform
from emulators import Account
from scheduled_task import IMAGE, STACK, Deployed, figures

ACCOUNT = "230000000001"
PROVIDER = """
provider "aws" {{
  region                      = "eu-west-1"
  access_key                  = "{account}"
  secret_key                  = "secret"
  s3_use_path_style           = true
  skip_credentials_validation = true
}}
"""


def parsed(module):
    """The blocks of all files of a module, by kind and name."""
    blocks = {"variable": {}, "output": {}}
    for file in sorted(module.glob("*.tf")):
        with file.open() as text:
            content = hcl2.load(text)
        for kind, found in blocks.items():
            for block in content.get(kind, []):
                found.update({name.strip('"'): body for name, body in block.items() if not name.startswith("__")})
    return blocks


MODULES = [*terraform.MODULES, *(module / "documents" for module in terraform.MODULES)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(terraform.FOLDER)))
def test_every_variable_and_output_says_what_it_is(module):
    blocks = parsed(module)
    assert blocks["variable"] and blocks["output"]
    assert [name for name, body in blocks["variable"].items() if not {"description", "type"} <= set(body)] == []
    assert [name for name, body in blocks["output"].items() if "description" not in body] == []


@pytest.mark.parametrize("module", terraform.MODULES, ids=lambda module: module.name)
def test_the_readme_of_a_module_names_all_of_its_variables_and_outputs(module):
    rows = [line.split("`")[1] for line in (module / "README.md").read_text().splitlines() if line.startswith("| `")]
    blocks = parsed(module)
    assert rows == [*blocks["variable"], *blocks["output"]]


def test_the_image_has_no_default():
    assert "default" not in parsed(terraform.FOLDER / "modules" / "scheduled-task")["variable"]["image"]
    assert "Default" not in cloudformation.load("scheduled-task")["Parameters"]["Image"]


def test_the_modules_are_formatted():
    assert terraform.run(terraform.FOLDER, "fmt", "-check", "-recursive").stdout == ""


def in_words(text):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in text).lstrip("_")


def test_what_can_be_chosen_in_cloudformation_can_be_chosen_in_terraform():
    other = {"schedule_timezone", "vpc_id"}
    offered = set(parsed(terraform.FOLDER / "modules" / "scheduled-task")["variable"])
    wanted = {in_words(name) for name in cloudformation.load("scheduled-task")["Parameters"]}
    assert other <= offered
    assert wanted <= offered
    assert offered - wanted == {"name", "tags"}, "a stack has both by itself"


def plain(document):
    """A document with every list of actions and resources in order, one alone as a list."""
    if isinstance(document, str):
        document = json.loads(document)
    return [
        {
            key: sorted([value] if isinstance(value, str) else value) if key in ("Action", "Resource") else value
            for key, value in statement.items()
        }
        for statement in document["Statement"]
    ]


def documents(temporary, stack, **given):
    """What the pure part of the module comes to for the names of a stack."""
    task = stack.task()
    account = stack.account.id
    variables = {
        "name": STACK,
        "partition": "aws",
        "region": "eu-west-1",
        "account_id": account,
        "cluster_arn": f"arn:aws:ecs:eu-west-1:{account}:cluster/{STACK}",
        "fleet_name": "acme",
        "member_role_name": "foghorn",
        "organization_id": None,
        "discover_accounts": "everything",
        "look_up_accounts": False,
        "read_account_tags": False,
        "store_bucket_name": stack.bucket,
        "report_secret_arns": [],
        "report_secrets_key_arn": None,
        "report_topic_arns": [],
        "fleet_file_arn": f"arn:aws:ssm:eu-west-1:{account}:parameter/foghorn/fleet",
        "fleet_file_key_arn": None,
        "image_repository_arn": None,
        "controller_role_arn": task["taskRoleArn"],
        "execution_role_arn": task["executionRoleArn"],
        "dead_letters_arn": stack.schedules()[0]["Target"]["DeadLetterConfig"]["Arn"],
        "alarms_topic_arn": stack.outputs["AlarmsTopicArn"],
        "rule_arn": stack.rule()["Arn"],
        "canary_rule_arn": None,
        "canary_arguments": [],
        "shard_count": 1,
        "shard_wait": "30m",
        "schedule_expression": "cron(0 * * * ? *)",
        **given,
    }
    return terraform.Work(temporary, "modules/scheduled-task/documents", variables).prepared().applied()


def policy(stack, role):
    return {"Statement": list(stack.statements(stack.role(role)["RoleName"]).values())}


def assert_alike(stack, made):
    for name, role in (("controller", "foghorn-controller"), ("execution", "ExecutionRole"), ("scheduler", "Scheduler")):
        assert plain(made[name]) == plain(policy(stack, role)), name
    for name, role in (("tasks_trust", "foghorn-controller"), ("tasks_trust", "Execution"), ("scheduler_trust", "Scheduler")):
        assert plain(made[name]) == plain(stack.role(role)["AssumeRolePolicyDocument"]), name
    for name, allowed in zip(("alarms_topic", "dead_letters"), stack.allowed()):
        assert plain(made[name]) == plain({"Statement": list(allowed.values())}), name
    bucket = stack.client("s3").get_bucket_policy(Bucket=stack.bucket)["Policy"]
    assert plain(made["store_bucket"]) == plain(bucket)
    inputs = [schedule["Target"].get("Input") for schedule in stack.schedules()]
    assert [text and json.loads(text) for text in made["inputs"]] == [text and json.loads(text) for text in inputs]
    assert json.loads(made["failed_task"]) == json.loads(stack.rule()["EventPattern"])
    if canary := stack.canary():
        assert json.loads(made["canary_input"]) == json.loads(canary["Target"]["Input"])
        assert json.loads(made["unheard_canary"]) == json.loads(stack.rule("CanaryUnheard")["EventPattern"])


def test_terraform_allows_what_cloudformation_allows(deployed, tmp_path):
    assert_alike(deployed, documents(tmp_path, deployed))


def test_terraform_allows_what_cloudformation_allows_with_all_that_can_be_asked_for(full, tmp_path):
    account = full.account.id
    made = documents(
        tmp_path,
        full,
        organization_id="o-abcdefghij",
        discover_accounts="units",
        look_up_accounts=True,
        read_account_tags=True,
        fleet_file_arn=f"arn:aws:secretsmanager:eu-west-1:{account}:secret:fleet-a1b2c3",
        fleet_file_key_arn=f"arn:aws:kms:eu-west-1:{account}:key/1",
        image_repository_arn=f"arn:aws:ecr:eu-west-1:{account}:repository/foghorn",
        report_secret_arns=[
            f"arn:aws:secretsmanager:eu-west-1:{account}:secret:{name}-a1b2c3" for name in ("one", "two")
        ],
        report_secrets_key_arn=f"arn:aws:kms:eu-west-1:{account}:key/2",
        report_topic_arns=[f"arn:aws:sns:eu-west-1:{account}:news"],
        shard_count=4,
        canary_rule_arn=full.rule("CanaryUnheard")["Arn"],
    )
    assert_alike(full, made)


def test_terraform_narrows_the_canary_as_cloudformation_does(ministack, tmp_path):
    chosen = ["--account", "prod-*"]
    schedule = {"CanarySchedule": "cron(30 9 ? * MON *)", "CanaryArguments": ",".join(chosen)}
    stack = Deployed(ministack, "230000000005", **schedule)
    rule = stack.rule("CanaryUnheard")["Arn"]
    made = documents(tmp_path, stack, canary_arguments=chosen, canary_rule_arn=rule)
    assert_alike(stack, made)
    assert json.loads(made["canary_input"])["containerOverrides"][0]["command"][-2:] == chosen


def test_shards_that_would_not_be_told_the_same_time_are_refused(deployed, tmp_path):
    with pytest.raises(AssertionError, match="needs cron"):
        documents(tmp_path, deployed, shard_count=2, schedule_expression="rate(1 hour)")


@pytest.fixture(scope="module")
def applied(ministack, tmp_path_factory):
    """The example of the scheduled task, by the real provider, in an account of its own."""
    terraform.need_provider()
    network = Account(ministack, ACCOUNT).client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    variables = {
        "region": "eu-west-1",
        "image": IMAGE,
        "vpc_id": network,
        "subnet_ids": ["subnet-1", "subnet-2"],
        "store_bucket_name": f"acme-foghorn-{ACCOUNT}",
    }
    work = terraform.Work(
        tmp_path_factory.mktemp("applied"),
        "examples/scheduled-task",
        variables,
        PROVIDER.format(account=ACCOUNT),
        AWS_ENDPOINT_URL=ministack,
    )
    work.prepared(provider=True).run("plan", "-no-color", "-input=false", "-out=plan")
    planned = json.loads(work.run("show", "-json", "plan").stdout)["planned_values"]["root_module"]
    work.run("apply", "-no-color", "-input=false", "plan")
    return Account(ministack, ACCOUNT), planned


NAME = "foghorn-controller"


def test_terraform_makes_the_same_task_as_cloudformation(applied, deployed):
    account, _ = applied
    task = account.client("ecs").describe_task_definition(taskDefinition=NAME)["taskDefinition"]
    [container] = task["containerDefinitions"]
    assert container["secrets"] == [
        {"name": "FOGHORN_FLEET", "valueFrom": f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/foghorn/fleet"}
    ]
    assert container["linuxParameters"] == {"capabilities": {"drop": ["ALL"]}}
    assert task["runtimePlatform"] == {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    [other] = deployed.task()["containerDefinitions"]
    for key in ("name", "image", "command", "environment", "user", "readonlyRootFilesystem", "stopTimeout"):
        assert container[key] == other[key], key
    for key in ("cpu", "memory", "networkMode", "requiresCompatibilities"):
        assert task[key] == deployed.task()[key], key


def test_terraform_makes_the_same_schedule_as_cloudformation(applied, deployed):
    account, _ = applied
    schedule = account.client("scheduler").get_schedule(Name=f"{NAME}-0", GroupName=NAME)
    [other] = deployed.schedules()
    network = schedule["Target"]["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]
    assert sorted(network["Subnets"]) == ["subnet-1", "subnet-2"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert len(network["SecurityGroups"]) == 1
    for key in ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State"):
        assert schedule[key] == other[key], key
    assert schedule["Target"]["RetryPolicy"] == other["Target"]["RetryPolicy"]
    assert schedule["Target"]["DeadLetterConfig"]["Arn"].endswith(f":{NAME}-dead-letters")
    assert not schedule["Target"].get("Input")


ALARM = (
    "MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator",
    "TreatMissingData",
)


def test_terraform_makes_the_same_alarms_as_cloudformation(applied, deployed):
    account, _ = applied
    listed = account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    alarms = {alarm["AlarmName"].removeprefix(f"{NAME}-"): alarm for alarm in listed}
    assert set(alarms) == {*deployed.alarms(), "Silence", "Incomplete", "ChangesFailed"}
    for name, other in deployed.alarms().items():
        assert {key: alarms[name].get(key) for key in ALARM} == {key: other.get(key) for key in ALARM}, name


def queries(alarm):
    """The metrics and expressions of an alarm, as CloudFormation writes them."""
    found = []
    for query in sorted(alarm["metric_query"], key=lambda query: not query["metric"]):
        one = {"Id": query["id"]}
        if query["expression"]:
            one |= {"Expression": query["expression"], "Label": query["label"]}
        for metric in query["metric"]:
            dimensions = [{"Name": name, "Value": value} for name, value in metric["dimensions"].items()]
            what = {"Namespace": metric["namespace"], "MetricName": metric["metric_name"], "Dimensions": dimensions}
            stat = {"Stat": metric["stat"], "Period": metric["period"], "Metric": what}
            one |= {"ReturnData": False, "MetricStat": stat}
        found.append(one)
    return found


# What the emulator answers of an alarm on an expression is without the expression, so the plan is looked at.
def test_terraform_asks_for_the_same_figures_as_cloudformation(applied, deployed):
    resources = [resource for module in applied[1]["child_modules"] for resource in module["resources"]]
    planned = {
        resource["values"]["alarm_name"].removeprefix(f"{NAME}-"): resource["values"]
        for resource in resources
        if resource["type"] == "aws_cloudwatch_metric_alarm" and resource["values"]["metric_query"]
    }
    wanted = figures(deployed.math)
    assert set(planned) == set(wanted)
    for name, alarm in wanted.items():
        assert queries(planned[name]) == alarm["Metrics"], name
        assert planned[name]["evaluation_periods"] == alarm["EvaluationPeriods"], name
        assert planned[name]["treat_missing_data"] == alarm["TreatMissingData"], name
        assert planned[name]["comparison_operator"] == alarm["ComparisonOperator"], name


def test_terraform_keeps_the_store_private_and_forgets(applied):
    client = applied[0].client("s3")
    bucket = f"acme-foghorn-{ACCOUNT}"
    assert all(client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    [rule] = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert client.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


CONTROLLER = "arn:aws:iam::230000000009:role/foghorn-controller"
WEBHOOKS = [f"arn:aws:secretsmanager:*:*:secret:{name}-??????" for name in ("google-chat", "slack-hook")]
HUBS = [f"arn:aws:events:{region}:230000000009:event-bus/foghorn-*" for region in ("eu-west-1", "us-east-1")]
BOOTSTRAP = {
    "ControllerPrincipalArn": CONTROLLER,
    "ExternalId": "an-external-id",
    "WebhookKeyArn": "arn:aws:kms:eu-west-1:230000000002:key/1",
    "WebhookSecrets": ",".join(WEBHOOKS),
    "HubBuses": ",".join(HUBS),
}
SERVICES = {"invoke": "events_trust", "forward": "events_trust", "notifier": "lambda_trust", "chat": "chat_trust"}


def statements(account, role):
    client = account.client("iam")
    names = client.list_role_policies(RoleName=role)["PolicyNames"]
    bodies = [client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    return [statement for body in bodies for statement in plain(body)]


def trust(account, role):
    return plain(account.client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"])


def test_the_service_roles_are_those_of_the_stack_that_foghorn_bootstrap_prints(ministack, tmp_path):
    account = Account(ministack, "230000000002")
    template = cloudformation.load("bootstrap")
    # Every role, whatever the fleet's ways are.
    resources = {
        name: {key: value for key, value in body.items() if key != "Condition"}
        for name, body in template["Resources"].items()
        if body["Type"] == "AWS::IAM::Role"
    }
    account.stack("foghorn", json.dumps({**template, "Resources": resources}), BOOTSTRAP)
    variables = {
        "partition": "aws",
        "account_id": account.id,
        "controller_principal_arn": CONTROLLER,
        "external_id": "an-external-id",
        "organization_id": None,
        "webhook_secrets": WEBHOOKS,
        "hub_buses": HUBS,
        "webhook_key_arn": "arn:aws:kms:eu-west-1:230000000002:key/1",
    }
    made = terraform.Work(tmp_path, "modules/member-role/documents", variables).prepared().applied()
    assert plain(made["member_trust"]) == trust(account, "foghorn")
    for name, trusted in SERVICES.items():
        assert plain(made[trusted]) == trust(account, f"foghorn-{name}"), name
        if name in made:
            assert plain(made[name]) == statements(account, f"foghorn-{name}"), name


def test_the_member_role_gets_the_policy_that_is_given_and_the_service_roles_that_are_asked_for(ministack, tmp_path):
    terraform.need_provider()
    account = Account(ministack, "230000000003")
    variables = {"controller_role_arn": CONTROLLER, "external_id": "an-external-id"}
    override = PROVIDER.format(account=account.id)
    work = terraform.Work(tmp_path, "examples/member-role", variables, override, AWS_ENDPOINT_URL=ministack)
    outputs = work.prepared(provider=True).applied()
    assert outputs["role_arn"] == "arn:aws:iam::230000000003:role/foghorn"
    assert statements(account, "foghorn") == plain((work.folder / "policy.json").read_text())
    names = {role["RoleName"] for role in account.client("iam").list_roles()["Roles"]}
    assert names == {"foghorn", "foghorn-chat"}
