"""A guild compared whole: all that its ledger amounts to, beside all its rows (SPEC 4.4, 11.5).

Reading takes seconds and the guild goes on meanwhile. So what differs at first is only suspected:
those rows are read again as of one version of the head, and compared with the lines that are booked
by that version. What differs then, differs.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from usher.credit.rebuild import Books, keep_books
from usher.ids import GuildId
from usher.integrity.ledger_rows import COMPARED, rows_of
from usher.integrity.model import Found, Kind
from usher.integrity.ports import HeadSeen, MovedError, Table
from usher.integrity.row_diff import Difference, Item, compare
from usher.ledger.chain import booking_order
from usher.ledger.lines import Line, version_of
from usher.ledger.reader import LedgerReader

ROUNDS: Final = 8
PAUSE_SECONDS: Final = 0.2
RECENT: Final = timedelta(hours=1)
"""So young lines may wait for being booked; which of the older ones do, is known beforehand."""
MOST: Final = 200
"""Rows that are looked at again; what has more wrong with it is rebuilt, not read."""


@dataclass(slots=True)
class _Lines:
    """A guild's lines, as far as they are read."""

    by_id: dict[str, Line] = field(default_factory=dict)
    booked: set[str] = field(default_factory=set)
    """Events that are known to have been booked: they stay so."""

    def take(self, lines: Iterable[Line]) -> None:
        """Add lines; of two of one event the one booked first counts."""
        for line in lines:
            known = self.by_id.get(line.event_id)
            if known is None or booking_order(line) < booking_order(known):
                self.by_id[line.event_id] = line

    def books(self, version: int, without: frozenset[str] = frozenset()) -> Books:
        """Book what was recorded for a version of the head or one before."""
        return keep_books(
            line
            for line in self.by_id.values()
            if version_of(line) <= version and line.event_id not in without
        )

    def since(self, moment: datetime) -> list[str]:
        """Name the events of lines that are not older."""
        return [line.event_id for line in self.by_id.values() if line.timestamp >= moment]


@dataclass(frozen=True, slots=True)
class Whole:
    """Compares guilds whole. Methods raise errors of AWS, LineError, ChainError."""

    reader: LedgerReader
    table: Table
    clock: Callable[[], datetime]
    pause: Callable[[float], None]

    def size(self, guild_id: GuildId) -> int:
        """Count the lines of closed days: about how much there is to compare."""
        closed = self.reader.closed
        days = closed.days(guild_id) if closed is not None else []
        return closed.link(guild_id, days[-1]).total_lines if closed is not None and days else 0

    def is_equal(self, guild_id: GuildId) -> bool:
        """Say whether all rows are what the whole ledger amounts to, at first sight."""
        lines = _Lines()
        lines.take(self.reader.lines(guild_id))
        books = keep_books(lines.by_id.values())
        return not any(self._differences(guild_id, books, self.table.rows(guild_id)))

    def compare(self, guild_id: GuildId, without: frozenset[str]) -> tuple[Found, ...]:
        """Name what differs; raises MovedError. `without`: events known not to be booked."""
        head = self._still(guild_id)
        if head is None:
            return ()
        lines = _Lines()
        lines.take(self.reader.lines(guild_id))
        rows = self.table.rows(guild_id)
        books = lines.books(head.version, without)
        suspected = {one.sk for one in self._differences(guild_id, books, rows)}
        if not suspected:
            return ()
        return tuple(
            Found(Kind.ROW, sort_key, says)
            for sort_key, says in self._confirmed(guild_id, lines, suspected, without).items()
        )

    def _confirmed(
        self, guild_id: GuildId, lines: _Lines, keys: set[str], without: frozenset[str]
    ) -> dict[str, str]:
        """Look at rows as of one version of the head."""
        wanted = sorted(keys)[:MOST]
        for number in range(ROUNDS):
            before = self._still(guild_id)
            if before is None:
                return {}
            rows = self.table.named(guild_id, wanted)
            waiting = self._waiting(guild_id, lines)
            after = self.table.head(guild_id)
            if after is None or after.is_burst or after.version != before.version:
                self.pause(PAUSE_SECONDS * (number + 1))
                continue
            books = lines.books(before.version, waiting | without)
            found: dict[str, str] = {}
            for one in self._differences(guild_id, books, iter(rows), frozenset(wanted)):
                found.setdefault(one.sk, str(one).removeprefix(f"{one.pk} {one.sk}: "))
            if len(keys) > MOST and found:
                found[""] = f"more than {MOST} rows differ at first sight"
            return found
        raise MovedError

    def _waiting(self, guild_id: GuildId, lines: _Lines) -> frozenset[str]:
        """Read what was written meanwhile, and name the youngest lines without a booking."""
        since = self.clock() - RECENT
        lines.take(self.reader.lines(guild_id, since.date()))
        recent = lines.since(since)
        lines.booked |= self.table.marks([id_ for id_ in recent if id_ not in lines.booked])
        return frozenset(recent) - lines.booked

    def _differences(
        self,
        guild_id: GuildId,
        books: Books,
        rows: Iterator[Item],
        keys: frozenset[str] | None = None,
    ) -> Iterator[Difference]:
        now = self.clock()
        ours = (
            item
            for item in rows_of(guild_id, books, None, now)
            if keys is None or item["sk"]["S"] in keys
        )
        theirs = iter(sorted(rows, key=lambda item: str(item["sk"]["S"]))) if keys else rows
        return compare(ours, theirs, now, COMPARED)

    def _still(self, guild_id: GuildId) -> HeadSeen | None:
        """Read the head between two bursts; raises MovedError."""
        for number in range(ROUNDS):
            head = self.table.head(guild_id)
            if head is None or not head.is_burst:
                return head
            self.pause(PAUSE_SECONDS * (number + 1))
        raise MovedError
