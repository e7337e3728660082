"""Discord's own rules: what there can be of each kind, and how words match. Pure.

Source: Discord's documentation, Auto Moderation: trigger types, limits by type, keyword matching.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import IntEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import ChannelId, RoleId

MOST_KEYWORDS: Final = 1_000
KEYWORD_LENGTH: Final = 60
MOST_MENTIONS: Final = 50
MOST_EXEMPT_ROLES: Final = 20
MOST_EXEMPT_CHANNELS: Final = 50
MESSAGE_LENGTH: Final = 150
"""Characters of what whoever is blocked reads."""
LISTS: Final = {"profanity": 1, "sexual_content": 2, "slurs": 3}
"""Discord's own lists of words, by their numbers."""


class Trigger(IntEnum):
    """What a rule looks for."""

    KEYWORD = 1
    SPAM = 3
    PRESET = 4
    MENTIONS = 5
    PROFILE = 6


MOST_OF: Final[Mapping[int, int]] = {
    Trigger.KEYWORD: 6,
    Trigger.SPAM: 1,
    Trigger.PRESET: 1,
    Trigger.MENTIONS: 1,
    Trigger.PROFILE: 1,
}
"""Rules of a kind in a guild."""
TIMES_OUT: Final = (Trigger.KEYWORD, Trigger.MENTIONS)
"""Kinds whose rules Discord lets time members out."""


@frozen
class Rule:
    """One of the guild's rules, as Discord has it."""

    id: str
    name: str
    trigger: int
    enabled: bool
    keywords: tuple[str, ...] = ()
    mentions: int | None = None
    lists: tuple[int, ...] = ()
    exempt_roles: tuple[RoleId, ...] = ()
    exempt_channels: tuple[ChannelId, ...] = ()
    actions: tuple[int, ...] = ()
    """Discord's action types."""
    metadata: Mapping[str, object] = field(default_factory=dict)
    """All that it looks for, so that a change leaves what it is not about."""
    does: tuple[Mapping[str, object], ...] = ()
    """Its actions whole, likewise."""


@frozen
class Wanted:
    """A rule that is to be made."""

    name: str
    trigger: Trigger
    keywords: tuple[str, ...] = ()
    mentions: int = 0
    lists: tuple[int, ...] = ()
    alert_channel_id: ChannelId | None = None
    message: str = ""
    """What whoever is blocked reads; Discord's own words where empty."""
    exempt_roles: Sequence[RoleId] = field(default_factory=tuple)


def body_of(wanted: Wanted) -> dict[str, object]:
    """Write a rule as Discord takes it: it blocks, and tells the moderators where they want it."""
    said = {"custom_message": wanted.message[:MESSAGE_LENGTH]} if wanted.message else {}
    profile = wanted.trigger is Trigger.PROFILE
    # A profile is no message: whoever has such a name cannot talk until it is changed.
    actions: list[dict[str, object]] = [{"type": 4}] if profile else [{"type": 1, "metadata": said}]
    if wanted.alert_channel_id is not None:
        actions.append({"type": 2, "metadata": {"channel_id": wanted.alert_channel_id}})
    return {
        "name": wanted.name,
        "event_type": 2 if profile else 1,
        "trigger_type": int(wanted.trigger),
        "trigger_metadata": _metadata(wanted),
        "actions": actions,
        "enabled": True,
        "exempt_roles": list(wanted.exempt_roles),
        "exempt_channels": [],
    }


def _metadata(wanted: Wanted) -> dict[str, object]:
    match wanted.trigger:
        case Trigger.KEYWORD | Trigger.PROFILE:
            return {"keyword_filter": list(wanted.keywords)}
        case Trigger.PRESET:
            return {"presets": list(wanted.lists)}
        case Trigger.MENTIONS:
            return {"mention_total_limit": wanted.mentions, "mention_raid_protection_enabled": True}
        case Trigger.SPAM:
            return {}


def keywords_of(typed: str) -> tuple[str, ...]:
    """Read words parted by commas or lines, each once, in their order."""
    words = (" ".join(word.split()) for word in re.split(r"[,\n]", typed))
    return tuple(dict.fromkeys(word.lower() for word in words if word.strip("*")))


def mentioned(said: str) -> int:
    """Count whom a text mentions, each member and role once."""
    return len(set(re.findall(r"<@[!&]?(\d+)>", said)))


def matching(keywords: Sequence[str], said: str) -> tuple[str, ...]:
    """Find the words of a rule that a text has, as Discord matches them.

    Whatever the case. `cat` is a whole word, `cat*` the beginning of one, `*cat` its end, `*cat*`
    any part.
    """
    return tuple(word for word in keywords if _pattern(word).search(said))


def without(allowed: Sequence[str], said: str) -> str:
    """Take the words out of a text that a rule lets pass."""
    for word in allowed:
        said = _pattern(word).sub(" ", said)
    return said


def _pattern(keyword: str) -> re.Pattern[str]:
    core = re.escape(keyword.strip("*"))
    begins = "" if keyword.startswith("*") else r"(?<!\w)"
    ends = "" if keyword.endswith("*") else r"(?!\w)"
    return re.compile(f"{begins}{core}{ends}", re.IGNORECASE)
