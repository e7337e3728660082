"""The names that are still kept of the people on a line.

What is erased is shown no more from the moment on in which it was asked for, though its sweep may
be some hours away.
"""

from collections.abc import Mapping
from typing import Final

from usher.ids import VANITY, GuildId, UserId
from usher.ledger.erasures import Erasures, KnownErasures
from usher.ledger.lines import Line, join_id
from usher.ledger.names import names_key, names_prefix, read_names, row_key, without_names
from usher.ledger.ports import Objects
from usher.times import format_time

NAMES_READ: Final = 50
"""How many of a person's newest names are looked through."""


class People:
    """Looks names up, each person's list once. Threads may share it."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._erasures = KnownErasures(Erasures(objects))
        self._known: dict[tuple[GuildId, UserId], list[Mapping[str, str]]] = {}

    def of_member(self, line: Line, told: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """Read the names of the line's member as of their join; without names when erased.

        `told` is what is known already. Empty when nothing is kept.
        """
        if line.user_id is None or line.joined_at is None:
            return {}
        if told is None:
            event_id = join_id(line.guild_id, line.user_id, line.joined_at)
            told = self._read(row_key(line.guild_id, line.user_id, event_id))
        return without_names(told) if self.erased(line, line.user_id) else told

    def erased(self, line: Line, user_id: UserId) -> bool:
        """Whether somebody's names are erased as far as a line is concerned."""
        return self._erasures.cover(line.guild_id, user_id, line.joined_at or line.timestamp)

    def of_staff(self, line: Line, staff_id: UserId | None, told: str | None = None) -> str | None:
        """Read what an inviter was called at the time of a line; `told` is what is known already.

        The name written with the line itself; else their newest not later than the line; else
        their newest. None when none is kept or they are erased, and for the vanity code.
        """
        if staff_id is None or staff_id == VANITY or self.erased(line, staff_id):
            return None
        if told:
            return told
        own = names_key(line.guild_id, staff_id, line.event_id)
        if name := self._read(own).get("username"):
            return name
        known = self._all(line.guild_id, staff_id)
        moment = format_time(line.timestamp)
        earlier = [names for names in known if names.get("timestamp", "") <= moment]
        return next((names.get("username") for names in earlier or known), None)

    def _all(self, guild_id: GuildId, user_id: UserId) -> list[Mapping[str, str]]:
        """Read a person's newest names, newest first."""
        key = guild_id, user_id
        if key not in self._known:
            entries = list(self._objects.list(names_prefix(guild_id, user_id)))
            entries.sort(key=lambda entry: entry.modified, reverse=True)
            found = [self._read(entry.key) for entry in entries[:NAMES_READ]]
            found.sort(key=lambda names: names.get("timestamp", ""), reverse=True)
            self._known[key] = [names for names in found if "username" in names]
        return self._known[key]

    def _read(self, key: str) -> dict[str, str]:
        return read_names(key, self._objects.get(key))
