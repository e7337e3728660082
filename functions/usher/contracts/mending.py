"""What the hourly check has found and the event worker is to book: part of an Observation.

It knows of no other way to change what is recorded (SPEC 11.5): told again, nothing changes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.errors import ContractError
from usher.contracts.wire import Fields, read_list, read_snowflake, read_text, read_time
from usher.ids import UserId
from usher.times import format_time

MOST_LINES: Final = 50
"""Lines named by one observation: they fit a transaction with all that follows from them."""
YOUNG: Final = timedelta(days=1)
"""Older lines are not booked. That a line has been is remembered for 30 days, and a message may
wait in its queue and then in the dead-letter queue for 28."""


@dataclass(frozen=True, slots=True)
class LinesUnbooked:
    """Lines stand in the ledger that the table does not know."""

    lines: tuple[tuple[str, datetime], ...]
    """Their event ids and timestamps, in the order in which they are to be booked."""
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberMissing:
    """Discord does not have a member whose membership has no end on record."""

    user_id: UserId
    joined_at: datetime
    """Begin of that membership: a later one is another."""
    at: datetime


def write_mending(event: LinesUnbooked | MemberMissing) -> Fields:
    """Write what was found."""
    at = format_time(event.at)
    if isinstance(event, LinesUnbooked):
        lines = [[id_, format_time(written)] for id_, written in event.lines]
        return {"t": "unbooked", "at": at, "lines": lines}
    joined_at = format_time(event.joined_at)
    return {"t": "missing", "at": at, "user_id": event.user_id, "joined_at": joined_at}


def read_unbooked(fields: Fields, at: datetime) -> LinesUnbooked:
    """Read what `write_mending` wrote; raises ContractError."""
    return LinesUnbooked(tuple(_line(item) for item in read_list(fields, "lines")), at)


def read_missing(fields: Fields, at: datetime) -> MemberMissing:
    """Read what `write_mending` wrote; raises ContractError."""
    user_id = UserId(read_snowflake(fields, "user_id"))
    return MemberMissing(user_id, read_time(fields, "joined_at"), at)


def _line(item: object) -> tuple[str, datetime]:
    if not isinstance(item, list) or len(item) != 2:
        raise ContractError("line")
    fields: Fields = {"id": item[0], "at": item[1]}
    return read_text(fields, "id"), read_time(fields, "at")
