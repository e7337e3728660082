"""The lines of a recording: `{"at", "type", "guild_id", "data"}`, one JSON object each."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.ids import GuildId
from usher.times import parse_time

DISPATCHES: Final = frozenset(
    {
        "GUILD_MEMBER_ADD",
        "GUILD_MEMBER_REMOVE",
        "GUILD_MEMBER_UPDATE",
        "GUILD_BAN_ADD",
        "INVITE_CREATE",
        "INVITE_DELETE",
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
    }
)
RESPONSES: Final = frozenset({"INVITES", "VANITY", "MEMBERS", "MEMBERS_SEARCH", "AUDIT_LOG"})
OTHERS: Final = frozenset({"GAP", "USHER"})


class RecordingError(Exception):
    """A line is not of the form; `number` counts from 1."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"line {number}: {reason}")
        self.number = number
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    """One recorded event, answer or absence."""

    number: int
    at: datetime
    type: str
    guild_id: GuildId
    data: object


def read_lines(text: Iterable[bytes]) -> Iterator[Line]:
    """Read a recording line by line, blank lines left out; raises RecordingError."""
    for number, raw in enumerate(text, start=1):
        if raw.strip():
            yield _read_line(number, raw)


def _read_line(number: int, raw: bytes) -> Line:
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RecordingError(number, "not JSON") from error
    if not isinstance(fields, dict):
        raise RecordingError(number, "not a JSON object")
    kind, guild_id = fields.get("type"), fields.get("guild_id")
    if not isinstance(kind, str) or kind not in DISPATCHES | RESPONSES | OTHERS:
        raise RecordingError(number, f"unknown type {kind!r}")
    if not isinstance(guild_id, str) or not (guild_id.isascii() and guild_id.isdigit()):
        raise RecordingError(number, "guild_id is not a snowflake in a string")
    at = fields.get("at")
    try:
        moment = parse_time(at) if isinstance(at, str) else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise RecordingError(number, "`at` is not an ISO 8601 time with its offset")
    data = fields.get("data")
    if kind in DISPATCHES and not isinstance(data, dict):
        raise RecordingError(number, f"the data of {kind} is not an object")
    if kind in RESPONSES | {"USHER"} and not isinstance(data, dict | list):
        raise RecordingError(number, f"the data of {kind} is neither an object nor an array")
    return Line(number, moment, kind, GuildId(guild_id), data)
