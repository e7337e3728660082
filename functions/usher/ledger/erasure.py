"""What is remembered of an erasure: ids and times, so that no erased name comes back. Pure.

An erasure is of one person in one guild. It is asked for in an object of its own, in which writers
and readers of names look, and is done once a sweep has noted so beside it (SPEC 4.7).
"""

import json
from datetime import datetime
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.times import format_time, parse_time

ERASED: Final = "erased/"
ERASURE_VERSION: Final = 1


class ErasureError(ValueError):
    """An object is no record of an erasure; `key` names it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key}: no record of an erasure")
        self.key = key


@frozen
class Erasure:
    """Somebody's names are erased in a guild; a later erasure takes the place of this one."""

    guild_id: GuildId
    user_id: UserId
    at: datetime
    for_good: bool = False
    """No name is kept of what comes later either."""

    def covers(self, joined_at: datetime | None) -> bool:
        """Whether names that belong to a join are erased; None for a join of unknown time.

        It is the joining that counts, not when it was told: evidence may be late.
        """
        return self.for_good or joined_at is None or joined_at <= self.at


def erasures_prefix(guild_id: GuildId) -> str:
    """Say under what the erasures of a guild are remembered."""
    return f"{ERASED}guild={guild_id}/"


def asked_key(guild_id: GuildId, user_id: UserId) -> str:
    """Say where the erasure of somebody is remembered."""
    return f"{erasures_prefix(guild_id)}user={user_id}/asked.json"


def swept_key(guild_id: GuildId, user_id: UserId) -> str:
    """Say where it is noted that the erasure was done."""
    return f"{erasures_prefix(guild_id)}user={user_id}/swept.json"


def user_of(key: str) -> UserId:
    """Read the person from a key under `erased/`."""
    return UserId(key.rpartition("/user=")[2].partition("/")[0])


def write_erasure(erasure: Erasure) -> bytes:
    """Write the record as one JSON object."""
    fields = {
        "v": ERASURE_VERSION,
        "guild_id": erasure.guild_id,
        "user_id": erasure.user_id,
        "at": format_time(erasure.at),
        "for_good": erasure.for_good,
    }
    return json.dumps(fields).encode() + b"\n"


def read_erasure(key: str, content: bytes) -> Erasure:
    """Read what `write_erasure` wrote; raises ErasureError."""
    try:
        fields = json.loads(content)
        if fields["v"] != ERASURE_VERSION:
            raise ErasureError(key)
        guild_id, user_id = GuildId(fields["guild_id"]), UserId(fields["user_id"])
        return Erasure(guild_id, user_id, parse_time(fields["at"]), fields["for_good"] is True)
    except (KeyError, TypeError, ValueError) as error:
        raise ErasureError(key) from error


def write_swept(erasure: Erasure, swept_at: datetime) -> bytes:
    """Note when an erasure was done last."""
    fields = {"of": write_erasure(erasure).decode(), "swept_at": format_time(swept_at)}
    return json.dumps(fields).encode() + b"\n"


def read_swept(erasure: Erasure, content: bytes | None) -> datetime | None:
    """Read when this very erasure was done last; None for never, or for an earlier one only."""
    try:
        fields = json.loads(content or b"")
        is_this = fields["of"] == write_erasure(erasure).decode()
        return parse_time(fields["swept_at"]) if is_this else None
    except (KeyError, TypeError, ValueError):
        return None
