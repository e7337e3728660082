"""The gateway's protocol, frame by frame."""

import json
from typing import Any

import aiohttp
import pytest

from infra.practice import Intents, Permission, Practice, PracticeServer
from tests.practice.gateway_client import Socket, connect
from tests.practice.test_permissions import restrict

ALL = Intents.GUILDS | Intents.GUILD_MEMBERS | Intents.GUILD_INVITES | Intents.GUILD_MODERATION


@pytest.mark.asyncio
@pytest.mark.parametrize("query", ["", "&compress=zlib-stream", "&compress=zstd-stream"])
async def test_ready_then_guilds_then_events_numbered(
    practice: Practice, server: PracticeServer, query: str
) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server, f"v=10&encoding=json{query}")
        ready = await socket.identify(practice, ALL)
        assert ready["guilds"] == [{"id": practice.guild.id, "unavailable": True}]
        assert ready["resume_gateway_url"] == server.gateway_url
        name, guild = await socket.event()
        assert (name, guild["member_count"], len(guild["members"])) == ("GUILD_CREATE", 6, 1)

        practice.join(practice.guild.id, code="InesOnce", user="Robin")
        frames = [await socket.read(), await socket.read()]
        assert [(frame["s"], frame["t"]) for frame in frames] == [
            (3, "INVITE_DELETE"),
            (4, "GUILD_MEMBER_ADD"),
        ]
        assert frames[1]["d"]["guild_id"] == practice.guild.id


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("intents", "expected"),
    [
        (Intents.NONE, []),
        (Intents.GUILDS, ["GUILD_CREATE"]),
        (Intents.GUILD_MEMBERS, ["GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE"]),
        (Intents.GUILD_INVITES, ["INVITE_CREATE", "INVITE_DELETE"]),
        (
            Intents.GUILD_MODERATION,
            ["GUILD_AUDIT_LOG_ENTRY_CREATE", "GUILD_BAN_ADD", "GUILD_AUDIT_LOG_ENTRY_CREATE"],
        ),
        (Intents.GUILD_MESSAGES, ["MESSAGE_CREATE"]),
    ],
)
async def test_intents_decide_what_arrives(
    practice: Practice, server: PracticeServer, intents: Intents, expected: list[str]
) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, intents)
        code = practice.create_invite(practice.guild.id, practice.guild.owner_id, max_uses=1)
        member = practice.join(practice.guild.id, code=code, user="Robin")
        practice.ban(practice.guild.id, member.user_id)
        assert await socket.settle() == expected


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (Permission.MANAGE_CHANNELS, ["INVITE_CREATE"]),
        (Permission.MANAGE_GUILD, []),
        (Permission.VIEW_AUDIT_LOG, ["GUILD_AUDIT_LOG_ENTRY_CREATE"]),
    ],
)
async def test_permissions_decide_what_arrives(
    practice: Practice, server: PracticeServer, held: Permission, expected: list[str]
) -> None:
    restrict(practice, held)
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, Intents.GUILD_INVITES | Intents.GUILD_MODERATION)
        practice.create_invite(practice.guild.id, practice.guild.owner_id)
        assert await socket.settle() == expected


@pytest.mark.asyncio
async def test_message_content_is_hidden_without_its_intent(
    practice: Practice, server: PracticeServer
) -> None:
    channel, owner = practice.guild.system_channel_id or "", practice.guild.owner_id
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, Intents.GUILD_MESSAGES)
        practice.say(channel, owner, "secret")
        practice.say(channel, owner, f"for <@{practice.application_id}>")
        (_, hidden), (_, shown) = await socket.event(), await socket.event()
        assert (hidden["content"], hidden["author"]["id"]) == ("", owner)
        assert shown["content"].startswith("for ")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (2, {"token": "wrong", "intents": 1}, 4004),
        (2, {"intents": 1 << 40}, 4013),
        (2, {}, 4013),
        (2, {"intents": int(Intents.GUILD_PRESENCES)}, 4014),
        (2, {"intents": int(Intents.MESSAGE_CONTENT)}, 4014),
        (2, {"intents": 1, "shard": [2, 2]}, 4010),
        (8, {}, 4003),
        (99, {}, 4001),
        (6, {"token": "wrong", "session_id": "a", "seq": 1}, 4004),
    ],
)
async def test_close_codes(
    practice: Practice, server: PracticeServer, op: int, data: dict[str, Any], code: int
) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.send(op, {"token": practice.bot_token, **data})
        assert await socket.closed_with() == code


