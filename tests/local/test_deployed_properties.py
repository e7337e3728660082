"""Every property of the template, read back from the emulator: what it forgets, fixups must set."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.local.aws import session
from infra.local.settings import TEMPLATE
from infra.local.transform import load
from tests.local.stacks import Stack

WHOLE: dict[str, Any] = load(TEMPLATE)
DECLARED: dict[str, Any] = WHOLE["Resources"]
QUEUES = [name for name, r in DECLARED.items() if r["Type"] == "AWS::SQS::Queue"]
FUNCTIONS = [name for name, r in DECLARED.items() if r["Type"] == "AWS::Serverless::Function"]
LOG_GROUPS = [name for name, r in DECLARED.items() if r["Type"] == "AWS::Logs::LogGroup"]


def test_the_table_is_what_the_template_says(stack: Stack) -> None:
    wanted = DECLARED["UsherTable"]["Properties"]
    name = stack.physical("UsherTable")
    held = stack.cloud.dynamodb.describe_table(TableName=name)["Table"]

    assert held["KeySchema"] == wanted["KeySchema"]
    assert held["AttributeDefinitions"] == wanted["AttributeDefinitions"]
    assert held["BillingModeSummary"]["BillingMode"] == wanted["BillingMode"]
    assert held["DeletionProtectionEnabled"] is wanted["DeletionProtectionEnabled"]
    assert held["SSEDescription"]["Status"] == "ENABLED"
    indexes = [
        {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
        for index in held["GlobalSecondaryIndexes"]
    ]
    assert indexes == wanted["GlobalSecondaryIndexes"]


def test_the_table_expires_and_recovers_as_the_template_says(stack: Stack) -> None:
    wanted = DECLARED["UsherTable"]["Properties"]
    name = stack.physical("UsherTable")
    ttl = stack.cloud.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = stack.cloud.dynamodb.describe_continuous_backups(TableName=name)

    assert ttl == {
        "AttributeName": wanted["TimeToLiveSpecification"]["AttributeName"],
        "TimeToLiveStatus": "ENABLED",
    }
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    assert wanted["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_the_bucket_is_what_the_template_says(stack: Stack) -> None:
    wanted = DECLARED["LedgerBucket"]["Properties"]
    bucket, s3 = stack.physical("LedgerBucket"), stack.cloud.s3

    assert (
        s3.get_bucket_versioning(Bucket=bucket)["Status"]
        == wanted["VersioningConfiguration"]["Status"]
    )
    assert (
        s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        == wanted["PublicAccessBlockConfiguration"]
    )
    assert (
        s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
        == wanted["OwnershipControls"]
    )
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    assert [rule["ApplyServerSideEncryptionByDefault"] for rule in encryption["Rules"]] == [
        rule["ServerSideEncryptionByDefault"]
        for rule in wanted["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    ]
    lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert lock == {"ObjectLockEnabled": "Enabled"}  # and no default retention


def test_the_bucket_forgets_what_the_template_says(stack: Stack) -> None:
    declared = DECLARED["LedgerBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    held = stack.cloud.s3.get_bucket_lifecycle_configuration(Bucket=stack.physical("LedgerBucket"))[
        "Rules"
    ]

    assert [rule["ID"] for rule in held] == [rule["Id"] for rule in declared]
    for rule, wanted in zip(held, declared, strict=True):
        assert rule["Status"] == wanted["Status"]
        assert rule["Filter"]["Prefix"] == wanted.get("Prefix", "")
        assert rule.get("Expiration", {}).get("Days") == wanted.get("ExpirationInDays")
        for name in ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"):
            assert rule.get(name) == wanted.get(name)
        moves = [(one["StorageClass"], one["Days"]) for one in rule.get("Transitions", [])]
        assert moves == [
            (one["StorageClass"], one["TransitionInDays"]) for one in wanted.get("Transitions", [])
        ]


def test_functions_are_scheduled_as_the_template_says(stack: Stack) -> None:
    wanted = {
        stack.physical(name): event["Properties"]["Schedule"]
        for name, resource in DECLARED.items()
        if resource["Type"] == "AWS::Serverless::Function"
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "Schedule"
    }
    client: Any = session().client
    events = client("events", endpoint_url=stack.cloud.endpoint_url)
    rules = [rule for rule in events.list_rules()["Rules"] if rule.get("ScheduleExpression")]
    targets = {
        target["Arn"].rpartition(":")[2]: rule["ScheduleExpression"]
        for rule in rules
        for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    }

    assert len(wanted) == len(rules) == 5
    assert targets == wanted
    assert {rule["State"] for rule in rules} == {"ENABLED"}


def test_only_the_refusal_of_plain_http_is_left_out_of_the_bucket_policy(stack: Stack) -> None:
    (statement,) = DECLARED["LedgerBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert statement["Sid"] == "OnlyOverTls"
    assert "LedgerBucketPolicy" not in stack.deployment.physical_ids


@pytest.mark.parametrize("logical_id", QUEUES)
def test_a_queue_is_what_the_template_says(stack: Stack, logical_id: str) -> None:
    wanted = dict(DECLARED[logical_id]["Properties"])
    attributes = stack.cloud.sqs.get_queue_attributes(
        QueueUrl=stack.physical(logical_id), AttributeNames=["All"]
    )["Attributes"]
    held = {str(name): value for name, value in attributes.items()}

    redrive = wanted.pop("RedrivePolicy", None)
    if redrive is not None:
        policy = json.loads(held["RedrivePolicy"])
        dead_letters = stack.physical(redrive["deadLetterTargetArn"]["Fn::GetAtt"][0])
        assert policy["maxReceiveCount"] == redrive["maxReceiveCount"]
        assert policy["deadLetterTargetArn"].rsplit(":", 1)[1] == dead_letters.rsplit("/", 1)[1]
    for name, value in wanted.items():
        spelled = str(value).lower() if isinstance(value, bool) else str(value)
        assert held[name] == spelled, name


@pytest.mark.parametrize("logical_id", FUNCTIONS)
def test_a_function_is_what_the_template_says(stack: Stack, logical_id: str) -> None:
    wanted = DECLARED[logical_id]["Properties"]
    held = stack.cloud.functions.get_function_configuration(FunctionName=stack.physical(logical_id))

    for name in ("Handler", "MemorySize", "Timeout", "Description"):
        assert held[name] == wanted[name], name
    assert held["Runtime"] == "python3.13"
    assert held["Role"].endswith(stack.physical(wanted["Role"]["Fn::GetAtt"][0]))
    log_group = stack.physical(wanted["LoggingConfig"]["LogGroup"]["Ref"])
    assert held["LoggingConfig"]["LogGroup"] == log_group
    variables = held["Environment"]["Variables"]
    common = WHOLE["Globals"]["Function"]["Environment"]["Variables"].keys()
    named = {name for name, value in wanted["Environment"]["Variables"].items() if _is_set(value)}
    assert variables.keys() == named | common
    unset = {name for name, value in variables.items() if not value}
    by_default = {"API_ORIGINS", "LEDGER_RETENTION_DAYS", "PUBLIC_URL", "DISCORD_CLIENT_SECRET"}
    by_default |= {"ALERTS_MENTION", "DOCUMENTATION_URL", "OPERATOR_CONTACT", "OPERATOR_NAME"}
    assert unset <= by_default


def _is_set(value: object) -> bool:
    """Whether a variable is there when its condition does not hold."""
    return not (
        isinstance(value, dict) and value.get("Fn::If", [""])[-1] == {"Ref": "AWS::NoValue"}
    )


@pytest.mark.parametrize("logical_id", FUNCTIONS)
def test_a_function_reads_its_queue_as_the_template_says(stack: Stack, logical_id: str) -> None:
    sources = [
        event["Properties"]
        for event in DECLARED[logical_id]["Properties"].get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    held = stack.cloud.functions.list_event_source_mappings(
        FunctionName=stack.physical(logical_id)
    )["EventSourceMappings"]

    assert len(held) == len(sources)
    for mapping, wanted in zip(held, sources, strict=True):
        assert mapping["BatchSize"] == wanted["BatchSize"]
        assert mapping["FunctionResponseTypes"] == wanted["FunctionResponseTypes"]
        assert mapping.get("ScalingConfig") == wanted.get("ScalingConfig")
        queue = stack.physical(wanted["Queue"]["Fn::GetAtt"][0])
        assert mapping["EventSourceArn"].rsplit(":", 1)[1] == queue.rsplit("/", 1)[1]


def test_nothing_of_the_listener_stack_is_deployed_here(stack: Stack) -> None:
    assert "Listener" in DECLARED
    assert "Listener" not in stack.deployment.physical_ids


def test_fixups_may_run_again(stack: Stack) -> None:
    from infra.local import fixups

    fixups.apply(stack.cloud, stack.deployment)
