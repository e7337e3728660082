"""The integrity door: a guild that fails stops no other, and everybody has their turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import pytest

from integrity.bootstrap import NEEDED, build
from integrity.door import ChecksFailedError, IntegrityDoor
from tests.builders import at
from tests.fakes.guilds import FakeGuilds
from tests.fakes.integrity import FakeNotes, FakeTable
from usher.ids import GuildId
from usher.integrity.model import Progress
from usher.integrity.ports import HushError
from usher.integrity.service import Integrity, Outcome
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.settings import SettingsError

ENOUGH = 900_000
NOW = at(0)
A, B, C, D, E = (GuildId(str(number)) for number in range(1, 6))


@dataclass
class Checks:
    """Stands in for the checks of guilds."""

    outcomes: dict[GuildId, Outcome] = field(default_factory=dict)
    broken: GuildId | None = None
    checked: list[tuple[GuildId, bool, bool]] = field(default_factory=list)
    overdue: dict[GuildId, int] = field(default_factory=dict)

    def check(
        self,
        guild_id: GuildId,
        progress: Progress | None,
        overdue: Sequence[tuple[str, datetime]] = (),
        *,
        asks: bool = True,
        has_time: bool = True,
    ) -> Outcome:
        if guild_id == self.broken:
            raise OSError
        self.checked.append((guild_id, asks, has_time))
        self.overdue[guild_id] = len(overdue)
        return self.outcomes.get(guild_id, Outcome())


def door(
    checks: Checks,
    notes: FakeNotes | None = None,
    listening: Callable[[], bool] = lambda: True,
    guilds: Sequence[GuildId] = (A, B, C),
) -> IntegrityDoor:
    table = FakeTable(FakeGuilds(), waiting={B: [("T#1", NOW)]})
    return IntegrityDoor(
        guilds=lambda: guilds,
        integrity=cast("Integrity", checks),
        table=table,
        notes=notes or FakeNotes(),
        listening=listening,
        clock=lambda: NOW,
        log=get_logger(),
        meter=EmfMeter("integrity"),
    )


def test_who_was_checked_longest_ago_comes_first() -> None:
    notes, checks = FakeNotes(), Checks()
    notes.advance(A, Progress(NOW, NOW))
    notes.advance(C, Progress(NOW - timedelta(hours=1), NOW))

    door(checks, notes).handle(lambda: ENOUGH)

    assert checks.checked == [(B, True, True), (C, True, True), (A, True, True)]
    assert checks.overdue == {A: 0, B: 1, C: 0}


def test_differences_of_guilds_that_were_left_out_are_counted_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    notes, checks = FakeNotes(), Checks({A: Outcome(open=2, mended=3)})
    notes.advance(C, Progress(NOW, NOW, open=4))
    time = iter([ENOUGH, ENOUGH, 200_000, 200_000, 0])

    told = door(checks, notes).handle(lambda: next(time))

    assert checks.checked == [(A, True, True), (B, True, False)]
    assert told == {"guilds": 2, "left": 1, "lines": 0, "whole": 0, "open": 6, "repairs": 3}
    measured = capsys.readouterr().out
    assert '"IntegrityDrift":[6.0]' in measured
    assert '"IntegrityRepairs":[3.0]' in measured


def test_a_guild_that_fails_stops_no_other_and_fails_the_invocation_at_the_end() -> None:
    checks = Checks(broken=B)

    with pytest.raises(ChecksFailedError, match="1 guilds failed"):
        door(checks).handle(lambda: ENOUGH)

    assert [guild for guild, *_ in checks.checked] == [A, C]


def test_discord_is_left_alone_once_it_answers_for_none(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hushed = dict.fromkeys((A, B, C), Outcome(hushed=True))
    checks = Checks(hushed)

    door(checks, guilds=[A, B, C, D, E]).handle(lambda: ENOUGH)

    assert [asks for _, asks, _ in checks.checked] == [True, True, True, False, False]
    said = [one for one in caplog.records if "did not answer" in one.getMessage()]
    assert [getattr(one, "guild_id", None) for one in said] == [A, B, C]


def test_one_guild_that_discord_does_not_answer_for_keeps_no_other_from_being_compared() -> None:
    checks = Checks({A: Outcome(hushed=True), C: Outcome(hushed=True)})

    door(checks, guilds=[A, B, C, D, E]).handle(lambda: ENOUGH)

    assert [asks for _, asks, _ in checks.checked] == [True] * 5


def test_discord_is_not_asked_while_the_listener_is_away() -> None:
    def hush() -> bool:
        raise HushError

    for listening in (lambda: False, hush):
        checks = Checks()
        door(checks, listening=listening).handle(lambda: ENOUGH)
        assert [asks for _, asks, _ in checks.checked] == [False] * 3


def test_guilds_too_large_are_named(caplog: pytest.LogCaptureFixture) -> None:
    door(Checks({B: Outcome(too_large=True)})).handle(lambda: ENOUGH)

    [said] = [one for one in caplog.records if "usher integrity" in one.getMessage()]
    assert getattr(said, "guilds", None) == [B]


def test_a_door_without_its_environment_names_what_is_missing() -> None:
    with pytest.raises(SettingsError) as raised:
        build({})

    assert raised.value.problems == NEEDED
