"""Joining and leaving: by invite, vanity code, discovery or OAuth2; by will, kick or ban."""

from collections.abc import Callable
from dataclasses import dataclass

from infra.practice.audit import AuditAction, audit, differences
from infra.practice.entities import Ban, Guild, JoinSource, Member, User
from infra.practice.errors import INVITES_PAUSED, UNKNOWN_BAN, USER_BANNED, ApiError
from infra.practice.intents import Dispatch, Dispatches, Intents
from infra.practice.invites import use_invite
from infra.practice.json_types import JsonObject
from infra.practice.payloads.guilds import guild_create_json
from infra.practice.payloads.people import member_json, user_json
from infra.practice.permissions import Permission
from infra.practice.world import Use, World

DID_REJOIN = 1 << 0
COMPLETED_ONBOARDING = 1 << 1
BY_INVITE = (JoinSource.INVITE, JoinSource.VANITY)
SCREENING = "MEMBER_VERIFICATION_GATE_ENABLED"


@dataclass(frozen=True, slots=True)
class Entrance:
    """How somebody comes in. `code` for an invite; `added_by`, roles and nickname for OAuth2."""

    source: JoinSource
    code: str | None = None
    added_by: str | None = None
    role_ids: tuple[str, ...] = ()
    nick: str | None = None


def join(world: World, guild: Guild, user: User, entrance: Entrance) -> tuple[Member, Dispatches]:
    """Make a user a member.

    Somebody who is one already stays one: no use is counted and nothing is sent. The last use of
    an invite sends its INVITE_DELETE before the GUILD_MEMBER_ADD; Discord promises no order.
    Who left in a timeout finds it again. Where members are screened newcomers are pending, but not
    bots, nor who is added with a role (Guild, Add Guild Member). Raises 10006 for a dead code, or
    one for others, 40007 for a banned user.
    """
    _admit(world, guild, user, entrance)
    if user.id in guild.members:
        return guild.members[user.id], []
    member = Member(
        user_id=user.id,
        joined_at=world.now,
        source=entrance.source,
        roles=list(entrance.role_ids),
        nick=entrance.nick,
        pending=SCREENING in guild.features and not user.bot and not entrance.role_ids,
    )
    events: Dispatches = []
    if entrance.source is JoinSource.INVITE:
        invite, events = use_invite(world, guild, entrance.code or "", user.id)
        member.source_invite_code = invite.code
        member.source_inviter_id = invite.inviter_id
        member.roles = [role_id for role_id in invite.role_ids if role_id in guild.roles]
    elif entrance.source is JoinSource.VANITY:
        guild.vanity_uses += 1
        world.uses.append(Use(world.now, guild.id, guild.vanity_code or ""))
        member.source_invite_code = guild.vanity_code
    else:
        member.source_inviter_id = entrance.added_by
    member.communication_disabled_until = guild.timeouts_of_leavers.pop(user.id, None)
    if user.id in guild.former_member_ids:
        member.flags |= DID_REJOIN
    guild.members[user.id] = member
    if user.id == world.bot.id:
        member.roles = [role.id for role in guild.roles.values() if role.bot_id == user.id]
        events.append(guild_event("GUILD_CREATE", guild, guild_create_json(world, guild)))
    else:
        events.append(member_event("GUILD_MEMBER_ADD", world, guild, member))
    if user.bot:
        events.append(audit(world, guild, AuditAction.BOT_ADD, entrance.added_by, user.id))
    return member, events


def _admit(world: World, guild: Guild, user: User, entrance: Entrance) -> None:
    if user.id in guild.bans:
        raise ApiError(USER_BANNED)
    paused = guild.invites_disabled_until
    if paused is not None and paused > world.now and entrance.source in BY_INVITE:
        raise ApiError(INVITES_PAUSED)


def leave(world: World, guild: Guild, user_id: str) -> Dispatches:
    """Have a member go of their own will."""
    world.member(guild, user_id)
    return _remove(world, guild, user_id)


def kick(
    world: World, guild: Guild, user_id: str, actor_id: str, reason: str | None = None
) -> Dispatches:
    """Have a member thrown out: to the gateway a leave, told apart by the audit log only."""
    world.member(guild, user_id)
    events = _remove(world, guild, user_id)
    return [
        *events,
        audit(world, guild, AuditAction.MEMBER_KICK, actor_id, user_id, reason=reason),
    ]


