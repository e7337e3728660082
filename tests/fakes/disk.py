"""A bucket in a file of this machine: what is measured over it is this project's own work."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path

from usher.platform.s3 import Listed

WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class DiskBucket:
    """Implements Archive, for one thread."""

    db: sqlite3.Connection

    @classmethod
    @contextmanager
    def at(cls, file: Path) -> "Iterator[DiskBucket]":
        with closing(sqlite3.connect(file, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA journal_mode = OFF")
            db.execute(
                "CREATE TABLE IF NOT EXISTS held (key TEXT PRIMARY KEY, content BLOB, etag TEXT)"
            )
            yield cls(db)

    def add(self, key: str, content: bytes, *, lock_until: datetime | None = None) -> bool:
        row = key, content, _tag(content)
        done = self.db.execute("INSERT INTO held VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)
        return done.rowcount == 1

    def get(self, key: str) -> bytes | None:
        found = self.db.execute("SELECT content FROM held WHERE key = ?", (key,)).fetchone()
        return None if found is None else bytes(found[0])

    def list(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        last = max(after, prefix[:-1]) if prefix else after
        while True:
            page = self.db.execute(
                "SELECT key, length(content), etag FROM held WHERE key > ? AND key < ?"
                " ORDER BY key LIMIT 1000",
                (last, f"{prefix}\x7f"),
            ).fetchall()
            for key, size, etag in page:
                last = key
                if key.startswith(prefix):
                    yield Listed(key, WRITTEN, size, etag)
            if len(page) < 1000:
                return

    def folders(self, prefix: str) -> Iterator[str]:
        last = prefix
        while found := self.db.execute(
            "SELECT key FROM held WHERE key > ? AND key < ? ORDER BY key LIMIT 1",
            (last, f"{prefix}\x7f"),
        ).fetchone():
            step, slash, _ = found[0].removeprefix(prefix).partition("/")
            if slash:
                yield f"{prefix}{step}/"
            last = f"{prefix}{step}/\x7f" if slash else found[0]

    def stream(self, key: str) -> Iterator[bytes] | None:
        found = self.db.execute("SELECT rowid FROM held WHERE key = ?", (key,)).fetchone()
        return None if found is None else self._pieces(found[0])

    def _pieces(self, row: int) -> Iterator[bytes]:
        with self.db.blobopen("held", "content", row, readonly=True) as blob:
            while piece := blob.read(1 << 16):
                yield piece

    def upload(self, key: str, chunks: Iterable[bytes]) -> int:
        content = b"".join(chunks)
        self.db.execute("DELETE FROM held WHERE key = ?", (key,))
        self.add(key, content)
        return len(content)


def _tag(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()
