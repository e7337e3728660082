"""Facts that webhooks tell of, as they come to the webhooks function (SPEC 5.10).

Whoever has written a fact hands its event over afterwards, and again whenever the same work is
done again: an event's id follows from the fact, so that told twice it is one to who receives it.
Events carry ids and numbers, never a name.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final, Protocol

from usher.contracts.errors import ContractError
from usher.contracts.wire import Fields, as_fields, read_list, read_snowflake, read_text, read_time
from usher.frozen import frozen
from usher.ids import GuildId
from usher.times import format_time

HOOKS_VERSION: Final = 1
EVENTS: Final = "events"
MOST_BYTES: Final = 200_000
"""Of one message's body; SQS takes 1 MiB, and a batch of Lambda's 6 MB in all."""
MOST_EVENTS: Final = 50
"""Of one message: each is a write and a message for every endpoint."""

type Data = Mapping[str, object]
"""What an event tells, as JSON."""


class HookType(StrEnum):
    """What a webhook can tell."""

    LINK_CREATED = "link.created"
    CLICK_RECORDED = "click.recorded"
    JOIN_RECORDED = "join.recorded"
    JOIN_ATTRIBUTED = "join.attributed"
    ATTRIBUTION_REVISED = "join.attribution_revised"
    MEMBER_QUALIFIED = "member.qualified"
    CONVERSION_RECORDED = "conversion.recorded"
    CONVERSION_WITHDRAWN = "conversion.withdrawn"
    CREDIT_GRANTED = "credit.granted"
    CREDIT_REVERSED = "credit.reversed"
    MEMBER_LEFT = "member.left"
    TEST = "webhook.test"
    """Sent on request, to one endpoint; nobody subscribes to it."""


SUBSCRIBED: Final = tuple(one for one in HookType if one is not HookType.TEST)
"""What an endpoint can choose from."""


@frozen
class HookEvent:
    """One fact."""

    id: str
    """The `webhook-id` of every delivery of it; `hook_id` makes it."""
    type: HookType
    guild_id: GuildId
    at: datetime
    """When it happened."""
    data: Data


class Hooks(Protocol):
    """Takes events for the guilds that have webhooks. Methods may raise an error of its store."""

    def wanted(self, guild_id: GuildId) -> bool:
        """Whether the guild has webhooks; events of others come to nothing."""
        ...

    def emit(self, events: Sequence[HookEvent]) -> None:
        """Hand events over where they are wanted; raises when not all were taken."""
        ...


def hook_id(kind: HookType, guild_id: GuildId, *what: str) -> str:
    """Name an event by its fact: the same fact always has the same name."""
    told = "|".join((kind.value, guild_id, *what))
    return f"evt_{sha256(told.encode()).hexdigest()[:32]}"


def encode_events(events: Sequence[HookEvent]) -> Iterator[str]:
    """Write events as the bodies of as few messages as hold them."""
    some: list[str] = []
    for event in events:
        written = json.dumps(_write(event), separators=(",", ":"))
        full = len(some) == MOST_EVENTS or sum(map(len, some)) + len(written) > MOST_BYTES
        if some and full:
            yield _body(some)
            some = []
        some.append(written)
    if some:
        yield _body(some)


def read_events(fields: Fields) -> tuple[HookEvent, ...]:
    """Read what `encode_events` wrote, parsed already; raises ContractError."""
    return tuple(read_event(as_fields(one, "event")) for one in read_list(fields, "events"))


def write_event(event: HookEvent) -> str:
    """Write one event as JSON."""
    return json.dumps(_write(event), separators=(",", ":"))


def read_event(fields: Fields) -> HookEvent:
    """Read one event; raises ContractError."""
    try:
        kind = HookType(read_text(fields, "type"))
    except ValueError as error:
        raise ContractError("type of an event") from error
    return HookEvent(
        id=read_text(fields, "id"),
        type=kind,
        guild_id=GuildId(read_snowflake(fields, "guild_id")),
        at=read_time(fields, "at"),
        data=as_fields(fields.get("data"), "data"),
    )


def _write(event: HookEvent) -> dict[str, object]:
    return {
        "id": event.id,
        "type": event.type.value,
        "guild_id": event.guild_id,
        "at": format_time(event.at),
        "data": event.data,
    }


def _body(written: Sequence[str]) -> str:
    return f'{{"v":{HOOKS_VERSION},"t":"{EVENTS}","events":[{",".join(written)}]}}'
