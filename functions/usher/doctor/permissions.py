"""Permissions by the names that Discord's settings show (Discord docs: Permissions). Pure."""

from typing import Final

from usher.slash.say import later, say

CREATE_INVITE: Final = 1 << 0
KICK_MEMBERS: Final = 1 << 1
BAN_MEMBERS: Final = 1 << 2
MANAGE_CHANNELS: Final = 1 << 4
MANAGE_GUILD: Final = 1 << 5
VIEW_AUDIT_LOG: Final = 1 << 7
VIEW_CHANNEL: Final = 1 << 10
SEND_MESSAGES: Final = 1 << 11
MANAGE_MESSAGES: Final = 1 << 13
EMBED_LINKS: Final = 1 << 14
ATTACH_FILES: Final = 1 << 15
MANAGE_ROLES: Final = 1 << 28
SEND_IN_THREADS: Final = 1 << 38
MODERATE_MEMBERS: Final = 1 << 40

NAMES: Final = {
    VIEW_CHANNEL: later("View Channel"),
    SEND_MESSAGES: later("Send Messages"),
    SEND_IN_THREADS: later("Send Messages in Threads"),
    EMBED_LINKS: later("Embed Links"),
    ATTACH_FILES: later("Attach Files"),
    MANAGE_GUILD: later("Manage Server"),
    MANAGE_CHANNELS: later("Manage Channels"),
    MANAGE_ROLES: later("Manage Roles"),
    VIEW_AUDIT_LOG: later("View Audit Log"),
    CREATE_INVITE: later("Create Invite"),
    KICK_MEMBERS: later("Kick Members"),
    BAN_MEMBERS: later("Ban Members"),
    MODERATE_MEMBERS: later("Timeout Members"),
    MANAGE_MESSAGES: later("Manage Messages"),
}


def names(bits: int) -> str:
    """Name permissions, parted by commas."""
    return ", ".join(f"**{say(name)}**" for bit, name in NAMES.items() if bits & bit)


def each(bits: int) -> tuple[int, ...]:
    """Part bits that have names."""
    return tuple(bit for bit in NAMES if bits & bit)
