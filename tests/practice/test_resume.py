"""Sessions that lose their socket, and what a RESUME brings back."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from infra.practice import GatewayTerms, Intents, Practice, PracticeServer
from tests.practice.conftest import FakeClock
from tests.practice.gateway_client import Socket, connect

SEEN = Intents.GUILD_MEMBERS


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def identified(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer
) -> tuple[Socket, str]:
    """Connect and identify; return the socket and the session's id."""
    socket = await connect(http, server)
    return socket, (await socket.identify(practice, SEEN))["session_id"]


async def gone(practice: Practice) -> None:
    """Wait until no session has a socket."""
    async with asyncio.timeout(5):
        while practice.gateway.sessions:  # noqa: ASYNC110 a socket's end rings no bell
            await asyncio.sleep(0.002)


def newcomer(practice: Practice, name: str) -> None:
    practice.join(practice.guild.id, code="JonasOpen7", user=name)


@pytest.mark.asyncio
async def test_a_resume_brings_what_was_missed_in_order_and_then_goes_on(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer
) -> None:
    first, session_id = await identified(http, practice, server)
    newcomer(practice, "Seen")
    await first.event()
    await first.close()
    await gone(practice)
    for name in ("One", "Two", "Three"):
        newcomer(practice, name)

    second = await connect(http, server)
    replayed = await second.resume(practice, session_id, first.sequence)

    assert replayed is not None
    assert [frame["d"]["user"]["global_name"] for frame in replayed] == ["One", "Two", "Three"]
    assert [frame["s"] for frame in replayed] == [3, 4, 5]
    newcomer(practice, "After")
    frame = await second.read()
    assert (frame["s"], frame["d"]["user"]["global_name"]) == (7, "After")
    assert list(practice.gateway.sessions) == [session_id]


@pytest.mark.asyncio
async def test_a_resume_starts_where_the_client_says_not_where_the_server_sent(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer
) -> None:
    first, session_id = await identified(http, practice, server)
    for name in ("One", "Two"):
        newcomer(practice, name)
        await first.event()
    await first.close()
    await gone(practice)

    replayed = await (await connect(http, server)).resume(practice, session_id, 2)

    assert replayed is not None
    assert [frame["d"]["user"]["global_name"] for frame in replayed] == ["Two"]


@pytest.mark.asyncio
@pytest.mark.parametrize("code", [1000, 1001])
async def test_a_client_that_parts_ends_its_session(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer, code: int
) -> None:
    first, session_id = await identified(http, practice, server)
    await first.close(code)
    await gone(practice)

    assert practice.gateway.resumable == {}
    assert await (await connect(http, server)).resume(practice, session_id, 1) is None


@pytest.mark.asyncio
async def test_a_session_expires(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer, clock: FakeClock
) -> None:
    first, session_id = await identified(http, practice, server)
    await first.close()
    await gone(practice)
    clock.advance(seconds=179)
    assert list(practice.gateway.resumable) == [session_id]
    clock.advance(seconds=2)

    socket = await connect(http, server)
    assert await socket.resume(practice, session_id, 1) is None
    await socket.identify(practice, SEEN)


@pytest.mark.asyncio
@pytest.mark.parametrize("sequence", [-1, 99])
async def test_a_wrong_sequence_is_an_invalid_session_and_its_end(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer, sequence: int
) -> None:
    first, session_id = await identified(http, practice, server)
    await first.close()
    await gone(practice)
    socket = await connect(http, server)
    assert await socket.resume(practice, session_id, sequence) is None
    assert await socket.resume(practice, session_id, 1) is None


@pytest.mark.asyncio
async def test_a_wrong_token_does_not_resume(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer
) -> None:
    first, session_id = await identified(http, practice, server)
    await first.close()
    socket = await connect(http, server)
    await socket.send(6, {"token": "wrong", "session_id": session_id, "seq": 1})
    assert await socket.closed_with() == 4004


@pytest.mark.asyncio
async def test_what_is_too_far_back_cannot_be_replayed(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer
) -> None:
    practice.gateway.terms = GatewayTerms(identify_window=0, replay_limit=3)
    first, session_id = await identified(http, practice, server)
    await first.close()
    await gone(practice)
    for number in range(3):
        newcomer(practice, f"Guest {number}")
    kept = await (await connect(http, server)).resume(practice, session_id, 1)
    assert kept is not None
    assert len(kept) == 3
    newcomer(practice, "One more")
    assert await (await connect(http, server)).resume(practice, session_id, 1) is None


@pytest.mark.asyncio
async def test_a_resume_takes_the_session_from_the_socket_that_still_holds_it(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer
) -> None:
    first, session_id = await identified(http, practice, server)
    second = await connect(http, server)

    assert await second.resume(practice, session_id, first.sequence) == []

    assert await first.closed_with() == 4000
    newcomer(practice, "Robin")
    assert (await second.event())[0] == "GUILD_MEMBER_ADD"
    assert list(practice.gateway.sessions) == [session_id]


@pytest.mark.asyncio
async def test_opcode_7_asks_every_client_to_come_back(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer
) -> None:
    first, session_id = await identified(http, practice, server)
    practice.gateway.ask_to_reconnect()
    assert (await first.read())["op"] == 7
    await first.close()
    assert await (await connect(http, server)).resume(practice, session_id, 1) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("resumable", [True, False])
async def test_opcode_9_says_whether_the_session_lives_on(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer, resumable: bool
) -> None:
    first, session_id = await identified(http, practice, server)
    practice.gateway.invalidate_sessions(resumable=resumable)
    frame = await first.read()
    assert (frame["op"], frame["d"]) == (9, resumable)
    if not resumable:
        await first.identify(practice, SEEN)
    replayed = await (await connect(http, server)).resume(practice, session_id, 1)
    assert (replayed is not None) == resumable


@pytest.mark.asyncio
@pytest.mark.parametrize(("code", "seen"), [(None, 1006), (4000, 4000), (1001, 1001)])
async def test_a_connection_the_server_drops_can_be_resumed(
    http: aiohttp.ClientSession,
    practice: Practice,
    server: PracticeServer,
    code: int | None,
    seen: int,
) -> None:
    first, session_id = await identified(http, practice, server)
    practice.faults.drop_connections(code)
    assert await first.closed_with() == seen
    newcomer(practice, "Robin")
    replayed = await (await connect(http, server)).resume(practice, session_id, first.sequence)
    assert replayed is not None
    assert [frame["t"] for frame in replayed] == ["GUILD_MEMBER_ADD"]


@pytest.mark.asyncio
async def test_a_resume_refused_on_demand_loses_what_was_missed(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer
) -> None:
    first, session_id = await identified(http, practice, server)
    await first.close()
    await gone(practice)
    newcomer(practice, "Missed")
    practice.faults.refuse_resume(1)

    socket = await connect(http, server)
    assert await socket.resume(practice, session_id, 1) is None
    await socket.identify(practice, SEEN)
    newcomer(practice, "Seen")
    assert (await socket.event())[1]["user"]["global_name"] == "Seen"


@pytest.mark.asyncio
async def test_a_resume_dropped_on_demand_can_be_tried_again(
    http: aiohttp.ClientSession, practice: Practice, server: PracticeServer
) -> None:
    first, session_id = await identified(http, practice, server)
    await first.close()
    practice.faults.drop_resume(1)
    token = practice.bot_token
    lost = await connect(http, server)
    await lost.send(6, {"token": token, "session_id": session_id, "seq": 1})
    assert await lost.closed_with() == 1006
    assert await (await connect(http, server)).resume(practice, session_id, 1) == []
