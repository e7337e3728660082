"""The erasures that a bucket remembers."""

from dataclasses import dataclass, field
from datetime import datetime

from usher.ids import GuildId, UserId
from usher.ledger.erasure import (
    ERASED,
    Erasure,
    asked_key,
    erasures_prefix,
    read_erasure,
    read_swept,
    swept_key,
    user_of,
    write_erasure,
    write_swept,
)
from usher.ledger.ports import Archive, Objects


@dataclass(frozen=True, slots=True)
class Erasures:
    """Reads them. Methods may raise ErasureError and errors of the bucket."""

    objects: Objects

    def find(self, guild_id: GuildId, user_id: UserId) -> Erasure | None:
        """Read the latest erasure of somebody; None for who was never erased."""
        key = asked_key(guild_id, user_id)
        content = self.objects.get(key)
        return None if content is None else read_erasure(key, content)

    def users(self, guild_id: GuildId) -> frozenset[UserId]:
        """Name whoever was erased in a guild."""
        return frozenset(
            user_of(entry.key) for entry in self.objects.list(erasures_prefix(guild_id))
        )

    def looked_after(self, guild_id: GuildId, since: datetime) -> list[UserId]:
        """Name whose erasure was asked for since a time, or was not done since it was asked for."""
        listed = {
            entry.key: entry.modified for entry in self.objects.list(erasures_prefix(guild_id))
        }
        found = []
        for user_id in sorted({user_of(key) for key in listed}):
            asked = listed.get(asked_key(guild_id, user_id))
            swept = listed.get(swept_key(guild_id, user_id))
            if asked is not None and (swept is None or asked >= min(swept, since)):
                found.append(user_id)
        return found

    def guilds(self) -> list[GuildId]:
        """Name the guilds in which somebody was erased."""
        folders = self.objects.folders(ERASED)
        return [GuildId(folder.removeprefix(f"{ERASED}guild=").rstrip("/")) for folder in folders]

    def swept(self, erasure: Erasure) -> datetime | None:
        """Read when it was done last; None for not yet."""
        key = swept_key(erasure.guild_id, erasure.user_id)
        return read_swept(erasure, self.objects.get(key))


def ask(objects: Archive, erasure: Erasure) -> None:
    """Remember an erasure: it holds from now on, and is done by the next sweep."""
    objects.upload(asked_key(erasure.guild_id, erasure.user_id), [write_erasure(erasure)])


def note_swept(objects: Archive, erasure: Erasure, at: datetime) -> None:
    """Remember that it was done."""
    objects.upload(swept_key(erasure.guild_id, erasure.user_id), [write_swept(erasure, at)])


@dataclass(frozen=True, slots=True)
class KnownErasures:
    """Erasures read once, for the time of one export or page. Threads may share it."""

    erasures: Erasures
    _users: dict[GuildId, frozenset[UserId]] = field(default_factory=dict)
    _found: dict[tuple[GuildId, UserId], Erasure | None] = field(default_factory=dict)

    def cover(self, guild_id: GuildId, user_id: UserId, joined_at: datetime | None) -> bool:
        """Whether names of somebody that belong to a join are erased; may raise like `find`."""
        if guild_id not in self._users:
            self._users[guild_id] = self.erasures.users(guild_id)
        if user_id not in self._users[guild_id]:
            return False
        key = guild_id, user_id
        if key not in self._found:
            self._found[key] = self.erasures.find(guild_id, user_id)
        erasure = self._found[key]
        return erasure is not None and erasure.covers(joined_at)
