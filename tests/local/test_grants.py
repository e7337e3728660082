"""Each function runs as its own template role: it is granted what it needs and nothing else."""

from __future__ import annotations

import json

import pytest

from tests.local.grant_calls import KEY, calls_of
from tests.local.stacks import Stack

_DENIED = {"AccessDenied", "AccessDeniedException"}
_OF_GUILDS = ["get of a guild", "batch get of a guild", "query of a guild"]
_READS = [*_OF_GUILDS, "query board of a guild", "get", "batch get", "query", "query board"]

GRANTED = {
    "InteractionsFunction": [*_READS, "send command", "send effect", "keep press"],
    "CommandWorkerFunction": [
        *_READS,
        "list ledger",
        "get line",
        "put export",
        "ask for erasure",
        "read erasure",
        "update of a guild",
        "keep press",
        "send event",
        "send effect",
        "send confirmation",
        "send hook",
        "read token",
    ],
    "EventWorkerFunction": [
        *_OF_GUILDS,
        "get",
        "batch get",
        "query",
        "put",
        "keep press",
        "update",
        "update of a guild",
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
    "EffectsFunction": [
        *_READS,
        "update of a guild",
        "keep press",
        "send effect",
        "send hook",
        "read token",
    ],
    "ConfirmerFunction": [
        *_OF_GUILDS,
        "get",
        "query",
        "batch get",
        "update",
        "update of a guild",
        "send confirmation",
        "send event",
        "read token",
    ],
    "SweeperFunction": ["query due", "send event", "send effect", "send hook"],
    "LogBackupFunction": [
        "get of a guild",
        "batch get of a guild",
        "get",
        "batch get",
        "scan",
        "update",
        "update of a guild",
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
        *_OF_GUILDS,
        "query board of a guild",
        "send event",
        "send effect",
        "send hook",
        "read token",
    ],
    "WebhooksFunction": ["get of a guild", "send effect", "send hook"],
    "AlertsFunction": ["receive alarm", "read figures", "read alerts webhook"],
    "RollupFunction": [
        "batch get of a guild",
        "query of a guild",
        "query board of a guild",
        "batch get",
        "query",
        "query board",
        "update",
        "update of a guild",
        "get line",
        "list ledger",
    ],
    "IntegrityFunction": [
        *_READS,
        "query due",
        "update",
        "update of a guild",
        "get line",
        "list ledger",
        "send event",
        "send effect",
        "send confirmation",
        "read token",
    ],
}

OWN = {
    "EventWorkerFunction": ["give back event", "get missing line"],
    "CommandWorkerFunction": ["get missing line"],
    "LogBackupFunction": ["get missing line"],
    "RollupFunction": ["get missing line"],
    "IntegrityFunction": ["get missing line"],
}
"""What is granted beside that, and does not succeed."""


@pytest.fixture
def things_to_reach(stack: Stack) -> None:
    """What the calls reach for, made by root, so that a refusal can only mean the role."""
    table, bucket = stack.physical("UsherTable"), stack.physical("LedgerBucket")
    stack.cloud.dynamodb.put_item(TableName=table, Item=KEY)
    for key in ("lines/grants", "erased/guild=1/user=3/asked.json"):
        stack.cloud.s3.put_object(Bucket=bucket, Key=key, Body=b"{}")


def _run(stack: Stack, function: str, names: list[str]) -> dict[str, str]:
    calls = calls_of(stack)
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
    known = {*GRANTED[function], *OWN.get(function, ())}
    others = [name for name in calls_of(stack) if name not in known]

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
