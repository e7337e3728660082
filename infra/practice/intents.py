"""Gateway intents, and what each dispatch asks of a session before it is delivered.

Source: Discord API reference, "Gateway", section Gateway Intents.
"""

from dataclasses import dataclass
from enum import IntFlag

from infra.practice.json_types import JsonObject
from infra.practice.permissions import Permission


class Intents(IntFlag):
    """Groups of dispatches that a session may ask for."""

    NONE = 0
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


PRIVILEGED = Intents.GUILD_MEMBERS | Intents.GUILD_PRESENCES | Intents.MESSAGE_CONTENT
KNOWN_BITS = sum(intent.value for intent in Intents)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One gateway event before it is addressed to sessions.

    `intents`: a session needs one of them (none: everybody gets it). `permissions`: the bot needs
    one of them, in the channel where one is named. `redacted` replaces `data` for sessions
    without MESSAGE_CONTENT.
    """

    event: str
    data: JsonObject
    guild_id: str | None = None
    intents: Intents = Intents.NONE
    permissions: Permission = Permission.NONE
    channel_id: str | None = None
    redacted: JsonObject | None = None


type Dispatches = list[Dispatch]
