"""Each function runs as its own template role: it is granted what it needs and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.local.settings import ALERTS_SECRET, TOKEN_SECRET
from tests.local.stacks import Stack

type Call = tuple[str, str, dict[str, Any]]

_KEY = {"pk": {"S": "grants"}, "sk": {"S": "x"}}
_PRESS = {"pk": {"S": "B#grants"}, "sk": {"S": "B"}}
_DENIED = {"AccessDenied", "AccessDeniedException"}


def _calls(stack: Stack) -> dict[str, Call]:
    table, bucket = stack.physical("UsherTable"), stack.physical("LedgerBucket")
    check = {"TableName": table, "Key": _KEY, "ConditionExpression": "attribute_exists(pk)"}
    partition = {
        "TableName": table,
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "grants"}},
    }
    board = {
        "TableName": table,
        "IndexName": "board",
        "KeyConditionExpression": "board = :b",
        "ExpressionAttributeValues": {":b": {"S": "grants"}},
    }
    due = {**board, "IndexName": "due", "KeyConditionExpression": "due = :b"}
    line = {"Bucket": bucket, "Key": "lines/grants"}
    locked = {
        **line,
        "Body": "{}",
        "ObjectLockMode": "GOVERNANCE",
        "ObjectLockRetainUntilDate": "2099-01-01T00:00:00Z",
    }
    repairs = {"QueueUrl": stack.physical("RepairsQueue")}

    def send(queue: str, **more: str) -> Call:
        return (
            "sqs",
            "send_message",
            {"QueueUrl": stack.physical(queue), "MessageBody": "poison", **more},
        )

    return {
        "get": ("dynamodb", "get_item", {"TableName": table, "Key": _KEY}),
        "batch get": (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {table: {"Keys": [_KEY]}}},
        ),
        "query": ("dynamodb", "query", partition),
        "query board": ("dynamodb", "query", board),
        "query due": ("dynamodb", "query", due),
        "scan": ("dynamodb", "scan", {"TableName": table}),
        "keep press": ("dynamodb", "put_item", {"TableName": table, "Item": _PRESS}),
        "put": ("dynamodb", "put_item", {"TableName": table, "Item": _KEY}),
        "update": ("dynamodb", "update_item", {"TableName": table, "Key": _KEY}),
        "transact": (
            "dynamodb",
            "transact_write_items",
            {
                "TransactItems": [
                    {"ConditionCheck": check},
                    {"Put": {"TableName": table, "Item": {**_KEY, "sk": {"S": "y"}}}},
                    {"Delete": {"TableName": table, "Key": {**_KEY, "sk": {"S": "z"}}}},
                ]
            },
        ),
        "delete": ("dynamodb", "delete_item", {"TableName": table, "Key": _KEY}),
        "delete table": ("dynamodb", "delete_table", {"TableName": table}),
        "put line": ("s3", "put_object", locked),
        "put link": ("s3", "put_object", {**locked, "Key": "chain/grants"}),
        "put name": ("s3", "put_object", {**line, "Key": "names/grants", "Body": "{}"}),
        "put backup": ("s3", "put_object", {**line, "Key": "backups/daily/x", "Body": "{}"}),
        "get line": ("s3", "get_object", line),
        "put export": ("s3", "put_object", {**line, "Key": "exports/x.csv", "Body": "x"}),
        "list ledger": ("s3", "list_objects_v2", {"Bucket": bucket}),
        "delete line": ("s3", "delete_object", line),
        "delete name": ("s3", "delete_object", {**line, "Key": "names/grants"}),
        "list versions": ("s3", "list_object_versions", {"Bucket": bucket}),
        "destroy name": ("s3", "delete_object", {**line, "Key": "names/x", "VersionId": "1"}),
        "destroy day": ("s3", "delete_object", {**line, "Key": "csv/x", "VersionId": "1"}),
        "destroy line": ("s3", "delete_object", {**line, "VersionId": "1"}),
        "destroy link": ("s3", "delete_object", {**line, "Key": "chain/x", "VersionId": "1"}),
        "ask for erasure": (
            "s3",
            "put_object",
            {**line, "Key": "erased/guild=1/user=2/asked.json", "Body": "{}"},
        ),
        "note a sweep": (
            "s3",
            "put_object",
            {**line, "Key": "erased/guild=1/user=2/swept.json", "Body": "{}"},
        ),
        "read erasure": (
            "s3",
            "get_object",
            {"Bucket": bucket, "Key": "erased/guild=1/user=3/asked.json"},
        ),
        "get missing line": ("s3", "get_object", {"Bucket": bucket, "Key": "lines/none"}),
        "send command": send("CommandsQueue"),
        "send effect": send("EffectsQueue"),
        "send confirmation": send("ConfirmationsQueue"),
        "send repair": send("RepairsQueue"),
        "send hook": send("HooksQueue"),
        "receive repair": ("sqs", "receive_message", repairs),
        "send event": send("EventsQueue", MessageGroupId="g", MessageDeduplicationId="d"),
        "give back event": (
            "sqs",
            "change_message_visibility",
            {
                "QueueUrl": stack.physical("EventsQueue"),
                "ReceiptHandle": "of no message",
                "VisibilityTimeout": 0,
            },
        ),
        "receive alarm": ("sqs", "receive_message", {"QueueUrl": stack.physical("AlertsQueue")}),
        "read figures": (
            "cloudwatch",
            "get_metric_data",
            {"MetricDataQueries": [], "StartTime": 0, "EndTime": 60},
        ),
        "read alerts webhook": (
            "secretsmanager",
            "get_secret_value",
            {"SecretId": ALERTS_SECRET},
        ),
        "read token": ("secretsmanager", "get_secret_value", {"SecretId": TOKEN_SECRET}),
        "read other secret": ("secretsmanager", "get_secret_value", {"SecretId": "another"}),
    }


_READS = ["get", "batch get", "query", "query board"]
UNJUDGED = ["get missing line", "put"]
"""A missing line is forbidden or missing, by ListBucket. Puts are granted by dynamodb:LeadingKeys,
which the emulator does not know: the template's own tests read that."""

