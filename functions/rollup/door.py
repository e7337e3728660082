"""One run over the guilds that have something new, and what the log is told of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from usher.analytics.service import OutOfTimeError, Waiting
from usher.platform.logging import Logger
from usher.platform.metrics import EmfMeter

RESERVE_MILLISECONDS: Final = 60_000
"""With less time left nothing more is begun; the next run begins with whom this one left out."""


class RollupFailedError(Exception):
    """Guilds failed, and each was logged; `guilds` says how many."""

    def __init__(self, guilds: int) -> None:
        super().__init__(f"{guilds} guilds failed")
        self.guilds = guilds


class Rolling(Protocol):
    """Rolls guilds up."""

    def waiting(self) -> list[Waiting]:
        """Name the guilds that have something new."""
        ...

    def roll(self, waiting: Waiting, time_is_left: Callable[[], bool]) -> int:
        """Bring a guild's rows up to date; return how many hours were counted."""
        ...


@dataclass(frozen=True, slots=True)
class RollupDoor:
    """Rolls up."""

    rollup: Rolling
    log: Logger
    meter: EmfMeter

    def handle(self, time_left: Callable[[], int]) -> dict[str, int]:
        """Roll up every guild that time is left for; `time_left` is in milliseconds.

        Raises RollupFailedError at the end when guilds failed; they are waiting in an hour still.
        """
        waiting = self.rollup.waiting()
        done = hours = failed = 0
        for one in waiting:
            if time_left() < RESERVE_MILLISECONDS:
                break
            try:
                hours += self.rollup.roll(one, lambda: time_left() >= RESERVE_MILLISECONDS)
                done += 1
            except OutOfTimeError:
                break
            except Exception:
                failed += 1
                self.log.exception("rollup failed", extra={"guild_id": one.guild_id})
        left = len(waiting) - done - failed
        self.meter.count("RollupHours", hours)
        self.meter.count("RollupFailed", failed)
        self.meter.gauge("RollupLeftOver", left)
        self.log.info("rolled up", extra={"guilds": done, "hours": hours, "left": left})
        if failed:
            raise RollupFailedError(failed)
        return {"guilds": done, "hours": hours, "left": left}
