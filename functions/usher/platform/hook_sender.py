"""Sending events and orders to the webhooks function without the SDK."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from usher.contracts.hook_event import HookEvent, encode_events
from usher.contracts.hook_order import HookOrder, TellKept, encode_order
from usher.ids import GuildId
from usher.platform.cache import Cache
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.platform.message_sender import SqsSender
from usher.platform.signed_http import AwsError


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

    def tell(self, events: Sequence[HookEvent]) -> None:
        """Hand events over, wanted or not."""
        sender = SqsSender(self.client, self.queue_url)
        for body in encode_events(events):
            sender.send(body)


@dataclass(frozen=True, slots=True)
class EventSender:
    """Implements Hooks and KeptHooks; remembers for some seconds whether a guild has webhooks."""

    client: Caller
    queue_url: str
    reads: DynamoReads
    known: Cache[str, bool]

    def wanted(self, guild_id: GuildId) -> bool:
        """Whether the guild has webhooks."""
        return self.known.get(guild_id, "webhooks", lambda: self._wanted(guild_id))

    def emit(self, events: Sequence[HookEvent]) -> None:
        """Hand events over where they are wanted, as many to a message as fit."""
        self._orders.tell([one for one in events if self.wanted(one.guild_id)])

    def hand_over(self, event: HookEvent) -> None:
        """Say that an event was written with its fact. If that fails, the clock says it later."""
        with suppress(AwsError):
            self._orders.order([TellKept(event.guild_id, event.id)])

    @property
    def _orders(self) -> OrderSender:
        return OrderSender(self.client, self.queue_url)

    def _wanted(self, guild_id: GuildId) -> bool:
        row = self.reads.get((f"G#{guild_id}", "S#guild#webhooks"))
        return row is not None and row.get("value") == "on"
