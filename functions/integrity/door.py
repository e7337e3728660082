"""One run over the guilds, those checked longest ago first, and what operators are told of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from usher.ids import GuildId
from usher.integrity.model import Found, Known, Progress
from usher.integrity.ports import HushError, Notes, Table
from usher.integrity.service import Integrity, Outcome
from usher.platform.logging import Logger
from usher.platform.metrics import EmfMeter

RESERVE_MILLISECONDS: Final = 60_000
"""With less time left no guild is begun; the next run begins with whom this one left out."""
WHOLE_MILLISECONDS: Final = 300_000
"""With less time left no guild is compared whole."""
MOST_UNANSWERED: Final = 3
"""Guilds that Discord did not answer for, after which it is let be: one alone may be out itself."""
LATE: Final = timedelta(minutes=30)
"""How long something may be due before it is reported: the clock tells of it every minute."""


class ChecksFailedError(Exception):
    """Guilds failed, and each was logged; `guilds` says how many."""

    def __init__(self, guilds: int) -> None:
        super().__init__(f"{guilds} guilds failed")
        self.guilds = guilds


@dataclass(frozen=True, slots=True)
class Reporter:
    """Tells operators by the log; ids only."""

    log: Logger

    def report(self, guild_id: GuildId, what: str, known: Known) -> None:
        """Tell that a difference was found or solved."""
        told = {
            "guild_id": guild_id,
            "kind": known.kind.value,
            "subject": known.subject,
            "says": known.says,
            "first_seen": known.first.isoformat(),
            "tries": known.tries,
        }
        if what == "difference":
            self.log.error("integrity difference", extra=told)
        else:
            self.log.info(f"integrity {what}", extra=told)

    def mended(self, guild_id: GuildId, found: Found, id_: str) -> None:
        """Tell that a repair was sent."""
        told = {"guild_id": guild_id, "kind": found.kind.value, "subject": found.subject}
        self.log.info("integrity repair", extra={**told, "says": found.says, "repair_id": id_})


@dataclass(slots=True)
class _Run:
    """What a run amounts to."""

    open: dict[GuildId, int]
    done: int = 0
    failed: int = 0
    mended: int = 0
    lines: int = 0
    whole: int = 0
    unanswered: int = 0
    too_large: list[GuildId] = field(default_factory=list)

    def add(self, guild_id: GuildId, outcome: Outcome) -> None:
        """Count a guild in."""
        self.open[guild_id] = outcome.open
        self.done += 1
        self.mended += outcome.mended
        self.lines += outcome.lines
        self.whole += outcome.whole
        self.unanswered += outcome.hushed
        if outcome.too_large:
            self.too_large.append(guild_id)


@dataclass(frozen=True, slots=True)
class IntegrityDoor:
    """Checks every guild that time is left for."""

    guilds: Callable[[], Iterable[GuildId]]
    integrity: Integrity
    table: Table
    notes: Notes
    listening: Callable[[], bool]
    """Says whether the listener hears everything; may raise HushError and errors of AWS."""
    clock: Callable[[], datetime]
    log: Logger
    meter: EmfMeter
    calls: Callable[[], Mapping[str, float]] = dict
    """What was asked of Discord, as metrics."""

    def handle(self, time_left: Callable[[], int]) -> dict[str, int]:
        """Check guilds; `time_left` is in milliseconds.

        Raises ChecksFailedError at the end when guilds failed; they come first an hour later.
        """
        guilds = list(self.guilds())
        known = self.notes.progress(guilds)
        overdue = self.table.overdue(self.clock() - LATE)
        asks = self._may_ask()
        run = _Run({guild: one.open for guild, one in known.items()})
        for guild_id in sorted(guilds, key=lambda guild: _turn(known.get(guild))):
            if time_left() < RESERVE_MILLISECONDS:
                break
            try:
                outcome = self.integrity.check(
                    guild_id,
                    known.get(guild_id),
                    overdue.get(guild_id, ()),
                    asks=asks and run.unanswered < MOST_UNANSWERED,
                    has_time=time_left() >= WHOLE_MILLISECONDS,
                )
            except Exception:
                run.failed += 1
                self.log.exception("integrity check failed", extra={"guild_id": guild_id})
                continue
            if outcome.hushed:
                extra = {"guild_id": guild_id}
                self.log.warning("Discord did not answer for a guild", extra=extra)
            run.add(guild_id, outcome)
        return self._end(run, len(guilds))

    def _may_ask(self) -> bool:
        try:
            listening = self.listening()
        except HushError:
            listening = False
        if not listening:
            self.log.warning("Discord is not asked: the listener does not hear everything")
        return listening

    def _end(self, run: _Run, guilds: int) -> dict[str, int]:
        left = guilds - run.done - run.failed
        told = {"guilds": run.done, "left": left, "lines": run.lines, "whole": run.whole}
        told |= {"open": sum(run.open.values()), "repairs": run.mended}
        self.meter.gauge("IntegrityDrift", told["open"])
        self.meter.count("IntegrityRepairs", run.mended)
        self.meter.count("IntegrityFailed", run.failed)
        self.meter.gauge("IntegrityLeftOver", left)
        self.meter.together(self.calls())
        if run.too_large:
            extra = {"guilds": run.too_large}
            self.log.warning("too large to be compared whole: run usher integrity", extra=extra)
        self.log.info("integrity checked", extra=told)
        if run.failed:
            raise ChecksFailedError(run.failed)
        return told


def _turn(progress: Progress | None) -> float:
    return 0.0 if progress is None else progress.at.timestamp()
