"""A backfill's state as the text of its row, and back."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from usher.attribution.backfill_state import Backfill, Hurdle, Place, Road, Status
from usher.attribution.state_codec import StateError
from usher.times import format_time, parse_time


def encode_backfill(backfill: Backfill) -> str:
    """Write a state; the version is an attribute of its own and not part of the text."""
    after = backfill.after
    fields = {
        "run": backfill.run,
        "started_by": backfill.started_by,
        "started_at": format_time(backfill.started_at),
        "moved_at": format_time(backfill.moved_at),
        "until": format_time(backfill.until),
        "status": backfill.status.value,
        "page": backfill.page,
        "after": None if after is None else [after.user_id, after.joined],
        "awaited": backfill.awaited,
        "ending": None if backfill.ending is None else backfill.ending.value,
        "hurdle": None if backfill.hurdle is None else backfill.hurdle.value,
        "finished_at": None if backfill.finished_at is None else format_time(backfill.finished_at),
        "roads": {road.value: number for road, number in backfill.roads.items()},
        "news": backfill.news,
        "named": backfill.named,
    }
    return json.dumps(fields, separators=(",", ":"))


def decode_backfill(text: str, version: int) -> Backfill:
    """Read what `encode_backfill` wrote; raises StateError."""
    try:
        return _read(json.loads(text), version)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise StateError("backfill") from error


def _read(fields: Mapping[str, Any], version: int) -> Backfill:
    after, ending, hurdle = fields["after"], fields["ending"], fields["hurdle"]
    return Backfill(
        run=fields["run"],
        started_by=fields["started_by"],
        started_at=parse_time(fields["started_at"]),
        moved_at=parse_time(fields["moved_at"]),
        until=parse_time(fields["until"]),
        status=Status(fields["status"]),
        page=fields["page"],
        after=None if after is None else Place(*after),
        awaited=fields["awaited"],
        ending=None if ending is None else Status(ending),
        hurdle=None if hurdle is None else Hurdle(hurdle),
        finished_at=_moment(fields["finished_at"]),
        roads={Road(road): number for road, number in fields["roads"].items()},
        news=fields["news"],
        named=fields["named"],
        version=version,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else parse_time(text)
