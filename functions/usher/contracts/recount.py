"""A step of a recount: a part of a guild's members, to be judged by the rules now in force.

The step itself says how far the recount has come, since judging somebody again is harmless: one
that is lost ends the recount early, one that comes twice changes nothing.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from usher.contracts.errors import ContractError
from usher.contracts.wire import (
    Fields,
    read_count,
    read_flag,
    read_snowflake,
    read_text,
    read_time,
    unless_none,
    wrong,
)
from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.times import format_time

RECOUNT_VERSION: Final = 1
RECOUNT: Final = "recount"
"""Tells steps from the queue's other messages."""


@frozen
class RecountStep:
    """What is to be done next."""

    guild_id: GuildId
    run: str
    """Names one run: the id of the interaction that asked for it."""
    by: UserId
    rules: str
    """Which rules were in force when it was asked for: by others nobody is judged."""
    due_at: datetime
    after: UserId | None = None
    """The last member looked at, in the order of the table; None to begin."""
    looked: int = 0
    """Members looked at so far."""
    sent: int = 0
    """Members sent to be judged again so far."""
    awaited: str | None = None
    """Observation that must have been applied before this step is done."""
    last: bool = False
    """Nobody is left to be looked at."""
    token: str | None = None
    """The interaction's, for showing progress; never logged."""
    token_until: datetime | None = None
    postponed: int = 0
    """How often this step was put off."""


def encode_recount(step: RecountStep) -> str:
    """Write a step as the body of a message: compact JSON, ASCII only."""
    fields = {
        "v": RECOUNT_VERSION,
        "t": RECOUNT,
        "guild_id": step.guild_id,
        "run": step.run,
        "by": step.by,
        "rules": step.rules,
        "due_at": format_time(step.due_at),
        "after": step.after,
        "looked": step.looked,
        "sent": step.sent,
        "awaited": step.awaited,
        "last": step.last,
        "token": step.token,
        "token_until": None if step.token_until is None else format_time(step.token_until),
        "postponed": step.postponed,
    }
    return json.dumps(fields, separators=(",", ":"))


def read_recount(fields: Fields | Mapping[str, object]) -> RecountStep:
    """Read what `encode_recount` wrote, parsed already; raises ContractError."""
    if fields.get("v") != RECOUNT_VERSION or fields["v"] is True:
        raise ContractError("not a recount step of a known version")
    after = unless_none(fields, "after", read_snowflake)
    return RecountStep(
        guild_id=GuildId(read_snowflake(fields, "guild_id")),
        run=read_text(fields, "run") or wrong("run"),
        by=UserId(read_snowflake(fields, "by")),
        rules=read_text(fields, "rules"),
        due_at=read_time(fields, "due_at"),
        after=None if after is None else UserId(after),
        looked=read_count(fields, "looked"),
        sent=read_count(fields, "sent"),
        awaited=unless_none(fields, "awaited", read_text),
        last=read_flag(fields, "last"),
        token=unless_none(fields, "token", read_text),
        token_until=unless_none(fields, "token_until", read_time),
        postponed=read_count(fields, "postponed"),
    )
