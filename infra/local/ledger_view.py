"""The newest ledger lines of the emulator's bucket, with names, for the practice page."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.local.aws import Cloud
from usher.ledger.ports import Entry
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore
from usher.platform.s3 import Bucket


@dataclass
class _Remembered:
    """A bucket whose objects never change, read once each: the page asks every second."""

    bucket: Bucket
    seen: dict[str, bytes] = field(default_factory=dict)

    def add(self, key: str, content: bytes, *, lock_until: datetime | None = None) -> bool:
        return self.bucket.add(key, content, lock_until=lock_until)

    def get(self, key: str) -> bytes | None:
        content = self.seen.get(key)
        if content is None:
            content = self.bucket.get(key)
            if content is not None:
                self.seen[key] = content
        return content

    def list(self, prefix: str, *, after: str = "") -> Iterator[Entry]:
        return iter(self.bucket.list(prefix, after=after))

    def folders(self, prefix: str) -> Iterator[str]:
        return self.bucket.folders(prefix)


class LedgerView:
    """Reads the ledger as production does."""

    def __init__(self, cloud: Cloud, bucket: str) -> None:
        store = LedgerStore(_Remembered(Bucket(cloud.s3, bucket)), lambda: datetime.now(UTC))
        self._reader = LedgerReader(store, ThreadPoolExecutor(8, "ledger-view"))

    def newest(self, limit: int = 50) -> list[dict[str, Any]]:
        """Return up to `limit` lines of all guilds, newest first."""
        return [dict(line) for line in self._reader.recent_lines(None, limit)]
