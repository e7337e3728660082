"""Where ledger lines and names are kept: one object a line (SPEC 4.1, 4.2)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from usher.ids import GuildId
from usher.ledger.keeping import keep
from usher.ledger.keys import LINES, guild_prefix, line_key
from usher.ledger.line_codec import read_line, write_line
from usher.ledger.lines import Line, LineError
from usher.ledger.names import Names
from usher.ledger.ports import Objects

__all__ = ["LINES", "LedgerStore", "LineMissingError"]


class LineMissingError(RuntimeError):
    """S3 said that a line is there and then did not have it; a repetition finds out."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class LedgerStore:
    """Lines and names over a bucket."""

    objects: Objects
    clock: Callable[[], datetime]
    retention: timedelta | None = None
    """How long each line is locked (Object Lock, governance mode); None for not at all."""

    def append(self, line: Line) -> Line:
        """Add a line; return the one that stands, which is the earlier one where there is one.

        Raises LineError when what stands is no line, LineMissingError, and errors of the bucket.
        """
        key = line_key(line.guild_id, line.event_id, line.timestamp)
        until = None if self.retention is None else self.clock() + self.retention
        if self.objects.add(key, write_line(line), lock_until=until):
            return line
        return self.read(key)

    def keep(self, names: Names) -> None:
        """Keep the names of a line, unless they are kept already or were erased."""
        keep(self.objects, names.key, names.content())

    def read(self, key: str) -> Line:
        """Read the line under a key; raises LineMissingError and LineError."""
        content = self.objects.get(key)
        if content is None:
            raise LineMissingError(key)
        try:
            return read_line(content)
        except LineError as error:
            raise LineError(f"{key}: {error.what}") from error

    def guilds(self) -> Iterator[GuildId]:
        """Name the guilds that have lines."""
        for folder in self.objects.folders(LINES):
            yield GuildId(folder.removeprefix(f"{LINES}guild=").rstrip("/"))

    def days(self, guild_id: GuildId) -> Iterator[date]:
        """Name the UTC days that have lines of a guild, oldest first."""
        prefix = guild_prefix(guild_id)
        for folder in self.objects.folders(prefix):
            yield date.fromisoformat(folder.removeprefix(f"{prefix}dt=").rstrip("/"))
