"""Sending events and orders to the webhooks function without the SDK."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from usher.contracts.hook_event import HookEvent, encode_events
from usher.contracts.hook_order import HookOrder, encode_order
from usher.ids import GuildId
from usher.platform.cache import Cache
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.platform.sqs_sender import SqsSender

TOGETHER: Final = 10
"""Messages of one request (SQS)."""


@dataclass(frozen=True, slots=True)
class OrderSender:
    """Implements Orders. Raises AwsError when not all were taken."""

    client: Caller
    queue_url: str

    def order(self, orders: Sequence[HookOrder], delay: int = 0) -> None:
        """Hand orders over one by one: a batch may be taken in part."""
        sender = SqsSender(self.client, self.queue_url)
        for one in orders:
            sender.send(encode_order(one), delay)


@dataclass(frozen=True, slots=True)
class EventSender:
    """Implements Hooks. Whether a guild has webhooks is remembered for some seconds."""

    client: Caller
    queue_url: str
    reads: DynamoReads
    known: Cache[str, bool]

    def wanted(self, guild_id: GuildId) -> bool:
        """Whether the guild has webhooks."""
        return self.known.get(guild_id, "webhooks", lambda: self._wanted(guild_id))

    def emit(self, events: Sequence[HookEvent]) -> None:
        """Hand events over where they are wanted, as many to a message as fit."""
        sender = SqsSender(self.client, self.queue_url)
        for body in encode_events([one for one in events if self.wanted(one.guild_id)]):
            sender.send(body)

    def _wanted(self, guild_id: GuildId) -> bool:
        row = self.reads.get((f"G#{guild_id}", "S#guild#webhooks"))
        return row is not None and row.get("value") == "on"
