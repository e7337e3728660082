"""What is wrong with a chain, and what became of a list of lines. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from usher.ids import GuildId
from usher.ledger.chain import ChainError, Link, digest, read_link
from usher.ledger.keys import link_key
from usher.ledger.ports import KeptHead

COUNTS: Final = "it counts otherwise"


class Fault(StrEnum):
    """What was done to an object."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    """It is in the place of another."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One object that is not what the chain says."""

    fault: Fault
    key: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """A link's object as it was found."""

    day: date
    hashed: str
    link: Link | None


def check_links(
    guild_id: GuildId, found: Sequence[tuple[date, bytes]]
) -> tuple[list[Link], list[Finding]]:
    """Check the links of a guild, given in order of the days in their keys, one by the other.

    Return those that can be read and stand in their place, and what is wrong, each object once.
    """
    findings: dict[str, Finding] = {}
    reads = [_read(guild_id, day, content, findings) for day, content in found]
    for place, read in enumerate(reads):
        if read.link is not None:
            _check(guild_id, reads, place, read.link, findings)
    return [read.link for read in reads if read.link is not None], [*findings.values()]


def check_head(
    guild_id: GuildId, found: Sequence[tuple[date, bytes]], kept: KeptHead | None
) -> Finding | None:
    """Compare the newest link with the head that is kept outside the bucket.

    Whoever rewrites a whole chain, from one link to the last, cannot rewrite that.
    """
    last = found[-1][0] if found else None
    if kept is None:
        return None if last is None else _finding(Fault.INSERTED, guild_id, last, "no head is kept")
    if last is None or last < kept.day:
        return _finding(Fault.REMOVED, guild_id, kept.day, "the head kept apart names it")
    if last > kept.day:
        return _finding(Fault.INSERTED, guild_id, last, "the head kept apart is older")
    if digest(found[-1][1]) != kept.sha256:
        return _finding(Fault.CHANGED, guild_id, last, "the head kept apart has another hash")
    return None


def compare(
    expected: Sequence[tuple[str, str]], actual: Sequence[str], file: str
) -> Finding | None:
    """Name the first line of a file that is not what the list of hashes and keys says."""
    hashes = [hashed for hashed, _ in expected]
    if hashes == list(actual):
        return None
    same = zip(hashes, actual, strict=False)
    place = next((n for n, (one, other) in enumerate(same) if one != other), None)
    if place is None:
        place = min(len(hashes), len(actual))
        if len(actual) > len(hashes):
            return Finding(Fault.INSERTED, file, f"line {place + 1}")
        return Finding(Fault.REMOVED, file, f"line {place + 1}, {expected[place][1]}")
    where = f"line {place + 1}, {expected[place][1]}"
    if actual[place] in hashes[place:] and hashes[place] in actual[place:]:
        if hashes[place:] == list(actual[place + 1 :]):
            return Finding(Fault.INSERTED, file, f"line {place + 1}")
        return Finding(Fault.REORDERED, file, where)
    if hashes[place] in actual[place + 1 :]:
        return Finding(Fault.INSERTED, file, f"line {place + 1}")
    if actual[place] in hashes[place + 1 :]:
        return Finding(Fault.REMOVED, file, where)
    return Finding(Fault.CHANGED, file, where)


def _read(guild_id: GuildId, day: date, content: bytes, findings: dict[str, Finding]) -> _Read:
    key = link_key(guild_id, day)
    try:
        link = read_link(key, content)
    except ChainError as error:
        findings[key] = Finding(Fault.CHANGED, key, error.what)
        return _Read(day, digest(content), None)
    if (link.guild_id, link.day) != (guild_id, day):
        other = link_key(link.guild_id, link.day)
        findings[key] = Finding(Fault.REORDERED, key, f"it is {other}")
        return _Read(day, digest(content), None)
    return _Read(day, digest(content), link)


def _check(
    guild_id: GuildId,
    reads: Sequence[_Read],
    place: int,
    link: Link,
    findings: dict[str, Finding],
) -> None:
    """Check what a link says of the one before."""
    before = reads[place - 1] if place else None
    if link.previous == (None if before is None else before.hashed):
        last = None if before is None else before.link
        if (before is None or last is not None) and not _follows(link, last):
            found = _finding(Fault.CHANGED, guild_id, link.day, COUNTS)
            findings.setdefault(found.key, found)
        return
    days = [read.day for read in reads[:place]]
    if link.previous_day is not None and link.previous_day not in days:
        found = _finding(Fault.REMOVED, guild_id, link.previous_day, "the link after names it")
    elif before is not None and link.previous_day != before.day:
        first = next(d for d in days if link.previous_day is None or d > link.previous_day)
        found = _finding(Fault.INSERTED, guild_id, first, "the link after does not know it")
    elif _confirmed(reads, place) or before is None:
        day = link.day if before is None else before.day
        found = _finding(Fault.CHANGED, guild_id, day, "the link after has another hash")
    else:
        found = _finding(Fault.CHANGED, guild_id, link.day, "it names another link before it")
    findings.setdefault(found.key, found)


def _follows(link: Link, before: Link | None) -> bool:
    """Whether a link's number and sums go on from the link before."""
    sums = link.total_lines - link.lines, link.total_size - link.size
    told = link.previous_day, link.number - 1, *sums
    if before is None:
        return told == (None, 0, 0, 0)
    return told == (before.day, before.number, before.total_lines, before.total_size)


def _confirmed(reads: Sequence[_Read], place: int) -> bool:
    """Whether the link after says that this one is unchanged; the last is believed."""
    if place + 1 == len(reads):
        return True
    after = reads[place + 1].link
    return after is None or after.previous == reads[place].hashed


def _finding(fault: Fault, guild_id: GuildId, day: date, detail: str) -> Finding:
    return Finding(fault, link_key(guild_id, day), detail)
