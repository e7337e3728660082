"""What those who run a server do with its roles: make, move, hand out, delete them."""

from infra.practice.audit import AuditAction, audit
from infra.practice.entities import Guild, Member, Role
from infra.practice.errors import MISSING_PERMISSIONS, UNKNOWN_ROLE, ApiError
from infra.practice.governing import Governing
from infra.practice.intents import Dispatch, Dispatches, Intents
from infra.practice.json_types import JsonObject
from infra.practice.membership import change_member
from infra.practice.payloads.guilds import role_json
from infra.practice.permissions import Permission

LONGEST_NAME = 100


class RoleKeeping(Governing):
    """The roles of servers, as the owner keeps them."""

    def create_role(
        self, guild_id: str, name: str, permissions: Permission = Permission.NONE
    ) -> Role:
        """Make a role at the bottom, just above @everyone, as Discord's clients do."""
        guild = self.world.guild(guild_id)
        role = Role(
            id=self.world.new_id(),
            name=name[:LONGEST_NAME] or "new role",
            permissions=permissions.value,
            position=1,
        )
        events: Dispatches = []
        for other in guild.roles.values():
            if other.position > 0:
                other.position += 1
                events.append(_updated(guild, other))
        guild.roles[role.id] = role
        created = _dispatch("GUILD_ROLE_CREATE", guild, {"role": role_json(role)})
        entry = audit(self.world, guild, AuditAction.ROLE_CREATE, guild.owner_id, role.id)
        self.core.publish([created, *events, entry])
        return role

    def place_role(self, guild_id: str, role_id: str, above: str) -> None:
        """Drag a role to just above another one; those between make room."""
        guild = self.world.guild(guild_id)
        moved = _known(guild, role_id)
        _known(guild, above)
        ordered = [one for one in _from_below(guild) if one is not moved]
        place = next(n for n, one in enumerate(ordered) if one.id == above)
        ordered.insert(place + 1, moved)
        events: Dispatches = []
        for position, one in enumerate(ordered):
            if one.position != position:
                one.position = position
                events.append(_updated(guild, one))
        entry = audit(self.world, guild, AuditAction.ROLE_UPDATE, guild.owner_id, role_id)
        self.core.publish([*events, entry])

    def move_role(self, guild_id: str, role_id: str, *, up: bool) -> None:
        """Drag a role one place up or down; at the end it stays."""
        guild = self.world.guild(guild_id)
        ordered = _from_below(guild)
        place = ordered.index(_known(guild, role_id))
        above = place + 1 if up else place - 2
        if 0 <= above < len(ordered):
            self.place_role(guild_id, role_id, ordered[above].id)

    def delete_role(self, guild_id: str, role_id: str) -> None:
        """Delete a role, which everybody loses; not one that Discord manages."""
        guild = self.world.guild(guild_id)
        if _known(guild, role_id).managed:
            raise ApiError(MISSING_PERMISSIONS)
        del guild.roles[role_id]
        for member in guild.members.values():
            member.roles = [item for item in member.roles if item != role_id]
        gone = _dispatch("GUILD_ROLE_DELETE", guild, {"role_id": role_id})
        entry = audit(self.world, guild, AuditAction.ROLE_DELETE, guild.owner_id, role_id)
        self.core.publish([gone, entry])

    def hand_role(self, guild_id: str, user_id: str, role_id: str, *, to: bool = True) -> None:
        """Give a member a role, or take it, as the owner."""
        guild = self.world.guild(guild_id)
        _known(guild, role_id)

        def change(member: Member) -> None:
            others = [item for item in member.roles if item != role_id]
            member.roles = [*others, role_id] if to else others

        member = self.world.member(guild, user_id)
        self.core.publish(change_member(self.world, guild, member, change, guild.owner_id))


def _known(guild: Guild, role_id: str) -> Role:
    """Find a role that can be moved or given: @everyone is none."""
    if role_id not in guild.roles:
        raise ApiError(UNKNOWN_ROLE)
    return guild.roles[role_id]


def _from_below(guild: Guild) -> list[Role]:
    """Order roles from @everyone up; of equal positions the later one is lower."""
    everyone = guild.id
    return sorted(
        guild.roles.values(), key=lambda role: (role.id != everyone, role.position, -int(role.id))
    )


def _updated(guild: Guild, role: Role) -> Dispatch:
    return _dispatch("GUILD_ROLE_UPDATE", guild, {"role": role_json(role)})


def _dispatch(name: str, guild: Guild, data: JsonObject) -> Dispatch:
    return Dispatch(name, {"guild_id": guild.id, **data}, guild.id, Intents.GUILDS)
