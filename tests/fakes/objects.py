"""A bucket in memory, and an executor without threads."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import md5
from itertools import batched
from typing import Any

from tests.fakes.fuse import Fuse
from usher.ledger.ports import Version
from usher.platform.s3 import Listed, ListedVersion

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class FakeObjects:
    """Implements Versioned; each write happens a second after the one before."""

    fuse: Fuse = field(default_factory=Fuse)
    held: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    locks: dict[str, datetime] = field(default_factory=dict)
    past: dict[str, list[tuple[bytes, datetime]]] = field(default_factory=dict)
    """What was written over, oldest first."""
    streamed: list[str] = field(default_factory=list)
    """What was read in pieces."""
    clock: Callable[[], datetime] | None = None
    """Dates what is written; None for a second after what was written before."""

    def add(self, key: str, content: bytes, *, lock_until: datetime | None = None) -> bool:
        return self.fuse.step(
            f"add {key.split('/')[0]}", lambda: self._add(key, content, lock_until)
        )

    def _add(self, key: str, content: bytes, lock_until: datetime | None) -> bool:
        if key in self.held:
            return False
        written = EPOCH + timedelta(seconds=len(self.held))
        self.held[key] = content, written if self.clock is None else self.clock()
        if lock_until is not None:
            self.locks[key] = lock_until
        return True

    def get(self, key: str) -> bytes | None:
        found = self.held.get(key)
        return None if found is None else found[0]

    def list(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        for key in sorted(self.held):
            if key.startswith(prefix) and key > after:
                content, modified = self.held[key]
                etag = md5(content, usedforsecurity=False).hexdigest()
                yield Listed(key, modified, len(content), etag)

    def stream(self, key: str) -> Iterator[bytes] | None:
        self.streamed.append(key)
        content = self.get(key)
        return (
            None
            if content is None
            else (bytes(piece) for piece in batched(content, 100, strict=False))
        )

    def upload(self, key: str, chunks: Iterable[bytes]) -> int:
        content = b"".join(chunks)
        self.fuse.step(f"upload {key.split('/')[0]}", lambda: self.put(key, content))
        return len(content)

    def put(self, key: str, content: bytes) -> None:
        """Write over what is there, as somebody might."""
        if key in self.held:
            self.past.setdefault(key, []).append(self.held[key])
        self.held[key] = content, EPOCH + timedelta(seconds=len(self.held))

    def folders(self, prefix: str) -> Iterator[str]:
        rests = [key.removeprefix(prefix) for key in self.held if key.startswith(prefix)]
        yield from sorted({prefix + rest.split("/")[0] + "/" for rest in rests if "/" in rest})

    def versions(self, prefix: str) -> Iterator[ListedVersion]:
        for key in sorted({*self.held, *self.past}):
            if key.startswith(prefix):
                found = [(held, False) for held in self.past.get(key, ())]
                found += [(self.held[key], True)] if key in self.held else []
                for held, current in reversed(found):
                    yield ListedVersion(key, _version_id(*held), held[1], current)

    def destroy(self, versions: Iterable[Version]) -> int:
        gone = tuple(versions)
        if gone:
            self.fuse.step(f"destroy {gone[0].key.split('/')[0]}", lambda: self._destroy(gone))
        return len(gone)

    def _destroy(self, versions: Sequence[Version]) -> None:
        for one in versions:
            assert one.key not in self.locks, f"{one.key} is locked"
            kept = [held for held in self.past.pop(one.key, []) if _version_id(*held) != one.id]
            if one.key in self.held and _version_id(*self.held[one.key]) == one.id:
                del self.held[one.key]
                if kept:
                    self.held[one.key] = kept.pop()
            if kept:
                self.past[one.key] = kept

    def contents(self) -> dict[str, Sequence[bytes]]:
        """Everything that is kept, by key: every version of it."""
        return {
            key: [
                *(content for content, _ in self.past.get(key, ())),
                *([self.held[key][0]] if key in self.held else ()),
            ]
            for key in {*self.held, *self.past}
        }

    def under(self, prefix: str) -> dict[str, bytes]:
        """What is kept under a prefix."""
        return {key: held[0] for key, held in self.held.items() if key.startswith(prefix)}


def _version_id(content: bytes, modified: datetime) -> str:
    return f"{modified.isoformat()} {md5(content, usedforsecurity=False).hexdigest()}"


class Inline(Executor):
    """Runs everything at once, in the caller's thread."""

    def submit[**P, T](
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> "Future[T]":
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as an executor does
            future.set_exception(error)
        return future

    def __enter__(self) -> "Inline":
        return self

    def __exit__(self, *_: Any) -> None:  # noqa: ANN401
        return None
