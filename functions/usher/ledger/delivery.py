"""Handing an export over: whole while Discord takes it, else by a link that ends (SPEC 3.4)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, Protocol

from usher.ids import GuildId
from usher.ledger.export import Choice
from usher.ledger.keys import exports_prefix
from usher.ledger.options import Wanted
from usher.ledger.patience import Deadline, Patience

LINK_LIFE: Final = timedelta(hours=1)


class Pieces(Protocol):
    """Writes exports piece by piece."""

    @property
    def filename(self) -> str:
        """`invite_logs_YYYYMMDD.csv`."""
        ...

    def pieces(
        self,
        choice: Choice,
        counted: Callable[[int], None],
        deadline: Deadline | None,
    ) -> Iterator[bytes]:
        """Write the chosen joins, the header first; `counted` is told of rows."""
        ...


class Shelf(Protocol):
    """Where large files lie until they are fetched. Every method may raise errors of the bucket."""

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Write a file piece by piece."""
        ...

    def link(self, key: str, filename: str, life: timedelta) -> str:
        """Make a link by which anybody who has it can fetch the file while it lives."""
        ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """A finished export."""

    filename: str
    lines: int
    """Rows below the header."""
    content: bytes | None
    """The whole file, byte order mark included; None when it is larger than was asked for."""
    link: str | None = None
    """Where a larger file is fetched."""
    expires_at: datetime | None = None
    """When the link ends at the latest: it ends with the credentials that signed it, too."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Implements LedgerExports."""

    source: Pieces
    shelf: Shelf
    patience: Patience

    def export(self, guild_id: GuildId, wanted: Wanted, name: str, limit: int) -> Delivered:
        """Write the wanted joins; `name` tells this export from others.

        Raises TooLongError, LineError, ChainError and errors of the bucket.
        """
        counts: list[int] = []
        filename = self.source.filename
        deadline = self.patience.starts()
        choice = Choice(guild_id, wanted.start, wanted.end, wanted.user_id, wanted.code)
        pieces = self.source.pieces(choice, counts.append, deadline)
        head, whole = _head(pieces, limit)
        if whole:
            return Delivered(filename, sum(counts), head)
        key = f"{exports_prefix(guild_id)}{name}/{filename}"
        self.shelf.put(key, chain((head,), pieces))
        link = self.shelf.link(key, filename, LINK_LIFE)
        return Delivered(filename, sum(counts), None, link, self.patience.clock() + LINK_LIFE)


def _head(pieces: Iterator[bytes], limit: int) -> tuple[bytes, bool]:
    """Take pieces until the limit is passed; say whether that was all."""
    head = bytearray()
    for piece in pieces:
        head += piece
        if len(head) > limit:
            return bytes(head), False
    return bytes(head), True
