"""What every `usher ledger` action works on."""

from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime

from usher.ids import GuildId
from usher.ledger.closed import ClosedDays
from usher.ledger.ports import Archive
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger's bucket."""

    objects: Archive
    pool: Executor

    @property
    def closed(self) -> ClosedDays:
        """Its closed days."""
        return ClosedDays(self.objects)

    @property
    def reader(self) -> LedgerReader:
        """All its lines."""
        return LedgerReader(LedgerStore(self.objects, now), self.pool, self.closed)

    def guilds(self, chosen: str | None) -> list[GuildId]:
        """Name the guilds, or the one chosen; may raise the bucket's errors."""
        if chosen is not None:
            return [GuildId(chosen)]
        return list(LedgerStore(self.objects, now).guilds())

    def total(self, guilds: list[GuildId]) -> int:
        """Count the lines of closed days, as their links say."""
        lasts = (days[-1] if (days := self.closed.days(guild)) else None for guild in guilds)
        return sum(
            self.closed.link(guild, day).total_lines
            for guild, day in zip(guilds, lasts, strict=True)
            if day is not None
        )


def now() -> datetime:
    """Say what time it is."""
    return datetime.now(UTC)
