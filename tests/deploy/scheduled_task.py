"""The stack of scheduled-task.yaml in an emulator."""

import json

import cloudformation
from emulators import Account

STACK = "controller"
CANARY = f"{STACK}-canary"
BUCKET = "acme-foghorn"
IMAGE = "registry.example.com/foghorn:0.1.0"
FLEET_FILE = "arn:aws:ssm:eu-west-1:{account}:parameter/foghorn/fleet"
TASK_DEFINITION = "arn:aws:ecs:eu-west-1:{account}:task-definition/{family}:7"


class Deployed:
    """The stack in an account of its own."""

    def __init__(self, url, account, **parameters):
        self.account = Account(url, account)
        self.template, self.math = cloudformation.without_metric_math(cloudformation.load("scheduled-task"))
        network = self.account.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.bucket = f"{BUCKET}-{account}"
        given = {
            "FleetName": "acme",
            "FleetFileArn": FLEET_FILE.format(account=account),
            "Image": IMAGE,
            "VpcId": network,
            "SubnetIds": "subnet-1,subnet-2",
            "StoreBucketName": self.bucket,
            **parameters,
        }
        stack = self.account.stack(STACK, json.dumps(self.template), given)
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def client(self, service):
        return self.account.client(service)

    def resources(self):
        """What CloudFormation made, by its name in the template."""
        made = self.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        return {resource["LogicalResourceId"] for resource in made}

    def schedules(self):
        """The schedules of the run, one a shard."""
        return [schedule for name, schedule in self.all_schedules().items() if name != CANARY]

    def all_schedules(self):
        client = self.client("scheduler")
        names = [schedule["Name"] for schedule in client.list_schedules(GroupName=STACK)["Schedules"]]
        return {name: client.get_schedule(Name=name, GroupName=STACK) for name in names}

    def canary(self):
        return self.all_schedules().get(CANARY)

    def task(self):
        client = self.client("ecs")
        return client.describe_task_definition(taskDefinition=STACK)["taskDefinition"]

    def statements(self, role):
        """The statements of a role's policies, by their names."""
        client = self.client("iam")
        names = client.list_role_policies(RoleName=role)["PolicyNames"]
        documents = [client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
        return {statement["Sid"]: statement for document in documents for statement in document["Statement"]}

    def role(self, part):
        roles = self.client("iam").list_roles()["Roles"]
        return next(role for role in roles if part in role["RoleName"])

    def alarms(self):
        alarms = self.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{STACK}-")["MetricAlarms"]
        return {alarm["AlarmName"].removeprefix(f"{STACK}-"): alarm for alarm in alarms}

    def rule(self, part="TaskFailed"):
        rules = self.client("events").list_rules()["Rules"]
        return next((rule for rule in rules if part in rule["Name"]), None)

    def takes(self, rule, event):
        """Whether the pattern of a rule takes an event, as EventBridge says."""
        pattern = rule["EventPattern"]
        return self.client("events").test_event_pattern(EventPattern=pattern, Event=event)["Result"]

    def allowed(self):
        """The statements of the topic's and of the queue's policy, by their names."""
        topic = self.client("sns").get_topic_attributes(TopicArn=self.outputs["AlarmsTopicArn"])["Attributes"]
        url = self.outputs["DeadLettersUrl"]
        queue = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
        documents = [json.loads(attributes["Policy"]) for attributes in (topic, queue)]
        return [{statement["Sid"]: statement for statement in document["Statement"]} for document in documents]


def figures(math):
    """The alarms on Foghorn's own figures, as CloudWatch is asked for them."""
    names = {
        "AWS::StackName": STACK, "FleetName": "acme", "SilenceHours": 3, "TroubleHours": 24,
        "Alarms": "arn:aws:sns:eu-west-1:210000000003:alarms",
    }
    loops = [cloudformation.looped(loop) for name, loop in math.items() if name.startswith("Fn::ForEach")]
    bodies = [math["Silence"], *(body for loop in loops for body in loop.values())]
    return {
        body["Properties"]["AlarmName"].removeprefix(f"{STACK}-"): body["Properties"]
        for body in cloudformation.resolved(bodies, names)
    }


def stopped(deployed, family=STACK, **detail):
    """A task's end, as ECS tells of it."""
    account = deployed.account.id
    body = {
        "clusterArn": f"arn:aws:ecs:eu-west-1:{account}:cluster/{STACK}",
        "taskArn": f"arn:aws:ecs:eu-west-1:{account}:task/{STACK}/0123456789abcdef",
        "taskDefinitionArn": TASK_DEFINITION.format(account=account, family=family),
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "group": f"family:{family}",
        "launchType": "FARGATE",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": [{"name": "foghorn", "lastStatus": "STOPPED", "exitCode": 0}],
        **detail,
    }
    return json.dumps({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": account,
        "time": "2026-11-21T20:00:00Z",
        "region": "eu-west-1",
        "resources": [body["taskArn"]],
        "detail": body,
    })


def ended(code):
    return {"containers": [{"name": "foghorn", "lastStatus": "STOPPED", "exitCode": code}]}


NEVER_STARTED = {
    "stopCode": "TaskFailedToStart",
    "stoppedReason": "ResourceInitializationError: unable to pull secrets",
    "containers": [{"name": "foghorn", "lastStatus": "STOPPED"}],
}
