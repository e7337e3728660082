"""The daily canary: a recent join is looked up in the ledger and compared with the table.

Both are asked as a lookup would ask them. What is looked up is the newest join about whose member
nothing was written in the last minutes: the table may not have that yet.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from usher.credit.booking import book
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId
from usher.ledger.chain import booking_order
from usher.ledger.lines import Line, LineType

SETTLED: Final = timedelta(minutes=10)
LOOKED_AT: Final = 50
"""Newest lines among which a join is looked for."""

type Written = tuple[datetime, Line]
"""When a line was written, and the line."""


class Song(StrEnum):
    """What the canary says."""

    AGREES = "agrees"
    DIFFERS = "differs"
    SILENT = "silent"
    """There was no join to look up."""


@dataclass(frozen=True, slots=True)
class Canary:
    """Compares one recent join of a guild."""

    newest: Callable[[GuildId, int], Sequence[Written]]
    """Reads a guild's newest lines."""
    record: Callable[[GuildId, UserId], MemberRecord | None]
    """Reads a member's record from the table."""
    clock: Callable[[], datetime]

    def sing(self, guild_id: GuildId) -> Song:
        """Look a join up in both; may raise errors of bucket and table."""
        lines = self.newest(guild_id, LOOKED_AT)
        fresh = {line.user_id for at, line in lines if at > self.clock() - SETTLED}
        known = sorted((line for _, line in lines if line.user_id not in fresh), key=booking_order)
        join = next((line for line in reversed(known) if line.type is LineType.JOIN), None)
        if join is None or join.user_id is None:
            return Song.SILENT
        wanted = _record(line for line in known if line.user_id == join.user_id)
        found = self.record(guild_id, join.user_id)
        if wanted is None or found is None:
            return Song.DIFFERS
        if found.joined_at > wanted.joined_at:
            return Song.AGREES  # the join was of a membership before the member's latest
        told = (found.joined_at, found.left_at, found.word)
        agrees = told == (wanted.joined_at, wanted.left_at, wanted.word)
        return Song.AGREES if agrees else Song.DIFFERS


def _record(lines: Iterable[Line]) -> MemberRecord | None:
    record = None
    for line in lines:
        record = book(line, record).record
    return record
