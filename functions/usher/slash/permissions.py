"""Permission bits, as far as commands ask for them (Discord docs: Permissions)."""

from enum import IntFlag


class Permission(IntFlag):
    """Bits of `member.permissions` and `default_member_permissions`."""

    NONE = 0
    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    MANAGE_MESSAGES = 1 << 13
    MANAGE_ROLES = 1 << 28
    MODERATE_MEMBERS = 1 << 40


_NAMES = {Permission.MANAGE_GUILD: "Manage Server", Permission.MODERATE_MEMBERS: "Timeout Members"}
"""Where Discord's clients show another name than the API's."""


def allows(held: int, needed: Permission) -> bool:
    """Whether a member's bits hold all of `needed`; administrators hold everything."""
    return bool(held & Permission.ADMINISTRATOR) or held & needed == needed


def names(needed: Permission) -> str:
    """Write permissions as a member reads them in Discord's settings."""
    return " and ".join(
        _NAMES.get(bit, (bit.name or str(bit.value)).replace("_", " ").title()) for bit in needed
    )
