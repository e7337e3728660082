"""Answering REQUEST_GUILD_MEMBERS with GUILD_MEMBERS_CHUNK."""

from collections.abc import Iterator

from infra.practice.entities import Guild, User
from infra.practice.gateway.session import Session
from infra.practice.intents import Intents
from infra.practice.json_types import JsonObject, as_list
from infra.practice.payloads.people import member_json
from infra.practice.world import World

CHUNK = 1_000
NAMED_AT_ONCE = 100


def send_members(world: World, session: Session, data: JsonObject) -> None:
    """Send the members asked for, a thousand a chunk.

    The whole list needs GUILD_MEMBERS (Gateway Events, Request Guild Members); without it, and
    for a guild that the bot is not in, nothing is sent.
    """
    guild = world.state.guilds.get(str(data.get("guild_id")))
    if guild is None or world.bot.id not in guild.members:
        return
    named = [str(item) for item in as_list(data.get("user_ids"))][:NAMED_AT_ONCE]
    if named:
        found = [world.user(user_id) for user_id in named if user_id in guild.members]
        missing = [user_id for user_id in named if user_id not in guild.members]
    else:
        query = str(data.get("query", ""))
        limit = data.get("limit")
        most = limit if isinstance(limit, int) and limit > 0 else len(guild.members)
        if not session.intents & Intents.GUILD_MEMBERS and (not query or limit == 0):
            return
        found = list(_matching(world, guild, query))[:most]
        missing = []
    _send(session, world, guild, found, missing, data)


def _matching(world: World, guild: Guild, query: str) -> Iterator[User]:
    for member in guild.members.values():
        user = world.user(member.user_id)
        names = (user.username, user.global_name or "", member.nick or "")
        if any(name.lower().startswith(query.lower()) for name in names):
            yield user


def _send(
    session: Session,
    world: World,
    guild: Guild,
    users: list[User],
    missing: list[str],
    data: JsonObject,
) -> None:
    chunks = [users[start : start + CHUNK] for start in range(0, len(users), CHUNK)] or [[]]
    for index, chunk in enumerate(chunks):
        body: JsonObject = {
            "guild_id": guild.id,
            "members": [member_json(guild.members[user.id], user) for user in chunk],
            "chunk_index": index,
            "chunk_count": len(chunks),
        }
        if missing:
            body["not_found"] = missing
        if data.get("presences"):
            body["presences"] = []
        if data.get("nonce") is not None:
            body["nonce"] = data["nonce"]
        session.send("GUILD_MEMBERS_CHUNK", body)
