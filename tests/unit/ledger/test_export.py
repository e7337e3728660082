"""Exports of any size: in order, by link when large, given up in time, flat in memory."""

import csv
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.builders import GUILD, at, by
from tests.fakes.objects import FakeObjects, Inline
from tests.fakes.shelf import FakeShelf
from tests.unit.ledger.past import Past
from usher.attribution.wording import word_of
from usher.ids import GuildId, UserId
from usher.ledger.delivery import Delivery
from usher.ledger.export import LedgerExport
from usher.ledger.lines import Line, LineType, join_id
from usher.ledger.options import Wanted
from usher.ledger.patience import Patience, TooLongError
from usher.ledger.reader import LedgerReader
from usher.ledger.spool import spool
from usher.ledger.store import LedgerStore

NOW = datetime(2026, 12, 24, 3, tzinfo=UTC)
PATIENT = Patience(lambda: NOW, timedelta(seconds=1))


class Endless(LedgerReader):
    """Makes a join for each line that is asked of it, the last first, and a correction of each."""

    def __init__(self, number: int) -> None:
        super().__init__(LedgerStore(FakeObjects(), lambda: NOW), Inline())
        object.__setattr__(self, "number", number)

    number: int

    def lines(
        self, guild_id: GuildId, first: date | None = None, last: date | None = None
    ) -> Iterator[Line]:
        del first, last
        for n in reversed(range(self.number)):
            moment, user = at(n), UserId(str(10**17 + n))
            id_ = join_id(guild_id, user, moment)
            line = Line(LineType.JOIN, id_, moment, guild_id, user, moment, word_of(by("900")))
            yield line
            yield Line(
                LineType.CONFIRMATION,
                f"c{n}",
                moment,
                guild_id,
                user,
                moment,
                word_of(by("901", "later")),
                corrects=id_,
            )


def delivery(reader: LedgerReader, shelf: FakeShelf, patience: Patience = PATIENT) -> Delivery:
    return Delivery(LedgerExport(reader, Inline(), lambda: NOW), shelf, patience)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_file_beyond_the_limit_lies_on_the_shelf_whole() -> None:
    past, shelf = Past(), FakeShelf()
    for n in range(600):
        past.join(str(n), n)
    export = delivery(past.reader, shelf)

    small = export.export(GUILD, Wanted(), "55", 10**6)
    large = export.export(GUILD, Wanted(), "55", len(small.content or b"") - 1)

    key = f"exports/guild={GUILD}/55/invite_logs_20261224.csv"
    assert b"".join(shelf.held[key]) == small.content
    assert (large.content, large.lines) == (None, 600)
    assert large.link == f"https://shelf/{key}?as=invite_logs_20261224.csv&for=3600"
    assert large.expires_at == NOW + timedelta(hours=1)
    assert (small.link, small.expires_at) == (None, None)


def test_rows_are_in_order_of_time_however_the_lines_come() -> None:
    made = delivery(Endless(700), FakeShelf()).export(GUILD, Wanted(), "55", 10**7)

    assert made.content is not None
    found = rows(made.content)
    assert [row["User ID"] for row in found] == [f"'{10**17 + n}" for n in range(700)]
    assert {row["Invite Code"] for row in found} == {"later"}


def test_reading_ends_in_time() -> None:
    @dataclass
    class Clock:
        now: datetime = NOW

        def __call__(self) -> datetime:
            self.now += timedelta(seconds=10)
            return self.now

    shelf = FakeShelf()
    patience = Patience(Clock(), timedelta(seconds=25))

    with pytest.raises(TooLongError):
        delivery(Endless(5000), shelf, patience).export(GUILD, Wanted(), "55", 1)

    assert shelf.held == {}


def test_a_disk_that_is_full_is_too_much() -> None:
    with closing(sqlite3.connect("")) as small:
        small.execute("PRAGMA max_page_count = 1")
        with pytest.raises(TooLongError), spool():
            small.execute("CREATE TABLE things (name TEXT)")


def test_another_fault_of_the_disk_is_itself() -> None:
    other = pytest.raises(sqlite3.OperationalError, match="no such table")
    with closing(sqlite3.connect("")) as small, other, spool():
        small.execute("SELECT name FROM things")


def test_memory_stays_flat() -> None:
    # Given a shelf that keeps nothing
    class Sink(FakeShelf):
        def put(self, key: str, chunks: object) -> None:
            assert isinstance(chunks, Iterator)
            self.held[key] = [b"%d" % sum(map(len, chunks))]

    def peak(number: int) -> int:
        Path("/proc/self/clear_refs").write_text("5")  # forget the highest so far
        before = _resident("VmRSS")
        made = delivery(Endless(number), Sink()).export(GUILD, Wanted(), "55", 1000)
        assert made.lines == number
        return _resident("VmHWM") - before

    peak(2000)  # what is made once: SQLite's cache, codecs

    assert peak(20_000) < 24_000  # lists of lines would take three times as much


def _resident(what: str) -> int:
    """Kilobytes of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1])
    raise AssertionError(what)
