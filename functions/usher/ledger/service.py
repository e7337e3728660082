"""Writing the ledger: first of all writes, and many lines at once."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

from usher.ids import GuildId
from usher.ledger.keys import line_key
from usher.ledger.lines import Line
from usher.ledger.names import Names
from usher.ledger.ports import Lines


@dataclass(frozen=True, slots=True)
class LedgerWriter:
    """Adds what a decision says to the ledger."""

    store: Lines
    pool: Executor

    def record(self, lines: Sequence[Line], names: Sequence[Names]) -> tuple[Line, ...]:
        """Write names and lines side by side; return the lines that stand, in the same order.

        Nothing is credited before both are kept: whatever fails here fails the message, and its
        repetition writes what is missing and meets its own lines. So no order between a line and
        its names is needed. Raises the first error once every write has ended.
        """
        kept = [self.pool.submit(self.store.keep, name) for name in names]
        added = [self.pool.submit(self.store.append, line) for line in lines]
        failures = [*(one.exception() for one in added), *(one.exception() for one in kept)]
        errors = [error for error in failures if error is not None]
        if errors:
            raise errors[0]
        return tuple(future.result() for future in added)

    def read(
        self, guild_id: GuildId, event_ids: Sequence[tuple[str, datetime]]
    ) -> tuple[Line, ...]:
        """Read lines by event id and timestamp."""
        keys = [line_key(guild_id, event_id, at) for event_id, at in event_ids]
        return tuple(self.pool.map(self.store.read, keys))
