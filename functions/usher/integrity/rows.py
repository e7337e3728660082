"""Rows in which the check keeps what it knows, in a guild's partition. Pure.

`INTEGRITY` says how far a guild is checked, `DRIFT#<kind>#<subject>` tells of one difference.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from usher.integrity.model import Kind, Known, Progress
from usher.times import format_time, parse_time

PROGRESS: Final = "INTEGRITY"
DRIFT: Final = "DRIFT#"
KEPT: Final = timedelta(days=30)
"""How long a solved difference can be read about."""


def guild_key(guild_id: str) -> str:
    """Name a guild's partition."""
    return f"G#{guild_id}"


def drift_key(known: Known) -> str:
    """Name the row of a difference."""
    return f"{DRIFT}{known.kind.value}#{known.subject}"


def write_known(known: Known) -> str:
    """Write a difference as text."""
    return json.dumps(
        {
            "says": known.says,
            "first": format_time(known.first),
            "last": format_time(known.last),
            "tries": known.tries,
            "told": known.told,
            "solved": _text(known.solved),
            "moment": _text(known.moment),
        },
        separators=(",", ":"),
    )


def read_known(sort_key: str, text: str) -> Known:
    """Read what `write_known` wrote."""
    kind, _, subject = sort_key.removeprefix(DRIFT).partition("#")
    fields: Mapping[str, Any] = json.loads(text)
    return Known(
        kind=Kind(kind),
        subject=subject,
        says=fields["says"],
        first=parse_time(fields["first"]),
        last=parse_time(fields["last"]),
        tries=fields["tries"],
        told=fields["told"],
        solved=_moment(fields["solved"]),
        moment=_moment(fields["moment"]),
    )


def write_progress(progress: Progress) -> str:
    """Write how far a guild is checked."""
    return json.dumps(
        {
            "at": format_time(progress.at),
            "seen": format_time(progress.seen),
            "whole_at": _text(progress.whole_at),
            "after": progress.after,
            "open": progress.open,
            "mended": progress.mended,
            "asked_at": _text(progress.asked_at),
        },
        separators=(",", ":"),
    )


def read_progress(text: str) -> Progress:
    """Read what `write_progress` wrote."""
    fields: Mapping[str, Any] = json.loads(text)
    return Progress(
        at=parse_time(fields["at"]),
        seen=parse_time(fields["seen"]),
        whole_at=_moment(fields["whole_at"]),
        after=fields["after"],
        open=fields["open"],
        mended=fields["mended"],
        asked_at=_moment(fields.get("asked_at")),
    )


def ttl_of(known: Known) -> int | None:
    """Say when a difference's row may go; None while it lasts."""
    return None if known.solved is None else int((known.solved + KEPT).timestamp())


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else parse_time(text)
