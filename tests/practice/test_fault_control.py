"""Faults over the page's API."""

from typing import Any

import aiohttp
import pytest

from infra.practice import Practice, PracticeServer
from tests.practice.rest import Rest


async def cause(server: PracticeServer, expect: int = 200, /, **body: Any) -> Any:  # noqa: ANN401 JSON
    url = f"{server.origin}/practice/api/fault"
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        answer = await response.json()
        assert response.status == expect, answer
        return answer


@pytest.mark.asyncio
async def test_an_answer_is_refused(practice: Practice, server: PracticeServer, rest: Rest) -> None:
    await cause(
        server, fault="answer", path="/users/@me", status=429, milliseconds=1_500, scope="shared"
    )
    answer = await rest.call("GET", "/users/@me", expect=429)
    assert answer["retry_after"] == 1.5
    await rest.get("/users/@me")


@pytest.mark.asyncio
async def test_the_lags_are_set_and_cleared(practice: Practice, server: PracticeServer) -> None:
    lags = practice.faults.lags
    usual = lags.index
    await cause(server, fault="lag_counts", milliseconds=2_000)
    await cause(server, fault="index_lag", milliseconds=0)
    await cause(server, fault="index_unavailable", times=3, milliseconds=9_000)
    await cause(server, fault="hide_uses", codes=["JonasOpen7"])
    assert (lags.counts.total_seconds(), lags.index.total_seconds()) == (2, 0)
    assert (lags.index_fault.times, lags.index_fault.retry_after) == (3, 9)
    assert lags.hides_uses(practice.guild.id, "JonasOpen7")
    await cause(server, fault="clear")
    assert practice.faults.lags.index == usual
    assert not practice.faults.lags.hides_uses(practice.guild.id, "JonasOpen7")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "body",
    [
        {"fault": "refuse_resume", "times": 2},
        {"fault": "drop_resume"},
        {"fault": "drop_connections", "code": 4000},
        {"fault": "ask_to_reconnect"},
        {"fault": "invalidate_sessions", "resumable": True},
        {"fault": "lose_dispatches", "kind": "GUILD_MEMBER_ADD"},
        {"fault": "delay_dispatches", "milliseconds": 5},
        {"fault": "hold_dispatches", "kind": "INVITE_DELETE"},
        {"fault": "duplicate", "kind": "GUILD_MEMBER_ADD", "times": 1},
        {"fault": "reorder", "window": 2, "kinds": ["GUILD_MEMBER_ADD"]},
        {"fault": "release"},
        {"fault": "stall", "method": "GET", "path": "/gateway", "milliseconds": 1},
        {"fault": "lose_answers", "method": "GET", "path": "/gateway"},
        {"fault": "show_uses"},
        {"fault": "target_users_take", "milliseconds": 1},
    ],
    ids=lambda body: body["fault"],
)
async def test_every_fault_has_its_name(server: PracticeServer, body: dict[str, Any]) -> None:
    assert await cause(server, **body) == {}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "body",
    [
        {"fault": "nonsense"},
        {},
        {"fault": "reorder", "window": 1},
        {"fault": "answer", "status": 200},
    ],
)
async def test_a_wrong_fault_is_refused(server: PracticeServer, body: dict[str, Any]) -> None:
    assert (await cause(server, 400, **body))["code"] == 50035


@pytest.mark.asyncio
async def test_another_site_causes_nothing(server: PracticeServer) -> None:
    url = f"{server.origin}/practice/api/fault"
    headers = {"Origin": "https://elsewhere.example"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json={"fault": "clear"}, headers=headers) as response,
    ):
        assert response.status == 404
