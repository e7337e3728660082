"""What is done once a day: each task on its own, so that one that fails stops no other.

Every task may be repeated. The door fails at the end when a task did, so that Lambda tries again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

from aws_lambda_powertools.metrics import MetricUnit

from usher.backup.service import Backups
from usher.ids import GuildId
from usher.ledger.canary import Canary, Song
from usher.ledger.chain import digest, write_link
from usher.ledger.closed import ClosedDays
from usher.ledger.closing import Closer
from usher.ledger.day_csv import DayCsv
from usher.ledger.erasing import Eraser
from usher.platform.logging import Logger

RESERVE_MILLISECONDS: Final = 60_000
"""With less time left no guild is begun; the next try goes on with it."""

CSV_REPAIRED: Final = timedelta(days=14)
"""How far back a day's CSV that could not be written is looked for."""

WEEK: Final = timedelta(days=7)


class TasksFailedError(Exception):
    """Tasks failed, and each was logged; `tasks` names them."""

    def __init__(self, tasks: tuple[str, ...]) -> None:
        super().__init__(", ".join(tasks))
        self.tasks = tasks


class Meter(Protocol):
    """Counts things."""

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        """Add to a metric."""
        ...

    def gauge(
        self,
        name: str,
        value: float,
        dimensions: Mapping[str, str] | None = None,
        unit: MetricUnit = MetricUnit.Count,
    ) -> None:
        """Say what something is now."""
        ...


@dataclass(slots=True)
class Day:
    """What a run amounts to."""

    failed: list[str] = field(default_factory=list)
    closed: int = 0
    repaired: int = 0
    lines: int = 0
    size: int = 0
    grown_lines: int = 0
    grown: int = 0


@dataclass(frozen=True, slots=True)
class DailyDoor:
    """Runs the tasks of a day."""

    guilds: Callable[[], Iterable[GuildId]]
    repair: Callable[[], int]
    """Writes what could not be written beside a line; returns how many."""
    eraser: Eraser
    closer: Closer
    csv: DayCsv
    closed: ClosedDays
    canary: Canary
    backups: Backups
    clock: Callable[[], datetime]
    log: Logger
    meter: Meter

    def handle(self, time_left: Callable[[], int]) -> dict[str, int]:
        """Run everything; raises TasksFailedError at the end. `time_left` is in milliseconds."""
        day = Day()
        with self._task("repairs", day):
            day.repaired = self.repair()
        with self._task("erasures", day):
            self._erase(day, time_left)
        with self._task("backups", day):
            for backup in self.backups.make():
                self.meter.count("BackupMade", 1, {"kind": backup.kind.value})
        with self._task("backup ages", day):
            self._tell_ages()
        with self._task("guilds", day):
            for guild_id in self.guilds():
                if time_left() < RESERVE_MILLISECONDS:
                    day.failed.append("time")
                    break
                self._guild(guild_id, day)
        if "time" not in day.failed:
            self._measure(day)
        self.meter.count("FormsRepaired", day.repaired)
        self.log.info("day done", extra={"closed": day.closed, "failed": day.failed})
        if day.failed:
            raise TasksFailedError(tuple(day.failed))
        return {"closed": day.closed, "repaired": day.repaired, "lines": day.lines}

    def _erase(self, day: Day, time_left: Callable[[], int]) -> None:
        for guild_id in self.eraser.guilds():
            if time_left() < RESERVE_MILLISECONDS:
                break  # and so will be told below
            with self._task("erasures", day, guild_id):
                erased = self.eraser.sweep(guild_id)
                if erased.versions or erased.cases:
                    told = {"rows": erased.rows, "names": erased.names, "days": erased.days}
                    told["cases"] = erased.cases
                    self.log.info("names erased", extra={"guild_id": guild_id, **told})
                    self.meter.count("VersionsErased", erased.versions)

    def _guild(self, guild_id: GuildId, day: Day) -> None:
        with self._task("closing", day, guild_id):
            for link in self.closer.close(guild_id):
                head = digest(write_link(link))
                told = {"guild_id": guild_id, "day": link.day.isoformat(), "lines": link.lines}
                # A third place where the head stands: the log, which nobody can rewrite either.
                self.log.info("day closed", extra={**told, "late": link.late, "head": head})
                day.closed += 1
        since = self.clock().astimezone(UTC).date()
        with self._task("csv", day, guild_id):
            for link in self.csv.missing(guild_id, since - CSV_REPAIRED):
                self.csv.make(link)
        with self._task("canary", day, guild_id):
            song = self.canary.sing(guild_id)
            self.meter.count("CanaryLooked", 1, {"result": song.value})
            if song is Song.DIFFERS:
                self.log.error("ledger and table differ", extra={"guild_id": guild_id})
        with self._task("size", day, guild_id):
            self._weigh(guild_id, since - WEEK, day)

    def _weigh(self, guild_id: GuildId, since: date, day: Day) -> None:
        days = self.closed.days(guild_id)
        if not days:
            return
        last = self.closed.link(guild_id, days[-1])
        day.lines += last.total_lines
        day.size += last.total_size
        for when in days:
            if when >= since:
                link = self.closed.link(guild_id, when)
                day.grown += link.size
                day.grown_lines += link.lines

    def _tell_ages(self) -> None:
        for kind, age in self.backups.ages().items():
            self.meter.gauge("BackupAgeHours", age / timedelta(hours=1), {"kind": kind.value})
        self.meter.gauge("BackupsMissed", len(self.backups.missed()))

    def _measure(self, day: Day) -> None:
        self.meter.gauge("LedgerLines", day.lines)
        self.meter.gauge("LedgerBytes", day.size, unit=MetricUnit.Bytes)
        self.meter.gauge("LedgerWeeklyLines", day.grown_lines)
        self.meter.gauge("LedgerWeeklyBytes", day.grown, unit=MetricUnit.Bytes)

    @contextmanager
    def _task(self, name: str, day: Day, guild_id: GuildId | None = None) -> Iterator[None]:
        try:
            yield
        except Exception:
            day.failed.append(name)
            self.meter.count("DailyTaskFailed", 1, {"task": name})
            self.log.exception("task failed", extra={"task": name, "guild_id": guild_id})
