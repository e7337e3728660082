"""The names that belong to a ledger line: erasable, beside the locked line (SPEC 4.7).

The joiner's are the second form of a join, a CSV file of one row (SPEC 4.1): with the line it is
written before anything is credited. Its staff username stays empty, since who is erased must be
found under their own id; the day's CSV has both.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.contracts.observation import Person
from usher.ids import GuildId, UserId
from usher.ledger.csv_form import as_file, as_row, read_rows
from usher.ledger.lines import Line
from usher.times import format_time, parse_time


@dataclass(frozen=True, slots=True)
class JoinerNames:
    """What the joiner and the guild were called when the line was written."""

    line: Line
    person: Person
    guild_name: str

    @property
    def key(self) -> str:
        """Where it is kept."""
        return row_key(self.line.guild_id, self.person.user_id, self.line.event_id)

    def content(self) -> bytes:
        """Write the join as one row of CSV, below its header."""
        names = {
            "username": self.person.username,
            "display_name": self.person.display_name,
            "discriminator": self.person.discriminator,
            "guild_name": self.guild_name,
        }
        if self.line.word is None:
            raise ValueError("names of no join")
        return as_file([as_row(self.line, self.line.word, names, None)])


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


def row_key(guild_id: GuildId, user_id: UserId, event_id: str) -> str:
    """Say where the row of a join is kept, which holds the joiner's names."""
    return f"{names_prefix(guild_id, user_id)}{event_id}{ROW}"


def names_key(guild_id: GuildId, user_id: UserId, event_id: str) -> str:
    """Say where the name of the inviter on one line is kept."""
    return f"{names_prefix(guild_id, user_id)}{event_id}.json"


def names_prefix(guild_id: GuildId, user_id: UserId) -> str:
    """Say under what all names of one person in one guild are kept."""
    return f"{NAMES}guild={guild_id}/user={user_id}/"


def answers_prefix(guild_id: GuildId, user_id: UserId) -> str:
    """Say under what a person's answers to a campaign's questions are kept, beside their names."""
    return f"{names_prefix(guild_id, user_id)}{ANSWERS}"


def is_answers(key: str) -> bool:
    """Whether answers are kept under a key, and no names."""
    return key.rpartition("/")[2].startswith(ANSWERS)


def owner_of(key: str) -> tuple[GuildId, UserId] | None:
    """Say whose names are kept under a key; None for a key of no names."""
    found = _KEY.match(key)
    return None if found is None else (GuildId(found["guild"]), UserId(found["user"]))


def joined_of(key: str, content: bytes | None) -> datetime | None:
    """Say to which join the names under a key belong, by its time; None where that is not told."""
    told = read_names(key, content)
    try:
        return parse_time(told.get("joined_at") or told.get("timestamp", ""))
    except ValueError:
        return None


def without_names(names: Mapping[str, str]) -> dict[str, str]:
    """Leave out of what is told of a joiner what they are called."""
    return {name: value for name, value in names.items() if name not in PERSONAL}


def read_names(key: str, content: bytes | None) -> dict[str, str]:
    """Read the names under a key; empty when they were erased or are none."""
    if content is None:
        return {}
    if key.endswith(ROW):
        return next((names_of(row) for row in read_rows([content])), {})
    try:
        fields = json.loads(content)
    except ValueError:
        return {}
    if not isinstance(fields, dict):
        return {}
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def names_of(row: Mapping[str, str]) -> dict[str, str]:
    """Take the joiner's names from a row of CSV; what is empty there is left out."""
    return {name: row[column] for name, column in _COLUMNS.items() if row.get(column)}


def _write(line: Line, fields: dict[str, str]) -> bytes:
    # The line's time tells later which of a person's names was theirs when.
    told = {**fields, "timestamp": format_time(line.timestamp)}
    if line.joined_at is not None:
        told["joined_at"] = format_time(line.joined_at)
    return json.dumps(told).encode() + b"\n"


NAMES: Final = "names/"
PERSONAL: Final = frozenset({"username", "display_name", "discriminator"})
_KEY: Final = re.compile(r"names/guild=(?P<guild>[^/]+)/user=(?P<user>[^/]+)/")
ROW: Final = ".csv"
ANSWERS: Final = "onboarding-"
_COLUMNS: Final = {
    "username": "Username",
    "display_name": "Display Name",
    "discriminator": "Discriminator",
    "guild_name": "Guild Name",
    "timestamp": "Timestamp",
    "joined_at": "Joined At",
}
