"""Lines of the last hours looked up in the table (SPEC 11.5).

What is on its way is told apart by the line itself: it says for which version of the guild's head
it was recorded. Once the head has come to that version, the observation that recorded the line has
either booked it or never will: `events.fifo` gives a guild's messages out one after another. While
the head has not, the observation is being tried again, for as long as its queue does that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Final

from usher.contracts.mending import YOUNG
from usher.ids import GuildId
from usher.integrity.model import Found, Kind, Known
from usher.integrity.ports import Table
from usher.ledger.keys import day_prefix, guild_prefix
from usher.ledger.lines import Line, LineType, version_of, withdrawal_id
from usher.ledger.ports import Entry
from usher.ledger.reader import LedgerReader
from usher.times import format_time

SETTLED: Final = timedelta(minutes=30)
"""Lines younger than this are left to the next check."""
TRIED: Final = timedelta(hours=2)
"""After so long nobody tries any more: a queue gives a message out 10 times, each for 2 minutes."""
OVERLAP: Final = timedelta(minutes=15)
"""How much of what a check has seen the next one sees again: S3 dates objects by its own clock."""
DAY: Final = timedelta(days=1)
MARGIN: Final = timedelta(minutes=30)
"""A repair waits in a queue before it is done."""
AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class LineCheck:
    """What a check of the lines came to."""

    found: tuple[Found, ...]
    seen: datetime
    """From when on the next check has to look."""
    lines: int


@dataclass(frozen=True, slots=True)
class Unbooked:
    """Finds lines without a booking. Methods raise errors of AWS and LineError."""

    reader: LedgerReader
    table: Table
    clock: Callable[[], datetime]

    def check(self, guild_id: GuildId, since: datetime) -> LineCheck:
        """Look up the lines written since then, but for the youngest."""
        now = self.clock()
        until = now - SETTLED
        entries = [
            entry for entry in self._entries(guild_id) if since - OVERLAP <= entry.modified <= until
        ]
        head = self.table.head(guild_id)
        version = 0 if head is None else head.version
        found: list[Found] = []
        waiting = [until]
        for some in batched(entries, AT_ONCE, strict=False):
            read = self.reader.pool.map(self.reader.store.read, [entry.key for entry in some])
            written = list(zip(some, read, strict=True))
            settled = self._settled([line.event_id for _, line in written])
            for entry, line in written:
                if line.event_id in settled:
                    continue
                if version_of(line) > version and entry.modified > now - TRIED:
                    waiting.append(entry.modified)
                else:
                    found.append(unbooked(line, now))
            booked = [line for _, line in written if line.event_id in settled]
            found += self._without_member(guild_id, booked)
        return LineCheck(tuple(found), min(waiting), len(entries))

    def again(self, known: list[Known]) -> list[Found]:
        """Look up lines that were found before."""
        now, mine = self.clock(), [one for one in known if one.kind is Kind.UNBOOKED]
        settled = self._settled([one.subject for one in mine])
        return [
            Found(one.kind, one.subject, one.says, one.moment, _is_young(one, now))
            for one in mine
            if one.subject not in settled
        ]

    def _settled(self, event_ids: list[str]) -> frozenset[str]:
        """Say which events were booked, or their lines withdrawn."""
        booked = self.table.marks(event_ids) if event_ids else frozenset()
        left = {withdrawal_id(id_): id_ for id_ in event_ids if id_ not in booked}
        withdrawn = self.table.marks([*left]) if left else frozenset()
        return booked | {left[id_] for id_ in withdrawn}

    def _entries(self, guild_id: GuildId) -> Iterator[Entry]:
        """List the lines of yesterday and today; the whole comparison reads those of other days."""
        yesterday = self.clock().astimezone(UTC).date() - DAY
        objects = self.reader.store.objects
        yield from objects.list(guild_prefix(guild_id), after=day_prefix(guild_id, yesterday))

    def _without_member(self, guild_id: GuildId, lines: list[Line]) -> Iterator[Found]:
        """Find members whose rows are older than their joins, or gone."""
        joins = {
            line.user_id: line.joined_at
            for line in sorted(lines, key=lambda line: line.seq or (0, 0))
            if line.type is LineType.JOIN and line.user_id and line.joined_at
        }
        if not joins:
            return
        rows = {row.user_id: row for row in self.table.members(guild_id, [*joins])}
        for user_id, joined_at in joins.items():
            row = rows.get(user_id)
            if row is None or row.joined_at < joined_at:
                yield Found(Kind.ROW, f"M#{user_id}", f"joined_at is before {joined_at}")


def unbooked(line: Line, now: datetime) -> Found:
    """Describe a line that the table does not know."""
    says = f"{line.type.value} of {format_time(line.timestamp)}, user {line.user_id or '-'}"
    found = Found(Kind.UNBOOKED, line.event_id, says, line.timestamp)
    return replace(found, mendable=_is_young(found, now))


def _is_young(line: Found | Known, now: datetime) -> bool:
    """Whether a line can be booked or withdrawn now."""
    return line.moment is not None and line.moment >= now - YOUNG + MARGIN
