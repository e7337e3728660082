"""Who may identify when: shards, buckets, the day's number."""

from datetime import timedelta

import aiohttp
import pytest

from infra.practice import GatewayTerms, Intents, Practice, PracticeServer
from tests.practice.conftest import FakeClock
from tests.practice.gateway_client import Socket, connect
from tests.practice.rest import Rest


async def attempt(socket: Socket, practice: Practice, shard: list[int]) -> bool:
    """Identify; tell whether READY came rather than an invalid session."""
    await socket.send(2, {"token": practice.bot_token, "intents": 0, "shard": shard})
    frame = await socket.read()
    ready = bool(frame["t"] == "READY")
    assert ready or (frame["op"], frame["d"]) == (9, False)
    return ready


@pytest.mark.asyncio
async def test_a_bucket_takes_one_identify_in_five_seconds(
    practice: Practice, server: PracticeServer, clock: FakeClock
) -> None:
    practice.gateway.terms = GatewayTerms()
    async with aiohttp.ClientSession() as session:
        assert await attempt(await connect(session, server), practice, [0, 2])
        second = await connect(session, server)
        assert not await attempt(second, practice, [1, 2])
        clock.advance(seconds=4.9)
        assert not await attempt(second, practice, [1, 2])
        clock.advance(seconds=0.1)
        assert await attempt(second, practice, [1, 2])


@pytest.mark.asyncio
async def test_buckets_are_the_shard_modulo_the_concurrency(
    practice: Practice, server: PracticeServer
) -> None:
    practice.gateway.terms = GatewayTerms(max_concurrency=2)
    async with aiohttp.ClientSession() as session:
        assert await attempt(await connect(session, server), practice, [0, 4])
        assert await attempt(await connect(session, server), practice, [1, 4])
        assert not await attempt(await connect(session, server), practice, [2, 4])
        assert not await attempt(await connect(session, server), practice, [3, 4])


@pytest.mark.asyncio
async def test_what_is_left_of_the_day_is_told_and_resumes_are_free(
    practice: Practice, server: PracticeServer, rest: Rest, clock: FakeClock
) -> None:
    practice.gateway.terms = GatewayTerms(shards=3, max_concurrency=2, identify_window=0)
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        ready = await socket.identify(practice, 0)
        clock.advance(hours=1)
        again = await connect(session, server)
        assert await again.resume(practice, ready["session_id"], 1) == []
    told = await rest.get("/gateway/bot")
    limit = told["session_start_limit"]
    assert (told["shards"], limit["total"], limit["remaining"]) == (3, 1_000, 999)
    assert (limit["max_concurrency"], limit["reset_after"]) == (2, 23 * 3_600_000)
    clock.advance(hours=23)
    limit = (await rest.get("/gateway/bot"))["session_start_limit"]
    assert limit["remaining"] == 1_000


@pytest.mark.asyncio
async def test_one_identify_too_many_resets_the_token(
    practice: Practice, server: PracticeServer
) -> None:
    practice.gateway.terms = GatewayTerms(identify_window=0, identifies_per_day=2)
    token = practice.bot_token
    async with aiohttp.ClientSession() as session:
        sockets = [await connect(session, server) for _ in range(3)]
        await sockets[0].identify(practice, 0)
        await sockets[1].identify(practice, 0)
        await sockets[2].send(2, {"token": token, "intents": 0})
        assert [await socket.closed_with() for socket in sockets] == [4004] * 3
    assert practice.bot_token != token


@pytest.mark.asyncio
async def test_dispatches_go_to_the_shard_of_their_guild(
    practice: Practice, server: PracticeServer, clock: FakeClock
) -> None:
    clock.advance(milliseconds=1)
    guilds = [practice.guild]
    while {(int(guild.id) >> 22) % 2 for guild in guilds} != {0, 1}:
        guilds.append(practice.create_guild(f"Guild {len(guilds)}"))
        clock.advance(milliseconds=1)
    async with aiohttp.ClientSession() as session:
        shards = [await connect(session, server) for _ in range(2)]
        for number, shard in enumerate(shards):
            await shard.identify(practice, Intents.GUILD_MEMBERS, shard=[number, 2])
        for guild in guilds:
            practice.join(guild.id, user="Robin", via="discovery")
        for number, shard in enumerate(shards):
            await shard.send(1)
            seen = []
            while (frame := await shard.read())["op"] == 0:
                seen.append(frame["d"]["guild_id"])
            assert seen == [item.id for item in guilds if (int(item.id) >> 22) % 2 == number]


@pytest.mark.asyncio
async def test_two_sessions_of_one_shard_both_see_everything(
    practice: Practice, server: PracticeServer
) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await connect(session, server) for _ in range(2)]
        for socket in sockets:
            await socket.identify(practice, Intents.GUILD_MEMBERS, shard=[0, 1])
        practice.join(practice.guild.id, code="JonasOpen7", user="Robin")
        seen = [await socket.event() for socket in sockets]
    assert seen[0] == seen[1]
    assert seen[0][0] == "GUILD_MEMBER_ADD"


@pytest.mark.asyncio
async def test_more_guilds_than_a_shard_may_have_need_sharding(
    practice: Practice, server: PracticeServer
) -> None:
    practice.gateway.terms = GatewayTerms(
        guilds_per_shard=1, identify_window=0, session_life=timedelta(0)
    )
    practice.create_guild("Second")
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.send(2, {"token": practice.bot_token, "intents": 0})
        assert await socket.closed_with() == 4011
