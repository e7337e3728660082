"""The queues through boto3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from usher.contracts.backfill import BackfillStep, encode_step
from usher.contracts.confirmation import ConfirmationRequest, encode_confirmation
from usher.contracts.effect import Effect, encode_effect
from usher.contracts.hook_event import HookEvent, encode_events
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import encode, split
from usher.contracts.recount import RecountStep, encode_recount
from usher.ledger.repairs import Repair, encode_repair

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


WAIT_SECONDS: Final = 1
"""How long an empty queue is asked: without waiting SQS asks some of its servers only."""


def sqs_client(region: str) -> SQSClient:
    """Build a client."""
    config = Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4}
    )
    return boto3.client("sqs", region_name=region, config=config)


@dataclass(frozen=True, slots=True)
class EffectsQueue:
    """Implements Effects on a standard queue. May raise botocore's errors."""

    client: SQSClient
    queue_url: str

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over, one by one: they are few, and a batch may be taken in part."""
        for effect in effects:
            self.client.send_message(
                QueueUrl=self.queue_url, MessageBody=encode_effect(effect), DelaySeconds=delay
            )


@dataclass(frozen=True, slots=True)
class HooksQueue:
    """Implements the event worker's Hooks on a standard queue. May raise botocore's errors."""

    client: SQSClient
    queue_url: str

    def send(self, events: Sequence[HookEvent]) -> None:
        """Hand events over, as many to a message as fit."""
        for body in encode_events(events):
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=body)


@dataclass(frozen=True, slots=True)
class ConfirmationsQueue:
    """Implements Confirmations and Requests on a standard queue. May raise botocore's errors.

    One by one, for they are few: a batch may be taken in part.
    """

    client: SQSClient
    queue_url: str

    def send(self, requests: Sequence[tuple[ConfirmationRequest, int]]) -> None:
        """Hand requests over, each with its delay in seconds."""
        for request, delay in requests:
            self.client.send_message(
                QueueUrl=self.queue_url,
                MessageBody=encode_confirmation(request),
                DelaySeconds=delay,
            )


@dataclass(frozen=True, slots=True)
class BackfillQueue:
    """Implements Steps on the confirmations queue. May raise botocore's errors."""

    client: SQSClient
    queue_url: str

    def send(self, step: BackfillStep, delay: int) -> None:
        """Hand a step over with its delay in seconds."""
        self.client.send_message(
            QueueUrl=self.queue_url, MessageBody=encode_step(step), DelaySeconds=delay
        )


@dataclass(frozen=True, slots=True)
class RecountQueue:
    """Implements the recount's Steps on the confirmations queue. May raise botocore's errors."""

    client: SQSClient
    queue_url: str

    def send(self, step: RecountStep, delay: int) -> None:
        """Hand a step over with its delay in seconds."""
        self.client.send_message(
            QueueUrl=self.queue_url, MessageBody=encode_recount(step), DelaySeconds=delay
        )


@dataclass(frozen=True, slots=True)
class EventsQueue:
    """Observations in `events.fifo`, in order for a guild. May raise botocore's errors."""

    client: SQSClient
    queue_url: str

    def send(self, observation: Observation) -> None:
        """Hand an observation over, cut to fit messages; equal ids are taken once (SQS)."""
        for part in split(observation):
            self.client.send_message(
                QueueUrl=self.queue_url,
                MessageBody=encode(part),
                MessageGroupId=part.guild_id,
                MessageDeduplicationId=part.id,
            )

    def give_back(self, receipt_handles: Sequence[str]) -> None:
        """Make messages visible at once, one by one: they are few."""
        for handle in receipt_handles:
            self.client.change_message_visibility(
                QueueUrl=self.queue_url, ReceiptHandle=handle, VisibilityTimeout=0
            )


@dataclass(frozen=True, slots=True)
class RepairsQueue:
    """Implements Repairs on a standard queue. May raise botocore's errors."""

    client: SQSClient
    queue_url: str
    asked: Callable[[int], None]
    """Told of how many repairs were asked for."""

    def ask(self, repairs: Sequence[Repair]) -> None:
        """Hand over objects to be written later."""
        for repair in repairs:
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=encode_repair(repair))
        self.asked(len(repairs))

    def waiting(self) -> Iterator[WaitingRepair]:
        """Receive until the queue is empty, each message once."""
        while messages := self.client.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_SECONDS
        ).get("Messages"):
            for message in messages:
                yield WaitingRepair(self, message["Body"], message["ReceiptHandle"])


@dataclass(frozen=True, slots=True)
class WaitingRepair:
    """Implements the ledger's Waiting."""

    queue: RepairsQueue
    body: str
    receipt: str

    def done(self) -> None:
        """Take it out of the queue."""
        self.queue.client.delete_message(QueueUrl=self.queue.queue_url, ReceiptHandle=self.receipt)
