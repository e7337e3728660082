"""Closing days: what is left open by nothing but time becomes a link of the chain (SPEC 4.2, 4.5).

A day is closed some hours after its end. What a link holds follows from the lines alone, so every
step may be repeated: a file that is there already is what was meant, or the chain is broken. A line
that comes for a day closed before is in the next link; no link is ever changed.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import md5
from itertools import batched
from typing import Final

from usher.ids import GuildId
from usher.ledger.chain import (
    ChainError,
    Link,
    booking_order,
    digest,
    split_lines,
    write_link,
    write_sums,
)
from usher.ledger.closed import ClosedDays
from usher.ledger.keys import (
    closed_key,
    closed_prefix,
    day_of_key,
    day_prefix,
    guild_prefix,
    line_key,
    link_key,
    sums_key,
)
from usher.ledger.line_codec import read_line
from usher.ledger.lines import LineError
from usher.ledger.ports import Archive, Entry, Heads, KeptHead

GRACE: Final = timedelta(hours=3)
"""How long after its end a day is closed: messages that fail are tried again for some 20 minutes,
so hardly a line comes late."""

LATE: Final = timedelta(days=40)
"""How late a line may come and still be looked for: a message waits 14 days in its queue and 14 in
the dead-letter queue."""

READ_AHEAD: Final = 256


type Line = tuple[bytes, str]
"""A line as it is in the bucket, and the key of its object."""


@dataclass(frozen=True, slots=True)
class Closer:
    """Closes the days of a guild; holds the lines of one day in memory."""

    objects: Archive
    heads: Heads
    pool: Executor
    clock: Callable[[], datetime]
    retention: timedelta | None = None
    """How long what is closed is locked (Object Lock, governance mode); None for not at all."""
    stray: Callable[[str], None] = lambda _key: None
    """Told of objects among the lines that are none: they stay out of the chain."""

    def close(self, guild_id: GuildId) -> Iterator[Link]:
        """Close every day that is over, oldest first, and yield its link once it is done.

        Raises ChainError when the chain is broken or another closing is under way, and errors of
        bucket and table; a repetition goes on where it ended.
        """
        over = (self.clock() - GRACE).astimezone(UTC).date()
        head = self.heads.get(guild_id)
        before = self._last(guild_id, head)
        waiting = self._open(guild_id, head, over)
        for day in self._days(guild_id, before, waiting, over - timedelta(days=1)):
            entries = [entry for entry in waiting if _day(entry) <= day]
            lines = self._lines(guild_id, day, entries)
            if lines:
                before = self._close(guild_id, day, lines, before)
                closed = {key for _, key in lines}
                waiting = [entry for entry in waiting if entry.key not in closed]
                yield before

    def _last(self, guild_id: GuildId, head: KeptHead | None) -> Link | None:
        """Read the link that the head names."""
        closed = ClosedDays(self.objects)
        if head is None:
            if len(days := closed.days(guild_id)) > 1:
                raise ChainError(link_key(guild_id, days[0]), "begins a chain without a head")
            return None
        link = closed.link(guild_id, head.day)
        if digest(write_link(link)) != head.sha256:
            raise ChainError(link_key(guild_id, head.day), "is not what the head says")
        return link

    def _open(self, guild_id: GuildId, head: KeptHead | None, over: date) -> list[Entry]:
        """Find the lines of days that are over and in no link."""
        known: set[str] = set()
        after = ""
        if head is not None:
            after = day_prefix(guild_id, head.day - LATE)
            closed = ClosedDays(self.objects)
            for day in closed.days(guild_id, head.day - LATE):
                if day <= head.day:
                    known.update(key for _, key in closed.sums(closed.link(guild_id, day)))
        listed = self.objects.list(guild_prefix(guild_id), after=after)
        return [entry for entry in listed if _day(entry) < over and entry.key not in known]

    def _days(
        self, guild_id: GuildId, before: Link | None, waiting: list[Entry], yesterday: date
    ) -> list[date]:
        """Choose the days to close, the one first that an earlier try has begun.

        Lines that came late are with the first; with yesterday when nothing else is to be closed.
        """
        last = date.min if before is None else before.day
        files = self.objects.folders(closed_prefix(guild_id))
        begun = [day for file in files if (day := day_of_key(file)) is not None and day > last]
        days = {day for entry in waiting if (day := _day(entry)) > last}
        if not days and waiting and yesterday > last:
            days = {yesterday}
        return sorted({*days, *begun} - {day for day in days if begun and day < min(begun)})

    def _close(self, guild_id: GuildId, day: date, lines: list[Line], before: Link | None) -> Link:
        content = b"".join(line for line, _ in lines)
        sums = write_sums((digest(line), key) for line, key in lines)
        link = Link(
            guild_id=guild_id,
            day=day,
            number=1 if before is None else before.number + 1,
            previous_day=None if before is None else before.day,
            previous=None if before is None else digest(write_link(before)),
            lines=len(lines),
            late=sum(day_of_key(key) != day for _, key in lines),
            size=len(content),
            sha256=digest(content),
            sums_sha256=digest(sums),
            total_lines=len(lines) + (0 if before is None else before.total_lines),
            total_size=len(content) + (0 if before is None else before.total_size),
        )
        written = write_link(link)
        self._add(closed_key(guild_id, day), content)
        self._add(sums_key(guild_id, day), sums)
        self._add(link_key(guild_id, day), written)
        self.heads.move(guild_id, link.previous, KeptHead(day, digest(written), link.number))
        return link

    def _lines(self, guild_id: GuildId, day: date, entries: list[Entry]) -> list[Line]:
        """Read lines in order of booking.

        Where an earlier try wrote the day's file, that is what is closed: what came since is late.
        """
        begun = self.objects.stream(closed_key(guild_id, day))
        if begun is not None:
            return self._begun(guild_id, day, entries, split_lines(begun))
        found = []
        for some in batched((entry.key for entry in entries), READ_AHEAD, strict=False):
            for key, content in zip(some, self.pool.map(self.objects.get, some), strict=True):
                order = _order(key, content)
                if order is None or content is None:
                    self.stray(key)
                else:
                    found.append((order, content, key))
        return [(content, key) for _, content, key in sorted(found)]

    def _begun(
        self, guild_id: GuildId, day: date, entries: list[Entry], lines: Iterable[bytes]
    ) -> list[Line]:
        tags = {entry.key: entry.etag for entry in entries}
        found = []
        for content in lines:
            key = _key(content)
            if key is None or tags.get(key) != md5(content, usedforsecurity=False).hexdigest():
                raise ChainError(closed_key(guild_id, day), "is not what was to be closed")
            found.append((content, key))
        return found

    def _add(self, key: str, content: bytes) -> None:
        until = None if self.retention is None else self.clock() + self.retention
        if not self.objects.add(key, content, lock_until=until) and (
            self.objects.get(key) != content
        ):
            raise ChainError(key, "is there already and says something else")


def _day(entry: Entry) -> date:
    return day_of_key(entry.key) or date.max


def _key(content: bytes) -> str | None:
    """Say where a line belongs; None for what is no line."""
    try:
        line = read_line(content)
    except LineError:
        return None
    return line_key(line.guild_id, line.event_id, line.timestamp)


def _order(key: str, content: bytes | None) -> tuple[int, int, str, str] | None:
    """Say when a line was booked; None for what is no line, or not the line of its key."""
    if content is None or content.count(b"\n") != 1 or not content.endswith(b"\n"):
        return None
    return booking_order(read_line(content)) if _key(content) == key else None