def ban(
    world: World, guild: Guild, user_id: str, actor_id: str, reason: str | None = None
) -> Dispatches:
    """Ban a user, a member or not; a ban that stands already changes nothing."""
    user = world.user(user_id)
    if user_id in guild.bans:
        return []
    guild.bans[user_id] = Ban(user_id=user_id, reason=reason)
    events = [_ban_event("GUILD_BAN_ADD", guild, user)]
    if user_id in guild.members:
        events += _remove(world, guild, user_id)
    events.append(audit(world, guild, AuditAction.MEMBER_BAN_ADD, actor_id, user_id, reason=reason))
    return events


def unban(
    world: World, guild: Guild, user_id: str, actor_id: str, reason: str | None = None
) -> Dispatches:
    """Lift a ban."""
    user = world.user(user_id)
    if guild.bans.pop(user_id, None) is None:
        raise ApiError(UNKNOWN_BAN)
    return [
        _ban_event("GUILD_BAN_REMOVE", guild, user),
        audit(world, guild, AuditAction.MEMBER_BAN_REMOVE, actor_id, user_id, reason=reason),
    ]


def change_member(
    world: World,
    guild: Guild,
    member: Member,
    change: Callable[[Member], None],
    actor_id: str,
    reason: str | None = None,
) -> Dispatches:
    """Apply a change to a member and announce it; one that changes nothing is not announced."""
    user = world.user(member.user_id)
    before = member_json(member, user)
    roles_before = set(member.roles)
    change(member)
    if member_json(member, user) == before:
        return []
    events = [member_event("GUILD_MEMBER_UPDATE", world, guild, member)]
    entries = (
        (AuditAction.MEMBER_ROLE_UPDATE, _role_changes(guild, roles_before, set(member.roles))),
        (AuditAction.MEMBER_UPDATE, differences(before, _own_fields(member_json(member, user)))),
    )
    return events + [
        audit(world, guild, action, actor_id, user.id, changes=changes, reason=reason)
        for action, changes in entries
        if changes
    ]


def settle(
    world: World, guild: Guild, user_id: str, change: Callable[[Member], None]
) -> Dispatches:
    """Apply what a member did themselves, such as accepting the rules: no audit log entry."""
    member = world.member(guild, user_id)
    before = member_json(member, world.user(user_id))
    change(member)
    if member_json(member, world.user(user_id)) == before:
        return []
    return [member_event("GUILD_MEMBER_UPDATE", world, guild, member)]


def _own_fields(member: JsonObject) -> JsonObject:
    return {name: member[name] for name in ("nick", "communication_disabled_until")}


def _role_changes(guild: Guild, before: set[str], after: set[str]) -> list[JsonObject]:
    return [
        {"key": key, "new_value": [{"id": role, "name": guild.roles[role].name}]}
        for key, roles in (("$add", after - before), ("$remove", before - after))
        for role in sorted(roles)
    ]


def _remove(world: World, guild: Guild, user_id: str) -> Dispatches:
    until = guild.members.pop(user_id).communication_disabled_until
    if until is not None and until > world.now:
        guild.timeouts_of_leavers[user_id] = until
    if user_id not in guild.former_member_ids:
        guild.former_member_ids.append(user_id)
    if user_id == world.bot.id:
        return [guild_event("GUILD_DELETE", guild, {"id": guild.id})]
    return [
        Dispatch(
            event="GUILD_MEMBER_REMOVE",
            data={"guild_id": guild.id, "user": user_json(world.user(user_id))},
            guild_id=guild.id,
            intents=Intents.GUILD_MEMBERS,
        )
    ]


def guild_event(name: str, guild: Guild, data: JsonObject) -> Dispatch:
    """Announce that a guild came to the bot or went."""
    return Dispatch(event=name, data=data, guild_id=guild.id, intents=Intents.GUILDS)


def member_event(name: str, world: World, guild: Guild, member: Member) -> Dispatch:
    """Announce a member who came or changed."""
    return Dispatch(
        event=name,
        data={**member_json(member, world.user(member.user_id)), "guild_id": guild.id},
        guild_id=guild.id,
        intents=Intents.GUILD_MEMBERS,
    )


def _ban_event(name: str, guild: Guild, user: User) -> Dispatch:
    return Dispatch(
        event=name,
        data={"guild_id": guild.id, "user": user_json(user)},
        guild_id=guild.id,
        intents=Intents.GUILD_MODERATION,
        permissions=Permission.BAN_MEMBERS | Permission.VIEW_AUDIT_LOG,
    )
