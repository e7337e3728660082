"""The webhooks room in memory: its table, its queue, an endpoint that answers as told."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from usher.contracts.effect import Effect
from usher.contracts.hook_event import HookEvent, read_event, write_event
from usher.contracts.hook_order import HookOrder, decode_hook, encode_order
from usher.hooks.model import Attempt, Delivery, Endpoint, EndpointId, Health
from usher.hooks.ports import Answered, StaleError, TakenError
from usher.hooks.rules import delivery_key
from usher.ids import ChannelId, GuildId

ADMINS = ChannelId("88")


@dataclass
class FakeHookTable:
    """Implements EndpointTable, DeliveryTable and KeptEvents."""

    held: dict[tuple[GuildId, EndpointId], Endpoint] = field(default_factory=dict)
    healths: dict[tuple[GuildId, EndpointId], Health] = field(default_factory=dict)
    log: dict[tuple[GuildId, EndpointId, str], Delivery] = field(default_factory=dict)
    waiting: dict[tuple[GuildId, str], HookEvent] = field(default_factory=dict)

    def endpoints(self, guild_id: GuildId) -> tuple[tuple[Endpoint, Health], ...]:
        mine = [one for (guild, _), one in self.held.items() if guild == guild_id]
        ordered = sorted(mine, key=lambda one: (one.created_at, one.id))
        return tuple((one, self.healths.get((guild_id, one.id), Health())) for one in ordered)

    def endpoint(
        self, guild_id: GuildId, endpoint_id: EndpointId
    ) -> tuple[Endpoint, Health] | None:
        found = self.held.get((guild_id, endpoint_id))
        if found is None:
            return None
        return found, self.healths.get((guild_id, endpoint_id), Health())

    def add_endpoint(self, endpoint: Endpoint) -> None:
        before = self.held.get((endpoint.guild_id, endpoint.id))
        if before is not None and before.made_by != endpoint.made_by:
            raise TakenError
        self.held[endpoint.guild_id, endpoint.id] = endpoint

    def change_endpoint(self, endpoint: Endpoint) -> None:
        before = self.held.get((endpoint.guild_id, endpoint.id))
        if before is None or before.version != endpoint.version - 1:
            raise StaleError
        self.held[endpoint.guild_id, endpoint.id] = endpoint

    def forget_endpoint(self, guild_id: GuildId, endpoint_id: EndpointId) -> None:
        self.held.pop((guild_id, endpoint_id), None)
        self.healths.pop((guild_id, endpoint_id), None)

    def keep_health(self, endpoint: Endpoint, before: Health, health: Health) -> None:
        key = endpoint.guild_id, endpoint.id
        now = self.healths.get(key, Health())
        if now != before:
            raise StaleError
        self.healths[key] = health

    def heal(self, guild_id: GuildId, endpoint_id: EndpointId) -> None:
        self.healths.pop((guild_id, endpoint_id), None)

    def delivery(self, guild_id: GuildId, endpoint_id: EndpointId, key: str) -> Delivery | None:
        return self.log.get((guild_id, endpoint_id, key))

    def add_delivery(self, delivery: Delivery) -> None:
        key = _key(delivery)
        if key in self.log:
            raise TakenError
        self.log[key] = _stored(delivery)

    def change_delivery(self, delivery: Delivery, before: Delivery) -> None:
        there = self.log.get(_key(delivery))
        if there is None or there.due_at != before.due_at:
            raise StaleError
        self.log[_key(delivery)] = _stored(delivery)

    def deliveries(
        self, guild_id: GuildId, endpoint_id: EndpointId, first: str, last: str, limit: int
    ) -> tuple[Delivery, ...]:
        found = [one for key, one in self._of(guild_id, endpoint_id) if first < key <= last]
        return tuple(found[:limit])

    def latest(
        self, guild_id: GuildId, endpoint_id: EndpointId, before: str, limit: int
    ) -> tuple[Delivery, ...]:
        found = [one for key, one in self._of(guild_id, endpoint_id) if key < before]
        return tuple(found[::-1][:limit])

    def kept(self, guild_id: GuildId, event_id: str) -> HookEvent | None:
        return self.waiting.get((guild_id, event_id))

    def drop(self, guild_id: GuildId, event_id: str) -> None:
        self.waiting.pop((guild_id, event_id), None)

    def _of(self, guild_id: GuildId, endpoint_id: EndpointId) -> Iterable[tuple[str, Delivery]]:
        mine = [
            (key[2], one) for key, one in self.log.items() if key[:2] == (guild_id, endpoint_id)
        ]
        return sorted(mine, key=lambda pair: pair[0])


@dataclass
class FakeHookQueue:
    """Implements Orders and the desk's Queue, as messages."""

    orders: list[tuple[HookOrder, int]] = field(default_factory=list)
    told: list[HookEvent] = field(default_factory=list)

    def order(self, orders: Sequence[HookOrder], delay: int = 0) -> None:
        for one in orders:
            read = decode_hook(encode_order(one))
            assert not isinstance(read, tuple)
            self.orders.append((read, delay))

    def tell(self, events: Sequence[HookEvent]) -> None:
        self.told += events


@dataclass
class FakeReceiver:
    """Implements Post: answers with a status, or not at all."""

    answers: dict[str, int | None] = field(default_factory=dict)
    """By address; None for no answer."""
    headers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Answered:
        self.taken.append((url, headers, body))
        status = self.answers.get(url, 200)
        error = "timeout" if status is None else ""
        return Answered(Attempt(now, 7, status, error, "said"), self.headers)


@dataclass
class FakeAdmins:
    """Implements Admins and the room's Effects."""

    channel_id: ChannelId | None = ADMINS
    sent: list[Effect] = field(default_factory=list)

    def channel(self, guild_id: GuildId) -> ChannelId | None:
        return self.channel_id

    def send(self, effects: Sequence[Effect]) -> None:
        self.sent += effects


def _key(delivery: Delivery) -> tuple[GuildId, EndpointId, str]:
    return delivery.event.guild_id, delivery.endpoint_id, delivery_key(delivery.event)


def _stored(delivery: Delivery) -> Delivery:
    return replace(delivery, event=read_event(json.loads(write_event(delivery.event))))
