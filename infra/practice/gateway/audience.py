"""Which sessions a dispatch is for: by intent, by shard, by the bot's permissions."""

from infra.practice.gateway.session import Session
from infra.practice.intents import Dispatch
from infra.practice.permissions import channel_permissions, guild_permissions
from infra.practice.world import World


def concerns(world: World, session: Session, dispatch: Dispatch) -> bool:
    """Tell whether a session is to have a dispatch."""
    if dispatch.intents and not dispatch.intents & session.intents:
        return _about_self(world, dispatch)
    if dispatch.guild_id is None:
        return session.shard_id == 0
    if not session.covers(dispatch.guild_id):
        return False
    return _permitted(world, dispatch, dispatch.guild_id)


def _permitted(world: World, dispatch: Dispatch, guild_id: str) -> bool:
    guild = world.state.guilds.get(guild_id)
    own = guild.members.get(world.bot.id) if guild is not None else None
    if guild is None or own is None:
        return dispatch.event == "GUILD_DELETE"
    if not dispatch.permissions:
        return True
    channel = guild.place(dispatch.channel_id)
    held = (
        channel_permissions(guild, own, channel)
        if channel is not None
        else guild_permissions(guild, own)
    )
    return bool(held & dispatch.permissions)


def _about_self(world: World, dispatch: Dispatch) -> bool:
    """GUILD_MEMBER_UPDATE of the bot itself needs no intent (Gateway, Gateway Intents)."""
    user = dispatch.data.get("user")
    own = isinstance(user, dict) and user.get("id") == world.bot.id
    return own and dispatch.event == "GUILD_MEMBER_UPDATE"
