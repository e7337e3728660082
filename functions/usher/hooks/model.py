"""Webhook endpoints, their health, and deliveries (SPEC 5.10)."""

from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from usher.contracts.hook_event import HookEvent, HookType
from usher.frozen import frozen
from usher.ids import GuildId

EndpointId = NewType("EndpointId", str)

MOST_ENDPOINTS: Final = 10
"""Endpoints of a guild."""
DESCRIPTION: Final = 100


@frozen
class Endpoint:
    """Where a guild has its events sent, as its admins want it."""

    id: EndpointId
    guild_id: GuildId
    url: str
    types: frozenset[HookType]
    secret: str
    """`whsec_` and base64 (Standard Webhooks); shown once, signed with ever after."""
    created_at: datetime
    updated_at: datetime
    created_by: str
    description: str = ""
    active: bool = True
    """False while its admins have switched it off."""
    old_secret: str = ""
    """The secret before, signed with as well until `old_until`."""
    old_until: datetime | None = None
    made_by: str = ""
    """What made it, for example an interaction's id: the same again makes no other."""
    version: int = 1


class Ending(StrEnum):
    """Why nothing more is sent to an endpoint."""

    FAILING = "failing"
    """It has taken nothing for days."""
    GONE = "gone"
    """It answered 410."""


@frozen
class Health:
    """How an endpoint has answered lately, as the webhooks function sees it."""

    failures: int = 0
    """Attempts that failed since the last that did not."""
    silences: int = 0
    """Of these, how many in a row got no answer at all."""
    failing_since: datetime | None = None
    resting_until: datetime | None = None
    """Nothing is tried until then: whoever gives no answer must not hold others up."""
    ended_at: datetime | None = None
    ending: Ending | None = None
    told: bool = False
    """Whether the admins were told that it ended."""


class State(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Every attempt failed."""
    HELD = "held"
    """Its endpoint took nothing any more; a replay sends it."""


@frozen
class Attempt:
    """One try, and what came back."""

    at: datetime
    milliseconds: int
    status: int | None = None
    """HTTP status; None where no answer came."""
    error: str = ""
    """Why none came, for example `timeout`."""
    body: str = ""
    """The beginning of the answer."""


@frozen
class Delivery:
    """One event for one endpoint."""

    endpoint_id: EndpointId
    event: HookEvent
    state: State
    due_at: datetime | None = None
    """Until when somebody must have tried; names the try that is awaited. None for none."""
    tries: int = 0
    """Since it was first sent, or replayed last."""
    attempts: tuple[Attempt, ...] = ()
    run: str = ""
    """Which replay asked for it last."""
