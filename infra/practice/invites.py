"""Invites: made, listed, accepted, used up, expired, revoked."""

import secrets
import string
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from infra.practice.audit import AuditAction, audit, invite_changes
from infra.practice.entities import Guild, Invite
from infra.practice.errors import TOO_MANY_INVITES, UNKNOWN_INVITE, ApiError
from infra.practice.intents import Dispatch, Dispatches, Intents
from infra.practice.payloads.invites import invite_create_json, invite_delete_json
from infra.practice.permissions import Permission
from infra.practice.targets import TargetUsers, admits
from infra.practice.world import Use, World

INVITES_PER_GUILD = 1_000
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class InviteTerms:
    """What is asked of a new invite. `max_age` in seconds; 0 lifts a limit.

    With `unique` False an invite of the same maker, channel and terms is reused, as at Discord;
    one with target users is always new.
    """

    channel_id: str
    max_age: int = 86_400
    max_uses: int = 0
    temporary: bool = False
    unique: bool = False
    role_ids: tuple[str, ...] = ()
    targets: TargetUsers | None = None


def create_invite(
    world: World, guild: Guild, inviter_id: str, terms: InviteTerms, reason: str | None = None
) -> tuple[Invite, Dispatches]:
    """Make an invite, or return a similar one; a guild holds a thousand (400, 30016)."""
    drop_expired(world, guild)
    if not terms.unique and terms.targets is None:
        similar = _similar(guild, inviter_id, terms)
        if similar is not None:
            return similar, []
    if len(guild.invites) >= INVITES_PER_GUILD:
        raise ApiError(TOO_MANY_INVITES)
    invite = Invite(
        code=_new_code(world, length=8 if terms.max_age else 10),
        guild_id=guild.id,
        channel_id=terms.channel_id,
        inviter_id=inviter_id,
        created_at=world.now,
        max_age=terms.max_age,
        max_uses=terms.max_uses,
        temporary=terms.temporary,
        role_ids=list(terms.role_ids),
        targets=terms.targets,
    )
    guild.invites[invite.code] = invite
    changes = invite_changes(invite, created=True)
    entry = audit(
        world, guild, AuditAction.INVITE_CREATE, inviter_id, None, changes=changes, reason=reason
    )
    return invite, [_event("INVITE_CREATE", world, invite), entry]


def revoke_invite(
    world: World, guild: Guild, code: str, actor_id: str, reason: str | None = None
) -> tuple[Invite, Dispatches]:
    """Delete an invite on somebody's order; unlike exhaustion this enters the audit log."""
    invite = live_invite(world, guild, code)
    del guild.invites[code]
    changes = invite_changes(invite, created=False)
    entry = audit(
        world, guild, AuditAction.INVITE_DELETE, actor_id, None, changes=changes, reason=reason
    )
    return invite, [_event("INVITE_DELETE", world, invite), entry]


def use_invite(world: World, guild: Guild, code: str, user_id: str) -> tuple[Invite, Dispatches]:
    """Count one use; the last one removes the invite and announces INVITE_DELETE.

    To anybody but its target users, and to them before they are processed, the code is unknown.
    """
    invite = live_invite(world, guild, code)
    if invite.targets is not None and not admits(invite.targets, user_id, world.now):
        raise ApiError(UNKNOWN_INVITE)
    invite.uses += 1
    world.uses.append(Use(world.now, guild.id, code))
    if not invite.exhausted:
        return invite, []
    del guild.invites[code]
    return invite, [_event("INVITE_DELETE", world, invite)]


def shown_uses(world: World, guild: Guild, code: str, uses: int, lag: timedelta) -> int:
    """Return the use count that is seen while uses show `lag` later than they happen."""
    if not lag:
        return uses
    unseen = world.now - lag
    recent = sum(
        (use.guild_id, use.code) == (guild.id, code)
        for use in takewhile(lambda use: use.at > unseen, reversed(world.uses))
    )
    return max(uses - recent, 0)


def live_invite(world: World, guild: Guild, code: str) -> Invite:
    """Find an invite that has not expired."""
    drop_expired(world, guild)
    if code not in guild.invites:
        raise ApiError(UNKNOWN_INVITE)
    return guild.invites[code]


def live_invites(world: World, guild: Guild) -> list[Invite]:
    """List a guild's invites; the vanity code is not among them."""
    drop_expired(world, guild)
    return list(guild.invites.values())


def drop_expired(world: World, guild: Guild) -> None:
    """Forget what has expired. Discord sends no event for it."""
    now = world.now
    for code, invite in list(guild.invites.items()):
        if invite.expires_at is not None and invite.expires_at <= now:
            del guild.invites[code]


def guild_of_code(world: World, code: str) -> Guild:
    """Find the guild that a code, vanity or not, leads to."""
    for guild in world.state.guilds.values():
        if code == guild.vanity_code:
            return guild
        if code in guild.invites:
            live_invite(world, guild, code)
            return guild
    raise ApiError(UNKNOWN_INVITE)


def invites_of_channel(world: World, guild: Guild, channel_id: str) -> list[Invite]:
    """List the invites into one channel."""
    return [item for item in live_invites(world, guild) if item.channel_id == channel_id]


def _event(name: str, world: World, invite: Invite) -> Dispatch:
    created = name == "INVITE_CREATE"
    return Dispatch(
        event=name,
        data=invite_create_json(world, invite) if created else invite_delete_json(invite),
        guild_id=invite.guild_id,
        intents=Intents.GUILD_INVITES,
        permissions=Permission.MANAGE_CHANNELS,
        channel_id=invite.channel_id,
    )


def _similar(guild: Guild, inviter_id: str, terms: InviteTerms) -> Invite | None:
    asked = (terms.channel_id, terms.max_age, terms.max_uses, terms.temporary, terms.role_ids)
    for invite in guild.invites.values():
        present = (
            invite.channel_id,
            invite.max_age,
            invite.max_uses,
            invite.temporary,
            tuple(invite.role_ids),
        )
        if invite.inviter_id == inviter_id and invite.targets is None and present == asked:
            return invite
    return None


def _new_code(world: World, length: int) -> str:
    while True:
        code = "".join(secrets.choice(_ALPHABET) for _ in range(length))
        if all(code not in guild.invites for guild in world.state.guilds.values()):
            return code
