"""A member's record as text: what a burst under way keeps of the one before. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from usher.attribution.causes import Cause
from usher.attribution.state_codec import StateError
from usher.credit.rules import MemberRecord, Past
from usher.ledger.word_codec import read_word, word_fields
from usher.times import format_time, parse_time


def write_record(record: MemberRecord) -> str:
    """Write a record."""
    fields = {
        **word_fields(record.word),
        "joined_at": format_time(record.joined_at),
        "left_at": None if record.left_at is None else format_time(record.left_at),
        "epochs": record.epochs,
        "booked": record.booked,
        "cause": record.cause,
        "removed_by": record.removed_by,
        "verdict": record.verdict,
        "untracked": record.untracked,
        "has_avatar": record.has_avatar,
        "returned": record.returned,
        "lacks": record.lacks,
        "earlier": write_earlier(record.earlier),
    }
    return json.dumps(fields, separators=(",", ":"))


def read_record(text: str) -> MemberRecord:
    """Read what `write_record` wrote; raises StateError for one without a word."""
    fields: Mapping[str, Any] = json.loads(text)
    word = read_word(fields)
    if word is None:
        raise StateError("member")
    return MemberRecord(
        joined_at=parse_time(fields["joined_at"]),
        left_at=None if fields["left_at"] is None else parse_time(fields["left_at"]),
        word=word,
        epochs=fields["epochs"],
        booked=fields["booked"],
        cause=None if fields.get("cause") is None else Cause(fields["cause"]),
        removed_by=fields.get("removed_by"),
        verdict=tuple(fields.get("verdict") or ()),
        untracked=fields.get("untracked", False),
        has_avatar=fields.get("has_avatar"),
        returned=fields.get("returned", False),
        lacks=fields.get("lacks"),
        earlier=read_earlier(fields.get("earlier")),
    )


def write_earlier(earlier: tuple[Past, ...]) -> str | None:
    """Write memberships before the latest; None for none worth remembering."""
    if not earlier:
        return None
    rows = [[format_time(one.joined_at), one.fake, one.untracked] for one in earlier]
    return json.dumps(rows, separators=(",", ":"))


def read_earlier(text: str | None) -> tuple[Past, ...]:
    """Read what `write_earlier` wrote."""
    rows = json.loads(text) if text else ()
    return tuple(Past(parse_time(at), fake, untracked) for at, fake, untracked in rows)
