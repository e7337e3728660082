"""Lines of the ledger as JSON, an object each."""

import json
from collections.abc import Mapping
from typing import Final

from usher.attribution.causes import Cause
from usher.ids import GuildId, InviteCode, RoleId
from usher.ledger.lines import Line, LineError, LineType
from usher.ledger.word_codec import optional_text, optional_user, read_word, word_fields
from usher.times import format_time, parse_time

LINE_VERSION: Final = 1


def write_line(line: Line) -> bytes:
    """Write a line as one JSON object with a newline, its fields in a fixed order."""
    fields: dict[str, object] = {
        "v": LINE_VERSION,
        "type": line.type.value,
        "event_id": line.event_id,
        "timestamp": format_time(line.timestamp),
        "guild_id": line.guild_id,
        "user_id": line.user_id,
        "joined_at": None if line.joined_at is None else format_time(line.joined_at),
        **word_fields(line.word),
        "seq": line.seq,
    }
    match line.type:
        case LineType.CORRECTION | LineType.CONFIRMATION:
            fields |= {"corrects": line.corrects, "previous": word_fields(line.previous)}
            fields |= _verdict(line)
        case LineType.LEAVE:
            fields["credit_reversed_from"] = line.credit_reversed_from
            fields |= {"cause": line.cause, "by": line.by, "recovered": line.recovered}
            fields |= _verdict(line)
        case LineType.LEAVE_CAUSE | LineType.WITHDRAWAL:
            fields |= {"corrects": line.corrects, "cause": line.cause, "by": line.by}
        case LineType.CREDIT:
            fields |= {"staff_id": line.staff_id, "delta": line.delta}
            fields |= {"invite_code": line.code, "imported": line.imported}
        case LineType.GRANT:
            fields |= {"staff_id": line.staff_id, "delta": line.delta, "by": line.by}
        case LineType.SETTING:
            fields |= {"name": line.name, "value": line.value, "by": line.by}
        case LineType.UPGRADE:
            fields |= {"name": line.name, "value": line.value, "by": line.by}
            fields["staff_id"] = line.staff_id
        case LineType.JOIN:
            fields |= {"recovered": line.recovered, "imported": line.imported}
            fields |= {"has_avatar": line.has_avatar, "returned": line.returned}
            fields |= {"untracked": line.untracked, "lacks": line.lacks, **_verdict(line)}
        case LineType.VERDICT:
            fields |= {"by": line.by, "lacks": line.lacks, **_verdict(line)}
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def read_line(content: bytes) -> Line:
    """Read what `write_line` wrote; raises LineError for anything else."""
    try:
        fields = json.loads(content)
        if fields["v"] != LINE_VERSION:
            raise LineError(f"line version {fields['v']!r}")
        return _line(fields)
    except (KeyError, TypeError, ValueError) as error:
        raise LineError(f"not a line: {type(error).__name__}") from error


def _line(fields: Mapping[str, object]) -> Line:
    type_ = LineType(str(fields["type"]))
    code = optional_text(fields["invite_code"]) if type_ is LineType.CREDIT else None
    previous = fields.get("previous")
    delta, cause = fields.get("delta"), fields.get("cause")
    avatar, lacks = fields.get("has_avatar"), optional_text(fields.get("lacks"))
    return Line(
        type=type_,
        event_id=str(fields["event_id"]),
        timestamp=parse_time(str(fields["timestamp"])),
        guild_id=GuildId(str(fields["guild_id"])),
        user_id=optional_user(fields["user_id"]),
        joined_at=None if fields["joined_at"] is None else parse_time(str(fields["joined_at"])),
        word=read_word(fields),
        corrects=optional_text(fields.get("corrects")),
        previous=read_word(previous) if isinstance(previous, Mapping) else None,
        credit_reversed_from=optional_user(fields.get("credit_reversed_from")),
        delta=delta if isinstance(delta, int) else None,
        staff_id=optional_user(fields["staff_id"]) if type_ in _GIVING else None,
        recovered=fields.get("recovered") is True,
        by=optional_user(fields.get("by")),
        name=optional_text(fields.get("name")),
        value=optional_text(fields.get("value")),
        cause=None if cause is None else Cause(str(cause)),
        imported=fields.get("imported") is True,
        code=None if code is None else InviteCode(code),
        verdict=_names(fields.get("verdict")),
        rules=optional_text(fields.get("rules")),
        has_avatar=avatar if isinstance(avatar, bool) else None,
        returned=fields.get("returned") is True,
        lacks=None if lacks is None else RoleId(lacks),
        untracked=fields.get("untracked") is True,
        seq=_pair(fields.get("seq")),
    )


def _verdict(line: Line) -> dict[str, object]:
    return {"verdict": line.verdict, "rules": line.rules}


def _names(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(value)
    raise ValueError("verdict")


def _pair(value: object) -> tuple[int, int] | None:
    if value is None:
        return None
    match value:
        case [int(version), int(place)]:
            return version, place
    raise ValueError("seq")


_GIVING: Final = frozenset({LineType.CREDIT, LineType.GRANT, LineType.UPGRADE})
