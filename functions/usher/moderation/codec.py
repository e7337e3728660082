"""Cases and slots as JSON text of one attribute of their rows."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from usher.ids import ChannelId, GuildId, UserId
from usher.moderation.model import (
    Appeal,
    Case,
    Change,
    Entry,
    Evidence,
    Kind,
    MessageRef,
    Ruling,
    Slot,
    SlotKind,
    Source,
    Status,
    Told,
)
from usher.times import format_time, parse_time

_APART = ("guild_id", "number", "version", "log", "logged")
"""Kept beside the text: the row's key, and what changes without a new version."""


def write_case(case: Case) -> str:
    """Write a case without what its row keeps beside it."""
    fields = {name: value for name, value in asdict(case).items() if name not in _APART}
    return json.dumps(fields, default=_text, separators=(",", ":"))


def read_case(item: Mapping[str, object]) -> Case:
    """Read a case's row."""
    fields = json.loads(str(item["case"]))
    channel, message = item.get("log_channel"), item.get("log_message")
    log = MessageRef(ChannelId(str(channel)), str(message)) if channel and message else None
    return Case(
        guild_id=GuildId(str(item["pk"]).partition("#")[2]),
        number=int(str(item["sk"]).partition("#")[2]),
        key=fields["key"],
        kind=Kind(fields["kind"]),
        user_id=UserId(fields["user_id"]),
        by=_user(fields["by"]),
        reason=fields["reason"],
        at=parse_time(fields["at"]),
        status=Status(fields["status"]),
        source=Source(fields["source"]),
        until=_moment(fields["until"]),
        points=fields["points"],
        delete_seconds=fields["delete_seconds"],
        about=fields["about"],
        evidence=tuple(Evidence(**one) for one in fields["evidence"]),
        standing=fields["standing"],
        told=Told(fields["told"]),
        message=_message(fields["message"]),
        log=log,
        logged=_count(item.get("logged")),
        entries=tuple(
            Entry(
                at=parse_time(one["at"]),
                by=_user(one["by"]),
                change=Change(one["change"]),
                text=one["text"],
            )
            for one in fields["entries"]
        ),
        appeal=_appeal(fields["appeal"]),
        version=_count(item["version"]),
    )


def write_slot(slot: Slot) -> str:
    """Write what is in force."""
    kept = ("case", "until", "pending", "renew_at", "tries", "retry_at")
    fields = {name: value for name, value in asdict(slot).items() if name in kept}
    return json.dumps(fields, default=_text, separators=(",", ":"))


def read_slot(
    guild_id: GuildId, kind: SlotKind, user_id: UserId, item: Mapping[str, object] | None
) -> Slot:
    """Read a slot's row; an empty slot where there is none."""
    if item is None:
        return Slot(guild_id, kind, user_id)
    fields = json.loads(str(item["sanction"]))
    return Slot(
        guild_id=guild_id,
        kind=kind,
        user_id=user_id,
        version=_count(item["version"]),
        case=fields["case"],
        until=_moment(fields["until"]),
        pending=fields["pending"],
        renew_at=_moment(fields["renew_at"]),
        tries=fields["tries"],
        retry_at=_moment(fields["retry_at"]),
    )


def _appeal(fields: dict[str, Any] | None) -> Appeal | None:
    if fields is None:
        return None
    return Appeal(fields["text"], parse_time(fields["at"]), Ruling(fields["ruling"]))


def _message(fields: dict[str, Any] | None) -> MessageRef | None:
    return None if fields is None else MessageRef(**fields)


def _user(value: object) -> UserId | None:
    return UserId(value) if isinstance(value, str) else None


def _moment(value: object) -> datetime | None:
    return parse_time(value) if isinstance(value, str) else None


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return format_time(value)
    raise TypeError(f"{type(value).__name__} in a case")