GRANTED = {
    "InteractionsFunction": [*_READS, "send command", "send effect", "keep press"],
    "CommandWorkerFunction": [
        *_READS,
        "list ledger",
        "get line",
        "put export",
        "ask for erasure",
        "read erasure",
        "keep press",
        "send event",
        "send effect",
        "send confirmation",
        "send hook",
        "read token",
    ],
    "EventWorkerFunction": [
        "get",
        "batch get",
        "query",
        "put",
        "keep press",
        "update",
        "transact",
        "delete",
        "put line",
        "put name",
        "get line",
        "read erasure",
        "list ledger",
        "send effect",
        "send confirmation",
        "send repair",
        "send hook",
    ],
    "EffectsFunction": [*_READS, "update", "send effect", "send hook", "read token"],
    "ConfirmerFunction": [
        "get",
        "query",
        "batch get",
        "update",
        "send confirmation",
        "send event",
        "read token",
    ],
    "SweeperFunction": ["query due", "send event", "send effect", "send hook"],
    "LogBackupFunction": [
        "get",
        "batch get",
        "scan",
        "update",
        "put link",
        "put name",
        "put backup",
        "get line",
        "read erasure",
        "note a sweep",
        "list versions",
        "destroy name",
        "destroy day",
        "list ledger",
        "receive repair",
    ],
    "ReferralApiFunction": [
        *_READS,
        "update",
        "send event",
        "send effect",
        "send hook",
        "read token",
    ],
    "WebhooksFunction": ["get", "query", "send effect", "send hook"],
    "AlertsFunction": [
        "get",
        "query",
        "receive alarm",
        "read figures",
        "read alerts webhook",
    ],
    "RollupFunction": [
        "batch get",
        "query",
        "query board",
        "update",
        "get line",
        "list ledger",
    ],
    "IntegrityFunction": [
        *_READS,
        "query due",
        "update",
        "get line",
        "list ledger",
        "send event",
        "send effect",
        "send confirmation",
        "read token",
    ],
}

OWN = {
    "EventWorkerFunction": ["give back event"],
    # Of links' rows alone, by dynamodb:LeadingKeys.
    "CommandWorkerFunction": ["update", "delete"],
    "EffectsFunction": ["keep press", "delete"],
    "ReferralApiFunction": ["keep press", "delete"],
    # Of its own rows alone.
    "AlertsFunction": ["keep press"],
    # Of Discord's limits alone.
    "ConfirmerFunction": ["keep press", "delete"],
    "IntegrityFunction": ["keep press", "delete"],
    # Of webhooks' rows alone.
    "WebhooksFunction": ["keep press", "delete"],
}
"""What the emulator grants beside that."""


@pytest.fixture
def things_to_reach(stack: Stack) -> None:
    """What the calls reach for, made by root, so that a refusal can only mean the role."""
    table, bucket = stack.physical("UsherTable"), stack.physical("LedgerBucket")
    stack.cloud.dynamodb.put_item(TableName=table, Item=_KEY)
    for key in ("lines/grants", "erased/guild=1/user=3/asked.json"):
        stack.cloud.s3.put_object(Bucket=bucket, Key=key, Body=b"{}")


def _run(stack: Stack, function: str, names: list[str]) -> dict[str, str]:
    calls = _calls(stack)
    answer = stack.cloud.functions.invoke(
        FunctionName=stack.physical(function),
        Payload=json.dumps({"calls": [calls[name] for name in names]}).encode(),
    )
    codes = json.loads(answer["Payload"].read())
    assert isinstance(codes, list), codes
    return dict(zip(names, codes, strict=True))


@pytest.mark.parametrize("function", GRANTED)
@pytest.mark.usefixtures("things_to_reach")
def test_a_role_grants_what_its_function_needs(stack: Stack, function: str) -> None:
    outcome = _run(stack, function, GRANTED[function])

    assert outcome == dict.fromkeys(GRANTED[function], "ok")


@pytest.mark.parametrize("function", GRANTED)
@pytest.mark.usefixtures("things_to_reach")
def test_a_role_grants_nothing_else(stack: Stack, function: str) -> None:
    known = {*GRANTED[function], *UNJUDGED, *OWN.get(function, ())}
    others = [name for name in _calls(stack) if name not in known]

    outcome = _run(stack, function, others)

    assert {name: code for name, code in outcome.items() if code not in _DENIED} == {}


@pytest.mark.parametrize(
    "function",
    [
        "CommandWorkerFunction",
        "EventWorkerFunction",
        "LogBackupFunction",
        "RollupFunction",
        "IntegrityFunction",
    ],
)
def test_a_missing_ledger_line_is_seen_as_missing(stack: Stack, function: str) -> None:
    assert _run(stack, function, ["get missing line"]) == {"get missing line": "NoSuchKey"}


def test_the_worker_may_give_messages_back(stack: Stack) -> None:
    outcome = _run(stack, "EventWorkerFunction", ["give back event"])

    assert outcome == {"give back event": "ReceiptHandleIsInvalid"}
