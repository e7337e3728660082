"""The chain of closed days: each link holds the hash of the link before. Pure (SPEC 4.2).

A link proves two files: the day's lines, one after another in the order of booking, and the list of
their hashes, which names each line's own object. So a change is found and named by whoever has the
bucket alone: `sha256sum --check` can do it for the lines, `usher ledger verify` for all.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from usher.ids import GuildId
from usher.ledger.lines import Line

LINK_VERSION = 1


class ChainError(RuntimeError):
    """Something of the chain is not what it must be; `key` names it."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(f"{key}: {what}")
        self.key = key
        self.what = what


@dataclass(frozen=True, slots=True)
class Link:
    """What one closed day adds to a guild's chain."""

    guild_id: GuildId
    day: date
    """The UTC day; lines that came late, for days closed before, are with it."""
    number: int
    """1 for a guild's first."""
    previous_day: date | None
    previous: str | None
    """SHA-256 of the link before, as it is in the bucket."""
    lines: int
    late: int
    """How many of these came late."""
    size: int
    """Bytes of the lines."""
    sha256: str
    """Of the lines' file."""
    sums_sha256: str
    """Of the list of their hashes."""
    total_lines: int
    total_size: int
    """All lines of the guild up to here, and their bytes."""


def write_link(link: Link) -> bytes:
    """Write a link as one JSON object; the same link gives the same bytes."""
    fields = {
        "v": LINK_VERSION,
        "guild_id": link.guild_id,
        "day": link.day.isoformat(),
        "number": link.number,
        "previous_day": None if link.previous_day is None else link.previous_day.isoformat(),
        "previous": link.previous,
        "lines": link.lines,
        "late": link.late,
        "size": link.size,
        "sha256": link.sha256,
        "sums_sha256": link.sums_sha256,
        "total_lines": link.total_lines,
        "total_size": link.total_size,
    }
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def read_link(key: str, content: bytes) -> Link:
    """Read what `write_link` wrote, to the byte; raises ChainError for anything else."""
    try:
        fields = json.loads(content)
        before = fields["previous_day"]
        link = Link(
            guild_id=GuildId(fields["guild_id"]),
            day=date.fromisoformat(fields["day"]),
            number=fields["number"],
            previous_day=None if before is None else date.fromisoformat(before),
            previous=fields["previous"],
            lines=fields["lines"],
            late=fields["late"],
            size=fields["size"],
            sha256=fields["sha256"],
            sums_sha256=fields["sums_sha256"],
            total_lines=fields["total_lines"],
            total_size=fields["total_size"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ChainError(key, "is no link") from error
    if write_link(link) != content:
        raise ChainError(key, "is no link as Usher writes it")
    return link


def digest(content: bytes) -> str:
    """Hash a file."""
    return sha256(content).hexdigest()


def write_sums(sums: Iterable[tuple[str, str]]) -> bytes:
    """Write hashes and keys as `sha256sum` does."""
    return "".join(f"{hashed}  {key}\n" for hashed, key in sums).encode()


def read_sums(content: bytes) -> list[tuple[str, str]]:
    """Read hashes and keys; what is no such line is left out."""
    lines = content.decode("utf-8", "replace").splitlines()
    return [(hashed, key) for hashed, gap, key in (one.partition("  ") for one in lines) if gap]


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut pieces of a file into its lines, each with its end."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


def booking_order(line: Line) -> tuple[int, int, str, str]:
    """Order lines as they were booked.

    Two observations share a version when one of them was recorded and did not come to be booked
    before the other; then time decides. Bookings do not depend on it (tests/property).
    """
    version, place = line.seq or (0, 0)
    return version, place, line.timestamp.isoformat(), line.event_id
