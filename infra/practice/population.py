"""What people do in the practice Discord: found servers, invite, come, go, talk."""

from datetime import timedelta
from typing import Literal

from infra.practice.automod.executing import Executor
from infra.practice.core import Core
from infra.practice.entities import Channel, Guild, Invite, JoinSource, Member, User
from infra.practice.errors import (
    MISSING_PERMISSIONS,
    UNKNOWN_CHANNEL,
    ApiError,
)
from infra.practice.invites import InviteTerms, create_invite, live_invites, revoke_invite
from infra.practice.membership import Entrance, ban, guild_event, join, kick, leave, unban
from infra.practice.payloads.guilds import guild_create_json
from infra.practice.permissions import Permission
from infra.practice.seed import add_user, found_guild
from infra.practice.targets import TargetUsers
from infra.practice.world import World

type Via = Literal["invite", "vanity", "discovery", "hub", "oauth2"]

_SOURCES: dict[Via, JoinSource] = {
    "invite": JoinSource.INVITE,
    "vanity": JoinSource.VANITY,
    "discovery": JoinSource.DISCOVERY,
    "hub": JoinSource.HUB,
    "oauth2": JoinSource.BOT,
}
NEWCOMER_AGE = timedelta(days=365)


class Population:
    """The people of a world and their doings.

    What Discord would refuse raises ApiError with Discord's own code.
    """

    def __init__(self, core: Core) -> None:
        self.core = core

    @property
    def world(self) -> World:
        """The state of everything."""
        return self.core.world

    @property
    def guild(self) -> Guild:
        """The first guild, "Practice Server" in the default world."""
        return next(iter(self.world.state.guilds.values()))

    def create_guild(self, name: str, owner_id: str | None = None) -> Guild:
        """Found a server that the bot is in; a new person owns it unless told."""
        owner = self.world.user(owner_id) if owner_id else self.add_user(f"{name} owner")
        guild = found_guild(self.world, name, owner)
        data = guild_create_json(self.world, guild)
        self.core.publish([guild_event("GUILD_CREATE", guild, data)])
        return guild

    def add_user(
        self, name: str, *, account_age: timedelta = NEWCOMER_AGE, bot: bool = False
    ) -> User:
        """Open an account that is a member of nothing."""
        user = add_user(self.world, name, account_age=account_age, bot=bot)
        self.core.publish([])
        return user

    def add_member_user(
        self, name: str, guild_id: str | None = None, roles: tuple[str, ...] = ()
    ) -> User:
        """Open an account that has long been a member: no event, no invite used."""
        guild = self.world.guild(guild_id or self.guild.id)
        user = self.add_user(name)
        joined_at = self.world.now - timedelta(days=30)
        guild.members[user.id] = Member(user.id, joined_at=joined_at, roles=list(roles))
        self.core.publish([])
        return user

    def invites(self, guild_id: str) -> list[Invite]:
        """List a guild's invites, expired ones left out."""
        return live_invites(self.world, self.world.guild(guild_id))

    def create_invite(
        self,
        guild_id: str,
        inviter_id: str,
        max_age: int = 0,
        max_uses: int = 0,
        unique: bool = True,
        channel_id: str | None = None,
        role_ids: tuple[str, ...] = (),
        target_user_ids: tuple[str, ...] = (),
    ) -> str:
        """Create an invite as a member and return its code. `max_age` in seconds; 0 is no limit.

        With `target_user_ids` only those may use it, once they are processed.
        """
        guild = self.world.guild(guild_id)
        channel = self.channel_of(guild, channel_id)
        self.require(guild, inviter_id, channel, Permission.CREATE_INSTANT_INVITE)
        now, takes = self.world.now, self.core.faults.lags.target_users
        targets = TargetUsers(list(target_user_ids), now, now + takes) if target_user_ids else None
        terms = InviteTerms(
            channel.id, max_age, max_uses, unique=unique, role_ids=role_ids, targets=targets
        )
        invite, events = create_invite(self.world, guild, inviter_id, terms)
        self.core.publish(events)
        return invite.code

    def delete_invite(self, guild_id: str, code: str, by: str | None = None) -> None:
        """Revoke an invite, as the owner unless told."""
        guild = self.world.guild(guild_id)
        _, events = revoke_invite(self.world, guild, code, by or guild.owner_id)
        self.core.publish(events)

    def join(
        self,
        guild_id: str,
        code: str | None = None,
        user: str | None = None,
        bot: bool = False,
        via: Via = "invite",
        account_age: timedelta = NEWCOMER_AGE,
    ) -> Member:
        """Have somebody come in.

        `user` is the id of an account or the name of a new one, which is `account_age` old.
        `code` belongs to `invite`; the vanity code there means `vanity`. A bot comes by `oauth2`,
        added by the owner. Somebody already inside changes nothing.
        """
        guild = self.world.guild(guild_id)
        if code is not None and code == guild.vanity_code:
            via = "vanity"
        if bot:
            via = "oauth2"
        person = self.world.state.users.get(user or "")
        if person is None:
            person = add_user(self.world, user or "Newcomer", account_age=account_age, bot=bot)
        added_by = guild.owner_id if bot else self.world.bot.id
        entrance = Entrance(_SOURCES[via], code, added_by if via == "oauth2" else None)
        inside = person.id in guild.members
        member, events = join(self.world, guild, person, entrance)
        if not inside and not bot:
            events += self.core.postbox.welcome(guild, person.id)
            executor = Executor(self.world, self.core.postbox)
            events += executor.look_at_name(guild, member)
        self.core.publish(events)
        return member

    def leave(self, guild_id: str, user_id: str) -> None:
        """Have a member go."""
        self.core.publish(leave(self.world, self.world.guild(guild_id), user_id))

    def kick(
        self, guild_id: str, user_id: str, by: str | None = None, reason: str | None = None
    ) -> None:
        """Kick a member, as the owner unless told."""
        guild = self.world.guild(guild_id)
        self.core.publish(kick(self.world, guild, user_id, by or guild.owner_id, reason))

    def ban(
        self, guild_id: str, user_id: str, by: str | None = None, reason: str | None = None
    ) -> None:
        """Ban a user, as the owner unless told."""
        guild = self.world.guild(guild_id)
        self.core.publish(ban(self.world, guild, user_id, by or guild.owner_id, reason))

    def unban(self, guild_id: str, user_id: str, by: str | None = None) -> None:
        """Lift a ban, as the owner unless told."""
        guild = self.world.guild(guild_id)
        self.core.publish(unban(self.world, guild, user_id, by or guild.owner_id))

    def grant_access(self, user_id: str) -> str:
        """Have a user grant `guilds.join`; return the OAuth2 access token."""
        token = f"access-{self.world.new_id()}"
        self.world.state.access_tokens[token] = self.world.user(user_id).id
        self.core.publish([])
        return token

    def channel_of(self, guild: Guild, channel_id: str | None) -> Channel:
        """Find a channel or thread of a guild; the system channel for None."""
        found = guild.place(channel_id or guild.system_channel_id)
        if found is None:
            raise ApiError(UNKNOWN_CHANNEL)
        return found

    def require(self, guild: Guild, user_id: str, channel: Channel, permission: Permission) -> None:
        """Refuse (50013) what a member may not do in a channel."""
        member = self.world.member(guild, user_id)
        if not self.world.permissions(guild, member, channel) & permission:
            raise ApiError(MISSING_PERMISSIONS)
