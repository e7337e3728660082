"""What the page shows to one member, as one JSON object."""

from typing import TYPE_CHECKING

from infra.practice.automod.rule import rule_json
from infra.practice.command_checks import ON_MESSAGE, ON_USER
from infra.practice.commands import CHAT_INPUT, usable_commands
from infra.practice.entities import Channel, Guild, Invite, Member, Role, User
from infra.practice.interactions.outcome import notice_of
from infra.practice.interactions.records import Interaction, InteractionType, Phase
from infra.practice.json_types import Json, JsonObject, as_objects
from infra.practice.membership import SCREENING
from infra.practice.moments import stamp
from infra.practice.payloads.messages import message_json
from infra.practice.permissions import Permission, guild_permissions

if TYPE_CHECKING:
    from infra.practice.practice import Practice

MESSAGES_SHOWN = 100
SUBCOMMAND_TYPES = (1, 2)


def shown_channel(
    practice: "Practice", guild: Guild, viewer_id: str, wanted: str | None
) -> Channel:
    """Find the channel to show: one of the guild's, or the viewer's direct one with the bot."""
    direct = _direct(practice, viewer_id)
    if direct is not None and direct.id == wanted and viewer_id in guild.members:
        return direct
    return practice.channel_of(guild, wanted if guild.place(wanted) else None)


def _direct(practice: "Practice", viewer_id: str) -> Channel | None:
    channels = practice.world.state.direct_channels.values()
    return next((one for one in channels if one.recipient_id == viewer_id), None)


def state_json(practice: "Practice", guild: Guild, viewer_id: str, channel: Channel) -> JsonObject:
    """Write everything that the page shows."""
    world = practice.world
    viewer = guild.members.get(viewer_id)
    direct = _direct(practice, viewer_id)
    speaks = viewer is not None and channel.guild_id is not None
    return {
        "version": practice.core.version,
        "guild": {
            "id": guild.id,
            "name": guild.name,
            "vanity_code": guild.vanity_code,
            "vanity_uses": guild.vanity_uses,
        },
        "guilds": [{"id": item.id, "name": item.name} for item in world.state.guilds.values()],
        "viewer_id": viewer_id if viewer is not None else None,
        "rights": _rights(practice, guild, viewer) if viewer is not None else {},
        "screens": SCREENING in guild.features,
        "direct": None if direct is None else {"id": direct.id, "name": world.bot.username},
        "channel_id": channel.id,
        "channels": [_channel(item) for item in (*guild.channels.values(), *_open_threads(guild))],
        "bans": _bans(practice, guild),
        "rules": [rule_json(guild.id, rule) for rule in guild.automod_rules.values()],
        "roles": [
            {"id": role.id, "name": role.name, "managed": role.managed}
            for role in _from_the_top(guild)
        ],
        "members": [_member(practice, guild, user_id) for user_id in guild.members],
        "invites": [_invite(practice, guild, invite) for invite in practice.invites(guild.id)],
        "commands": _commands(practice, guild, viewer_id, channel) if speaks else [],
        "user_menu": _menus(practice, guild, viewer_id, channel, ON_USER) if speaks else [],
        "message_menu": _menus(practice, guild, viewer_id, channel, ON_MESSAGE) if speaks else [],
        "messages": [
            message_json(world, message, practice.origin)
            for message in practice.messages(channel.id, viewer_id)[-MESSAGES_SHOWN:]
        ],
        "failures": _failures(practice, viewer_id, channel),
        "names": {user.id: user.global_name or user.username for user in _named(practice, guild)},
        "sessions": len(practice.core.hub.sessions),
        "endpoint": practice.interactions_endpoint,
    }


def _channel(channel: Channel) -> JsonObject:
    return {
        "id": channel.id,
        "name": channel.name,
        "type": channel.type,
        "slowmode": channel.rate_limit_per_user,
        "locked": channel.thread is not None and channel.thread.locked,
    }


def _open_threads(guild: Guild) -> list[Channel]:
    threads = guild.threads.values()
    return [one for one in threads if one.thread is not None and not one.thread.archived]


def _bans(practice: "Practice", guild: Guild) -> list[Json]:
    users = practice.world.state.users
    return [
        {
            "id": ban.user_id,
            "name": users[ban.user_id].global_name or users[ban.user_id].username,
            "reason": ban.reason,
        }
        for ban in guild.bans.values()
    ]


