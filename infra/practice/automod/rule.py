"""A rule of Auto Moderation.

Source: Discord API reference, "Auto Moderation".
"""

from dataclasses import dataclass, field
from enum import IntEnum

from infra.practice.json_types import JsonObject


class Trigger(IntEnum):
    """What a rule looks for."""

    KEYWORD = 1
    SPAM = 3
    KEYWORD_PRESET = 4
    MENTION_SPAM = 5
    MEMBER_PROFILE = 6


class Deed(IntEnum):
    """What a rule does."""

    BLOCK_MESSAGE = 1
    SEND_ALERT_MESSAGE = 2
    TIMEOUT = 3
    BLOCK_MEMBER_INTERACTION = 4


MESSAGE_SEND, MEMBER_UPDATE = 1, 2
MOST = {Trigger.KEYWORD: 6}
"""How many rules of a kind a guild has; one of each other kind."""


@dataclass(slots=True)
class AutoModRule:
    """A rule; `trigger_metadata` and `actions` are as Discord gives them back."""

    id: str
    name: str
    creator_id: str
    trigger_type: int
    event_type: int = MESSAGE_SEND
    trigger_metadata: JsonObject = field(default_factory=dict)
    actions: list[JsonObject] = field(default_factory=list)
    enabled: bool = False
    exempt_roles: list[str] = field(default_factory=list)
    exempt_channels: list[str] = field(default_factory=list)


def rule_json(guild_id: str, rule: AutoModRule) -> JsonObject:
    """Write a rule."""
    return {
        "id": rule.id,
        "guild_id": guild_id,
        "creator_id": rule.creator_id,
        "name": rule.name,
        "event_type": rule.event_type,
        "trigger_type": rule.trigger_type,
        "trigger_metadata": rule.trigger_metadata,
        "actions": rule.actions,
        "enabled": rule.enabled,
        "exempt_roles": list(rule.exempt_roles),
        "exempt_channels": list(rule.exempt_channels),
    }
