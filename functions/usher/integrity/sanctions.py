"""Which bans and mutes are in force for sure. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from usher.ids import GuildId, UserId
from usher.moderation.codec import read_slot
from usher.moderation.model import SlotKind

ENDING: Final = timedelta(minutes=10)
"""What ends, or is renewed, so soon or so lately may be so in Discord already, or not yet."""


def in_force(
    guild_id: GuildId, rows: Iterable[Mapping[str, object]], now: datetime
) -> dict[str, list[UserId]]:
    """Name whom bans and mutes are in force for, with nothing about to change."""
    found: dict[str, list[UserId]] = {}
    for row in rows:
        _, kind, user = [*str(row["sk"]).split("#", 2), ""][:3]
        if kind not in {SlotKind.BAN.value, SlotKind.MUTE.value}:
            continue
        slot = read_slot(guild_id, SlotKind(kind), UserId(user), row)
        due = slot.due_at
        if slot.case is None or slot.pending is not None or (due and due <= now + ENDING):
            continue
        found.setdefault(kind, []).append(slot.user_id)
    return found
