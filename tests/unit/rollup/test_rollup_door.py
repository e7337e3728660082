"""The rollup's door: a guild that fails stops no other, and what is left over is told."""

from collections.abc import Callable

import pytest

from rollup.bootstrap import NEEDED, build
from rollup.door import RollupDoor, RollupFailedError
from usher.analytics.service import OutOfTimeError, Waiting
from usher.ids import GuildId
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.settings import SettingsError

ENOUGH = 900_000


class Rolling:
    def __init__(self, *guilds: str, broken: str = "", slow: str = "") -> None:
        self.guilds = guilds
        self.broken, self.slow = broken, slow
        self.rolled: list[str] = []

    def waiting(self) -> list[Waiting]:
        return [Waiting(GuildId(guild), 1, None) for guild in self.guilds]

    def roll(self, waiting: Waiting, time_is_left: Callable[[], bool]) -> int:
        assert time_is_left()
        if waiting.guild_id == self.broken:
            raise OSError
        if waiting.guild_id == self.slow:
            raise OutOfTimeError
        self.rolled.append(waiting.guild_id)
        return 2


def door(rolling: Rolling) -> RollupDoor:
    return RollupDoor(rolling, get_logger(), EmfMeter("rollup"))


def test_every_guild_that_is_waiting_is_rolled_up() -> None:
    rolling = Rolling("1", "2")

    assert door(rolling).handle(lambda: ENOUGH) == {"guilds": 2, "hours": 4, "left": 0}
    assert rolling.rolled == ["1", "2"]


def test_a_guild_that_fails_stops_no_other_and_fails_the_invocation_at_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rolling = Rolling("1", "2", "3", broken="2")

    with pytest.raises(RollupFailedError, match="1 guilds failed"):
        door(rolling).handle(lambda: ENOUGH)

    assert rolling.rolled == ["1", "3"]
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [getattr(record, "guild_id", None) for record in errors] == ["2"]


def test_what_no_time_is_left_for_is_left_over() -> None:
    assert door(Rolling("1", "2", slow="1")).handle(lambda: ENOUGH)["left"] == 2
    assert door(Rolling("1", "2")).handle(lambda: 59_999)["left"] == 2


@pytest.mark.parametrize("missing", NEEDED)
def test_an_incomplete_environment_is_told(missing: str) -> None:
    environ = dict.fromkeys(NEEDED, "x") | {"AWS_REGION": "us-east-1"}
    del environ[missing]

    with pytest.raises(SettingsError, match=missing):
        build(environ)
