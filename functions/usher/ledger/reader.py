"""Reading the ledger back: lines between two days, and the newest ones with names.

Closed days are read from their files, a request for many lines; what is in no link yet, one by one.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from itertools import batched, islice
from typing import Final

from usher.ids import GuildId
from usher.ledger.chain import Link
from usher.ledger.closed import ClosedDays
from usher.ledger.closing import LATE
from usher.ledger.keys import day_prefix, guild_prefix, line_key
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line
from usher.ledger.people import People
from usher.ledger.ports import Entry
from usher.ledger.store import LedgerStore
from usher.times import format_time

READ_AHEAD: Final = 256
"""Lines fetched at once."""

type Shown = dict[str, str | list[str] | None]


@dataclass(frozen=True, slots=True)
class LedgerReader:
    """Reads lines; every method may raise LineError and errors of the bucket."""

    store: LedgerStore
    pool: Executor
    closed: ClosedDays | None = None
    """None to read every line from its own object."""

    def lines(
        self, guild_id: GuildId, first: date | None = None, last: date | None = None
    ) -> Iterator[Line]:
        """Read a guild's lines of the UTC days `first` to `last`, both included, each once.

        Closed days come first, in order of booking but for lines that came late; then what is in no
        link yet. An event seen on both sides of midnight may have two lines with one event id. May
        raise ChainError, when a closed day is not what its link says.
        """
        known: set[bytes] = set()
        since = first
        if self.closed is not None and (days := self.closed.days(guild_id, first)):
            since = max(first or date.min, days[-1] - LATE)
            for link in _concerned(self.closed.links(guild_id, first), last):
                for line in map(read_line, self.closed.lines(link)):
                    day = line.timestamp.astimezone(UTC).date()
                    if day >= since:
                        known.add(_mark(line_key(guild_id, line.event_id, line.timestamp)))
                    if (first or date.min) <= day <= (last or date.max):
                        yield line
        keys = (key for key in self._keys(guild_id, since, last) if _mark(key) not in known)
        for some in batched(keys, READ_AHEAD, strict=False):
            yield from self.pool.map(self.store.read, some)

    def recent_lines(self, guild_id: GuildId | None, limit: int) -> list[Shown]:
        """Read the newest lines of a guild, or of all, newest first, with names where kept."""
        guilds = self.store.guilds() if guild_id is None else [guild_id]
        entries = [entry for guild in guilds for entry in self._newest(guild, limit)]
        entries.sort(key=lambda entry: (entry.modified, entry.key), reverse=True)
        lines = list(self.pool.map(self.store.read, [entry.key for entry in entries[:limit]]))
        lines.sort(key=lambda line: (line.timestamp, line.event_id), reverse=True)
        people = People(self.store.objects)
        return [_show(line, people) for line in lines]

    def newest(self, guild_id: GuildId, limit: int) -> list[tuple[datetime, Line]]:
        """Read a guild's newest lines, newest first, with the time at which each was written."""
        entries = list(self._newest(guild_id, limit))
        entries.sort(key=lambda entry: (entry.modified, entry.key), reverse=True)
        lines = self.pool.map(self.store.read, [entry.key for entry in entries[:limit]])
        return [(entry.modified, line) for entry, line in zip(entries, lines, strict=False)]

    def _keys(self, guild_id: GuildId, first: date | None, last: date | None) -> Iterator[str]:
        after = "" if first is None else day_prefix(guild_id, first)
        end = None if last is None else day_prefix(guild_id, last)
        for entry in self.store.objects.list(guild_prefix(guild_id), after=after):
            if end is not None and entry.key > end and not entry.key.startswith(end):
                return
            yield entry.key

    def _newest(self, guild_id: GuildId, limit: int) -> Iterable[Entry]:
        """List at least the newest lines, as many as there are up to the limit."""
        found: list[Entry] = []
        for day in reversed(list(self.store.days(guild_id))):
            if len(found) >= limit:
                break
            entries = list(self.store.objects.list(day_prefix(guild_id, day)))
            entries.sort(key=lambda entry: entry.modified, reverse=True)
            found.extend(islice(entries, limit))
        return found


def _concerned(links: Iterable[Link], last: date | None) -> Iterator[Link]:
    """Pick the links that may have lines of days up to `last`: later ones if lines came late."""
    for link in links:
        if last is not None and link.day > last + LATE:
            return
        if last is None or link.day <= last or link.late:
            yield link


def _mark(key: str) -> bytes:
    """Shorten a key: the lines of weeks are remembered by it."""
    return blake2b(key.encode(), digest_size=16).digest()


def _show(line: Line, people: People) -> Shown:
    word = line.word
    staff_id = line.staff_id if word is None else word.inviter_id
    return {
        "timestamp": format_time(line.timestamp),
        "type": line.type.value,
        "user_id": line.user_id,
        "username": people.of_member(line).get("username"),
        "invite_code": word.code if word else None,
        "staff_id": staff_id,
        "staff_username": people.of_staff(line, staff_id),
        "kind": word.kind.value if word else None,
        "method": word.method.value if word and word.method else None,
        "confidence": word.confidence.value if word else None,
        "outcome": word.outcome.value if word else None,
        "candidates": [*word.candidates] if word else [],
    }
