"""Batches of SQS messages as Lambda gives them, and what it is told of them."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict


class Record(TypedDict):
    """One message as Lambda gives it."""

    messageId: str
    body: str
    receiptHandle: NotRequired[str]
    attributes: NotRequired[Mapping[str, str]]
    messageAttributes: NotRequired[Mapping[str, Mapping[str, Any]]]


class Failure(TypedDict):
    """One message to be tried again."""

    itemIdentifier: str


class Answer(TypedDict):
    """What Lambda is told (ReportBatchItemFailures)."""

    batchItemFailures: list[Failure]
