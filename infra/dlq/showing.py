"""Dead letters on a terminal. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from infra.dlq.letter import Letter, Told, is_expired, tell
from infra.dlq.redriving import Result
from infra.doctor.cloud_rules import age_of

_HARMLESS: Final = frozenset({"id", "kind", "t", "type", "v", "run", "status", "due_at", "at"})
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}")
HIDDEN: Final = "…"


def line_of(queue: str, letter: Letter, why: str, now: datetime) -> Iterable[str]:
    """Say in a line or two what a letter is, and why it was given up as far as is known."""
    told = tell(queue, letter)
    late = "  (too late to be answered)" if is_expired(queue, letter, now) else ""
    yield f"  {letter.id}  {age_of(now - letter.sent_at)} old  {_subject(told)}{late}"
    if why:
        yield f"      why: {why}"


def whole(queue: str, letter: Letter, why: str, now: datetime) -> Iterable[str]:
    """Say everything about a letter that names nobody and opens nothing."""
    told = tell(queue, letter)
    yield f"id        {letter.id}"
    yield f"queue     {queue}"
    yield f"sent      {letter.sent_at:%Y-%m-%d %H:%M:%S} UTC, {age_of(now - letter.sent_at)} ago"
    yield f"is        {_subject(told)}"
    if letter.group:
        yield f"group     {letter.group}"
    yield f"why       {why or 'the logs do not tell'}"
    yield f"body      {len(letter.body):,} characters, of which may be shown:"
    yield json.dumps(shown(letter.body), indent=2, ensure_ascii=False)


def shown(body: str) -> object:
    """Keep the shape of a body with its numbers and ids: neither names nor words nor tokens."""
    try:
        return _safe("", json.loads(body))
    except (ValueError, RecursionError):
        return HIDDEN


def summary(queue: str, result: Result) -> str:
    """Say what a redrive came to."""
    parts = [f"{result.moved:,} put back"]
    if result.dropped:
        parts.append(f"{result.dropped:,} dropped")
    if result.expired:
        parts.append(f"{result.expired:,} too late to be answered: drop them with --drop")
    if result.left:
        parts.append(f"{result.left:,} others let be")
    return f"{queue}: {', '.join(parts)}"


def _subject(told: Told) -> str:
    guild = f"  guild {told.guild_id}" if told.guild_id else ""
    subject = f"  {told.subject}" if told.subject else ""
    return f"{told.kind}{guild}{subject}"


def _safe(key: str, value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _safe(str(name), one) for name, one in value.items()}
    if isinstance(value, list):
        return [_safe(key, one) for one in value]
    if isinstance(value, str) and key not in _HARMLESS and not _NUMBER.fullmatch(value):
        return HIDDEN
    return value
