"""stackset.yaml rolls bootstrap.yaml out to every account of an organisation."""

import pytest
import yaml

import cloudformation
from emulators import ROOT, Account

MANAGER = "220000000001"
GIVEN = {
    "StackSetName": "foghorn-roles",
    "CallAs": "SELF",
    "RetainRoles": "false",
    "ControllerPrincipalArn": f"arn:aws:iam::{MANAGER}:role/foghorn-controller",
    "ExternalId": "an-external-id",
    "AWS::Region": "us-east-1",
}


def template():
    return cloudformation.load("stackset")


def passed():
    """The parameters that the StackSet hands on, by name."""
    listed = template()["Resources"]["Roles"]["Properties"]["Parameters"]
    return {entry["ParameterKey"]: entry["ParameterValue"] for entry in listed}


def handed_on(name, parameter):
    """How a stack takes a parameter of another: always as text."""
    listed = parameter["Type"].startswith(("CommaDelimitedList", "List<"))
    return {"Fn::Join": [",", {"Ref": name}]} if listed else {"Ref": name}


def test_every_parameter_of_the_roles_can_be_given_and_is_handed_on():
    offered, wanted = template()["Parameters"], cloudformation.load("bootstrap")["Parameters"]
    # Many accounts are entered through a role, so that here it must be given.
    always = {"Type": "String", "AllowedPattern": "^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$"}
    assert offered["ControllerPrincipalArn"].items() >= always.items()
    assert {name: offered.get(name) for name in wanted if name != "ControllerPrincipalArn"} == {
        name: body for name, body in wanted.items() if name != "ControllerPrincipalArn"
    }
    assert passed() == {name: handed_on(name, body) for name, body in wanted.items()}
    here = template()["Resources"]["RolesHere"]["Properties"]["Parameters"]
    assert here == passed()


def test_no_parameter_is_offered_in_vain():
    text = cloudformation.text("stackset")
    unused = [name for name in template()["Parameters"] if f"!Ref {name}" not in text]
    assert unused == []


def test_accounts_that_join_later_get_the_roles_too_and_one_region_alone():
    roles = template()["Resources"]["Roles"]["Properties"]
    assert roles["PermissionModel"] == "SERVICE_MANAGED"
    assert roles["AutoDeployment"]["Enabled"] is True
    assert roles["ManagedExecution"] == {"Active": True}
    [group] = roles["StackInstancesGroup"]
    assert group["Regions"] == [{"Ref": "AWS::Region"}]


def test_whoever_leaves_an_account_out_is_told_what_really_keeps_foghorn_out_of_it():
    described = template()["Parameters"]["ExcludedAccountIds"]["Description"]
    page = (ROOT / "docs" / "ecs.md").read_text()
    section = page.partition("#### What keeps an account out")[2].partition("\n#")[0]
    fleet = yaml.safe_load(section.partition("```yaml")[2].partition("```")[0])["spec"]
    assert fleet["organization"]["exclude"] and fleet["guard"]["deny"]
    assert "automatic deployment" in section and "ExcludedAccountIds" in section
    assert all(fence in described for fence in ("automatic deployment", "organization.exclude", "guard.deny"))


def test_the_roll_out_goes_on_where_few_accounts_fail_and_stops_where_many_do():
    roles = template()["Resources"]["Roles"]["Properties"]
    assert roles["OperationPreferences"]["FailureTolerancePercentage"] == {"Ref": "FailureTolerancePercentage"}
    assert template()["Parameters"]["FailureTolerancePercentage"]["Default"] == 10


class Organisation:
    """An organisation with two accounts in a unit, and bootstrap.yaml in a bucket."""

    def __init__(self, url):
        self.url = url
        self.manager = Account.assumed(url, MANAGER, "us-east-1")
        organizations = self.manager.client("organizations")
        organizations.create_organization(FeatureSet="ALL")
        root = organizations.list_roots()["Roots"][0]["Id"]
        self.unit = organizations.create_organizational_unit(ParentId=root, Name="prod")["OrganizationalUnit"]["Id"]
        self.members = [self.member(organizations, root, name) for name in ("shop", "vault")]
        s3 = self.manager.client("s3")
        s3.create_bucket(Bucket="acme-templates")
        s3.put_object(Bucket="acme-templates", Key="bootstrap.yaml", Body=cloudformation.text("bootstrap").encode())

    def member(self, organizations, root, name):
        made = organizations.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]
        organizations.move_account(AccountId=made["AccountId"], SourceParentId=root, DestinationParentId=self.unit)
        return made["AccountId"]

    def roll_out(self):
        """Does what CloudFormation does with the resource of the template."""
        properties = {name: entry["Default"] for name, entry in template()["Parameters"].items() if "Default" in entry}
        given = {**properties, **GIVEN, "TemplateUrl": "https://acme-templates.s3.amazonaws.com/bootstrap.yaml"}
        given["OrganizationalUnitIds"] = [self.unit]
        roles = cloudformation.resolved(template()["Resources"]["Roles"]["Properties"], given)
        for parameter in roles["Parameters"]:
            if isinstance(parameter["ParameterValue"], dict):
                parameter["ParameterValue"] = parameter["ParameterValue"]["Fn::Join"][1]
        [group] = roles.pop("StackInstancesGroup")
        preferences = roles.pop("OperationPreferences")
        roles["AutoDeployment"]["RetainStacksOnAccountRemoval"] = False
        client = self.manager.client("cloudformation")
        client.create_stack_set(**roles)
        client.create_stack_instances(
            StackSetName="foghorn-roles",
            DeploymentTargets=group["DeploymentTargets"]["Fn::If"][2],
            Regions=group["Regions"],
            OperationPreferences=preferences,
        )
        return client


@pytest.fixture(scope="module")
def organisation(moto):
    return Organisation(moto)


def test_each_account_of_the_unit_gets_the_member_role(organisation):
    client = organisation.roll_out()
    handed = client.describe_stack_set(StackSetName="foghorn-roles")["StackSet"]["Parameters"]
    assert {"ParameterKey": "ExternalId", "ParameterValue": "an-external-id"} in handed
    instances = client.list_stack_instances(StackSetName="foghorn-roles")["Summaries"]
    assert sorted(instance["Account"] for instance in instances) == sorted(organisation.members)
    for account in organisation.members:
        role = Account.assumed(organisation.url, account).client("iam").get_role(RoleName="foghorn")["Role"]
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"AWS": GIVEN["ControllerPrincipalArn"]}
