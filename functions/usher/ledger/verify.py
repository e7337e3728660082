"""Proving from the bucket alone that nothing was changed, removed, inserted or reordered."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date
from hashlib import md5, sha256
from typing import Final

from usher.ids import GuildId
from usher.ledger.chain import Link, digest, read_sums, split_lines, write_sums
from usher.ledger.closed import ClosedDays
from usher.ledger.keys import (
    closed_key,
    day_of_key,
    day_prefix,
    guild_prefix,
    line_key,
    link_key,
    sums_key,
)
from usher.ledger.line_codec import read_line
from usher.ledger.lines import LineError
from usher.ledger.ports import Archive, KeptHead
from usher.ledger.proof import COUNTS, Fault, Finding, check_head, check_links, compare

AGREED: Final = "lines and hashes agree, and not with it"


@dataclass(frozen=True, slots=True)
class Line:
    """What the chain says of a line's own object."""

    sha256: str
    md5: str | None
    """As the bucket lists it; None where the day's file does not tell."""


@dataclass(slots=True)
class Verified:
    """What was looked at, and what is wrong, in order: the chain, its files, single objects."""

    guild_id: GuildId
    head: str | None = None
    """SHA-256 of the newest link: what a head kept apart must be."""
    links: int = 0
    lines: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verifier:
    """Reads every closed file and the list of single objects; may raise the bucket's errors.

    A single object is compared by the hash that its listing shows, and read only where that is
    another. Lines of days that are not closed yet have no proof and are not looked at.
    """

    objects: Archive
    pool: Executor
    singles: bool = True
    """Whether lines are also demanded as objects of their own."""
    tick: Callable[[int], None] = lambda _lines: None
    """Told of how many more lines were checked."""

    def verify(
        self,
        guild_id: GuildId,
        first: date | None = None,
        last: date | None = None,
    ) -> Verified:
        """Verify a guild's chain whole, and the files and lines of some days, both included."""
        found = self.links(guild_id)
        links, findings = check_links(guild_id, found)
        head = digest(found[-1][1]) if found else None
        verified = Verified(guild_id, head, links=len(found), findings=findings)
        expected: dict[str, Line] = {}
        for link in links:
            chosen = (first is None or first <= link.day) and (last is None or link.day <= last)
            if chosen:
                expected |= self._file(link, verified)
            elif link.late and last is not None and link.day > last:
                expected |= self._sums(link)  # some of its lines may be of the chosen days
        if self.singles and links:
            until = links[-1].day if last is None else min(last, links[-1].day)
            verified.findings += self._singles(guild_id, expected, first, until)
        return verified

    def against(self, guild_id: GuildId, kept: KeptHead | None) -> Finding | None:
        """Compare the newest link with the head that is kept outside the bucket."""
        return check_head(guild_id, self.links(guild_id), kept)

    def links(self, guild_id: GuildId) -> list[tuple[date, bytes]]:
        """Read every link as it is in the bucket."""
        days = ClosedDays(self.objects).days(guild_id)
        contents = self.pool.map(self.objects.get, [link_key(guild_id, day) for day in days])
        return [(day, content or b"") for day, content in zip(days, contents, strict=True)]

    def _sums(self, link: Link) -> dict[str, Line]:
        content = self.objects.get(sums_key(link.guild_id, link.day)) or b""
        return {key: Line(hashed, None) for hashed, key in read_sums(content)}

    def _file(self, link: Link, verified: Verified) -> dict[str, Line]:
        """Check a link's two files, and say what its lines are."""
        sums_at, file = sums_key(link.guild_id, link.day), closed_key(link.guild_id, link.day)
        listed = self.objects.get(sums_at)
        sums = read_sums(listed or b"")
        trusted = listed is not None and digest(listed) == link.sums_sha256
        chunks = self.objects.stream(file)
        if chunks is None:
            if not trusted:
                verified.findings.append(_untrusted(sums_at, listed))
            verified.findings.append(Finding(Fault.REMOVED, file, "its link names it"))
            return {key: Line(hashed, None) for hashed, key in sums}
        whole, lines, size = sha256(), list[tuple[str, str]](), 0
        for line in split_lines(chunks):
            whole.update(line)
            size += len(line)
            lines.append((digest(line), md5(line, usedforsecurity=False).hexdigest()))
        verified.lines += len(lines)
        self.tick(len(lines))
        hashes = [hashed for hashed, _ in lines]
        proven = whole.hexdigest() == link.sha256
        if not (proven and trusted):
            verified.findings += self._wrong(link, listed, hashes, proven=proven, trusted=trusted)
        elif (link.lines, link.late, link.size) != (len(lines), _late(link, sums), size):
            key = link_key(link.guild_id, link.day)
            if not any(finding.key == key for finding in verified.findings):
                verified.findings.append(Finding(Fault.CHANGED, key, COUNTS))
        tags = dict(lines)
        return {key: Line(hashed, tags.get(hashed)) for hashed, key in sums}

    def _wrong(
        self, link: Link, listed: bytes | None, hashes: list[str], *, proven: bool, trusted: bool
    ) -> list[Finding]:
        """Say which of a link, its lines and their hashes is wrong: two that agree are right."""
        sums_at, file = sums_key(link.guild_id, link.day), closed_key(link.guild_id, link.day)
        lied = Finding(Fault.CHANGED, link_key(link.guild_id, link.day), AGREED)
        if trusted:
            return [compare(read_sums(listed or b""), hashes, file) or lied]
        if proven:
            right = listed is not None and listed == self._made_again(link)
            return [lied if right else _untrusted(sums_at, listed)]
        return [_untrusted(sums_at, listed), Finding(Fault.CHANGED, file)]

    def _made_again(self, link: Link) -> bytes | None:
        """Make the list of hashes from the lines; None when one of them is none."""
        try:
            lines = [(digest(one), read_line(one)) for one in ClosedDays(self.objects).lines(link)]
        except LineError:
            return None
        return write_sums(
            (hashed, line_key(line.guild_id, line.event_id, line.timestamp))
            for hashed, line in lines
        )

    def _singles(
        self, guild_id: GuildId, expected: dict[str, Line], first: date | None, last: date
    ) -> Iterator[Finding]:
        """Compare the lines' own objects, in order of their keys."""
        places = {line.sha256: key for key, line in expected.items()}
        wanted = {key for key in expected if (first or date.min) <= _day(key) <= last}
        findings: list[Finding] = []
        after = "" if first is None else day_prefix(guild_id, first)
        for entry in self.objects.list(guild_prefix(guild_id), after=after):
            if _day(entry.key) > last:
                break
            line = expected.get(entry.key)
            wanted.discard(entry.key)
            if line is None:
                findings.append(Finding(Fault.INSERTED, entry.key, "no link knows it"))
            elif entry.etag != line.md5:
                findings += self._differs(entry.key, line, places)
        findings += [Finding(Fault.REMOVED, key, "a link names it") for key in wanted]
        yield from sorted(findings, key=lambda finding: finding.key)

    def _differs(self, key: str, line: Line, places: dict[str, str]) -> list[Finding]:
        hashed = digest(self.objects.get(key) or b"")
        if hashed == line.sha256:
            return []
        if hashed in places:
            return [Finding(Fault.REORDERED, key, f"it is {places[hashed]}")]
        return [Finding(Fault.CHANGED, key)]


def _untrusted(key: str, listed: bytes | None) -> Finding:
    fault = Fault.REMOVED if listed is None else Fault.CHANGED
    return Finding(fault, key, "its link has another hash")


def _late(link: Link, sums: list[tuple[str, str]]) -> int:
    return sum(day_of_key(key) != link.day for _, key in sums)


def _day(key: str) -> date:
    return day_of_key(key) or date.min
