"""Who may do what: Discord's permission bits and how roles and overwrites combine.

Source: Discord API reference, "Permissions".
"""

from enum import IntFlag

from infra.practice.entities import Channel, Guild, Member


class Permission(IntFlag):
    """The bits of a permission set, as far as the practice Discord looks at them."""

    NONE = 0
    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    BYPASS_SLOWMODE = 1 << 52


ALL_PERMISSIONS = Permission((1 << 53) - 1)
EVERYONE = (
    Permission.CREATE_INSTANT_INVITE
    | Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CONNECT
    | Permission.SPEAK
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
# What a timeout leaves (Permissions, Permissions for Timed Out Members).
LEFT_IN_TIMEOUT = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY


def guild_permissions(guild: Guild, member: Member) -> Permission:
    """Return what a member may do in the guild at large."""
    if member.user_id == guild.owner_id:
        return ALL_PERMISSIONS
    bits = guild.roles[guild.id].permissions
    for role_id in member.roles:
        if role_id in guild.roles:
            bits |= guild.roles[role_id].permissions
    if bits & Permission.ADMINISTRATOR:
        return ALL_PERMISSIONS
    return Permission(bits)


def channel_permissions(guild: Guild, member: Member, channel: Channel) -> Permission:
    """Return what a member may do in one channel, overwrites applied in Discord's order.

    In a thread those of its channel hold. Timeouts are not looked at: see `World.permissions`.
    """
    bits = guild_permissions(guild, member)
    if bits == ALL_PERMISSIONS:
        return bits
    if channel.thread is not None:
        channel = guild.channels[channel.parent_id or ""]
    allow = deny = 0
    for overwrite in channel.overwrites:
        if overwrite.id == guild.id:
            bits = Permission((bits & ~overwrite.deny) | overwrite.allow)
        elif overwrite.id in member.roles:
            allow |= overwrite.allow
            deny |= overwrite.deny
    bits = Permission((bits & ~deny) | allow)
    for overwrite in channel.overwrites:
        if overwrite.id == member.user_id:
            bits = Permission((bits & ~overwrite.deny) | overwrite.allow)
    if not bits & Permission.VIEW_CHANNEL:
        return Permission.NONE
    return bits


def sending_in(channel: Channel) -> Permission:
    """Return the permission that posting there needs."""
    if channel.thread is None:
        return Permission.SEND_MESSAGES
    return Permission.SEND_MESSAGES_IN_THREADS


def top_position(guild: Guild, member: Member) -> int:
    """Return the position of a member's highest role; 0 is @everyone alone."""
    return max(
        (guild.roles[role].position for role in member.roles if role in guild.roles), default=0
    )


def outranks(guild: Guild, actor: Member, target: Member) -> bool:
    """Tell whether `actor` may act on `target`: the owner on all, others only downwards."""
    if target.user_id == guild.owner_id:
        return False
    if actor.user_id == guild.owner_id:
        return True
    return top_position(guild, actor) > top_position(guild, target)


def may_manage_role(guild: Guild, actor: Member, role_id: str) -> bool:
    """Tell whether `actor` may give or take a role: below its own, not managed, not @everyone."""
    role = guild.roles[role_id]
    if role.managed or role_id == guild.id:
        return False
    return actor.user_id == guild.owner_id or role.position < top_position(guild, actor)
