"""The sweep: what is due is told to whoever does it, every minute.

What holds for a time is told before its end, with the delay that is left (`usher.timing.terms`);
everything else once it is due.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import batched, groupby
from typing import Final, Protocol

from usher.contracts.effect import CheckStanding, Effect, MendRank, TellHeld
from usher.contracts.observation import CodesDue, Observation
from usher.funnel.rows import HOLDS
from usher.ids import GuildId, InviteCode, UserId
from usher.rewards.owed import effect_id
from usher.rewards.rows import CHECK, RANK
from usher.times import format_time
from usher.timing.due import SHARDS, Due, DueIndex
from usher.timing.terms import AHEAD, TERM, delay, end_due, is_told

MOST: Final = 1_000
"""Rows of a shard in one sweep, but for terms, of which none waits; the rest follow a minute later.
"""

TOGETHER: Final = 100
"""Rows that are looked at before those among them are told of."""

MOST_CODES: Final = 500
"""Codes of one observation."""

AGAIN: Final = timedelta(minutes=10)
"""What is still due after this time is told under another id: the first telling changed nothing."""

CODE: Final = "I#"


class Events(Protocol):
    """Takes observations for the event worker."""

    def send(self, observation: Observation) -> None:
        """Hand an observation over; raises an error of its queue."""
        ...


class Effects(Protocol):
    """Takes effects for the effects function."""

    def send(self, effects: Sequence[Effect]) -> None:
        """Hand effects over; raises an error of its queue."""
        ...

    def schedule(self, effects: Sequence[tuple[Effect, int]]) -> None:
        """Hand effects over, each with its delay in seconds; raises an error of its queue."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """What one sweep found."""

    told: int = 0
    unknown: int = 0
    """Rows of a kind that nobody does anything about."""
    latest: timedelta = timedelta()
    """How late the oldest one was."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Tells of what is due. Repeating a sweep, or two at once, change nothing."""

    index: DueIndex
    events: Events
    effects: Effects
    clock: Callable[[], datetime]
    ordered: set[Due] = field(default_factory=set)
    """Ends that this process has ordered and that are still to come: they need no second order.
    Another process knows nothing of them and orders them again, so a killed sweep costs nothing."""

    def run(self) -> Report:
        """Tell of everything that is due; raises errors of the table and of the queue."""
        now = self.clock()
        rows, told = self._read(now)
        codes = [row for row in rows if row.key.startswith(CODE)]
        for observation in observations(codes, now):
            self.events.send(observation)
        found = [effect for row in rows if (effect := order(row)) is not None]
        self.effects.send(found)
        late = max((now - row.at for row in rows), default=timedelta())
        known = len(codes) + len(found)
        return Report(told + known, len(rows) - known, late)

    def _read(self, now: datetime) -> tuple[list[Due], int]:
        """Read what is due, telling of terms as they come; return the rest, and how many told.

        So a sweep that breaks off has told of the terms that end first.
        """
        self.ordered.difference_update([row for row in self.ordered if row.at <= now])
        rest: list[Due] = []
        told = 0
        for shard in range(SHARDS):
            others = 0
            for page in batched(self.index.due(shard, now + AHEAD), TOGETHER, strict=False):
                terms = [row for row in page if row.key.startswith(TERM)]
                news = [row for row in terms if row not in self.ordered and is_told(now - row.at)]
                self.effects.schedule([_ending(row, now) for row in news])
                self.ordered.update(row for row in news if row.at > now)
                told += len(news)
                due = [row for row in page if not row.key.startswith(TERM) and row.at <= now]
                rest += due[: max(0, MOST - others)]
                others += len(due)
        return rest, told


def _ending(row: Due, now: datetime) -> tuple[Effect, int]:
    return end_due(row.guild_id, row.key, row.at), delay(row.at, now)


def order(row: Due) -> Effect | None:
    """Write what is due of ranks, milestones and reviews as an effect; None for any other row.

    It names the time for which it asks, so that it does nothing once that is dealt with.
    """
    due_at = format_time(row.at)
    id_ = effect_id("clock", row.guild_id, row.key, due_at)
    if row.key.startswith(CHECK):
        user_id = UserId(row.key.removeprefix(CHECK))
        return CheckStanding(id_, row.guild_id, user_id, due_at=due_at)
    if row.key.startswith(RANK):
        return MendRank(id_, row.guild_id, row.key.removeprefix(RANK), due_at)
    if row.key == HOLDS:
        return TellHeld(id_, row.guild_id, due_at)
    return None


def observations(rows: Iterable[Due], now: datetime) -> Iterable[Observation]:
    """Write the codes that are due as observations, one a guild; the same again is the same id."""
    ordered = sorted(rows, key=lambda row: (row.guild_id, row.at, row.key))
    for guild_id, group in groupby(ordered, key=lambda row: row.guild_id):
        for some in batched(group, MOST_CODES, strict=False):
            codes = tuple(InviteCode(row.key.removeprefix(CODE)) for row in some)
            yield Observation(
                id=_id(guild_id, some, now),
                guild_id=guild_id,
                guild_name="",
                at=now,
                events=(CodesDue(codes, now),),
            )


def _id(guild_id: GuildId, rows: Iterable[Due], now: datetime) -> str:
    said = [f"{row.key}|{format_time(row.at)}" for row in rows]
    round_ = int(now.timestamp() // AGAIN.total_seconds())
    digest = sha256("\n".join([guild_id, str(round_), *said]).encode()).hexdigest()
    return f"clock.{digest[:32]}"