@pytest.mark.asyncio
@pytest.mark.parametrize("text", ["no json", "[]", json.dumps({"op": 1, "d": "x" * 5_000})])
async def test_what_cannot_be_decoded_closes(
    practice: Practice, server: PracticeServer, text: str
) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.socket.send_str(text)
        assert await socket.closed_with() == 4002


@pytest.mark.asyncio
async def test_an_approval_withdrawn_closes(practice: Practice, server: PracticeServer) -> None:
    practice.approved_intents = Intents.NONE
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.send(2, {"token": practice.bot_token, "intents": int(ALL)})
        assert await socket.closed_with() == 4014


@pytest.mark.asyncio
async def test_identifying_twice_or_with_another_version_closes(
    practice: Practice, server: PracticeServer
) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, 1)
        await socket.send(2, {"token": practice.bot_token, "intents": 1})
        assert await socket.closed_with() == 4005
        old = Socket(await session.ws_connect(f"{server.gateway_url}?v=9"))
        assert await old.closed_with() == 4012


@pytest.mark.asyncio
async def test_a_resume_is_answered_with_an_invalid_session(
    practice: Practice, server: PracticeServer
) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.send(6, {"token": practice.bot_token, "session_id": "a", "seq": 1})
        frame = await socket.read()
        assert (frame["op"], frame["d"]) == (9, False)
        await socket.identify(practice, 1)


@pytest.mark.asyncio
async def test_a_flood_of_frames_closes(practice: Practice, server: PracticeServer) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        for _ in range(120):
            await socket.send(1, None)
        assert await socket.closed_with() == 4008


@pytest.mark.asyncio
async def test_a_client_without_heartbeats_is_closed() -> None:
    practice = Practice(heartbeat_interval=0.1)
    async with PracticeServer(practice) as server, aiohttp.ClientSession() as session:
        socket = Socket(await session.ws_connect(f"{server.gateway_url}?v=10"))
        assert await socket.closed_with() == 4009
        assert practice.core.hub.sessions == {}


@pytest.mark.asyncio
async def test_a_shard_gets_its_guilds_only(practice: Practice, server: PracticeServer) -> None:
    other = practice.create_guild("Elsewhere")
    shards: dict[int, set[str]] = {}
    async with aiohttp.ClientSession() as session:
        for shard in range(3):
            socket = await connect(session, server)
            ready = await socket.identify(practice, 0, shard=[shard, 3])
            shards[shard] = {guild["id"] for guild in ready["guilds"]}
    for guild_id in (practice.guild.id, other.id):
        assert guild_id in shards[(int(guild_id) >> 22) % 3]
    assert sum(map(len, shards.values())) == 2


@pytest.mark.asyncio
async def test_the_bot_itself_goes_and_comes(practice: Practice, server: PracticeServer) -> None:
    guild, bot_id = practice.guild, practice.application_id
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, ALL)
        await socket.event()
        practice.kick(guild.id, bot_id)
        assert await socket.settle() == ["GUILD_DELETE"]
        practice.join(guild.id, code="JonasOpen7", user="Unseen")
        assert await socket.settle() == []
        practice.join(guild.id, user=bot_id, bot=True)
        assert await socket.settle() == ["GUILD_CREATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]


@pytest.mark.asyncio
async def test_members_come_in_chunks(practice: Practice, server: PracticeServer) -> None:
    guild = practice.guild
    for number in range(1_200):
        practice.add_member_user(f"Guest {number}")
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, Intents.GUILD_MEMBERS)
        await socket.send(8, {"guild_id": guild.id, "query": "", "limit": 0, "nonce": "n"})
        chunks = [(await socket.event())[1] for _ in range(2)]
        assert [len(chunk["members"]) for chunk in chunks] == [1_000, 206]
        assert {chunk["nonce"] for chunk in chunks} == {"n"}
        wanted = [guild.owner_id, "1"]
        await socket.send(8, {"guild_id": guild.id, "user_ids": wanted, "limit": 0})
        _, found = await socket.event()
        assert (len(found["members"]), found["not_found"]) == (1, ["1"])
        blind = await connect(session, server)
        await blind.identify(practice, Intents.NONE)
        await blind.send(8, {"guild_id": guild.id, "query": "", "limit": 0})
        assert await blind.settle() == []
