"""boto3 and the AWS CLI, which know the real services' shapes, must be content."""

import datetime
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError
from conftest import ACCESS_KEY, ACCOUNT, EXTERNAL_ID, ROLE, Organisation, running


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def own_clusters(ecs):
    return sorted(arn for arn in ecs.list_clusters()["clusterArns"] if "/cluster-" in arn)


# --- STS


def test_the_caller_is_who_signed(organisation):
    answer = organisation.client("sts").get_caller_identity()
    assert answer["Account"] == "999999999999"
    assert answer["Arn"] == "arn:aws:iam::999999999999:user/foghorn"


def test_an_assumed_role_calls_from_its_own_account(organisation):
    answer = organisation.member("sts").get_caller_identity()
    assert answer["Account"] == ACCOUNT
    assert answer["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/clients"


def test_a_session_says_when_it_ends(organisation):
    sts = organisation.client("sts")
    answer = sts.assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        RoleSessionName="clients", ExternalId=EXTERNAL_ID, DurationSeconds=900,
    )
    left = answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=14) < left <= datetime.timedelta(minutes=15)


@pytest.mark.parametrize(
    "change",
    [
        {"ExternalId": "another"},
        {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/unknown"},
        {"RoleArn": f"arn:aws:iam::123456789012:role/{ROLE}"},
    ],
)
def test_a_role_that_may_not_be_assumed_is_denied(organisation, change):
    arguments = {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "RoleSessionName": "clients", "ExternalId": EXTERNAL_ID, **change,
    }
    sts = organisation.client("sts")
    assert refusal(sts.assume_role, **arguments) == ("AccessDenied", 403)


def test_a_chained_session_is_an_hour_at_most(organisation):
    sts = organisation.member("sts")
    arguments = {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", "RoleSessionName": "clients",
        "ExternalId": EXTERNAL_ID, "DurationSeconds": 3601,
    }
    assert refusal(sts.assume_role, **arguments) == ("ValidationError", 400)


# --- credentials and Regions


@pytest.mark.parametrize(
    "service, call, expected",
    [
        ("sts", "get_caller_identity", ("InvalidClientTokenId", 403)),
        ("ecs", "list_clusters", ("UnrecognizedClientException", 400)),
        ("organizations", "list_roots", ("UnrecognizedClientException", 400)),
        ("events", "list_rules", ("UnrecognizedClientException", 400)),
        ("chatbot", "describe_slack_workspaces", ("UnrecognizedClientException", 403)),
        ("sns", "list_topics", ("InvalidClientTokenId", 403)),
        ("cloudwatch", "describe_alarms", ("InvalidClientTokenId", 400)),
        ("sqs", "list_queues", ("InvalidClientTokenId", 400)),
    ],
)
def test_unknown_credentials_are_refused_in_the_services_words(organisation, service, call, expected):
    nobody = {"aws_access_key_id": "AKIAUNKNOWN", "aws_secret_access_key": "x"}
    assert refusal(getattr(organisation.client(service, credentials=nobody), call)) == expected


def test_a_session_without_its_token_is_refused(organisation):
    credentials = organisation.credentials()
    del credentials["aws_session_token"]
    ecs = organisation.client("ecs", credentials=credentials)
    assert refusal(ecs.list_clusters) == ("UnrecognizedClientException", 400)


def test_a_region_that_is_off_looks_like_bad_credentials(organisation):
    credentials = organisation.credentials()
    ecs = organisation.client("ecs", "ap-east-1", credentials)
    assert refusal(ecs.list_clusters) == ("UnrecognizedClientException", 400)
    sts = organisation.client("sts", "us-east-1", credentials)
    assert sts.get_caller_identity()["Account"] == ACCOUNT


def test_a_region_that_is_off_gives_no_session(organisation):
    sts = organisation.client("sts", "ap-east-1")
    arguments = {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "RoleSessionName": "clients", "ExternalId": EXTERNAL_ID,
    }
    assert refusal(sts.assume_role, **arguments) == ("RegionDisabledException", 403)


@pytest.mark.parametrize(
    "region, partition", [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_a_partition_has_its_own_arns_and_its_own_sessions(organisation, region, partition):
    credentials = organisation.credentials(region=region, partition=partition)
    ecs = organisation.client("ecs", region, credentials)
    prefix = f"arn:{partition}:ecs:{region}:{ACCOUNT}:cluster/"
    assert all(arn.startswith(prefix) for arn in ecs.list_clusters()["clusterArns"])
    elsewhere = organisation.client("ecs", "us-east-1", credentials)
    assert refusal(elsewhere.list_clusters) == ("UnrecognizedClientException", 400)


def test_a_request_without_a_signature_is_refused(organisation):
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(organisation.url + "/", data=body))
    assert caught.value.code == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in caught.value.read()


# --- Organizations


def test_every_account_is_listed_once_over_pages_of_twenty(organisation):
    pages = organisation.client("organizations").get_paginator("list_accounts").paginate()
    sizes, ids = [], []
    for page in pages:
        sizes.append(len(page["Accounts"]))
        ids += [account["Id"] for account in page["Accounts"]]
    assert sizes == [20, 20, 6]
    assert len(set(ids)) == 46


def test_an_account_has_the_members_of_the_model(organisation):
    account = organisation.client("organizations").list_accounts()["Accounts"][0]
    assert account["Id"] == ACCOUNT
    assert account["State"] == "ACTIVE"
    assert "Status" not in account
    assert isinstance(account["JoinedTimestamp"], datetime.datetime)


def test_the_tree_can_be_walked_from_its_root(organisation):
    organizations = organisation.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    assert organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"] == []
    pages = organizations.get_paginator("list_accounts_for_parent").paginate(ParentId=root)
    assert sum(len(page["Accounts"]) for page in pages) == 46
    assert organizations.list_parents(ChildId=ACCOUNT)["Parents"] == [{"Id": root, "Type": "ROOT"}]
    assert organizations.list_tags_for_resource(ResourceId=ACCOUNT)["Tags"] == []


def test_a_member_account_may_not_list_accounts(organisation):
    organizations = organisation.member("organizations")
    assert refusal(organizations.list_accounts) == ("AccessDeniedException", 400)
    described = organizations.describe_organization()["Organization"]
    assert described["MasterAccountId"] == "999999999999"


def test_more_than_twenty_accounts_a_page_are_refused(organisation):
    # boto3 knows the limit itself; only a raw client gets this far.
    organizations = organisation.client("organizations", parameter_validation=False)
    assert refusal(organizations.list_accounts, MaxResults=21) == ("InvalidInputException", 400)


def test_an_empty_page_with_a_token_is_not_the_end():
    if os.environ.get("FOGHORN_SIM_URL"):
        pytest.skip("needs a simulator of its own")
    process, address = running("--accounts", "25", "--empty-organization-pages")
    try:
        organizations = Organisation(address).client("organizations")
        first = organizations.list_accounts()
        assert first["Accounts"] == [] and first["NextToken"]
        pages = organizations.get_paginator("list_accounts").paginate()
        assert sum(len(page["Accounts"]) for page in pages) == 26
    finally:
        process.terminate()
        process.wait(timeout=10)


# --- ECS


def test_services_come_ten_a_page_unless_asked_otherwise(organisation):
    ecs = organisation.member("ecs", "eu-west-1")
    cluster = own_clusters(ecs)[0]
    first = ecs.list_services(cluster=cluster)
    assert len(first["serviceArns"]) == 10 and first["nextToken"]
    pages = ecs.get_paginator("list_services").paginate(cluster=cluster)
    assert len({arn for page in pages for arn in page["serviceArns"]}) == 25
    assert len(ecs.list_services(cluster=cluster, maxResults=100)["serviceArns"]) == 25
    assert refusal(ecs.list_services, cluster=cluster, maxResults=101) == ("InvalidParameterException", 400)


def test_a_service_has_the_members_of_the_model(organisation):
    ecs = organisation.member("ecs", "eu-west-1")
    answer = ecs.describe_services(cluster="cluster-01", services=["service-001", "gone"])
    (service,), (failure,) = answer["services"], answer["failures"]
    assert service["serviceArn"].endswith(":service/cluster-01/service-001")
    breaker = service["deploymentConfiguration"]["deploymentCircuitBreaker"]
    assert breaker == {"enable": True, "rollback": True}
    assert service["deploymentController"] == {"type": "ECS"}
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    assert isinstance(service["createdAt"], datetime.datetime)
    assert len(service["events"]) == 3
    assert isinstance(service["events"][0]["createdAt"], datetime.datetime)
    assert failure["reason"] == "MISSING"


def test_more_than_ten_services_are_refused(organisation):
    ecs = organisation.member("ecs")
    names = [str(number) for number in range(11)]
    expected = ("InvalidParameterException", 400)
    assert refusal(ecs.describe_services, cluster="cluster-01", services=names) == expected


def test_errors_have_the_classes_of_the_model(organisation):
    ecs = organisation.member("ecs")
    with pytest.raises(ecs.exceptions.ClusterNotFoundException):
        ecs.list_services(cluster="nowhere")
    with pytest.raises(ecs.exceptions.ServiceNotFoundException):
        ecs.update_service(cluster="cluster-01", service="nothing", desiredCount=1)


def test_a_cluster_that_is_not_named_is_the_default_one(organisation):
    ecs = organisation.member("ecs", account="100000000002")
    assert ecs.describe_clusters()["failures"][0]["reason"] == "MISSING"
    made = ecs.create_cluster(tags=[{"key": "env", "value": "test"}])["cluster"]
    assert made["clusterName"] == "default"
    assert ecs.describe_clusters()["clusters"][0]["activeServicesCount"] == 0
    assert ecs.list_tags_for_resource(resourceArn=made["clusterArn"])["tags"] == [
        {"key": "env", "value": "test"}
    ]


def test_accounts_and_regions_do_not_see_each_other(organisation):
    here = organisation.member("ecs", account="100000000003")
    here.create_cluster(clusterName="only-here")
    there = organisation.member("ecs", account="100000000004")
    elsewhere = organisation.member("ecs", "eu-west-1", account="100000000003")
    for ecs in (there, elsewhere):
        assert ecs.describe_clusters(clusters=["only-here"])["clusters"] == []


def test_a_service_is_made_changed_and_deleted(organisation):
    ecs = organisation.member("ecs", account="100000000005")
    made = ecs.create_service(
        cluster="cluster-01", serviceName="made", taskDefinition="made:1", desiredCount=2,
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": False}},
    )["service"]
    assert made["desiredCount"] == 2
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    changed = ecs.update_service(
        cluster="cluster-01", service="made", deploymentConfiguration=breaker
    )["service"]
    assert changed["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"] is True
    assert changed["deploymentConfiguration"]["maximumPercent"] == 200
    assert changed["deployments"][0]["id"] == made["deployments"][0]["id"]
    deleted = ecs.delete_service(cluster="cluster-01", service="made", force=True)["service"]
    assert deleted["status"] == "INACTIVE"


# --- the AWS CLI


def cli(organisation, *arguments):
    environment = {
        **os.environ, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": "simulated",
        "AWS_DEFAULT_REGION": "eu-west-1", "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_MAX_ATTEMPTS": "1",
    }
    # The CLI of the environment that runs the tests, not some other one.
    command = [sys.executable, "-m", "awscli", "--endpoint-url", organisation.url, "--output", "json"]
    return subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True)


def test_the_cli_pages_through_accounts(organisation):
    done = cli(organisation, "organizations", "list-accounts")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["Accounts"]) == 46


def test_the_cli_assumes_a_role(organisation):
    done = cli(
        organisation, "sts", "assume-role", "--role-arn", f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "--role-session-name", "cli", "--external-id", EXTERNAL_ID,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Credentials"]["AccessKeyId"].startswith("ASIA")


def test_the_cli_names_the_error(organisation):
    done = cli(organisation, "ecs", "list-services", "--cluster", "nowhere")
    assert done.returncode != 0
    assert "ClusterNotFoundException" in done.stderr


# --- the pages beside the APIs


def test_the_record_counts_the_calls(organisation):
    before = json.loads(organisation.get("/_foghorn/calls"))["byOperation"].get("sts:GetCallerIdentity", 0)
    organisation.client("sts").get_caller_identity()
    record = json.loads(organisation.get("/_foghorn/calls"))
    assert record["byOperation"]["sts:GetCallerIdentity"] == before + 1
    last = record["calls"][-1]
    assert (last["service"], last["status"], last["write"]) == ("sts", 200, False)


def test_a_person_sees_what_this_server_is(organisation):
    page = organisation.get("/")
    assert "simulated AWS organisation" in page and ACCOUNT in page