def _rights(practice: "Practice", guild: Guild, member: Member) -> JsonObject:
    """Say what a member may do by hand; the page offers no more."""
    held = guild_permissions(guild, member)
    needed = {
        "kick": Permission.KICK_MEMBERS,
        "ban": Permission.BAN_MEMBERS,
        "timeout": Permission.MODERATE_MEMBERS,
        "messages": Permission.MANAGE_MESSAGES,
        "channels": Permission.MANAGE_CHANNELS,
        "server": Permission.MANAGE_GUILD,
    }
    rights: JsonObject = {name: bool(held & bit) for name, bit in needed.items()}
    rights["direct"] = practice.world.user(member.user_id).open_to_messages
    return rights


def _from_the_top(guild: Guild) -> list[Role]:
    roles = [role for role in guild.roles.values() if role.id != guild.id]
    return sorted(roles, key=lambda role: (-role.position, int(role.id)))


def _named(practice: "Practice", guild: Guild) -> list[User]:
    users = practice.world.state.users
    wanted = [*guild.members, *guild.former_member_ids, *guild.bans]
    return [users[user_id] for user_id in wanted if user_id in users]


def _member(practice: "Practice", guild: Guild, user_id: str) -> JsonObject:
    user, member = practice.world.user(user_id), guild.members[user_id]
    held = guild_permissions(guild, member)
    return {
        "id": user.id,
        "username": user.username,
        "name": member.nick or user.global_name or user.username,
        "bot": user.bot,
        "owner": guild.owner_id == user.id,
        "manages_server": bool(held & Permission.MANAGE_GUILD),
        "joined_at": stamp(member.joined_at),
        "pending": member.pending,
        "timed_out_until": _timed_out_until(practice, member),
        "roles": [role.name for role in _from_the_top(guild) if role.id in member.roles],
    }


def _timed_out_until(practice: "Practice", member: Member) -> str | None:
    until = member.communication_disabled_until
    return stamp(until) if until is not None and until > practice.world.now else None


def _invite(practice: "Practice", guild: Guild, invite: Invite) -> JsonObject:
    inviter = practice.world.state.users.get(invite.inviter_id or "")
    expires_at = invite.expires_at
    return {
        "code": invite.code,
        "inviter": (inviter.global_name or inviter.username) if inviter is not None else None,
        "channel": guild.channels[invite.channel_id].name,
        "uses": invite.uses,
        "max_uses": invite.max_uses,
        "expires_at": stamp(expires_at) if expires_at else None,
    }


def _commands(
    practice: "Practice", guild: Guild, viewer_id: str, channel: Channel
) -> list[JsonObject]:
    person = practice.person(guild.id, viewer_id, channel.id)
    leaves: list[JsonObject] = []
    for command in usable_commands(practice.world, guild.id):
        if command.body["type"] == 1 and person.may_use(command):
            leaves += _leaves(command.body, "/")
    return sorted(leaves, key=lambda leaf: str(leaf["line"]))


def _leaves(body: JsonObject, prefix: str) -> list[JsonObject]:
    line = f"{prefix}{body['name']}"
    options = as_objects(body.get("options"))
    inner = [option for option in options if option.get("type") in SUBCOMMAND_TYPES]
    if inner:
        return [leaf for option in inner for leaf in _leaves(option, f"{line} ")]
    return [{"line": line, "description": body.get("description"), "options": options}]


def _menus(
    practice: "Practice", guild: Guild, viewer_id: str, channel: Channel, kind: int
) -> list[Json]:
    """List the commands of the context menu of a user or a message."""
    person = practice.person(guild.id, viewer_id, channel.id)
    commands = usable_commands(practice.world, guild.id)
    named = [it.body["name"] for it in commands if it.body["type"] == kind and person.may_use(it)]
    return sorted(named, key=str)


def _failures(practice: "Practice", viewer_id: str, channel: Channel) -> list[JsonObject]:
    """List failed interactions; one with a component until it is used again."""
    latest: dict[str, Interaction] = {}
    shown: list[Interaction] = []
    for item in practice.world.state.interactions.values():
        if item.user_id != viewer_id or item.channel_id != channel.id:
            continue
        if item.kind is InteractionType.COMPONENT and item.source_message_id is not None:
            latest[item.source_message_id] = item
        elif item.kind is InteractionType.COMMAND:
            shown.append(item)
    return [
        {
            "id": item.id,
            "name": f"/{item.name}" if item.command_type == CHAT_INPUT else item.name,
            "kind": item.kind.value,
            "message_id": item.source_message_id,
            "at": stamp(item.created_at),
            "notice": notice_of(item),
            "detail": item.failure,
        }
        for item in [*shown, *latest.values()]
        if item.phase is Phase.FAILED
    ]
