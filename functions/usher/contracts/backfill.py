"""A step of a backfill: a page of Discord's record of members, waiting in the confirmations queue.

The guild's row says how far its backfill has come; a step only drives it on. So a step may be lost,
repeated or late: the row decides what is still to be done.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.contracts.confirmation import ConfirmationRequest, decode_confirmation
from usher.contracts.errors import ContractError
from usher.contracts.recount import RECOUNT, RecountStep, read_recount
from usher.contracts.wire import (
    as_fields,
    read_count,
    read_snowflake,
    read_text,
    read_time,
    unless_none,
    wrong,
)
from usher.ids import GuildId, UserId
from usher.times import format_time

BACKFILL_VERSION: Final = 1
BACKFILL: Final = "backfill"
"""Tells steps from the queue's other messages."""


@dataclass(frozen=True, slots=True)
class BackfillStep:
    """What is to be done next for a guild's backfill, or for one member."""

    guild_id: GuildId
    run: str
    """Names one run: the id of the interaction that asked for it, or `install`."""
    due_at: datetime
    """Nothing is done before. A queue delays 15 minutes at most, so longer waits are chained."""
    page: int | None = None
    """Which page, from 0; None begins the run."""
    user_id: UserId | None = None
    """Only this member."""
    started_by: UserId | None = None
    """Who asked; None at install."""
    most: int | None = None
    """Pause after so many members; None for no limit."""
    token: str | None = None
    """The interaction's, for showing progress; never logged."""
    token_until: datetime | None = None
    postponed: int = 0
    """How often this page was put off."""


def encode_step(step: BackfillStep) -> str:
    """Write a step as the body of a message: compact JSON, ASCII only."""
    fields = {
        "v": BACKFILL_VERSION,
        "t": BACKFILL,
        "guild_id": step.guild_id,
        "run": step.run,
        "due_at": format_time(step.due_at),
        "page": step.page,
        "user_id": step.user_id,
        "started_by": step.started_by,
        "most": step.most,
        "token": step.token,
        "token_until": None if step.token_until is None else format_time(step.token_until),
        "postponed": step.postponed,
    }
    return json.dumps(fields, separators=(",", ":"))


def decode_request(body: str) -> ConfirmationRequest | BackfillStep | RecountStep:
    """Read any message of the confirmations queue; raises ContractError, and nothing else."""
    try:
        fields = as_fields(json.loads(body), "request")
    except (ValueError, RecursionError) as error:
        raise ContractError("not JSON") from error
    if fields.get("t") == RECOUNT:
        return read_recount(fields)
    if fields.get("t") != BACKFILL:
        return decode_confirmation(body)
    if fields.get("v") != BACKFILL_VERSION or fields["v"] is True:
        raise ContractError("not a backfill step of a known version")
    user_id = unless_none(fields, "user_id", read_snowflake)
    started_by = unless_none(fields, "started_by", read_snowflake)
    return BackfillStep(
        guild_id=GuildId(read_snowflake(fields, "guild_id")),
        run=read_text(fields, "run") or wrong("run"),
        due_at=read_time(fields, "due_at"),
        page=unless_none(fields, "page", read_count),
        user_id=None if user_id is None else UserId(user_id),
        started_by=None if started_by is None else UserId(started_by),
        most=unless_none(fields, "most", read_count),
        token=unless_none(fields, "token", read_text),
        token_until=unless_none(fields, "token_until", read_time),
        postponed=read_count(fields, "postponed"),
    )
