"""Who may do what to whom: the one check on every road to a sanction. Pure (SPEC 7.6).

Commands, buttons, modals and context menus ask it before they act, and so does what acts by the
server's own rules. Discord enforces a hierarchy for kicks, bans, timeouts and nothing else, and for
the bot, not for the member who asks (Discord docs: Permission Hierarchy). Whatever is not known
refuses.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId, RoleId, UserId
from usher.rewards.hierarchy import Hall, top
from usher.slash.permissions import Permission, allows


class Action(StrEnum):
    """What is done about a member."""

    WARN = "warn"
    NOTE = "note"
    MUTE = "mute"
    UNMUTE = "unmute"
    KICK = "kick"
    SOFTBAN = "softban"
    BAN = "ban"
    MASSBAN = "massban"
    UNBAN = "unban"
    PARDON = "pardon"
    """A case is taken back."""
    EDIT = "edit"
    """A case's reason or evidence is changed."""


@frozen
class Needs:
    """What an action asks for."""

    actor: Permission
    bot: Permission = Permission.NONE
    member: bool = False
    """The target must be in the server."""
    lifts: bool = False
    """It takes something back, and can harm nobody."""


_BAN: Final = Permission.BAN_MEMBERS
_TIME_OUT: Final = Permission.MODERATE_MEMBERS
_MASS: Final = Permission.BAN_MEMBERS | Permission.MANAGE_GUILD

NEEDS: Final = {
    Action.WARN: Needs(_TIME_OUT),
    Action.NOTE: Needs(_TIME_OUT),
    Action.MUTE: Needs(_TIME_OUT, _TIME_OUT, member=True),
    Action.UNMUTE: Needs(_TIME_OUT, _TIME_OUT, lifts=True),
    Action.KICK: Needs(Permission.KICK_MEMBERS, Permission.KICK_MEMBERS, member=True),
    Action.SOFTBAN: Needs(_BAN, _BAN, member=True),
    Action.BAN: Needs(_BAN, _BAN),
    # Discord docs, Bulk Guild Ban: the bot needs both.
    Action.MASSBAN: Needs(_MASS, _MASS),
    Action.UNBAN: Needs(_BAN, _BAN, lifts=True),
    Action.PARDON: Needs(_TIME_OUT, lifts=True),
    Action.EDIT: Needs(_TIME_OUT, lifts=True),
}
"""The moderator role stands for all of it except Manage Server."""


class Refusal(StrEnum):
    """Why something is not done."""

    UNKNOWN = "unknown"
    """Roles or members could not be read."""
    PERMISSION = "permission"
    SELF = "self"
    OWNER = "owner"
    USHER = "usher"
    """The target is this app."""
    BOT = "bot"
    """The target is another bot, and nobody has confirmed that."""
    GONE = "gone"
    """The target is not in the server."""
    BOT_PERMISSION = "bot_permission"
    ABOVE_ACTOR = "above_actor"
    ABOVE_BOT = "above_bot"
    ADMINISTRATOR = "administrator"
    """Discord times no administrator out."""


@frozen
class Actor:
    """Who acts: a member, or Usher by the server's own rules."""

    user_id: UserId
    permissions: int = 0
    """As Discord computed them."""
    roles: frozenset[RoleId] | None = frozenset()
    """None where they are not known."""
    by_rule: bool = False
    """Usher acts because of what a manager of the server has set."""


@frozen
class Target:
    """About whom something is done."""

    user_id: UserId
    bot: bool | None
    """None where that is not known."""
    member: bool | None
    """Whether they are in the server; None where that is not known."""
    roles: frozenset[RoleId] = frozenset()


@frozen
class Asked:
    """One action that somebody asks for."""

    guild_id: GuildId | None
    action: Action
    actor: Actor
    target: Target
    confirmed: bool = False
    """The actor has confirmed that a bot is meant."""


def refusal(asked: Asked, hall: Hall | None, moderators: Collection[RoleId]) -> Refusal | None:
    """Say why something may not be done; None where it may.

    `moderators` are the roles that the server has named as its moderators'.
    """
    if hall is None or asked.guild_id != hall.guild_id:
        return Refusal.UNKNOWN
    if not may(asked.actor, hall, NEEDS[asked.action].actor, moderators):
        return Refusal.PERMISSION
    return _person(asked, hall) or _bot(asked, hall) or _hierarchy(asked, hall)


def may(actor: Actor, hall: Hall, needed: Permission, moderators: Collection[RoleId]) -> bool:
    """Whether somebody holds what is needed, by a permission or as a moderator."""
    if actor.by_rule:
        return actor.user_id == hall.own_id
    if actor.user_id == hall.owner_id or allows(actor.permissions, needed):
        return True
    trusted = actor.roles is not None and not actor.roles.isdisjoint(moderators)
    return trusted and not needed & Permission.MANAGE_GUILD


def _person(asked: Asked, hall: Hall) -> Refusal | None:
    """Who the target is."""
    target, needs = asked.target, NEEDS[asked.action]
    if target.user_id == hall.own_id:
        return Refusal.USHER
    if target.user_id == asked.actor.user_id:
        return Refusal.SELF
    if target.user_id == hall.owner_id:
        return Refusal.OWNER
    if target.member is None or target.bot is None:
        return Refusal.UNKNOWN
    if target.bot and not asked.confirmed and not needs.lifts:
        return Refusal.BOT
    if needs.member and not target.member:
        return Refusal.GONE
    return None


def _bot(asked: Asked, hall: Hall) -> Refusal | None:
    """Whether Usher itself could do it."""
    if hall.own_id == hall.owner_id:
        return None
    held = permissions_of(hall, hall.own_roles)
    if held is None:
        return Refusal.UNKNOWN
    return None if allows(held, NEEDS[asked.action].bot) else Refusal.BOT_PERMISSION


def _hierarchy(asked: Asked, hall: Hall) -> Refusal | None:
    """Whether the target stands below both; who is no member has no roles to stand by."""
    actor, target = asked.actor, asked.target
    if not target.member:
        return None
    held = permissions_of(hall, target.roles)
    if held is None:
        return Refusal.UNKNOWN
    if not actor.by_rule and actor.user_id != hall.owner_id:
        if actor.roles is None or permissions_of(hall, actor.roles) is None:
            return Refusal.UNKNOWN
        if top(hall, target.roles) >= top(hall, actor.roles):
            return Refusal.ABOVE_ACTOR
    if hall.own_id != hall.owner_id and top(hall, target.roles) >= top(hall, hall.own_roles):
        return Refusal.ABOVE_BOT
    if asked.action is Action.MUTE and held & Permission.ADMINISTRATOR:
        return Refusal.ADMINISTRATOR
    return None


def permissions_of(hall: Hall, roles: Collection[RoleId]) -> int | None:
    """Add up what roles allow, @everyone among them; None where one is not known."""
    held = 0
    for one in {RoleId(hall.guild_id), *roles}:
        if one not in hall.roles:
            return None
        held |= hall.roles[one].permissions
    return held
