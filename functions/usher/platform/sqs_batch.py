"""Batches of SQS messages as Lambda gives them, and what it is told of them."""

from typing import TypedDict


class Record(TypedDict):
    """One message as Lambda gives it."""

    messageId: str
    body: str


class Failure(TypedDict):
    """One message to be tried again."""

    itemIdentifier: str


class Answer(TypedDict):
    """What Lambda is told (ReportBatchItemFailures)."""

    batchItemFailures: list[Failure]
