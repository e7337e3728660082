"""Backups of the table: read whole, written in the form that DynamoDB itself imports.

The table goes on being written while it is read, so a row is as of some moment of the reading. To
the second restores point-in-time recovery; attribution and credit come back from the ledger alone.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from usher.backup.rules import PASSING, SALTS, SETTINGS, Backup, Kind, backup_of, prefix

GZIP: Final = 31
"""zlib's window bits for a gzip file."""

type Item = Mapping[str, Mapping[str, Any]]
"""A row as DynamoDB's API writes it: `{"pk": {"S": "G#1"}, …}`."""


class Entry(Protocol):
    """One object of a listing."""

    @property
    def key(self) -> str:
        """Where it is."""
        ...

    @property
    def modified(self) -> datetime:
        """When it was written."""
        ...


class Store(Protocol):
    """Where backups are kept. Methods may raise an AWS error."""

    def list(self, prefix: str, *, after: str = "") -> Iterator[Entry]:
        """List objects under a prefix."""
        ...

    def stream(self, key: str) -> Iterator[bytes] | None:
        """Read an object in pieces; None when there is none."""
        ...

    def upload(self, key: str, chunks: Iterable[bytes]) -> int:
        """Write an object in pieces; nothing is to be seen of it before it is whole."""
        ...


@dataclass(frozen=True, slots=True)
class Backups:
    """Makes the backups that are due."""

    store: Store
    items: Callable[[], Iterator[Item]]
    """Reads the whole table; may raise an AWS error."""
    clock: Callable[[], datetime]

    def make(self) -> list[Backup]:
        """Make what its period does not have yet; return it."""
        now = self.clock()
        due = [backup_of(kind, now) for kind in self.missed()]
        wanted = {backup.kind: backup for backup in due}
        daily = backup_of(Kind.DAILY, now)
        if Kind.DAILY in wanted or Kind.SETTINGS in wanted:
            settings: list[Item] = []
            self.store.upload(daily.key, _zipped(_noted(self.items(), settings)))
            if weekly := wanted.get(Kind.SETTINGS):
                lines = (json.dumps(_plain(item)).encode() + b"\n" for item in settings)
                self.store.upload(weekly.key, lines)
        if monthly := wanted.get(Kind.MONTHLY):
            self.store.upload(monthly.key, self.store.stream(daily.key) or ())
        return due

    def ages(self) -> dict[Kind, timedelta]:
        """Say how old the newest backup of each kind is; a kind without one is left out."""
        newest = {
            kind: max((entry.modified for entry in self.store.list(prefix(kind))), default=None)
            for kind in Kind
        }
        return {kind: self.clock() - at for kind, at in newest.items() if at is not None}

    def missed(self) -> list[Kind]:
        """Name the kinds that have no backup of this day, week or month: asked after `make`."""
        now = self.clock()
        return [kind for kind in Kind if not self._is_there(backup_of(kind, now))]

    def _is_there(self, backup: Backup) -> bool:
        return any(entry.key == backup.key for entry in self.store.list(backup.key))


def read_backup(chunks: Iterable[bytes]) -> Iterator[Item]:
    """Read a backup of the table, row by row; raises ValueError for what is none."""
    unzip = zlib.decompressobj(GZIP)
    rest = b""
    try:
        for chunk in chunks:
            *lines, rest = (rest + unzip.decompress(chunk)).split(b"\n")
            for line in lines:
                yield json.loads(line)["Item"]
    except (KeyError, TypeError, zlib.error) as error:
        raise ValueError("not a backup") from error
    if rest or not unzip.eof:
        raise ValueError("a backup cut short")


def _noted(items: Iterable[Item], settings: list[Item]) -> Iterator[bytes]:
    for item in items:
        partition = str(item["pk"].get("S", ""))
        if partition == SALTS or partition.startswith(PASSING):
            continue
        if str(item["sk"].get("S", "")).startswith(SETTINGS):
            settings.append(item)
        yield json.dumps({"Item": item}, separators=(",", ":")).encode() + b"\n"


def _zipped(lines: Iterable[bytes]) -> Iterator[bytes]:
    zipping = zlib.compressobj(wbits=GZIP)
    for line in lines:
        yield zipping.compress(line)
    yield zipping.flush()


def _plain(item: Item) -> dict[str, object]:
    """Write a row for people: without the types that DynamoDB puts around values."""
    return {name: next(iter(value.values())) for name, value in item.items()}
