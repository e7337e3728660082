"""Writing the ledger: first of all writes, in both forms, and many lines at once."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

from usher.ids import GuildId
from usher.ledger.keys import line_key
from usher.ledger.lines import Line
from usher.ledger.names import Names
from usher.ledger.ports import Lines, Repairs
from usher.ledger.repairs import Repair


@dataclass(frozen=True, slots=True)
class LedgerWriter:
    """Adds what a decision says to the ledger."""

    store: Lines
    pool: Executor
    repairs: Repairs | None = None
    """Takes rows and names that could not be written; None to fail the message instead."""

    def record(self, lines: Sequence[Line], names: Sequence[Names]) -> tuple[Line, ...]:
        """Write lines, and rows with names, side by side; return the lines that stand, in order.

        A line is the proof: when one is not kept nothing is credited, the message fails, and its
        repetition writes what is missing and meets its own lines. A row or name that is not kept
        is handed over to be written later (SPEC 4.3); only when that fails too does the message.
        Raises the first error once every write has ended.
        """
        kept = [self.pool.submit(self.store.keep, name) for name in names]
        added = [self.pool.submit(self.store.append, line) for line in lines]
        errors = [error for one in added if (error := one.exception()) is not None]
        failed = [name for name, one in zip(names, kept, strict=True) if one.exception()]
        if self.repairs is None:
            errors += [error for one in kept if (error := one.exception()) is not None]
        if errors:
            raise errors[0]
        if failed and self.repairs is not None:
            self.repairs.ask([Repair(name.key, name.content()) for name in failed])
        return tuple(future.result() for future in added)

    def read(
        self, guild_id: GuildId, event_ids: Sequence[tuple[str, datetime]]
    ) -> tuple[Line, ...]:
        """Read lines by event id and timestamp."""
        keys = [line_key(guild_id, event_id, at) for event_id, at in event_ids]
        return tuple(self.pool.map(self.store.read, keys))
