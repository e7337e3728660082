"""Where things are kept in the bucket: by guild and UTC day. Pure.

`lines/` an object a line; `names/` rows and names, an object a line and person; `closed/` the lines
of a closed day in one file, with the hash of each; `chain/` its link; `csv/` its joins with names.
`exports/` large exports, for a day; `evidence/` files that moderators showed, for a year; `parked/`
messages that could not be read; `erased/` who was erased (erasure.py); `backups/` the table.
"""

from datetime import UTC, date, datetime
from typing import Final

from usher.ids import GuildId, UserId

LINES: Final = "lines/"
CHAIN: Final = "chain/"


def guild_prefix(guild_id: GuildId) -> str:
    """Say under what a guild's lines are kept."""
    return f"{LINES}guild={guild_id}/"


def day_prefix(guild_id: GuildId, day: date) -> str:
    """Say under what a guild's lines of one UTC day are kept."""
    return f"{guild_prefix(guild_id)}dt={day.isoformat()}/"


def line_key(guild_id: GuildId, event_id: str, timestamp: datetime) -> str:
    """Say where a line is kept."""
    return f"{day_prefix(guild_id, timestamp.astimezone(UTC).date())}{event_id}.json"


def day_of_key(key: str) -> date | None:
    """Read the day from a key; None when it names none."""
    _, found, rest = key.partition("/dt=")
    try:
        return date.fromisoformat(rest[:10]) if found else None
    except ValueError:
        return None


def chain_prefix(guild_id: GuildId) -> str:
    """Say under what a guild's links are kept."""
    return f"{CHAIN}guild={guild_id}/"


def link_key(guild_id: GuildId, day: date) -> str:
    """Say where the link of a closed day is kept."""
    return f"{chain_prefix(guild_id)}dt={day.isoformat()}.json"


def closed_prefix(guild_id: GuildId) -> str:
    """Say under what the files of a guild's closed days are kept."""
    return f"closed/guild={guild_id}/"


def closed_key(guild_id: GuildId, day: date) -> str:
    """Say where the lines of a closed day are kept, one after another."""
    return f"{closed_prefix(guild_id)}dt={day.isoformat()}/lines.jsonl"


def sums_key(guild_id: GuildId, day: date) -> str:
    """Say where the hashes of those lines are kept, as `sha256sum` writes them."""
    return f"{closed_prefix(guild_id)}dt={day.isoformat()}/lines.sha256"


def csv_prefix(guild_id: GuildId) -> str:
    """Say under what the joins of a guild's closed days are kept with names."""
    return f"csv/guild={guild_id}/"


def csv_key(guild_id: GuildId, day: date) -> str:
    """Say where the joins of a closed day are kept with names."""
    return f"{csv_prefix(guild_id)}dt={day.isoformat()}.csv"


def exports_prefix(guild_id: GuildId) -> str:
    """Say under what a guild's large exports lie; they go after a day (template.yaml)."""
    return f"exports/guild={guild_id}/"


def evidence_prefix(guild_id: GuildId, user_id: UserId) -> str:
    """Say under what copies of files lie that moderators showed about a member."""
    return f"evidence/guild={guild_id}/user={user_id}/"


def evidence_key(guild_id: GuildId, user_id: UserId, attachment: str) -> str:
    """Say where the copy of one file lies."""
    return f"{evidence_prefix(guild_id, user_id)}{attachment}"


def parked_prefix(guild_id: GuildId | None) -> str:
    """Say where messages that could not be read are kept; None for those of no known guild."""
    return f"parked/guild={guild_id or 'unknown'}/"
