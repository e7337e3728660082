"""Reading closed days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from usher.ids import GuildId
from usher.ledger.chain import ChainError, Link, digest, read_link, read_sums, split_lines
from usher.ledger.csv_form import read_rows
from usher.ledger.keys import (
    chain_prefix,
    closed_key,
    csv_key,
    day_of_key,
    link_key,
    sums_key,
)
from usher.ledger.ports import Archive


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Reads links and what they stand for; methods may raise ChainError and the bucket's errors."""

    objects: Archive

    def days(self, guild_id: GuildId, first: date | None = None) -> list[date]:
        """Name the days that have a link, oldest first, from one on."""
        after = "" if first is None else link_key(guild_id, first)[: -len(".json")]
        listed = self.objects.list(chain_prefix(guild_id), after=after)
        return [day for entry in listed if (day := day_of_key(entry.key)) is not None]

    def link(self, guild_id: GuildId, day: date) -> Link:
        """Read the link of a day."""
        key = link_key(guild_id, day)
        content = self.objects.get(key)
        if content is None:
            raise ChainError(key, "is missing")
        return read_link(key, content)

    def links(self, guild_id: GuildId, first: date | None = None) -> Iterator[Link]:
        """Read the links from a day on, oldest first."""
        for day in self.days(guild_id, first):
            yield self.link(guild_id, day)

    def lines(self, link: Link) -> Iterator[bytes]:
        """Read the lines of a link in order of booking; the last is followed by the proof."""
        key = closed_key(link.guild_id, link.day)
        chunks = self.objects.stream(key)
        if chunks is None:
            raise ChainError(key, "is missing")
        hashed = sha256()
        for line in split_lines(chunks):
            hashed.update(line)
            yield line
        if hashed.hexdigest() != link.sha256:
            raise ChainError(key, "is not what its link says")

    def sums(self, link: Link) -> list[tuple[str, str]]:
        """Read the hashes of the lines of a link and the keys of their own objects."""
        key = sums_key(link.guild_id, link.day)
        content = self.objects.get(key)
        if content is None or digest(content) != link.sums_sha256:
            raise ChainError(key, "is missing" if content is None else "is not what its link says")
        return read_sums(content)

    def rows(self, link: Link) -> Iterator[dict[str, str]]:
        """Read the joins of a link with names; none when they were erased or are not made yet."""
        chunks = self.objects.stream(csv_key(link.guild_id, link.day))
        return iter(()) if chunks is None else read_rows(chunks)
