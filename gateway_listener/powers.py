"""What Usher may do in each guild, as far as the gateway tells it: above all, see the audit log.

A leave without a word on why is a leave only where a kick would have been told of. What is not
known counts as not allowed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from usher.contracts.errors import ContractError
from usher.contracts.wire import Fields, as_fields, read_list, read_snowflake
from usher.ids import GuildId, UserId

ADMINISTRATOR: Final = 1 << 3
VIEW_AUDIT_LOG: Final = 1 << 7
"""Discord's permission bits (topics/permissions)."""

ROLES_CHANGED: Final = frozenset({"GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE"})


@dataclass(frozen=True, slots=True)
class OwnGuild:
    """One of Usher's guilds, as GET /users/@me/guilds lists it."""

    name: str
    permissions: int
    """What Usher may do there; channels may make exceptions."""
    members: int | None = None
    """About how many members it has, where Discord says so."""


@dataclass(slots=True)
class _Guild:
    """What matters of a guild's roles, and Usher's own; None while they are not known."""

    seeing: frozenset[str] | None = None
    """Roles that let their holders see the audit log; the others would be megabytes."""
    own: frozenset[str] | None = None
    proven: bool = False
    """An entry came, or Discord told of the permission in another way."""


@dataclass(slots=True)
class Powers:
    """Keeps roles and permissions of guilds. Malformed payloads leave them unknown."""

    _guilds: dict[GuildId, _Guild] = field(default_factory=dict)

    def sees_audit_log(self, guild_id: GuildId) -> bool:
        """Whether entries of the guild's audit log are told to Usher."""
        guild = self._guilds.get(guild_id, _Guild())
        if guild.seeing is None or guild.own is None:
            return guild.proven
        return not guild.seeing.isdisjoint((*guild.own, guild_id))

    def told(self, guild_id: GuildId, permissions: int) -> None:
        """Note the permissions that Discord told of, where the roles are not known."""
        self._guilds.setdefault(guild_id, _Guild()).proven = _sees(permissions)

    def forget(self, guild_id: GuildId) -> None:
        """Forget a guild."""
        self._guilds.pop(guild_id, None)

    def take(self, guild_id: GuildId, kind: str, data: Fields, own_id: UserId | None) -> bool:
        """Take a dispatch; say whether it changes what Usher may do in a guild that it knows."""
        known = self._guilds.setdefault(guild_id, _Guild())
        try:
            if kind in ROLES_CHANGED:
                _change_role(known, kind, data)
                return True
            if kind == "GUILD_MEMBER_UPDATE" and _is(data, own_id):
                known.proven = False
                known.own = _roles_of(data)
                return True
            if kind in ("GUILD_CREATE", "GUILD_UPDATE"):
                _read_guild(known, data, own_id)
            known.proven |= kind == "GUILD_AUDIT_LOG_ENTRY_CREATE"
        except ContractError:
            self._guilds[guild_id] = _Guild()
            return kind in ROLES_CHANGED or kind == "GUILD_MEMBER_UPDATE"
        return False


def _read_guild(known: _Guild, data: Fields, own_id: UserId | None) -> None:
    """Read roles, and from GUILD_CREATE Usher's own; GUILD_UPDATE names no members."""
    if data.get("roles") is not None:
        roles = map(_role, read_list(data, "roles"))
        seeing = (role_id for role_id, permissions in roles if _sees(permissions))
        known.seeing = frozenset(seeing)
    if data.get("members") is not None:
        members = [as_fields(one, "member") for one in read_list(data, "members")]
        known.own = next((_roles_of(one) for one in members if _is(one, own_id)), None)


def _change_role(known: _Guild, kind: str, data: Fields) -> None:
    if known.seeing is None:
        known.proven = False
    elif kind == "GUILD_ROLE_DELETE":
        known.seeing -= {read_snowflake(data, "role_id")}
    else:
        role_id, permissions = _role(data.get("role"))
        known.seeing -= {role_id}
        known.seeing |= {role_id} if _sees(permissions) else frozenset()


def _sees(permissions: int) -> bool:
    return bool(permissions & (ADMINISTRATOR | VIEW_AUDIT_LOG))


def _role(item: object) -> tuple[str, int]:
    fields = as_fields(item, "role")
    written = fields.get("permissions")
    if not isinstance(written, str) or not written.isdecimal():
        raise ContractError("permissions")
    return read_snowflake(fields, "id"), int(written)


def _roles_of(member: Mapping[str, object]) -> frozenset[str]:
    roles = read_list(member, "roles")
    return frozenset(role for role in roles if isinstance(role, str))


def _is(member: Fields, user_id: UserId | None) -> bool:
    user = member.get("user")
    return isinstance(user, Mapping) and user.get("id") == user_id
