"""A request to ask Discord how members joined: what waits in the confirmations queue.

A request carries everything that the next attempt needs, so that nothing but the queue remembers
it. Asking twice is harmless.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.contracts.errors import ContractError
from usher.contracts.wire import (
    as_fields,
    read_count,
    read_list,
    read_snowflake,
    read_text,
    read_time,
    wrong,
)
from usher.ids import GuildId, UserId
from usher.times import format_time

CONFIRMATION_VERSION: Final = 1
MOST_JOINS: Final = 100
"""Joins of one request."""


@dataclass(frozen=True, slots=True)
class ConfirmationRequest:
    """Memberships of one guild to be looked up in Discord's own record."""

    guild_id: GuildId
    guild_name: str
    """As the observation that recorded the joins had it; observations carry it on."""
    joins: tuple[tuple[UserId, datetime], ...]
    """Who joined when, 1 to `MOST_JOINS` of them."""
    attempt: int
    """1 for the first."""
    asked_from: datetime
    """When the joins were observed: the schedule counts from here."""
    due_at: datetime
    """Nothing is asked before. A queue delays 15 minutes at most, so longer waits are chained."""
    postponed: int = 0
    """How often this attempt was put off without an answer."""


def encode_confirmation(request: ConfirmationRequest) -> str:
    """Write a request as the body of a message: compact JSON, ASCII only."""
    fields = {
        "v": CONFIRMATION_VERSION,
        "guild_id": request.guild_id,
        "guild_name": request.guild_name,
        "attempt": request.attempt,
        "asked_from": format_time(request.asked_from),
        "due_at": format_time(request.due_at),
        "postponed": request.postponed,
        "joins": [[user_id, format_time(joined_at)] for user_id, joined_at in request.joins],
    }
    return json.dumps(fields, separators=(",", ":"))


def decode_confirmation(body: str) -> ConfirmationRequest:
    """Read the body of a message; raises ContractError, and nothing else, for any other text."""
    try:
        fields = as_fields(json.loads(body), "confirmation request")
    except (ValueError, RecursionError) as error:
        raise ContractError("not JSON") from error
    if fields.get("v") != CONFIRMATION_VERSION or fields["v"] is True:
        raise ContractError("not a confirmation request of a known version")
    joins = tuple(_read_join(item) for item in read_list(fields, "joins"))
    return ConfirmationRequest(
        guild_id=GuildId(read_snowflake(fields, "guild_id")),
        guild_name=read_text(fields, "guild_name"),
        joins=joins if 0 < len(joins) <= MOST_JOINS else wrong("joins"),
        attempt=read_count(fields, "attempt") or wrong("attempt"),
        asked_from=read_time(fields, "asked_from"),
        due_at=read_time(fields, "due_at"),
        postponed=read_count(fields, "postponed"),
    )


def _read_join(item: object) -> tuple[UserId, datetime]:
    if not isinstance(item, list) or len(item) != 2:
        raise ContractError("join")
    fields = {"user_id": item[0], "joined_at": item[1]}
    return UserId(read_snowflake(fields, "user_id")), read_time(fields, "joined_at")
