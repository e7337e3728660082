"""The names that belong to a ledger line: erasable, beside the locked line (SPEC 4.7)."""

import json
from dataclasses import dataclass

from usher.contracts.observation import Person
from usher.ids import GuildId, UserId
from usher.ledger.lines import Line
from usher.times import format_time


@dataclass(frozen=True, slots=True)
class JoinerNames:
    """What the joiner and the guild were called when the line was written."""

    line: Line
    person: Person
    guild_name: str

    @property
    def key(self) -> str:
        """Where it is kept."""
        return names_key(self.line.guild_id, self.person.user_id, self.line.event_id)

    def content(self) -> bytes:
        """Write it as one JSON object."""
        return _write(
            self.line,
            {
                "user_id": self.person.user_id,
                "username": self.person.username,
                "display_name": self.person.display_name,
                "discriminator": self.person.discriminator,
                "guild_name": self.guild_name,
            },
        )


@dataclass(frozen=True, slots=True)
class StaffName:
    """What the inviter was called when the line was written."""

    line: Line
    user_id: UserId
    username: str

    @property
    def key(self) -> str:
        """Where it is kept."""
        return names_key(self.line.guild_id, self.user_id, self.line.event_id)

    def content(self) -> bytes:
        """Write it as one JSON object."""
        return _write(self.line, {"user_id": self.user_id, "username": self.username})


type Names = JoinerNames | StaffName


def names_key(guild_id: GuildId, user_id: UserId, event_id: str) -> str:
    """Say where the names of one person on one line are kept."""
    return f"{names_prefix(guild_id, user_id)}{event_id}.json"


def names_prefix(guild_id: GuildId, user_id: UserId) -> str:
    """Say under what all names of one person in one guild are kept."""
    return f"names/guild={guild_id}/user={user_id}/"


def read_names(content: bytes | None) -> dict[str, str]:
    """Read a names object; empty when it was erased or is none."""
    if content is None:
        return {}
    try:
        fields = json.loads(content)
    except ValueError:
        return {}
    if not isinstance(fields, dict):
        return {}
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def _write(line: Line, fields: dict[str, str]) -> bytes:
    # The line's time tells later which of a person's names was theirs when.
    return json.dumps({**fields, "timestamp": format_time(line.timestamp)}).encode() + b"\n"
