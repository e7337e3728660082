"""Rolling up: what is counted again, what is left alone, and how a run goes on where one ended."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import GUILD
from tests.fakes.analytics import DatedObjects, FakeBoards, FakeRollups
from tests.fakes.comings import came, went
from tests.fakes.objects import Inline
from usher.analytics.counting import Counting
from usher.analytics.service import OutOfTimeError, Rollup
from usher.credit.queries import Period
from usher.ids import GuildId
from usher.ledger.closed import ClosedDays
from usher.ledger.lines import Line
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OTHER = GuildId("2")


@dataclass
class Town:
    """A ledger, rows and a clock."""

    now: datetime = NOON
    objects: DatedObjects = field(default_factory=DatedObjects)
    rows: FakeRollups = field(default_factory=FakeRollups)
    boards: FakeBoards = field(default_factory=FakeBoards)
    strays: list[str] = field(default_factory=list)

    def write(self, *lines: Line) -> None:
        """Write lines now, and move the head as their booking does."""
        self.objects.now = self.now
        store = LedgerStore(self.objects, lambda: self.now)
        for line in lines:
            store.append(line)
            self.rows.heads[line.guild_id] = self.rows.heads.get(line.guild_id, 0) + 1

    def rollup(self) -> Rollup:
        store = LedgerStore(self.objects, lambda: self.now)
        reader = LedgerReader(store, Inline(), ClosedDays(self.objects))
        counting = Counting(store, Inline(), self.strays.append)
        return Rollup(reader, counting, self.rows, self.boards, lambda: self.now)

    def run(self, **time: float) -> int:
        """Let time pass, and roll up what is waiting; return how many hours were counted."""
        self.now += timedelta(**time)
        rollup = self.rollup()
        return sum(rollup.roll(one, lambda: True) for one in rollup.waiting())

    def joins(self) -> int:
        days = self.rows.days(GUILD, date.min, date.max)
        return sum(sum(figures.joins.values()) for figures in days.values())


def test_a_first_run_counts_everything_from_the_first_week_on() -> None:
    town = Town()
    town.write(came("1", NOON - timedelta(days=100)), came("2", NOON - timedelta(days=3)))

    assert town.run() == 2

    assert town.joins() == 2
    assert [monday for _, monday in town.rows.of_weeks] == [date(2026, 8, 10), date(2026, 11, 16)]
    assert [hour for _, hour in town.rows.of_hours] == [NOON - timedelta(days=3)]


def test_a_run_counts_the_hours_of_new_lines_alone() -> None:
    town = Town()
    town.write(came("1", NOON - timedelta(hours=5)), came("2", NOON - timedelta(hours=3)))
    town.run(minutes=20)
    town.now += timedelta(hours=1)
    town.write(came("3", town.now))
    before = town.rows.writes

    assert town.run(minutes=30) == 1

    assert town.joins() == 3
    assert town.rows.writes - before == 3  # an hour, its day, its week


def test_a_guild_whose_head_stands_still_is_left_alone() -> None:
    town = Town()
    town.write(came("1", NOON))
    town.run()

    assert town.rollup().waiting() == []


def test_a_late_line_is_found_within_forty_days_on_the_first_run_of_a_day() -> None:
    town = Town()
    town.write(came("1", NOON - timedelta(days=30)))
    town.run(minutes=20)
    town.now += timedelta(hours=2)
    town.write(came("2", NOON - timedelta(days=30)))
    town.run(minutes=20)
    assert town.joins() == 1

    town.run(days=1)  # though the head stands still

    assert town.joins() == 2
    assert town.rollup().waiting() == []


def test_what_was_counted_is_counted_again_whole_and_never_added_to() -> None:
    town = Town()
    join = came("1", NOON)
    town.write(join, came("2", NOON + timedelta(minutes=1)))
    town.run(minutes=10)
    town.write(came("3", NOON + timedelta(minutes=12)))
    town.run(minutes=10)
    town.write(went(join, timedelta(minutes=25)))
    for _ in range(3):
        town.rows.heads[GUILD] += 1
        town.run(minutes=1)

    assert town.joins() == 3


def test_a_run_that_runs_out_of_time_goes_on_with_its_week() -> None:
    town = Town()
    town.write(*(came(str(week), NOON - timedelta(weeks=week)) for week in range(4)))
    rollup, calls = town.rollup(), iter([True, True, False])
    [waiting] = rollup.waiting()

    with pytest.raises(OutOfTimeError):
        rollup.roll(waiting, lambda: next(calls))

    assert len(town.rows.of_weeks) == 2
    town.write(came("9", NOON - timedelta(weeks=3, hours=1)))
    assert town.run(minutes=10) == 2  # the two weeks that were left
    town.rows.heads[GUILD] += 1
    town.run(days=1)  # what came meanwhile
    assert town.joins() == 5


def test_guilds_that_waited_longest_come_first_and_new_ones_last() -> None:
    town = Town()
    town.write(came("1", NOON))
    town.run()
    town.write(replace(came("1", NOON), guild_id=OTHER))
    town.run(minutes=5)
    town.write(came("2", NOON), replace(came("2", NOON), guild_id=OTHER))
    town.write(replace(came("2", NOON), guild_id=GuildId("1")))

    assert [one.guild_id for one in town.rollup().waiting()] == [GUILD, OTHER, "1"]


def test_objects_that_are_no_lines_are_told_of_and_passed_over() -> None:
    town = Town()
    town.write(came("1", NOON))
    town.run()
    town.write(came("2", NOON))
    key = f"lines/guild={GUILD}/dt=2026-11-20/stray.json"
    town.objects.held[key] = b"what?\n", town.now

    town.run(minutes=5)

    assert town.joins() == 2
    assert town.strays == [key]


def test_places_are_noted_of_large_boards_alone() -> None:
    town = Town(boards=FakeBoards({Period.ALL: {1: 2000, 5: 3}, Period.DAY: {1: 30}}))
    town.write(came("1", NOON))

    town.run()

    assert town.rows.places == {(GUILD, "all"): {1: 2000, 5: 3}}
