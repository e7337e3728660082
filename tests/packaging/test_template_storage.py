"""Queues, table and ledger in the template: nothing is lost, open or readable on the way."""

from __future__ import annotations

import pytest

from tests.packaging.templates import FUNCTIONS, QUEUES, TEMPLATE, Json
from usher.attribution.rows import KEEP_EVENT
from usher.backup.rules import Kind, prefix
from usher.ledger.delivery import LINK_LIFE

RESOURCES = TEMPLATE["Resources"]
FOURTEEN_DAYS = 14 * 24 * 60 * 60


def _sources() -> dict[str, Json]:
    return {name: queue for name, queue in QUEUES.items() if "RedrivePolicy" in queue}


def test_every_source_queue_has_a_dead_letter_queue_of_its_own() -> None:
    targets = {
        name: queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for name, queue in _sources().items()
    }

    assert targets == {
        "EventsQueue": "EventsDeadLetterQueue",
        "CommandsQueue": "CommandsDeadLetterQueue",
        "EffectsQueue": "EffectsDeadLetterQueue",
        "ConfirmationsQueue": "ConfirmationsDeadLetterQueue",
        "HooksQueue": "HooksDeadLetterQueue",
        "AlertsQueue": "AlertsDeadLetterQueue",
    }
    for source, target in targets.items():
        # SQS: the dead-letter queue of a FIFO queue must be FIFO, of a standard queue standard.
        assert QUEUES[source].get("FifoQueue") == QUEUES[target].get("FifoQueue")
        assert QUEUES[target]["MessageRetentionPeriod"] == FOURTEEN_DAYS


def test_a_repetition_is_recognised_for_longer_than_any_queue_keeps_it() -> None:
    # AWS: for FIFO queues the age begins anew when a message is moved to its dead-letter queue
    # (SQS developer guide, dead-letter queues and message retention periods).
    queues = (QUEUES["EventsQueue"], QUEUES["EventsDeadLetterQueue"])
    longest = sum(queue["MessageRetentionPeriod"] for queue in queues)

    assert longest < KEEP_EVENT.total_seconds()


def test_every_queue_is_encrypted() -> None:
    assert all(queue["SqsManagedSseEnabled"] is True for queue in QUEUES.values())


def test_a_message_stays_hidden_six_timeouts_of_its_function() -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    for function in FUNCTIONS.values():
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                queue = QUEUES[event["Properties"]["Queue"]["Fn::GetAtt"][0]]
                assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_every_consumer_reports_its_failures_one_by_one() -> None:
    sources = [
        event["Properties"]
        for function in FUNCTIONS.values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]

    assert len(sources) == len(_sources())
    assert all(s["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for s in sources)


def test_observations_keep_their_order_and_their_receives() -> None:
    events = QUEUES["EventsQueue"]

    assert events["FifoQueue"] is True
    assert events["ContentBasedDeduplication"] is False
    assert events["DeduplicationScope"] == "messageGroup"
    assert events["FifoThroughputLimit"] == "perMessageGroupId"
    # Followers of a poison message use up receives that are not theirs (research: FIFO batches).
    assert events["RedrivePolicy"]["maxReceiveCount"] >= 10


@pytest.mark.parametrize("function", ["EffectsFunction", "ConfirmerFunction"])
def test_calls_to_discord_are_few_at_a_time(function: str) -> None:
    (event,) = FUNCTIONS[function]["Events"].values()

    assert 2 <= event["Properties"]["ScalingConfig"]["MaximumConcurrency"] <= 5


@pytest.mark.parametrize("logical_id", ["UsherTable", "LedgerBucket", "LedgerBucketPolicy"])
def test_what_is_kept_outlives_the_stack(logical_id: str) -> None:
    assert RESOURCES[logical_id]["DeletionPolicy"] == "Retain"
    assert RESOURCES[logical_id]["UpdateReplacePolicy"] == "Retain"


def test_the_due_index_is_sparse_and_holds_keys_alone() -> None:
    indexes = RESOURCES["UsherTable"]["Properties"]["GlobalSecondaryIndexes"]
    (due,) = [index for index in indexes if index["IndexName"] == "due"]

    assert [key["AttributeName"] for key in due["KeySchema"]] == ["due", "due_at"]
    assert due["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_what_is_due_is_swept_every_minute_and_tried_again_by_the_next_sweep() -> None:
    sweeper = FUNCTIONS["SweeperFunction"]
    (schedule,) = sweeper["Events"].values()

    assert schedule["Properties"]["Schedule"] == "rate(1 minute)"
    assert sweeper["Timeout"] < 60
    assert sweeper["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


def test_the_table_can_be_recovered_and_not_be_dropped() -> None:
    table = RESOURCES["UsherTable"]["Properties"]

    assert table["DeletionProtectionEnabled"] is True
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_ledger_is_private_versioned_and_lockable() -> None:
    bucket = RESOURCES["LedgerBucket"]["Properties"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["ObjectLockEnabled"] is True
    assert "ObjectLockConfiguration" not in bucket  # no default: names must stay erasable
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]


def test_what_was_erased_ends_and_proof_does_not() -> None:
    rules = {
        rule.get("Prefix", ""): rule
        for rule in RESOURCES["LedgerBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    }

    for folder in ("names/", "csv/"):
        assert "ExpirationInDays" not in rules[folder]
        assert rules[folder]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}
    assert rules["parked/"]["ExpirationInDays"] == 90
    assert rules["parked/"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    for folder in ("lines/", "closed/", "chain/", "erased/", ""):
        ended = {name for name in rules.get(folder, {}) if "Expiration" in name}
        assert ended == set()


def test_exports_end_with_the_day_after_their_links() -> None:
    rules = {
        rule.get("Prefix", ""): rule
        for rule in RESOURCES["LedgerBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    }

    assert rules["exports/"]["ExpirationInDays"] == 1 >= LINK_LIFE.days
    assert rules["exports/"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_every_kind_of_backup_outlives_several_of_its_periods() -> None:
    rules = {
        rule.get("Prefix", ""): rule
        for rule in RESOURCES["LedgerBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    }

    days = {Kind.DAILY: 1, Kind.SETTINGS: 7, Kind.MONTHLY: 31}
    for kind in Kind:
        assert rules[prefix(kind)]["ExpirationInDays"] >= 10 * days[kind]


def test_the_ledger_is_reached_over_tls_only() -> None:
    (statement,) = RESOURCES["LedgerBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        "*",
        "s3:*",
    )
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(statement["Resource"]) == 2
