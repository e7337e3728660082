"""The join log page by page, newest first, with the last word on each join (SPEC 3.4).

Lines lie by day, and within a day by event id, which says nothing of time. When an object was
written says about when: a line is never written before its event. So a day is read from the objects
written last, and a join is given once everything that could be newer has been read.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import batched
from typing import Final, Protocol

from usher.attribution.wording import Word
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId
from usher.ledger.finding import Finder
from usher.ledger.keys import day_prefix, line_key
from usher.ledger.lines import LATER_WORDS, Line, LineType, withdrawn_in
from usher.ledger.log_pages import Entrance, LogPage, Place
from usher.ledger.options import Wanted
from usher.ledger.people import People
from usher.ledger.ports import Entry
from usher.ledger.reader import LedgerReader

AT_ONCE: Final = 48
"""Objects read at once."""
MOST_READ: Final = 3000
"""Objects after which a page ends with the day, however little it has found."""
CLOCKS: Final = timedelta(minutes=1)
"""How far an object may seem to be older than its event: the bucket counts in seconds, and by its
own clock."""
OPEN: Final = timedelta(days=1)
"""After a membership has ended its evidence is looked at for some hours still."""


class MemberReads(Protocol):
    """Latest memberships. May raise an error of its store."""

    def records(self, guild_id: GuildId, users: Sequence[UserId]) -> dict[UserId, MemberRecord]:
        """Read records; who has none is left out."""
        ...


@dataclass(slots=True)
class _Search:
    """What one page has taken so far."""

    read: int = 0
    found: list[tuple[Line, Word]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class JoinLog:
    """Reads pages. Methods raise LineError and errors of the bucket and the table."""

    reader: LedgerReader
    members: MemberReads
    pool: Executor
    most_read: int = MOST_READ

    def page(self, guild_id: GuildId, wanted: Wanted, after: Place | None, size: int) -> LogPage:
        """Read the `size` newest wanted joins that are older than `after`."""
        if wanted.user_id is not None:
            return self._page_of_user(guild_id, wanted.user_id, wanted, after, size)
        search, until = _Search(), None
        for day in self._days(guild_id, wanted, after):
            self._search_day(guild_id, day, wanted, after, search, size + 1)
            if len(search.found) > size:
                break
            if search.read >= self.most_read:
                until = day
                break
        if len(search.found) > size or until is None:
            return self._page(search.found, size)
        return LogPage(self._named(search.found), Place(_midnight(until)), until)

    def _page(self, found: Sequence[tuple[Line, Word]], size: int) -> LogPage:
        shown = found[:size]
        last = shown[-1][0] if len(found) > size else None
        following = None if last is None else Place(last.timestamp, last.event_id)
        return LogPage(self._named(shown), following)

    def _page_of_user(
        self,
        guild_id: GuildId,
        user_id: UserId,
        wanted: Wanted,
        after: Place | None,
        size: int,
    ) -> LogPage:
        """Read the joins of one member: few, and not found by day."""
        finder = Finder(self.reader.store.objects)
        record = self.members.records(guild_id, (user_id,)).get(user_id)
        latest = None if record is None else finder.join(guild_id, user_id, record.joined_at)
        joins = {} if latest is None else {latest.event_id: latest}
        if record is None or len(joins) < record.epochs:
            for line in finder.joins(guild_id, user_id):
                joins.setdefault(line.event_id, line)
        fitting = [
            line for line in joins.values() if _fits(line, wanted) and _is_after(line, after)
        ]
        fitting.sort(key=lambda line: (line.timestamp, line.event_id), reverse=True)
        words = self._words(guild_id, fitting)
        found = [
            (line, word)
            for line in fitting
            if (word := words.get(line.event_id)) and wanted.code in (None, word.code)
        ]
        return self._page(found, size)

    def _days(self, guild_id: GuildId, wanted: Wanted, after: Place | None) -> Iterator[date]:
        bounds = (wanted.end, None if after is None else after.at)
        newest = [bound for bound in bounds if bound is not None]
        last = min(newest).astimezone(UTC).date() if newest else date.max
        first = date.min if wanted.start is None else wanted.start.astimezone(UTC).date()
        for day in reversed(list(self.reader.store.days(guild_id))):
            if first <= day <= last:
                yield day

    def _search_day(
        self,
        guild_id: GuildId,
        day: date,
        wanted: Wanted,
        after: Place | None,
        search: _Search,
        enough: int,
    ) -> None:
        fitting = (
            line
            for line in self._joins(guild_id, day, search)
            if _fits(line, wanted) and _is_after(line, after) and not self._is_known(line)
        )
        for some in batched(fitting, enough, strict=False):
            words = self._words(guild_id, some)
            search.found.extend(
                (line, word)
                for line in some
                if (word := words.get(line.event_id)) is not None
                and wanted.code in (None, word.code)
            )
            if len(search.found) >= enough:
                return

    def _joins(self, guild_id: GuildId, day: date, search: _Search) -> Iterator[Line]:
        """Give a day's joins, newest first, and read no more than that takes."""
        objects = self.reader.store.objects.list(day_prefix(guild_id, day))
        entries = sorted(objects, key=lambda entry: (entry.modified, entry.key), reverse=True)
        waiting: list[Line] = []
        for some, rest in _portions(entries):
            search.read += len(some)
            read = self.pool.map(self.reader.store.read, [entry.key for entry in some])
            waiting.extend(line for line in read if line.type is LineType.JOIN)
            waiting.sort(key=lambda line: (line.timestamp, line.event_id))
            newest_unread = rest.modified + CLOCKS if rest is not None else None
            while waiting and (newest_unread is None or waiting[-1].timestamp > newest_unread):
                yield waiting.pop()

    def _is_known(self, line: Line) -> bool:
        """Whether an earlier line of the same join stands on the day before."""
        today = line.timestamp.astimezone(UTC).date()
        for at in (line.joined_at or line.timestamp, line.timestamp - timedelta(hours=1)):
            if at.astimezone(UTC).date() < today:
                key = line_key(line.guild_id, line.event_id, at)
                return self.reader.store.objects.get(key) is not None
        return False

    def _words(self, guild_id: GuildId, joins: Sequence[Line]) -> dict[str, Word]:
        """Tell the last words: on latest memberships from the table, on others from the ledger."""
        users = [line.user_id for line in joins if line.user_id is not None]
        records = self.members.records(guild_id, users)
        words = {line.event_id: line.word for line in joins if line.word is not None}
        earlier: list[tuple[Line, datetime]] = []
        for line in joins:
            record = records.get(line.user_id) if line.user_id is not None else None
            if record is None:
                earlier.append((line, line.timestamp))
            elif record.joined_at == line.joined_at:
                words[line.event_id] = record.word
            else:
                earlier.append((line, max(record.joined_at, line.timestamp)))
        return words | self._later_words(guild_id, earlier)

    def _later_words(
        self, guild_id: GuildId, joins: Sequence[tuple[Line, datetime]]
    ) -> dict[str, Word]:
        """Look through the ledger from the joins until nobody could say more of them."""
        if not joins:
            return {}
        wanted = {line.event_id for line, _ in joins}
        first = min(line.timestamp for line, _ in joins).astimezone(UTC).date()
        last = (max(until for _, until in joins) + OPEN).astimezone(UTC).date()
        said = [
            line
            for line in self.reader.lines(guild_id, first, last)
            if line.type is LineType.WITHDRAWAL
            or (line.type in LATER_WORDS and line.corrects in wanted)
        ]
        withdrawn = withdrawn_in(said)
        last_words = sorted(said, key=lambda line: line.timestamp)
        return {
            line.corrects: line.word
            for line in last_words
            if line.corrects and line.word is not None and line.event_id not in withdrawn
        }

    def _named(self, joins: Sequence[tuple[Line, Word]]) -> tuple[Entrance, ...]:
        people = People(self.reader.store.objects)
        names = self.pool.map(people.of_member, [line for line, _ in joins])
        return tuple(
            Entrance(line, word, said.get("username"))
            for (line, word), said in zip(joins, names, strict=True)
        )


def _portions(entries: Sequence[Entry]) -> Iterator[tuple[Sequence[Entry], Entry | None]]:
    """Cut a list; with each portion comes the first entry beyond it."""
    for start in range(0, len(entries), AT_ONCE):
        end = start + AT_ONCE
        yield entries[start:end], entries[end] if end < len(entries) else None


def _fits(line: Line, wanted: Wanted) -> bool:
    return wanted.user_id in (None, line.user_id) and wanted.holds(line.timestamp)


def _is_after(line: Line, place: Place | None) -> bool:
    return place is None or (line.timestamp, line.event_id) < (place.at, place.event_id)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
