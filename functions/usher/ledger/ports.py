"""What the ledger asks of the world."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from usher.ids import GuildId, UserId
from usher.ledger.erasure import Erasure
from usher.ledger.lines import Line
from usher.ledger.names import Names
from usher.ledger.repairs import Repair


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

    @property
    def size(self) -> int:
        """Bytes."""
        ...

    @property
    def etag(self) -> str:
        """What the bucket says of the content: its MD5 in hex, unless KMS or parts were used."""
        ...


class Objects(Protocol):
    """A bucket: objects by key, kept until erased. Every method may raise an AWS error."""

    def add(self, key: str, content: bytes, *, lock_until: datetime | None = None) -> bool:
        """Write an object unless the key is taken; say whether it was written."""
        ...

    def get(self, key: str) -> bytes | None:
        """Read an object; None when there is none."""
        ...

    def list(self, prefix: str, *, after: str = "") -> Iterator[Entry]:
        """List objects under a prefix with keys greater than `after`, in key order."""
        ...

    def folders(self, prefix: str) -> Iterator[str]:
        """List the next steps below a prefix, each ending in a slash, in order."""
        ...


class Archive(Objects, Protocol):
    """A bucket whose large objects are read and written piece by piece."""

    def stream(self, key: str) -> Iterator[bytes] | None:
        """Read an object in pieces; None when there is none."""
        ...

    def upload(self, key: str, chunks: Iterable[bytes]) -> int:
        """Write an object in pieces, over what is there; return its bytes."""
        ...


class Version(Protocol):
    """One version of an object, or the mark that it was deleted."""

    @property
    def key(self) -> str:
        """Whose version."""
        ...

    @property
    def id(self) -> str:
        """Which."""
        ...

    @property
    def modified(self) -> datetime:
        """When it was written."""
        ...

    @property
    def is_current(self) -> bool:
        """Whether reading the key gives it: the latest, and no mark of deletion."""
        ...


class Versioned(Archive, Protocol):
    """A bucket that keeps what was written over, until its versions are destroyed."""

    def versions(self, prefix: str) -> Iterator[Version]:
        """List all versions and marks of deletion under a prefix, by key."""
        ...

    def destroy(self, versions: Iterable[Version]) -> int:
        """Destroy versions for ever; return how many."""
        ...


class Records(Protocol):
    """What is on record about people beside the ledger. Methods may raise errors of its store."""

    def forget_names(self, guild_id: GuildId, names: Mapping[UserId, Collection[str]]) -> int:
        """Write ids where names stand; return in how many records."""
        ...

    def forget_words(self, erasure: Erasure) -> int:
        """Take the words out of records about somebody that need them no more; say of how many."""
        ...

    def files(self, guild_id: GuildId, user_id: UserId) -> frozenset[str]:
        """Name the keys of files that records about somebody still show."""
        ...


class Repairs(Protocol):
    """Takes what could not be written beside a line; raises an AWS error when it was not taken."""

    def ask(self, repairs: Sequence[Repair]) -> None:
        """Hand over objects to be written later."""
        ...


class Lines(Protocol):
    """Where lines and names are kept. Every method may raise errors of the bucket."""

    def append(self, line: Line) -> Line:
        """Add a line; return the one that stands, which is the earlier one where there is one."""
        ...

    def keep(self, names: Names) -> None:
        """Keep the names of a line, unless they are kept already or were erased."""
        ...

    def read(self, key: str) -> Line:
        """Read the line under a key."""
        ...


@dataclass(frozen=True, slots=True)
class KeptHead:
    """The newest link of a guild's chain, as it is kept outside the bucket."""

    day: date
    sha256: str
    number: int


class Heads(Protocol):
    """Where the heads of the chains are kept. Methods may raise an AWS error."""

    def get(self, guild_id: GuildId) -> KeptHead | None:
        """Read a guild's head; None before its first link."""
        ...

    def move(self, guild_id: GuildId, before: str | None, head: KeptHead) -> None:
        """Write a head in place of the one with hash `before`; raises ChainError if it moved.

        That it is there already is as good.
        """
        ...
